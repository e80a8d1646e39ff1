"""``build_corpus``: Table and Roles -> Corpus; and the doors for data that is already in memory."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.counting import counted
from explorer.errors import InputError
from explorer.ingest import log_records
from explorer.ingest.cleaning import KINDS, find_cuts
from explorer.ingest.log_columns import LEVEL, MESSAGE, TIME
from explorer.ingest.log_order import order_by_time
from explorer.ingest.logs import looks_like_logs
from explorer.ingest.mapped import release_pages
from explorer.ingest.outcomes import with_outcomes
from explorer.ingest.roles import guess_roles
from explorer.ingest.times import ParsedTimes, example_of, parse_times
from explorer.strings import Strings, string_column, take_rows
from explorer.types import Cleaning, Corpus, Ints, Kind, ReadReport, Roles, Table, Times

_AT_ONCE = 100_000  # records whose places are written out at a time
_SAME_LEVEL = f"{LEVEL!r} was chosen as a category, but no two records differ in it."
_MASKED = "The texts are log lines: times, ids, addresses, numbers and names that vary are masked first."


def build_corpus(
    table: Table,
    roles: Roles | None = None,
    *,
    mask: bool | None = None,
    clean: bool | None = None,
    day_first: bool | None = None,
    today: dt.date | None = None,
) -> Corpus:
    """The records to analyze: ids, texts and times as ``roles`` says, guessed where None.

    ``mask`` None masks log lines, and tables whose texts are log lines; ``clean`` None cleans all others, so that
    markup, quoted replies, greetings, signatures and forms do not count when texts are compared. Text columns that
    are not blank are joined by line breaks, those of a log by spaces. A record without an id gets one from its place:
    "name.csv:17". ``day_first`` says how dates such as 01/02/2024 are meant, None decides it from all of them. Times
    without a year get the latest that puts none of them behind ``today``, and the year 2000 where that is None.

    Raises InputError when no record has a text.
    """
    roles = guess_roles(table) if roles is None else roles
    texts = _texts(table, roles)
    if not any(texts):
        where = " or ".join(repr(name) for name in roles.text)
        raise InputError(f"None of the {table.n_rows:,} records has a text in {where}. Choose another text column.")
    kind: Kind = "logs" if table.is_lines or looks_like_logs(texts) else "tickets"
    is_masked = kind == "logs" if mask is None else mask
    table = replace(table, reports=log_records.noted(table.reports, range(len(table.reports)), roles.notes))
    if kind == "logs" and not table.is_lines:
        texts = Strings(with_outcomes(string_column(texts), table, _named(roles)))
    release_pages()
    times, reports = _times(table, roles, texts, kind, day_first, today)
    release_pages()
    table, times = order_by_time(replace(table, reports=reports), times)
    texts, reports = _texts(table, roles) if table.reports is not reports else texts, table.reports
    if kind == "logs" and mask is None:
        reports = log_records.noted(reports, range(len(reports)), [_MASKED])
    cleaning = None
    if kind == "tickets" if clean is None else clean:
        cleaning, reports = _cleaning(table.sources, texts, reports)
    fields = table.cells
    if table.is_lines:
        was_chosen = "categories" in roles.reasons and LEVEL in roles.categories
        fields, roles = log_records.with_levels(table, roles)
        if was_chosen and LEVEL not in roles.categories:
            reports = log_records.noted(reports, range(len(reports)), [_SAME_LEVEL])
    ids = _ids(table, roles)
    release_pages()
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
        fingerprint=corpus_fingerprint(ids, texts, times, fields, f"{kind} {is_masked} {cleaning is not None}"),
        cleaning=cleaning,
    )


def _texts(table: Table, roles: Roles) -> Strings:
    """The text of each record: the columns that have this role, joined. A log's message alone has the fields behind it
    that say what happened; of several columns each is as it was chosen."""
    if table.is_lines and roles.text == (MESSAGE,):
        said = log_records.log_texts(table)
        return Strings(pc.fill_null(said, "") if said.null_count else said)
    columns = [
        log_records.log_column(table, name) if table.is_lines else table.cells.column(name) for name in roles.text
    ]
    if table.is_lines and len(columns) == 1:
        return Strings(pc.fill_null(columns[0], "") if columns[0].null_count else columns[0])
    # Templates are made of first lines, so what is chosen of a log stands on one.
    between = pa.scalar(" " if table.is_lines else "\n", pa.large_string())
    parts = pa.table(columns, [str(number) for number in range(len(columns))]).to_batches()
    return Strings(pa.chunked_array([_joined(part.columns, between) for part in parts], pa.large_string()))


def _joined(columns: Sequence[pa.Array], between: pa.Scalar) -> pa.Array:
    """The cells of each row that are not blank, joined."""
    joined, *others = [_without_blanks(column).cast(pa.large_string()) for column in columns]
    for column in others:
        # Null where one of the two is; binary_join_element_wise's own way with nulls loses rows that are all null.
        both = pc.binary_join_element_wise(joined, column, between)
        joined = pc.coalesce(both, joined, column)
    return pc.fill_null(joined, "")


def _named(roles: Roles) -> set[str]:
    """The columns that have a role."""
    single = (roles.id, roles.time, roles.link, roles.status, roles.priority, roles.product, roles.requester)
    return {*roles.text, *filter(None, (*single, roles.closed))}


def _cleaning(
    sources: Ints, texts: Sequence[str], reports: tuple[ReadReport, ...]
) -> tuple[Cleaning, tuple[ReadReport, ...]]:
    """What cleaning cuts, and the reports with how many records of each file lose what."""
    found = find_cuts(texts)
    n_of_kinds: list[Counter[frozenset[str]]] = [Counter() for _ in reports]
    for (source, kinds), n in Counter(zip(sources.tolist(), found.kinds, strict=True)).items():
        n_of_kinds[source][kinds] = n
    for source, cut in enumerate(n_of_kinds):
        counts = {kind: sum(n for kinds, n in cut.items() if kind in kinds) for kind in found.n_records}
        listed = ", ".join(f"{KINDS[kind]} ({n:,})" for kind, n in counts.items() if n)
        note = f"Left out when texts are compared, with the number of records: {listed}." if listed else ""
        reports = log_records.noted(reports, [source], [note])
    return Cleaning(found.forms, found.n_records, found.examples), reports


def _without_blanks(column: Any) -> Any:
    """Null for cells of white space only."""
    is_blank = pc.equal(pc.utf8_trim_whitespace(column), "")
    return pc.if_else(pc.fill_null(is_blank, True), pa.scalar(None, pa.string()), column)


def _ids(table: Table, roles: Roles) -> Strings:
    names = pa.array([report.source for report in table.reports], pa.string())
    places = []
    for start in range(0, table.n_rows, _AT_ONCE):
        rows = slice(start, start + _AT_ONCE)
        files = names.take(pa.array(table.sources[rows]))
        places.append(pc.binary_join_element_wise(files, pa.array(table.lines[rows]).cast(pa.string()), ":"))
    made = pa.chunked_array(places, pa.string())
    if roles.id is None:
        return Strings(made)
    own = _without_blanks(table.cells.column(roles.id)).cast(pa.large_string())
    return Strings(pc.coalesce(own, made.cast(pa.large_string())))


def _times(
    table: Table, roles: Roles, texts: Sequence[str], kind: Kind, day_first: bool | None, today: dt.date | None
) -> tuple[Times | None, tuple[ReadReport, ...]]:
    """Times of the time column, or of log lines, and the reports with what was decided about them."""
    if table.is_lines and TIME in table.columns and roles.time is None:
        return None, table.reports  # as chosen
    if roles.time is not None and not (table.is_lines and roles.time == TIME):
        newest = log_records.newest_time("", today)
        parsed = parse_times(table.cells.column(roles.time), not_after=newest, day_first=day_first)
        reports = log_records.noted(table.reports, range(len(table.reports)), [*parsed.notes, parsed.zone_note])
        return parsed.times, _with_unread(table, roles.time, parsed, reports)
    if kind != "logs":
        return None, table.reports
    lines = log_records.log_messages(table) if table.is_lines else pa.chunked_array([pa.array(texts, pa.string())])
    return log_records.log_times(table, lines, day_first=day_first, today=today)


def _with_unread(
    table: Table, name: str, parsed: ParsedTimes, reports: tuple[ReadReport, ...]
) -> tuple[ReadReport, ...]:
    """The reports, with how many cells of each file are no time."""
    if not parsed.n_unread:
        return reports
    column = table.cells.column(name)
    is_filled = pc.fill_null(pc.match_substring_regex(column, r"\S"), False).to_numpy()
    unread = np.flatnonzero(is_filled & np.isnat(parsed.times))
    for source in np.unique(table.sources[unread]).tolist():
        rows = unread[table.sources[unread] == source]
        such = example_of(pa.chunked_array([take_rows(column, rows)]))
        note = f"{counted(len(rows), 'cell')} of {name!r} could not be read as a time, such as {such}."
        reports = log_records.noted(reports, [source], [note])
    return reports


def corpus_fingerprint(
    ids: Sequence[str], texts: Sequence[str], times: Times | None, fields: pa.Table, settings: str
) -> str:
    """A digest of everything in a corpus that results depend on."""
    digest = hashlib.blake2b(settings.encode(), digest_size=16)
    _add_column(digest, string_column(ids))
    _add_column(digest, string_column(texts))
    digest.update(b"no times" if times is None else times.astype(np.int64).tobytes())
    for name in fields.column_names:
        release_pages()
        _add_column(digest, pa.chunked_array([pa.array([name], pa.large_string())]))
        _add_column(digest, fields.column(name))
    return digest.hexdigest()


def _add_column(digest: Any, column: pa.ChunkedArray) -> None:
    """Add strings so that neither their chunks nor what lies beneath nulls makes a difference."""
    digest.update(np.int64(len(column)).tobytes())
    for chunk in column.chunks:
        digest.update(pc.fill_null(pc.binary_length(chunk), -1).to_numpy().astype(np.int64))
    for given in column.chunks:
        chunk = pc.fill_null(given, "").cast(pa.large_string())
        _, offsets, data = chunk.buffers()
        if data is not None and len(chunk):
            bounds = np.frombuffer(offsets, dtype=np.int64)[chunk.offset : chunk.offset + len(chunk) + 1]
            digest.update(memoryview(data)[bounds[0] : bounds[-1]])
        release_pages()
