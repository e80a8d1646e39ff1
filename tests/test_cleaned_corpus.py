"""A cleaned corpus: what is compared is cleaned, what is shown is not, and the result says what was left out."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from explorer import copies
from explorer.ingest import collapse, corpus_from_frame, corpus_from_texts, read
from explorer.types import Corpus
from tests.factories import make_analysis

MESSAGE = "The printer on floor three has stopped"
TEXTS = [
    f"{MESSAGE}",
    f"Hi team,\n{MESSAGE}\n\nBest regards,\nJane Doe\nTel: +49 89 1234567",
    f"<p>{MESSAGE}</p>",
    "The screen is dark",
]


def corpus(texts: list[str] = TEXTS, **options: bool) -> Corpus:
    return corpus_from_frame(pd.DataFrame({"id": range(len(texts)), "text": texts}), text="text", id="id", **options)


def test_tickets_are_cleaned_and_shown_as_they_are() -> None:
    made = corpus()
    assert made.clean
    assert made.texts == tuple(TEXTS)
    distinct = collapse(made)
    assert distinct.texts == ("The printer on floor three has stopped", "The screen is dark")
    assert list(distinct.counts) == [3, 1]


def test_the_switch_keeps_everything() -> None:
    made = corpus(clean=False)
    assert not made.clean
    assert made.left_out == ""
    assert collapse(made).n_texts == 4
    assert made.fingerprint != corpus().fingerprint


def test_logs_are_not_cleaned_unless_asked(tmp_path) -> None:
    path = tmp_path / "app.log"
    path.write_text("2024-01-02 10:00:00 ERROR <b>x</b>\n2024-01-02 10:00:01 ERROR <b>y</b>\n")
    assert not read(path).clean
    assert read(path, clean=True).clean


def test_texts_in_memory_are_compared_as_they_are_unless_asked() -> None:
    assert not corpus_from_texts(TEXTS).clean
    assert collapse(corpus_from_texts(TEXTS, clean=True)).n_texts == 2


def test_the_report_says_how_many_records_lost_what() -> None:
    made = corpus()
    (note,) = [note for note in made.reports[0].notes if note.startswith("Left out")]
    for part in ("markup (1)", "greetings (1)", "closings (1)", "signatures (1)"):
        assert part in note
    assert not any("Left out" in note for note in corpus(["a plain text", "another"]).reports[0].notes)


def test_masks_and_cleaning_go_together() -> None:
    made = corpus([f"Hi team,\n{MESSAGE} {n}" for n in (12, 13)], mask=True)
    assert collapse(made).n_texts == 1
    assert made.left_out.startswith("times, ids, addresses, numbers and names that vary and signatures")


def test_no_record_with_a_text_becomes_empty() -> None:
    texts = ["Hi,", "Best regards,\nJane", "> quoted", "<p></p>", "<br>", "-- ", "```\n```", "&nbsp;", "[](x)", "***"]
    distinct = collapse(corpus(texts))
    assert distinct.n_empty == 0
    assert int(distinct.counts.sum()) == len(texts)


def test_the_order_of_records_does_not_matter() -> None:
    made = corpus([*TEXTS, *(f"Name: {n}\nDept: IT {n}\nIssue: {MESSAGE} {n}" for n in "abcdefghijkl")])
    order = np.random.default_rng(0).permutation(made.n_records)
    moved = corpus([made.texts[row] for row in order])
    assert moved.cleaning == made.cleaning
    assert collapse(moved).texts == collapse(made).texts


def test_copies_that_differ_in_their_signature_are_not_called_exact() -> None:
    from explorer.report.tables import pairs_table

    plain = make_analysis(["same words", "same  words", "other"])
    made = corpus_from_frame(pd.DataFrame({"text": ["same words", "Hi all,\nsame words", "other"]}), text="text")
    cleaned = dataclasses.replace(plain, corpus=made, distinct=collapse(made))
    assert list(pairs_table(plain).frame()["kind"])[:1] == ["exact"]
    assert list(pairs_table(cleaned).frame()["kind"])[:1] == ["masked"]
    assert copies.pair_kind(cleaned, 0, 1) == "masked"
    assert copies.count_copies(cleaned) == (0, 1)
    assert copies.count_copies(plain) == (1, 0)


def test_what_was_found_is_saved_with_the_analysis(tmp_path) -> None:
    from explorer.report.summary import summary
    from explorer.workspace.saved import load_analysis, save_analysis

    texts = [f"Name: {n}\nDept: IT {n}\nIssue: {MESSAGE} {n}" for n in "abcdefghijkl"]
    made = corpus(texts)
    assert made.cleaning is not None
    assert made.cleaning.forms.labels == {"name", "dept", "issue"}
    analysis = dataclasses.replace(make_analysis(texts), corpus=made)
    save_analysis(analysis, tmp_path)
    assert load_analysis(tmp_path).corpus.cleaning == made.cleaning
    assert summary(analysis)["cleaned"]["forms"]["labels"] == ["dept", "issue", "name"]


@pytest.mark.parametrize("flag", ["--clean", "--no-clean"])
def test_the_command_line_has_the_switch(flag: str) -> None:
    from explorer.cli import _parser

    options = _parser().parse_args(["analyze", "x.csv", "--out", "o", flag])
    assert (options.clean, options.no_clean) == (flag == "--clean", flag == "--no-clean")
