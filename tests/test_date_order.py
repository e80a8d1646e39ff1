"""Which of three numbers is the year, the month and the day: decided by all dates, and said."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.ingest.times import ParsedTimes, parse_times

TODAY = np.datetime64("2026-11-21", "ms")
FORMS = {"day": "%d{0}%m{0}%y", "month": "%m{0}%d{0}%y", "year": "%y{0}%m{0}%d"}


def log(first: str, n_days: int, form: str, separator: str, *, backwards: bool = False) -> tuple[list[str], list[str]]:
    """The lines of a log with one record a day, and the days as they should be read."""
    days = [dt.date.fromisoformat(first) + dt.timedelta(days=step) for step in range(n_days)][:: -1 if backwards else 1]
    written = FORMS[form].format(separator)
    return [f"{day.strftime(written)} 09:00:00 INFO job {day.day} done" for day in days], [str(day) for day in days]


def read(lines: list[str], *, day_first: bool | None = None, not_after: np.datetime64 | None = TODAY) -> ParsedTimes:
    return parse_times(lines, in_lines=True, not_after=not_after, day_first=day_first)


def days_of(parsed: ParsedTimes) -> list[str]:
    return [str(time)[:10] for time in parsed.times]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("separator", "/.-")
@pytest.mark.parametrize(
    ("first", "n_days"), [("2024-03-10", 19), ("2024-03-01", 9), ("2024-02-25", 40), ("2023-12-30", 4)]
)
@pytest.mark.parametrize("backwards", [False, True])
def test_logs_with_two_digits_for_the_year_are_read_as_they_are_meant(form, separator, first, n_days, backwards):
    lines, days = log(first, n_days, form, separator, backwards=backwards)
    parsed = read(lines)
    assert days_of(parsed) == days
    assert parsed.notes[0].startswith(f"Dates were read with the {form} first")
    assert "decides it" not in parsed.notes[0]


@settings(max_examples=40, deadline=None)
@given(
    st.dates(dt.date(2005, 1, 1), dt.date(2026, 10, 1)),
    st.integers(2, 45),
    st.sampled_from(sorted(FORMS)),
    st.sampled_from("/.-"),
)
def test_several_days_in_a_row_are_read_as_they_are_meant(first, n_days, form, separator):
    lines, days = log(str(first), n_days, form, separator)
    assert days_of(read(lines)) == days


def test_nothing_lies_behind_today_and_the_note_says_so():
    lines, days = log("2024-03-10", 5, "day", ".")  # with the year first they would be days in 2010 to 2014
    assert days_of(read(lines)) == days
    lines, days = log("2024-03-25", 4, "day", ".")
    parsed = read(lines)
    assert days_of(parsed) == days
    assert parsed.notes[0] == "Dates were read with the day first, as otherwise some would lie behind 2026-11-21."


def test_one_day_alone_is_the_newest_it_may_be_and_a_note_says_that_nothing_decides_it():
    for line, day, form in (
        ("17/06/09 20:10:40 INFO spark", "2017-06-09", "year"),
        ("[3/1/24 9:00:00:123 CET] WebSphere", "2024-03-01", "month"),
        ("10.03.24 09:00:00 x", "2024-03-10", "day"),
    ):
        parsed = read([line, line])
        assert days_of(parsed) == [day, day]
        assert parsed.notes[0].startswith(f"Dates were read with the {form} first; no date in the column decides it.")
        assert "choose --day-first or --month-first" in parsed.notes[0]


def test_a_day_that_reads_the_same_either_way_needs_no_note_to_be_decided():
    assert read(["05.05.05 10:00:00 x"]).notes[0] == "Dates were read with the day first."


@pytest.mark.parametrize(("day_first", "day"), [(True, "2024-01-03"), (False, "2024-03-01")])
def test_what_the_user_chose_wins(day_first, day):
    lines, _ = log("2024-03-01", 9, "month", "/")
    parsed = read(lines, day_first=day_first)
    assert days_of(parsed)[0] == day
    assert parsed.notes[0].endswith("first, as chosen.")


def test_one_broken_line_does_not_undo_what_the_user_chose():
    lines, days = log("2024-03-10", 19, "month", "/")
    parsed = read([*lines, "99/99/24 09:00:00 broken"], day_first=False)
    assert days_of(parsed) == [*days, "NaT"]


def test_a_log_whose_year_comes_first_stays_so_where_the_choice_would_leave_it_without_dates():
    lines, days = log("2024-03-10", 19, "year", "/")
    assert days_of(read(lines, day_first=False)) == days


def test_four_digits_for_the_year_are_decided_in_the_same_way():
    lines = [f"0{month}/0{day}/2024 10:00:00 x" for month, day in ((3, 1), (3, 2), (3, 3), (3, 4))]
    parsed = read(lines)
    assert days_of(parsed)[-1] == "2024-03-04"
    assert parsed.notes[0] == "Dates were read with the month first, in which they cover the shortest time."


@settings(max_examples=30, deadline=None)
@given(st.permutations([f"{day:02}-{month:02}-24" for month in (2, 3) for day in (1, 2, 9, 12, 25)]))
def test_the_rows_of_a_table_may_stand_in_any_order(cells):
    parsed = parse_times(cells, not_after=TODAY)
    days = {cell: str(time)[:10] for cell, time in zip(cells, parsed.times, strict=True)}
    assert days["25-02-24"] == "2024-02-25"
    assert days["01-03-24"] == "2024-03-01"


@pytest.mark.parametrize(
    "cells", [["24-03-01", "24-03-02", "24-03-12"], ["24-03-01", "24-03-28"], ["24/12/30", "25/01/02"]]
)
def test_cells_may_begin_with_a_year_of_two_digits(cells):
    parsed = parse_times(cells, not_after=TODAY)
    assert days_of(parsed) == [f"20{cell.replace('/', '-')}" for cell in cells]
    assert parsed.notes[0].startswith("Dates were read with the year first")


def test_one_cell_alone_ends_with_its_year():
    assert days_of(parse_times(["01-02-03"], not_after=TODAY)) == ["2003-02-01"]


def test_most_separators_decide_where_nothing_else_does():
    cells = ["01/02/2024", "03/04/2024", "05.06.2024"]
    assert list(parse_times(cells).times) == list(parse_times(cells[::-1]).times)[::-1]
    assert days_of(parse_times(cells))[0] == "2024-01-02"
