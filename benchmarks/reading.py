"""Reading speed and peak memory on a made-up ticket file, beside ``csv.reader`` alone and pandas.

    python benchmarks/reading.py 100

The argument is the size in megabytes. Each reader runs in a process of its own; memory is that process's peak less what
its imports take.
"""

from __future__ import annotations

import csv
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_WORDS = ("printer", "jam", "VPN", "disconnect", "kernel", "müde", "login", "failed", "with", "error", "after", "€")


def read_explorer(path: Path) -> tuple[float, float, int]:
    """What the product does. Seconds, megabytes, rows."""
    from explorer.ingest import read_table

    before = _peak_mb()
    start = time.perf_counter()
    table = read_table([path])
    return time.perf_counter() - start, _peak_mb() - before, table.n_rows


def read_csv_module(path: Path) -> tuple[float, float, int]:
    """The least that any reader in Python has to do. Seconds, megabytes, rows."""
    before = _peak_mb()
    start = time.perf_counter()
    with path.open(newline="", encoding="utf-8") as file:
        rows = sum(1 for _ in csv.reader(file)) - 1
    return time.perf_counter() - start, _peak_mb() - before, rows


def read_pandas(path: Path) -> tuple[float, float, int]:
    """Cells as text, as in the product. Seconds, megabytes, rows."""
    import pandas as pd

    before = _peak_mb()
    start = time.perf_counter()
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    return time.perf_counter() - start, _peak_mb() - before, len(frame)


READERS = {"explorer": read_explorer, "csv.reader, cells thrown away": read_csv_module, "pandas": read_pandas}


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


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
            writer.writerow(
                [f"T-{number:06}", when, rng.choice(["open", "closed"]), " ".join(rng.choices(_WORDS, k=5)), text]
            )


def main() -> None:
    """Writes the file and lets every reader read it in a process of its own."""
    if len(sys.argv) == 3:
        seconds, megabytes, rows = READERS[sys.argv[1]](Path(sys.argv[2]))
        print(seconds, megabytes, rows)
        return
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tickets.csv"
        write_tickets(path, size)
        real = path.stat().st_size / 1e6
        print(f"{real:.0f} MB of CSV")
        for name in READERS:
            command = [sys.executable, __file__, name, str(path)]
            seconds, megabytes, rows = subprocess.run(
                command, capture_output=True, text=True, check=True
            ).stdout.split()
            rate, share = real / float(seconds), float(megabytes) / real
            print(f"  {name:<30} {int(rows):>9,} rows {rate:7.0f} MB/s {share:6.2f} times the file's size in memory")


if __name__ == "__main__":
    main()
