"""Every exporter in the registry keeps the same promises: a new one is tested by being registered."""

import csv
import io
import json
import zipfile
from dataclasses import replace
from xml.etree import ElementTree

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest

from explorer.errors import StorageError
from explorer.report import EXPORTERS, headline, summary, workbook, write_reports
from explorer.report.cells import sheet_text
from explorer.types import Progress, RejectedRow
from tests.factories import HOSTILE_TEXTS, make_analysis

ORDINARY = [f"printer {i % 9} jam on floor {i % 4}" for i in range(60)] + ["", "vpn down", "coffee machine on fire"]

CASES = {
    "no records": [],
    "one": ["a"],
    "two": ["a", "b"],
    "two alike": ["a", "a"],
    "all empty": ["", "", ""],
    "no groups and no anomalies": ["a", "b", "c"],
    "ordinary": ORDINARY,
}


@pytest.fixture(params=EXPORTERS.values(), ids=EXPORTERS.keys())
def exporter(request):
    return request.param


@pytest.fixture(scope="module")
def hostile():
    """Hostile texts in every place that comes from a file: texts, ids, names of files, clusters, rejected rows."""
    texts = [*ORDINARY, *HOSTILE_TEXTS, *HOSTILE_TEXTS]
    ids = [HOSTILE_TEXTS[i % len(HOSTILE_TEXTS)][:200] for i in range(len(texts))]
    rejected = [RejectedRow(text[:200], 7, text[:200], text[:2_000]) for text in HOSTILE_TEXTS]
    analysis = make_analysis(texts, ids=ids, threshold=0.8, rejected=rejected, n_anomalies=60)
    report = replace(
        analysis.corpus.reports[0], source="</title><script>window.PWNED=1</script>.csv", notes=HOSTILE_TEXTS[:30]
    )
    return replace(
        analysis, corpus=replace(analysis.corpus, reports=(report,)), warnings=HOSTILE_TEXTS[:30], fingerprint="=1+1"
    )


def test_its_name_and_file_are_its_own():
    assert [exporter.name for exporter in EXPORTERS.values()] == list(EXPORTERS)
    files = [exporter.file_name for exporter in EXPORTERS.values()]
    assert len(set(files)) == len(files)
    for exporter in EXPORTERS.values():
        assert exporter.label
        assert "/" in exporter.media_type


def test_the_same_analysis_gives_the_same_bytes(exporter, hostile, tmp_path):
    for number in (1, 2):
        exporter.write(hostile, tmp_path / str(number))
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()


def test_run_times_do_not_change_a_report(exporter, tmp_path):
    analysis = make_analysis(ORDINARY)
    exporter.write(analysis, tmp_path / "1")
    exporter.write(replace(analysis, seconds={"read": 99.0}, peak_memory_bytes=1), tmp_path / "2")
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()


@pytest.mark.parametrize("case", CASES)
def test_small_and_empty_analyses_are_written(exporter, case, tmp_path):
    exporter.write(make_analysis(CASES[case]), tmp_path / exporter.file_name)
    assert [path.name for path in tmp_path.iterdir()] == [exporter.file_name]
    assert (tmp_path / exporter.file_name).stat().st_size > 0


def test_a_folder_that_is_not_there_is_reported_in_words(exporter, tmp_path):
    with pytest.raises(StorageError, match="could not be written"):
        exporter.write(make_analysis(["a", "a"]), tmp_path / "missing" / exporter.file_name)


def test_a_csv_cell_never_begins_a_formula(hostile, tmp_path):
    for exporter in EXPORTERS.values():
        if exporter.media_type != "text/csv":
            continue
        exporter.write(hostile, tmp_path / "t.csv")
        content = (tmp_path / "t.csv").read_bytes()
        assert b"\0" not in content
        rows = list(csv.reader(io.StringIO(content.decode(), newline="")))
        assert {len(row) for row in rows} == {len(rows[0])}
        for cell in (cell for row in rows for cell in row):
            assert cell[:1] not in tuple("=@\t\r\n＝＋－＠"), exporter.name
            if cell[:1] in ("+", "-") and cell:
                float(cell)


