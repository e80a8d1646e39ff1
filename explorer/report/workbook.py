"""The workbook ``report.xlsx``: a summary and every table on a sheet of its own.

All texts are written as strings, so that Excel takes none of them for a formula, a link or a number. The file carries
a fixed creation date and no run times: the same analysis gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import xlsxwriter
from xlsxwriter.exceptions import XlsxFileError

from explorer.report import tables
from explorer.report.cells import MAX_SHEET_TEXT, sheet_text, starts_formula
from explorer.report.files import replacing
from explorer.report.summary import COUNT_LABELS, counted, headline, summary
from explorer.report.tables import ReportTable
from explorer.strings import take_strings
from explorer.types import Analysis

#: Rows of a sheet. Excel holds 1,048,575, but opens so many slowly, and they take minutes to write.
MAX_ROWS = 250_000
#: A sheet of pairs beyond this size nobody reads; the CSV file has them all.
MAX_PAIRS = 50_000

_CREATED = datetime(2000, 1, 1)
_LONG_TEXT = 600  # characters from which a row gets a fixed height, so that one record does not fill the screen
_LONG_ROW_HEIGHT = 150
_WIDTHS = {
    "text": 90,
    "text_a": 60,
    "text_b": 60,
    "reason": 60,
    "examples": 100,
    "name": 34,
    "cluster_name": 34,
    "id": 16,
    "id_a": 16,
    "id_b": 16,
    "nearest_id": 16,
    "representative_id": 18,
    "source": 24,
}
_DECIMALS = {"similarity": "0.000", "nearest_similarity": "0.000", "strangeness": "0.000", "x": "0.00", "y": "0.00"}


class Sheet(NamedTuple):
    """A sheet: its name, its table, the file that holds the same table in full, and how many rows it may have."""

    name: str
    table: Callable[[Analysis], ReportTable]
    full_file: str
    max_rows: int


def _records_with_text(analysis: Analysis) -> ReportTable:
    table, texts = tables.records_table(analysis), analysis.corpus.texts
    return ReportTable(
        len(table), lambda rows: table.part(rows).assign(text=pd.Series(take_strings(texts, rows), dtype=object))
    )


SHEETS: tuple[Sheet, ...] = (
    Sheet("Duplicate groups", tables.groups_table, "duplicate_groups.csv", MAX_ROWS),
    Sheet("Pairs", tables.pairs_table, "duplicate_pairs.csv", MAX_PAIRS),
    Sheet("Anomalies", tables.anomalies_table, "anomalies.csv", MAX_ROWS),
    Sheet("Clusters", tables.clusters_table, "clusters.csv", MAX_ROWS),
    Sheet("Records", _records_with_text, "records.csv", MAX_ROWS),
    Sheet("Rejected", tables.rejected_table, "rejected.csv", MAX_ROWS),
)

HOW_TO_READ = (
    "A duplicate group holds records that are at least as similar as the threshold to the group's representative.",
    "Similarity is the cosine of two texts as the model reads them: 1 is the same text. Texts of a similar form are "
    "similar even when they report different problems: read both before merging.",
    "Strangeness goes from 0 to 1, and higher is stranger. It is measured against this file only: a strange record is "
    "not wrong, and a fault that is frequent here is not strange.",
    "row is the position of the record in its file, beginning with 0; id is the one in the file.",
)


def write_workbook(analysis: Analysis, path: Path, sheets: tuple[Sheet, ...] = SHEETS) -> None:
    """Write the workbook to ``path``; raises :class:`StorageError` when the disk refuses."""
    with replacing(path) as temporary, TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as scratch:
        options = {
            "constant_memory": True,
            "tmpdir": scratch,  # on the disk that has to hold the result, and removed whatever happens
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        book = xlsxwriter.Workbook(str(temporary), options)
        book.set_properties({"title": "Explorer report", "created": _CREATED})
        formats = _formats(book)
        front = book.add_worksheet("Summary")
        notes = [note for sheet in sheets for note in _write_sheet(book, formats, sheet, sheet.table(analysis))]
        _write_summary(front, formats, analysis, notes)
        try:
            book.close()
        except XlsxFileError as error:
            raise OSError(str(error)) from error


def _formats(book: Any) -> dict[str, Any]:
    top = {"valign": "top"}
    made = {code: book.add_format({**top, "num_format": code}) for code in set(_DECIMALS.values())}
    return {
        **made,
        "header": book.add_format({**top, "bold": True, "bg_color": "#1F3A5F", "font_color": "#FFFFFF", "border": 0}),
        "title": book.add_format({**top, "bold": True, "font_size": 16}),
        "section": book.add_format({**top, "bold": True, "font_size": 12, "font_color": "#1F3A5F"}),
        "text": book.add_format({**top, "text_wrap": True}),
        # Excel's own mark of a text that begins like a formula: without it, editing the cell would make it one.
        "quoted": book.add_format({**top, "text_wrap": True, "quote_prefix": True}),
        "plain": book.add_format(top),
        "integer": book.add_format({**top, "num_format": "#,##0"}),
    }


def _write_sheet(book: Any, formats: dict[str, Any], sheet: Sheet, table: ReportTable) -> list[str]:
    """Write one table and return what has to be said about it on the first sheet."""
    page = book.add_worksheet(sheet.name)
    n_shown = min(sheet.max_rows, len(table))
    parts = table.parts(n_shown)
    first = next(parts)
    names = list(first.columns)
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, max(1, n_shown), len(names) - 1)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    for column, name in enumerate(names):
        page.set_column(column, column, _WIDTHS.get(name, max(11, len(name) + 4)))
        page.write_string(0, column, name, formats["header"])
    n_cut = 0
    for row, values in enumerate(chain.from_iterable(map(_lines, chain([first], parts))), start=1):
        if any(isinstance(value, str) and len(value) > _LONG_TEXT for value in values):
            page.set_row(row, _LONG_ROW_HEIGHT)
        for column, value in enumerate(values):
            n_cut += _write_cell(page, (row, column), value, formats, names[column])
    notes = []
    if n_shown < len(table):
        notes.append(
            f"{sheet.name}: {n_shown:,} of {len(table):,} rows are on the sheet; {sheet.full_file} has all of them."
        )
    if n_cut:
        notes.append(
            f"{sheet.name}: {counted(n_cut, 'text')} longer than {MAX_SHEET_TEXT:,} characters, the most that Excel "
            f"holds in a cell, and cut there; the CSV files have them in full."
        )
    return notes


def _lines(table: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    columns = []
    for name in table.columns:
        column = table[name]
        values = column.tolist()
        if column.dtype != object and column.isna().any():
            gone = column.isna().to_numpy()
            values = [None if missing else value for value, missing in zip(values, gone.tolist(), strict=True)]
        columns.append(values)
    return zip(*columns, strict=True)


def _write_cell(page: Any, place: tuple[int, int], value: Any, formats: dict[str, Any], name: str) -> int:
    """Write one value at ``place``; 1 when its text was cut, else 0."""
    row, column = place
    if value is None:
        return 0
    if isinstance(value, str):
        text, is_cut = sheet_text(value)
        if text:
            page.write_string(row, column, text, formats["quoted" if starts_formula(text) else "text"])
        return int(is_cut)
    if isinstance(value, bool | np.bool_):
        page.write_boolean(row, column, bool(value), formats["plain"])
    else:
        page.write_number(row, column, value, formats[_DECIMALS.get(name, "plain")])
    return 0


def _write_summary(page: Any, formats: dict[str, Any], analysis: Analysis, notes: list[str]) -> None:
    page.set_column(0, 0, 34)
    page.set_column(1, 1, 110)
    page.hide_gridlines(2)
    row = 0
    page.write_string(row, 0, headline(analysis), formats["title"])
    for title, lines in _sections(analysis, notes):
        row += 2
        page.write_string(row, 0, title, formats["section"])
        for label, value in lines:
            row += 1
            page.write_string(row, 0, sheet_text(label)[0], formats["plain"])
            if isinstance(value, int):
                page.write_number(row, 1, value, formats["integer"])
            else:
                page.write_string(row, 1, sheet_text(value)[0], formats["text"])


def _sections(analysis: Analysis, notes: list[str]) -> list[tuple[str, list[tuple[str, int | str]]]]:
    facts = summary(analysis)
    counts: list[tuple[str, int | str]] = [(COUNT_LABELS[name], count) for name, count in facts["counts"].items()]
    read: list[tuple[str, int | str]] = []
    for report in analysis.corpus.reports:
        kept = f"{report.format}; {report.n_rows_kept:,} of {counted(report.n_rows_read, 'row')} kept"
        read.append((report.source, " ".join([kept + ".", *report.notes])))
    settings: list[tuple[str, int | str]] = [
        (f"{stage}.{name}", "automatic" if value is None else str(value))
        for stage, values in facts["settings"].items()
        for name, value in values.items()
    ]
    search = facts["search"]
    found = "recall not measured" if search["recall"] is None else f"{search['recall']:.4f} of the true nearest found"
    settings.append(("neighbour search", f"{search['method']}; {found}"))
    return [
        ("Counts", counts),
        ("What was read", read),
        ("To know", [("", sentence) for sentence in [*notes, *analysis.warnings]] or [("", "Nothing was left out.")]),
        ("How to read it", [("", sentence) for sentence in HOW_TO_READ]),
        ("Settings", settings),
    ]
