"""A masked line as atoms and what stands between them, and what each atom is."""

from __future__ import annotations

import re
from enum import IntEnum
from functools import cache

from explorer.ingest.masking import PLACEHOLDER
from explorer.ingest.templates.words import (
    ACCOUNTS,
    NAMING,
    TELLING,
    is_action,
    is_dotted,
    is_path,
    is_protected,
)

MAX_ATOMS = 200  # what follows stays as it is
EMPTY = "\x00"  # the value that is missing in "user=" or "()"
WILD = "<*>"
PATH = "<path>"
_PORT = "\x02"  # the colon between a host and its port, which masking takes for one thing in <ip>
_SPACE = "\x03"  # the space in a quoted name, which is one value: query "flow meter"

#: (atom, gap, atom, gap, ..., atom): atoms at even places. Texts whose gaps are the same have the same form.
Line = tuple[str, ...]

_GAP = re.compile(
    r"((?:[\s,;(){}\[\]\"=|]|(?<!:):(?![:/\\])|(?<![^\W\d_])'|'(?![^\W\d_]))+)",
)
_MISSING = re.compile(r"(?<=\()(?=\))|(?<=\[)(?=\])|(?<==)(?=[\s,;)\]}]|\Z)|(?<==\")(?=\")")
_HOST_PORT = re.compile(r"(?<![\w.<>-])([\w<>-]++(?:\.[\w<>-]++)++):<num>")
_QUOTED = re.compile(r'(?<=[\w)] )"([^"=:{}\[\],;()]*)"')  # in running text; behind "=" or ":" stand fields
_SINGLE_QUOTED = re.compile(r"(?<=[\w)] )'([^'\"=:{}\[\],;()]*)'(?=[\s.,;:)]|\Z)")
_FIELD = re.compile(r"""\b(\w+)=(["'])([^"'=:{}\[\],;()]* [^"'=:{}\[\],;()]*)\2""")  # with a space in its value
_A_NUMBER = re.compile(r"<(?:num|hex|id|uuid)>")
_LISTED_ALIKE = frozenset({"<num>", "<hex>", "<id>", "<uuid>", "<duration>", "<size>", "<percent>"})
_LIST_GAPS = frozenset({" ", ",", ", ", ";", "; ", '", "', '","', "', '", "','"})
_LETTERS = re.compile(r"[^\W\d_]")
_BEFORE_NAMES = frozenset({"for", "from", "by", "as", "at"})
_KEY_PART = re.compile(r"[A-Z]?[a-z]+\Z|[A-Z]+\Z")


_HEX_LETTERS = re.compile(r"(?:[a-f]{8,}|[A-F]{8,})\Z")  # a number to the base 16 without a digit, such as ffffffff


class Atom(IntEnum):
    """What an atom can be."""

    PURE = 0  # placeholders and punctuation only, or a missing value
    NAME = 1  # a path, a host, a package, a word with a placeholder in it
    WORD = 2  # anything else made of letters
    ACTION = 3  # a word that names an action or a state: "archived"
    FIXED = 4  # says what happened, see words.py; or has neither letters nor placeholders


def split_line(masked: str, most: int = MAX_ATOMS) -> Line:
    """The line in parts; only the first line and its first ``most`` atoms are taken apart, the rest is one gap."""
    head, line_end, rest = masked.partition("\n")
    if '"' in head:
        head = _QUOTED.sub(_as_one_atom, head)
    if " '" in head:
        head = _SINGLE_QUOTED.sub(_as_one_atom, head)
    if '="' in head or "='" in head:
        head = _FIELD.sub(_as_one_name, head)
    if ":<num>" in head:
        head = _HOST_PORT.sub(r"\1" + _PORT + "<num>", head)
    if "()" in head or "[]" in head or "=" in head:
        head = _MISSING.sub(EMPTY, head)
    parts = _GAP.split(head, most)
    if len(parts) > 2 * most:
        overlong = parts.pop()
        return (*parts[:-1], parts[-1] + overlong + line_end + rest, "")
    return (*parts, line_end + rest, "") if line_end else tuple(parts)


def join_line(line: Line) -> str:
    """The text of a line; the opposite of :func:`split_line`."""
    return "".join(line).replace(EMPTY, "").replace(_PORT, ":").replace(_SPACE, " ")


def _as_one_atom(quoted: re.Match[str]) -> str:
    return quoted.group().replace(" ", _SPACE)


