"""XML read piece by piece and without entities; the parts of a zipped document (XLSX, ODS), sizes checked first."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from xml.parsers import expat

from explorer.errors import UnreadableFileError
from explorer.ingest.source import Source

MAX_UNPACKED = 1 << 30  # bytes of all parts
_MAX_PARTS = 20_000
_CHUNK = 256 << 10

# Characters that XML 1.0 does not allow, which programs write all the same; as they are, and as references.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:x([0-9A-Fa-f]{1,8})|([0-9]{1,8}));")

Attributes = Mapping[str, str]


class DamagedError(Exception):
    """Something inside a document is not as its format says."""


def allowed_text(text: str) -> tuple[str, int]:
    """The text with U+FFFD for characters that XML does not allow, and how many there were."""
    plain, n_plain = _FORBIDDEN.subn("\ufffd", text)
    if "&#" not in plain:
        return plain, n_plain
    n_references = 0

    def allowed(reference: re.Match[str]) -> str:
        nonlocal n_references
        code = int(reference[1], 16) if reference[1] else int(reference[2])
        if code <= 0x10FFFF and not _FORBIDDEN.match(chr(code)):
            return reference.group()
        n_references += 1
        return "\ufffd"

    return _REFERENCE.sub(allowed, plain), n_plain + n_references


class Parts:
    """The parts of one archive by name; letter case and the direction of slashes do not matter."""

    def __init__(self, source: Source) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(source.data))
        entries = self._archive.infolist()
        n_bytes = sum(entry.file_size for entry in entries)
        if n_bytes > MAX_UNPACKED:
            raise UnreadableFileError(
                f"{source.name} unpacks to {n_bytes:,} bytes, more than the {MAX_UNPACKED:,} we read. Save it as CSV."
            )
        if len(entries) > _MAX_PARTS:
            raise UnreadableFileError(
                f"{source.name} has {len(entries):,} parts, more than the {_MAX_PARTS:,} we read. Save it as CSV."
            )
        self._entries = {_plain(entry.filename): entry for entry in entries}

    def __contains__(self, name: str) -> bool:
        return _plain(name) in self._entries

    def read(self, name: str) -> bytes:
        return b"".join(self.chunks(name))

    def chunks(self, name: str) -> Iterator[bytes]:
        """The unpacked bytes of a part. Raises DamagedError when there is no such part."""
        entry = self._entries.get(_plain(name))
        if entry is None:
            raise DamagedError(f"no part {name}")
        with self._archive.open(entry) as part:
            while chunk := part.read(_CHUNK):
                yield chunk


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def local_name(name: str) -> str:
    """An element's or attribute's name without the prefix of its namespace."""
    return name.rpartition(":")[2]


def make_parser(
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
    encoding: str | None = None,
) -> Any:
    """A parser that refuses a document type, and with it every entity that could unfold.

    ``encoding`` counts more than what the document declares.
    """
    parser = expat.ParserCreate(encoding)
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def _refuse_doctype(*_: object) -> None:
    raise DamagedError("a document type declaration")


def elements(parts: Parts, name: str) -> Iterator[tuple[str, str, Attributes]]:
    """Parent, local name and attributes of every element of a small part."""
    found: list[tuple[str, str, Attributes]] = []
    path = [""]

    def start(tag: str, attributes: Attributes) -> None:
        tag = local_name(tag)
        found.append((path[-1], tag, attributes))
        path.append(tag)

    parser = make_parser(start, lambda _: _ignore(path.pop()), _ignore)
    for chunk in parts.chunks(name):
        parser.Parse(chunk, False)
        yield from found
        found.clear()
    parser.Parse(b"", True)
    yield from found


def _ignore(_: str) -> None:
    pass
