"""``explorer analyze``: from files to reports."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from explorer.commands import reading_options
from explorer.commands.outcome import outcome
from explorer.console import ConsoleProgress, printable
from explorer.errors import ExplorerError, InputError, RunCancelledError, SettingsError
from explorer.params import DEFAULT_MODEL, TICKET_ROLES, Params
from explorer.workspace.faults import internal_fault

if TYPE_CHECKING:
    from explorer.types import Analysis, Corpus, ProgressCallback, Table
    from explorer.workspace.status import StatusWriter


def add(commands: Any) -> None:
    """``explorer analyze``."""
    command = commands.add_parser(
        "analyze",
        usage="%(prog)s FILE [FILE ...] --out DIR [options]",
        help="find duplicates, anomalies and clusters in files and write reports",
        description="Reads tickets (delimited text, workbooks, JSON, Parquet, mail) or logs, also packed, and "
        "writes reports to a folder. Several files are read as one. Rows count from 0 in file order.",
        epilog="Writes records.csv, records.parquet, duplicate_pairs.csv, duplicate_groups.csv, anomalies.csv, "
        "clusters.csv, rejected.csv, analysis.json, report.html and report.xlsx. Exit codes: 0 done, 2 bad usage or "
        "unreadable input, 1 a fault of ours.",
    )
    command.add_argument("files", nargs="+", metavar="FILE", type=Path)
    command.add_argument("--out", required=True, metavar="DIR", type=Path, help="folder for the reports")
    columns = command.add_argument_group(
        "columns (guessed where not given)",
        "'explorer inspect FILE' lists their names, also those of a log: line, time, level, component, message and the "
        "fields of its format. '' says that there is none.",
    )
    columns.add_argument("--text", metavar="COL,COL", help="text columns, joined in this order")
    columns.add_argument(
        "--id", metavar="COL", help="column with the records' ids; without one file and line are shown"
    )
    columns.add_argument("--time", metavar="COL", help="column with the records' times")
    columns.add_argument("--categories", metavar="COL,COL", help="columns offered for colours and filters")
    columns.add_argument(
        "--role",
        metavar="ROLE=COL",
        action="append",
        default=[],
        help=f"column of another role of tickets: {', '.join(TICKET_ROLES)}; may be repeated",
    )
    reading = reading_options.add(command)
    reading.add_argument(
        "--session",
        metavar="FIELD",
        help="make one record of all that share a value of this column, of KEY in KEY=value, or of a block, request or "
        "uuid in their messages; 'guess' chooses",
    )
    mask = reading.add_mutually_exclusive_group()
    mask.add_argument("--mask", action="store_true", help="ignore times, ids, numbers and names that vary")
    mask.add_argument("--no-mask", action="store_true", help="compare texts as they are (default for tickets)")
    clean = reading.add_mutually_exclusive_group()
    clean.add_argument("--clean", action="store_true", help="ignore markup, quotes, signatures, forms (as for tickets)")
    clean.add_argument("--no-clean", action="store_true", help="compare all of the text (default for logs)")
    settings = command.add_argument_group("settings")
    settings.add_argument(
        "--duplicate-threshold", metavar="COS", type=float, help="cosine of near-duplicates, 0.3 to 1 (default 0.9)"
    )
    settings.add_argument("--neighbours", metavar="K", type=int, help="nearest texts kept per text (default 30)")
    settings.add_argument("--min-cluster-size", metavar="N", type=int, help="fewest texts of a cluster")
    settings.add_argument("--model", metavar="M", help=f"model folder or hub name (default {DEFAULT_MODEL}, built in)")
    settings.add_argument("--seed", metavar="S", type=int, help="seed of the map (default 0)")
    settings.add_argument("--no-cache", action="store_true", help="neither read nor keep vectors on disk")
    # How the dashboard runs this command: single columns (a name may hold a comma), and where to say how far it is.
    command.add_argument("--text-column", action="append", help=argparse.SUPPRESS)
    command.add_argument("--category-column", action="append", help=argparse.SUPPRESS)
    command.add_argument("--job", type=Path, help=argparse.SUPPRESS)
    command.add_argument("--owner", default="command line", help=argparse.SUPPRESS)
    command.set_defaults(run=_analyze)


def _analyze(options: argparse.Namespace) -> int:
    if options.job is None:
        console = ConsoleProgress()
        try:
            analysis = _run(options, console)
        finally:
            console.close()
        for line in outcome(analysis, options.out):
            sys.stdout.write(printable(line) + "\n")
        return 0

    from explorer.workspace.library import run_slot
    from explorer.workspace.status import StatusWriter

    signal.signal(signal.SIGTERM, _cancel)
    status = StatusWriter(options.job)
    with _reported(status), run_slot(status.wait):
        _run(options, status)
        status.finish("done")
    return 0


def _cancel(_signal: int, _frame: object) -> NoReturn:
    raise RunCancelledError


@contextlib.contextmanager
def _reported(status: StatusWriter) -> Iterator[None]:
    """Whatever ends the run stands in its status as a sentence."""
    try:
        yield
    except RunCancelledError:
        status.finish("cancelled")
        raise
    except ExplorerError as error:
        status.finish("failed", str(error))
        raise
    except MemoryError:
        status.finish("failed", "The analysis ran out of memory. Close other programs, or analyse a part of the file.")
        raise
    except Exception as error:
        status.finish("failed", f"The analysis failed: {internal_fault(error)}")
        raise


def _run(options: argparse.Namespace, progress: ProgressCallback) -> Analysis:
    """Reads, analyses and writes; the one way from files to reports."""
    params = Params.from_options(
        model=options.model,
        neighbours=options.neighbours,
        min_cluster_size=options.min_cluster_size,
        duplicate_threshold=options.duplicate_threshold,
        seed=options.seed,
    )
    if options.session and (options.id or options.categories or options.category_column):
        raise SettingsError(
            "With --session records have ids and columns of their own; leave --id and --categories out."
        )
    _check_out(options.out)
    from explorer.ingest import build_corpus, resolve_roles
    from explorer.ingest.clock import utc_today
    from explorer.pipeline import analyze
    from explorer.report import SUMMARY_FILE, write_reports, write_summary
    from explorer.workspace.home import cache_folder, default_store
    from explorer.workspace.saved import save_analysis

    # UMAP's compiled code is kept: its first import takes 15 seconds, later ones 2.
    os.environ.setdefault("NUMBA_CACHE_DIR", str(cache_folder() / "numba"))
    start = time.perf_counter()
    table = _read(options, progress)
    roles = resolve_roles(
        table,
        id=options.id,
        text=options.text_column or _columns(options.text, table.columns),
        time=options.time,
        categories=options.category_column or _columns(options.categories, table.columns),
        **_other_roles(options.role),
    )
    corpus = build_corpus(
        table,
        roles,
        mask=True if options.mask else False if options.no_mask else None,
        clean=True if options.clean else False if options.no_clean else None,
        day_first=reading_options.chosen(options).day_first,
        today=utc_today(),
    )
    if options.session:
        corpus = _sessions(corpus, options.session)
    read_seconds = round(time.perf_counter() - start, 3)

    store = None if options.no_cache else default_store(options.owner)
    analysis = analyze(corpus, params, store=store, progress=progress)
    analysis = dataclasses.replace(analysis, seconds={"read": read_seconds, **analysis.seconds})
    start = time.perf_counter()
    write_reports(analysis, options.out, progress)
    seconds = {**analysis.seconds, "write": round(time.perf_counter() - start, 3)}
    analysis = dataclasses.replace(analysis, seconds=seconds)
    write_summary(analysis, options.out / SUMMARY_FILE)
    save_analysis(analysis, options.out)
    return analysis


def _sessions(corpus: Corpus, field: str) -> Corpus:
    from explorer.ingest.sessions import GUESS, group_sessions, guess_session_field

    chosen = guess_session_field(corpus) if field == GUESS else field
    if chosen is None:
        raise InputError("No value in the records names sessions. Name a column or a key with --session.")
    return group_sessions(corpus, chosen)


def _read(options: argparse.Namespace, progress: ProgressCallback) -> Table:
    """The files' table, read in a process of its own: a damaged file can end the library that reads it.

    What the dashboard was given is read within limits, once; what was named at the command line is the user's own.
    """
    from explorer.workspace.config import NO_LIMITS, load_config
    from explorer.workspace.isolated import read_table_isolated
    from explorer.workspace.library import READ_FOLDER

    names = options.shown_name or [path.name for path in options.files]
    limits = NO_LIMITS if options.job is None else load_config().reading
    with contextlib.ExitStack() as stack:
        parent = options.job or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        params = reading_options.chosen(options)
        return read_table_isolated(options.files, names, params, parent / READ_FOLDER, limits=limits, progress=progress)


def _check_out(out: Path) -> None:
    """Finds out before the work, not after it, that the reports cannot be written."""
    if out.exists() and not out.is_dir():
        raise SettingsError(f"--out {out} is a file. Name a folder for the reports.")
    from explorer.report import EXPORTERS, SUMMARY_FILE
    from explorer.workspace.saved import FOLDER

    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"The folder {out} cannot be made ({error.strerror}). Name another one.") from error
    saved = out / FOLDER
    if saved.exists() and not saved.is_dir():
        raise SettingsError(f"{saved} is a file, where the analysis is kept as a folder. Name another --out.")
    for name in (SUMMARY_FILE, *(exporter.file_name for exporter in EXPORTERS.values())):
        if (out / name).is_dir():
            raise SettingsError(f"{out / name} is a folder, where a report is written. Name another --out.")
    for folder in filter(Path.is_dir, (out, saved)):
        try:
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise SettingsError(f"The folder {folder} cannot be written to ({why}). Name another --out.") from error


def _other_roles(given: list[str]) -> dict[str, str]:
    """``--role``: the column by its role; the last one counts where a role is named twice."""
    roles = {}
    for entry in given:
        role, equals, column = entry.partition("=")
        if not equals or role not in TICKET_ROLES:
            raise SettingsError(
                f"--role {printable(entry)} names no role and its column. Write ROLE=COL with one of "
                f"{', '.join(TICKET_ROLES)}."
            )
        roles[role] = column
    return roles


def _columns(names: str | None, columns: list[str]) -> list[str] | None:
    """``--text``, ``--categories``: one column whose name may hold commas, or several names between commas."""
    if names is None:
        return None
    return [names] if names in columns else [name.strip() for name in names.split(",") if name.strip()]
