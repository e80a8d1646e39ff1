"""From files to a corpus in one call, for Python users."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from explorer.ingest.clock import utc_today
from explorer.ingest.corpus import build_corpus
from explorer.ingest.roles import resolve_roles
from explorer.ingest.table import read_table
from explorer.params import ReadParams
from explorer.types import Corpus


def read(
    *files: str | Path,
    id: str | None = None,
    text: str | Sequence[str] | None = None,
    time: str | None = None,
    categories: str | Sequence[str] | None = None,
    roles: Mapping[str, str] | None = None,
    mask: bool | None = None,
    clean: bool | None = None,
    today: dt.date | None = None,
    **reading: Any,
) -> Corpus:
    """The records of one or more files; several are read as one.

    ``id``, ``text``, ``time`` and ``categories`` (offered for colours and filters) name columns, and are guessed where
    they are None; ``""`` says that there is no such column. ``roles`` names columns of the roles beside these: link,
    status, priority, product, requester, closed. When texts are compared, ``mask`` ignores times, ids,
    addresses and numbers, ``clean`` markup, quoted replies, signatures and forms. ``today`` is the day behind which no
    time without a year is put, None for the clock's. ``reading`` are fields of :class:`explorer.params.ReadParams`
    (``as_lines``, ``encoding``, ``day_first``, ...). What is left out is decided by what the files look like;
    ``corpus.roles`` and ``corpus.reports`` say what was decided.

    Raises InputError when a file cannot be read, UnknownColumnError when it has no such column and SettingsError for
    a setting that is not one.
    """
    params = ReadParams.from_dict(reading)
    table = read_table(files, params=params)
    return build_corpus(
        table,
        resolve_roles(table, id=id, text=text, time=time, categories=categories, **(roles or {})),
        mask=mask,
        clean=clean,
        day_first=params.day_first,
        today=utc_today() if today is None else today,
    )
