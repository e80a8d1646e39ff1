"""Reports of an analysis: one registry of exporters, each of which writes one file.

``write_reports`` writes them all beside ``analysis.json``. The same analysis always gives the same bytes, and no record
can make a spreadsheet or a browser run anything.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from explorer.errors import StorageError
from explorer.report import tables
from explorer.report.csv_files import write_csv, write_records_parquet
from explorer.report.files import replacing
from explorer.report.html import write_html
from explorer.report.summary import headline, summary
from explorer.report.workbook import write_workbook
from explorer.types import Analysis, Progress, ProgressCallback

__all__ = ["EXPORTERS", "Exporter", "headline", "summary", "write_reports", "write_summary"]

SUMMARY_FILE = "analysis.json"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Exporter(Protocol):
    """One kind of report. ``name`` is its key, ``label`` what a button says, ``file_name`` what the file is called."""

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def media_type(self) -> str: ...
    @property
    def file_name(self) -> str: ...

    def write(self, analysis: Analysis, path: Path) -> None:
        """Write the report to ``path`` in one step; raises :class:`StorageError` when the disk refuses."""


@dataclass(frozen=True)
class TableExporter:
    """Writes one table as CSV."""

    name: str
    label: str
    file_name: str
    table: Callable[[Analysis], tables.ReportTable]
    media_type: str = "text/csv"

    def write(self, analysis: Analysis, path: Path) -> None:
        write_csv(self.table(analysis).parts(), path)


@dataclass(frozen=True)
class FileExporter:
    """Writes a file of its own kind."""

    name: str
    label: str
    file_name: str
    media_type: str
    writer: Callable[[Analysis, Path], None]

    def write(self, analysis: Analysis, path: Path) -> None:
        self.writer(analysis, path)


_ALL: tuple[Exporter, ...] = (
    FileExporter("html", "Report (HTML, one file)", "report.html", "text/html", write_html),
    FileExporter("xlsx", "Workbook (XLSX)", "report.xlsx", _XLSX, write_workbook),
    TableExporter("duplicate_pairs", "Duplicate pairs (CSV)", "duplicate_pairs.csv", tables.pairs_table),
    TableExporter("duplicate_groups", "Duplicate groups (CSV)", "duplicate_groups.csv", tables.groups_table),
    TableExporter("anomalies", "Anomalies (CSV)", "anomalies.csv", tables.anomalies_table),
    TableExporter("clusters", "Clusters (CSV)", "clusters.csv", tables.clusters_table),
    TableExporter("rejected", "Rejected rows (CSV)", "rejected.csv", tables.rejected_table),
    TableExporter("records", "Records (CSV)", "records.csv", tables.records_table),
    FileExporter(
        "records_parquet",
        "Records with text and neighbours (Parquet)",
        "records.parquet",
        "application/vnd.apache.parquet",
        write_records_parquet,
    ),
)

#: Every exporter by name, in the order in which they are offered. A new one is one file and one line above.
EXPORTERS: dict[str, Exporter] = {exporter.name: exporter for exporter in _ALL}


def write_reports(analysis: Analysis, directory: Path | str, progress: ProgressCallback | None = None) -> list[Path]:
    """Write ``analysis.json`` and every report into ``directory`` and return their paths.

    The folder is made where it is missing; files of the same names are replaced, each in one step, and others are left
    alone. Raises :class:`StorageError` when the disk refuses.
    """
    folder = Path(directory)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"The folder {folder} could not be made: {error.strerror}. Choose another one.") from error
    written = [folder / SUMMARY_FILE]
    write_summary(analysis, written[0])
    for done, exporter in enumerate(EXPORTERS.values()):
        if progress is not None:
            progress(Progress("write", done, len(EXPORTERS), exporter.file_name))
        written.append(folder / exporter.file_name)
        exporter.write(analysis, written[-1])
    if progress is not None:
        progress(Progress("write", len(EXPORTERS), len(EXPORTERS)))
    return written


def write_summary(analysis: Analysis, path: Path) -> None:
    """Write :func:`summary` as JSON to ``path``; raises :class:`StorageError` when the disk refuses."""
    text = json.dumps(summary(analysis), indent=2, ensure_ascii=True, allow_nan=False)
    with replacing(path) as temporary:
        temporary.write_text(text + "\n", encoding="utf-8", newline="\n")
