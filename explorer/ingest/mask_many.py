"""Masking of many texts, on every core. Each text is masked by itself, so the result is the same on any number of them.

A worker is a plain child process that reads a JSON list of texts from its standard input. ``multiprocessing`` would
import the caller's main module again, which a script that is not written for it does not survive.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from explorer.ingest.log_text import mask_record

FEWEST_PER_PROCESS = 40_000  # below this many texts a process costs more than it saves
_MOST_PROCESSES = 8


def mask_many(texts: Sequence[str], *, fewest: int = FEWEST_PER_PROCESS) -> list[str]:
    """Each text as :func:`mask_record` masks it.

    Uses a process per core from 2 * ``fewest`` texts on. What a process that fails was to do is done here.
    """
    n_parts = max(1, min(len(texts) // max(fewest, 1), _n_cores(), _MOST_PROCESSES))
    step = max(-(-len(texts) // n_parts), 1)
    own, *parts = [texts[start : start + step] for start in range(0, len(texts), step)] or [[]]
    if not parts or not sys.executable:
        return [mask_record(text) for text in texts]
    with ThreadPoolExecutor(len(parts)) as threads:  # they only wait for their process
        others = [threads.submit(_in_process, part) for part in parts]
        masked = [mask_record(text) for text in own]
        for part, other in zip(parts, others, strict=True):
            masked += _result(other, part)
    return masked


def _result(other: Future[list[str]], part: Sequence[str]) -> list[str]:
    try:
        found = other.result()
    except (OSError, ValueError, subprocess.SubprocessError):
        found = []
    return found if len(found) == len(part) else [mask_record(text) for text in part]


def _n_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _in_process(texts: Sequence[str]) -> list[str]:
    paths = os.pathsep.join(path for path in sys.path if path)
    code = "from explorer.ingest.mask_many import work; work()"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        input=json.dumps(list(texts)).encode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": paths},
        check=True,
    )
    distinct, numbers = json.loads(done.stdout)
    return [distinct[number] for number in numbers]


def work() -> None:
    """A worker: texts in on standard input, the distinct masked texts and which text has which out."""
    texts = json.loads(sys.stdin.buffer.read())
    position: dict[str, int] = {}
    numbers = [position.setdefault(mask_record(text), len(position)) for text in texts]
    sys.stdout.buffer.write(json.dumps([list(position), numbers]).encode())
