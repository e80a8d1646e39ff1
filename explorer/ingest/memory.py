"""Doors for data that is already in memory: a data frame, a list of texts."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from explorer.errors import InputError
from explorer.ingest.clock import utc_today
from explorer.ingest.corpus import build_corpus
from explorer.ingest.readers.base import column_names, string_table
from explorer.ingest.roles import resolve_roles
from explorer.ingest.source import Source
from explorer.types import Corpus, ReadReport, Roles, Table

if TYPE_CHECKING:
    import pandas as pd


def corpus_from_frame(
    frame: pd.DataFrame,
    *,
    text: str | Sequence[str] | None = None,
    id: str | None = None,
    time: str | None = None,
    categories: str | Sequence[str] | None = None,
    mask: bool | None = None,
    clean: bool | None = None,
    day_first: bool | None = None,
    today: dt.date | None = None,
) -> Corpus:
    """A corpus from a pandas data frame; missing values (NaN, None, NaT) are empty, whole numbers stay whole.

    Columns not named are guessed, as for a file, and ``day_first`` and ``today`` are those of
    :func:`explorer.ingest.files.read`. The index is not used. Raises InputError for an empty frame,
    UnknownColumnError for a column the frame does not have.
    """
    if not len(frame) or not len(frame.columns):
        raise InputError(f"The data frame has {len(frame)} rows and {len(frame.columns)} columns, so there is no text.")
    columns = [[_cell_text(value) for value in frame.iloc[:, i].tolist()] for i in range(len(frame.columns))]
    table = _table([str(name) for name in frame.columns], columns, "data frame")
    return build_corpus(
        table,
        resolve_roles(table, id=id, text=text, time=time, categories=categories),
        mask=mask,
        clean=clean,
        day_first=day_first,
        today=utc_today() if today is None else today,
    )


def corpus_from_texts(
    texts: Sequence[str | None],
    *,
    ids: Sequence[str] | None = None,
    mask: bool = False,
    clean: bool = False,
    today: dt.date | None = None,
) -> Corpus:
    """A corpus from texts (a list, an array, a data frame's column); None or NaN is a record without text.

    The texts are compared as they are, unless ``mask`` or ``clean`` say otherwise. Log lines have times; ``today`` is
    that of :func:`explorer.ingest.files.read`. Raises InputError when there
    is no text, or when ``ids`` are not as many as the texts.
    """
    if isinstance(texts, str):
        raise InputError("One text was given where a list of texts was expected. Put it into a list.")
    cells = [_cell_text(text) for text in texts]
    if ids is not None and len(ids) != len(cells):
        raise InputError(f"There are {len(cells)} texts and {len(ids)} ids. Give one id per text.")
    names, columns = ["text"], [cells]
    if ids is not None:
        names, columns = ["id", "text"], [[_cell_text(one) for one in ids], cells]
    if not cells:
        raise InputError("The list of texts is empty. Give at least one text.")
    roles = Roles(None if ids is None else "id", ("text",), None, ())
    return build_corpus(
        _table(names, columns, "texts"), roles, mask=mask, clean=clean, today=utc_today() if today is None else today
    )


def _table(names: list[str], columns: Sequence[Sequence[str | None]], source: str) -> Table:
    unique, notes = column_names(names, Source(source, "", b""))
    cells, n_repaired = string_table(unique, columns)
    n_rows = len(columns[0])
    report = ReadReport(
        source=source,
        format=source,
        encoding=None,
        delimiter=None,
        sheet=None,
        n_rows_read=n_rows,
        n_rows_kept=n_rows,
        n_rows_rejected=0,
        n_cells_repaired=n_repaired,
        notes=tuple(notes),
    )
    return Table(
        cells=pa.table(cells),
        lines=np.arange(1, n_rows + 1, dtype=np.int64),
        sources=np.zeros(n_rows, dtype=np.int64),
        reports=(report,),
        rejected=(),
        is_lines=False,
    )


def _cell_text(value: Any) -> str | None:
    """A cell of a data frame as a person would write it; None where it is missing."""
    if isinstance(value, str):
        return value
    if value is None:
        return None
    if isinstance(value, float):
        if math.isnan(value):
            return None
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    # pandas' own missing values are not equal to themselves, or refuse to say
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    return str(value)
