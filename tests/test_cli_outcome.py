"""What the command line says: at the end of an analysis, of bad usage, and of places that cannot be written to."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.cli import main
from explorer.commands.outcome import outcome
from explorer.errors import InputError, StorageError
from explorer.report import EXPORTERS
from explorer.types import Analysis, ReadReport, RejectedRow
from explorer.workspace.saved import FOLDER, save_analysis
from tests.factories import make_analysis


def report(source: str, *notes: str, n_kept: int = 1, n_rejected: int = 0, n_repaired: int = 0) -> ReadReport:
    n_read = n_kept + n_rejected
    return ReadReport(
        source, "csv", None, None, None, n_read, n_kept, n_rejected, notes=notes, n_cells_repaired=n_repaired
    )


def finished(*reports: ReadReport, warnings: Sequence[str] = ()) -> Analysis:
    analysis = make_analysis(["printer", "vpn"])
    return replace(analysis, corpus=replace(analysis.corpus, reports=reports), warnings=tuple(warnings))


def said(*reports: ReadReport, warnings: Sequence[str] = ()) -> list[str]:
    return list(outcome(finished(*reports, warnings=warnings), Path("out")))


def test_a_file_that_was_read_whole_takes_two_lines() -> None:
    lines = said(report("a.csv"))
    assert len(lines) == 2
    assert lines[0].startswith("2 tickets, 2 distinct texts")
    assert lines[1] == "The reports are in out; open out/report.html first."


def test_what_was_set_aside_comes_with_the_place_where_it_is_listed() -> None:
    lines = said(report("a.csv", n_kept=2, n_rejected=1), report("b.csv", n_kept=0, n_rejected=1, n_repaired=1))
    assert lines[1] == f"2 of 4 rows were set aside, with line and reason: {Path('out') / 'rejected.csv'}"
    assert lines[2] == "1 cell with NUL bytes or damaged characters was repaired."
    assert said(report("a.csv", n_kept=1, n_rejected=1))[1].startswith("1 of 2 rows was set aside")


def test_no_note_is_said_twice_and_each_names_the_files_it_is_about() -> None:
    lines = said(
        report("a.csv", "Shared.", "Own.", "Own."), report("b.csv", "Shared."), report("c.csv", "Shared.", "Own.")
    )
    assert lines[1:-1] == ["Note on each of the 3 files: Shared.", "Note on a.csv, c.csv: Own."]
    assert said(report("a.csv", "Own."))[1] == "Note: Own."
    many = said(*(report(f"{i}.csv", "Most.") for i in range(9)), report("x.csv"))
    assert many[1] == "Note on 0.csv, 1.csv, 2.csv and 6 more files: Most."


def test_warnings_follow_the_notes_and_very_many_notes_are_counted() -> None:
    lines = said(report("a.csv", *(f"Note {i}." for i in range(50))), warnings=["Careful."])
    assert lines[-3] == f"... and 30 more notes, all in {Path('out') / 'report.html'}"
    assert lines[-2] == "Note: Careful."


def test_an_analysis_says_what_was_set_aside_and_what_was_decided(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "ragged.csv", tmp_path / "out"
    path.write_text("id,text\x1b,when\n1,printer jams,soon\n2,vpn down,2024-01-01\n3,one,more,4,5\n")
    arguments = ["--out", str(out), "--time", "when", "--text", "text\x1b", "--model", "words:cli"]
    assert main(["analyze", str(path), *arguments]) == 0
    printed = capsys.readouterr().out
    assert f"1 of 3 rows was set aside, with line and reason: {out / 'rejected.csv'}" in printed
    assert "Note: 1 cell of 'when' could not be read as a time, such as" in printed
    assert "\x1b" not in printed


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["analyze", "--logs", "--table", "x"], "explorer analyze: argument --table: not allowed with argument --logs"),
        (["analyze", "x.csv"], "explorer analyze: the following arguments are required: --out"),
        (["similar", "DIR"], "explorer similar: one of the arguments --id --row is required"),
        (["nonsense"], "invalid choice: 'nonsense'"),
        ([], "required: COMMAND"),
    ],
)
def test_bad_usage_is_one_sentence(arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert sentence in line
    assert line.endswith("--help")


def never(*_: object, **__: object) -> None:
    raise InputError("the file was read")


def refused(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> str:
    patch.setattr("explorer.commands.analyze._read", never)
    path = tmp_path / "tickets.csv"
    path.write_text("id,text\n1,printer jams\n")
    assert main(["analyze", str(path), "--out", str(out)]) == 2
    return capsys.readouterr().err


@pytest.mark.skipif(not Path("/sys/kernel").is_dir(), reason="needs a folder that nobody can write to")
def test_a_folder_that_cannot_be_written_to_is_found_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sentence = refused(tmp_path, Path("/sys/kernel"), capsys, monkeypatch)
    assert "/sys/kernel cannot be written to" in sentence
    assert "Name another" in sentence


def test_what_stands_where_a_report_belongs_is_found_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / FOLDER).touch()
    assert f"{out / FOLDER} is a file" in refused(tmp_path, out, capsys, monkeypatch)
    (out / FOLDER).unlink()
    name = EXPORTERS["xlsx"].file_name
    (out / name).mkdir()
    assert f"{out / name} is a folder" in refused(tmp_path, out, capsys, monkeypatch)
    (out / name).rmdir()
    assert "the file was read" in refused(tmp_path, out, capsys, monkeypatch)
    assert list(out.iterdir()) == [], "looking leaves nothing behind"


def test_a_file_where_the_analysis_is_kept_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / FOLDER).touch()
    with pytest.raises(StorageError, match="could not be saved"):
        save_analysis(make_analysis(["printer"]), tmp_path)


def test_closed_output_is_no_fault(tmp_path: Path) -> None:
    make = make_analysis(["printer", "vpn"], rejected=[RejectedRow("a", 1, "r", "t")])
    save_analysis(make, tmp_path)
    command = [sys.executable, "-m", "explorer", "similar", str(tmp_path), "--row", "0"]
    for closed in (">&-", ">&- 2>&-"):
        done = subprocess.run(
            ["/bin/sh", "-c", f'exec "$@" {closed}', "sh", *command], stderr=subprocess.PIPE, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")


def test_a_folder_to_read_is_named_as_it_was_typed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["analyze", ".", "--out", "out"]) == 2
    assert "'.' is a folder. Choose the files inside it." in capsys.readouterr().err
