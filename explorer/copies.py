"""Records that repeat a text: which they are, and whether they repeat it word for word."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from explorer.ingest.text import normalize_text
from explorer.strings import take_strings
from explorer.types import NO_TEXT, Analysis, Bools, Ints, PairKind

_AT_ONCE = 100_000  # records whose texts are looked at before the next ones


def copy_rows(analysis: Analysis) -> tuple[Ints, Ints]:
    """Rows (c,) that repeat a text, beyond the row that stands for it, and their texts; by text, then in file order."""
    text_of_row = analysis.distinct.text_of_row
    repeats = text_of_row >= 0
    repeats[analysis.distinct.first_row] = False
    rows = np.flatnonzero(repeats)
    rows = rows[np.argsort(text_of_row[rows], kind="stable")]
    return rows, text_of_row[rows]


def is_word_for_word(analysis: Analysis, rows: Ints, texts: Ints) -> Bools:
    """(c,) whether each row has the words of the row that stands for its text, white space apart.

    The others differ in what does not count in the comparison: masked values, signatures, markup.
    """
    same = np.ones(len(rows), dtype=np.bool_)
    if not analysis.corpus.left_out:
        return same  # then a distinct text is the normalised text itself
    first_of = take_strings(analysis.corpus.texts, analysis.distinct.first_row)
    normal: dict[int, str] = {}
    for start in range(0, len(rows), _AT_ONCE):
        raws = take_strings(analysis.corpus.texts, rows[start : start + _AT_ONCE])
        for i, (raw, text) in enumerate(zip(raws, texts[start : start + len(raws)].tolist(), strict=True), start=start):
            if raw == first_of[text]:
                continue
            if text not in normal:
                normal[text] = normalize_text(first_of[text])
            same[i] = normalize_text(raw) == normal[text]
    return same


def copies_of_texts(analysis: Analysis) -> tuple[Ints, Ints]:
    """How many records repeat each text (d,) word for word, and how many (d,) but for what does not count."""
    rows, texts = copy_rows(analysis)
    same = is_word_for_word(analysis, rows, texts)
    n_texts = analysis.distinct.n_texts
    return np.bincount(texts[same], minlength=n_texts), np.bincount(texts[~same], minlength=n_texts)


def count_copies(analysis: Analysis) -> tuple[int, int]:
    """How many records repeat a text word for word, and how many but for what does not count."""
    n_same, n_worded = copies_of_texts(analysis)
    return int(n_same.sum()), int(n_worded.sum())


class Copies(NamedTuple):
    """The other records of a record's text, each with its row.

    ``same`` have its words, white space apart; ``other`` (m,) differ from it in what does not count. ``wording`` (m,)
    numbers their different wordings from 0, the most frequent first, and ``other`` is sorted by it. Rows of one wording
    are in file order.
    """

    same: Ints
    other: Ints
    wording: Ints

    @property
    def n_wordings(self) -> int:
        return int(self.wording[-1]) + 1 if len(self.wording) else 0

    def worded(self, number: int) -> Ints:
        """The rows of one wording."""
        return self.other[slice(*np.searchsorted(self.wording, [number, number + 1]))]


def copies_of(analysis: Analysis, row: int) -> Copies:
    """The copies of the record ``row``; none of one without text."""
    text, none = int(analysis.distinct.text_of_row[row]), np.empty(0, dtype=np.int64)
    if text == NO_TEXT:
        return Copies(none, none, none)
    rows = analysis.rows_of_text(text)
    rows = rows[rows != row]
    if not analysis.corpus.left_out:
        return Copies(rows, none, none)
    own = normalize_text(analysis.corpus.texts[row])
    of_wording: dict[str, list[int]] = {own: []}
    for start in range(0, len(rows), _AT_ONCE):
        part = rows[start : start + _AT_ONCE]
        for raw, other in zip(take_strings(analysis.corpus.texts, part), part.tolist(), strict=True):
            of_wording.setdefault(normalize_text(raw), []).append(other)
    same = np.array(of_wording.pop(own), dtype=np.int64)
    wordings = [found for _, found in sorted(of_wording.items(), key=lambda item: (-len(item[1]), item[0]))]
    others = np.array([other for found in wordings for other in found], dtype=np.int64)
    return Copies(same, others, np.repeat(np.arange(len(wordings)), [len(found) for found in wordings]))


def pair_kind(analysis: Analysis, row_a: int, row_b: int) -> PairKind:
    """How two records of one pair resemble each other."""
    of_row, raw = analysis.distinct.text_of_row, analysis.corpus.texts
    if of_row[row_a] != of_row[row_b]:
        return "near"
    same = not analysis.corpus.left_out or normalize_text(raw[row_a]) == normalize_text(raw[row_b])
    return "exact" if same else "masked"
