"""How far a run is, in a file that its process writes and everybody else only reads."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

import psutil

from explorer.types import STAGES, Progress

State = Literal["starting", "waiting", "running", "done", "failed", "cancelled"]
FILE = "status.json"
_EVERY_SECONDS = 0.2

#: Share of a usual run's time that each stage takes; only the progress bar reads it.
_WEIGHTS = {
    "read": 3,
    "collapse": 1,
    "embed": 70,
    "neighbours": 5,
    "layout": 12,
    "clusters": 2,
    "duplicates": 2,
    "anomalies": 1,
    "write": 4,
}


@dataclass(frozen=True)
class Status:
    """``done`` of ``total`` units of ``stage`` are finished; times are seconds since the epoch.

    ``message`` is a sentence for the user when the run failed. ``pid`` and ``pid_started`` name the process beyond
    doubt: a process number alone is given out again.
    """

    state: State
    stage: str = ""
    done: int = 0
    total: int = 0
    note: str = ""
    message: str = ""
    started: float = 0.0
    stage_started: float = 0.0
    updated: float = 0.0
    pid: int = 0
    pid_started: float = 0.0

    @property
    def is_active(self) -> bool:
        return self.state in ("starting", "waiting", "running")

    @property
    def fraction(self) -> float:
        """How much of the whole run is done, 0..1."""
        if self.state == "done":
            return 1.0
        stages = list(STAGES)
        if self.stage not in stages:
            return 0.0
        before = sum(_WEIGHTS[stage] for stage in stages[: stages.index(self.stage)])
        within = self.done / self.total if self.total else 0.0
        return (before + within * _WEIGHTS[self.stage]) / sum(_WEIGHTS.values())

    def seconds_left(self, now: float) -> float | None:
        """Seconds this stage still takes at its pace so far, or None while that cannot be told."""
        elapsed = now - self.stage_started
        if self.state != "running" or not self.total or self.done == 0 or elapsed < 2:
            return None
        return elapsed * (self.total - self.done) / self.done


def read_status(folder: Path) -> Status:
    """The status of the run in ``folder``; a run whose process is gone without a word has failed."""
    try:
        status = Status(**json.loads((folder / FILE).read_bytes()))
    except (OSError, ValueError, TypeError):
        return Status("failed", message="The state of this analysis cannot be read. Delete it and start it again.")
    if not status.is_active or is_alive(status.pid, status.pid_started):
        return status
    if status.state == "starting" and status.pid == 0 and time.time() - status.started < 20:
        return status  # its process is about to start
    # It may have finished between the two looks.
    again = Status(**json.loads((folder / FILE).read_bytes()))
    if not again.is_active:
        return again
    return replace(
        again,
        state="failed",
        message=f"The analysis stopped while {STAGES.get(again.stage, 'it was starting').lower()}, without a message: "
        "the computer may have run out of memory or been switched off. Start it again; what was read is kept.",
    )


def write_status(folder: Path, status: Status) -> None:
    """Replaces the status; a reader sees the old or the new one, never half of one."""
    part = folder / f"{FILE}.{os.getpid()}.part"
    part.write_text(json.dumps(asdict(replace(status, updated=time.time()))), encoding="utf-8")
    part.replace(folder / FILE)


def is_alive(pid: int, started: float) -> bool:
    """Whether the process that had this number at that time still runs."""
    try:
        process = psutil.Process(pid)
        return abs(process.create_time() - started) < 1.0 and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, ValueError):
        return False


class StatusWriter:
    """Keeps the status file of this process's own run up to date; a :data:`ProgressCallback`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        now = time.time()
        own = psutil.Process()
        self._status = Status("running", started=now, stage_started=now, pid=own.pid, pid_started=own.create_time())
        self._written = 0.0
        self._save()

    def __call__(self, progress: Progress) -> None:
        now = time.time()
        new_stage = progress.stage != self._status.stage
        self._status = replace(
            self._status,
            state="running",
            stage=progress.stage,
            done=progress.done,
            total=progress.total,
            note=progress.note,
            stage_started=now if new_stage else self._status.stage_started,
        )
        if new_stage or now - self._written >= _EVERY_SECONDS:
            self._save()

    def wait(self) -> None:
        """Says that the run waits for another one to finish."""
        self._status = replace(self._status, state="waiting")
        self._save()

    def finish(self, state: State, message: str = "") -> None:
        self._status = replace(self._status, state=state, message=message)
        self._save()

    def _save(self) -> None:
        self._written = time.time()
        write_status(self._folder, self._status)
