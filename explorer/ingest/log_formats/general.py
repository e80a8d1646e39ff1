"""Lines that begin with a time, and perhaps a level, in no format we know by name: the last to be tried."""

from __future__ import annotations

from explorer.ingest.log_formats.base import ExpressionFormat
from explorer.ingest.log_parts import ANY_CLOCK, ANY_TIME, ISO_TIME, LEVEL

_TIME = rf"(?:[\[(<]?(?P<time>{ANY_TIME}|{ANY_CLOCK})[\])>]?)"
# zerolog's console and others shorten levels to three capitals.
_LEVEL = rf"(?:{LEVEL}|TRC|DBG|INF|WRN|FTL|PNC)"

#: With a component of one word; longer ones are a class's, and of a logger that is known by name.
NAMED = (
    ExpressionFormat(
        "time, level, component, message",
        rf"^(?P<time>{ISO_TIME}) +(?P<level>{LEVEL}):? +(?P<component>[A-Za-z_][\w-]*): (?P<message>.*)$",
    ),
)
FORMATS = (
    ExpressionFormat(
        "time, level, message",
        rf"^{_TIME}[ \t,;|:-]+[\[(<]?(?P<level>{_LEVEL})[\])>]?(?:[ \t,;|:-]+(?P<message>.*))?$",
    ),
    ExpressionFormat(
        "level, time, message",
        rf"^[\[(<]?(?P<level>{LEVEL})[\])>]?[ \t,;|:-]+{_TIME}(?:[ \t,;|:-]+(?P<message>.*))?$",
    ),
    ExpressionFormat("time, message", rf"^{_TIME}(?:[ \t,;|:-]+(?P<message>.*))?$"),
)
