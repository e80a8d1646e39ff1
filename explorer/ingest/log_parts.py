"""Pieces of expressions that several log formats share. All are RE2 without named groups."""

from __future__ import annotations

from explorer.ingest.levels import ANY_LEVEL
from explorer.ingest.time_zones import ZONE_NAME

FRACTION = r"(?:[.,:]\d{1,9})?"
CLOCK = rf"\d\d:\d\d:\d\d{FRACTION}"
#: Before noon or after it: "PM", "p.m."
HALF = r"(?:[ \x{202f}]?(?:[AP]M\b|[ap]m\b|[AaPp]\.[Mm]\.))?"
ANY_CLOCK = rf"\d\d?:\d\d:\d\d{FRACTION}{HALF}"
OFFSET = r"(?:Z|(?:UTC|GMT)[+-]\d\d?(?::?\d\d)?|UTC|GMT|[+-]\d\d:?\d\d|[+-]\d\d)"
ZONE = rf"(?: ?{OFFSET}\b)?"
ISO_TIME = rf"\d{{4}}-\d\d-\d\d(?:[T ]|, ){ANY_CLOCK}{ZONE}"
MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
SYSLOG_TIME = rf"{MONTH} [ \d]?\d (?:\d{{4}} )?{CLOCK}(?: \d{{4}})?"
LONG_TIME = (
    rf"(?:[A-Z][a-z]{{2}},? )?"
    rf"(?:{MONTH} [ \d]?\d {CLOCK}(?: [A-Z]{{3,5}})? \d{{4}}|\d\d? {MONTH} \d{{4}} {CLOCK}{ZONE})"
)
CLF_TIME = rf"\d\d?/{MONTH}/\d{{4}}[: ]{CLOCK}{ZONE}"
#: Every way of writing a date and a clock that a line may begin with.
ANY_TIME = "(?:" + "|".join((
    ISO_TIME,
    rf"\d{{4}}[/.]\d\d[/.]\d\d[T -]{ANY_CLOCK}{ZONE}",
    r"\d{4}-\d\d-\d\d-\d\d\.\d\d\.\d\d(?:\.\d{1,9})?",
    CLF_TIME,
    LONG_TIME,
    SYSLOG_TIME,
    rf"\d\d?-{MONTH}-\d{{4}} {ANY_CLOCK}{ZONE}",
    rf"{MONTH} \d\d?, \d{{4}},? {ANY_CLOCK}",
    rf"\d\d?[/.-]\d\d?[/.-](?:\d{{4}}|\d\d)(?:,? |-){ANY_CLOCK}{ZONE}",
    rf"\d{{8}}[-T _]?\d\d:?\d\d:?\d\d{FRACTION}Z?",
    rf"\d{{8}}[-T _]\d\d?:\d\d?:\d\d?{FRACTION}Z?",
    r"\d{6} \d{6}",
    rf"\d\d[-.]\d\d {CLOCK}",
    r"1\d{9}(?:\.\d{1,9}|\d{3}|\d{6}|\d{9})?",
)) + rf")(?: {ZONE_NAME})?(?:\[[A-Z][a-z]+/[A-Z][\w/+-]+\])?"  # fmt: skip
#: Anything in brackets, also with one pair of brackets inside: "[QuorumPeer[myid=1]/0:0]" without the outer pair.
IN_BRACKETS = r"[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*"
LEVEL = ANY_LEVEL
#: A logger, class or module: "org.apache.Foo$Bar", "app::db", "my-service", "o.e.n.Node".
NAME = r"[A-Za-z_](?:[\w.$/:#@<>-]*[\w$>])?"
CLASS = r"[A-Za-z_$][\w$-]*(?:\.[\w$<>-]+)+"
#: A sequence that colours a terminal (ECMA-48: CSI ... m), or clears the rest of a line (CSI K).
COLOUR = "\x1b\\[[0-9;:]*[mK]"
