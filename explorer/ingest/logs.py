"""What can be told from log lines themselves: that they are log lines, and how bad each one is."""

from __future__ import annotations

import re
from collections.abc import Sequence

SAMPLE = 500
_HEAD = 200  # where in a line its level stands

_TIME = re.compile(
    r"\d{4}[-/.]\d\d[-/.]\d\d[T\s_-]\d\d[:.]\d\d|\d\d:\d\d:\d\d|\A\W{0,2}1\d{9}(?:\.\d+|\d{3})?\s|\A\d{6}\s\d{6}\s"
    r"|\d\d?/[A-Z][a-z]{2}/\d{4}:"
)
_LEVEL_NAMES = {
    "TRACE": "TRACE", "DEBUG": "DEBUG", "INFO": "INFO", "INFORMATION": "INFO", "NOTICE": "NOTICE", "WARN": "WARN",
    "WARNING": "WARN", "ERROR": "ERROR", "ERR": "ERROR", "SEVERE": "ERROR", "CRITICAL": "CRITICAL", "CRIT": "CRITICAL",
    "ALERT": "CRITICAL", "FATAL": "FATAL", "EMERG": "FATAL", "PANIC": "FATAL",
    "V": "TRACE", "D": "DEBUG", "I": "INFO", "W": "WARN", "E": "ERROR", "F": "FATAL",
}  # fmt: skip
_WORDS = "TRACE|DEBUG|INFO(?:RMATION)?|NOTICE|WARN(?:ING)?|ERR(?:OR)?|SEVERE|CRIT(?:ICAL)?|ALERT|FATAL|EMERG|PANIC"
_LEVEL = re.compile(
    rf"(?<![\w./-])(?:(?P<word>{_WORDS})(?![\w./])"  # a level is written in capitals, or marked as one
    rf"|\[(?P<bracket>(?i:{_WORDS}))\]"
    rf"|(?i:level|lvl|severity)[\"']?\s*[=:]\s*[\"']?(?P<named>(?i:{_WORDS}))\b"
    r"|(?P<klog>[IWEF])\d{4}\s\d\d:\d\d:"
    r"|\d\d:\d\d:\d\d\.\d+\s+\d+\s+\d+\s(?P<android>[VDIWEF])\s)"
)
_ANY_LEVEL = re.compile(rf"\b(?:{_WORDS})\b")
_VARIABLE = re.compile(r"0x[0-9a-f]+|\d{1,3}(?:\.\d{1,3}){3}|\d{4,}", re.IGNORECASE)


def find_levels(lines: Sequence[str]) -> list[str | None]:
    """The level of each line ("ERROR", "WARN", "INFO", ...), or None where the line does not say it."""
    return [_level(line) for line in lines]


def _level(line: str) -> str | None:
    match = _LEVEL.search(line, 0, _HEAD)
    return None if match is None else _LEVEL_NAMES[match[match.lastgroup or 0].upper()]


def looks_like_logs(texts: Sequence[str]) -> bool:
    """Whether most of a sample of texts are log lines: a time at the front, or a level beside variable parts."""
    filled = [text for text in texts[:: max(len(texts) // SAMPLE, 1)] if text.strip()]
    return bool(filled) and sum(map(_is_log_line, filled)) > 0.6 * len(filled)


def _is_log_line(text: str) -> bool:
    if "\n" in text.strip():
        text = text.strip().partition("\n")[0]
    if _TIME.search(text[:48]):
        return True
    return bool(_ANY_LEVEL.search(text[:_HEAD]) and _VARIABLE.search(text))
