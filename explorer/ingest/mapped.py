"""Files mapped into memory, and how to let go of them: what was looked at counts as the process's own until then."""

from __future__ import annotations

import mmap
import weakref
from typing import IO

import pyarrow as pa

_maps: weakref.WeakSet[mmap.mmap] = weakref.WeakSet()


def map_file(file: IO[bytes]) -> pa.Buffer:
    """The bytes of a file that is not empty, read when they are looked at; the file may be closed meanwhile."""
    mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    _maps.add(mapped)
    return pa.py_buffer(mapped)


def release_pages() -> None:
    """Takes what was looked at of mapped files out of this process's memory.

    Nothing is lost: it stays in the system's cache or on disk, and is there again when it is looked at. To be called
    after each pass over a large table, which would otherwise be in memory as a whole at its end.
    """
    for mapped in list(_maps):
        mapped.madvise(mmap.MADV_DONTNEED)
