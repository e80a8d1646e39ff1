"""``explorer inspect``: what was decided about a file, and its table as clean CSV."""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.commands import reading_options
from explorer.console import printable
from explorer.errors import SettingsError

if TYPE_CHECKING:
    import pyarrow as pa

    from explorer.ingest.inspection import Inspection
    from explorer.types import Ints, Progress, ProgressCallback, ReadReport, Table

_SHOWN_REJECTED = 20
_SHOWN_SESSIONS = 5


def add(commands: Any) -> None:
    """``explorer inspect``."""
    command = commands.add_parser(
        "inspect",
        help="show what was decided about a file, and write it as clean CSV",
        description="Reads files as an analysis would and prints what was decided: type, encoding, delimiter, quotes, "
        "header, columns with their roles and why, rows read, and rows set aside with line and reason.",
        epilog="--to writes the values exactly as they are in the file: a cell that begins with = is not altered, so "
        "do not open it in a spreadsheet if the file comes from strangers. Exit codes are those of analyze.",
    )
    command.add_argument("files", nargs="+", metavar="FILE", type=Path)
    command.add_argument("--to", metavar="OUT.csv", type=Path, help="write the table as UTF-8 CSV with commas")
    command.add_argument(
        "--rejected", metavar="OUT.csv", type=Path, help="write the rows set aside, with line and reason"
    )
    command.add_argument("--json", action="store_true", help="print JSON")
    reading_options.add(command)
    # How the dashboard runs this command: where to leave the table, and what reading may take.
    command.add_argument("--keep", type=Path, help=argparse.SUPPRESS)
    command.add_argument("--limits", help=argparse.SUPPRESS)
    command.add_argument("--look", action="store_true", help=argparse.SUPPRESS)
    command.set_defaults(run=_inspect)


def _inspect(options: argparse.Namespace) -> int:
    for out in (options.to, options.rejected):
        if out is not None and out.is_dir():
            raise SettingsError(f"{out} is a folder. Name a file to write.")
    if options.keep is not None:
        return _keep(options)
    from explorer.ingest.log_order import in_order
    from explorer.workspace.config import NO_LIMITS
    from explorer.workspace.isolated import read_table_isolated

    names = options.shown_name or [path.name for path in options.files]
    with tempfile.TemporaryDirectory() as parent:
        table = read_table_isolated(
            options.files,
            names,
            reading_options.chosen(options),
            Path(parent) / "read",
            limits=NO_LIMITS,
            progress=lambda _: None,
        )
    inspection, order = _look(table, options)
    if options.to is not None:
        _write_csv(table.cells if order is None else in_order(table, order).cells, options.to)
    if options.rejected is not None:
        _write_rejected(table, options.rejected)
    if options.json:
        sys.stdout.write(json.dumps(inspection.to_dict(), indent=2) + "\n")
    else:
        for line in _lines(inspection):
            sys.stdout.write(printable(line) + "\n")
        for out in (options.to, options.rejected):
            if out is not None:
                sys.stdout.write(f"Written: {out}\n")
    return 0


def _keep(options: argparse.Namespace) -> int:
    """The child of :func:`explorer.workspace.isolated.read_isolated`."""
    # What is imported before the limits are set does not count against them.
    from explorer.workspace.isolated import as_child
    from explorer.workspace.tables import save_table

    with as_child(options.keep, options.limits):
        table = _read(options, _print_progress)
        save_table(table, _look(table, options)[0] if options.look else None, options.keep)
    return 0


def _print_progress(progress: Progress) -> None:
    sys.stdout.write(json.dumps(progress) + "\n")
    sys.stdout.flush()


def _read(options: argparse.Namespace, progress: ProgressCallback | None = None) -> Table:
    from explorer.ingest import read_table

    params = reading_options.chosen(options)
    return read_table(options.files, names=options.shown_name, params=params, progress=progress)


def _look(table: Table, options: argparse.Namespace) -> tuple[Inspection, Ints | None]:
    from explorer.ingest.clock import utc_today
    from explorer.ingest.inspection import inspect_in_order

    return inspect_in_order(table, day_first=reading_options.chosen(options).day_first, today=utc_today())


def _lines(inspection: Inspection) -> Iterator[str]:
    for report in inspection.reports:
        yield from _report_lines(report)
    yield "columns"
    roles = {name: role for role, names in _named_roles(inspection).items() for name in names}
    width = min(max(map(len, inspection.columns)), 40)
    for name in inspection.columns:
        yield f"  {name:<{width}}  {roles.get(name, '')}".rstrip()
    for sentence in inspection.roles.reasons.values():
        yield f"  - {sentence}"
    if inspection.sessions:
        yield "sessions: what may put the records of a log together, see analyze --session"
        for field in inspection.sessions[:_SHOWN_SESSIONS]:
            yield f"  {field.told}"
    if inspection.n_rejected:
        yield f"set aside ({inspection.n_rejected:,})"
        for row in inspection.rejected[:_SHOWN_REJECTED]:
            yield f"  {row.source}, line {row.line:,}: {row.reason}"
        if inspection.n_rejected > _SHOWN_REJECTED:
            yield f"  ... and {inspection.n_rejected - _SHOWN_REJECTED:,} more: write all with --rejected OUT.csv"


def _report_lines(report: ReadReport) -> Iterator[str]:
    yield report.source
    facts = {
        "type": report.format,
        "encoding": report.encoding,
        "delimiter": None if report.delimiter is None else json.dumps(report.delimiter),
        "quote": None if report.quote is None else report.quote or "none",
        "header": report.header,
        "sheet": report.sheet,
        "sheets": ", ".join(report.sheets) if len(report.sheets) > 1 else None,
    }
    for name, fact in facts.items():
        if fact is not None:
            yield f"  {name:<10} {fact}"
    yield (
        f"  {'rows':<10} {report.n_rows_read:,} read = {report.n_rows_kept:,} kept + "
        f"{report.n_rows_rejected:,} set aside"
    )
    if report.n_lines_joined:
        yield f"  {'joined':<10} {report.n_lines_joined:,} lines that continue the record above them"
    if report.n_cells_repaired:
        yield f"  {'repaired':<10} {report.n_cells_repaired:,} cells"
    for note in report.notes:
        yield f"  - {note}"


def _named_roles(inspection: Inspection) -> dict[str, tuple[str, ...]]:
    named: dict[str, tuple[str, ...]] = {}
    for role in inspection.roles.__dataclass_fields__:
        value = getattr(inspection.roles, role)
        if role == "reasons" or not value:
            continue
        named["category" if role == "categories" else role] = (value,) if isinstance(value, str) else tuple(value)
    # A category that is also a product, say, is shown as that.
    return dict(sorted(named.items(), key=lambda item: item[0] != "category"))


@contextlib.contextmanager
def _csv_writer(path: Path) -> Iterator[Any]:
    """Writes beside ``path`` and moves it into place."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            yield csv.writer(file)
        part.replace(path)
    except OSError as error:
        raise SettingsError(f"{path} could not be written ({error.strerror}). Name another place.") from error
    finally:
        part.unlink(missing_ok=True)


def _write_csv(cells: pa.Table, path: Path) -> None:
    with _csv_writer(path) as writer:
        writer.writerow(cells.column_names)
        for batch in cells.to_batches(max_chunksize=20_000):
            columns = [column.to_pylist() for column in batch.columns]
            writer.writerows(zip(*columns, strict=True))


def _write_rejected(table: Table, path: Path) -> None:
    with _csv_writer(path) as writer:
        writer.writerow(["source", "line", "reason", "text"])
        writer.writerows(table.rejected)
