"""From files to a corpus in one call, for Python users."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

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
    mask: bool | None = None,
    clean: bool | None = None,
    **reading: Any,
) -> Corpus:
    """The records of one or more files; several are read as one.

    ``id``, ``text`` and ``time`` name columns, and are guessed where they are None. When texts are compared, ``mask``
    ignores times, ids, addresses and numbers, ``clean`` markup, quoted replies, signatures and forms. ``reading`` are
    fields of :class:`explorer.params.ReadParams` (``as_lines``, ``encoding``, ``delimiter``, ...). What is left out is
    decided by what the files look like; ``corpus.roles`` and ``corpus.reports`` say what was decided.

    Raises InputError when a file cannot be read, UnknownColumnError when it has no such column and SettingsError for
    a setting that is not one.
    """
    table = read_table(files, params=ReadParams.from_dict(reading))
    return build_corpus(table, resolve_roles(table, id=id, text=text, time=time), mask=mask, clean=clean)
