"""Reads files in a process of its own, under limits: whatever a file does to its reader, only that process ends."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from secrets import token_hex

from explorer.errors import ExplorerError, InputError, UnreadableFileError
from explorer.ingest.inspection import Inspection
from explorer.params import ReadParams
from explorer.types import Progress, ProgressCallback, Table
from explorer.workspace.config import ReadLimits
from explorer.workspace.faults import internal_fault
from explorer.workspace.tables import load_inspection, load_table

ERROR_FILE = "error.txt"  # where the child leaves its sentence
_PR_SET_PDEATHSIG = 1


def read_isolated(
    paths: Sequence[Path],
    names: Sequence[str],
    params: ReadParams,
    folder: Path,
    *,
    limits: ReadLimits,
    progress: ProgressCallback,
) -> Inspection:
    """Reads ``paths`` into ``folder`` (see :mod:`explorer.workspace.tables`), or finds what was read there before.

    ``names`` are what the user sees. Raises InputError with the reader's sentence, or one that says how it died.
    """
    done = load_inspection(folder)
    if done is None:
        _read_into(folder, paths, names, params, ["--look"], limits=limits, progress=progress)
        done = load_inspection(folder)
    if done is None:
        raise InputError(f"What was read of {_shown(names)} was removed meanwhile. Choose the file again.")
    return done


def read_table_isolated(
    paths: Sequence[Path],
    names: Sequence[str],
    params: ReadParams,
    folder: Path,
    *,
    limits: ReadLimits,
    progress: ProgressCallback,
) -> Table:
    """The table alone, for those who do not need to look at it first; see :func:`read_isolated`."""
    table = load_table(folder)
    if table is None:
        _read_into(folder, paths, names, params, [], limits=limits, progress=progress)
        table = load_table(folder)
    if table is None:
        raise InputError(f"What was read of {_shown(names)} was removed meanwhile. Start again.")
    return table


def _read_into(
    folder: Path,
    paths: Sequence[Path],
    names: Sequence[str],
    params: ReadParams,
    options: list[str],
    *,
    limits: ReadLimits,
    progress: ProgressCallback,
) -> None:
    """Whole or not at all: the child writes beside ``folder``, which is then moved into place."""
    own = folder.with_name(f"{folder.name}.{token_hex(4)}.part")
    own.mkdir(parents=True, mode=0o700)
    command = [f"--keep={own}", f"--limits={limits_text(limits)}", *options, *params.to_arguments()]
    command += [f"--shown-name={name}" for name in names] + ["--", *map(str, paths)]
    try:
        _run_child(command, own, names, limits=limits, progress=progress)
        shutil.rmtree(folder, ignore_errors=True)  # what a killed process left
        with contextlib.suppress(OSError):  # another tab was faster: the same result is there
            own.replace(folder)
    finally:
        shutil.rmtree(own, ignore_errors=True)


def _run_child(
    arguments: list[str], folder: Path, names: Sequence[str], *, limits: ReadLimits, progress: ProgressCallback
) -> None:
    command = [sys.executable, "-m", "explorer", "inspect", *arguments]
    # What is reserved but not used counts as memory: the stacks of threads, and Arrow's own arenas.
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"}
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    ) as child:
        is_late = threading.Event()

        def end() -> None:
            is_late.set()
            child.kill()

        clock = threading.Timer(limits.wall_seconds, end)
        if limits.wall_seconds:
            clock.start()
        try:
            assert child.stdout is not None
            for line in child.stdout:
                progress(_progress(line))
            code = child.wait()
        finally:
            clock.cancel()
            child.kill()
    if code != 0:
        raise UnreadableFileError(_why(code, is_late.is_set(), folder, names, limits))


def _progress(line: bytes) -> Progress:
    try:
        return Progress(*json.loads(line))
    except (ValueError, TypeError):
        return Progress("read", 0, 0)


def _why(code: int, is_late: bool, folder: Path, names: Sequence[str], limits: ReadLimits) -> str:
    """The sentence for a child that did not finish."""
    with contextlib.suppress(OSError):
        return (folder / ERROR_FILE).read_text("utf-8")
    what = _shown(names)
    if is_late or code == -signal.SIGXCPU:
        seconds = limits.wall_seconds if is_late else limits.cpu_seconds
        return f"Reading {what} took more than {seconds:,} seconds and was stopped. Split the file, or save it as CSV."
    memory = f"the {limits.memory_mb:,} MB that reading may use" if limits.memory_mb else "there is"
    return (
        f"Reading {what} ended without a result ({_signal_name(code)}): it is damaged, or needs more memory than "
        f"{memory}. Save it as CSV, or split it."
    )


def _signal_name(code: int) -> str:
    with contextlib.suppress(ValueError):
        return signal.Signals(-code).name
    return f"exit code {code}"


def _shown(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def limits_text(limits: ReadLimits) -> str:
    """Limits as one argument of the child's command line: "memory,cpu"."""
    return f"{limits.memory_mb},{limits.cpu_seconds}"


@contextlib.contextmanager
def as_child(folder: Path, limits: str) -> Iterator[None]:
    """Inside the child: takes the limits upon itself, and leaves a sentence where it fails."""
    memory_mb, cpu_seconds = (int(part) for part in limits.split(","))
    if sys.platform == "linux":
        # A parent that is killed cannot end its child; the system can.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        used = pages * resource.getpagesize()  # libraries and their tables, before any data
        if memory_mb:
            resource.setrlimit(resource.RLIMIT_AS, (used + (memory_mb << 20),) * 2)
    if cpu_seconds:
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        yield
    except ExplorerError as error:
        (folder / ERROR_FILE).write_text(str(error), encoding="utf-8")
        raise
    except MemoryError as error:
        sentence = (
            f"The file needs more than the {memory_mb:,} MB of memory that reading may use. "
            "Split it, or save it as CSV."
        )
        (folder / ERROR_FILE).write_text(sentence, encoding="utf-8")
        raise InputError(sentence) from error
    except Exception as error:
        (folder / ERROR_FILE).write_text(f"Reading the file failed: {internal_fault(error)}", encoding="utf-8")
        raise
