"""The ways in which times are written: expressions for the cells of a table, and for the lines of a log."""

from __future__ import annotations

from typing import NamedTuple

from explorer.ingest.time_zones import ZONE

# Expressions are RE2, which takes time linear in the text whatever the text is; it has no look-around. Those for log
# lines know what programs write, and are fast; those for cells also know what people and their spreadsheets write.
_LINE_CLOCK = (
    r"(?P<H>\d{1,2})[:.](?P<M>\d\d)(?:[:.](?P<S>\d\d)(?:[.,:](?P<f>\d{1,9}))?)?"
    r"(?:[\s\x{a0}\x{202f}]?(?P<ap>[AaPp])\.?[Mm]\b\.?)?"
)
_LINE_ZONE = rf"(?:\s?(?P<tz>{ZONE}))?"
_LINE_TIME = _LINE_CLOCK + _LINE_ZONE
_NARROW_TIME = (
    r"(?P<H>\d{1,2}):(?P<M>\d\d)(?::(?P<S>\d\d)(?:[.,](?P<f>\d{1,9}))?)?(?: (?P<ap>[AaPp])[Mm])?"
    r"(?: ?(?P<tz>Z|UTC|[+-]\d\d:?\d\d))?"
)

_SPACE = r"[\s\x{a0}\x{202f}]"
_HALF = rf"[AaPp]\.?{_SPACE}?[Mm]\b\.?|π\.?μ\.?|μ\.?μ\.?|上午|下午|午前|午後|오전|오후"
_CELL_CLOCK = (
    rf"(?:(?P<half>{_HALF}){_SPACE}?)?"
    rf"(?P<H>\d{{1,2}})(?:[:.]|{_SPACE}?[hH]{_SPACE}?)(?P<M>\d\d)(?:[:.](?P<S>\d\d)(?:[.,:](?P<f>\d{{1,9}}))?)?"
    rf"(?:{_SPACE}?(?P<ap>{_HALF})|{_SPACE}(?:Uhr|uur|hrs?\.?|h))?"
)
# "+01:00[Europe/Berlin]" and "GMT+0100 (Central European Standard Time)" say the same twice.
_CELL_ZONE = rf"(?:{_SPACE}?[\[(]?(?P<tz>{ZONE})[\])]?(?:{_SPACE}?[\[(][^\[\]()]{{1,60}}[\])])?)?"
_CELL_TIME = _CELL_CLOCK + _CELL_ZONE
#: What stands between a date and a clock where people write: "at", "@", "um", "à", "a las", a dash.
_AT = rf",?{_SPACE}+(?:at|@|um|à|às?|a las?|alle(?: ore)?|om|kl\.?|klo|o|в|ore|[-–|]){_SPACE}+"

# Latin and Cyrillic; the class of all letters takes RE2 long to compile.
_LETTER = r"[A-Za-z\x{c0}-\x{24f}\x{400}-\x{4ff}]"
_WEEKDAY = rf"(?:{_LETTER}{{2,9}}\.?,?\s+)?"
_CELL_WEEKDAY = rf"(?:(?:{_LETTER}|-){{2,14}}\.?,?\s+(?:(?:the|den|le)\s+)?)?"
# Before numbers other words may stand: "Release 1.2.24".
_SURE_WEEKDAY = (
    r"(?:(?i:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|jeu|ven|sam|dim|mi[eé]|jue|vie|s[aá]b|dom|seg|ter"
    rf"|qua|qui|sex|wo|vr|za|zo|пн|вт|ср|чт|пт|сб|вс)\.?,?\s+|(?:{_LETTER}|-){{5,14}},\s+)?"
)
_MONTH = rf"(?P<mon>{_LETTER}{{3,9}})\.?"
_CELL_MONTH = rf"(?P<mon>{_LETTER}{{3,12}}|[一二三四五六七八九十]{{1,2}}月)\.?"
_NUMERIC = r"(?P<a>\d{1,2})(?P<sep>[./-])(?P<b>\d{1,2})[./-](?P<c>\d{4}|\d\d)"
_ORDINAL = r"(?:st|nd|rd|th|er|º|°|ª|\.)?"


