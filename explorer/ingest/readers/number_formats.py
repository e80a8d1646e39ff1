"""Spreadsheet number formats ("0.00%", "00000", "[h]:mm"): a stored number as the text that the sheet shows.

Numbers are written as shown, with a point for decimals. Dates are stored as numbers of days; they are written year
first with all that they hold (2024-01-31 10:11:12), whatever order the sheet shows: 03/04/2024 can be read two ways.
The grammar is that of ECMA-376 part 1, section 18.8.31; the built-in formats are listed in 18.8.30.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from functools import lru_cache
from typing import Literal

Kind = Literal["general", "text", "number", "date", "datetime", "time", "duration"]

#: Codes of the formats that a workbook names by number alone. 27 to 36 and 50 to 58 are dates in East Asian versions.
BUILT_IN: dict[int, str] = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: '"$"#,##0', 6: '"$"#,##0', 7: '"$"#,##0.00', 8: '"$"#,##0.00',
    9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??", 14: "yyyy-mm-dd", 15: "d-mmm-yy", 16: "d-mmm",
    17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy-mm-dd h:mm",
    37: "#,##0;(#,##0)", 38: "#,##0;(#,##0)", 39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;(#,##0.00)",
    41: "#,##0;-#,##0", 42: '"$"#,##0', 43: "#,##0.00;-#,##0.00", 44: '"$"#,##0.00',
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
    **dict.fromkeys([*range(27, 32), 36, *range(50, 59)], "yyyy-mm-dd"), 32: "h:mm", 33: "h:mm:ss", 34: "h:mm",
    35: "h:mm:ss",
}  # fmt: skip

_SIGNIFICANT = 15  # digits of a stored number that a spreadsheet shows and calculates with
_MAX_EXPONENT = 308  # of a double; Decimal would take far more, and write as many zeros
_LAST_DAY = 2_958_466  # 9999-12-31 and a day
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?'
    r"|\\(?P<escaped>.)"
    r"|_.|\*."  # a space as wide as a character; a character that fills the cell
    r"|\[\$(?P<currency>[^\]-]*)[^\]]*\]"
    r"|\[(?P<elapsed>[hH]+|[mM]+|[sS]+)\]"
    r"|\[(?P<operator><=|>=|<>|<|>|=)(?P<bound>-?[\d.]+)\]"
    r"|\[[^\]]*\]"  # a colour
    r"|(?P<general>General|Standard)"
    r"|(?P<noon>AM/PM|A/P|am/pm|a/p)"
    r"|(?P<power>[Ee][+-])"
    r"|(?P<date>[yYmMdDhHsSgGeEbB]+)"
    r"|(?P<digit>[0#?])"
    r"|(?P<mark>[.,%/;@])"
    r"|(?P<other>.)",
    re.DOTALL,
)


@dataclass(frozen=True)
class _Section:
    """One of up to four parts of a format: for positive and negative numbers, zero and text."""

    tokens: tuple[tuple[str, str], ...]
    condition: tuple[str, Decimal] | None

    @property
    def kinds(self) -> set[str]:
        return {kind for kind, _ in self.tokens}


@dataclass(frozen=True)
class NumberFormat:
    """A format code, taken apart. ``kind`` says what its first part shows."""

    code: str
    kind: Kind
    sections: tuple[_Section, ...]


@lru_cache(maxsize=4096)
def parse_format(code: str) -> NumberFormat:
    """Take a code apart; one that makes no sense shows numbers as they are."""
    code = code[:255]  # the most a spreadsheet takes
    sections: list[_Section] = []
    tokens: list[tuple[str, str]] = []
    condition: tuple[str, Decimal] | None = None
    for match in _TOKEN.finditer(code):
        kind, text = match.lastgroup or "", match.group(match.lastgroup or 0)
        if kind == "bound":
            condition = _condition(match["operator"], match["bound"])
        elif text == ";" and kind == "mark":
            sections.append(_Section(tuple(tokens), condition))
            tokens, condition = [], None
        elif kind in ("quoted", "escaped", "currency", "other"):
            tokens.append(("literal", text))
        elif kind:
            tokens.append((text if kind == "mark" else kind, text))
    sections.append(_Section(tuple(tokens), condition))
    return NumberFormat(code, _kind(sections[0]), tuple(sections[:4]))


def _condition(operator: str, bound: str) -> tuple[str, Decimal] | None:
    try:
        return operator, Decimal(bound)
    except InvalidOperation:
        return None


def _kind(section: _Section) -> Kind:
    kinds = section.kinds
    if "elapsed" in kinds:
        return "duration"
    letters = "".join(text.lower() for kind, text in section.tokens if kind == "date")
    if set(letters) & set("ymdhs"):
        has_time = bool(set(letters) & set("hs")) or "noon" in kinds
        has_date = bool(set(letters) & set("yd")) or ("m" in letters and not has_time)
        return "datetime" if has_date and has_time else "time" if has_time else "date"
    if "@" in kinds:
        return "text"
    return "number" if kinds & {"digit", "literal"} and "general" not in kinds else "general"


def show_number(raw: str, number_format: NumberFormat | None = None, *, from_1904: bool = False) -> str:
    """The stored number ``raw`` ("0.5") as the sheet shows it ("50%").

    What is not a number, or is none that the format can show, is written as it is stored.
    """
    try:
        value = Decimal(raw.strip())
    except InvalidOperation:
        return raw
    if not value.is_finite() or (value and abs(value.adjusted()) > _MAX_EXPONENT):
        return raw
    kind = "general" if number_format is None else number_format.kind
    if number_format is None or kind in ("general", "text"):
        return general(value)
    if kind == "number":
        with localcontext() as context:
            context.prec = 2 * _MAX_EXPONENT + 300
            return _show_sections(value, number_format) or general(value)
    return show_time(value, kind, from_1904=from_1904) or general(value)


def general(value: Decimal) -> str:
    """A number without a format: whole numbers with every digit that is stored, others with 15."""
    _, digits, exponent = value.as_tuple()
    if exponent == 0:
        return f"{value:f}"
    is_fraction = isinstance(exponent, int) and exponent < 0
    if is_fraction and len(digits) > _SIGNIFICANT:
        with localcontext() as context:
            context.prec = _SIGNIFICANT
            value = +value
    if not value:
        return "0"
    if not -10 <= value.adjusted() <= 20:
        mantissa, _, power = f"{value.normalize():E}".partition("E")
        return f"{mantissa}E{int(power):+03d}"
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _show_sections(value: Decimal, number_format: NumberFormat) -> str:
    """The number by the section that is meant for it; "" where nothing would be seen."""
    sections = number_format.sections
    has_conditions = any(section.condition for section in sections)
    if has_conditions:
        chosen = next((s for s in sections[:3] if s.condition is None or _holds(value, *s.condition)), sections[0])
    elif value < 0 and len(sections) > 1:
        chosen = sections[1]
    else:
        chosen = sections[2] if not value and len(sections) > 2 else sections[0]
    shows_sign = value < 0 and (chosen is sections[0] or has_conditions)
    text = _show_section(abs(value), chosen).strip()
    # A number that rounds to zero has no sign.
    return f"-{text}" if shows_sign and text and re.search("[1-9]", text) else text


def _holds(value: Decimal, operator: str, bound: Decimal) -> bool:
    answers = {
        "<": value < bound, "<=": value <= bound, ">": value > bound, ">=": value >= bound, "=": value == bound,
        "<>": value != bound,
    }  # fmt: skip
    return answers[operator]


def _show_section(value: Decimal, section: _Section) -> str:
    kinds = [kind for kind, _ in section.tokens]
    if "digit" not in kinds:
        text = "".join(text for kind, text in section.tokens if kind == "literal")
        return text + general(value) if "general" in kinds or "@" in kinds else text
    if "/" in kinds and kinds.index("/") > kinds.index("digit"):
        return general(value)  # a fraction: 0.5 says the same as 1/2
    value = _rounded_to_15(value).scaleb(2 * kinds.count("%"))
    if "power" in kinds:
        return _show_power(value, section.tokens, kinds.index("power"))
    return _show_fixed(value, section.tokens)


def _rounded_to_15(value: Decimal) -> Decimal:
    _, digits, exponent = value.as_tuple()
    if len(digits) <= _SIGNIFICANT or (isinstance(exponent, int) and exponent >= 0):
        return value  # a long whole number is an id: none of its digits is noise
    with localcontext() as context:
        context.prec, context.rounding = _SIGNIFICANT, ROUND_HALF_UP
        return +value


def _show_power(value: Decimal, tokens: Sequence[tuple[str, str]], at: int) -> str:
    """Scientific notation, "0.00E+00"; the exponent is a multiple of the number of digits before the point."""
    step = max(_n_whole(tokens[:at]), 1)
    power = 0 if not value else (value.adjusted() // step) * step
    mantissa = _show_fixed(value.scaleb(-power), tokens[:at])
    n_digits = sum(kind == "digit" for kind, _ in tokens[at:])
    sign = "-" if power < 0 else "+" if tokens[at][1].endswith("+") else ""
    return f"{mantissa}E{sign}{abs(power):0{n_digits}d}"


def _n_whole(tokens: Sequence[tuple[str, str]]) -> int:
    whole = 0
    for kind, _ in tokens:
        if kind == ".":
            break
        whole += kind == "digit"
    return whole


def _show_fixed(value: Decimal, tokens: Sequence[tuple[str, str]]) -> str:
    """Fixed notation: digits take the places of 0, # and ?, from the point outwards; everything else stays."""
    kinds = [kind for kind, _ in tokens]
    point = kinds.index(".") if "." in kinds else len(tokens)
    whole_places = [i for i in range(point) if kinds[i] == "digit"]
    decimal_places = [i for i in range(point + 1, len(tokens)) if kinds[i] == "digit"]
    last = max([*whole_places, *decimal_places])
    commas = [i for i in range(len(tokens)) if kinds[i] == ","]
    # Commas behind the last digit divide by a thousand each, one between digits groups them.
    scale = sum(i > last or (bool(whole_places) and whole_places[-1] < i < point) for i in commas)
    groups = any(bool(whole_places) and whole_places[0] < i < whole_places[-1] for i in commas)
    rounded = value.scaleb(-3 * scale).quantize(Decimal(1).scaleb(-len(decimal_places)), ROUND_HALF_UP)
    whole, _, decimals = f"{rounded:f}".partition(".")
    written = dict(zip(decimal_places, decimals, strict=False))
    for place in reversed(decimal_places):
        if written[place] != "0" or tokens[place][1] == "0":
            break
        del written[place]
    written |= _whole_digits("" if whole == "0" else whole, whole_places, tokens, groups=groups)
    shows_point = any(place in written for place in decimal_places) or (not decimal_places and point < len(tokens))
    parts = []
    for i, (kind, text) in enumerate(tokens):
        if kind == "digit":
            parts.append(written.get(i, ""))
        elif kind == ".":
            parts.append("." if shows_point else "")
        elif kind in ("literal", "%", "/"):
            parts.append(text)
    return "".join(parts)


