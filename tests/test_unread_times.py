"""A column that is called a time and cannot be read as one is said, with an example and what to do."""

from __future__ import annotations

import pytest

from explorer.ingest import build_corpus, resolve_roles
from tests.reading import read

TEXT = "the printer on the third floor is jammed again number"


def notes(header: str, cells: list[str], **chosen: str) -> list[str]:
    rows = "".join(f'{i},{TEXT} {i},"{cell}"\n' for i, cell in enumerate(cells))
    table = read(f"id,subject,{header}\n{rows}", "tickets.csv")
    return [
        note
        for note in build_corpus(table, resolve_roles(table, **chosen)).reports[0].notes
        if "could not be read" in note
    ]


def test_what_is_called_a_time_and_cannot_be_read_is_said():
    cells = [f"{i} hours ago" for i in range(1, 10)]
    assert notes("created", cells) == [
        "'created' is called a time: 9 cells such as '1 hours ago' could not be read, so no times are shown. "
        "Dates such as 2024-03-01 09:00 can."
    ]
    assert notes("created", cells) == notes("created", cells[::-1])


@pytest.mark.parametrize("cell", ["45350.375", "45350", "45350,375"])
def test_a_spreadsheet_s_days_are_said_to_be_that(cell):
    said = notes("opened", [cell] * 6)
    assert said == [
        f"'opened' holds a spreadsheet's numbers of days: 6 cells such as '{cell}' could not be read, so no times are "
        "shown. Format it as a date and export it."
    ]


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("created", ["no", "yes", "no", "yes"]),
        ("created", ["", "", "", ""]),
        ("floor", ["3 hours", "4 hours", "5 hours"]),
        ("date", ["1", "2", "3"]),
        ("date", ["99999", "12", "45350"]),
        ("created", ["2024-03-01", "2024-03-02", "2024-03-03"]),
    ],
)
def test_nothing_is_said_of_other_columns(header, cells):
    assert notes(header, cells) == []


def test_nothing_is_said_where_the_user_chose_no_time():
    assert notes("created", ["3 hours ago"] * 5, time="") == []


def test_cells_of_the_time_column_that_are_none_are_counted_with_an_example():
    said = notes("created", ["2024-03-01", "2024-03-02", "2024-03-03", "2024-03-04", "2024-03-05", "soon"])
    assert said == ["1 cell of 'created' could not be read as a time, such as 'soon'."]


def test_a_log_whose_times_name_no_day_says_so():
    table = read("".join(f"10:00:{i:02}.000 [main] INFO a.B - job {i} done\n" for i in range(9)), "app.log")
    corpus = build_corpus(table)
    assert corpus.times is None
    assert "9 times such as '10:00:00.000' name no day, so no times are shown." in corpus.reports[0].notes
