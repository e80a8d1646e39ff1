"""Questions to a finished analysis."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from explorer.cli import main
from explorer.errors import InputError
from explorer.ingest import corpus_from_texts
from explorer.pipeline import analyze
from explorer.search import rows_of_id, search_records, similar_records
from explorer.types import Analysis
from explorer.workspace.saved import save_analysis
from tests.fakes import WordEmbedder

TEXTS = ["printer jam", "printer jam tray", "vpn down", "printer jam", "", "vpn slow"]


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return analyze(corpus_from_texts(TEXTS, ids=list("ABCDEA")), embedder=WordEmbedder())


def test_a_text_finds_the_records_that_say_it(analysis: Analysis) -> None:
    hits = search_records(analysis, "jam in the printer", WordEmbedder(), k=2)
    assert [hit.row for hit in hits] == [0, 1]
    assert hits[0].n_copies == 2
    assert hits[0].similarity > hits[1].similarity


def test_a_record_finds_its_copies_first_and_never_itself(analysis: Analysis) -> None:
    hits = similar_records(analysis, 0, k=3)
    assert [hit.row for hit in hits[:2]] == [3, 1]
    assert hits[0].similarity == 1.0
    assert 0 not in [hit.row for hit in hits]


@pytest.mark.parametrize("k", [1, 2, 50])
def test_no_more_than_asked_and_no_more_than_there_are(analysis: Analysis, k: int) -> None:
    assert len(similar_records(analysis, 2, k=k)) == min(k, 3)
    assert len(search_records(analysis, "vpn", WordEmbedder(), k=k)) == min(k, 4)


def test_wrong_questions_are_sentences(analysis: Analysis) -> None:
    with pytest.raises(InputError, match="empty"):
        search_records(analysis, " \n", WordEmbedder())
    with pytest.raises(InputError, match="made with the model"):
        search_records(analysis, "vpn", WordEmbedder("other"))
    with pytest.raises(InputError, match="no text"):
        similar_records(analysis, 4)
    with pytest.raises(InputError, match="no row 99"):
        similar_records(analysis, 99)
    with pytest.raises(InputError, match="no record with the id 'Z'"):
        rows_of_id(analysis, "Z")


def test_a_repeated_id_means_all_of_them(analysis: Analysis) -> None:
    assert rows_of_id(analysis, "A").tolist() == [0, 5]
    assert rows_of_id(analysis, "B").tolist() == [1]


def test_a_repeated_id_is_pointed_out_beside_the_answer(
    analysis: Analysis, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_analysis(analysis, tmp_path)
    assert main(["similar", str(tmp_path), "--id", "A", "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)[0]["id"] == "D"
    assert "this is for row 0; 1 more record has the id 'A'. Name one with --row: 5." in said.err
    for unique in (["--id", "B"], ["--row", "0"]):
        assert main(["similar", str(tmp_path), *unique]) == 0
        assert capsys.readouterr().err == ""
