"""The form that records were written into: its headings, labels and sentences, and cutting them out of a text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from explorer.ingest.cleaning.markup import Draft
from explorer.ingest.cleaning.words import count_words
from explorer.types import Forms

FORM = "form"

_LONGEST = 20_000  # characters of a line that is looked at
_DIGITS = re.compile(r"\d+")
_BEGIN = re.compile(r"[\W_]*+(?:\d{1,3}[.)]\s+)?[\W_]*+")
_HEADING_SHAPE = re.compile(r"[^\W\d_][^.;={}<>\[\]|\\@:]{1,78}[:：]\s*\Z")
CODE_SHAPE = re.compile(
    r"[{};=]|\w\(|\w\.\w+\.\w|\A\s*at\s|\\|/\w+/|::|->|=>|</?\w|\A\s*\[?(?:INFO|WARN|WARNING|ERROR|DEBUG|TRACE)\b"
    r"|\w[a-z][A-Z]\w*:"
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[^\W\d_a-z])|(?<=[。！？])")
_COLON = re.compile(r"(?<=\w)[)\]]?\s{0,2}[:：](?=\s|\Z)")
_LABEL_WORDS = re.compile(r"[^\s:：;,.!?|]+")
_MOST_LABEL_WORDS = 5
MOST_LABELS = 40  # in one line


def key_of(words: str) -> str:
    """What two lines of the same form share: letter case, numbers, bullets and punctuation at the ends do not count."""
    begin, end = _BEGIN.match(words).end(), len(words)  # type: ignore[union-attr]  # it matches nothing as well
    while end > begin and not words[end - 1].isalnum():
        end -= 1
    return " ".join(_DIGITS.sub("0", words[begin:end]).casefold().split())


@dataclass(frozen=True)
class Units:
    """What a text could share with others, as keys.

    ``labels`` are those before a value, with the value; ``inner_labels`` may be labels in the middle of a line.
    ``first`` is the first line, ``sentences`` are those of all further lines that are no headings, in order.
    """

    headings: frozenset[str]
    labels: dict[str, str]
    inner_labels: frozenset[str]
    first: str
    sentences: tuple[str, ...]


def units_of(draft: Draft) -> Units:
    """The parts of a text that could belong to a form; code and what was cut already are passed over."""
    headings: set[str] = set()
    labels: dict[str, str] = {}
    inner: set[str] = set()
    first = ""
    sentences: list[str] = []
    is_first = True
    for i, line in enumerate(draft.lines):
        if not draft.is_open(i):
            continue
        if _is_heading(draft, i):
            headings.add(key_of(line))
            is_first = False
            continue
        for label, value, is_inner in _labelled(line):
            labels.setdefault(label, value)
            if is_inner:
                inner.add(label)
        if is_first:
            first = key_of(line[:500])
        else:
            sentences += (key_of(sentence) for sentence in _sentences(line))
        is_first = False
    return Units(frozenset(headings) - {""}, labels, frozenset(inner), first, tuple(filter(None, sentences)))


def _is_heading(draft: Draft, i: int) -> bool:
    line = draft.lines[i]
    if len(line) > 200:
        return False
    if draft.is_heading[i]:
        return count_words(line) <= 30
    return bool(_HEADING_SHAPE.match(line.strip())) and count_words(line) <= 10 and not CODE_SHAPE.search(line)


def _sentences(line: str) -> list[str]:
    if len(line) > _LONGEST:
        return []
    if ". " not in line and line.isascii() and "? " not in line and "! " not in line:
        return [line]
    return [part for part in _SENTENCE_END.split(line) if part.strip()]


def _labelled(line: str) -> list[tuple[str, str, bool]]:
    """Keys of all that may be a label in a line, with what follows each, and whether it is in the middle.

    The first one is all that stands before the first colon. Where a further one begins cannot be told from one line:
    "Name: John Dept: Sales" may have "dept" or "john dept", so each counts, and what repeats decides.
    """
    colons = _colons(line)
    found: list[tuple[str, str, bool]] = []
    for number, colon in enumerate(colons):
        end = colons[number + 1].start() if number + 1 < len(colons) else len(line)
        value = line[colon.end() : end].strip()[:100]
        for words in _label_words(line, colons, number):
            found.append((key_of(line[words : colon.start()]), value, number > 0))
    return [one for one in found if one[0] and not one[0][0].isdigit()]


def _colons(line: str) -> list[re.Match[str]]:
    """The colons of a line that begins with a label; none for other lines."""
    if len(line) > _LONGEST or not (":" in line or "：" in line):
        return []
    colons = list(islice(_COLON.finditer(line), MOST_LABELS))
    if not colons or colons[0].start() > 80:
        return []
    words = _LABEL_WORDS.findall(line, 0, colons[0].start())
    return colons if 0 < len(words) <= _MOST_LABEL_WORDS and not words[0][:1].islower() else []


def _label_words(line: str, colons: Sequence[re.Match[str]], number: int) -> list[int]:
    """Where the label before a colon may begin, the longest first."""
    colon = colons[number]
    if number == 0:
        return [0]
    begin = max(colons[number - 1].end(), colon.start() - 60)
    words = list(_LABEL_WORDS.finditer(line, begin, colon.start()))[-_MOST_LABEL_WORDS:]
    return [word.start() for word in words if not word.group()[:1].islower()]


def mark_forms(draft: Draft, forms: Forms) -> None:
    """Cuts headings, labels and sentences of ``forms`` out of a text; the first line keeps its sentences."""
    if not forms:
        return
    is_first = True
    for i, line in enumerate(draft.lines):
        if not draft.is_open(i):
            continue
        if forms.headings and _is_heading(draft, i) and key_of(line) in forms.headings:
            draft.cut[i] = FORM
            is_first = False
            continue
        removed: list[str] = []
        kept = _without_labels(line, forms.labels, removed) if forms.labels else line
        if forms.sentences and not is_first:
            kept = _without_sentences(kept, forms.sentences, removed)
        if removed:
            draft.before_forms[i] = line
            if kept.strip():
                draft.shorten(i, kept, FORM, " ".join(removed))
            else:
                draft.cut[i] = FORM
        is_first = False


def _without_labels(line: str, labels: frozenset[str], removed: list[str]) -> str:
    colons = _colons(line)
    out: list[str] = []
    position = 0
    for number, colon in enumerate(colons):
        for begin in _label_words(line, colons, number):
            if begin >= position and key_of(line[begin : colon.start()]) in labels:
                out.append(line[position:begin])
                removed.append(line[begin : colon.end()].strip())
                position = colon.end()
                break
    return " ".join(part.strip() for part in (*out, line[position:]) if part.strip()) if position else line


def _without_sentences(line: str, sentences: frozenset[str], removed: list[str]) -> str:
    parts = _sentences(line)
    gone = [part for part in parts if key_of(part) in sentences]
    if not gone:
        return line
    removed += gone
    return " ".join(part.strip() for part in parts if key_of(part) not in sentences)
