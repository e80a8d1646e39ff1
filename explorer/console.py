"""What is written to a terminal: text that cannot command it, and progress.

Progress is one line that moves; plain lines where the output is no terminal.
"""

from __future__ import annotations

import sys
import time
from typing import TextIO

from explorer.types import STAGES, Progress

_WIDTH = 28


class ConsoleProgress:
    """A :data:`explorer.types.ProgressCallback` that writes to ``out`` (standard error)."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stderr
        self._moving = self._out.isatty()
        self._stage = ""
        self._started = self._shown = 0.0
        self._tenth = -1

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if progress.stage != self._stage:
            self.close()
            self._stage, self._started, self._shown, self._tenth = progress.stage, now, 0.0, -1
            if not self._moving:
                self._out.write(STAGES[progress.stage] + "\n")
        if self._moving and now - self._shown >= 0.1:
            self._shown = now
            self._out.write("\r\x1b[K" + self._line(progress, now))
        elif not self._moving and progress.total:
            tenth = 10 * progress.done // progress.total
            # The start and the end say nothing that the stage's own lines do not.
            if 0 < tenth < 10 and tenth > self._tenth and now - self._started > 2:
                self._tenth = tenth
                self._out.write(f"  {progress.done:,} of {progress.total:,}{self._left(progress, now)}\n")
        self._out.flush()

    def close(self) -> None:
        """Ends the current line."""
        if self._stage and self._moving:
            seconds = time.monotonic() - self._started
            self._out.write(f"\r\x1b[K{STAGES[self._stage]:<40} {seconds:6.1f} s\n")
            self._out.flush()
        self._stage = ""

    def _line(self, progress: Progress, now: float) -> str:
        name = STAGES[progress.stage]
        if not progress.total:
            return f"{name} ..."
        filled = _WIDTH * progress.done // progress.total
        bar = "█" * filled + "░" * (_WIDTH - filled)
        return f"{name:<40} {bar} {progress.done:,} of {progress.total:,}{self._left(progress, now)}"

    def _left(self, progress: Progress, now: float) -> str:
        elapsed = now - self._started
        if progress.done == 0 or elapsed < 2:
            return ""
        seconds = elapsed * (progress.total - progress.done) / progress.done
        return f", {seconds:.0f} s left" if seconds < 90 else f", {seconds / 60:.0f} min left"


def printable(text: str) -> str:
    """Text for a terminal: a record, an id or a column's name may hold commands that a terminal would obey."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)
