"""Records that repeat a text: which they are, and whether they repeat it word for word."""

from __future__ import annotations

import numpy as np

from explorer.ingest.text import normalize_text
from explorer.strings import take_strings
from explorer.types import Analysis, Bools, Ints, PairKind

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


def count_copies(analysis: Analysis) -> tuple[int, int]:
    """How many records repeat a text word for word, and how many but for what does not count."""
    same = is_word_for_word(analysis, *copy_rows(analysis))
    n_same = int(same.sum())
    return n_same, len(same) - n_same


def pair_kind(analysis: Analysis, row_a: int, row_b: int) -> PairKind:
    """How two records of one pair resemble each other."""
    of_row, raw = analysis.distinct.text_of_row, analysis.corpus.texts
    if of_row[row_a] != of_row[row_b]:
        return "near"
    same = not analysis.corpus.left_out or normalize_text(raw[row_a]) == normalize_text(raw[row_b])
    return "exact" if same else "masked"
