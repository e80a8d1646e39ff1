"""Reading bytes as an upload, here or in a process of its own with little memory."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from explorer.errors import InputError
from explorer.ingest import read_table
from explorer.params import ReadParams
from explorer.types import Table

_CHILD = """
import json, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]), int(sys.argv[1])))
from explorer.errors import InputError
from explorer.ingest import read_table
for path in sys.argv[2:]:
    name = path.rpartition("/")[2]
    try:
        said = f"read {read_table([path]).n_rows}"
    except InputError as error:
        said = str(error)
    print(json.dumps([name, said]), flush=True)
"""


def read(data: str | bytes, name: str, **reading: object) -> Table:
    """The table, after checking that its counts add up."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stored"
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        table = read_table([path], names=[name], params=ReadParams.from_dict(reading))
    report = table.reports[0]
    assert report.n_rows_read == report.n_rows_kept + report.n_rows_rejected
    assert report.n_rows_kept == table.n_rows == len(table.lines)
    assert report.n_rows_rejected == len(table.rejected)
    return table


def rows(table: Table) -> list[list[str | None]]:
    return [list(row.values()) for row in table.cells.to_pylist()]


def notes(table: Table) -> str:
    return " ".join(table.reports[0].notes)


def refusal(data: str | bytes, name: str, **reading: object) -> str:
    """The sentence with which a file is refused."""
    with pytest.raises(InputError) as caught:
        read(data, name, **reading)
    message = str(caught.value)
    assert name in message
    assert message.endswith(".")
    return message


def read_with_little_memory(files: Mapping[str, bytes], folder: Path, *, limit: int = 6 << 30) -> dict[str, str]:
    """What became of each file in one child process with an address space of ``limit`` bytes.

    "read N" or the sentence of a refusal; a file that ends the process is missing, and those behind it.
    """
    for name, data in files.items():
        (folder / name).write_bytes(data)
    paths = [str(folder / name) for name in files]
    command = [sys.executable, "-c", _CHILD, str(limit), *paths]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    return dict(json.loads(line) for line in done.stdout.splitlines()) | ({"": done.stderr} if done.returncode else {})
