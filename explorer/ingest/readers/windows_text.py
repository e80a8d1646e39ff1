"""Windows events as ``wevtutil qe /f:text`` prints them: "Event[0]:", indented lines of names and values, and the
message, which may have any number of lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from explorer.ingest.readers.base import Confidence, FileRows, Tick
from explorer.ingest.readers.log_blocks import Block, Fields, main_columns, put, read_blocks, take_first
from explorer.ingest.readers.windows_levels import level_of
from explorer.ingest.source import Source

_BEGIN = re.compile(r"^Event\[\d{1,10}\]:?[ \t]*\r?$", re.MULTILINE)
_FIRST = re.compile(r"[\s\ufeff]*Event\[\d{1,10}\]:?[ \t]*\r?\n[ \t]{1,8}[^\s:][^:\n]{0,60}:")
_PAIR = re.compile(r"[ \t]{1,8}([^\s:][^:]{0,60}):[ \t]*(.*)")
#: The order in which the lines stand, by which they are known where Windows speaks another language.
_NAMES = ("Log Name", "Source", "Date", "Event ID", "Task", "Level", "Opcode", "Keyword", "User", "User Name",
          "Computer", "Description")  # fmt: skip

BEFORE = "text before the first event"
NO_VALUES = "an event without the lines of names and values that begin one"


class WindowsTextReader:
    """Reads events one by one."""

    name = "Windows events (text)"
    is_lines = True

    def sniff(self, source: Source) -> Confidence:
        return Confidence.PLAIN if source.is_text and _FIRST.match(source.head) else Confidence.NO

    def read(self, source: Source, tick: Tick) -> FileRows:
        text, encoding, notes = source.decoded
        return read_blocks(source, _blocks(text), tick).finish(self.name, encoding, notes)


def _blocks(text: str) -> Iterator[Block]:
    starts = [match.start() for match in _BEGIN.finditer(text)]
    before = text[: starts[0] if starts else len(text)].strip("\ufeff \t\r\n")
    if before:
        yield Block(1, before, {}, BEFORE)
    line = at = 0
    for start, end in zip(starts, [*starts[1:], len(text)], strict=False):
        line += text.count("\n", at, start)
        at = start
        yield _block(line + 1, text[start:end].replace("\r\n", "\n").rstrip())


def _block(line: int, raw: str) -> Block:
    lines = raw.split("\n")[1:]
    pairs: list[tuple[str, str]] = []
    while len(pairs) < len(lines) and (pair := _PAIR.fullmatch(lines[len(pairs)])):
        pairs.append((pair[1].strip(), pair[2].strip()))
        if len(pairs) == len(_NAMES) or pair[1] == _NAMES[-1]:
            break  # the message may have lines that look like names and values
    if len(pairs) < 3:
        return Block(line, raw, {}, NO_VALUES)
    message = "\n".join(lines[len(pairs) :]).strip()
    if len(pairs) == len(_NAMES) and _NAMES[-1] not in (name for name, _ in pairs):
        pairs = [(name, value) for name, (_, value) in zip(_NAMES, pairs, strict=True)]
    fields: Fields = {}
    for name, value in pairs:
        put(fields, name, "" if value == "N/A" else value)
    message = "\n".join(filter(None, [fields.pop(_NAMES[-1], ""), message]))
    level = level_of(None, fields.pop("Level", None))
    time, component = take_first(fields, ("Date",)), take_first(fields, ("Source",))
    return Block(line, raw, main_columns(fields, time=time, level=level, component=component, message=message))
