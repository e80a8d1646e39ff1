"""The command ``explorer``; what it can do is in explorer/commands.

Exit codes: 0 done, 2 bad usage or unusable input (one sentence on stderr), 1 a fault of ours, 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import NoReturn

from explorer.commands import COMMANDS
from explorer.console import printable
from explorer.errors import ExplorerError
from explorer.workspace.faults import internal_fault


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and returns its exit code."""
    _open_streams()
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except ExplorerError as error:
        sys.stderr.write(f"explorer: {printable(str(error))}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("explorer: stopped. Start it again to continue where it stopped.\n")
        return 130
    except BrokenPipeError:
        # The reader of our output (head, say) has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        sys.stderr.write(f"explorer: {internal_fault(error)}\n")
        return 1


def _open_streams() -> None:
    """Output that is closed (``>&-``) swallows what is written; a terminal that cannot show a letter shows "?"."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8"))
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


class _Parser(argparse.ArgumentParser):
    """Says in one sentence what is wrong, and where the rest is told."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, printable(f"{self.prog}: {message}. See: {self.prog} --help") + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="explorer",
        description="See what repeats and what does not belong in your tickets and logs. Nothing leaves this machine.",
        epilog="Start with:  explorer analyze tickets.csv --out report   or   explorer app",
    )
    parser.add_argument("--version", action="version", version=f"explorer {version('embedding-explorer')}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add(commands)
    return parser
