"""The options of every command that reads files."""

from __future__ import annotations

import argparse

from explorer.params import ReadParams


def add(command: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """What the reader decides where nothing is said; the same for every command that reads files."""
    reading = command.add_argument_group("reading (decided from the file where not given)")
    form = reading.add_mutually_exclusive_group()
    form.add_argument("--logs", action="store_true", help="every line is a record")
    form.add_argument("--table", action="store_true", help="the files are tables, whatever their names")
    reading.add_argument("--encoding", metavar="NAME", help="utf-8, cp1252, shift_jis, gb18030, ...")
    reading.add_argument("--delimiter", metavar="TEXT", help="what separates columns; \\t for a tab, '' for one column")
    reading.add_argument("--quote", metavar="CHAR", help="what encloses a cell; '' for nothing")
    reading.add_argument("--first-line", metavar="N", type=int, help="the line, from 1, on which the header begins")
    reading.add_argument("--header-rows", metavar="N", type=int, help="rows of the header, 0 where there is none")
    reading.add_argument("--sheet", metavar="NAME", help="sheet of a workbook, or file in an archive")
    reading.add_argument("--log-format", metavar="NAME", help="the format of a log's lines")
    order = reading.add_mutually_exclusive_group()
    order.add_argument("--day-first", action="store_true", help="01/02/2024 is the first of February")
    order.add_argument("--month-first", action="store_true", help="01/02/2024 is the second of January")
    # How the dashboard runs this command: the names of uploads, which are stored under other names.
    command.add_argument("--shown-name", action="append", help=argparse.SUPPRESS)
    return reading


def chosen(options: argparse.Namespace) -> ReadParams:
    """What the user decided; the rest is left to the reader."""
    return ReadParams(
        as_lines=True if options.logs else False if options.table else None,
        encoding=options.encoding,
        delimiter=None if options.delimiter is None else options.delimiter.replace("\\t", "\t"),
        quote=options.quote,
        first_line=options.first_line,
        header_rows=options.header_rows,
        sheet=options.sheet,
        log_format=options.log_format,
        day_first=True if options.day_first else False if options.month_first else None,
    )