def _as_one_name(field: re.Match[str]) -> str:
    """The value of a field that holds a name; that of any other is text as everywhere else: reason="disk is full"."""
    return _as_one_atom(field) if field.group(1).lower() in NAMING else field.group()


@cache
def classify(atom: str) -> Atom:
    """What an atom is, whatever stands around it."""
    if atom == EMPTY:
        return Atom.PURE
    if _HEX_LETTERS.match(atom):
        return Atom.PURE
    bare = PLACEHOLDER.sub("", atom)
    has_letters = _LETTERS.search(bare) is not None
    if not has_letters and bare != atom:
        return Atom.FIXED if any(map(str.isdigit, bare)) else Atom.PURE
    if not has_letters or is_protected(atom):
        return Atom.FIXED
    if bare != atom or is_path(atom) or "@" in atom or is_dotted(atom):
        return Atom.NAME
    return Atom.ACTION if is_action(atom) else Atom.WORD


@cache
def shape_of(atom: str) -> str:
    """The atom without regard to how its numbers are written: ``/carts/<num>`` and ``/carts/<hex>`` are one path."""
    return _A_NUMBER.sub("<id>", atom)


@cache
def listed_kind(atom: str) -> str:
    """What an atom is as one of several in a list, "" where it is not a whole masked value: <id> <id>, <ip>, <ip>."""
    if atom in (WILD, EMPTY):
        return ""
    if is_path(atom):
        return PATH if classify(atom) is Atom.NAME else ""
    if _HEX_LETTERS.match(atom) or atom in _LISTED_ALIKE:
        return "<num>"
    return atom if PLACEHOLDER.fullmatch(atom) else ""


def list_end(line: Line, start: int) -> int:
    """Where the last value of the list stands that begins at place ``start``; ``start`` if it is no list."""
    end = start
    if start + 2 < len(line) and line[start + 1] in _LIST_GAPS:
        kind, gap = listed_kind(line[start]), line[start + 1]
        while kind and end + 2 < len(line) and line[end + 1] == gap and listed_kind(line[end + 2]) == kind:
            end += 2
        # The last one may end the sentence.
        last = line[end + 2] if kind and end + 2 < len(line) and line[end + 1] == gap else ""
        if last[-1:] == "." and listed_kind(last[:-1]) == kind:
            end += 2
    return end


@cache
def is_word(atom: str) -> bool:
    """Whether an atom has letters that stay."""
    return classify(atom) >= Atom.WORD and _LETTERS.search(PLACEHOLDER.sub("", atom)) is not None


class Place(IntEnum):
    """What the words before a place say about what stands in it."""

    FREE = 0  # running text
    FIELD = 1  # the value of a field, a quotation, or what a preposition points at: mode="x", "from x"
    NAMED = 2  # announced as a name: "user bob", "host=db"
    ASSIGNED = 3  # the value of a field that names a thing: 'containerName="web"'
    HOST = 4  # the host of a syslog line


def place_of(line: Line, i: int) -> Place:
    """What the parts before (and, for syslog's host, behind) place ``i`` of a line say about what stands in it."""
    if i == 2 and len(line) > 5 and line[1] == line[3] == " " and line[5][0] in "[:" and "<time>" in line[0]:
        return Place.HOST
    return place_after(line[i - 2], line[i - 1]) if i else Place.FREE


@cache
def place_after(key: str, gap: str) -> Place:
    """What to expect behind the atom ``key`` and the gap that follows it. Fields that say what happened are FREE."""
    last = _KEY_PART.search(key)
    word = last.group().lower() if last else ""
    if word in TELLING or key.lower() in TELLING:
        return Place.FREE
    if word in NAMING and gap.strip(" '\"") in ("", ":", "="):
        return Place.ASSIGNED if "=" in gap and word not in ACCOUNTS else Place.NAMED
    is_field = "=" in gap or gap[-1] in "\"'" or (key in _BEFORE_NAMES and gap == " ")
    return Place.FIELD if is_field else Place.FREE


def names_follow(atom: str) -> bool:
    """Whether the atom announces a name and is none: "user" in "for user bob"."""
    return atom.lower() in NAMING


@cache
def kinds_of(atom: str) -> frozenset[str]:
    """The names of an atom's wildcards: of its placeholders, or of what it is as a whole."""
    kind = classify(atom)
    if atom == EMPTY:
        return frozenset()
    if kind is Atom.PURE:
        return frozenset(PLACEHOLDER.findall(atom) or ("<hex>",))
    return frozenset({PATH if is_path(atom) else WILD})
