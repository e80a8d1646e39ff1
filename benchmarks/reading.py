"""How fast files are opened, and in how much memory: tickets beside ``csv.reader`` alone and pandas, a log by itself.

    python benchmarks/reading.py                                     300 MB of tickets, 1,000,000 log lines
    python benchmarks/reading.py --megabytes 100 --lines 200000      smaller

Each reader runs in a process of its own; memory is that process's peak less what its imports take. For the log the
steps are timed one by one: reading (with the format and continuation lines), the corpus (times, levels, ids), and the
templates. Templates beside drain3 are in ``benchmarks/templates.py``.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

_WORDS = ("printer", "jam", "VPN", "disconnect", "kernel", "müde", "login", "failed", "with", "error", "after", "€")
_LOG = Path(__file__).resolve().parent.parent / "sample_data" / "service.log"
_VARIES = re.compile(r"(?<=[-_ =#/])(?:[0-9a-f]{8,}|\d{4,})\b")  # ids and long numbers, but no status


def read_explorer(path: Path) -> tuple[int, dict[str, float]]:
    """What the product does: rows, and seconds per step."""
    from explorer.ingest import read_table

    start = time.perf_counter()
    n_rows = read_table([path]).n_rows
    return n_rows, {"read": time.perf_counter() - start}


def read_csv_module(path: Path) -> tuple[int, dict[str, float]]:
    """The least that any reader in Python has to do."""
    start = time.perf_counter()
    with path.open(newline="", encoding="utf-8") as file:
        n_rows = sum(1 for _ in csv.reader(file)) - 1
    return n_rows, {"read": time.perf_counter() - start}


def read_pandas(path: Path) -> tuple[int, dict[str, float]]:
    """Cells as text, as in the product."""
    import pandas as pd

    start = time.perf_counter()
    n_rows = len(pd.read_csv(path, dtype=str, keep_default_na=False))
    return n_rows, {"read": time.perf_counter() - start}


def open_log(path: Path) -> tuple[int, dict[str, float]]:
    """A log, from its bytes to its templates."""
    from explorer.ingest import build_corpus, collapse, read_table
    from explorer.ingest.clock import utc_today

    start = time.perf_counter()
    table = read_table([path])
    was_read = time.perf_counter()
    corpus = build_corpus(table, today=utc_today())
    n_rows = table.n_rows
    del table
    built = time.perf_counter()
    n_templates = collapse(corpus).n_texts
    done = time.perf_counter()
    print(f"    {n_templates:,} templates", file=sys.stderr)
    return n_rows, {"read": was_read - start, "corpus": built - was_read, "templates": done - built}


READERS: dict[str, Callable[[Path], tuple[int, dict[str, float]]]] = {
    "explorer": read_explorer,
    "csv.reader, cells thrown away": read_csv_module,
    "pandas": read_pandas,
    "log": open_log,
}


def write_tickets(path: Path, megabytes: int) -> None:
    """Five columns; every fifth text has a delimiter, quotes and a line break in it."""
    rng = random.Random(1)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "created", "status", "subject", "text"])
        number = 0
        while number % 1_000 or file.tell() < megabytes * 1e6:
            number += 1
            text = " ".join(rng.choices(_WORDS, k=200)) + (', "x"\nline' if number % 5 == 0 else "")
            when = f"2024-01-{number % 28 + 1:02} 10:11:12"
            subject = " ".join(rng.choices(_WORDS, k=5))
            writer.writerow([f"T-{number:06}", when, rng.choice(["open", "closed"]), subject, text])


def write_log(path: Path, n_lines: int) -> None:
    """The sample log again and again, a month later each time and with other ids and numbers."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(_log_lines(n_lines))


def _log_lines(n_lines: int) -> Iterator[str]:
    rng = random.Random(1)
    lines = _LOG.read_text("utf-8").splitlines(keepends=True)

    def other(match: re.Match[str]) -> str:
        digits = "0123456789" if match.group().isdigit() else "0123456789abcdef"
        return "".join(rng.choices(digits, k=len(match.group())))

    for i in range(n_lines):
        round_, line = i // len(lines), lines[i % len(lines)]
        yield f"{2026 + round_ // 12}-{round_ % 12 + 1:02}" + _VARIES.sub(other, line[7:])


def measure(name: str, path: Path) -> None:
    """One reader in a process of its own, and what it took."""
    command = [sys.executable, __file__, "--reader", name, str(path)]
    out = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    n_rows, peak_mb, steps = int(out[0]), float(out[1]), dict(zip(out[2::2], map(float, out[3::2]), strict=True))
    size, seconds = path.stat().st_size / 1e6, sum(steps.values())
    parts = ", ".join(f"{step} {value:.1f} s" for step, value in steps.items())
    print(
        f"  {name:<30} {n_rows:>9,} rows {size / seconds:6.0f} MB/s {n_rows / seconds:>9,.0f} rows/s "
        f"{peak_mb / size:6.2f} times the file in memory  ({parts})",
        flush=True,
    )


def main() -> None:
    """Writes the files and lets every reader read them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=300, help="of tickets")
    parser.add_argument("--lines", type=int, default=1_000_000, help="of the log")
    parser.add_argument("--reader", nargs=2, metavar=("NAME", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.reader:
        before = _peak_mb()
        n_rows, steps = READERS[options.reader[0]](Path(options.reader[1]))
        print(n_rows, _peak_mb() - before, *(f"{step} {seconds}" for step, seconds in steps.items()))
        return
    with tempfile.TemporaryDirectory() as folder:
        if options.megabytes:
            tickets = Path(folder) / "tickets.csv"
            write_tickets(tickets, options.megabytes)
            print(f"{tickets.stat().st_size / 1e6:.0f} MB of CSV")
            for name in ("explorer", "csv.reader, cells thrown away", "pandas"):
                measure(name, tickets)
        if options.lines:
            log = Path(folder) / "service.log"
            write_log(log, options.lines)
            print(f"{log.stat().st_size / 1e6:.0f} MB of log lines")
            measure("log", log)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
