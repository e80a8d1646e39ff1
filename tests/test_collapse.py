"""collapse puts the same texts together, and does not care in which order the records come."""

from __future__ import annotations

import dataclasses
import random

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.ingest import collapse, corpus_from_frame, corpus_from_texts, mask_text, normalize_text
from explorer.types import NO_TEXT, Corpus


def shuffled(corpus: Corpus, seed: int) -> tuple[Corpus, np.ndarray]:
    """The same records in another order, and where each came from."""
    order = np.random.default_rng(seed).permutation(corpus.n_records)
    moved = dataclasses.replace(
        corpus,
        ids=tuple(corpus.ids[row] for row in order),
        texts=tuple(corpus.texts[row] for row in order),
        times=None if corpus.times is None else corpus.times[order],
        fields=corpus.fields.take(pa.array(order)),
        lines=corpus.lines[order],
    )
    return moved, order


def record(corpus: Corpus, row: int) -> tuple[object, ...]:
    moment = None if corpus.times is None else str(corpus.times[row])
    own_id = corpus.ids[row] if corpus.roles.id else None
    return own_id, corpus.texts[row], moment, *(column[row].as_py() for column in corpus.fields.columns)


def test_the_same_text_is_one_text():
    distinct = collapse(corpus_from_texts(["b", "a ", "a\u200b", "", None, " ", "b", "A"]))
    assert distinct.texts == ("A", "a", "b")
    assert list(distinct.counts) == [1, 2, 2]
    assert list(distinct.text_of_row) == [2, 1, 1, NO_TEXT, NO_TEXT, NO_TEXT, 2, 0]
    assert distinct.n_empty == 3


def test_masked_lines_are_one_text():
    lines = [
        "10:00:01 took 5 ms",
        "10:00:02 took 71 ms",
        "10:00:03 failed with status=500",
        "10:00:04 failed with status=404",
    ]
    assert collapse(corpus_from_texts(lines, mask=True)).n_texts == 3
    assert collapse(corpus_from_texts(lines)).n_texts == 4


def test_the_earliest_record_stands_for_a_text_then_the_smallest_id():
    import pandas as pd

    frame = pd.DataFrame(
        {
            "id": ["T-10", "T-9", "T-8", "T-7"],
            "text": ["same", "same", "same ", "same"],
            "when": ["2024-01-01", "2024-01-01", "2024-01-02", None],
        }
    )
    corpus = corpus_from_frame(frame, id="id", text="text", time="when")
    assert list(collapse(corpus).first_row) == [1]
    assert list(collapse(corpus_from_frame(frame[["id", "text"]], id="id", text="text")).first_row) == [3]


TEXTS = st.lists(
    st.sampled_from(["a", "a ", "b", "", "b\u200b", "took 5 ms", "took 7 ms", "c", "\u0e01\u0e02"]),
    min_size=1,
    max_size=14,
)


@settings(deadline=None, max_examples=150)
@given(TEXTS, st.booleans(), st.booleans(), st.booleans(), st.integers(0, 99))
def test_the_result_does_not_depend_on_the_order_of_records(texts, mask, with_ids, with_times, seed):
    import pandas as pd

    if not any(text.strip() for text in texts):
        return
    pick = random.Random(seed)
    columns: dict[str, list[str | None]] = {
        "text": list(texts),
        "state": [pick.choice(["x", "y", None]) for _ in texts],
    }
    if with_ids:
        columns["id"] = [pick.choice(["1", "2", "10", "", None]) for _ in texts]
    if with_times:
        columns["when"] = [pick.choice(["2024-01-01", "2024-01-02", None]) for _ in texts]
    corpus = corpus_from_frame(
        pd.DataFrame(columns), text="text", id="id" if with_ids else "", time="when" if with_times else "", mask=mask
    )
    moved, order = shuffled(corpus, seed)
    one, two = collapse(corpus), collapse(moved)
    assert one.texts == two.texts
    assert list(one.counts) == list(two.counts)
    assert one.n_empty == two.n_empty
    assert list(one.text_of_row[order]) == list(two.text_of_row)
    for first, second in zip(one.first_row, two.first_row, strict=True):
        mine, theirs = list(record(corpus, first)), list(record(moved, second))
        if with_ids and not (columns["id"][first] or "").strip():
            mine[0] = theirs[0] = None  # an id made from the place in the file
        assert mine == theirs


@settings(deadline=None, max_examples=150)
@given(st.lists(st.text(max_size=6), min_size=1, max_size=12), st.booleans())
def test_counts_and_rows_add_up(texts, mask):
    if not any(text.strip() for text in texts):
        return
    corpus = corpus_from_texts(texts, mask=mask)
    distinct = collapse(corpus)
    assert distinct.counts.sum() + distinct.n_empty == corpus.n_records
    assert list(distinct.texts) == sorted(set(distinct.texts))
    for row, text in enumerate(distinct.text_of_row):
        key = normalize_text(mask_text(corpus.texts[row]) if mask else corpus.texts[row])
        assert (text == NO_TEXT) == (key == "")
        if not mask and text != NO_TEXT:
            assert distinct.texts[text] == key
    assert list(distinct.text_of_row[distinct.first_row]) == list(range(distinct.n_texts))


def test_a_file_of_invisible_characters_has_no_text():
    distinct = collapse(corpus_from_texts(["\u200b", "\ufeff\u200e"]))
    assert distinct.n_texts == 0
    assert distinct.n_empty == 2
