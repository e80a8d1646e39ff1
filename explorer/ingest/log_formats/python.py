"""What Python programs write by default: logging, Django, Celery, gunicorn, uvicorn, loguru, OpenStack."""

from __future__ import annotations

from explorer.ingest.log_formats.base import ExpressionFormat
from explorer.ingest.log_parts import CLF_TIME, IN_BRACKETS, ISO_TIME, LEVEL, NAME

FORMATS = (
    ExpressionFormat(
        "Python logging",
        rf"^\[?(?P<time>{ISO_TIME})\]? - (?P<component>[^\s]+(?: [^\s]+)?) - (?:(?P<pid>\d+) - )?(?P<level>{LEVEL}) - "
        r"(?:\[?(?P<place>[\w./-]+:\d+)\]? - )?(?P<message>.*)$",
    ),
    ExpressionFormat(
        "Python logging (level:name:message)",
        r"^(?P<level>DEBUG|INFO|WARNING|ERROR|CRITICAL):(?P<component>[\w.-]+):(?P<message>.*)$",
    ),
    ExpressionFormat(
        "loguru",
        rf"^(?P<time>{ISO_TIME}) \| (?P<level>{LEVEL}|SUCCESS) *\| (?P<component>[\w.<>]+):(?P<function>[\w.<>]+):"
        r"(?P<place>\d+) - (?P<message>.*)$",
    ),
    ExpressionFormat(
        "Celery",
        rf"^\[(?P<time>{ISO_TIME}): (?P<level>{LEVEL})/(?P<thread>[\w-]+)\] "
        r"(?:(?P<component>[\w.]+)\[(?P<task>[0-9a-f-]{36})\]: )?(?P<message>.*)$",
    ),
    ExpressionFormat(
        "gunicorn",
        rf"^\[(?P<time>{ISO_TIME})\] \[(?P<pid>\d+)\] \[(?P<level>{LEVEL})\] (?P<message>.*)$",
    ),
    ExpressionFormat(
        "uvicorn",
        r"^(?P<level>DEBUG|INFO|WARNING|ERROR|CRITICAL|TRACE): {3,}(?P<message>.*)$",
    ),
    ExpressionFormat(
        "OpenStack",
        rf"^(?:(?P<file>[\w.-]+\.log\S*) )?(?P<time>{ISO_TIME}) (?P<pid>\d+) (?P<level>{LEVEL}) (?P<component>{NAME}) "
        rf"\[(?P<request>-|req-{IN_BRACKETS})\] (?P<message>.*)$",
        nil="-",
    ),
    ExpressionFormat(
        "Monolog",
        rf"^\[(?P<time>{ISO_TIME})\] (?P<component>[\w.-]+)\.(?P<level>{LEVEL}): (?P<message>.*)$",
    ),
    ExpressionFormat(
        "Django server",
        rf"^\[(?P<time>{CLF_TIME})\] (?:(?P<level>{LEVEL}) )?(?:\[(?P<component>{NAME}):(?P<place>\d+)\] )?"
        r"(?P<message>.*)$",
    ),
)
