"""A table that was read, kept on disk, so that what was previewed is what is analysed."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from explorer.errors import StorageError
from explorer.ingest.inspection import Inspection, as_tuples
from explorer.ingest.mapped import map_file, release_pages
from explorer.types import ReadReport, RejectedRow, Table

_META = "inspection.json"
_CELLS = "table.arrow"
_REJECTED = "rejected.arrow"
_FORMAT = 2  # of what is kept; what an older Explorer kept is read again
_LINE, _SOURCE = "\0line", "\0source"  # no column of a file can have these names
_REJECTED_SCHEMA = pa.schema(
    [("source", pa.string()), ("line", pa.int64()), ("reason", pa.string()), ("text", pa.string())]
)


def save_table(table: Table, inspection: Inspection | None, folder: Path) -> None:
    """Writes both; :func:`load_inspection` finds nothing before all is written. Raises StorageError when the disk
    refuses."""
    places = {_LINE: pa.array(table.lines), _SOURCE: pa.array(table.sources)}
    cells = table.cells
    for name, values in places.items():
        cells = cells.append_column(name, values)
    rejected = pa.Table.from_pylist([row._asdict() for row in table.rejected], _REJECTED_SCHEMA)
    meta = {
        "made_by": _made_by(),
        "inspection": inspection.to_dict() if inspection else None,
        "reports": [asdict(report) for report in table.reports],
        "is_lines": table.is_lines,
    }
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write_arrow(cells, folder / _CELLS)
        _write_arrow(rejected, folder / _REJECTED)
        part = folder / f"{_META}.{os.getpid()}.part"
        part.write_text(json.dumps(meta), encoding="utf-8")
        part.replace(folder / _META)
    except OSError as error:
        raise StorageError(f"What was read could not be kept ({error.strerror}). Free some disk space.") from error


def load_inspection(folder: Path) -> Inspection | None:
    """The inspection that :func:`save_table` of this version wrote; None where there is none, or where it did not
    finish."""
    meta = _meta(folder)
    return Inspection.from_dict(meta["inspection"]) if meta and meta["inspection"] else None


def load_table(folder: Path) -> Table | None:
    """The table that :func:`save_table` wrote, or None where it did not finish; its cells stay on disk until used."""
    meta = _meta(folder)
    if meta is None:
        return None
    cells = _read_arrow(folder / _CELLS)
    rejected = _read_arrow(folder / _REJECTED)
    return Table(
        cells=cells.drop_columns([_LINE, _SOURCE]),
        lines=np.array(cells[_LINE].to_numpy(), dtype=np.int64),
        sources=np.array(cells[_SOURCE].to_numpy(), dtype=np.int64),
        reports=tuple(ReadReport(**{name: as_tuples(value) for name, value in r.items()}) for r in meta["reports"]),
        rejected=tuple(RejectedRow(**row) for row in rejected.to_pylist()),
        is_lines=meta["is_lines"],
    )


def _meta(folder: Path) -> dict[str, Any] | None:
    """None also for what another version wrote: it may have read the file in another way."""
    try:
        meta = dict(json.loads((folder / _META).read_bytes()))
    except (OSError, ValueError):
        return None
    return meta if meta.get("made_by") == _made_by() else None


def _made_by() -> str:
    return f"{version('embedding-explorer')}/{_FORMAT}"


def _write_arrow(table: pa.Table, path: Path) -> None:
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        for batch in table.to_batches():
            writer.write_batch(batch)
            release_pages()  # the table may be mapped itself
    path.chmod(0o600)


def _read_arrow(path: Path) -> pa.Table:
    with path.open("rb") as file:
        return pa.ipc.open_file(map_file(file)).read_all()
