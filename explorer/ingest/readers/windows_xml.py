"""Windows events as XML: the Event Viewer's "Save as XML", ``wevtutil qe /f:XML`` and ``/f:RenderedXml``.

``<Event>`` elements with or without a root around them, each taken apart by itself, so that a damaged one costs no
other. Elements are those of Microsoft's event schema (http://schemas.microsoft.com/win/2004/08/events/event).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.parsers import expat

from explorer.errors import UnreadableFileError
from explorer.ingest.readers.base import Confidence, FileRows, Tick
from explorer.ingest.readers.log_blocks import Block, Fields, main_columns, put, read_blocks, take_first
from explorer.ingest.readers.windows_levels import level_of
from explorer.ingest.readers.xml_parts import Attributes, DamagedError, allowed_text, local_name, make_parser
from explorer.ingest.source import Source

_SCHEMA = "schemas.microsoft.com/win/2004/08/events/event"
_MAX_DEPTH = 40
_TOKEN = re.compile(r"<Event(?=[\s>/])|</Event\s{0,9}>")
# What may stand between events. Bounded, so that a thousand beginnings without an end take no longer than one.
_FRAME = re.compile(
    r"[\s\ufeff]+|<\?xml[^>]{0,200}\?>|</?Events(?:\s[^>]{0,500})?>|<!--[^>]{0,500}-->|^Record \d{1,12}(?=\s)",
    re.MULTILINE,
)
_DOCTYPE = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)

#: Fields that every event has; data of the same name is shown beside them.
_OF_SYSTEM = frozenset(
    ("Provider", "ProviderGuid", "EventSourceName", "EventID", "Qualifiers", "Version", "Level", "Task", "Opcode",
     "Keywords", "SystemTime", "EventRecordID", "ActivityID", "RelatedActivityID", "ProcessID", "ThreadID", "Channel",
     "Computer", "UserID", "Message")
)  # fmt: skip
_ATTRIBUTES = {("Provider", "Name"): "Provider", ("Provider", "Guid"): "ProviderGuid"}

CUT = "an event that does not end before the next begins"
BETWEEN = "text between events"


class WindowsXmlReader:
    """Reads events one by one."""

    name = "Windows events (XML)"
    is_lines = True

    def sniff(self, source: Source) -> Confidence:
        if not source.is_text or not source.head.lstrip("\ufeff \t\r\n").startswith(("<", "Record ")):
            return Confidence.NO
        first = _TOKEN.search(source.head)
        if first is None or _SCHEMA not in source.head:
            return Confidence.NO
        before = source.head[: first.start()]
        return Confidence.PLAIN if _DOCTYPE.search(before) or not _FRAME.sub("", before) else Confidence.NO

    def read(self, source: Source, tick: Tick) -> FileRows:
        text, encoding, notes = source.decoded
        events = _Events(text, source.name)
        log = read_blocks(source, events.blocks(), tick)
        return log.finish(self.name, encoding, (*notes, *events.notes()))


class _Piece(NamedTuple):
    """A piece of the text: an event, or what is wrong with it."""

    start: int
    end: int
    problem: str


class _Events:
    def __init__(self, text: str, name: str) -> None:
        self._text = text
        self._name = name
        self._n_forbidden = 0
        self._n_without_message = 0

    def notes(self) -> list[str]:
        notes = []
        if self._n_without_message:
            n = self._n_without_message
            has = "1 event holds" if n == 1 else f"{n:,} events hold"
            notes.append(f"{has} no message; the event's number and data stand for it. RenderedXml has the messages.")
        if self._n_forbidden:
            has = "1 event has" if self._n_forbidden == 1 else f"{self._n_forbidden:,} events have"
            notes.append(f"{has} characters that XML does not allow, which show as \ufffd.")
        return notes

    def blocks(self) -> Iterator[Block]:
        """Every event. Raises UnreadableFileError where a document type is declared."""
        line, at = 1, 0
        for start, end, problem in self._pieces():
            line += self._text.count("\n", at, start)
            at = start
            raw = self._text[start:end].strip()
            if problem:
                yield Block(line, raw, {}, problem)
            else:
                yield self._block(line, raw)

    def _pieces(self) -> Iterator[_Piece]:
        begin, done = -1, 0
        for token in _TOKEN.finditer(self._text):
            if not token.group().startswith("</"):
                if begin >= 0:
                    yield _Piece(begin, token.start(), CUT)
                else:
                    yield from self._between(done, token.start())
                begin = token.start()
            elif begin >= 0:
                yield _Piece(begin, token.end(), "")
                begin, done = -1, token.end()
        if begin >= 0:
            yield _Piece(begin, len(self._text), "an event that does not end")
        else:
            yield from self._between(done, len(self._text))

    def _between(self, start: int, end: int) -> Iterator[_Piece]:
        text = self._text[start:end]
        if not _FRAME.sub("", text):
            return
        if _DOCTYPE.search(text):
            raise UnreadableFileError(
                f"{self._name} declares a document type, which no export of events does and we do not follow. "
                "Export the events again."
            )
        yield _Piece(start + len(text) - len(text.lstrip()), end, BETWEEN)

    def _block(self, line: int, raw: str) -> Block:
        try:
            fields = _parse(raw)
        except (expat.ExpatError, DamagedError, UnicodeError) as error:
            allowed, n_forbidden = allowed_text(raw)
            if not n_forbidden:
                return Block(line, raw, {}, f"not valid XML: {error}")
            try:
                fields = _parse(allowed)
            except (expat.ExpatError, DamagedError) as again:
                return Block(line, raw, {}, f"not valid XML: {again}")
            self._n_forbidden += 1
        message = take_first(fields.rendered, ("Message",))
        if message is None:
            self._n_without_message += 1
            message = _told(fields)
        own = fields.system
        level = level_of(own.pop("Level", None), fields.rendered.pop("Level", None))
        time, component = take_first(own, ("SystemTime",)), take_first(own, ("Provider",))
        others = {f"Data.{name}" if name in _OF_SYSTEM else name: value for name, value in fields.data.items()}
        shown = {f"{name} (shown)": value for name, value in fields.rendered.items()}
        cells = main_columns({**own, **others, **shown}, time=time, level=level, component=component, message=message)
        return Block(line, raw, cells)


class _EventFields(NamedTuple):
    """What an event holds: about itself, data of its own, and as Windows renders it."""

    system: Fields
    data: Fields
    rendered: Fields


def _told(fields: _EventFields) -> str:
    """What an event without a message says: who it is from, and its data."""
    head = f"Event {fields.system.get('EventID', '')} of {fields.system.get('Provider', 'an unnamed provider')}"
    data = [value if name == "Data" else f"{name}: {value}" for name, value in fields.data.items() if value]
    return "\n".join([head, *data])


def _parse(raw: str) -> _EventFields:
    """Fields of one element. Raises ExpatError or DamagedError for what is no XML, or nested too deeply."""
    found = _EventFields({}, {}, {})
    path: list[str] = []
    texts: list[list[str]] = []
    names: list[str] = []

    def start(tag: str, attributes: Attributes) -> None:
        path.append(local_name(tag))
        texts.append([])
        if len(path) > _MAX_DEPTH:
            raise DamagedError(f"elements more than {_MAX_DEPTH} deep")
        part = path[1] if len(path) > 1 else ""
        is_data = part == "EventData" and len(path) > 2
        names.append(attributes.get("Name") or path[-1] if is_data else path[-1])
        for attribute, value in attributes.items():
            if not value or attribute.startswith("xmlns") or (is_data and attribute == "Name"):
                continue
            if part == "System":
                put(found.system, _ATTRIBUTES.get((path[-1], attribute), local_name(attribute)), value)
            elif part == "RenderingInfo":
                put(found.rendered, local_name(attribute), value)
            else:
                put(found.data, ".".join([*names[2:], local_name(attribute)]), value)

    def end(_: str) -> None:
        text = "".join(texts.pop()).strip()
        if text and len(path) > 1:
            if path[1] == "System":
                put(found.system, path[-1], text)
            elif path[1] == "RenderingInfo":
                put(found.rendered, path[-1], text)
            else:
                # The one element that holds a provider's own data says nothing by its name.
                put(found.data, ".".join(names[3 if path[1] == "UserData" and len(path) > 3 else 2 :] or names), text)
        path.pop()
        names.pop()

    parser = make_parser(start, end, lambda text: texts[-1].append(text))
    parser.Parse(raw.encode("utf-8"), True)
    return found
