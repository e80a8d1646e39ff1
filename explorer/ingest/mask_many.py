"""Masking of many texts, on every core, in memory that the texts' number does not decide.

Each text is masked by itself, so the result is the same on any number of processes. A worker is a plain child process
that is sent JSON, a line for each part. ``multiprocessing`` would import the caller's main module again, which a script
that is not written for it does not survive.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from explorer.ingest.log_text import mask_record
from explorer.types import Ints

FEWEST_PER_PROCESS = 25_000  # below this many texts a process costs more than it saves
_MOST_PROCESSES = 8


class Masker:
    """Masks texts as :func:`mask_record` does, part by part; ``texts`` are the distinct masked ones so far.

    A context manager: its worker processes, one per core beyond the first, end with it. What a worker that fails was to
    do is done here.
    """

    def __init__(self, fewest: int = FEWEST_PER_PROCESS) -> None:
        self._fewest = max(fewest, 1)
        self._position: dict[str, int] = {}
        self._workers: list[_Worker] = []

    @property
    def texts(self) -> list[str]:
        """The distinct masked texts, in the order in which they were met."""
        return list(self._position)

    def __enter__(self) -> Masker:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.end()

    def mask(self, texts: Sequence[str]) -> Ints:
        """(m,) for each text the place of its masked text in :attr:`texts`."""
        n_parts = max(1, min(len(texts) // self._fewest, _n_cores(), _MOST_PROCESSES))
        step = max(-(-len(texts) // n_parts), 1)
        own, *parts = [texts[start : start + step] for start in range(0, len(texts), step)] or [[]]
        while len(self._workers) < len(parts):
            self._workers.append(_Worker())
        for worker, part in zip(self._workers, parts, strict=False):
            worker.send(part)
        numbers = self._numbers([mask_record(text) for text in own])
        for worker, part in zip(self._workers, parts, strict=False):
            distinct, which = worker.receive(len(part)) or ([mask_record(text) for text in part], None)
            found = self._numbers(distinct)
            numbers += found if which is None else [found[i] for i in which]
        return np.array(numbers, dtype=np.int64)

    def _numbers(self, masked: Sequence[str]) -> list[int]:
        position = self._position
        return [position.setdefault(text, len(position)) for text in masked]


class _Worker:
    """A child process that masks what it is sent; one that fails answers None, and goes on doing so."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        paths = os.pathsep.join(path for path in sys.path if path)
        code = "from explorer.ingest.mask_many import work; work()"
        with contextlib.suppress(OSError):
            self._child = subprocess.Popen(
                [sys.executable, "-P", "-c", code],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": paths},
            )

    def send(self, texts: Sequence[str]) -> None:
        """One part. The worker reads all of it before it answers, so neither waits for the other's pipe."""
        if self._child is None or self._child.stdin is None:
            return
        try:
            self._child.stdin.write(json.dumps(list(texts)).encode() + b"\n")
            self._child.stdin.flush()
        except OSError:
            self.end()

    def receive(self, n: int) -> tuple[list[str], list[int]] | None:
        """The distinct masked texts of the part, and which of its ``n`` texts has which."""
        if self._child is None or self._child.stdout is None:
            return None
        try:
            distinct, numbers = json.loads(self._child.stdout.readline())
        except (OSError, ValueError):
            distinct, numbers = [], []
        if len(numbers) == n:
            return distinct, numbers
        self.end()
        return None

    def end(self) -> None:
        child: Any = self._child
        self._child = None
        if child is not None:
            child.kill()
            for pipe in (child.stdin, child.stdout):
                with contextlib.suppress(OSError):
                    pipe.close()
            child.wait()


def work() -> None:
    """A worker: a JSON list of texts a line on standard input; the distinct masked texts of each, and which text has
    which, a line on standard output."""
    for line in sys.stdin.buffer:
        position: dict[str, int] = {}
        numbers = [position.setdefault(mask_record(text), len(position)) for text in json.loads(line)]
        sys.stdout.buffer.write(json.dumps([list(position), numbers]).encode() + b"\n")
        sys.stdout.buffer.flush()


def _n_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