class TimeRule(NamedTuple):
    """One way of writing times.

    ``cell`` are expressions for a whole cell, none where that may as well be something else: a narrow one for what
    programs write, which is several times as fast, and a wide one. ``line`` are those for where in a log line it may
    stand, ``start`` those for its very beginning.
    """

    name: str
    cell: tuple[str, ...]
    line: tuple[str, ...]
    start: tuple[str, ...]


def _rule(
    name: str, date: str, between: str, *, clock: str = _LINE_TIME, cell: str | None = None, is_narrow: bool = True
) -> TimeRule:
    """A rule for ``date``, a ``clock`` and what stands ``between`` them; ``cell`` is the wide expression for cells."""
    line = rf"{date}{between}{clock}"
    narrow = (rf"^{date}(?:{between}{_NARROW_TIME})?$",) if is_narrow else ()
    cells = () if cell is None else (*narrow, cell)
    return TimeRule(name, cells, (rf"(?:^|[^\w.]){line}",), (rf"^[^\w]{{0,3}}{line}",))


def _cell(date: str, between: str, *, clock: str = _CELL_TIME) -> str:
    """The wide expression for cells with a date, which need no clock."""
    return rf"^\s*{date}(?:(?:{between}|{_AT}){clock})?\s*$"


_EPOCH = r"(?P<epoch>\d{9,10}(?:\.\d{1,9})?|\d{13}|\d{16}|\d{19})"
# A short word, or how the Linux audit log begins.
_BEFORE_EPOCH = r"(?:[-\w]{1,12}\s|(?:node=\S+\s)?type=\w+\smsg=audit\()?"
_COMPACT = r"(?P<y>(?:19|20)\d\d)(?P<mo>\d\d)(?P<d>\d\d)"
_COMPACT_CLOCK = r"(?P<H>\d\d):?(?P<M>\d\d):?(?P<S>\d\d)(?:[:.,](?P<f>\d{1,9}))?" + _LINE_ZONE
_UNPADDED_CLOCK = r"(?P<H>\d\d?):(?P<M>\d\d?):(?P<S>\d\d?)(?:[:.,](?P<f>\d{1,9}))?" + _LINE_ZONE
_CJK_CLOCK = (
    rf"(?:(?P<half>{_HALF})\s?)?(?P<H>\d{{1,2}})\s?[:時时點点시]\s?(?:(?P<M>\d{{1,2}})\s?[:分분]?\s?)?"
    rf"(?:(?P<S>\d{{1,2}})\s?(?:秒|초|\.(?P<f>\d{{1,9}}))?)?(?:\s?(?P<ap>{_HALF}))?"
) + _CELL_ZONE
_CJK_WEEKDAY = (
    r"(?:\s?[(（]?(?:[日月火水木金土일월화수목금토]|(?:星期|周|週|礼拜)[一二三四五六日天])(?:曜日?|요일)?[)）]?)?"
)

