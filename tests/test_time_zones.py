"""Zones: offsets, abbreviations and places are applied; what has several meanings is said."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.ingest import time_zones
from explorer.ingest.time_zones import is_zone, zone_meaning
from explorer.ingest.times import parse_times


def read(*cells: str) -> list[str]:
    return [str(time) for time in parse_times(cells).times]


@pytest.mark.parametrize(
    ("zone", "utc"),
    [
        ("Z", "09:00"),
        ("UTC", "09:00"),
        ("+01:00", "08:00"),
        ("-0330", "12:30"),
        ("+05", "04:00"),
        ("GMT+1", "08:00"),
        ("UTC-11", "20:00"),
        ("GMT+0530", "03:30"),
        ("UTC+5:30", "03:30"),
        ("(UTC+01:00)", "08:00"),
        ("CET", "08:00"),
        ("JST", "00:00"),
        ("MSK", "06:00"),
        ("AEDT", "22:00"),
        ("Europe/Berlin", "08:00"),
        ("[America/New_York]", "14:00"),
        ("America/Argentina/Buenos_Aires", "12:00"),
        ("Etc/GMT+3", "12:00"),
        ("+01:00[Europe/Berlin]", "08:00"),
        ("GMT+0100 (Central European Standard Time)", "08:00"),
    ],
)
def test_zones_are_applied(zone, utc):
    parsed = parse_times([f"2024-03-01 09:00:00 {zone}"])
    assert str(parsed.times[0])[11:16] == utc
    assert not parsed.notes


def test_a_place_has_summer_and_winter():
    assert read("2024-01-15 12:00 Europe/Berlin", "2024-07-15 12:00 Europe/Berlin", "2024-07-15 12:00 Asia/Tokyo") == [
        "2024-01-15T11:00:00.000",
        "2024-07-15T10:00:00.000",
        "2024-07-15T03:00:00.000",
    ]


@pytest.mark.parametrize(("clock", "utc"), [("02:30", "00:30"), ("03:30", "02:30")])
def test_an_hour_that_clocks_show_twice_is_the_earlier_and_counted(clock, utc):
    parsed = parse_times([f"2024-10-27 {clock} Europe/Berlin"])
    assert str(parsed.times[0]) == f"2024-10-27T{utc}:00.000"
    assert (len(parsed.notes) == 1 and "1 time lies in an hour" in parsed.notes[0]) == (clock == "02:30")


def test_an_hour_that_clocks_never_show_is_the_next_one():
    parsed = parse_times(["2024-03-31 02:30 Europe/Berlin", "2024-03-31 12:00 Europe/Berlin"])
    assert [str(time)[11:16] for time in parsed.times] == ["01:00", "10:00"]
    assert "1 time lies in an hour" in parsed.notes[0]


@pytest.mark.parametrize("zone", ["IST", "GST", "XYZ", "Europe/Nowhere", "UTC+99"])
def test_a_zone_with_no_one_meaning_is_said(zone):
    parsed = parse_times([f"2024-03-01 09:00:00 {zone}"])
    assert str(parsed.times[0]) == "2024-03-01T09:00:00.000"
    assert parsed.notes == (f"The zone {zone} has no one meaning; those times are taken as UTC.",)
    assert zone in parsed.zone_note


def test_the_usual_meaning_of_a_zone_with_several_is_said():
    parsed = parse_times(["2024-03-01 09:00:00 CST"])
    assert str(parsed.times[0]) == "2024-03-01T15:00:00.000"
    assert parsed.notes == ("More than one zone is called CST (taken as UTC-6).",)


@pytest.mark.parametrize(
    ("line", "time", "zones"),
    [
        ("[01-Mar-2024 09:00:00 Europe/Berlin] PHP Warning: x", "08:00", ("Europe/Berlin",)),
        ("[3/1/24 9:00:00:123 CET] 0000000a WsServerImpl", "08:00", ("CET",)),
        ("2024-03-01 09:00:00 IST [INFO] app", "09:00", ("IST",)),
        ("Fri Mar  1 09:00:00 WEST 2024 x", "08:00", ("WEST",)),
        ("2024-03-01 09:00:00 INFO app", "09:00", ("",)),
        ("2024-03-01 09:00:00 GET /a", "09:00", ("",)),
        ("2024-03-01 09:00:00 WEST wing closed", "09:00", ("",)),
        ("2024-03-01 09:00:00 Users/bob opened", "09:00", ("",)),
        ("2024-03-01 09:00:00 -5 degrees", "09:00", ("",)),
        ("2024-03-01 09:00:00 -9999 is the code", "09:00", ("",)),
    ],
)
def test_only_what_is_a_zone_is_one_in_log_lines(line, time, zones):
    parsed = parse_times([line], in_lines=True)
    assert str(parsed.times[0])[11:16] == time
    assert tuple(parsed.zones) == zones


def test_abbreviations_mean_what_the_time_zone_database_says():
    """Those that RFC 5322 names may stand for others too."""
    meanings: dict[str, set[int]] = defaultdict(set)
    for name in zoneinfo.available_timezones():
        zone = zoneinfo.ZoneInfo(name)
        for month in (1, 7):
            time = dt.datetime(2015, month, 15, tzinfo=zone)
            ahead = time.utcoffset()
            if ahead is not None and (abbreviation := time.tzname() or "").isalpha():
                meanings[abbreviation].add(int(ahead.total_seconds() // 60))
    checked = 0
    for abbreviation, ahead_of in meanings.items():
        said = zone_meaning(abbreviation)
        if isinstance(said, int):
            assert said in ahead_of, abbreviation
            assert ahead_of == {said} or abbreviation in ("CST", "CDT", "PST"), abbreviation
            checked += 1
    assert checked > 30
    assert zone_meaning("IST") is None


def test_a_place_is_looked_for_in_the_database_alone():
    assert zone_meaning("America/../../etc/passwd") is None
    assert zone_meaning("/etc/passwd") is None
    assert not is_zone("Etc/passwd")


PLACES = [
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Casablanca",
]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2035, 1, 1), timezones=st.just(dt.UTC)), min_size=1),
    st.sampled_from(PLACES),
)
def test_times_at_a_place_come_back(moments, place):
    """A time that clocks show twice may come back as the earlier of the two."""
    zone = zoneinfo.ZoneInfo(place)
    local = [moment.replace(microsecond=0).astimezone(zone) for moment in moments]
    times = parse_times([f"{time:%Y-%m-%d %H:%M:%S} {place}" for time in local]).times
    earlier = [time.replace(fold=0).astimezone(dt.UTC).replace(tzinfo=None) for time in local]
    assert list(times) == [np.datetime64(time, "ms") for time in earlier]


def test_without_a_database_places_are_said_to_be_unknown(monkeypatch):
    def missing(key):
        raise zoneinfo.ZoneInfoNotFoundError(key)

    zone_meaning.cache_clear()
    time_zones._is_place.cache_clear()
    monkeypatch.setattr(time_zones.zoneinfo, "ZoneInfo", missing)
    try:
        parsed = parse_times(["2024-03-01 09:00 Europe/Berlin", "2024-03-01 09:00 MSK"])
        assert [str(time)[11:16] for time in parsed.times] == ["09:00", "09:00"]
        assert "Europe/Berlin, MSK has no one meaning" in parsed.notes[0]
    finally:
        zone_meaning.cache_clear()
        time_zones._is_place.cache_clear()
