"""``explorer search`` and ``explorer similar``: answers from a finished analysis."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.console import printable
from explorer.counting import counted
from explorer.errors import InputError

if TYPE_CHECKING:
    from explorer.search import Hit
    from explorer.types import Analysis

_SHOWN_ROWS = 5


def add(commands: Any) -> None:
    """``explorer search`` and ``explorer similar``."""
    _add_search(commands)
    _add_similar(commands)


def _add_search(commands: Any) -> None:
    command = commands.add_parser(
        "search", help="find records by meaning in a finished analysis", description="Finds records by meaning."
    )
    command.add_argument("directory", metavar="DIR", type=Path, help="the --out folder of a finished analysis")
    command.add_argument("query", metavar="TEXT", help="what to look for, in your own words")
    _add_answer_options(command)
    command.set_defaults(run=_search)


def _add_similar(commands: Any) -> None:
    command = commands.add_parser(
        "similar",
        help="find the records most like a given one",
        description="Finds the records most like a given one.",
    )
    command.add_argument("directory", metavar="DIR", type=Path, help="the --out folder of a finished analysis")
    which = command.add_mutually_exclusive_group(required=True)
    which.add_argument("--id", help="the record's id; of several with the same id the first, and it says so")
    which.add_argument("--row", type=int, help="the record's row, counted from 0")
    _add_answer_options(command)
    command.set_defaults(run=_similar)


def _add_answer_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("-k", type=int, default=10, metavar="N", help="how many records (default 10)")
    command.add_argument("--json", action="store_true", help="print JSON with the full texts")


def _search(options: argparse.Namespace) -> int:
    from explorer.search import search_records
    from explorer.workspace.saved import load_analysis

    _check_k(options.k)
    analysis = load_analysis(options.directory)
    return _print_hits(search_records(analysis, options.query, k=options.k), options)


def _similar(options: argparse.Namespace) -> int:
    from explorer.search import similar_records
    from explorer.workspace.saved import load_analysis

    _check_k(options.k)
    analysis = load_analysis(options.directory)
    row = options.row if options.id is None else _row_of_id(analysis, options.id)
    return _print_hits(similar_records(analysis, row, options.k), options)


def _row_of_id(analysis: Analysis, record_id: str) -> int:
    """The first row with this id. Where there are more it says so, on standard error: the answer stays as it is."""
    from explorer.search import rows_of_id

    first, *others = rows_of_id(analysis, record_id).tolist()
    if others:
        listed = ", ".join(map(str, others[:_SHOWN_ROWS])) + (", ..." if len(others) > _SHOWN_ROWS else "")
        has = "has" if len(others) == 1 else "have"
        sys.stderr.write(
            f"explorer: this is for row {first}; {counted(len(others), 'more record')} {has} the id "
            f"{printable(repr(record_id))}. Name one with --row: {listed}.\n"
        )
    return int(first)


def _check_k(k: int) -> None:
    if k < 1:
        raise InputError(f"-k is {k}; ask for 1 record or more.")


def _print_hits(hits: list[Hit], options: argparse.Namespace) -> int:
    if options.json:
        sys.stdout.write(json.dumps([hit._asdict() for hit in hits], indent=2) + "\n")
        return 0
    for hit in hits:
        text = printable(" ".join(hit.text.split())[:100])
        copies = f" ({hit.n_copies:,} records)" if hit.n_copies > 1 else ""
        sys.stdout.write(f"{hit.similarity:.3f}  row {hit.row}  {printable(hit.id)}{copies}  {text}\n")
    return 0
