"""Logs whose lines are values of their own: JSON objects and logfmt. Keys that are not known become fields."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from explorer.ingest.levels import LEVEL_NAMES, SEVERITIES, name_levels
from explorer.ingest.log_columns import COMPONENT, LEVEL, LINE, MESSAGE, TIME
from explorer.ingest.log_formats.base import Parsed
from explorer.ingest.log_formats.partial import MORE, PART
from explorer.ingest.readers import json_values
from explorer.ingest.readers.base import repair_text, string_column

_LEAST_WITH_LINE_END = 0.2
MAX_FIELDS = 300  # different keys of one log; whatever has more has keys that are values

_TIMES = (
    "@timestamp", "timestamp", "time", "ts", "datetime", "date", "@t", "eventTime", "event_time", "asctime", "t.$date",
    "timeMillis", "instant.epochSecond", "_time", "receiveTimestamp", "ingestionTime", "time_iso8601", "t",
)  # fmt: skip
_LEVELS = (
    "level", "log.level", "severity", "levelname", "lvl", "loglevel", "log_level", "logLevel", "level_name", "@l",
    "severity_text", "severityText", "LogLevel", "Level", "s",
)  # fmt: skip
_COMPONENTS = (
    "logger", "log.logger", "logger_name", "loggerName", "component", "SourceContext", "Properties.SourceContext",
    "name", "service.name", "service", "caller", "module", "Category", "c", "logName", "logStreamName", "@logStream",
)  # fmt: skip
_MESSAGES = (
    "message", "msg", "@message", "@m", "@mt", "RenderedMessage", "MessageTemplate", "Message", "event", "body",
    "short_message", "textPayload", "jsonPayload.message", "jsonPayload.msg", "log",
)  # fmt: skip

_JSON = json_values.Parser()  # what it counts of odd JSON does not matter for a log


@dataclass(frozen=True)
class JsonFormat:
    """One JSON object per line. ``marks``: keys of which a record has one at least, () for any keys.

    A record has a message, and a time or a level. Where ``marks`` is empty it needs both a time and a level that is
    one, so that a table of tickets is not taken for a log.
    """

    name: str
    marks: tuple[str, ...] = ()
    times: tuple[str, ...] = _TIMES
    levels: tuple[str, ...] = _LEVELS
    components: tuple[str, ...] = _COMPONENTS
    messages: tuple[str, ...] = _MESSAGES
    has_severities: bool = False  # levels are 0 to 7, as syslog counts
    has_parts: bool = False  # a message without a line end goes on in the next record
    continues: str | None = None

    def parse(self, lines: pa.Array) -> Parsed:
        """Each line by itself."""
        records = [self._record(line) for line in lines.to_pylist()]
        if self.has_parts:
            _drop_parts_of_whole_lines(records)
        return _parsed(records)

    def _record(self, line: str) -> dict[str, str | None] | None:
        if not line.lstrip().startswith("{"):
            return None
        try:
            value = _JSON.parse(line)
            fields = json_values.flatten(value) if isinstance(value, dict) else {}
        except (ValueError, RecursionError):
            return None
        if not fields or (self.marks and not any(mark in fields for mark in self.marks)):
            return None
        main = {
            TIME: _take(fields, self.times),
            LEVEL: _take(fields, self.levels),
            COMPONENT: _take(fields, self.components),
            MESSAGE: _take(fields, self.messages),
        }
        is_known = bool(self.marks) or (main[MESSAGE] is not None and main[TIME] is not None and _is_level(main[LEVEL]))
        if not is_known:
            return None
        level = main[LEVEL]
        if self.has_severities and level is not None and level.isdigit() and int(level) <= 7:
            main[LEVEL] = SEVERITIES[int(level)]
        message = main[MESSAGE]
        main[MESSAGE] = None if message is None else message.rstrip("\r\n")
        if self.has_parts and message is not None and not message.endswith("\n"):
            main[PART] = MORE
        return {**main, **{_field(name): cell for name, cell in fields.items()}}


def _drop_parts_of_whole_lines(records: Sequence[dict[str, str | None] | None]) -> None:
    """Where hardly any message has a line end, whoever passed the log on took them off, and none is a part."""
    known = [record for record in records if record is not None]
    if sum(PART not in record for record in known) < _LEAST_WITH_LINE_END * len(known):
        for record in known:
            record.pop(PART, None)


def _take(fields: dict[str, str | None], keys: Sequence[str]) -> str | None:
    """The first of the keys that has a value, taken out of the fields."""
    for key in keys:
        value = fields.get(key)
        if value:
            del fields[key]
            return value
    return None


def _is_level(value: str | None) -> bool:
    return value is not None and (value.upper() in LEVEL_NAMES or value in ("10", "20", "30", "40", "50", "60"))


def _field(name: str) -> str:
    """A key as a column beside those that every log has."""
    return f"{name} (field)" if name in (LINE, TIME, LEVEL, COMPONENT, MESSAGE) else name


def _parsed(records: Sequence[Mapping[str, str | None] | None]) -> Parsed:
    names: dict[str, None] = {}
    for record in records:
        if record is not None:
            names.update(dict.fromkeys(record))
    kept = list(names)[:MAX_FIELDS]
    empty: Mapping[str, str | None] = {}
    filled = [empty if record is None else record for record in records]
    columns = {name: _strings([record.get(name) for record in filled]) for name in kept}
    if LEVEL in columns:
        columns[LEVEL] = name_levels(columns[LEVEL])
    safe = {" ".join(repair_text(name).split()) or "field": column for name, column in columns.items()}
    return Parsed(pa.array([record is not None for record in records], pa.bool_()), safe, len(names) - len(kept))


def _strings(values: Sequence[str | None]) -> pa.Array:
    column, _ = string_column(values)
    return column


_PAIR = re.compile(r'(?:^|(?<=\s))([A-Za-z_@][\w.@/-]*+)=(?:"((?:[^"\\]|\\.)*+)"|([^\s"]*+))(?=\s|$)')
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_HOUR = re.compile(r"\d\d:\d\d:\d\d(?:\.\d+)?")
_ZONE = re.compile(r"[+-]\d\d:?\d\d")
_ESCAPE = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


@dataclass(frozen=True)
class LogfmtFormat:
    """``key=value key="a longer value"``: a record has a message, and a time or a level; or a day and an hour."""

    name: str
    continues: str | None = None

    def parse(self, lines: pa.Array) -> Parsed:
        """Each line by itself."""
        return _parsed([_logfmt_record(line) for line in lines.to_pylist()])


def _logfmt_record(line: str) -> dict[str, str | None] | None:
    first = _PAIR.match(line.lstrip())
    if first is None:
        return None
    fields: dict[str, str | None] = {}
    for key, quoted, bare in _PAIR.findall(line):
        value = _ESCAPE.sub(lambda found: _ESCAPES.get(found[1], found[1]), quoted) if "\\" in quoted else quoted
        while key in fields:
            key += "'"
        fields[key] = value or bare or None
    is_dated = _join_day_and_hour(fields)
    if not is_dated and not any(fields.get(key) for key in ("msg", "message", "event", "err", "error")):
        return None
    if not any(_is_level(fields.get(key)) for key in _LEVELS) and not any(fields.get(key) for key in _TIMES):
        return None
    main = {
        TIME: _take(fields, _TIMES),
        LEVEL: _take(fields, _LEVELS),
        COMPONENT: _take(fields, _COMPONENTS),
        MESSAGE: _take(fields, _MESSAGES),
    }
    if main[MESSAGE] is None:
        main[MESSAGE] = _take(fields, ("err", "error"))
    return {**main, **{_field(name): cell for name, cell in fields.items()}}


def _join_day_and_hour(fields: dict[str, str | None]) -> bool:
    """Makes one time of ``date=`` and ``time=``, as firewalls write them, and of their zone."""
    day, hour, zone = (fields.get(key) or "" for key in ("date", "time", "tz"))
    if not _DAY.fullmatch(day) or not _HOUR.fullmatch(hour):
        return False
    fields["time"] = f"{day} {hour}{zone if _ZONE.fullmatch(zone) else ''}"
    del fields["date"]
    return True


FORMATS = (
    JsonFormat(
        "JSON (Docker)", ("stream",), times=("time",), levels=(), components=("attrs.tag", "stream"), messages=("log",),
        has_parts=True,
    ),
    JsonFormat(
        "JSON (journald)",
        ("__REALTIME_TIMESTAMP", "__CURSOR"),
        times=("_SOURCE_REALTIME_TIMESTAMP", "__REALTIME_TIMESTAMP"),
        levels=("PRIORITY",),
        components=("SYSLOG_IDENTIFIER", "_COMM", "_SYSTEMD_UNIT"),
        messages=("MESSAGE",),
        has_severities=True,
    ),
    JsonFormat("JSON (GCP)", ("insertId", "logName", "textPayload", "jsonPayload.message", "protoPayload.@type")),
    JsonFormat("JSON (ECS)", ("ecs.version", "log.level", "log.logger")),
    JsonFormat("JSON (CloudWatch)", ("logStreamName", "logStream", "ingestionTime", "@logStream", "@ingestionTime")),
    JsonFormat("JSON (MongoDB)", ("t.$date",)),
    JsonFormat("JSON (Serilog)", ("@t", "@mt")),
    JsonFormat("JSON log lines"),
    LogfmtFormat("logfmt"),
)  # fmt: skip
