"""Spool: tables that outgrow memory come back as they were, and nothing of them is left on the disk."""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.errors import StorageError
from explorer.ingest.mapped import map_file, release_pages
from explorer.ingest.spool import Spool

_CELLS = st.lists(st.one_of(st.none(), st.text(st.characters(codec="utf-8"), max_size=6)), min_size=1, max_size=5)
_TABLES = st.lists(st.dictionaries(st.sampled_from("abc"), _CELLS, min_size=1), min_size=1, max_size=8)


def _table(columns: dict[str, list[str | None]]) -> pa.Table:
    n_rows = min(map(len, columns.values()))
    return pa.table({name: pa.array(cells[:n_rows], pa.string()) for name, cells in columns.items()})


@given(_TABLES, st.sampled_from([0, 20, 10_000]))
def test_what_went_in_comes_out(columns: list[dict[str, list[str | None]]], held_bytes: int) -> None:
    tables = [_table(one) for one in columns]
    spool = Spool(held_bytes)
    for table in tables:
        spool.add(table)
    found = spool.finish()
    found.validate(full=True)
    assert found.to_pylist() == pa.concat_tables(tables, promote_options="default").to_pylist()


def test_large_tables_take_no_memory_and_leave_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = pa.total_allocated_bytes()
    spool = Spool(1_000)
    for number in range(50):
        spool.add(pa.table({"text": [f"{number} {'x' * 1_000}"] * 100}))
        assert not list(tmp_path.iterdir())
    found = spool.finish()
    assert pa.total_allocated_bytes() - before < 1_000_000 < found.nbytes
    assert found["text"].to_pylist()[::100] == [f"{number} {'x' * 1_000}" for number in range(50)]


def test_a_full_disk_is_said_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    class FullDisk:
        closed = False

        def write(self, _data: bytes) -> int:
            raise OSError(28, os.strerror(28))

        def flush(self) -> None:
            pass

        def tell(self) -> int:
            return 0

        def close(self) -> None:
            self.closed = True

    monkeypatch.setattr("tempfile.TemporaryFile", lambda **_: FullDisk())
    spool = Spool(10)
    with pytest.raises(StorageError, match=r"could not be kept in .*No space left.*Free some disk space"):
        spool.add(pa.table({"text": ["x" * 100]}))


def in_sight_mb() -> float:
    """What this process has in sight of files (Linux)."""
    facts = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return sum(int(facts[name].split()[0]) for name in ("RssFile", "RssShmem")) / 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux says what a process has in sight")
def test_what_was_looked_at_of_a_mapped_file_is_let_go_of_and_is_still_there(tmp_path: Path) -> None:
    path = tmp_path / "big"
    content = bytes(range(256)) * (64 << 12)
    path.write_bytes(content)
    with path.open("rb") as file:
        mapped = map_file(file)
    before = in_sight_mb()
    assert mapped.to_pybytes() == content
    looked_at = in_sight_mb()
    release_pages()
    assert looked_at - before > 50
    assert in_sight_mb() - before < 10
    assert mapped.to_pybytes() == content
