"""Which delimiters a text may have: single characters, runs of spaces, and longer ones such as "||" or "~|~"."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator

USUAL = ",;\t|"
#: Control characters made for separating; no text holds them for another reason.
SEPARATORS = "\x1f\x1e\x1c\x1d\x01\x02\x07"
QUOTES = "\"'`"
RARE_QUOTE = "~"  # as often a delimiter
SPACES = " +"  # runs of spaces, as in aligned columns
_UNUSUAL = ":~^§¦¬#!*@&"
_GROWING = "|:;,~^#@$%&*!\t§¦<>-=+/\\"
_QUOTED = re.compile(r"""(?<!\w)(["'`])(?:(?!\1).)*\1(?!\w)""")


def candidates(text: str) -> Iterator[str]:
    """Delimiters to try. One of several characters is tried before, and instead of, those it is made of."""
    lines = [_QUOTED.sub('""', line) for line in re.split(r"[\r\n]+", text)[:200] if line.strip()][:100]
    seen = Counter(c for line in lines for c in set(line))
    frequent = {c for c, n in seen.items() if n >= 0.5 * len(lines)}
    if any(all(_is_enclosed(line, usual) for line in lines) for usual in USUAL if usual in frequent):
        frequent.discard(RARE_QUOTE)
    grown = {base: longer for base in _GROWING if base in frequent and (longer := _grow(base, lines))}
    yield from dict.fromkeys(grown.values())
    parts = set("".join(longer for longer in grown.values() if " " not in longer))
    yield from (c for c in USUAL if c in seen and c not in parts)
    yield from (c for c in SEPARATORS + _UNUSUAL if c in frequent and c not in parts)
    if " " in frequent:
        yield " "
        if sum("  " in line for line in lines) >= 0.5 * len(lines):
            yield SPACES


def _is_enclosed(line: str, delimiter: str) -> bool:
    """Whether the rare quote stands around cells: at both ends of the line and at both sides of a delimiter."""
    bare = line.strip()
    return bare[0] == RARE_QUOTE == bare[-1] and f"{RARE_QUOTE}{delimiter}{RARE_QUOTE}" in bare


def _grow(base: str, lines: list[str]) -> str:
    """The longer delimiter that ``base`` is part of in the header: doubled ("||"), framed ("~|~") or spaced (", ").

    Names hold no delimiter, so the first line shows it; the text of the others may hold ``base`` alone.
    """
    lines = [line for line in lines if base in line]
    if len(lines) < 2:
        return ""
    header = lines[0]
    common = math.gcd(*(len(run) for run in re.findall(f"{re.escape(base)}+", header)))
    if 2 <= common <= 4 and base not in ",;" and base in header.strip(base) and _is_usual(base * common, base, lines):
        return base * common
    before, behind = _around(base, header)
    if len(before) == 1 and before == behind and not before & {base, *QUOTES}:
        frame = before.pop()
        if frame == RARE_QUOTE and all(_is_enclosed(line, base) for line in lines):
            return ""
        framed = f"{frame}{base}{frame}"
        # Spaces may be part of the text, so one place without them speaks against them.
        is_meant = _is_always(framed, base, lines) if frame == " " else _is_usual(framed, base, lines)
        return framed if not frame.isalnum() and is_meant else ""
    is_spaced = base in ",;|:" and behind == {" "} and all(_around(base, line)[1] <= {" "} for line in lines)
    return f"{base} " if is_spaced else ""


def _is_usual(longer: str, base: str, lines: list[str]) -> bool:
    """Whether ``base`` always stands in a longer delimiter, or most lines hold that as often as the first does."""
    n = lines[0].count(longer)
    return _is_always(longer, base, lines) or sum(line.count(longer) == n > 0 for line in lines) >= 0.6 * len(lines)


def _is_always(longer: str, base: str, lines: list[str]) -> bool:
    """Whether ``base`` stands nowhere but in a longer delimiter, which the ends of a line may cut."""
    place, n = longer.index(base), len(longer)
    if base * n == longer:
        return all(len(run) % n == 0 for line in lines for run in re.findall(f"{re.escape(base)}+", line))
    edges = {longer[:place], longer[place + 1 :]}
    return all(before | behind <= edges for before, behind in (_around(base, line) for line in lines))


def _around(base: str, line: str) -> tuple[set[str], set[str]]:
    """The characters in front of and behind ``base``. The ends of a line show no delimiter."""
    places = list(_places(line, base))
    return {line[i - 1] for i in places if i > 0}, {line[i + 1] for i in places if i + 1 < len(line)}


def _places(line: str, base: str) -> Iterator[int]:
    place = line.find(base)
    while place >= 0:
        yield place
        place = line.find(base, place + 1)
