"""``mine_templates``: masked texts -> the templates they are occurrences of.

A miner in the spirit of Drain (He et al. 2017): lines of the same form whose words agree are one template. Unlike
Drain it sees all texts before it decides, so that the order of the lines makes no difference, and it asks what varies:
places hold values where names, paths and ids vary, or where very many words do; where a few ordinary words alternate
("started", "paused", "crashed"), each makes a template of its own. Five steps repeat until nothing changes:

0. Lines that differ in how many values a list has, "<id> <id>" and "<id>", have one value there.
1. Lines that agree in everything but places that can hold a value are grouped by hashing what they agree in.
2. Lines that agree in everything but one word are found by hashing each line around each of its words.
3. Lines that agree in everything but words that occur hardly anywhere else are found by hashing what is left.
4. A line with one or two words more joins the template whose wildcard stands in the place of those words.

Each step touches each part of each line a bounded number of times.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from explorer.ingest.mask_rules import ROOT
from explorer.ingest.templates.atoms import (
    MAX_ATOMS,
    PATH,
    WILD,
    Atom,
    Line,
    Place,
    classify,
    is_word,
    join_line,
    kinds_of,
    list_end,
    listed_kind,
    names_follow,
    place_after,
    place_of,
    shape_of,
    split_line,
)

#: How many different values make a place a variable, by what announces it: names and paths, or plain words.
LEAST_NAMES = {Place.FREE: 2, Place.FIELD: 2, Place.NAMED: 2, Place.ASSIGNED: 2, Place.HOST: 2}
LEAST_WORDS = {Place.FREE: 10, Place.FIELD: 6, Place.NAMED: 4, Place.ASSIGNED: 3, Place.HOST: 2}
LEAST_REQUESTS = 3  # of paths that may be asked of a server: two may be the only two things it does
LEAST_BESIDE_ACTIONS = 10  # so many names before "boot" may be a name as well
_LEAST_COMMON_WORDS = 2  # lines must share so many words before a place in running text is a variable
_RARE = 3  # a word in so few lines, or fewer, is rare
_LEAST_RARE = 20  # so many different rare words in each place make variables
_MAX_SPLITS = 12
_MAX_ROUNDS = 10
MAX_EXTRA = 2  # words

_HOLE = "\x01"
_REQUESTED = re.compile(rf"/(?!{ROOT}/)")
_PIECES = re.compile(r"<[a-z*]+>|[^<]+|<")
_NUMBERS = frozenset({"<num>", "<hex>", "<id>", "<uuid>"})
_AMOUNTS = frozenset({"<num>", "<duration>", "<size>", "<percent>"})

Targets = dict[Line, Line]


@dataclass(frozen=True)
class Templates:
    """``of_text`` gives the template of each text; ``templates`` are all of them, sorted."""

    of_text: dict[str, str]
    templates: tuple[str, ...]


def mine_templates(texts: Iterable[str]) -> Templates:
    """The templates of masked texts (see :func:`explorer.ingest.masking.mask_text`), each text having one.

    A template is the text itself with ``<*>`` or a named placeholder (``<path>``, ``<id>``, ...) where values differ.
    Only first lines are mined: the lines below, such as a stack trace, stay and must be the same. The result depends
    on the set of texts alone, and the template of a template is itself.
    """
    distinct = sorted(set(texts))
    lines = [split_line(text) for text in distinct]
    current: Targets = {line: line for line in lines}
    for _ in range(_MAX_ROUNDS):
        merged: Targets = {line: line for line in current.values()}
        for step in (_merge_lists, _merge_values, _merge_words, _merge_rare, _merge_longer):
            found = step(list(dict.fromkeys(merged.values())))
            if found:
                merged = {line: found.get(target, target) for line, target in merged.items()}
        if all(line is target for line, target in merged.items()):
            break
        current = {line: merged[target] for line, target in current.items()}
    for memory in (classify, is_word, kinds_of, listed_kind, place_after, shape_of):
        memory.cache_clear()  # they hold every word of the log
    of_text = {text: join_line(current[line]) for text, line in zip(distinct, lines, strict=True)}
    return Templates(of_text, tuple(sorted(set(of_text.values()))))


def _merge_lists(lines: Sequence[Line]) -> Targets:
    """Step 0. Lines that agree in all that can hold no value once their lists are one value each, and not before."""
    short = {line: _without_lists(line) for line in lines}
    if all(line is one for line, one in short.items()):
        return {}
    groups: dict[Line, list[Line]] = defaultdict(list)
    for line, one in short.items():
        groups[_skeleton(one)].append(line)
    several = (group for group in groups.values() if len({line[1::2] for line in group}) > 1)
    return {line: short[line] for group in several for line in group}


def _without_lists(line: Line) -> Line:
    """The line with each list as one value; the line itself where it has none, or is too long to be mined whole."""
    if len(line) >= 2 * MAX_ATOMS or all(list_end(line, i) == i for i in range(0, len(line), 2)):
        return line
    parts: list[str] = []
    i = 0
    while i < len(line):
        end = list_end(line, i)
        parts += (line[i] if end == i else _list_wildcard(line[i : end + 1 : 2]), *line[end + 1 : end + 2])
        i = end + 2
    return tuple(parts)


def _list_wildcard(values: Sequence[str]) -> str:
    *before, last = values
    is_end = listed_kind(last) != listed_kind(values[0])
    one = PATH if listed_kind(values[0]) == PATH else _wildcard({*before, last[:-1] if is_end else last})
    return one + "." * is_end


def _merge_values(lines: Sequence[Line]) -> Targets:
    """Step 1. Lines with the same skeleton, split again where what differs is not a variable."""
    groups: dict[Line, list[Line]] = defaultdict(list)
    for line in lines:
        groups[_skeleton(line)].append(line)
    targets: Targets = {}
    for skeleton, group in groups.items():
        if len(group) > 1:
            for rows in _settle(group, _columns(skeleton, group[0])):
                _unite(rows, targets)
    return targets


def _skeleton(line: Line) -> Line:
    """The line with a hole wherever a value can stand."""
    parts = list(line)
    for i in range(0, len(line), 2):
        kind = classify(line[i])
        if kind <= Atom.NAME or (kind <= Atom.ACTION and place_of(line, i) and not names_follow(line[i])):
            parts[i] = _HOLE
    return tuple(parts)


def _columns(skeleton: Line, line: Line) -> dict[int, Place | None]:
    """The holes of a skeleton and what announces each; None where no word is left that lines could have in common."""
    has_words = any(is_word(atom) for atom in skeleton[::2])
    columns: dict[int, Place | None] = {}
    for i in range(0, len(skeleton), 2):
        if skeleton[i] == _HOLE:
            is_host = place_of(line, i) is Place.HOST
            columns[i] = (Place.HOST if is_host else place_of(skeleton, i)) if has_words else None
    return columns


def _settle(group: list[Line], columns: dict[int, Place | None]) -> Iterator[list[Line]]:
    """Parts of a group in which every place that differs is a variable.

    The place with the fewest different values that are not values of a variable is split first: it is the one most
    likely to say what happened.
    """
    waiting = [(group, 0)]
    while waiting:
        rows, n_splits = waiting.pop()
        values = {i: {row[i] for row in rows} for i in columns} if len(rows) > 1 else {}
        open_columns = [i for i, found in values.items() if len(found) > 1 and not _is_variable(found, columns[i])]
        if not open_columns:
            yield rows
        elif n_splits == _MAX_SPLITS:
            yield from ([row] for row in rows)
        else:
            worst = min(open_columns, key=lambda i: (len(values[i]), i))
            parts = _split(rows, worst, values[worst], columns[worst])
            waiting += [(part, n_splits + 1) for part in parts]


def _split(rows: list[Line], column: int, values: set[str], place: Place | None) -> Iterable[list[Line]]:
    """The rows by their value in one column; what can be a variable together stays together."""
    together = {value for value in values if classify(value) is not Atom.ACTION}
    if not _is_variable(together, place):
        together = {value for value in values if classify(value) is Atom.PURE}
    parts: dict[str, list[Line]] = defaultdict(list)
    for row in rows:
        parts[_HOLE if row[column] in together else shape_of(row[column])].append(row)
    return parts.values()


def _is_variable(values: set[str], place: Place | None) -> bool:
    """Whether these are values of one variable; of a few ordinary words each says something else."""
    kinds = [classify(value) for value in values]
    n_actions, n_pure = kinds.count(Atom.ACTION), kinds.count(Atom.PURE)
    n_named = len(values) - n_actions - n_pure
    if n_actions and (not place or n_named < LEAST_BESIDE_ACTIONS) and WILD not in values:
        return False
    if n_named + n_actions == 0 or len(set(map(shape_of, values))) == 1:
        return True
    if place is None:
        return False
    if WILD in values:
        return not n_actions or place is not Place.FREE
    least = (LEAST_NAMES if Atom.WORD not in kinds else LEAST_WORDS)[place]
    if place is Place.FREE and any(map(_REQUESTED.match, values)):
        least = max(least, LEAST_REQUESTS)
    return n_named + (n_pure > 0) >= least


def _unite(rows: Sequence[Line], targets: Targets) -> None:
    """Notes that all rows become one line, with a wildcard wherever they differ."""
    columns = list(zip(*rows, strict=True))
    united = tuple(column[0] if len(set(column)) == 1 else _wildcard(set(column)) for column in columns)
    targets.update((row, united) for row in rows)


def _wildcard(values: set[str]) -> str:
    if len(set(map(shape_of, values))) == 1:
        pieces = zip(*(_PIECES.findall(value) for value in values), strict=True)
        return "".join(same[0] if len(set(same)) == 1 else "<id>" for same in pieces)
    kinds = frozenset().union(*(kinds_of(value) for value in values))
    if len(kinds) == 1:
        return next(iter(kinds))
    if kinds <= _AMOUNTS:
        return "<num>"
    return "<id>" if kinds <= _NUMBERS else WILD


def _merge_words(lines: Sequence[Line]) -> Targets:
    """Step 2. Lines that agree in everything but one word, where very many different words stand in its place."""
    buckets: dict[int, list[tuple[int, int]]] = {}
    first: dict[int, int] = {}  # most keys occur once; only for the others a list is made
    for number, line in enumerate(lines):
        for key, place in _holes(line):
            other = first.setdefault(key, number)
            if other != number:
                buckets.setdefault(key, [(other, place)]).append((number, place))
    found = [bucket for bucket in buckets.values() if _varies(lines, bucket)]
    targets: Targets = {}
    for bucket in sorted(found, key=lambda members: (-len(members), members)):
        left = [(number, place) for number, place in bucket if lines[number] not in targets]
        if len(left) > 1 and _varies(lines, left):
            _unite([lines[number] for number, _ in left], targets)
    return targets


def _varies(lines: Sequence[Line], bucket: Sequence[tuple[int, int]]) -> bool:
    return _is_variable({lines[number][place] for number, place in bucket}, Place.FREE)


def _holes(line: Line) -> Iterator[tuple[int, int]]:
    """A hash of the line around each place that may become a wildcard, and the place."""
    before, after = _hashes(line)
    atoms = line[::2]
    are_words = [is_word(atom) for atom in atoms]
    n_words = sum(are_words)
    seen_word = False
    for j, atom in enumerate(atoms):
        # A name before the first colon is that of the source, and one event of two sources is two events.
        is_source = not seen_word and 2 * j + 1 < len(line) and ":" in line[2 * j + 1]
        seen_word = seen_word or are_words[j]
        if n_words - are_words[j] >= _LEAST_COMMON_WORDS and not is_source and classify(atom) <= Atom.WORD:
            yield hash((2 * j, before[2 * j], after[2 * j + 1])), 2 * j


def _hashes(line: Line) -> tuple[list[int], list[int]]:
    """Hashes of the line up to each part, and from each part on."""
    before, after = [0], [0]
    for part in line:
        before.append(hash((before[-1], part)))
    for part in reversed(line):
        after.append(hash((after[-1], part)))
    return before, after[::-1]


def _merge_rare(lines: Sequence[Line]) -> Targets:
    """Step 3. Lines that agree in everything but words that hardly occur elsewhere, and differ in these in every line.

    Two names in one line, such as a guest and a room, seldom leave two lines that differ in one word only.
    """
    frequency = Counter(atom for line in lines for atom in line[::2] if classify(atom) is Atom.WORD)
    groups: dict[Line, list[Line]] = defaultdict(list)
    for line in lines:
        parts = list(line)
        for i in range(2, len(line), 2):
            if frequency.get(line[i], _RARE + 1) <= _RARE:
                parts[i] = _HOLE
        n_words, n_holes = sum(map(is_word, line[::2])), parts.count(_HOLE)
        if n_holes > 1 and n_words - n_holes >= max(_LEAST_COMMON_WORDS * n_holes, 4):
            groups[tuple(parts)].append(line)
    targets: Targets = {}
    for shared, group in groups.items():
        columns = [i for i, part in enumerate(shared) if part == _HOLE]
        if all(len({line[i] for line in group}) >= _LEAST_RARE for i in columns):
            _unite(group, targets)
    return targets


def _merge_longer(lines: Sequence[Line]) -> Targets:
    """Step 4. A line with words to spare where another has a wildcard joins it."""
    around: dict[int, Line] = {}
    for line in lines:
        if WILD in line and sum(map(is_word, line[::2])) >= _LEAST_COMMON_WORDS:
            before, after = _hashes(line)
            for i in range(0, len(line), 2):
                if line[i] == WILD:
                    around.setdefault(hash((before[i], after[i + 1])), line)
    return {line: target for line in lines if around and (target := _shorter(line, around)) is not None}


def _shorter(line: Line, around: dict[int, Line]) -> Line | None:
    before, after = _hashes(line)
    for n_extra in range(1, MAX_EXTRA + 1):
        for i in range(0, len(line) - 2 * n_extra, 2):
            end = i + 2 * n_extra + 1
            if all(classify(atom) <= Atom.WORD for atom in line[i:end:2]) and set(line[i + 1 : end : 2]) == {" "}:
                found = around.get(hash((before[i], after[end])))
                if found is not None:
                    return found
    return None
