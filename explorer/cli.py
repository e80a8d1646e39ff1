"""The command ``explorer``: analyze, search, similar, app.

Exit codes: 0 done, 2 bad usage or unusable input (one sentence on stderr), 1 a fault of ours, 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import io
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any, NoReturn

from explorer.errors import ExplorerError, InputError, RunCancelledError, SettingsError
from explorer.params import DEFAULT_MODEL, Params, ReadParams

if TYPE_CHECKING:
    from explorer.search import Hit
    from explorer.types import Analysis, Corpus, ProgressCallback
    from explorer.workspace.status import StatusWriter


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and returns its exit code."""
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that cannot show a letter shows "?"
            stream.reconfigure(errors="replace")
    try:
        return int(options.run(options))
    except ExplorerError as error:
        sys.stderr.write(f"explorer: {_printable(str(error))}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("explorer: stopped. Start it again to continue where it stopped.\n")
        return 130
    except BrokenPipeError:
        # The reader of our output (head, say) has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        sys.stderr.write(f"explorer: {internal_fault(error)}\n")
        return 1


def internal_fault(error: BaseException) -> str:
    """Logs where an unexpected error happened, without its message (it may quote a record); returns a sentence."""
    from explorer.workspace.home import data_folder

    fault = token_hex(4)
    frames = "".join(traceback.format_tb(error.__traceback__))
    try:
        where = data_folder() / "faults.log"
        with where.open("a", encoding="utf-8") as file:
            file.write(f"{fault} {type(error).__module__}.{type(error).__name__}\n{frames}\n")
    except (OSError, ExplorerError):
        return f"something went wrong on our side ({type(error).__name__}), and it could not be logged."
    return (
        f"something went wrong on our side (fault {fault}). The place in the code, without any record, is in {where}."
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="explorer",
        description="See what repeats and what does not belong in your tickets and logs. Nothing leaves this machine.",
        epilog="Start with:  explorer analyze tickets.csv --out report   or   explorer app",
    )
    parser.add_argument("--version", action="version", version=f"explorer {version('embedding-explorer')}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_analyze(commands)
    _add_search(commands)
    _add_similar(commands)
    _add_app(commands)
    return parser


def _add_analyze(commands: Any) -> None:
    command = commands.add_parser(
        "analyze",
        help="find duplicates, anomalies and clusters in files and write reports",
        description="Reads tickets (CSV, TSV, XLSX, JSON, JSONL, Parquet) or logs (.log, .txt), each also as .gz, and "
        "writes reports to a folder. Several files are read as one. Rows count from 0 in file order.",
        epilog="Writes records.csv, records.parquet, duplicate_pairs.csv, duplicate_groups.csv, anomalies.csv, "
        "clusters.csv, rejected.csv, analysis.json, report.html and report.xlsx. Exit codes: 0 done, 2 bad usage or "
        "unreadable input, 1 a fault of ours.",
    )
    command.add_argument("files", nargs="+", metavar="FILE", type=Path)
    command.add_argument("--out", required=True, metavar="DIR", type=Path, help="folder for the reports")
    columns = command.add_argument_group("columns (guessed where not given)")
    columns.add_argument("--text", metavar="COL,COL", help="text columns, joined in this order")
    columns.add_argument("--id", metavar="COL", help="column with the records' ids")
    columns.add_argument("--time", metavar="COL", help="column with the records' times")
    reading = _add_reading(command)
    reading.add_argument(
        "--session",
        metavar="FIELD",
        help="make one record of all that share a value of this column, of KEY in KEY=value, or of a block, request or "
        "uuid in their messages; 'guess' chooses",
    )
    mask = reading.add_mutually_exclusive_group()
    mask.add_argument("--mask", action="store_true", help="ignore times, ids, addresses and numbers when comparing")
    mask.add_argument("--no-mask", action="store_true", help="compare texts as they are (default for tickets)")
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
    command.add_argument("--job", type=Path, help=argparse.SUPPRESS)
    command.add_argument("--owner", default="command line", help=argparse.SUPPRESS)
    command.set_defaults(run=_analyze)


def _add_reading(command: argparse.ArgumentParser) -> argparse._ArgumentGroup:
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
    # How the dashboard runs this command: the names of uploads, which are stored under other names.
    command.add_argument("--shown-name", action="append", help=argparse.SUPPRESS)
    return reading


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
    which.add_argument("--id", help="the record's id")
    which.add_argument("--row", type=int, help="the record's row, counted from 0")
    _add_answer_options(command)
    command.set_defaults(run=_similar)


def _add_answer_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("-k", type=int, default=10, metavar="N", help="how many records (default 10)")
    command.add_argument("--json", action="store_true", help="print JSON with the full texts")


def _add_app(commands: Any) -> None:
    command = commands.add_parser(
        "app", help="open the dashboard", description="Opens the dashboard in a browser, on this machine only."
    )
    command.add_argument("--port", type=int, default=8501, help="port on this machine (default 8501)")
    command.add_argument("--no-browser", action="store_true", help="only print the address")
    command.set_defaults(run=_app)


def _analyze(options: argparse.Namespace) -> int:
    if options.job is None:
        from explorer.console import ConsoleProgress

        console = ConsoleProgress()
        try:
            analysis = _run(options, console)
        finally:
            console.close()
        from explorer.report.summary import headline

        sys.stdout.write(f"{headline(analysis)}\n")
        for warning in analysis.warnings:
            sys.stdout.write(f"Note: {warning}\n")
        sys.stdout.write(f"The reports are in {options.out}; open {options.out / 'report.html'} first.\n")
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
    _check_out(options.out)
    from explorer.ingest import build_corpus, read_table, resolve_roles
    from explorer.pipeline import analyze
    from explorer.report import SUMMARY_FILE, write_reports, write_summary
    from explorer.workspace.home import cache_folder, default_store
    from explorer.workspace.saved import save_analysis

    # UMAP's compiled code is kept: its first import takes 15 seconds, later ones 2.
    os.environ.setdefault("NUMBA_CACHE_DIR", str(cache_folder() / "numba"))
    start = time.perf_counter()
    table = read_table(
        options.files,
        names=options.shown_name,
        params=_read_params(options),
        progress=progress,
    )
    text = options.text_column or (_columns(options.text, table.columns) if options.text else None)
    roles = resolve_roles(table, id=options.id, text=text, time=options.time)
    corpus = build_corpus(table, roles, mask=True if options.mask else False if options.no_mask else None)
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
    from explorer.ingest.sessions import group_sessions, guess_session_field

    chosen = guess_session_field(corpus) if field == "guess" else field
    if chosen is None:
        raise InputError("No value in the records names sessions. Name a column or a key with --session.")
    return group_sessions(corpus, chosen)


def _read_params(options: argparse.Namespace) -> ReadParams:
    return ReadParams(
        as_lines=True if options.logs else False if options.table else None,
        encoding=options.encoding,
        delimiter=None if options.delimiter is None else options.delimiter.replace("\\t", "\t"),
        quote=options.quote,
        first_line=options.first_line,
        header_rows=options.header_rows,
        sheet=options.sheet,
        log_format=options.log_format,
    )


def _check_out(out: Path) -> None:
    """Finds out before the work, not after it, that the reports cannot be written."""
    if out.exists() and not out.is_dir():
        raise SettingsError(f"--out {out} is a file. Name a folder for the reports.")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"The folder {out} cannot be made ({error.strerror}). Name another one.") from error


def _columns(text: str, columns: list[str]) -> list[str]:
    """``--text``: one column whose name may hold commas, or several names between commas."""
    return [text] if text in columns else [name.strip() for name in text.split(",") if name.strip()]


def _search(options: argparse.Namespace) -> int:
    from explorer.search import search_records
    from explorer.workspace.saved import load_analysis

    _check_k(options.k)
    analysis = load_analysis(options.directory)
    return _print_hits(search_records(analysis, options.query, k=options.k), options)


def _similar(options: argparse.Namespace) -> int:
    from explorer.search import row_of_id, similar_records
    from explorer.workspace.saved import load_analysis

    _check_k(options.k)
    analysis = load_analysis(options.directory)
    row = options.row if options.id is None else row_of_id(analysis, options.id)
    return _print_hits(similar_records(analysis, row, options.k), options)


def _check_k(k: int) -> None:
    if k < 1:
        raise InputError(f"-k is {k}; ask for 1 record or more.")


def _print_hits(hits: list[Hit], options: argparse.Namespace) -> int:
    if options.json:
        sys.stdout.write(json.dumps([hit._asdict() for hit in hits], indent=2) + "\n")
        return 0
    for hit in hits:
        text = _printable(" ".join(hit.text.split())[:100])
        copies = f" ({hit.n_copies:,} records)" if hit.n_copies > 1 else ""
        sys.stdout.write(f"{hit.similarity:.3f}  row {hit.row}  {_printable(hit.id)}{copies}  {text}\n")
    return 0


def _printable(text: str) -> str:
    """Text for a terminal: a record, an id or a column's name may hold commands that a terminal would obey."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def _app(options: argparse.Namespace) -> NoReturn:
    from explorer.ui.server import serve

    serve(options.port, open_browser=not options.no_browser)
