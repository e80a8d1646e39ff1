"""The dashboard's analyses: child processes that can be watched, stopped, killed and found again."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import psutil
import pytest

from explorer.embed.store import VectorStore
from explorer.params import ReadParams
from explorer.workspace.home import cache_folder
from explorer.workspace.library import Entry, Library, Request, run_slot
from explorer.workspace.saved import load_analysis
from explorer.workspace.status import Status, StatusWriter, read_status, write_status


def some_file(folder: Path, n: int = 12) -> Path:
    path = folder / "upload"
    path.write_text("id,text\n" + "".join(f"T-{i},printer {i} is jammed again\n" for i in range(n)))
    return path


def request(**settings: object) -> Request:
    return Request(names=("tickets.csv",), **settings)  # type: ignore[arg-type]


def entry_of(library: Library, analysis_id: str) -> Entry:
    entry = library.get(analysis_id)
    assert entry is not None
    return entry


def wait(library: Library, analysis_id: str, *states: str, seconds: float = 240) -> Status:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        status = entry_of(library, analysis_id).status
        if status.state in states:
            return status
        time.sleep(0.1)
    raise AssertionError(f"still {status} after {seconds} s")


@pytest.mark.slow
def test_a_run_from_start_to_delete(home: Path, tmp_path: Path) -> None:
    library = Library()
    analysis_id = library.start([some_file(tmp_path)], request())
    assert library.start([some_file(tmp_path)], request()) == analysis_id, "the same question is the same analysis"
    assert len(library.entries()) == 1
    status = wait(library, analysis_id, "done", "failed")
    assert (status.state, status.message) == ("done", "")
    analysis = load_analysis(library.result_folder(analysis_id))
    assert analysis.corpus.n_records == 12
    assert analysis.corpus.reports[0].source == "tickets.csv"
    assert entry_of(library, analysis_id).title == "tickets.csv"

    library.delete(analysis_id)
    assert library.entries() == []
    left = [path for path in home.rglob("*") if path.is_file() and b"jammed" in path.read_bytes()]
    assert left == []
    assert VectorStore(cache_folder(), "test").get(analysis.embedding.model_id, analysis.distinct.texts, 384) == {}


@pytest.mark.slow
def test_a_file_that_cannot_be_used_fails_with_a_sentence_and_can_be_deleted(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(b"\x7fELF" + bytes(range(256)) * 20)
    library = Library()
    analysis_id = library.start([path], request())
    status = wait(library, analysis_id, "done", "failed")
    assert status.state == "failed"
    assert "tickets.csv" in status.message
    assert "Traceback" not in status.message
    library.delete(analysis_id)
    assert library.get(analysis_id) is None


@pytest.mark.slow
def test_cancel_stops_the_process_and_a_restart_finishes(tmp_path: Path) -> None:
    library = Library()
    analysis_id = library.start([some_file(tmp_path)], request())
    status = wait(library, analysis_id, "running")
    library.cancel(analysis_id)
    assert entry_of(library, analysis_id).status.state == "cancelled"
    assert not psutil.pid_exists(status.pid) or psutil.Process(status.pid).status() == psutil.STATUS_ZOMBIE
    library.restart(analysis_id)
    assert wait(library, analysis_id, "done", "failed").state == "done"


@pytest.mark.slow
def test_a_killed_process_is_noticed_and_started_again_by_the_same_question(tmp_path: Path) -> None:
    library = Library()
    analysis_id = library.start([some_file(tmp_path)], request())
    os.kill(wait(library, analysis_id, "running").pid, signal.SIGKILL)
    status = wait(library, analysis_id, "failed", seconds=20)
    assert "without a message" in status.message
    assert library.start([some_file(tmp_path)], request()) == analysis_id
    assert wait(library, analysis_id, "done", "failed").state == "done"


@pytest.mark.parametrize(
    "strange_id", ["", "..", "../..", "a" * 16 + "/..", "0123456789abcdef", "\x00" * 16, "ÄÖÜäöüß0ÄÖÜäöüß"]
)
def test_an_id_that_was_never_given_out_is_nothing(strange_id: str) -> None:
    library = Library()
    assert library.get(strange_id) is None
    library.cancel(strange_id)
    library.delete(strange_id)


def test_settings_of_a_request_reach_the_command_line() -> None:
    options = request(
        id_column="",
        text_columns=("a,b", "-c"),
        categories=("d,e", "=f"),
        mask=False,
        reading=ReadParams(as_lines=False, delimiter="\t", header_rows=0, day_first=True),
        duplicate_threshold=0.8,
    ).arguments()
    assert options == [
        "--shown-name=tickets.csv",
        "--id=",
        "--duplicate-threshold=0.8",
        "--text-column=a,b",
        "--text-column=-c",
        "--category-column=d,e",
        "--category-column==f",
        "--table",
        "--day-first",
        "--delimiter=\t",
        "--header-rows=0",
        "--no-mask",
    ]
    assert request(categories=()).arguments() == ["--shown-name=tickets.csv", "--categories="]


def test_a_status_is_whole_or_a_sentence(tmp_path: Path) -> None:
    assert read_status(tmp_path).state == "failed"
    (tmp_path / "status.json").write_text("{half")
    assert "cannot be read" in read_status(tmp_path).message
    StatusWriter(tmp_path).finish("done")
    assert read_status(tmp_path).state == "done"


def test_a_process_number_that_was_given_out_again_is_not_the_run(tmp_path: Path) -> None:
    write_status(tmp_path, Status("running", stage="embed", pid=os.getpid(), pid_started=1.0))
    assert read_status(tmp_path).state == "failed"


def test_a_third_run_waits_for_a_place() -> None:
    waits = []

    def waiting() -> None:
        waits.append(1)
        first.__exit__(None, None, None)

    first, second = run_slot(waiting), run_slot(waiting)
    first.__enter__()
    second.__enter__()
    with run_slot(waiting):
        assert waits == [1]
    second.__exit__(None, None, None)


@pytest.mark.parametrize(
    ("done", "total", "elapsed", "expected"), [(50, 100, 10, 10.0), (0, 100, 10, None), (5, 0, 10, None)]
)
def test_the_time_left_is_told_only_when_it_is_known(
    done: int, total: int, elapsed: float, expected: float | None
) -> None:
    status = Status("running", stage="embed", done=done, total=total, stage_started=100.0)
    assert status.seconds_left(100.0 + elapsed) == expected
