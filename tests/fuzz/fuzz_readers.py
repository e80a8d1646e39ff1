"""Feeds every reader what nobody would write, guided by which lines of the reader it reaches.

    make fuzz                        a minute for each reader
    make fuzz SECONDS=600 READER=csv

A file that makes a reader break a promise is written to ``--findings`` (its name is said) and becomes a test. The
promises are those of tests/contracts/test_readers.py: a table whose counts add up, or one sentence.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["explorer.ingest"], enable_loader_override=False):
    from explorer.errors import InputError
    from explorer.ingest.readers import READERS, Confidence
    from explorer.ingest.source import Source

import pyarrow.compute as pc

SUFFIXES = ("", "csv", "tsv", "log", "txt", "json", "jsonl", "xlsx", "parquet", "eml", "mbox", "xml", "html")
MAX_BYTES = 20_000


def main() -> None:
    """Every reader in a process of its own, one after the other; the exit code says whether anything was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reader", choices=[reader.name for reader in READERS])
    parser.add_argument("--seconds", type=int, default=60, help="for each reader")
    parser.add_argument("--findings", type=Path, default=Path("build/fuzz"))
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.findings.mkdir(parents=True, exist_ok=True)
    if options.child:
        fuzz(options.reader, options.seconds, options.findings)
        return
    codes = []
    for name in [options.reader] if options.reader else [reader.name for reader in READERS]:
        print(f"{name}: {options.seconds} s", flush=True)
        command = [sys.executable, __file__, "--child", "--reader", name, "--seconds", str(options.seconds)]
        codes.append(subprocess.run([*command, "--findings", str(options.findings)], check=False).returncode)
    sys.exit(any(codes))


def fuzz(name: str, seconds: int, findings: Path) -> None:
    """One reader, until the time is over or a promise is broken. Does not return."""
    reader = next(reader for reader in READERS if reader.name == name)

    def read(data: bytes) -> None:
        if len(data) < 2:
            return
        suffix = SUFFIXES[data[0] % len(SUFFIXES)]
        source = Source(f"file.{suffix}", suffix, data[1:])
        if reader.sniff(source) == Confidence.NO:
            return
        try:
            cells, lines, report, rejected = reader.read(source, lambda _: None)
        except InputError as error:
            sentence = str(error)
            assert sentence.endswith("."), sentence
            assert "\n" not in sentence, sentence
            return
        assert report.n_rows_read == report.n_rows_kept + report.n_rows_rejected
        assert report.n_rows_kept == cells.num_rows == len(lines)
        assert report.n_rows_rejected == len(rejected)
        assert len(set(cells.column_names)) == cells.num_columns
        for column in cells.columns:
            column.validate(full=True)
            assert not pc.any(pc.match_substring(column, "\x00")).as_py()

    with tempfile.TemporaryDirectory() as seeds:
        for number, seed in enumerate(examples(name)):
            Path(seeds, str(number)).write_bytes(bytes([number % len(SUFFIXES)]) + seed)
        limits = [f"-max_total_time={seconds}", f"-max_len={MAX_BYTES}", "-timeout=20", "-rss_limit_mb=3000"]
        atheris.Setup([sys.argv[0], seeds, *limits, f"-artifact_prefix={findings}/{name.replace(' ', '-')}-"], read)
        atheris.Fuzz()


def examples(name: str) -> list[bytes]:
    """What the contract tests read with this reader, to begin from."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from tests.contracts.test_readers import EXAMPLES

    _, make = EXAMPLES[name]
    return [make(), make()[: len(make()) // 2]]


if __name__ == "__main__":
    main()
