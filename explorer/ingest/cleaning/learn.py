"""Finding the form that records were written into by what repeats across the file.

A line that repeats is no proof of a form: forty tickets may complain in the same words. So a heading counts where it
comes with other headings or in a large part of the file; a label ("Dept:") where it comes with another one and its
values differ; a sentence where it is long, the records that have it say different things beside it, and what they say
has no word in common that sets them apart from the rest of the file; a short line where it is in nearly all records
of one form and in no others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import islice, permutations
from zlib import crc32

from explorer.ingest.cleaning.forms import CODE_SHAPE, MOST_LABELS, Units, units_of
from explorer.ingest.cleaning.markup import Draft
from explorer.ingest.cleaning.words import count_words, words_of
from explorer.types import Forms

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
_WHOLE_FORM = 0.8  # of the records of a form have each of its short lines
_ONLY_FORM = 0.95  # of the records with a short line are of that form

#: Labels whose presence says what happened.
_SAYING_WORDS = """
error errors exception warning fatal failure failed traceback caused cause http https re fw fwd fehler fehlermeldung
warnung erreur avertissement errore avviso erro aviso fout waarschuwing ошибка предупреждение 错误 警告 エラー
"""
_SAYING = frozenset(_SAYING_WORDS.split())

_Rest = tuple[frozenset[str], int, str]  # the words that a text has beside what repeats, how many, and the text


def learn_forms(drafts: Sequence[Draft]) -> Forms:
    """The forms of a file from its distinct texts, in an order that depends on the texts alone."""
    if len(drafts) < _FEWEST_TEXTS:
        return Forms()
    units = [units_of(draft) for draft in drafts]
    least = max(_FEWEST_RECORDS, min(int(_LEAST_FRACTION * len(units)), _ENOUGH_RECORDS))
    headings, labels = _shared_parts(units, least)
    sentences = _Sentences(units, labels, max(least, _FEWEST_SAME_SENTENCE))
    long = sentences.long_ones()
    short = sentences.short_ones(Forms(headings, labels, long))
    return Forms(headings, labels, long | short)


def sampled(texts: Iterable[str]) -> list[str]:
    """At most :data:`SAMPLE` different texts, chosen and ordered by their content; twice as many are held at most."""
    kept: dict[str, int] = {}
    highest = 1 << 32
    for text in texts:
        checksum = crc32(text.encode("utf-8", "surrogatepass"))
        if checksum <= highest:
            kept[text] = checksum
            if len(kept) == 2 * SAMPLE:
                kept = dict(_first(kept))
                highest = max(kept.values())
    return [text for text, _ in _first(kept)]


def _first(checksums: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(checksums.items(), key=lambda item: (item[1], item[0]))[:SAMPLE]


def _shared_parts(units: Sequence[Units], least: int) -> tuple[frozenset[str], frozenset[str]]:
    """Headings and labels that are in enough texts, and come with others."""
    n_heading = Counter(heading for unit in units for heading in unit.headings)
    n_label = Counter(label for unit in units for label in unit.labels)
    n_inner = Counter(label for unit in units for label in unit.inner_labels)
    labels = {label for label, n in n_label.items() if n >= least and _may_be_label(label)}
    labels = {label for label in labels if not _is_cut_wrong(label, labels, n_label, n_inner)}
    headings = {heading for heading, n in n_heading.items() if n >= least and heading not in _SAYING}
    values: dict[str, set[str]] = {label: set() for label in labels}
    together: Counter[tuple[str, str]] = Counter()
    n_with_others: Counter[str] = Counter()
    n_all = n_heading + n_label
    for unit in units:
        mine = sorted(labels.intersection(unit.labels) | (headings & unit.headings))
        together.update(permutations(mine[:MOST_LABELS], 2))
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
    if any(word.endswith(("error", "exception", "fault", "fehler")) for word in words):
        return False
    return not _SAYING.intersection(words) and not CODE_SHAPE.search(label) and len(label) <= 60


def _is_cut_wrong(label: str, labels: set[str], n_label: Counter[str], n_inner: Counter[str]) -> bool:
    """Whether a label in the middle of lines is a part of a longer one, or has a part of the value before it.

    "type" is nearly always the end of "issue type"; "it issue" is only some of all "issue".
    """
    if n_inner[label] < 0.5 * n_label[label]:
        return False
    words = label.split()
    ends = (" ".join(words[n:]) for n in range(1, len(words)))
    if any(end in labels and n_label[label] < 0.8 * n_label[end] for end in ends):
        return True
    return any(
        other != label and other.endswith(f" {label}") and n_label[other] >= 0.8 * n_label[label] for other in labels
    )


class _Sentences:
    """The sentences that repeat, and the texts that have them."""

    def __init__(self, units: Sequence[Units], labels: frozenset[str], least: int) -> None:
        self._units = units
        self._labels = labels
        n_texts = Counter(sentence for unit in units for sentence in set(unit.sentences))
        self._n_texts = {one: n for one, n in n_texts.items() if n >= least}
        self._rows: dict[str, list[int]] = {one: [] for one in self._n_texts}
        self._repeated = [self._n_texts.keys() & unit.sentences for unit in units]
        for row, repeated in enumerate(self._repeated):
            for one in repeated:
                self._rows[one].append(row)
        self._rest: Callable[[int], _Rest] = lru_cache(maxsize=len(units))(self._rest_of)

    def long_ones(self) -> frozenset[str]:
        """Long sentences of texts that differ otherwise and have no topic in common."""
        return frozenset(
            one
            for one in self._n_texts
            if count_words(one) >= _SENTENCE_WORDS and not CODE_SHAPE.search(one) and self._is_boilerplate(one)
        )

    def short_ones(self, forms: Forms) -> frozenset[str]:
        """Short lines that nearly every text of one form has and hardly another text, such as "View the screenshot"."""
        parts = [(u.headings & forms.headings) | (forms.labels & u.labels.keys()) for u in self._units]
        parts = [part | (forms.sentences & mine) for part, mine in zip(parts, self._repeated, strict=True)]
        n_part = Counter(one for part in parts for one in part)
        found = set()
        for one, rows in self._rows.items():
            if (
                one in forms.sentences
                or one.partition(":")[0].strip() in forms.labels
                or count_words(one) >= _SENTENCE_WORDS
                or CODE_SHAPE.search(one)
            ):
                continue
            beside = Counter(part for row in rows for part in parts[row])
            if any(
                n >= _ONLY_FORM * len(rows) and len(rows) >= _WHOLE_FORM * n_part[part] for part, n in beside.items()
            ) and self._is_boilerplate(one):
                found.add(one)
        return frozenset(found)

    def _rest_of(self, row: int) -> _Rest:
        unit = self._units[row]
        left = " ".join((unit.first, *(one for one in unit.sentences if one not in self._n_texts)))
        # an address is no topic: all records of a form may begin with one
        spoken = " ".join(word for word in left.split() if "/" not in word and "." not in word.strip("."))
        of_labels = {word for label in self._labels & unit.labels.keys() for word in label.split()}
        return frozenset(words_of(spoken) - of_labels), count_words(left), left

    def _is_boilerplate(self, sentence: str) -> bool:
        rows = self._rows[sentence]
        mine = [self._rest(row) for row in rows[:_COMPARED]]
        n_words = sorted(n for _, n, _ in mine)[len(mine) // 2]
        n_different = len({left for *_, left in mine})
        if n_words < _REST_WORDS or n_different < _DIFFERENT_FRACTION * len(mine):
            return False
        if len(rows) > _EVERYWHERE * len(self._units):
            return True
        without = (row for row in range(len(self._units)) if sentence not in self._repeated[row])
        others = [self._rest(row)[0] for row in islice(without, 2 * _COMPARED)]
        return not _has_topic([words for words, _, _ in mine], others)


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
