"""Database servers: PostgreSQL, MySQL and MariaDB, Redis."""

from __future__ import annotations

from explorer.ingest.log_formats.base import ExpressionFormat
from explorer.ingest.log_parts import CLOCK, ISO_TIME, MONTH

_POSTGRES = "DEBUG[1-5]?|INFO|NOTICE|WARNING|ERROR|LOG|FATAL|PANIC"

FORMATS = (
    ExpressionFormat(
        "PostgreSQL",
        rf"^(?P<time>{ISO_TIME}|\d{{4}}-\d\d-\d\d {CLOCK} [A-Z]{{3,5}}) (?:\[(?P<pid>\d+)(?:-\d+)?\]:? ?)?"
        r"(?:(?P<user>[^\s@\[\]:]+)@(?P<database>[^\s\[\]:]+) )?"
        rf"(?:(?P<level>{_POSTGRES})|(?P<part>DETAIL|HINT|STATEMENT|CONTEXT|QUERY|LOCATION)):  ?(?P<message>.*)$",
    ),
    ExpressionFormat(
        "MySQL error log",
        rf"^(?P<time>{ISO_TIME}|\d{{6}} [ \d]\d:\d\d:\d\d) (?P<thread>\d+)? ?\[(?P<level>System|Note|Warning|ERROR)\] "
        r"(?:\[(?P<code>MY-\d+)\] )?(?:\[(?P<component>[^\]]+)\] )?(?P<message>.*)$",
    ),
    ExpressionFormat(
        "MySQL slow log",
        rf"^# Time: (?P<time>{ISO_TIME}|\d{{6}} [ \d]\d:\d\d:\d\d)$",
        continues=r"^(?:[^#]|#(?:$|[^ ]| (?:$|[^T])))",
    ),
    ExpressionFormat(
        "Redis",
        rf"^(?P<pid>\d+):(?P<role>[MSCX]) (?P<time>\d\d {MONTH} \d{{4}} {CLOCK}) (?P<mark>[.*#-]) (?P<message>.*)$",
    ),
)
