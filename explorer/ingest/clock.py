"""The clock, for the doors: what is behind them is told the day, so that it gives the same answer on any other."""

from __future__ import annotations

import datetime as dt


def utc_today() -> dt.date:
    """The day it is, in UTC."""
    return dt.datetime.now(dt.UTC).date()
