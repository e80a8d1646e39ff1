"""A file's bytes, unpacked and decoded: what every reader starts from."""

from __future__ import annotations

import codecs
import io
import os
import re
import zlib
from dataclasses import dataclass, field
from functools import cached_property
from gzip import BadGzipFile, GzipFile
from pathlib import Path
from typing import NamedTuple

from explorer.errors import InputError, UnreadableFileError
from explorer.params import ReadParams

MAX_BYTES = 2 << 30  # of one file after unpacking
_CHUNK = 4 << 20
_HEAD = 64 << 10

_GZIP = b"\x1f\x8b"
# What people upload by mistake, by the first bytes, and what to do about it.
_KNOWN_BINARIES: tuple[tuple[bytes, str], ...] = (
    (b"PAR1", "a damaged Parquet file. Export it again, or as CSV."),
    (b"PK\x03\x04", "a ZIP archive, not an XLSX workbook. Unpack it and choose the file inside."),
    (b"\xd0\xcf\x11\xe0", "an old Office file (XLS or DOC) or a password-protected one. Save it as XLSX or CSV."),
    (b"%PDF-", "a PDF. Export the data as CSV or XLSX."),
    (b"SQLite format 3\x00", "an SQLite database. Export the table as CSV."),
    (b"\x28\xb5\x2f\xfd", "compressed with Zstandard. Unpack it first, or pack it with gzip."),
    (b"BZh9", "compressed with bzip2. Unpack it first, or pack it with gzip."),
    (b"\xfd7zXZ", "compressed with xz. Unpack it first, or pack it with gzip."),
    (b"7z\xbc\xaf", "a 7-Zip archive. Unpack it and choose the file inside."),
    (b"\x89PNG", "a picture. Choose a table or a log file."),
    (b"\xff\xd8\xff", "a picture. Choose a table or a log file."),
    (b"GIF8", "a picture. Choose a table or a log file."),
    (b"\x7fELF", "a program. Choose a table or a log file."),
    (b"MZ\x90", "a program. Choose a table or a log file."),
    (b"ARROW1\x00", "an Arrow/Feather file. Save it as Parquet or CSV."),
)
_NOT_NUL = re.compile(rb"[^\x00]")
_CONTROL = bytes({*range(1, 32)} - set(b"\t\n\r\f\x1b"))
_ENCODING_NAMES = {"utf-8": "UTF-8", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "cp1252": "Windows-1252"}


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
        return _utf16_without_mark(self.data) is not None or not _is_binary(
            self.data[begin.start() : begin.start() + _HEAD]
        )

    @cached_property
    def decoded(self) -> Decoded:
        """The whole text. Raises UnreadableFileError for a file that is not text."""
        if not self.is_text:
            raise self.unreadable()
        return _decode(self.data, self.params.encoding)

    @cached_property
    def head(self) -> str:
        """The beginning of the text, enough to tell formats apart; the last line may be cut."""
        return _decode(self.data[: 4 * _HEAD], self.params.encoding, is_cut=len(self.data) > 4 * _HEAD).text

    def unreadable(self) -> UnreadableFileError:
        for magic, what in _KNOWN_BINARIES:
            if self.data.startswith(magic):
                return UnreadableFileError(f"{self.name} is {what}")
        return UnreadableFileError(
            f"{self.name} is not text and not a format we can open. Choose a CSV, XLSX, JSON, Parquet or log file."
        )


def open_source(path: Path, name: str | None = None, params: ReadParams | None = None) -> Source:
    """Read and unpack one file. ``name`` is what the user sees; it is never used as a path.

    Raises InputError when the file is missing, empty or not allowed to be read, UnreadableFileError when it is
    damaged or larger than MAX_BYTES after unpacking.
    """
    shown = shown_name(path.name if name is None else name)
    try:
        with path.open("rb") as file:
            # Not read(MAX_BYTES + 1) for all: that sets so much memory aside at once. A pipe has no size.
            size = os.fstat(file.fileno()).st_size
            data = file.read(min(size or MAX_BYTES, MAX_BYTES) + 1)
    except FileNotFoundError as error:
        raise InputError(f"There is no file {str(path)!r}. Check the path.") from error
    except IsADirectoryError as error:
        raise InputError(f"{shown} is a folder. Choose the files inside it.") from error
    except OSError as error:
        raise InputError(f"{shown} could not be read: {error.strerror or 'the disk refused'}.") from error
    notes: tuple[str, ...] = ()
    if data.startswith(_GZIP):
        packed = len(data)
        data = _unpack(data, shown)
        notes = (f"Unpacked with gzip from {packed:,} to {len(data):,} bytes.",)
    if len(data) > MAX_BYTES:
        raise UnreadableFileError(f"{shown} is larger than {_gigabytes(MAX_BYTES)}. Split it and read the parts.")
    if not data:
        raise InputError(f"{shown} is empty. Check how it was exported.")
    return Source(shown, _suffix(shown), data, notes, params or ReadParams())


