"""The export format of the systemd journal (``journalctl -o export``).

Blocks of ``KEY=value`` lines with a blank line behind each. A value that is not printable stands as its KEY on a line
of its own, then its length (64 bits, little-endian), its bytes and a line end. Format: systemd's "Journal Export
Formats". As lengths are arbitrary bytes the file is read as bytes, whatever it looks like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from explorer.ingest.levels import SEVERITIES
from explorer.ingest.readers.base import Confidence, FileRows, Tick
from explorer.ingest.readers.log_blocks import Block, Fields, main_columns, put, read_blocks, take_first
from explorer.ingest.source import Source

_HEAD = 64 << 10
_LINE = rb"[A-Z_][A-Z0-9_]{0,255}=[^\n]*\n"
_BEGIN = re.compile(rb"(?:\r?\n)*(?:" + _LINE + rb")*?__REALTIME_TIMESTAMP=\d+\r?\n")
_NAME = re.compile(rb"[A-Z_][A-Z0-9_]{0,255}")
_BLANKS = re.compile(rb"(?:\r?\n)+")
_NEXT_CURSOR = re.compile(rb"\n\r?\n(?=__CURSOR=)")
_NEXT_BLOCK = re.compile(rb"\n\r?\n")
_N_SHOWN = 2_000

_TIMES = ("_SOURCE_REALTIME_TIMESTAMP", "__REALTIME_TIMESTAMP")
_COMPONENTS = ("SYSLOG_IDENTIFIER", "_COMM", "_SYSTEMD_UNIT")

NEITHER = "a line that is neither KEY=value nor the name of a binary field"
TOO_LONG = "a binary field that is longer than the file"
NO_END = "a binary field that does not end where its length says"

_Values = list[tuple[bytes, bytes]]


class JournalReader:
    """Reads blocks one by one; behind a damaged one reading goes on with the next."""

    name = "journald export"
    is_lines = True

    def sniff(self, source: Source) -> Confidence:
        return Confidence.PLAIN if _BEGIN.match(source.data[:_HEAD]) else Confidence.NO

    def read(self, source: Source, tick: Tick) -> FileRows:
        journal = _Journal(source.data)
        log = read_blocks(source, journal.blocks(), tick)
        notes = []
        if journal.n_damaged:
            has = "1 value is" if journal.n_damaged == 1 else f"{journal.n_damaged:,} values are"
            notes.append(f"{has} not UTF-8; what could not be decoded shows as \ufffd.")
        return log.finish(self.name, "UTF-8", notes)


class _Journal:
    def __init__(self, data: bytes) -> None:
        self.n_damaged = 0
        self._data = data
        # Every block that journalctl writes begins with its cursor; binary values may hold blank lines.
        begins_so = data.lstrip(b"\r\n").startswith(b"__CURSOR=")
        self._next = _NEXT_CURSOR if begins_so else _NEXT_BLOCK

    def blocks(self) -> Iterator[Block]:
        """Every block; time is linear, as whatever was looked at is passed over."""
        data, at, line = self._data, 0, 1
        while at < len(data):
            blank = _BLANKS.match(data, at)
            begin = blank.end() if blank else at
            line += data.count(b"\n", at, begin)
            if begin == len(data):
                return
            values, end, problem = self._values(begin)
            if problem:
                found = self._next.search(data, max(end - 2, begin))
                end = found.end() if found else len(data)
                text = data[begin : min(end, begin + _N_SHOWN)].decode("utf-8", "replace")
                yield Block(line, text.rstrip("\r\n"), {}, problem)
            else:
                yield self._block(line, values)
            line += data.count(b"\n", begin, end)
            at = end

    def _values(self, at: int) -> tuple[_Values, int, str]:
        """The values of the block at a place, where it ends, and what is wrong with it or ""."""
        data = self._data
        values: _Values = []
        while at < len(data):
            end = data.find(b"\n", at)
            end = len(data) if end < 0 else end
            said = data[at:end].removesuffix(b"\r")
            if not said:
                return values, end, ""
            name, equals, value = said.partition(b"=")
            if not _NAME.fullmatch(name):
                return values, at, NEITHER
            if not equals:
                start = end + 9
                length = int.from_bytes(data[end + 1 : start], "little")
                end = start + length
                if end > len(data):
                    return values, at, TOO_LONG
                if end < len(data) and data[end] != ord("\n"):
                    return values, at, NO_END
                value = data[start:end]
            values.append((name, value))
            at = end + 1
        return values, len(data), ""

    def _block(self, line: int, values: _Values) -> Block:
        fields: Fields = {}
        raw = []
        for name, value in values:
            text = value.decode("utf-8", "replace")
            self.n_damaged += "\ufffd" in text and text.encode() != value
            raw.append(f"{name.decode()}={text}")
            put(fields, name.decode(), text)
        return Block(line, "\n".join(raw), entry_columns(fields, take_first(fields, _TIMES)))


def entry_columns(fields: Fields, time: str | None) -> dict[str, str | None]:
    """The columns of an entry of the journal with these fields."""
    priority = fields.get("PRIORITY", "")
    level = SEVERITIES[int(priority)] if re.fullmatch("[0-7]", priority) else None
    if level:
        del fields["PRIORITY"]
    component, message = take_first(fields, _COMPONENTS), take_first(fields, ("MESSAGE",))
    return main_columns(fields, time=time, level=level, component=component, message=message)
