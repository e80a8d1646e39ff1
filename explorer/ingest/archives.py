"""What is packed: gzip, bzip2, xz and Zstandard streams, and the tables or logs inside ZIP and tar archives.

Everything is checked against limits before and while it is unpacked: how many members, how many bytes they declare, how
many really come out, and how many times the packed size that is.
"""

from __future__ import annotations

import bz2
import io
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from gzip import GzipFile
from typing import Any, NamedTuple

import pyarrow as pa

from explorer.errors import InputError, UnreadableFileError

MAX_BYTES = 2 << 30  # of one file, or of all members of an archive, after unpacking
MAX_MEMBERS = 2_000
MAX_RATIO = 250  # more is a bomb; tables and logs shrink to a fiftieth at best
_SMALL = 64 << 20  # what unpacks to no more than this is let through, whatever its ratio
_CHUNK = 4 << 20
_MAX_DEPTH = 2  # a packed file inside an archive, and no deeper
_MAX_LISTED = 8

_STREAMS: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "Zstandard"),
)
_BZIP2 = re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)")
_ZIP = b"PK\x03\x04"
_DAMAGED = (EOFError, OSError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError, pa.ArrowException,
            NotImplementedError, ValueError)  # fmt: skip
#: Endings of files that can be read as one another; several members of one family are read together.
_FAMILIES: dict[str, str] = {
    **dict.fromkeys(("csv", "tsv", "tab", "psv"), "table"),
    **dict.fromkeys(("json", "jsonl", "ndjson", "jl"), "JSON"),
    **dict.fromkeys(("xlsx", "xlsm", "ods", "xls", "xlsb"), "workbook"),
    **dict.fromkeys(("parquet", "pq"), "Parquet"),
    **dict.fromkeys(("log", "out", "err"), "log"),
    **dict.fromkeys(("eml", "mbox"), "mail"),
    **dict.fromkeys(("xml", "rss"), "XML"),
    **dict.fromkeys(("html", "htm"), "HTML"),
    **dict.fromkeys(("txt", "dat", ""), "text"),
}
_WITH_SHEETS = ("workbook", "JSON", "XML", "HTML")  # of which the user may have named one
_PREFERENCE = ("table", "workbook", "Parquet", "JSON", "log", "mail", "XML", "HTML", "text")
_JUNK = re.compile(r"(?:^|/)(?:__MACOSX/|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
_README = re.compile(r"(?:^|/)(?:read_?me|licen[cs]e|changelog|about|manifest)[^/]*$", re.IGNORECASE)


class Unpacked(NamedTuple):
    """One file from inside: its name in the archive ("" for a packed stream, which has none), bytes, and notes."""

    name: str
    data: bytes
    notes: tuple[str, ...]


def unpack(data: bytes, shown: str, member: str | None = None) -> list[Unpacked]:
    """The files that a file holds: itself where it is not packed. ``member`` names the one that the user chose.

    ``shown`` is the name in messages. Raises UnreadableFileError for what is damaged, encrypted or too large.
    """
    return _unpack(data, shown, member, 0)


def _unpack(data: bytes, shown: str, member: str | None, depth: int) -> list[Unpacked]:
    kind = packed_as(data)
    if kind is None or depth >= _MAX_DEPTH:
        return [Unpacked("", data, ())]
    if kind in ("ZIP", "tar"):
        return _open_archive(data, shown, kind, member, depth)
    unpacked = _read_stream(data, shown, kind)
    note = f"Unpacked with {kind} from {len(data):,} to {len(unpacked):,} bytes."
    inside = _unpack(unpacked, shown, member, depth + 1) if unpacked else [Unpacked("", b"", ())]
    return [Unpacked(one.name, one.data, (note, *one.notes)) for one in inside]


def packed_as(data: bytes) -> str | None:
    """ "gzip", "bzip2", "xz", "Zstandard", "ZIP" or "tar"; None for a workbook and for all that is not packed."""
    for magic, kind in _STREAMS:
        if data.startswith(magic) and (kind != "bzip2" or _BZIP2.match(data)):
            return kind
    if data.startswith(_ZIP):
        return None if _is_document(data) else "ZIP"
    return "tar" if data[257:262] == b"ustar" else None


def _is_document(data: bytes) -> bool:
    """A workbook or another office file; or an archive too damaged to tell."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except _DAMAGED:
        return True
    return "[Content_Types].xml" in names or "mimetype" in names or any(name.startswith("xl/") for name in names)


def _read_stream(data: bytes, shown: str, kind: str) -> bytes:
    limit = min(MAX_BYTES, max(_SMALL, MAX_RATIO * len(data)))
    out = io.BytesIO()
    try:
        with _stream(data, kind) as packed:
            while piece := packed.read(_CHUNK):
                if out.tell() + len(piece) > limit:
                    raise _too_large(shown, limit)
                out.write(piece)
    except MemoryError as error:
        raise _too_large(shown, limit) from error
    except _DAMAGED as error:
        raise UnreadableFileError(f"{shown} is a damaged {kind} file. Copy or download it again.") from error
    return out.getvalue()


def _stream(data: bytes, kind: str) -> Any:
    source = io.BytesIO(data)
    if kind == "gzip":
        return GzipFile(fileobj=source)
    if kind == "bzip2":
        return bz2.BZ2File(source)
    if kind == "xz":
        return lzma.LZMAFile(source)
    return pa.CompressedInputStream(pa.BufferReader(data), "zstd")


def _too_large(shown: str, limit: int) -> UnreadableFileError:
    if limit < MAX_BYTES:
        return UnreadableFileError(
            f"{shown} is larger than {limit:,} bytes unpacked, over {MAX_RATIO} times its size, which no table or log "
            "is. Unpack it and read the parts you need."
        )
    return UnreadableFileError(
        f"{shown} is larger than {MAX_BYTES / (1 << 30):.3g} GB unpacked. Split it and read the parts."
    )


class _Entry(NamedTuple):
    name: str
    size: int
    handle: zipfile.ZipInfo | tarfile.TarInfo
    is_encrypted: bool
    is_file: bool


def _open_archive(data: bytes, shown: str, kind: str, member: str | None, depth: int) -> list[Unpacked]:
    try:
        with _archive(data, kind) as archive:
            entries = list(_entries(archive, shown))
            chosen, note = _choose(entries, shown, kind, member)
            _check_sizes(chosen, shown, len(data))
            return list(_read_entries(archive, chosen, note, shown, depth))
    except UnreadableFileError:
        raise
    except RuntimeError as error:  # how zipfile asks for a password
        raise _encrypted(shown) from error
    except _DAMAGED as error:
        raise UnreadableFileError(f"{shown} is a damaged {kind} archive. Copy or download it again.") from error


def _archive(data: bytes, kind: str) -> zipfile.ZipFile | tarfile.TarFile:
    return zipfile.ZipFile(io.BytesIO(data)) if kind == "ZIP" else tarfile.open(fileobj=io.BytesIO(data), mode="r:")


def _entries(archive: zipfile.ZipFile | tarfile.TarFile, shown: str) -> Iterator[_Entry]:
    """Files in the archive, in its order; folders, links and what operating systems leave behind are no files."""
    if isinstance(archive, zipfile.ZipFile):
        files = (_Entry(one.filename, one.file_size, one, bool(one.flag_bits & 1), not one.is_dir())
                 for one in archive.infolist())  # fmt: skip
    else:
        files = (_Entry(one.name, one.size, one, False, one.isfile()) for one in archive)
    for n_members, entry in enumerate(files, start=1):
        if n_members > MAX_MEMBERS:
            raise UnreadableFileError(
                f"{shown} holds more than {MAX_MEMBERS:,} files. Unpack it and choose the files you need."
            )
        if entry.is_file and not _JUNK.search(entry.name):
            yield entry


def _choose(entries: list[_Entry], shown: str, kind: str, member: str | None) -> tuple[list[_Entry], str]:
    """The members to read, all of one family, and a note about the others."""
    if not entries:
        raise UnreadableFileError(f"{shown} is a {kind} archive without files. Check how it was packed.")
    named = [entry for entry in entries if member in (entry.name, entry.name.rsplit("/", 1)[-1])] if member else []
    families: dict[str, list[_Entry]] = {}
    for entry in entries:
        families.setdefault(_family(entry.name), []).append(entry)
    family = next((name for name in _PREFERENCE if name in families), "")
    if member and not named and family not in _WITH_SHEETS:
        raise UnreadableFileError(f"{shown} has no file {member!r}. It holds {_listed(entries)}.")
    chosen = named or (families[family] if family else [])
    if not chosen:
        raise UnreadableFileError(
            f"{shown} is a {kind} archive without a table or log; it holds {_listed(entries)}. "
            "Pack a CSV, XLSX, JSON, Parquet or log file."
        )
    others = [entry for entry in entries if entry not in chosen]
    return chosen, f"Not read: {_listed(others)}." if others else ""


def _family(name: str) -> str:
    if _README.search(name):
        return ""
    parts = name.rsplit("/", 1)[-1].lower().split(".")[1:]
    while parts and (parts[-1] in ("gz", "bz2", "xz", "zst") or not re.search("[a-z]", parts[-1])):
        parts.pop()
    return _FAMILIES.get(parts[-1] if parts else "", "")


def _listed(entries: list[_Entry]) -> str:
    names = ["".join(c if c.isprintable() else "\ufffd" for c in entry.name)[:80] for entry in entries[:_MAX_LISTED]]
    more = len(entries) - len(names)
    return ", ".join(names) + (f" and {more:,} more" if more else "")


def _check_sizes(entries: list[_Entry], shown: str, packed: int) -> None:
    if any(entry.is_encrypted for entry in entries):
        raise _encrypted(shown)
    limit = min(MAX_BYTES, max(_SMALL, MAX_RATIO * packed))
    if sum(entry.size for entry in entries) > limit:
        raise _too_large(shown, limit)


def _encrypted(shown: str) -> UnreadableFileError:
    return UnreadableFileError(f"{shown} is encrypted. Unpack it with its password and choose the file inside.")


def _read_entries(
    archive: zipfile.ZipFile | tarfile.TarFile, entries: list[_Entry], note: str, shown: str, depth: int
) -> Iterator[Unpacked]:
    budget = MAX_BYTES
    n_empty = 0
    for entry in entries:
        if isinstance(archive, zipfile.ZipFile):
            assert isinstance(entry.handle, zipfile.ZipInfo)
            with archive.open(entry.handle) as stream:
                data = stream.read(entry.size + 1)
        else:
            assert isinstance(entry.handle, tarfile.TarInfo)
            extracted = archive.extractfile(entry.handle)
            data = extracted.read() if extracted is not None else b""
        if not data and len(entries) > 1:
            n_empty += 1
            continue
        for one in _unpack(data, f"{shown}/{entry.name}", None, depth + 1):
            budget -= len(one.data)
            if budget < 0:
                raise _too_large(shown, MAX_BYTES)
            inner = f"{entry.name}/{one.name}" if one.name else entry.name
            notes = one.notes + ((note,) if note else ())
            yield Unpacked(inner, one.data, notes)
            note = ""
    if n_empty == len(entries):
        raise InputError(f"{shown} holds only empty files. Check how it was packed.")
