"""From files to a corpus in one call, for Python users."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from explorer.ingest.corpus import build_corpus
from explorer.ingest.roles import resolve_roles
from explorer.ingest.table import read_table
from explorer.types import Corpus


def read(
    *files: str | Path,
    id: str | None = None,
    text: str | Sequence[str] | None = None,
    time: str | None = None,
    as_lines: bool | None = None,
    mask: bool | None = None,
) -> Corpus:
    """The records of one or more files; several are read as one.

    ``id``, ``text`` and ``time`` name columns, and are guessed where they are None. ``as_lines`` reads every line as a
    record (True) or the files as tables (False); ``mask`` ignores times, ids, addresses and numbers when texts are
    compared. Both are decided by what the files look like where they are None. ``corpus.roles`` and
    ``corpus.reports`` say what was decided.

    Raises InputError when a file cannot be read and UnknownColumnError when it has no such column.
    """
    table = read_table(files, as_lines=as_lines)
    return build_corpus(table, resolve_roles(table, id=id, text=text, time=time), mask=mask)
