"""Make the sample tickets and the sample log, with the truth about what was planted in them.

    python sample_data/make_samples.py [--out DIR] [--seed N]

The same seed gives the same bytes, on every machine.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

from service_log import log_truth_rows, make_log
from tickets import make_tickets, ticket_rows, truth_rows

DEFAULT_SEED = 20260302


def write_csv(path: Path, rows: list[tuple[str, ...]]) -> None:
    """Write rows as UTF-8 with a comma and one kind of line end, whatever the platform."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def make_samples(out: Path, seed: int = DEFAULT_SEED) -> None:
    """Write the four files into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    numbered = make_tickets(seed)
    write_csv(out / "tickets.csv", ticket_rows(numbered))
    write_csv(out / "tickets.truth.csv", truth_rows(numbered))
    lines = make_log(seed)
    (out / "service.log").write_bytes("".join(line.text + "\n" for line in lines).encode("utf-8"))
    write_csv(out / "service.truth.csv", log_truth_rows(lines))


def main() -> None:
    """Read the command line and write the files."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--out", type=Path, default=Path(__file__).parent, help="folder to write to (default: this one)"
    )
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help=f"seed of all chance (default: {DEFAULT_SEED})")
    arguments = parser.parse_args()
    make_samples(arguments.out, arguments.seed)
    print(f"wrote tickets.csv, tickets.truth.csv, service.log and service.truth.csv to {arguments.out}")


if __name__ == "__main__":
    main()
