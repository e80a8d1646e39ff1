"""Log entries as JSON objects that no key "message" gives away: access logs, audit trails, answers of log stores.

What the formats of JSON lines know already (:mod:`explorer.ingest.log_formats`) is asked first; a rule here says which
keys an entry has, and which of them together are its message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from explorer.ingest.levels import LEVEL_NAMES, name_levels
from explorer.ingest.log_columns import LEVEL, MESSAGE, TIME
from explorer.ingest.log_formats import LOG_FORMATS, choose_format, is_json
from explorer.ingest.log_formats.base import LogFormat
from explorer.ingest.log_formats.structured import JsonFormat
from explorer.ingest.readers.base import repair_text, string_column
from explorer.ingest.readers.json_values import Cells, flatten
from explorer.ingest.readers.log_blocks import main_columns
from explorer.ingest.role_words import BODY, TITLE, split_name

_LEAST = 0.6  # of the entries have what a format or rule asks for
_MOST_VALUES = 12  # keys put together where there is no message
_LONGEST_VALUE = 100


def _general() -> JsonFormat:
    known = LOG_FORMATS["JSON log lines"]
    assert isinstance(known, JsonFormat)
    return known


_TIMES = (
    *_general().times, "time_local", "time_iso8601", "start_time", "StartUTC", "startTime", "TimestampInMs",
    "timestampInMs", "time_ms", "eventTimestamp", "published", "EventTime", "TimeGenerated", "TimeCreated", "Timestamp",
    "Time", "lastTimestamp", "stageTimestamp", "requestReceivedTimestamp", "EdgeStartTimestamp", "msec",
)  # fmt: skip
_LEVELS = _general().levels
_COMPONENTS = _general().components
_MESSAGES = (*_general().messages, "displayMessage", "text", "line", "_raw")
_METHODS = (
    "request_method", "method", "http_method", "httpMethod", "RequestMethod", "requestMethod", "verb", "req.method",
    "request.method", "httpRequest.requestMethod", "http.request.method", "cs-method", "ClientRequestMethod",
)  # fmt: skip
_PATHS = (
    "request_uri", "uri", "path", "url", "request_path", "requestPath", "RequestPath", "requestUri", "requestURI",
    "request_url", "req.url", "request.uri", "request.url", "httpRequest.requestUrl", "url.original", "url.path",
    "cs-uri-stem", "ClientRequestURI", "uri_path",
)  # fmt: skip
_STATUS = (
    "status", "status_code", "statusCode", "response_code", "http_status", "httpStatusCode", "DownstreamStatus",
    "response.status", "res.statusCode", "httpRequest.status", "http.response.status_code", "sc-status",
    "EdgeResponseStatus", "responseStatus.code", "response_status", "code",
)  # fmt: skip


@dataclass(frozen=True)
class EventRule:
    """``needs``: an entry has one key of each group; ``message`` makes what it says of its fields, "" for nothing."""

    name: str
    needs: tuple[tuple[str, ...], ...]
    message: Callable[[Mapping[str, str | None]], str]
    components: tuple[str, ...] = _COMPONENTS
    levels: tuple[str, ...] = _LEVELS
    fits: Callable[[Mapping[str, str | None]], bool] = lambda _: True

    def main(self, fields: Mapping[str, str | None]) -> dict[str, str] | None:
        """Message, time, level and component of an entry, those that it has; None where it is none of this rule."""
        if not all(_first(fields, keys) for keys in self.needs) or not self.fits(fields):
            return None
        message = self.message(fields)
        if not message:
            return None
        found = {"time": _first(fields, _TIMES), "level": _first(fields, self.levels)}
        return {"message": message, "component": _first(fields, self.components), **found}


def _first(fields: Mapping[str, str | None], keys: Sequence[str]) -> str:
    return next((value for key in keys if (value := fields.get(key))), "")


def _joined(*groups: tuple[str, ...]) -> Callable[[Mapping[str, str | None]], str]:
    return lambda fields: " ".join(filter(None, (_first(fields, keys).strip() for keys in groups)))


def _is_http(fields: Mapping[str, str | None]) -> bool:
    status = _first(fields, _STATUS)
    return len(status) == 3 and status.isascii() and status.isdigit() and status[0] in "12345"


def _has_level(fields: Mapping[str, str | None]) -> bool:
    return _first(fields, _LEVELS).upper() in LEVEL_NAMES


def _is_silent(fields: Mapping[str, str | None]) -> bool:
    """Whether an entry with a level has no text: the title or description of a ticket is one."""
    texts = (value for key, value in fields.items() if value and len(value.split()) >= 3 and _is_text_name(key))
    return _has_level(fields) and next(texts, None) is None


def _is_text_name(key: str) -> bool:
    return bool(set(split_name(key)) & (TITLE | BODY))


def _pairs(fields: Mapping[str, str | None]) -> str:
    """Short values with their names; time, level and component have columns of their own."""
    own = {*_TIMES, *_LEVELS}
    shown = [f"{key}={value}" for key, value in fields.items() if key not in own and _is_short(value)]
    return " ".join(shown[:_MOST_VALUES])


def _is_short(value: str | None) -> bool:
    return bool(value) and len(value or "") <= _LONGEST_VALUE and "\n" not in (value or "")


_RULES: tuple[EventRule, ...] = (
    EventRule("HTTP access log", (_TIMES, ("request",), _STATUS), _joined(("request",), _STATUS), fits=_is_http),
    EventRule(
        "HTTP access log", (_TIMES, _METHODS, _PATHS, _STATUS), _joined(_METHODS, _PATHS, _STATUS), fits=_is_http
    ),
    EventRule(
        "AWS CloudTrail",
        (("eventTime",), ("eventName",), ("eventSource",)),
        _joined(("eventName",), ("errorCode",), ("errorMessage",)),
        components=("eventSource",),
    ),
    EventRule("Splunk results", (("_time",), ("_raw",)), _joined(("_raw",)), components=("sourcetype", "source")),
    EventRule("CloudWatch query", (("@timestamp",), ("@message",)), _joined(("@message",)), components=("@logStream",)),
    EventRule(
        "Loki lines",
        (("time", "timestamp"), ("line",)),
        _joined(("line",)),
        components=("app", "job", "container", "service_name", "service", "labels.app", "labels.job"),
        levels=(*_LEVELS, "labels.level", "detected_level"),
    ),
    EventRule(
        "Kubernetes events",
        (("lastTimestamp", "eventTime", "metadata.creationTimestamp"), ("reason",), ("message",), ("type",)),
        _joined(("reason",), ("message",)),
        components=("involvedObject.kind", "source.component"),
        levels=("type",),
    ),
    EventRule(
        "Kubernetes audit",
        (("stageTimestamp", "requestReceivedTimestamp"), ("verb",), ("requestURI",)),
        _joined(("verb",), ("requestURI",), ("responseStatus.code",)),
        components=("user.username",),
        levels=(),
    ),
    EventRule(
        "Azure activity log",
        (("time", "eventTimestamp", "TimeGenerated"), ("operationName", "operationName.value", "OperationName")),
        _joined(
            ("operationName", "operationName.value", "OperationName"),
            ("resultType", "status.value", "ActivityStatus"),
            ("resultDescription",),
        ),
        components=("category", "resourceProviderName.value", "Category"),
    ),
    EventRule(
        "Okta system log",
        (("published",), ("eventType",), ("displayMessage",)),
        _joined(("displayMessage",), ("outcome.result",), ("outcome.reason",)),
        components=("eventType",),
    ),
    EventRule("log entries", (_TIMES, _LEVELS, _MESSAGES), _joined(_MESSAGES), fits=_has_level),
    EventRule("log entries", (_TIMES, _LEVELS), _pairs, fits=_is_silent),
)


class Entries:
    """What entries of one file are written in: ``columns`` takes them apart. ``name`` is shown to the user."""

    def __init__(self, known: LogFormat | None, rule: EventRule | None) -> None:
        self._known = known
        self._rule = rule
        self.name = rule.name if rule else known.name if known else ""

    def columns(self, raws: Sequence[str], values: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, str | None]]:
        """The columns of each entry; ``raws`` are the JSON texts of ``values``."""
        if self._known is not None:
            yield from _known_columns(self._known, raws, values)
            return
        for value in values:
            fields = _filled(flatten(value))
            main = (self._rule.main(fields) if self._rule else None) or {}
            # What has become a column of every log needs no other.
            said = {key for key in (*_TIMES, *_LEVELS, *_MESSAGES) if fields.get(key) in main.values()}
            others = {name: cell for name, cell in fields.items() if name not in said}
            yield main_columns(others, **_main(main))


def find_entries(raws: Sequence[str], values: Sequence[Mapping[str, Any]]) -> Entries | None:
    """How a sample of JSON objects is written where they are log entries; None where they are no log."""
    if not values:
        return None
    raws = [repair_text(raw) for raw in raws]
    known = choose_format(raws)
    if known is not None and is_json(known) and _says_enough(known, raws):
        return Entries(known, None)
    fields = [flatten(value) for value in values]
    for rule in _RULES:
        if sum(rule.main(one) is not None for one in fields) >= _LEAST * len(fields):
            return Entries(None, rule)
    return None


def _says_enough(known: LogFormat, raws: Sequence[str]) -> bool:
    """Whether most entries have a time and a message: a key such as "stream" alone may stand in any record."""
    columns = known.parse(pa.array(raws, pa.string())).columns
    have = (len(raws) - columns[name].null_count if name in columns else 0 for name in (TIME, MESSAGE))
    return all(n >= _LEAST * len(raws) for n in have)


def _known_columns(
    known: LogFormat, raws: Sequence[str], values: Sequence[Mapping[str, Any]]
) -> Iterator[Mapping[str, str | None]]:
    parsed = known.parse(string_column(raws)[0])
    is_head = parsed.is_head.to_pylist()
    names = list(parsed.columns)
    rows = zip(*(parsed.columns[name].to_pylist() for name in names), strict=True)
    for is_known, row, value in zip(is_head, rows, values, strict=True):
        if is_known:
            yield {name: cell for name, cell in zip(names, row, strict=True) if cell}
        else:
            yield main_columns(_filled(flatten(value)), **_main({}))


def _filled(fields: Cells) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value}


def _main(found: Mapping[str, str]) -> dict[str, str | None]:
    main: dict[str, str | None] = {name: found.get(name) or None for name in ("time", "level", "component", "message")}
    level = main[LEVEL]
    if level:
        main[LEVEL] = name_levels(pa.array([level]))[0].as_py()
    return main
