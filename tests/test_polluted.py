"""Every pollution of a clean table is undone exactly, or the report says that something is wrong: nothing is silent."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.ingest import read_table
from explorer.types import Table
from tests.pollution import HEADER, ROWS, Polluted, pollutions

CASES = list(pollutions())


def read(data: bytes, folder: Path) -> Table:
    path = folder / "tickets.csv"
    path.write_bytes(data)
    table = read_table([path])
    report = table.reports[0]
    assert report.n_rows_read == report.n_rows_kept + report.n_rows_rejected
    assert (report.n_rows_kept, report.n_rows_rejected) == (table.n_rows, len(table.rejected))
    return table


def cells(table: Table) -> list[list[str]]:
    return [[cell or "" for cell in row.values()] for row in table.cells.to_pylist()]


@pytest.mark.parametrize("case", [case for case in CASES if case.rows is not None], ids=lambda case: case.name)
def test_what_has_an_answer_is_read_exactly(case: Polluted, tmp_path: Path):
    table = read(case.data, tmp_path)
    assert cells(table) == case.rows
    assert case.columns is None or table.columns == case.columns


@pytest.mark.parametrize("damage", sorted({case.name.partition(",")[0] for case in CASES if case.rows is None}))
def test_what_has_no_answer_is_never_silently_different(damage: str, tmp_path: Path):
    for case in CASES:
        if case.rows is None and case.name.startswith(damage + ","):
            table = read(case.data, tmp_path)
            report = table.reports[0]
            is_said = bool(report.notes or report.n_rows_rejected or report.n_cells_repaired)
            assert is_said or (table.columns == HEADER and cells(table) == ROWS), case.name
            others = [row for row in cells(table) if row not in ROWS]
            assert len(others) <= 1 or "row 0" in case.name, case.name
