"""Compound files ([MS-CFB]), the container of old Office documents: the streams inside by name."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from explorer.ingest.readers.xml_parts import DamagedError

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST = 0xFFFFFFFA  # sector numbers from here on are marks: free, end of chain
_IN_HEADER = 109  # sectors of the table of sectors that the header itself lists


class CompoundFile:
    """An open compound file. Raises DamagedError or struct.error where its tables lead nowhere."""

    def __init__(self, data: bytes) -> None:
        if not data.startswith(MAGIC) or len(data) < 512:
            raise DamagedError("no compound file")
        self._data = data
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise DamagedError("a sector size that is not used")
        self._size, self._mini_size = 1 << shift, 1 << mini_shift
        directory, _, self._cutoff, mini_table = struct.unpack_from("<IIII", data, 48)
        self._next = self._read_table()
        self._entries = dict(self._read_directory(self._chain(directory)))
        self._mini_next = self._numbers(self._chain(mini_table)) if mini_table < _LAST else ()
        root = self._entries.get("Root Entry")
        self._mini = self._chain(root[0]) if root and root[0] < _LAST else b""

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def stream(self, name: str) -> bytes:
        """The bytes of a stream."""
        start, size = self._entries[name]
        if size >= self._cutoff:
            return self._chain(start)[:size]
        pieces = [
            self._mini[sector * self._mini_size : (sector + 1) * self._mini_size]
            for sector in _follow(start, self._mini_next)
        ]
        return b"".join(pieces)[:size]

    def _read_table(self) -> tuple[int, ...]:
        """Which sector follows which."""
        sectors = list(struct.unpack_from(f"<{_IN_HEADER}I", self._data, 76))
        (more,) = struct.unpack_from("<I", self._data, 68)
        seen: set[int] = set()
        while more < _LAST and more not in seen:
            seen.add(more)
            *listed, more = self._numbers(self._sector(more))
            sectors += listed
        return self._numbers(b"".join(self._sector(sector) for sector in sectors if sector < _LAST))

    def _read_directory(self, data: bytes) -> Iterator[tuple[str, tuple[int, int]]]:
        for at in range(0, len(data) - 127, 128):
            (n_bytes,) = struct.unpack_from("<H", data, at + 64)
            kind = data[at + 66]
            if kind in (2, 5) and 2 <= n_bytes <= 64:
                name = data[at : at + n_bytes - 2].decode("utf-16-le", "replace")
                start, size = struct.unpack_from("<II", data, at + 116)
                yield name, (start, size)

    def _sector(self, number: int) -> bytes:
        at = (number + 1) * self._size
        piece = self._data[at : at + self._size]
        if not piece:
            raise DamagedError("a sector behind the end")
        return piece.ljust(self._size, b"\x00")

    def _chain(self, start: int) -> bytes:
        return b"".join(map(self._sector, _follow(start, self._next)))

    def _numbers(self, data: bytes) -> tuple[int, ...]:
        return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])


def _follow(start: int, following: tuple[int, ...]) -> Iterator[int]:
    """The sectors of a chain; one that comes back to itself has more of them than there are."""
    sector, n = start, 0
    while sector < _LAST:
        n += 1
        if sector >= len(following) or n > len(following):
            raise DamagedError("a chain of sectors without end")
        yield sector
        sector = following[sector]