def shown_name(name: str) -> str:
    """The last part of a path or of an upload's name, on one line and at most 200 characters."""
    last = re.split(r"[\\/]", name)[-1]
    clean = "".join(c if c.isprintable() else "\ufffd" for c in last).strip()
    return clean[:200] or "unnamed file"


def _suffix(name: str) -> str:
    parts = name.lower().split(".")[1:]
    while parts and (parts[-1] == "gz" or not re.search(r"[a-z]", parts[-1])):
        parts.pop()
    return parts[-1] if parts else ""


def _unpack(data: bytes, shown: str) -> bytes:
    pieces: list[bytes] = []
    n_bytes = 0
    try:
        with GzipFile(fileobj=io.BytesIO(data)) as packed:
            while piece := packed.read(_CHUNK):
                n_bytes += len(piece)
                if n_bytes > MAX_BYTES:
                    raise UnreadableFileError(
                        f"{shown} is larger than {_gigabytes(MAX_BYTES)} unpacked. Split it and read the parts."
                    )
                pieces.append(piece)
    except (EOFError, BadGzipFile, zlib.error) as error:
        raise UnreadableFileError(f"{shown} is a damaged gzip file. Copy or download it again.") from error
    return b"".join(pieces)


def _gigabytes(n_bytes: int) -> str:
    return f"{n_bytes / (1 << 30):.3g} GB"


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


def _utf16_without_mark(data: bytes) -> str | None:
    """The byte order of UTF-16 text that has no mark: Latin text has a NUL in every other byte."""
    head = data[:4096]
    head = head[: len(head) // 2 * 2]
    if len(head) < 4:
        return None
    even, odd = head[0::2].count(0) * 2 / len(head), head[1::2].count(0) * 2 / len(head)
    if odd > 0.4 and even < 0.05:
        return "utf-16-le"
    if even > 0.4 and odd < 0.05:
        return "utf-16-be"
    return None


def _decode(data: bytes, chosen: str | None = None, *, is_cut: bool = False) -> Decoded:
    if chosen is not None:
        text = data.decode(chosen, "replace")
        n = text.count("\ufffd")
        notes = (f"{n:,} bytes or characters are not {chosen} and are shown as \ufffd.",) if n else ()
        return Decoded(text.removeprefix("\ufeff"), codecs.lookup(chosen).name, notes)
    if data.startswith(b"\xef\xbb\xbf"):
        return _decode_utf8(data[3:], is_cut)
    if data.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return Decoded(data.decode("utf-32", "replace"), "UTF-32", ())
    marked = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}.get(data[:2])
    utf16 = marked or _utf16_without_mark(data)
    if utf16 is not None:
        body = data[2:] if marked else data
        text = body[: len(body) // 2 * 2].decode(utf16, "surrogatepass")
        return Decoded(text, _ENCODING_NAMES[utf16], ())
    return _decode_utf8(data, is_cut)


def _decode_utf8(data: bytes, is_cut: bool) -> Decoded:
    """Strict UTF-8; else UTF-8 with the damaged characters counted, or Windows-1252, whichever fits the bytes."""
    try:
        return Decoded(data.decode("utf-8"), "UTF-8", ())
    except UnicodeDecodeError as error:
        if is_cut and error.start >= len(data) - 4:
            return Decoded(data[: error.start].decode("utf-8"), "UTF-8", ())
    text = data.decode("utf-8", "replace")
    n_damaged = text.count("\ufffd") - data.count(b"\xef\xbf\xbd")
    n_fine = len(text) - len(text.encode("ascii", "ignore")) - n_damaged
    # Text in one byte per character almost never forms valid UTF-8 sequences by accident.
    if n_fine > n_damaged:
        return Decoded(text, "UTF-8", (f"{n_damaged:,} damaged characters are not valid UTF-8 and show as \ufffd.",))
    note = "Read as Windows-1252, because the bytes are not valid UTF-8."
    return Decoded(data.decode("cp1252", "replace"), "Windows-1252", (note,))