def _whole_digits(
    digits: str, places: Sequence[int], tokens: Sequence[tuple[str, str]], *, groups: bool
) -> dict[int, str]:
    """What stands at each place before the point; the first place takes all digits that are left over."""
    n_least = len(places) - next((n for n, i in enumerate(places) if tokens[i][1] == "0"), len(places))
    digits = digits.rjust(n_least, "0")
    written: dict[int, str] = {}
    n_written = 0
    for number, place in enumerate(reversed(places), start=1):
        take = len(digits) if number == len(places) else 1
        piece = ""
        for _ in range(min(take, len(digits))):
            comma = "," if groups and n_written and n_written % 3 == 0 else ""
            piece, digits = digits[-1] + comma + piece, digits[:-1]
            n_written += 1
        written[place] = piece
    return written


def show_time(value: Decimal, kind: Kind, *, from_1904: bool = False) -> str:
    """A number of days as a date, a time or a duration; "" where it cannot be one."""
    if kind == "duration":
        seconds = (value * 86_400).quantize(Decimal(1), ROUND_HALF_UP) if abs(value) < _LAST_DAY else None
        if seconds is None:
            return ""
        minutes, second = divmod(abs(int(seconds)), 60)
        hours, minute = divmod(minutes, 60)
        return f"{'-' if seconds < 0 else ''}{hours}:{minute:02d}:{second:02d}"
    if not 0 <= value < _LAST_DAY - (1462 if from_1904 else 0):
        return ""
    milliseconds = int((value * 86_400_000).quantize(Decimal(1), ROUND_HALF_UP))
    days, rest = divmod(milliseconds, 86_400_000)
    clock = (dt.datetime.min + dt.timedelta(milliseconds=rest)).time()
    clock_text = clock.isoformat("milliseconds" if clock.microsecond else "seconds")
    if days == 0 and kind == "time":
        return clock_text
    if not from_1904 and days == 60:
        day_text = "1900-02-29"  # a day that only spreadsheets know
    else:
        first = dt.date(1904, 1, 1) if from_1904 else dt.date(1899, 12, 31 if days < 60 else 30)
        day_text = (first + dt.timedelta(days=days)).isoformat()
    return day_text if kind == "date" and not rest else f"{day_text} {clock_text}"
