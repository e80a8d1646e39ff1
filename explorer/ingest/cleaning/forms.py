"""The form that records were written into, found by what repeats across the file: headings, labels, whole sentences.

A line that repeats is no proof of a form: forty tickets may complain in the same words. So a heading counts where it
comes with other headings of the same form or in a large part of the file; a label ("Dept:") where it comes with other
labels and its values differ; a sentence where it is long, the records that have it say different things beside it, and
what they say has no word in common that sets them apart from the rest of the file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, permutations
from zlib import crc32

from explorer.ingest.cleaning.markup import Draft
from explorer.ingest.cleaning.words import count_words, words_of
from explorer.types import Forms

FORM = "form"

SAMPLE = 10_000  # distinct texts that forms are learned from
_FEWEST_TEXTS = 10
_FEWEST_RECORDS = 5  # that share a heading or a label
_FEWEST_SAME_SENTENCE = 8
_ENOUGH_RECORDS = 50  # in a large file no more than these are asked for
_LEAST_FRACTION = 0.01
_ALONE_FRACTION = 0.1  # a heading that comes with no other must be in a tenth of the file
_COMPANION_FRACTION = 0.5  # of the records with a heading or label have another one
_PARTNER_FRACTION = 0.2  # and of the records with that other one so many have the label
_SENTENCE_WORDS = 8
_REST_WORDS = 4  # what the records with a sentence have beside it, at the median
_DIFFERENT_FRACTION = 0.8
_COMPARED = 60  # records looked at for each sentence
_EVERYWHERE = 0.6  # a sentence in more of the file sets nothing apart

_DIGITS = re.compile(r"\d+")
_EDGES = re.compile(r"\A[\W_]*(?:\d{1,3}[.)]\s+)?[\W_]*|[\W_]+\Z")
_HEADING_SHAPE = re.compile(r"[^\W\d_][^.;={}<>\[\]|\\@:]{1,78}[:：]\s*\Z")
_CODE_SHAPE = re.compile(
    r"[{};=]|\w\(|\w\.\w+\.\w|\A\s*at\s|\\|/\w+/|::|->|=>|</?\w|\A\s*\[?(?:INFO|WARN|WARNING|ERROR|DEBUG|TRACE)\b|\w[a-z][A-Z]\w*:"
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[^\W\d_a-z])|(?<=[。！？])")
_COLON = re.compile(r"(?<=\w)[)\]]?\s{0,2}[:：](?=\s|\Z)")
_LABEL_WORDS = re.compile(r"[^\s:：;,.!?|]+")
_MOST_LABEL_WORDS = 5
_MOST_LABELS = 40  # in one line
#: Labels whose presence says what happened.
_SAYING_WORDS = """
error errors exception warning fatal failure failed traceback caused cause http https re fw fwd fehler fehlermeldung
warnung erreur avertissement errore avviso erro aviso fout waarschuwing ошибка предупреждение 错误 警告 エラー
"""
_SAYING = frozenset(_SAYING_WORDS.split())


def key_of(words: str) -> str:
    """What two lines of the same form share: letter case, numbers, bullets and punctuation at the ends do not count."""
    return " ".join(_DIGITS.sub("0", _EDGES.sub("", words)).casefold().split())


@dataclass(frozen=True)
class _Units:
    """What a text could share with others: its headings, labels with their values, and sentences in order."""

    headings: frozenset[str]
    labels: dict[str, str]
    sentences: tuple[str, ...]


def learn_forms(drafts: Sequence[Draft]) -> Forms:
    """The forms of a file from its distinct texts, in an order that depends on the texts alone."""
    if len(drafts) < _FEWEST_TEXTS:
        return Forms()
    units = [_units(draft) for draft in drafts]
    least = max(_FEWEST_RECORDS, min(int(_LEAST_FRACTION * len(units)), _ENOUGH_RECORDS))
    headings, labels = _shared_parts(units, least)
    sentences = _shared_sentences(units, max(least, _FEWEST_SAME_SENTENCE))
    return Forms(headings, labels, sentences)


def sampled(texts: Sequence[str]) -> list[str]:
    """At most :data:`SAMPLE` texts, chosen and ordered by their content."""
    keyed = sorted((crc32(text.encode("utf-8", "surrogatepass")), text) for text in texts)
    return [text for _, text in keyed[:SAMPLE]]


def _units(draft: Draft) -> _Units:
    headings: set[str] = set()
    labels: dict[str, str] = {}
    sentences: list[str] = []
    is_first = True
    for i, line in enumerate(draft.lines):
        if not draft.is_open(i):
            continue
        if _is_heading(draft, i):
            headings.add(key_of(line))
        else:
            for label, value in _labelled(line):
                labels.setdefault(label, value)
            if not is_first:
                sentences += (key_of(sentence) for sentence in _sentences(line))
            else:
                sentences.append(key_of(line[:500]))
        is_first = False
    return _Units(frozenset(headings) - {""}, labels, tuple(filter(None, sentences)))


def _is_heading(draft: Draft, i: int) -> bool:
    line = draft.lines[i]
    if len(line) > 200:
        return False
    if draft.is_heading[i]:
        return count_words(line) <= 30
    return bool(_HEADING_SHAPE.match(line.strip())) and count_words(line) <= 10 and not _CODE_SHAPE.search(line)


def _sentences(line: str) -> list[str]:
    if len(line) > 20_000:
        return []
    return [part for part in _SENTENCE_END.split(line) if part.strip()]


def _labelled(line: str) -> list[tuple[str, str]]:
    """Keys of all that may be a label in a line, with what follows each.

    The first one is all that stands before the first colon. Where a further one begins cannot be told from one line:
    "Name: John Dept: Sales" may have "dept" or "john dept", so each counts, and what repeats decides.
    """
    colons = _colons(line)
    found: list[tuple[str, str]] = []
    for number, colon in enumerate(colons):
        end = colons[number + 1].start() if number + 1 < len(colons) else len(line)
        value = line[colon.end() : end].strip()[:100]
        for words in _label_words(line, colons, number):
            found.append((key_of(line[words : colon.start()]), value))
    return [(label, value) for label, value in found if label and not label[0].isdigit()]


def _colons(line: str) -> list[re.Match[str]]:
    """The colons of a line that begins with a label; none for other lines."""
    if len(line) > 20_000 or not (":" in line or "：" in line):
        return []
    colons = list(islice(_COLON.finditer(line), _MOST_LABELS))
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


def _shared_parts(units: Sequence[_Units], least: int) -> tuple[frozenset[str], frozenset[str]]:
    """Headings and labels that are in enough texts, and come with others."""
    n_heading = Counter(heading for unit in units for heading in unit.headings)
    n_label = Counter(label for unit in units for label in unit.labels)
    labels = {label for label, n in n_label.items() if n >= least and _may_be_label(label)}
    labels = {label for label in labels if not _is_part(label, labels, n_label)}
    headings = {heading for heading, n in n_heading.items() if n >= least and heading not in _SAYING}
    values: dict[str, set[str]] = {label: set() for label in labels}
    together: Counter[tuple[str, str]] = Counter()
    n_with_others: Counter[str] = Counter()
    n_all = n_heading + n_label
    for unit in units:
        mine = sorted(labels.intersection(unit.labels) | (headings & unit.headings))
        together.update(permutations(mine[:_MOST_LABELS], 2))
        if len(mine) > 1:
            n_with_others.update(mine)
        for label in labels.intersection(unit.labels):
            values[label].add(unit.labels[label].casefold())
    partnered = {
        one
        for (one, other), n in together.items()
        if n >= _COMPANION_FRACTION * n_all[one] and n >= _PARTNER_FRACTION * n_all[other]
    }
    alone = max(_ALONE_FRACTION * len(units), _FEWEST_SAME_SENTENCE)
    return (
        frozenset(
            one for one in headings if n_heading[one] >= alone or n_with_others[one] >= _COMPANION_FRACTION * n_all[one]
        ),
        frozenset(
            label for label in labels if (label in partnered or n_label[label] >= alone) and len(values[label]) >= 2
        ),
    )


def _may_be_label(label: str) -> bool:
    words = label.split()
    return not _SAYING.intersection(words) and not _CODE_SHAPE.search(label) and len(label) <= 60


def _is_part(label: str, labels: set[str], n_label: Counter[str]) -> bool:
    """Whether a label is nearly always the end of a longer one: "type" of "issue type"."""
    return any(
        other != label and other.endswith(f" {label}") and n_label[other] >= 0.8 * n_label[label] for other in labels
    )


def _shared_sentences(units: Sequence[_Units], least: int) -> frozenset[str]:
    """Long sentences in enough texts that differ otherwise and have no topic in common."""
    holders: Counter[str] = Counter(sentence for unit in units for sentence in set(unit.sentences[1:]))
    candidates = {
        one
        for one, n in holders.items()
        if n >= least and count_words(one) >= _SENTENCE_WORDS and not _CODE_SHAPE.search(one)
    }
    if not candidates:
        return frozenset()
    rows: dict[str, list[int]] = {one: [] for one in candidates}
    for row, unit in enumerate(units):
        for one in candidates.intersection(unit.sentences[1:]):
            if len(rows[one]) < _COMPARED:
                rows[one].append(row)

    @lru_cache(maxsize=4_096)
    def rest(row: int) -> tuple[frozenset[str], int, str]:
        """Words of a text beside the candidates, how many, and their text without numbers."""
        left = " ".join(one for one in units[row].sentences if one not in candidates)
        return frozenset(words_of(left)), count_words(left), left

    everywhere = [one for one in candidates if holders[one] > _EVERYWHERE * len(units)]
    kept = set()
    for one in sorted(candidates):
        mine = [rest(row) for row in rows[one]]
        n_words = sorted(n for _, n, _ in mine)[len(mine) // 2]
        n_different = len({left for *_, left in mine})
        if n_words < _REST_WORDS or n_different < _DIFFERENT_FRACTION * len(mine):
            continue
        if one not in everywhere:
            having = set(rows[one])
            others = [
                rest(row)[0] for row in range(len(units)) if row not in having and one not in units[row].sentences
            ]
            if _has_topic([words for words, _, _ in mine], others[: 2 * _COMPARED]):
                continue
        kept.add(one)
    return frozenset(kept)


def _has_topic(mine: Sequence[frozenset[str]], others: Sequence[frozenset[str]]) -> bool:
    """Whether a word is in much of ``mine`` and in little of ``others``."""
    inside = Counter(word for words in mine for word in words)
    outside = Counter(word for words in others for word in words)
    n_inside, n_outside = len(mine), max(len(others), 1)
    return any(
        n >= 0.4 * n_inside and n / n_inside >= 3 * outside[word] / n_outside + 0.1
        for word, n in inside.items()
        if len(word) > 2 or not word.isascii()
    )


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
            continue  # the line below a heading at the top is still the first
        kept = _without_labels(line, forms.labels) if forms.labels else line
        if forms.sentences and not is_first:
            kept = _without_sentences(kept, forms.sentences)
        if kept is not line and kept != line:
            _cut_part(draft, i, line, kept)
        is_first = False


def _cut_part(draft: Draft, i: int, line: str, kept: str) -> None:
    draft.before_forms[i] = line
    if kept.strip():
        draft.shorten(i, kept, FORM, line)
    else:
        draft.cut[i] = FORM


def _without_labels(line: str, labels: frozenset[str]) -> str:
    colons = _colons(line)
    out: list[str] = []
    position = 0
    for number, colon in enumerate(colons):
        for begin in _label_words(line, colons, number):
            if begin >= position and key_of(line[begin : colon.start()]) in labels:
                out.append(line[position:begin])
                position = colon.end()
                break
    return " ".join(part.strip() for part in (*out, line[position:]) if part.strip()) if position else line


def _without_sentences(line: str, sentences: frozenset[str]) -> str:
    parts = _sentences(line)
    kept = [part for part in parts if key_of(part) not in sentences]
    return " ".join(kept) if len(kept) < len(parts) else line
