"""Reading in a process of its own: whatever a file does to its reader, the caller gets a sentence and lives on."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from explorer.errors import InputError, SettingsError
from explorer.ingest import read_table
from explorer.ingest.inspection import inspect_table
from explorer.params import ReadParams
from explorer.types import Progress
from explorer.workspace.config import Config, ReadLimits, load_config
from explorer.workspace.isolated import read_isolated
from explorer.workspace.tables import load_inspection, load_table, save_table

LIMITS = ReadLimits(memory_mb=1_000, cpu_seconds=60, wall_seconds=60)


def ignore(_: Progress) -> None:
    pass


def written(folder: Path, data: str | bytes, name: str = "stored") -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def test_the_child_reads_what_the_caller_would_have_read(tmp_path: Path) -> None:
    path = written(tmp_path, "id;text\n1;naïve\n2;b;c\n3;\n")
    seen: list[Progress] = []
    inspection = read_isolated(
        [path], ["tickets.csv"], ReadParams(), tmp_path / "read", limits=LIMITS, progress=seen.append
    )
    here = read_table([path], names=["tickets.csv"])
    table = load_table(tmp_path / "read")
    assert table is not None
    assert inspection == inspect_table(here) == load_inspection(tmp_path / "read")
    assert table.cells.equals(here.cells)
    assert (table.lines.tolist(), table.sources.tolist()) == (here.lines.tolist(), here.sources.tolist())
    assert (table.rejected, table.reports, table.is_lines) == (here.rejected, here.reports, here.is_lines)
    assert {one.stage for one in seen} == {"read"}
    assert {path.name for path in tmp_path.iterdir()} == {"stored", "read"}


def test_what_the_user_decided_reaches_the_child(tmp_path: Path) -> None:
    path = written(tmp_path, "id,text\n1,a b\n2,c d\n")
    decided = ReadParams(as_lines=True)
    inspection = read_isolated([path], ["t.csv"], decided, tmp_path / "read", limits=LIMITS, progress=ignore)
    assert inspection.is_lines
    assert inspection.n_records == 3


def test_a_file_that_was_read_is_not_read_again(tmp_path: Path) -> None:
    path = written(tmp_path, "id,text\n1,a b\n")
    first = read_isolated([path], ["t.csv"], ReadParams(), tmp_path / "read", limits=LIMITS, progress=ignore)
    path.unlink()
    assert read_isolated([path], ["t.csv"], ReadParams(), tmp_path / "read", limits=LIMITS, progress=ignore) == first


def test_the_readers_own_sentence_comes_back(tmp_path: Path) -> None:
    path = written(tmp_path, b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    with pytest.raises(InputError, match=r"^photo\.csv is a picture\. Choose a table or a log file\.$"):
        read_isolated([path], ["photo.csv"], ReadParams(), tmp_path / "read", limits=LIMITS, progress=ignore)
    assert [path.name for path in tmp_path.iterdir()] == ["stored"]


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        (ReadLimits(memory_mb=40), "memory that reading may use"),
        (ReadLimits(wall_seconds=1), "took more than 1 seconds"),
        (ReadLimits(cpu_seconds=1), "took more than 1 seconds"),
    ],
)
def test_a_file_beyond_a_limit_is_refused_in_a_sentence(tmp_path: Path, limits: ReadLimits, sentence: str) -> None:
    path = written(tmp_path, "id,text,more\n" + "".join(f"{i},some text {i},x\n" for i in range(1_500_000)))
    with pytest.raises(InputError, match=sentence):
        read_isolated([path], ["big.csv"], ReadParams(), tmp_path / "read", limits=limits, progress=ignore)


def test_a_reader_that_is_killed_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A stand-in for native code that ends the process: the child kills itself when it is told of progress.
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    written(tmp_path, "import os, sys\nif 'inspect' in sys.orig_argv: os.abort()\n", "sitecustomize.py")
    path = written(tmp_path, "id,text\n1,a b\n")
    with pytest.raises(InputError, match=r"Reading t\.csv ended without a result \(SIGABRT\): it is damaged, or needs"):
        read_isolated([path], ["t.csv"], ReadParams(), tmp_path / "read", limits=LIMITS, progress=ignore)


def test_a_caller_that_stops_leaves_no_child_and_no_file(tmp_path: Path) -> None:
    path = written(tmp_path, "id,text\n" + "".join(f"{i},some text {i}\n" for i in range(200_000)))

    def stop(_: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_isolated([path], ["t.csv"], ReadParams(), tmp_path / "read", limits=LIMITS, progress=stop)
    assert [path.name for path in tmp_path.iterdir()] == ["stored"]


def test_what_another_version_read_is_read_again(tmp_path: Path) -> None:
    path = written(tmp_path, "id,text\n1,a b\n2,c d\n")
    folder = tmp_path / "read"
    first = read_isolated([path], ["t.csv"], ReadParams(), folder, limits=LIMITS, progress=lambda _: None)
    kept = folder / "inspection.json"
    kept.write_text(kept.read_text().replace('"made_by": "', '"made_by": "0.').replace('"sessions"', '"other"'))
    assert load_inspection(folder) is None
    assert load_table(folder) is None
    again = read_isolated([path], ["t.csv"], ReadParams(), folder, limits=LIMITS, progress=lambda _: None)
    assert again == first == load_inspection(folder)


def test_a_table_that_was_not_written_to_the_end_is_not_there(tmp_path: Path) -> None:
    table = read_table([written(tmp_path, "id,text\n1,a b\n")], names=["t.csv"])
    save_table(table, inspect_table(table), tmp_path / "read")
    (tmp_path / "read" / "inspection.json").write_text("{")
    assert load_table(tmp_path / "read") is None
    assert load_inspection(tmp_path / "read") is None


def test_limits_come_from_the_configuration(home: Path) -> None:
    home.mkdir(exist_ok=True)
    assert load_config() == Config()
    (home / "config.toml").write_text('[reading]\nmemory_mb = 77\n[dashboard]\nfolders = ["/srv/x"]\nupload_mb = 9\n')
    config = load_config()
    assert config.reading == ReadLimits(memory_mb=77)
    assert (config.dashboard.folders, config.dashboard.upload_mb) == ((Path("/srv/x"),), 9)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("[reading", "cannot be read"),
        ("[reading]\nmemory = 1", "no setting 'memory'. Did you mean 'memory_mb'"),
        ("[reading]\nmemory_mb = 'x'", "memory_mb is 'x'; give a whole number"),
        ("[dashboard]\nfolders = ['x']", "not a list of absolute paths"),
        ("reading = 1", "a section is not written as one"),
    ],
)
def test_a_configuration_that_cannot_be_used_is_a_sentence(home: Path, content: str, sentence: str) -> None:
    home.mkdir(exist_ok=True)
    (home / "config.toml").write_text(content)
    with pytest.raises(SettingsError, match=sentence):
        load_config()
