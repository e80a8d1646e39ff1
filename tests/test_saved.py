"""A saved analysis comes back the same, or says that it is damaged."""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np
import pytest

from explorer.errors import StorageError
from explorer.report import EXPORTERS
from explorer.types import Analysis
from explorer.workspace.saved import FOLDER, load_analysis, save_analysis
from tests.factories import HOSTILE_TEXTS, make_analysis


@pytest.mark.parametrize(
    "texts",
    [[], ["one"], ["", ""], ["Printer jam", "Printer jam", "VPN down"], list(HOSTILE_TEXTS)],
    ids=["none", "one", "empty", "three", "hostile"],
)
def test_every_report_of_a_loaded_analysis_is_the_same(tmp_path: Path, texts: list[str]) -> None:
    analysis = make_analysis([text.encode("utf-8", "replace").decode() for text in texts])
    save_analysis(analysis, tmp_path / "saved")
    loaded = load_analysis(tmp_path / "saved")
    assert loaded.params == analysis.params
    for exporter in EXPORTERS.values():
        if exporter.name == "xlsx":
            continue  # it is made of the tables that the other reports hold
        exporter.write(analysis, tmp_path / "before")
        exporter.write(loaded, tmp_path / "after")
        assert (tmp_path / "before").read_bytes() == (tmp_path / "after").read_bytes(), exporter.name


def some_analysis() -> Analysis:
    return make_analysis([f"printer {i} jammed" for i in range(30)])


def test_times_survive(tmp_path: Path) -> None:
    analysis = make_analysis(["a", "b", "c"], times=["2026-03-01T10:00", "", "2026-03-02T11:30"])
    save_analysis(analysis, tmp_path)
    loaded = load_analysis(tmp_path).corpus.times
    assert loaded is not None
    np.testing.assert_array_equal(loaded, analysis.corpus.times)
    assert np.isnat(loaded).tolist() == [False, True, False]


def test_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no finished analysis"):
        load_analysis(tmp_path)


def test_a_changed_byte_anywhere_is_noticed(tmp_path: Path) -> None:
    save_analysis(some_analysis(), tmp_path)
    for path in sorted((tmp_path / FOLDER).iterdir()):
        original = path.read_bytes()
        for position in (0, len(original) // 2, len(original) - 1):
            changed = bytearray(original)
            changed[position] ^= 0x55
            path.write_bytes(changed)
            if path.name == "saved.json":
                with contextlib.suppress(StorageError):
                    load_analysis(tmp_path)  # a changed digit of a count may pass; a crash may not
            else:
                with pytest.raises(StorageError, match="damaged"):
                    load_analysis(tmp_path)
        path.write_bytes(original)
    load_analysis(tmp_path)


def test_a_run_killed_while_saving_leaves_nothing_that_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_analysis(some_analysis(), tmp_path)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez", killed)
    with pytest.raises(KeyboardInterrupt):
        save_analysis(some_analysis(), tmp_path)
    with pytest.raises(StorageError, match="no finished analysis"):
        load_analysis(tmp_path)
    assert not list((tmp_path / FOLDER).glob("*.part"))
