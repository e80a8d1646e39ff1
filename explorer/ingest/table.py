"""``read_table``: one or more files -> Table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.errors import InputError, UnreadableFileError
from explorer.ingest.readers import FileRows, Reader, choose_reader
from explorer.ingest.source import Source, open_sources
from explorer.params import ReadParams
from explorer.types import Ints, Progress, ProgressCallback, ReadReport, Table


def read_table(
    paths: Sequence[str | Path],
    *,
    names: Sequence[str] | None = None,
    params: ReadParams | None = None,
    progress: ProgressCallback | None = None,
) -> Table:
    """Read tickets or logs; several files are read as one, in the order given.

    ``names`` are the names to show, one per path, where files are stored under other names. ``params`` holds what
    the user decided about reading; the rest is decided by content and name. Progress counts the rows read of the
    file that its note names.

    Raises InputError (UnreadableFileError) in one sentence when a file cannot be used; rows that cannot be used
    are in ``Table.rejected`` instead.
    """
    if isinstance(paths, str | Path):
        paths = [paths]
    if not paths:
        raise InputError("No file was given. Name at least one table or log file.")
    if names is not None and len(names) != len(paths):
        raise InputError(f"There are {len(paths)} files and {len(names)} names. Give one name per file.")
    parts: list[FileRows] = []
    readers: list[Reader] = []
    for number, path in enumerate(paths):
        sources = open_sources(Path(path), None if names is None else names[number], params)
        while sources:
            source = sources.pop(0)  # its bytes are given back as soon as it is read
            reader = choose_reader(source)
            readers.append(reader)
            _check_kinds(readers, [*(part.report.source for part in parts), source.name])
            parts.append(_read_file(reader, source, progress))
    return _unite(parts, is_lines=readers[0].is_lines)


def _check_kinds(readers: list[Reader], names: list[str]) -> None:
    """Lines and tables have no columns in common."""
    if readers[-1].is_lines != readers[0].is_lines:
        lines, table = (0, -1) if readers[0].is_lines else (-1, 0)
        raise InputError(
            f"{names[lines]} is read as plain lines and {names[table]} as a table. "
            "Analyze them separately, or choose one way to read both."
        )


def _read_file(reader: Reader, source: Source, progress: ProgressCallback | None) -> FileRows:
    def tick(n_rows: int) -> None:
        if progress is not None:
            progress(Progress("read", n_rows, 0, source.name))

    tick(0)
    try:
        rows = reader.read(source, tick)
    except MemoryError as error:
        raise UnreadableFileError(
            f"{source.name} does not fit into the memory that reading may use. Split it, or save it as CSV."
        ) from error
    made = rows.report
    if made.n_rows_read == 0:
        raise InputError(f"{source.name} has {_what_it_has(reader)} but no rows. Check how it was exported.")
    if made.n_rows_kept == 0:
        first = rows.rejected[0]
        raise InputError(
            f"None of the {made.n_rows_read:,} rows of {source.name} could be used, "
            f"the first because of {first.reason} (line {first.line}). Check the delimiter and the quotes."
        )
    if not any(_has_content(column) for column in rows.cells.columns):
        raise InputError(
            f"{source.name} has {made.n_rows_kept:,} rows and all their cells are empty. Check how it was exported."
        )
    return rows


def _what_it_has(reader: Reader) -> str:
    return "blank lines" if reader.is_lines else "a header"


def _has_content(column: pa.ChunkedArray) -> bool:
    return any(pc.any(pc.match_substring_regex(chunk, r"\S")).as_py() for chunk in column.chunks)


def _unite(parts: list[FileRows], *, is_lines: bool) -> Table:
    """Columns in the order in which they first appear; a cell of a column the file does not have is null."""
    cells = pa.concat_tables([part.cells for part in parts], promote_options="default")
    reports = tuple(part.report for part in parts)
    if len(parts) > 1:
        reports = tuple(_with_union_note(part, cells.column_names, len(parts)) for part in parts)
    return Table(
        cells=cells,
        lines=np.concatenate([part.lines for part in parts]),
        sources=_sources([len(part.lines) for part in parts]),
        reports=reports,
        rejected=tuple(row for part in parts for row in part.rejected),
        is_lines=is_lines,
    )


def _sources(n_rows: list[int]) -> Ints:
    """The file (n,) of each row; zeros that are never written to take no memory."""
    if len(n_rows) == 1:
        return np.zeros(n_rows[0], dtype=np.int64)
    return np.repeat(np.arange(len(n_rows), dtype=np.int64), n_rows)


def _with_union_note(part: FileRows, columns: list[str], n_files: int) -> ReadReport:
    own = set(part.cells.column_names)
    missing = [name for name in columns if name not in own]
    note = f"Read together with {n_files - 1} other file{'s' if n_files > 2 else ''}."
    if missing:
        listed = ", ".join(missing[:8]) + (", ..." if len(missing) > 8 else "")
        note = f"{note[:-1]}; columns this one does not have are empty: {listed}."
    return replace(part.report, notes=(*part.report.notes, note))
