"""How fast files are opened, and in how much memory: tickets beside ``csv.reader`` alone and pandas, a log by itself.

    python benchmarks/reading.py                                     300 MB of tickets, 1,000,000 log lines
    python benchmarks/reading.py --megabytes 100 --lines 200000      smaller

Each reader runs in a process of its own, once with the file's first lines, which loads what it imports, and once with
all of it. Memory is how far that process's own memory rose the second time; beside it stands what it had in sight with
the pages of mapped files, which the system takes back when they are needed. A log is opened in two processes, as the
product does it: one reads it, the other goes on from what the first left on disk, to the times, levels and templates.
Templates beside drain3 are in ``benchmarks/templates.py``.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import random
import re
import subprocess
import sys
import tempfile
import threading
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


def read_log(path: Path) -> tuple[int, dict[str, float]]:
    """A log, from its bytes to the table that the next process finds."""
    from explorer.ingest import read_table
    from explorer.workspace.tables import save_table

    start = time.perf_counter()
    table = read_table([path])
    save_table(table, None, _table_of(path))
    return table.n_rows, {"read": time.perf_counter() - start}


def find_templates(path: Path) -> tuple[int, dict[str, float]]:
    """A log that was read, from its table to its templates."""
    from explorer.ingest import build_corpus, collapse
    from explorer.ingest.clock import utc_today
    from explorer.workspace.tables import load_table

    start = time.perf_counter()
    table = load_table(_table_of(path))
    assert table is not None
    corpus = build_corpus(table, today=utc_today())
    n_rows = table.n_rows
    del table
    built = time.perf_counter()
    collapse(corpus)
    return n_rows, {"corpus": built - start, "templates": time.perf_counter() - built}


def _table_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-read")


READERS: dict[str, Callable[[Path], tuple[int, dict[str, float]]]] = {
    "explorer": read_explorer,
    "csv.reader, cells thrown away": read_csv_module,
    "pandas": read_pandas,
    "log, read": read_log,
    "log, read to templates": find_templates,
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


class Memory:
    """What a process takes while a block runs, beyond what it had: ``own``, and ``seen`` with mapped files, in MB."""

    def __enter__(self) -> Memory:
        self._before = _memory_mb()
        self.own = self.seen = 0.0
        self._ended = threading.Event()
        self._watch = threading.Thread(target=self._look)
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._watch.join()

    def _look(self) -> None:
        while not self._ended.wait(0.01):
            own, seen = _memory_mb()
            self.own, self.seen = max(self.own, own - self._before[0]), max(self.seen, seen - self._before[1])


def _memory_mb() -> tuple[float, float]:
    """A process's own memory, and all that it has in sight (Linux)."""
    facts = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    own, seen = (int(facts[name].split()[0]) / 1024 for name in ("RssAnon", "VmRSS"))
    return own, seen


def run_reader(name: str, path: Path) -> None:
    """What the process of one reader does."""
    few = path.with_name(f"few-{path.name}")
    with path.open("rb") as file:
        few.write_bytes(b"".join(itertools.islice(file, 200)))
    READERS[name](few)
    with Memory() as memory:
        n_rows, steps = READERS[name](path)
    print(n_rows, memory.own, memory.seen, *(f"{step} {seconds}" for step, seconds in steps.items()))


def measure(name: str, path: Path) -> float:
    """One reader in a process of its own, and what it took; the seconds."""
    command = [sys.executable, __file__, "--reader", name, str(path)]
    out = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    n_rows, own, seen = int(out[0]), float(out[1]), float(out[2])
    steps = dict(zip(out[3::2], map(float, out[4::2]), strict=True))
    size, seconds = path.stat().st_size / 1e6, sum(steps.values())
    parts = ", ".join(f"{step} {value:.1f} s" for step, value in steps.items())
    print(
        f"  {name:<30} {n_rows:>9,} rows {size / seconds:6.0f} MB/s {n_rows / seconds:>9,.0f} rows/s "
        f"{own / size:6.2f} times the file in memory, {seen / size:.2f} in sight  ({parts})",
        flush=True,
    )
    return seconds


def main() -> None:
    """Writes the files and lets every reader read them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=300, help="of tickets")
    parser.add_argument("--lines", type=int, default=1_000_000, help="of the log")
    parser.add_argument("--reader", nargs=2, metavar=("NAME", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.reader:
        run_reader(options.reader[0], Path(options.reader[1]))
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
            seconds = measure("log, read", log) + measure("log, read to templates", log)
            print(f"  {options.lines / seconds:,.0f} lines a second from the file to the templates")


if __name__ == "__main__":
    main()
