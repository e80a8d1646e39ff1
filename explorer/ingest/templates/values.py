"""``template_values``: what stood in the places of a template's wildcards, in its own records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from explorer.ingest.levels import SHOWN_LEVELS
from explorer.ingest.log_text import plain_record
from explorer.ingest.masking import PLACEHOLDER, mask_with_values
from explorer.ingest.templates.atoms import WILD, Line, join_line, list_end, listed_kind, shape_of, split_line
from explorer.ingest.templates.mine import MAX_EXTRA
from explorer.ingest.text import normalize_text

#: The number of a masked value, or such numbers and the words between them, to be joined.
_Recipe = int | tuple[str | int, ...]

_MOST_STEPS = 10_000  # of looking for lists
_ALL = 1_000_000  # atoms; records are aligned to their end, not only where templates are mined


class WildcardValues(NamedTuple):
    """One wildcard of a template: what it is called (``<ip>``, ``<*>``, ...), and its values with how many records
    have each, most common first, then by the value. A missing value, as in "user=", is ""."""

    kind: str
    values: tuple[tuple[str, int], ...]


class TemplateValues(NamedTuple):
    """The wildcards of a template from left to right. Each one's counts add up to ``n_aligned``, the number of records
    whose words stand where the template has them; it is ``n_records`` unless records of another template are given."""

    wildcards: tuple[WildcardValues, ...]
    n_aligned: int
    n_records: int


def template_values(template: str, raw_texts: Iterable[str]) -> TemplateValues:
    """The values behind each wildcard of ``template`` in the records it was mined from, as they were written.

    Where a wildcard stands for several words and its place is not unique, the leftmost wildcard takes them.
    """
    pattern = split_line(normalize_text(template), _ALL)
    # Where records differ in their level the text begins with it; their messages do not hold it.
    begins_with_level = pattern[0] in SHOWN_LEVELS and len(pattern) > 2 and pattern[1] == " "
    kinds = [kind for atom in pattern[::2] for kind in PLACEHOLDER.findall(atom)]
    counted: list[Counter[str]] = [Counter() for _ in kinds]
    recipes: dict[str, list[_Recipe] | None] = {}
    n_aligned = n_records = 0
    # Records with the same masked text are aligned alike.
    for raw, count in Counter(raw_texts).items():
        n_records += count
        masked, originals = mask_with_values(plain_record(raw))
        if masked not in recipes:
            made = _recipes(pattern, masked)
            recipes[masked] = _recipes(pattern[2:], masked) if made is None and begins_with_level else made
        made = recipes[masked]
        if made is None:
            continue
        n_aligned += count
        for counter, recipe in zip(counted, made, strict=True):
            counter[_cook(recipe, originals)] += count
    wildcards = (
        WildcardValues(kind, tuple(sorted(counter.items(), key=lambda item: (-item[1], item[0]))))
        for kind, counter in zip(kinds, counted, strict=True)
    )
    return TemplateValues(tuple(wildcards), n_aligned, n_records)


def _recipes(pattern: Line, masked: str) -> list[_Recipe] | None:
    """How each wildcard's value is made in records with this masked text; None where it does not fit the template."""
    line = split_line(normalize_text(masked), _ALL)
    starts = _align(pattern, line)
    if starts is None:
        return None
    pieces: list[list[str | int]] = []
    n_originals = 0
    for i, part in enumerate(line):
        own: list[str | int] = []
        literals = PLACEHOLDER.split(part) if i % 2 == 0 else [part]
        for j, literal in enumerate(literals):
            own += [join_line((literal,)), n_originals + j]
        n_originals += len(literals) - 1
        pieces.append(own[:-1])
    recipes: list[_Recipe] = []
    for i, start, end in zip(range(0, len(pattern), 2), starts, [*starts[1:], len(line) + 1], strict=True):
        if shape_of(pattern[i]) == shape_of(line[start]) and end == start + 2:
            recipes += [one for one in pieces[start] if isinstance(one, int)]
        else:
            recipe = [one for part in pieces[start : end - 1] for one in part if one != ""]
            recipes.append(tuple(recipe[:-1] if recipe[-1:] == ["."] and pattern[i].endswith(">.") else recipe))
    return recipes


def _cook(recipe: _Recipe, originals: list[str]) -> str:
    if isinstance(recipe, int):
        return originals[recipe]
    return "".join(one if isinstance(one, str) else originals[one] for one in recipe)


def _align(pattern: Line, line: Line) -> list[int] | None:
    """For each atom of the pattern where in the line it starts, or None.

    A line that is longer has words to spare; one wildcard of the pattern takes them all.
    """
    n_extra = len(line) - len(pattern)
    n_before = _n_fitting(zip(pattern, line, strict=False))
    if n_extra == 0:
        return list(range(0, len(line), 2)) if n_before == len(pattern) else None
    if n_extra < 0:
        return None
    n_after = _n_fitting(zip(reversed(pattern), reversed(line), strict=False))
    for i in range(0, len(pattern), 2):
        if pattern[i] == WILD and i <= n_before and len(pattern) - i - 1 <= n_after:
            return [*range(0, i + 1, 2), *range(i + 2 + n_extra, len(line), 2)]
    return _align_lists(pattern, line)


def _align_lists(pattern: Line, line: Line) -> list[int] | None:
    """As :func:`_align`, where placeholders of the pattern may hold lists, and several wildcards words to spare."""
    waiting = [(0, 0)]
    came_from: dict[tuple[int, int], tuple[int, int]] = {}
    while waiting and len(came_from) < _MOST_STEPS:
        i, j = waiting.pop()
        for end in _ends(pattern[i], line, j):
            if i + 1 == len(pattern) and end + 1 == len(line):
                return _places(came_from, (i, j))
            step = (i + 2, end + 2)
            if pattern[i + 1 : i + 2] == line[end + 1 : end + 2] and step not in came_from:
                came_from[step] = (i, j)
                waiting.append(step)
    return None


def _ends(wanted: str, line: Line, start: int) -> list[int]:
    """Where what stands for one atom of a pattern may end, the likeliest last."""
    if wanted == WILD:
        ends = [start]
        while len(ends) <= MAX_EXTRA and ends[-1] + 2 < len(line) and line[ends[-1] + 1] == " ":
            ends.append(ends[-1] + 2)
        return ends[::-1]
    ends = [start] if _fits(wanted, line[start]) else []
    end = list_end(line, start)
    is_list = end > start and PLACEHOLDER.fullmatch(wanted.removesuffix(".")) is not None
    ends_sentence = listed_kind(line[end]) != listed_kind(line[start])
    return [*ends, end] if is_list and wanted.endswith(".") == ends_sentence else ends


def _places(came_from: dict[tuple[int, int], tuple[int, int]], last: tuple[int, int]) -> list[int]:
    places = [last[1]]
    while last in came_from:
        last = came_from[last]
        places.append(last[1])
    return places[::-1]


def _fits(wanted: str, part: str) -> bool:
    return wanted == part or PLACEHOLDER.fullmatch(wanted) is not None or shape_of(wanted) == shape_of(part)


def _n_fitting(pairs: Iterable[tuple[str, str]]) -> int:
    """How many of the first parts fit: they are equal, or the pattern has a wildcard there."""
    n = 0
    for wanted, part in pairs:
        if not _fits(wanted, part):
            break
        n += 1
    return n
