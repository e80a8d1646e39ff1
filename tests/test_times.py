"""parse_times: one rule per column, UTC, milliseconds."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.ingest.times import example_of, parse_times


def parsed(*values: str | None, in_lines: bool = False) -> list[str]:
    return [str(time) for time in parse_times(values, in_lines=in_lines).times]


@pytest.mark.parametrize(
    ("cell", "time"),
    [
        ("2024-01-02", "2024-01-02T00:00:00.000"),
        ("2024-01-02 10:11:12", "2024-01-02T10:11:12.000"),
        ("2024-01-02T10:11:12.5Z", "2024-01-02T10:11:12.500"),
        ("2024-01-02 10:11:12+00:00", "2024-01-02T10:11:12.000"),
        ("2024-01-02T10:11:12.123456+0530", "2024-01-02T04:41:12.123"),
        ("2024-01-02T10:11-08:00", "2024-01-02T18:11:00.000"),
        ("2024/1/2 9:05", "2024-01-02T09:05:00.000"),
        ("2005-06-03-15.42.50.675872", "2005-06-03T15:42:50.675"),
        ("20240102T101112Z", "2024-01-02T10:11:12.000"),
        ("1700000000", "2023-11-14T22:13:20.000"),
        ("1700000000.25", "2023-11-14T22:13:20.250"),
        ("1700000000123", "2023-11-14T22:13:20.123"),
        ("1700000000123456", "2023-11-14T22:13:20.123"),
        ("21.11.2026 06:48", "2026-11-21T06:48:00.000"),
        ("11/21/2026 6:48:11 PM", "2026-11-21T18:48:11.000"),
        ("11/21/26 12:00 AM", "2026-11-21T00:00:00.000"),
        ("21 Nov 2026 06:48", "2026-11-21T06:48:00.000"),
        ("21-Nov-26", "2026-11-21T00:00:00.000"),
        ("Nov 21, 2026 6:48:11 AM", "2026-11-21T06:48:11.000"),
        ("November 21st, 2026", "2026-11-21T00:00:00.000"),
        ("Sat, 21 Nov 2026 06:48:11 +0100", "2026-11-21T05:48:11.000"),
        ("Sat Nov 21 06:48:11 2026", "2026-11-21T06:48:11.000"),
        ("21. Dez. 2026", "2026-12-21T00:00:00.000"),
        ("3 mai 2026", "2026-05-03T00:00:00.000"),
        ("2024-02-29", "2024-02-29T00:00:00.000"),
    ],
)
def test_cells_are_read(cell, time):
    assert parsed(cell) == [time]


@pytest.mark.parametrize("cell", ["2023-02-29", "2024-13-01", "printer jams", "12:30", "17", "v1.2.3", "10.0.0.1", ""])
def test_what_is_no_time_is_not_read(cell):
    assert parsed(cell) == ["NaT"]


@pytest.mark.parametrize(
    ("line", "time"),
    [
        ("2008-11-09 20:35:19,123 INFO dfs", "2008-11-09T20:35:19.123"),
        ("[2026-11-21T06:48:11.5Z] started", "2026-11-21T06:48:11.500"),
        ("Nov  1 06:48:11 host sshd[1]: x", "2000-11-01T06:48:11.000"),
        ('1.2.3.4 - bob [21/Nov/2026:06:48:11 +0100] "GET /"', "2026-11-21T05:48:11.000"),
        ("[Thu Jun 09 06:07:04 2005] [notice] x", "2005-06-09T06:07:04.000"),
        ("2005-06-03-15.42.50.675872 R02-M1 x", "2005-06-03T15:42:50.675"),
        ("- 1117838570 2005.06.03 R02-M1 2005-06-03-15.42.50.675872 x", "2005-06-03T22:42:50.000"),
        ("1117838570.5 x", "2005-06-03T22:42:50.500"),
        ("type=SYSCALL msg=audit(1709283600.123:7): arch=c000003e", "2024-03-01T09:00:00.123"),
        ("node=web1 type=USER_LOGIN msg=audit(1709283600.123:7): pid=1", "2024-03-01T09:00:00.123"),
        ("2024-Mar-01 09:00:00.123456 x", "2024-03-01T09:00:00.123"),
        ("[1234] 01 Mar 09:00:00.123 * Redis", "2000-03-01T09:00:00.123"),
        ("Mar 1, 2024 @ 09:00:00.123 x", "2024-03-01T09:00:00.123"),
        ("Fri Mar 01 2024 09:00:00 GMT+0100 (CET) ready", "2024-03-01T08:00:00.000"),
        ("081109 203615 148 INFO dfs", "2008-11-09T20:36:15.000"),
        ("17/06/09 20:10:40 INFO spark", "2017-06-09T20:10:40.000"),
        ("03-17 16:13:38.811  1702  2395 D x", "2000-03-17T16:13:38.811"),
        ("20171223-22:15:29:606|Step", "2017-12-23T22:15:29.606"),
        ("20171224-0:7:20:444|Step", "2017-12-24T00:07:20.444"),
        ("[10.30 16:49:06] chrome.exe", "2000-10-30T16:49:06.000"),
        ("nova-api.log 2017-05-16 00:00:00.008 25746 INFO", "2017-05-16T00:00:00.008"),
    ],
)
def test_times_in_log_lines_are_read(line, time):
    assert parsed(line, in_lines=True) == [time]


def test_the_day_comes_first_where_one_date_shows_it():
    assert parsed("01/02/2024", "13/02/2024") == ["2024-02-01T00:00:00.000", "2024-02-13T00:00:00.000"]
    assert parsed("01/02/2024", "02/13/2024") == ["2024-01-02T00:00:00.000", "2024-02-13T00:00:00.000"]


def test_where_no_date_shows_it_a_note_does_and_the_order_of_the_rows_decides_nothing():
    days = [f"{day:02}/0{month}/2024" for month in (3, 4) for day in range(1, 13)]
    result, backwards = parse_times(days), parse_times(sorted(days))
    assert str(result.times[1]) == "2024-02-03T00:00:00.000"
    assert result.notes[0].startswith("Dates were read with the month first; no date in the column decides it.")
    assert "choose --day-first or --month-first" in result.notes[0]
    assert sorted(map(str, result.times)) == sorted(map(str, backwards.times))


@pytest.mark.parametrize(("day_first", "second"), [(True, "2024-03-02"), (False, "2024-02-03"), (None, "2024-02-03")])
def test_the_order_of_day_and_month_can_be_chosen(day_first, second):
    result = parse_times(["01/01/2024", "02/03/2024"], day_first=day_first)
    assert str(result.times[1]).startswith(second)
    assert ("as chosen" in result.notes[0]) == (day_first is not None)


def test_what_is_no_date_in_the_order_chosen_is_not_read():
    result = parse_times(["01/02/2024", "13/02/2024"], day_first=False)
    assert [str(one) for one in result.times] == ["2024-01-02T00:00:00.000", "NaT"]
    assert result.n_unread == 1


def test_the_order_chosen_changes_no_date_that_has_only_one_meaning():
    cells = ["2024-02-01", "2024-02-13"]
    assert list(parse_times(cells, day_first=True).times) == list(parse_times(cells, day_first=False).times)
    lines = ["17/06/09 20:10:40 INFO spark"]
    assert [str(parse_times(lines, in_lines=True, day_first=False).times[0])] == ["2017-06-09T20:10:40.000"]
    assert [str(parse_times(lines, in_lines=True, day_first=True).times[0])] == ["2009-06-17T20:10:40.000"]


def test_the_order_of_lines_decides_and_a_note_says_so():
    lines = [f"0{month}/0{day}/2024 10:00:00 x" for day, month in ((1, 7), (2, 3), (3, 5))]
    result = parse_times(lines, in_lines=True)
    assert [str(one)[:10] for one in result.times] == ["2024-01-07", "2024-02-03", "2024-03-05"]
    assert "in the order of time" in result.notes[0]


@pytest.mark.parametrize(("today", "year"), [("2026-11-21", 2026), ("2026-03-01", 2025), ("2031-12-31", 2031)])
def test_a_missing_year_depends_on_the_day_that_is_given_alone(today, year):
    result = parse_times(["Nov 20 10:00:00 x"], in_lines=True, not_after=np.datetime64(today, "ms"))
    assert str(result.times[0]) == f"{year}-11-20T10:00:00.000"
    assert result.notes[0] == (
        f"The times carry no year; {year} was taken, the latest that puts none of them behind {today}."
    )


def test_cells_that_are_written_in_another_way_are_read_and_counted():
    result = parse_times(["2024-01-02", "2024-01-03", "2024-01-31", "03.01.2024", "soon", None, " "])
    days = [str(time)[:10] for time in result.times]
    assert days == ["2024-01-02", "2024-01-03", "2024-01-31", "2024-01-03", "NaT", "NaT", "NaT"]
    assert result.notes[0] == "1 time is written in another way than most, such as '03.01.2024'."
    assert "shortest time" in result.notes[1]  # 1 March would be farther from the others
    assert result.n_unread == 1


def test_an_example_is_short_and_the_same_in_any_order():
    cells = ["zzz", "about\nthree " + "very " * 20 + "long days ago"]
    for order in (cells, cells[::-1]):
        assert example_of(pa.chunked_array([[text] for text in order])) == "'about three very very very very very...'"
    assert example_of(pa.chunked_array([], pa.string())) == ""


def test_a_year_passes_between_december_and_january():
    times = parsed("Dec 31 23:59:59 a", "Jan  1 00:00:01 b", in_lines=True)
    assert times == ["2000-12-31T23:59:59.000", "2001-01-01T00:00:01.000"]


@given(
    st.lists(
        st.datetimes(dt.datetime(1971, 1, 1), dt.datetime(2099, 12, 31), timezones=st.just(dt.UTC)),
        min_size=1,
        max_size=20,
    ),
    st.sampled_from(["iso", "space", "rfc", "ctime"]),
)
def test_any_times_come_back(times, style):
    write = {
        "iso": lambda time: time.isoformat(),
        "space": lambda time: time.isoformat(sep=" "),
        "rfc": lambda time: time.strftime("%a, %d %b %Y %H:%M:%S %z"),
        "ctime": lambda time: time.ctime(),
    }[style]
    cut = (lambda time: time) if style in ("iso", "space") else (lambda time: time.replace(microsecond=0))
    expected = [np.datetime64(cut(time).replace(tzinfo=None), "ms") for time in times]
    assert list(parse_times([write(time) for time in times]).times) == expected
