"""``inspect_table``: what a person should see of a file before anything is computed from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from explorer.ingest.cleaning import KINDS, find_cuts
from explorer.ingest.corpus import build_corpus
from explorer.ingest.log_order import order_of
from explorer.ingest.log_records import noted
from explorer.ingest.roles import guess_roles
from explorer.ingest.sessions import SessionField, session_fields
from explorer.strings import take_rows, take_strings
from explorer.types import Cleaning, Forms, Ints, Kind, ReadReport, RejectedRow, Roles, Table

SAMPLE_ROWS = 20
SAMPLE_REJECTED = 500
LOOKED_AT = 10_000  # records that are cleaned: a preview of many more would take minutes


@dataclass(frozen=True)
class Inspection:
    """What was decided about one or more files, small enough to be shown and sent.

    ``sample`` are the first records, one cell per column, and ``sample_lines`` where they stand; ``rejected`` are the
    first rows set aside, of ``n_rejected``. ``roles``, ``kind``, ``mask`` and ``clean`` are what an
    analysis would use; ``cut`` counts the records per kind of what cleaning would leave out of the comparison (see
    :data:`explorer.ingest.cleaning.KINDS`), among ``n_cleaned`` records that were looked at, and ``cut_examples`` has
    one of each. ``sessions`` are what may put the records of a log together, the best first.
    """

    reports: tuple[ReadReport, ...]
    columns: tuple[str, ...]
    is_lines: bool
    n_records: int
    n_rejected: int
    roles: Roles
    kind: Kind
    mask: bool
    cut: Mapping[str, int]
    cut_examples: Mapping[str, str]
    n_cleaned: int
    clean: bool
    sample: tuple[tuple[str | None, ...], ...]
    sample_lines: tuple[int, ...]
    rejected: tuple[RejectedRow, ...]
    sessions: tuple[SessionField, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        plain = {item.name: getattr(self, item.name) for item in fields(self)}
        plain["reports"] = [asdict(report) for report in self.reports]
        plain["roles"] = {**vars(self.roles), "reasons": dict(self.roles.reasons)}
        plain["rejected"] = [row._asdict() for row in self.rejected]
        plain["sessions"] = [field._asdict() for field in self.sessions]
        return plain

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Inspection:
        """The opposite of :meth:`to_dict`."""
        values = {name: as_tuples(value) for name, value in data.items()}
        values["reports"] = tuple(
            ReadReport(**{name: as_tuples(value) for name, value in report.items()}) for report in data["reports"]
        )
        values["roles"] = Roles(**{name: as_tuples(value) for name, value in data["roles"].items()})
        values["rejected"] = tuple(RejectedRow(**row) for row in data["rejected"])
        values["sessions"] = tuple(SessionField(**field) for field in data["sessions"])
        return cls(**values)


def inspect_table(table: Table, *, day_first: bool | None = None, today: dt.date | None = None) -> Inspection:
    """Looks at a table as an analysis would; see :func:`explorer.ingest.corpus.build_corpus` for the options.

    Raises InputError when no record has a text.
    """
    return inspect_in_order(table, day_first=day_first, today=today)[0]


def inspect_in_order(
    table: Table, *, day_first: bool | None = None, today: dt.date | None = None
) -> tuple[Inspection, Ints | None]:
    """As :func:`inspect_table`, and the rows (n,) in the order in which an analysis has them, None for the table's."""
    roles = guess_roles(table)
    is_large = table.n_rows > LOOKED_AT
    corpus = build_corpus(table, roles, clean=False if is_large else None, day_first=day_first, today=today)
    reports, cleaning, n_cleaned = corpus.reports, corpus.cleaning, corpus.n_records
    if is_large and corpus.kind == "tickets":
        some = np.linspace(0, corpus.n_records - 1, LOOKED_AT).astype(np.int64)
        found = find_cuts(take_strings(corpus.texts, some))
        cleaning, n_cleaned = Cleaning(found.forms, found.n_records, found.examples), LOOKED_AT
        reports = noted(reports, range(len(reports)), [_cut_of_some(cleaning)])
    cut = cleaning or Cleaning(Forms())
    order = order_of(table, corpus.sources)
    rows = np.arange(min(SAMPLE_ROWS, table.n_rows)) if order is None else order[:SAMPLE_ROWS]
    sample = [take_rows(table.cells.column(name), rows).to_pylist() for name in table.columns]
    inspection = Inspection(
        reports=reports,
        columns=tuple(table.columns),
        is_lines=table.is_lines,
        n_records=table.n_rows,
        n_rejected=len(table.rejected),
        roles=corpus.roles,
        kind=corpus.kind,
        mask=corpus.mask,
        cut=dict(cut.n_records),
        cut_examples=dict(cut.examples),
        n_cleaned=n_cleaned,
        clean=cleaning is not None,
        sample=tuple(zip(*sample, strict=True)),
        sample_lines=tuple(corpus.lines[:SAMPLE_ROWS].tolist()),
        rejected=table.rejected[:SAMPLE_REJECTED],
        sessions=session_fields(corpus) if corpus.kind == "logs" else (),
    )
    return inspection, order


def _cut_of_some(cleaning: Cleaning) -> str:
    """The note of :func:`explorer.ingest.corpus.build_corpus` for a file of which some records were looked at."""
    kinds = ", ".join(f"{KINDS[kind]} ({n:,})" for kind, n in cleaning.n_records.items())
    return (
        f"Left out when texts are compared, with how many of {LOOKED_AT:,} records lose it: {kinds}." if kinds else ""
    )


def as_tuples(value: Any) -> Any:
    """Lists, as JSON gives them, as tuples."""
    return tuple(as_tuples(item) for item in value) if isinstance(value, list) else value