RULES: tuple[TimeRule, ...] = (
    TimeRule("epoch", (rf"^\s*{_EPOCH}\s*$",), *2 * [(rf"^{_BEFORE_EPOCH}\[?{_EPOCH}(?:$|[^\w.])",)]),
    _rule("ISO 8601", r"(?P<y>\d{4})[-/.](?P<mo>\d\d?)[-/.](?P<d>\d\d?)", r"[T\s_-]+",
          cell=_cell(rf"{_SURE_WEEKDAY}(?P<y>\d{{4}})[-/.]\s?(?P<mo>\d\d?)[-/.]\s?(?P<d>\d\d?)\.?", r",?[Tt\s_-]+")),
    _rule("year to second", _COMPACT, r"[T\s_-]?", clock=_COMPACT_CLOCK,
          cell=_cell(_COMPACT, r"[T\s_-]?", clock=_COMPACT_CLOCK)),
    # Programs that do not pad their numbers: "20171224-0:7:20:444".
    _rule("year to second, unpadded", _COMPACT, r"[T\s_-]", clock=_UNPADDED_CLOCK),
    # Behind two digits a colon would make the hour of a time without a year its year: "01 Mar 09:00:00".
    *(
        _rule(name, rf"{_WEEKDAY}(?P<d>\d\d?)[\s/.-]+{_MONTH}[\s/.,-]+(?P<y>{year})", rf"[{colon},\s]\s*",
              cell=_cell(rf"{_CELL_WEEKDAY}(?P<d>\d\d?){_ORDINAL}[\s/.-]*(?:(?:de|of|di)\s+|d['’])?{_CELL_MONTH}"
                         rf"[\s/.,-]*(?:(?:de|del)\s+)?(?P<y>{year})(?:\s?[гр]\.)?", rf"[{colon}T,\s]\s*"))
        for name, year, colon in (
            ("day, month name, year", r"\d{4}", ":"),
            ("day, month name, short year", r"\d\d", ""),
        )
    ),
    _rule("month name, day, year", rf"{_WEEKDAY}{_MONTH}\s+(?P<d>\d\d?)(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}})",
          r",?\s+(?:@\s+)?",
          cell=_cell(rf"{_CELL_WEEKDAY}{_CELL_MONTH}[\s-]+(?P<d>\d\d?){_ORDINAL},?[\s-]+(?P<y>\d{{4}})", r",?\s+")),
    _rule("month name, day, clock, year", rf"{_WEEKDAY}{_MONTH}\s+(?P<d>\d\d?)", r"\s+",
          clock=_LINE_CLOCK + r"(?:\s+(?P<zone>[A-Z]{2,5}|[+-]\d{4}))?\s+(?P<y>\d{4})\b",
          cell=rf"^\s*{_CELL_WEEKDAY}{_CELL_MONTH}\s+(?P<d>\d\d?),?\s+{_CELL_CLOCK}"
               r"(?:\s+(?P<zone>[A-Z]{2,5}|[+-]\d{4}))?,?\s+(?P<y>\d{4})\s*$", is_narrow=False),
    _rule("year, month name, day", rf"(?P<y>\d{{4}})[\s/.-]{_MONTH}[\s/.-](?P<d>\d\d?)", r"[:,\s]\s*",
          cell=_cell(rf"(?P<y>\d{{4}})[\s/.,-]+{_CELL_MONTH}[\s/.-]+(?P<d>\d\d?)\.?", r"[T:,\s]\s*")),
    _rule("month name, day, no year", rf"{_WEEKDAY}{_MONTH}\s+(?P<d>\d\d?)", r"\s+", clock=_LINE_CLOCK,
          cell=rf"^\s*{_WEEKDAY}{_MONTH}\s+(?P<d>\d\d?)(?:\s+{_LINE_CLOCK})?\s*$", is_narrow=False),
    _rule("day, month name, no year", rf"(?P<d>\d\d?)[\s-]{_MONTH}", r"\s+", clock=_LINE_CLOCK,
          cell=rf"^\s*{_WEEKDAY}(?P<d>\d\d?)[\s-]{_MONTH}\s+{_LINE_CLOCK}\s*$", is_narrow=False),
    _rule("numbers", _NUMERIC, r"(?:[,\s]\s*|-)", cell=_cell(_SURE_WEEKDAY + _NUMERIC, r"(?:[T,\s]\s*|-)")),
    TimeRule(
        "year, month and day by their signs",
        (_cell(r"(?P<y>\d{4}|\d\d)\s?[年년]\s?(?P<mo>\d{1,2})\s?[月월]\s?(?P<d>\d{1,2})\s?[日일号號]"
               + _CJK_WEEKDAY, r"[,\s]*", clock=_CJK_CLOCK),), (), ()),
    *(
        TimeRule(f"clock, {name}", (rf"^\s*{_CELL_TIME},?\s+{date}\s*$",), (), ())
        for name, date in (
            ("numbers", _NUMERIC),
            ("day, month name, year", rf"(?P<d>\d\d?){_ORDINAL}\s+{_CELL_MONTH}\s+(?P<y>\d{{4}})"),
        )
    ),
    _rule("yymmdd hhmmss", r"(?P<y>\d\d)(?P<mo>\d\d)(?P<d>\d\d)", r"\s",
          clock=r"(?P<H>[ \d]\d):?(?P<M>\d\d):?(?P<S>\d\d)(?:$|\D)"),
    _rule("month, day, no year", r"(?P<mo>\d\d)[-.](?P<d>\d\d)", r"\s+", clock=_LINE_CLOCK),
    TimeRule("month and day in digits, no year", (), *2 * [(rf"^[IWEF]?(?P<mo>\d\d)(?P<d>\d\d)\s+{_LINE_CLOCK}",)]),
)  # fmt: skip
