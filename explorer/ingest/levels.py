"""Levels of log records: the words programs use for them, and one spelling for each."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

#: How a level may be written (upper case) -> how it is shown.
LEVEL_NAMES = {
    "TRACE": "TRACE", "VERBOSE": "TRACE", "FINER": "TRACE", "FINEST": "TRACE", "VRB": "TRACE", "TRC": "TRACE",
    "TRCE": "TRACE", "TRAC": "TRACE", "DEBUG": "DEBUG", "FINE": "DEBUG", "DBG": "DEBUG", "DBUG": "DEBUG",
    "DEBU": "DEBUG", "INFO": "INFO", "INFORMATION": "INFO", "INFORMATIONAL": "INFO", "INF": "INFO", "CONFIG": "INFO",
    "LOG": "INFO", "NOTICE": "NOTICE", "NOTE": "NOTICE", "SYSTEM": "NOTICE", "WARN": "WARN", "WARNING": "WARN",
    "WRN": "WARN", "ERROR": "ERROR", "ERR": "ERROR", "ERRO": "ERROR", "SEVERE": "ERROR", "FAIL": "ERROR",
    "CRITICAL": "CRITICAL", "CRIT": "CRITICAL", "ALERT": "CRITICAL", "DPANIC": "CRITICAL", "FATAL": "FATAL",
    "FATA": "FATAL", "FTL": "FATAL", "EMERG": "FATAL", "EMERGENCY": "FATAL", "PANIC": "FATAL", "PANI": "FATAL",
    "PNC": "FATAL", "FAULT": "FATAL",
    "V": "TRACE", "T": "TRACE", "D": "DEBUG", "I": "INFO", "N": "NOTICE", "W": "WARN", "E": "ERROR", "C": "CRITICAL",
    "F": "FATAL",
}  # fmt: skip
#: The levels as they are shown.
SHOWN_LEVELS = frozenset(LEVEL_NAMES.values())
#: Severities of syslog (RFC 5424, table 2), 0 to 7.
SEVERITIES = ("FATAL", "CRITICAL", "CRITICAL", "ERROR", "WARN", "NOTICE", "INFO", "DEBUG")
#: Steps of ten, as the loggers of Node.js and of Python count.
_TENS = {"10": "TRACE", "20": "DEBUG", "30": "INFO", "40": "WARN", "50": "ERROR", "60": "FATAL"}

#: The words that are a level wherever they stand in capitals.
LEVEL_WORDS = "TRACE|DEBUG|INFO(?:RMATION)?|NOTICE|WARN(?:ING)?|ERR(?:OR)?|SEVERE|CRIT(?:ICAL)?|ALERT|FATAL|EMERG|PANIC"
#: The words that are a level where the format says that a level stands there, in any case.
ANY_LEVEL = (
    r"(?i:TRACE|VERBOSE|FINE(?:R|ST)?|DEBUG|INFO(?:RMATION(?:AL)?)?|CONFIG|NOTICE|WARN(?:ING)?|ERR(?:OR)?|SEVERE"
    r"|CRIT(?:ICAL)?|ALERT|FATAL|EMERG(?:ENCY)?|D?PANIC)"
)
_HEAD = 200  # where in a line its level stands
# RE2, which Arrow uses, takes time linear in the text whatever the text is; it has no look-around.
_LEVEL = (
    rf"(?:^|[^\w./-])(?:(?P<word>{LEVEL_WORDS})(?:$|[^\w./])"  # a level is written in capitals, or marked as one
    rf"|\[(?P<bracket>(?i:{LEVEL_WORDS}))\]"
    rf"|(?i:level|lvl|severity)[\"']?\s*[=:]\s*[\"']?(?P<named>(?i:{LEVEL_WORDS}))\b"
    r"|(?P<klog>[IWEF])\d{4}\s\d\d:\d\d:"
    r"|\d\d:\d\d:\d\d\.\d+\s+\d+\s+\d+\s(?P<android>[VDIWEF])\s)"
)


def find_levels(lines: pa.Array) -> pa.Array:
    """The level of each line ("ERROR", "WARN", "INFO", ...), null where the line does not say it."""
    found = pc.extract_regex(pc.utf8_slice_codeunits(lines, 0, _HEAD), _LEVEL)
    return name_levels(first_filled([found.field(i) for i in range(found.type.num_fields)], found))


def first_filled(groups: list[pa.Array], matched: pa.Array) -> pa.Array:
    """The first group of an expression that holds text; null where none does or nothing ``matched``."""
    filled = [pc.if_else(pc.not_equal(group, ""), group, None) for group in groups]
    value = filled[0] if len(filled) == 1 else pc.coalesce(*filled)
    return pc.if_else(pc.is_valid(matched), value, pa.scalar(None, pa.string()))


def name_levels(written: pa.Array) -> pa.Array:
    """Levels as written -> as shown; a word that is not known stays as it is."""
    encoded = written.dictionary_encode()
    shown = pa.array([_shown(word) for word in encoded.dictionary.to_pylist()], pa.string())
    return shown.take(encoded.indices)


def _shown(word: str) -> str | None:
    bare = word.strip("[]<>:() \t")
    return LEVEL_NAMES.get(bare.upper()) or _TENS.get(bare) or bare or None


def severity_level(priority: Any) -> str | None:
    """The level of a syslog priority (facility * 8 + severity, 0 to 191); None for what is not one."""
    text = str(priority)
    return SEVERITIES[int(text) & 7] if text.isascii() and text.isdigit() and int(text) <= 191 else None
