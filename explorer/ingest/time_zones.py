"""What the zones behind times mean: offsets, abbreviations, and places such as Europe/Berlin."""

from __future__ import annotations

import zoneinfo
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pandas as pd

from explorer.types import Bools, Times

#: Abbreviation -> minutes ahead of UTC. Those of RFC 5322, those that the IANA time zone database writes for one offset
#: alone, and those that it wrote before it used numbers (2017), which Java and databases still write.
_MINUTES = {
    "Z": 0, "UTC": 0, "UT": 0, "GMT": 0,
    "EST": -300, "EDT": -240, "CST": -360, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480, "PDT": -420,
    "WET": 0, "WEST": 60, "CET": 60, "CEST": 120, "MEZ": 60, "MESZ": 120, "MET": 60, "MEST": 120,
    "EET": 120, "EEST": 180, "BST": 60, "IDT": 180, "TRT": 180,
    "AST": -240, "ADT": -180, "NST": -210, "NDT": -150, "AKST": -540, "AKDT": -480, "HST": -600, "HDT": -540,
    "BRT": -180, "BRST": -120, "ART": -180, "CLT": -240, "CLST": -180, "COT": -300, "PET": -300, "VET": -240,
    "UYT": -180,
    "WAT": 60, "CAT": 120, "SAST": 120, "EAT": 180,
    "PKT": 300, "NPT": 345, "ICT": 420, "WIB": 420, "WITA": 480, "WIT": 540, "HKT": 480, "SGT": 480, "MYT": 480,
    "PHT": 480, "JST": 540, "KST": 540,
    "AWST": 480, "ACST": 570, "ACDT": 630, "AEST": 600, "AEDT": 660, "NZST": 720, "NZDT": 780,
}  # fmt: skip
#: Moscow's clock has been at three offsets under one name.
_PLACES = {"MSK": "Europe/Moscow", "MSD": "Europe/Moscow"}
#: Also the names of other zones, but nearly always this one.
_USUALLY = ("CST", "BST", "AST")
#: Zones with more than one meaning, none of them the usual one; in log lines they are zones all the same.
_AMBIGUOUS = ("IST", "GST", "SST", "AMT", "WST", "ECT")
#: Zones that are words as well, as which a log's message may begin with them.
_WORDS = ("ART", "CAT", "COT", "EAT", "MET", "PET", "VET", "WAT", "WET", "WEST", "WIT", "UT")

_AREAS = (
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Brazil", "Canada", "Chile", "Etc",
    "Europe", "Indian", "Mexico", "Pacific", "US",
)  # fmt: skip
#: Whatever may be a zone, in RE2 without groups; short, because long expressions are slow. :func:`is_zone` tells.
ZONE = r"(?:GMT|UTC)?[+-]\d\d?(?::?\d\d)?\b|Z\b|[A-Z]{2,5}\b|[A-Z][A-Za-z]+/[\w/+-]+"
#: What can be nothing but the name of a zone, behind the time of a log line.
ZONE_NAME = (
    rf"(?:(?:{'|'.join(sorted({*_MINUTES, *_PLACES, *_AMBIGUOUS} - {*_WORDS, 'Z'}))})\b"
    rf"|(?:{'|'.join(_AREAS)})/[A-Z][\w/+-]+)"
)
_MOST_HOURS = 15  # ahead of UTC or behind it, in any place at any time

Meaning = int | str | None


@lru_cache(maxsize=10_000)
def zone_meaning(zone: str) -> Meaning:
    """Minutes ahead of UTC, or the name of a place whose clock it is; None where it may be several or is not known."""
    if not zone:
        return 0
    digits = zone.removeprefix("UTC").removeprefix("GMT")  # "UTC+1" is ahead, as everybody but POSIX writes it
    if digits[:1] in ("+", "-"):
        return _ahead(digits[0], digits[1:].replace(":", ""))
    place = _PLACES.get(zone, zone)
    if "/" in place:
        return place if _is_place(place) else None
    return _MINUTES.get(zone)


def is_zone(word: str) -> bool:
    """Whether a word behind the time of a log line is its zone, rather than the beginning of the message."""
    if word in _WORDS or (word[:1] in ("+", "-") and len(word) < 3):
        return False
    return word in _AMBIGUOUS or zone_meaning(word) is not None


def zone_notes(zones: Sequence[str], n_unsure: int) -> tuple[str, ...]:
    """What has to be said about the zones of some times, of which ``n_unsure`` were shown twice or never."""
    notes = []
    unknown = [zone for zone in zones if zone_meaning(zone) is None]
    if unknown:
        notes.append(f"The zone {', '.join(unknown[:6])} has no one meaning; those times are taken as UTC.")
    usual = [f"{zone} (taken as UTC{_MINUTES[zone] / 60:+g})" for zone in zones if zone in _USUALLY]
    if usual:
        notes.append(f"More than one zone is called {', '.join(usual)}.")
    if n_unsure:
        what = "time lies" if n_unsure == 1 else "times lie"
        notes.append(
            f"{n_unsure:,} {what} in an hour that clocks there show twice or not at all when they are put forward or "
            "back; the earlier was taken."
        )
    return tuple(notes)


def from_place(local: Times, place: str) -> tuple[Times, Bools]:
    """Times (n,) that the clocks of a place show, in UTC, and which of them (n,) were shown twice or never.

    The earlier is taken of a time shown twice, and the next that exists of one that never was.
    """
    shown = pd.DatetimeIndex(local)
    zone = zoneinfo.ZoneInfo(place)
    sure = shown.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
    is_unsure: Bools = np.isnat(sure.tz_localize(None).to_numpy()) & ~np.isnat(local)
    earlier = np.ones(len(shown), dtype=np.bool_)
    there = shown.tz_localize(zone, ambiguous=earlier, nonexistent="shift_forward")
    times: Times = there.tz_convert("UTC").tz_localize(None).to_numpy().astype("datetime64[ms]")
    return times, is_unsure


def _ahead(sign: str, digits: str) -> int | None:
    """Minutes ahead of UTC for one to four digits: hours, or hours and minutes."""
    hours, minutes = (digits, "0") if len(digits) < 3 else (digits[:-2], digits[-2:])
    if int(hours) > _MOST_HOURS or int(minutes) > 59:
        return None
    ahead = 60 * int(hours) + int(minutes)
    return -ahead if sign == "-" else ahead


@lru_cache(maxsize=10_000)
def _is_place(name: str) -> bool:
    if name.partition("/")[0] not in _AREAS:
        return False
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
