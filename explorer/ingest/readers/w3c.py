"""Logs in the W3C extended format: IIS, Exchange, CloudFront, the Windows firewall, proxies; and Zeek's own.

Directives begin with "#"; ``#Fields:`` names the values of the lines below it, and may change inside of a file.
Format: W3C working draft WD-logfile-960323. Values are separated by spaces, tabs, or (Exchange) commas. Zeek has tabs
everywhere, also behind ``#fields``.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence

from explorer.ingest.readers.base import Confidence, FileRows, Tick
from explorer.ingest.readers.log_blocks import Block, Fields, main_columns, put, read_blocks, take_first
from explorer.ingest.readers.records import noted_lines
from explorer.ingest.source import Source

_FIELDS = re.compile(r"^\ufeff?#(?:Fields:[ \t]*|fields\t)[A-Za-z]", re.MULTILINE)
_OTHER = re.compile(r"^\ufeff?#(?:(?:Version|Software|Date|Start-Date|Remark):|separator |path\t)", re.MULTILINE)
_DIRECTIVE = re.compile(r"#([^:\t]*)[:\t]?(.*)", re.DOTALL)
_VALUE = re.compile(r'"((?:[^"]|"")*)"(?=\s|$)|(\S+)')
_DATE = re.compile(r"\d{4}-\d\d-\d\d")

_COMPONENTS = ("s-sitename", "cs-host", "s-computername", "x-host-header", "server-hostname", "s-ip")
_TIMES = ("date-time", "x-timestamp", "gmttime", "timestamp", "ts")
_METHODS = ("cs-method",)
_STEMS = ("cs-uri-stem", "cs-uri", "cs-url", "c-uri")
_QUERIES = ("cs-uri-query",)

BEFORE = "stands before the first #Fields line, which would name its values"


class W3cReader:
    """Reads lines one by one, each by the #Fields line above it."""

    name = "W3C extended log"
    is_lines = True

    def sniff(self, source: Source) -> Confidence:
        if not source.is_text or ("#Fields:" not in source.head and "#fields\t" not in source.head):
            return Confidence.NO
        head = source.head.replace("\r", "\n").lstrip("\ufeff\x00 \t\n")
        # A file that was cut may begin with lines of which it no longer says what they hold.
        begins_so = head.startswith("#") or _OTHER.search(head) is not None
        return Confidence.PLAIN if begins_so and _FIELDS.search(head) else Confidence.NO

    def read(self, source: Source, tick: Tick) -> FileRows:
        text, encoding, notes = source.decoded
        lines = _Lines()
        log = read_blocks(source, lines.blocks(text), tick)
        return log.finish(self.name, encoding, (*notes, *lines.notes()))


def _numbered(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their numbers, one at a time: there may be millions."""
    line_end = "\n" if "\n" in text else "\r"
    start = number = 0
    while start < len(text):
        end = text.find(line_end, start)
        end = len(text) if end < 0 else end
        number += 1
        yield number, text[start:end].removesuffix("\r")
        start = end + 1


class _Lines:
    def __init__(self) -> None:
        self._names: list[str] = []
        self._is_comma = False
        self._date = ""  # of the directive, for lines that have only a clock
        self._n_directives = 0
        self._n_dated = 0
        self._changes: list[int] = []

    def notes(self) -> list[str]:
        has = "1 line begins" if self._n_directives == 1 else f"{self._n_directives:,} lines begin"
        notes = [f"{has} with # and names fields or the program; it is no record."]
        if self._n_directives > 1:
            notes = [f"{has} with # and name fields or the program; they are no records."]
        if self._changes:
            notes.append(f"The fields change inside the file ({noted_lines(self._changes)}).")
        if self._n_dated:
            notes.append("The lines carry no date; it is that of the #Date line above them.")
        return notes

    def blocks(self, text: str) -> Iterator[Block]:
        """Every line that is no directive; holes of NUL bytes, as a crash leaves them, are no part of a line."""
        for number, written in _numbered(text):
            line = written.strip("\x00\ufeff")
            if not line or line.isspace():
                continue
            if line.startswith("#"):
                self._direct(line, number)
            else:
                yield self._block(line, number)

    def _direct(self, line: str, number: int) -> None:
        self._n_directives += 1
        name, value = _DIRECTIVE.findall(line)[0]
        if name.strip().casefold() == "date":
            found = _DATE.search(value)
            self._date = found.group() if found else ""
        if name.strip().casefold() != "fields" or not value.strip():
            return
        self._is_comma = "," in value
        names = [one.strip() for one in value.split(",")] if self._is_comma else value.split()
        if self._names and names != self._names:
            self._changes.append(number)
        self._names = names

    def _block(self, raw: str, number: int) -> Block:
        if not self._names:
            return Block(number, raw, {}, BEFORE)
        values = _values(raw, len(self._names), is_comma=self._is_comma)
        if len(values) != len(self._names):
            problem = f"{len(values):,} values where #Fields names {len(self._names):,}"
            return Block(number, raw, {}, problem)
        fields: Fields = {}
        for name, value in zip(self._names, values, strict=True):
            put(fields, name, "" if value == "-" else value)
        return Block(number, raw, self._cells(fields))

    def _cells(self, fields: Fields) -> dict[str, str | None]:
        date, clock = fields.pop("date", ""), fields.pop("time", "")
        if clock and not date and self._date:
            date = self._date
            self._n_dated += 1
        time = f"{date} {clock}".strip() or take_first(fields, _TIMES)
        component = take_first(fields, _COMPONENTS)
        stem = next((fields[name] for name in _STEMS if fields.get(name)), "")
        if stem:
            method, path = take_first(fields, _METHODS), take_first(fields, _STEMS)
            query = take_first(fields, _QUERIES)
            address = f"{path}?{query}" if query else path
            message = f"{method} {address}" if method else address
        else:
            message = " ".join(value for value in fields.values() if value)
        return main_columns(fields, time=time, level=None, component=component, message=message)


def _values(line: str, n: int, *, is_comma: bool) -> Sequence[str]:
    """The values of a line; where tabs separate them, one may be empty or hold spaces."""
    if is_comma:
        try:
            return next(csv.reader([line]))
        except csv.Error:
            return line.split(",")
    by_tab = line.rstrip("\r\n").split("\t")
    if len(by_tab) == n:
        return by_tab
    if '"' in line:
        quoted = [inner.replace('""', '"') or bare for inner, bare in _VALUE.findall(line)]
        if len(quoted) == n:
            return quoted
    return line.split()
