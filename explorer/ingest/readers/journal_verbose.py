"""Entries of the systemd journal as ``journalctl -o verbose`` prints them: a line with the time and the cursor, and an
indented line for each field; the further lines of a value are indented deeper."""

from __future__ import annotations

import re
from collections.abc import Iterator

from explorer.ingest.readers.base import Confidence, FileRows, Tick
from explorer.ingest.readers.journal import entry_columns
from explorer.ingest.readers.log_blocks import Block, Fields, put, read_blocks
from explorer.ingest.source import Source

_HEAD = (
    r"(?:[A-Z]\w{1,8}\.? )?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})?(?: [A-Z]{2,5}| [+-]\d\d(?::?\d\d)?)?) "
    r"\[s=[^\]\n]*\]\r?$"
)
_BEGIN = re.compile(rf"^{_HEAD}", re.MULTILINE)
_FIRST = re.compile(rf"[\s\ufeff]*(?:-- [^\n]*\n)?{_HEAD}\n {{4}}[A-Z_][A-Z0-9_]*=", re.MULTILINE)
_FIELD = re.compile(r" {4}([A-Z_][A-Z0-9_]*)=(.*)")
#: What journalctl prints between entries: "-- Boot 5f2e... --", "-- Journal begins at ... --".
_REMARK = re.compile(r"-- .* --\s*\Z")
_TIMES = ("_SOURCE_REALTIME_TIMESTAMP", "__REALTIME_TIMESTAMP")

BEFORE = "text before the first entry"
NO_FIELDS = "an entry without fields"


class JournalVerboseReader:
    """Reads entries one by one."""

    name = "journald verbose"
    is_lines = True

    def sniff(self, source: Source) -> Confidence:
        return Confidence.PLAIN if source.is_text and _FIRST.match(source.head) else Confidence.NO

    def read(self, source: Source, tick: Tick) -> FileRows:
        text, encoding, notes = source.decoded
        return read_blocks(source, _blocks(text), tick).finish(self.name, encoding, notes)


def _blocks(text: str) -> Iterator[Block]:
    heads = list(_BEGIN.finditer(text))
    starts = [head.start() for head in heads]
    before = text[: starts[0] if starts else len(text)].strip("\ufeff \t\r\n")
    if before and not _REMARK.fullmatch(before):
        yield Block(1, before, {}, BEFORE)
    line = at = 0
    for head, start, end in zip(heads, starts, [*starts[1:], len(text)], strict=True):
        line += text.count("\n", at, start)
        at = start
        yield _block(line + 1, head[1], text[start:end].replace("\r\n", "\n").rstrip())


def _block(line: int, time: str, raw: str) -> Block:
    fields: Fields = {}
    name = ""
    for said in raw.split("\n")[1:]:
        found = _FIELD.fullmatch(said)
        if found is not None:
            name = found[1]
            put(fields, name, found[2])
        elif name and not _REMARK.fullmatch(said):
            fields[name] = f"{fields[name]}\n{said.strip()}"
    if not fields:
        return Block(line, raw, {}, NO_FIELDS)
    for known in _TIMES:
        fields.pop(known, None)  # the line above says it, in the zone of the machine
    return Block(line, raw, entry_columns(fields, time))