def test_the_workbook_has_no_formula_and_no_link(hostile, tmp_path):
    EXPORTERS["xlsx"].write(hostile, tmp_path / "r.xlsx")
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert book.sheetnames == ["Summary", "Duplicate groups", "Pairs", "Anomalies", "Clusters", "Records", "Rejected"]
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert cell.hyperlink is None
    with zipfile.ZipFile(tmp_path / "r.xlsx") as archive:
        names = archive.namelist()
        assert not any("vba" in name or "external" in name or "connections" in name for name in names)
        for name in names:
            if name.endswith((".xml", ".rels")):
                assert b'TargetMode="External"' not in archive.read(name)
                ElementTree.fromstring(archive.read(name))


def test_the_workbook_holds_every_record_and_says_what_it_cut(hostile, tmp_path):
    EXPORTERS["xlsx"].write(hostile, tmp_path / "r.xlsx")
    book = openpyxl.load_workbook(tmp_path / "r.xlsx", read_only=True)
    header, *rows = book["Records"].iter_rows(values_only=True)
    assert [row[header.index("row")] for row in rows] == list(range(hostile.corpus.n_records))
    shown = [sheet_text(text)[0] for text in hostile.corpus.texts]
    assert [row[header.index("text")] or "" for row in rows] == [
        text.replace("_x000D_", "_x005F_x000D_") for text in shown
    ]
    front = [cell for row in book["Summary"].iter_rows(values_only=True) for cell in row if isinstance(cell, str)]
    assert any(cell.startswith("Records: 4 texts longer than 32,767 characters") for cell in front)
    assert front[0] == headline(hostile)


def test_the_sheets_stop_at_their_limit_and_say_so(tmp_path):
    sheets = tuple(sheet._replace(max_rows=2) for sheet in workbook.SHEETS)
    analysis = make_analysis(ORDINARY)
    workbook.write_workbook(analysis, tmp_path / "r.xlsx", sheets)
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert book["Records"].max_row == 3
    front = [cell for row in book["Summary"].iter_rows(values_only=True) for cell in row]
    assert "Records: 2 of 63 rows are on the sheet; records.csv has all of them." in front


def test_records_are_the_same_in_every_format(hostile, tmp_path):
    write_reports(hostile, tmp_path)
    n = hostile.corpus.n_records
    table = pd.read_csv(tmp_path / "records.csv", keep_default_na=False)
    assert list(table["row"]) == list(range(n))
    arrow = pq.read_table(tmp_path / "records.parquet").to_pydict()
    assert arrow["row"] == list(range(n))
    clean = [text.encode("utf-8", "surrogatepass").decode("utf-8", "replace") for text in hostile.corpus.texts]
    assert [text.replace("�" * 3, "�") for text in clean] == arrow["text"]
    assert list(table["cluster"]) == arrow["cluster"]
    assert [str(item) for item in table["strangeness"]] == ["" if x is None else repr(x) for x in arrow["strangeness"]]


def test_reports_are_written_together_with_their_summary(tmp_path):
    analysis = make_analysis(ORDINARY)
    seen: list[Progress] = []
    paths = write_reports(analysis, tmp_path / "new" / "folder", seen.append)
    assert [path.name for path in paths] == ["analysis.json", *(e.file_name for e in EXPORTERS.values())]
    assert all(path.is_file() for path in paths)
    assert json.loads(paths[0].read_text()) == summary(analysis)
    assert [item.done for item in seen] == list(range(len(EXPORTERS) + 1))
    assert {item.stage for item in seen} == {"write"}


def test_reports_replace_older_ones_and_leave_other_files_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "records.csv").write_text("old")
    write_reports(make_analysis(["a"]), tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert (tmp_path / "records.csv").read_text() != "old"
    assert not list(tmp_path.glob(".*"))
