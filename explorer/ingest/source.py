"""A file's bytes, unpacked and decoded: what every reader starts from."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from explorer.errors import InputError, UnreadableFileError
from explorer.ingest import archives
from explorer.ingest.archives import MAX_BYTES as MAX_BYTES
from explorer.ingest.declared import declared_codecs
from explorer.ingest.encodings import (
    LONGEST_LINE,
    Encoding,
    LongLineError,
    decode_all,
    find_encoding,
    find_wide,
    is_ebcdic,
    text_pieces,
)
from explorer.params import ReadParams

_HEAD = 64 << 10

# What people upload by mistake, by the first bytes, and what to do about it.
_KNOWN_BINARIES: tuple[tuple[bytes, str], ...] = (
    (b"PAR1", "a damaged Parquet file. Export it again, or as CSV."),
    (b"PK\x03\x04", "a damaged ZIP archive or an office file that is no workbook. Save the table as CSV or XLSX."),
    (b"\xd0\xcf\x11\xe0", "an old Office file (XLS or DOC) or a password-protected one. Save it as XLSX or CSV."),
    (b"%PDF-", "a PDF. Export the data as CSV or XLSX."),
    (b"SQLite format 3\x00", "an SQLite database. Export the table as CSV."),
    (b"\x1f\x8b", "packed more than once. Unpack it first."),
    (b"\x28\xb5\x2f\xfd", "packed more than once. Unpack it first."),
    (b"\xfd7zXZ", "packed more than once. Unpack it first."),
    (b"7z\xbc\xaf", "a 7-Zip archive. Unpack it and choose the file inside."),
    (b"\x89PNG", "a picture. Choose a table or a log file."),
    (b"\xff\xd8\xff", "a picture. Choose a table or a log file."),
    (b"GIF8", "a picture. Choose a table or a log file."),
    (b"\x7fELF", "a program. Choose a table or a log file."),
    (b"MZ\x90", "a program. Choose a table or a log file."),
    (b"ElfFile\x00", "a Windows event log (EVTX). Save it as XML in the Event Viewer: Save All Events As."),
    (b"LPKSHHRH", "a journal of systemd. Export it: journalctl --file NAME -o export."),
    (b"ARROW1\x00", "an Arrow/Feather file. Save it as Parquet or CSV."),
)
_NOT_NUL = re.compile(rb"[^\x00]")
_CONTROL = bytes({*range(1, 32)} - set(b"\t\n\r\f\x1b"))
_PACKED = ("gz", "bz2", "xz", "zst", "zip")


class Decoded(NamedTuple):
    """The text of a file, the encoding it was read with, and sentences about what had to be decided."""

    text: str
    encoding: str
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Source:
    """One file to read: the name shown to the user, the ending that hints at the format, the unpacked bytes, and what
    the user decided about reading it."""

    name: str
    suffix: str  # lower case, without the dot, "gz" and numbers of rotated logs left out: "app.LOG.2.gz" -> "log"
    data: bytes
    notes: tuple[str, ...] = ()
    params: ReadParams = field(default_factory=ReadParams)

    @cached_property
    def is_text(self) -> bool:
        if any(self.data.startswith(magic) for magic, _ in _KNOWN_BINARIES):
            return False
        if self.params.encoding is not None:
            return True
        # A log that was cut while it was written to begins with a hole: NUL bytes, perhaps millions.
        begin = _NOT_NUL.search(self.data)
        if begin is None:
            return False
        if find_wide(self.data) is not None or is_ebcdic(self.data):
            return True
        return not _is_binary(self.data[begin.start() : begin.start() + _HEAD])

    @cached_property
    def encoding(self) -> Encoding:
        """How the text is written. Raises UnreadableFileError for a file that is not text."""
        if not self.is_text:
            raise self.unreadable()
        found = find_encoding(self.data, self.params.encoding)
        if self.params.encoding is not None or (found.codec.startswith("utf") and found.fallback is None):
            return found  # the bytes themselves prove it, whatever the file declares
        for codec in declared_codecs(self.data):
            declared = find_encoding(self.data, codec)
            if not declared.notes:  # every byte is a letter of it
                return replace(declared, notes=(f"Read as {declared.name}, as the file itself declares.",))
        return found

    @cached_property
    def decoded(self) -> Decoded:
        """The whole text. Raises UnreadableFileError for a file that is not text."""
        return Decoded(decode_all(self.data, self.encoding), self.encoding.name, self.encoding.notes)

    def pieces(self) -> Iterator[str]:
        """The text in pieces that end behind a line end, for files too large to be held as text in one piece."""
        try:
            yield from text_pieces(self.data, self.encoding)
        except LongLineError as error:
            raise UnreadableFileError(
                f"{self.name} has a line of more than {LONGEST_LINE:,} characters, which no table or log has. "
                "Check how it was exported."
            ) from error

    @cached_property
    def head(self) -> str:
        """The beginning of the text, enough to tell formats apart; the last line may be cut."""
        text = decode_all(self.data[: 4 * _HEAD], self.encoding)
        return text.rstrip("\ufffd") if self.is_head_cut else text

    @property
    def is_head_cut(self) -> bool:
        """Whether there is more text than ``head``."""
        return len(self.data) > 4 * _HEAD

    def unreadable(self) -> UnreadableFileError:
        for magic, what in _KNOWN_BINARIES:
            if self.data.startswith(magic):
                return UnreadableFileError(f"{self.name} is {what}")
        return UnreadableFileError(
            f"{self.name} is not text and not a format we can open. Choose a CSV, XLSX, JSON, Parquet or log file."
        )


def open_source(path: Path, name: str | None = None, params: ReadParams | None = None) -> Source:
    """Read and unpack one file that holds one table or log; see :func:`open_sources`."""
    sources = open_sources(path, name, params)
    if len(sources) > 1:
        raise UnreadableFileError(
            f"{sources[0].name.partition('/')[0]} holds {len(sources)} files. Choose one, or read them as several."
        )
    return sources[0]


def open_sources(path: Path, name: str | None = None, params: ReadParams | None = None) -> list[Source]:
    """Read and unpack a file; an archive can hold several. ``name`` is what the user sees; it is never used as a path.

    Raises InputError when the file is missing, empty or not allowed to be read, UnreadableFileError when it is
    damaged, encrypted or larger than ``archives.MAX_BYTES`` after unpacking.
    """
    shown = shown_name(path.name if name is None else name)
    chosen = params or ReadParams()
    sources = []
    for inner, data, notes in archives.unpack(_read_bytes(path, shown), shown, chosen.sheet):
        full = f"{shown}/{inner}" if inner else shown
        full = "".join(c if c.isprintable() else "\ufffd" for c in full)[:300]
        if not data:
            raise InputError(f"{full} is empty. Check how it was exported.")
        # In an archive the name was that of a file inside, not of a sheet in it.
        own = replace(chosen, sheet=None) if chosen.sheet in (inner, inner.rsplit("/", 1)[-1]) else chosen
        sources.append(Source(full, _suffix(full.rsplit("/", 1)[-1]), data, notes, own))
    return sources


def _read_bytes(path: Path, shown: str) -> bytes:
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size > archives.MAX_BYTES:
                raise _too_large(shown)
            data = file.read()
    except FileNotFoundError as error:
        raise InputError(f"There is no file {str(path)!r}. Check the path.") from error
    except IsADirectoryError as error:
        raise InputError(f"{str(path)!r} is a folder. Choose the files inside it.") from error
    except OSError as error:
        raise InputError(f"{shown} could not be read: {error.strerror or 'the disk refused'}.") from error
    if len(data) > archives.MAX_BYTES:
        raise _too_large(shown)
    return data


def _too_large(shown: str) -> UnreadableFileError:
    limit = f"{archives.MAX_BYTES / (1 << 30):.3g} GB"
    return UnreadableFileError(f"{shown} is larger than {limit}. Split it and read the parts.")


def shown_name(name: str) -> str:
    """The last part of a path or of an upload's name, on one line and at most 200 characters."""
    last = re.split(r"[\\/]", name)[-1]
    clean = "".join(c if c.isprintable() else "\ufffd" for c in last).strip()
    return clean[:200] or "unnamed file"


def _suffix(name: str) -> str:
    parts = name.lower().split(".")[1:]
    while parts and (parts[-1] in _PACKED or not re.search(r"[a-z]", parts[-1])):
        parts.pop()
    return parts[-1] if parts else ""


def _is_binary(head: bytes) -> bool:
    """Control characters that no text has, in bytes that are not UTF-8; or hardly anything else."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    n_control = len(head) - len(head.translate(None, _CONTROL))
    n_nul = head.count(0)
    try:
        head[:-4].decode("utf-8") if len(head) == _HEAD else head.decode("utf-8")
    except UnicodeDecodeError as error:
        is_utf8 = len(head) == _HEAD and error.start >= len(head) - 8
    else:
        is_utf8 = True
    share = n_control / max(len(head) - n_nul, 1)
    return share > (0.3 if is_utf8 else 0.02) or n_nul > (0.5 if is_utf8 else 0.1) * len(head)
