"""inspect_table: what a person sees of a file, without waiting for all of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.ingest import read_table
from explorer.ingest.inspection import Inspection, inspect_table


def _tickets(path: Path, n: int) -> Path:
    rows = "\n".join(
        f'T-{i},"Printer {i} in room {i % 7} jams","Hello team,\nit eats paper since {i} days.\nKind regards\nAnna"'
        for i in range(n)
    )
    path.write_text(f"id,title,body\n{rows}\n")
    return path


def test_of_a_large_file_some_records_are_cleaned_and_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = read_table([_tickets(tmp_path / "tickets.csv", 200)])
    whole = inspect_table(table)
    assert (whole.n_cleaned, whole.cut["greeting"]) == (200, 200)
    monkeypatch.setattr("explorer.ingest.inspection.LOOKED_AT", 40)
    some = inspect_table(table)
    assert (some.n_cleaned, some.cut["greeting"], some.n_records, some.clean) == (40, 40, 200, True)
    assert set(some.cut) == set(whole.cut)
    assert any("how many of 40 records lose it: greetings (40)" in note for note in some.reports[0].notes)


def test_it_comes_back_from_json_as_it_was(tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.write_text("".join(f"2026-11-21 06:00:{i:02} INFO step {i % 3} jobId={i // 5}\n" for i in range(60)))
    inspection = inspect_table(read_table([log]))
    assert inspection.sessions[0].name == "jobId"
    assert Inspection.from_dict(inspection.to_dict()) == inspection
