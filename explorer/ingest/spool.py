"""``Spool``: a large table waits on disk while the rest of its file is read."""

from __future__ import annotations

import tempfile
from typing import IO, Any

import pyarrow as pa

from explorer.errors import StorageError
from explorer.ingest.mapped import map_file

HELD_BYTES = 32 << 20  # of cells; what is no larger never touches the disk
_ALIGNMENT = 64  # Arrow's own, so that columns are used where they lie


class Spool:
    """Takes tables one after the other and gives them back as one.

    What grows beyond ``held_bytes`` is written to a file without a name, which ends with the process, and is mapped
    into memory afterwards: pages that are not looked at take none, and the system may take back those that were.
    """

    def __init__(self, held_bytes: int = HELD_BYTES) -> None:
        self._limit = held_bytes
        self._waiting: list[pa.Table] = []
        self._n_waiting = 0
        self._file: IO[bytes] | None = None
        self._sink: Any = None  # Arrow's view of the file, which would close it where it ends
        self._places: list[tuple[int, int]] = []  # in the file: where a run of tables begins, and its length

    def add(self, table: pa.Table) -> None:
        """Raises StorageError when the disk refuses."""
        self._waiting.append(table)
        self._n_waiting += table.nbytes
        if self._n_waiting > self._limit:
            self._write()

    def finish(self) -> pa.Table:
        """All rows in the order in which they came; a column that some tables lack is null there."""
        if self._file is None:
            return _united(self._waiting)
        if self._waiting:
            self._write()
        whole = map_file(self._file)
        self._close()
        return _united([pa.ipc.open_stream(whole.slice(start, length)).read_all() for start, length in self._places])

    def __del__(self) -> None:
        self._close()  # of a file whose reader gave up

    def _close(self) -> None:
        if self._file is not None:
            self._sink.close()
            self._file.close()

    def _write(self) -> None:
        """Move what waits to the file, as an Arrow stream of its own."""
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="explorer-")  # noqa: SIM115 (it lasts as long as the table)
                self._sink = pa.PythonFile(self._file, "w")
            start = self._sink.tell()
            table = _united(self._waiting)
            with pa.ipc.new_stream(self._sink, table.schema) as writer:
                writer.write_table(table)
            end = self._sink.tell()
            self._sink.write(bytes(-end % _ALIGNMENT))
            self._file.flush()
        except OSError as error:
            raise StorageError(
                f"What was read could not be kept in {tempfile.gettempdir()} ({error.strerror}). Free some disk space."
            ) from error
        self._places.append((start, end - start))
        self._waiting, self._n_waiting = [], 0


def _united(tables: list[pa.Table]) -> pa.Table:
    return pa.concat_tables(tables, promote_options="default")
