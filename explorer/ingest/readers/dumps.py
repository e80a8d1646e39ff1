"""Texts that hold records in a way we do not read: dumps of a database, and YAML. Told by how they begin."""

from __future__ import annotations

import re

from explorer.ingest.source import Source

_HEAD = 20_000
_SQL_COMMENT = re.compile(r"--[^\n]*\n|/\*(?:[^*]|\*(?!/)){0,2000}\*/;?|\s+|#[^\n]*\n")
_SQL = re.compile(
    r"(?:INSERT\s+(?:IGNORE\s+)?INTO|REPLACE\s+INTO|CREATE\s+(?:TABLE|DATABASE|SCHEMA)|DROP\s+TABLE|SET\s+[@\w]+|"
    r"USE\s+\S+\s*;|BEGIN(?:\s+TRANSACTION)?\s*;|PRAGMA\s|LOCK\s+TABLES|START\s+TRANSACTION|COPY\s+\S+[^;]*FROM\s+stdin)",
    re.IGNORECASE,
)
_DUMP = re.compile(r"-- (?:MySQL|MariaDB|PostgreSQL|phpMyAdmin|Adminer|SQLite|mysqldump)\b.{0,80}", re.IGNORECASE)
_YAML = re.compile(
    r"(?:%YAML[^\n]*\n)?(?:---[^\n]*\n)?(?:\s*#[^\n]*\n|\s*\n)*(?:-\s+)?[\"']?[\w .-]{1,60}[\"']?:(?:\s|$)"
)


def dump_kind(source: Source) -> str:
    """What a text is that is neither a table nor a log, as part of a sentence; "" for any other. Never raises."""
    if not source.is_text:
        return ""
    head = source.head[:_HEAD].lstrip("\ufeff")
    if _is_sql(head, source.suffix):
        return "a dump of a database. Export the table as CSV or JSON, or read the file as plain lines."
    if source.suffix in ("yml", "yaml") and _YAML.match(head):
        return "YAML, which is not read as a table. Export the records as JSON or CSV, or read the file as plain lines."
    return ""


def _is_sql(head: str, suffix: str) -> bool:
    at = 0
    while found := _SQL_COMMENT.match(head, at):
        at = found.end()
    return _SQL.match(head, at) is not None and (suffix == "sql" or _DUMP.search(head, 0, at) is not None)
