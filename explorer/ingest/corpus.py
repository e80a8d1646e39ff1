"""``build_corpus``: Table and Roles -> Corpus; and the doors for data that is already in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.errors import InputError
from explorer.ingest.logs import find_levels, looks_like_logs
from explorer.ingest.roles import LEVEL, guess_roles
from explorer.ingest.times import parse_times
from explorer.types import Corpus, Ints, Kind, ReadReport, Roles, Table, Times

_LEAST_LINES_WITH_TIME = 0.5
_MASKED = "The texts are log lines: times, ids, addresses, numbers and names that vary are masked first."


def build_corpus(table: Table, roles: Roles | None = None, *, mask: bool | None = None) -> Corpus:
    """The records to analyze: ids, texts and times as ``roles`` says, guessed where None.

    ``mask`` None masks log lines, and tables whose texts are log lines. Text columns that are not blank are joined by
    line breaks. A record without an id gets one from its place: "name.csv:17".

    Raises InputError when no record has a text.
    """
    roles = guess_roles(table) if roles is None else roles
    texts = _texts(table, roles)
    if not any(texts):
        where = "any column" if table.is_lines else " or ".join(repr(name) for name in roles.text)
        raise InputError(f"None of the {table.n_rows:,} records has a text in {where}. Choose another text column.")
    kind: Kind = "logs" if table.is_lines or looks_like_logs(texts) else "tickets"
    is_masked = kind == "logs" if mask is None else mask
    times, reports = _times(table, roles, texts, kind)
    if kind == "logs" and mask is None:
        reports = _noted(reports, range(len(reports)), [_MASKED])
    fields = table.cells
    if table.is_lines:
        fields, roles = _with_levels(table, roles, texts)
    ids = _ids(table, roles)
    return Corpus(
        ids=ids,
        texts=texts,
        times=times,
        fields=fields,
        kind=kind,
        mask=is_masked,
        roles=roles,
        lines=table.lines,
        sources=table.sources,
        reports=reports,
        rejected=table.rejected,
        fingerprint=_fingerprint(ids, texts, times, fields, f"{kind} {is_masked}"),
    )


def _texts(table: Table, roles: Roles) -> tuple[str, ...]:
    columns = [_without_blanks(table.cells.column(name)).to_pylist() for name in roles.text]
    # Not Arrow's binary_join_element_wise: it drops rows in which every cell is null.
    return tuple("\n".join(filter(None, cells)) for cells in zip(*columns, strict=True))


def _without_blanks(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Null for cells of white space only."""
    is_blank = pc.equal(pc.utf8_trim_whitespace(column), "")
    return pc.if_else(pc.fill_null(is_blank, True), pa.scalar(None, pa.string()), column)


def _ids(table: Table, roles: Roles) -> tuple[str, ...]:
    names = [report.source for report in table.reports]
    made = (
        f"{names[source]}:{line}" for source, line in zip(table.sources.tolist(), table.lines.tolist(), strict=True)
    )
    if roles.id is None:
        return tuple(made)
    own = _without_blanks(table.cells.column(roles.id)).to_pylist()
    return tuple(place if cell is None else cell for cell, place in zip(own, made, strict=True))


def _times(table: Table, roles: Roles, texts: Sequence[str], kind: Kind) -> tuple[Times | None, tuple[ReadReport, ...]]:
    """Times of the time column, or of log lines, and the reports with what was decided about them."""
    if roles.time is not None:
        parsed = parse_times(table.cells.column(roles.time).to_pylist())
        n_unread = _count(parsed.n_unread, "cell")
        note = f"{n_unread} of {roles.time!r} could not be read as a time." if parsed.n_unread else ""
        return parsed.times, _noted(table.reports, range(len(table.reports)), [*parsed.notes, note])
    if kind != "logs":
        return None, table.reports
    times = np.full(len(texts), "NaT", dtype="datetime64[ms]")
    reports = table.reports
    # Each file is written by one program, so each has a rule of its own.
    for source in range(len(reports)):
        rows = np.flatnonzero(table.sources == source)
        parsed = parse_times([texts[row] for row in rows.tolist()], in_lines=True)
        if parsed.n_unread <= (1 - _LEAST_LINES_WITH_TIME) * len(rows):
            times[rows] = parsed.times
            note = f"{_count(parsed.n_unread, 'line')} without a time that could be read." if parsed.n_unread else ""
            reports = _noted(reports, [source], [*parsed.notes, note])
    return (None if np.isnat(times).all() else times), reports


def _count(n: int, what: str) -> str:
    return f"{n:,} {what}" + ("" if n == 1 else "s")


def _noted(reports: tuple[ReadReport, ...], sources: Iterable[int], notes: Sequence[str]) -> tuple[ReadReport, ...]:
    new = tuple(note for note in notes if note)
    chosen = set(sources)
    return tuple(
        replace(made, notes=(*made.notes, *new)) if position in chosen else made
        for position, made in enumerate(reports)
    )


def _with_levels(table: Table, roles: Roles, texts: Sequence[str]) -> tuple[pa.Table, Roles]:
    """The lines with a column for their level, where lines say it."""
    levels = pa.array(find_levels(texts), pa.string())
    n_different = len(pc.unique(levels.drop_null()))
    if n_different == 0:
        return table.cells, replace(roles, categories=())
    fields = table.cells.append_column(LEVEL, pa.chunked_array([levels]))
    return fields, replace(roles, categories=(LEVEL,) if n_different > 1 else ())


def _fingerprint(ids: Sequence[str], texts: Sequence[str], times: Times | None, fields: pa.Table, settings: str) -> str:
    digest = hashlib.blake2b(settings.encode(), digest_size=16)
    _add_column(digest, pa.chunked_array([pa.array(ids, pa.large_string())]))
    _add_column(digest, pa.chunked_array([pa.array(texts, pa.large_string())]))
    digest.update(b"no times" if times is None else times.astype(np.int64).tobytes())
    for name in fields.column_names:
        _add_column(digest, pa.chunked_array([pa.array([name], pa.large_string())]))
        _add_column(digest, fields.column(name))
    return digest.hexdigest()


def _add_column(digest: Any, column: pa.ChunkedArray) -> None:
    """Add strings so that neither their chunks nor what lies beneath nulls makes a difference."""
    large = column.cast(pa.large_string())
    lengths: Ints = pc.fill_null(pc.binary_length(large), -1).to_numpy().astype(np.int64)
    digest.update(np.int64(len(lengths)).tobytes())
    digest.update(lengths.tobytes())
    for chunk in pc.fill_null(large, "").chunks:
        _, offsets, data = chunk.buffers()
        if data is not None and len(chunk):
            bounds = np.frombuffer(offsets, dtype=np.int64)[chunk.offset : chunk.offset + len(chunk) + 1]
            digest.update(memoryview(data)[bounds[0] : bounds[-1]])
