"""The columns of a log: what every format may give, in the order in which they are shown."""

from __future__ import annotations

LINE = "line"  # the record as it stands in the file, with the lines that continue it
TIME = "time"  # as written
LEVEL = "level"
COMPONENT = "component"
MESSAGE = "message"
MAIN_COLUMNS = (LINE, TIME, LEVEL, COMPONENT, MESSAGE)
