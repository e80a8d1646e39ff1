"""``explorer app``: the dashboard."""

from __future__ import annotations

import argparse
from typing import Any, NoReturn


def add(commands: Any) -> None:
    """``explorer app``."""
    command = commands.add_parser(
        "app", help="open the dashboard", description="Opens the dashboard in a browser, on this machine only."
    )
    command.add_argument("--port", type=int, default=8501, help="port on this machine (default 8501)")
    command.add_argument("--no-browser", action="store_true", help="only print the address")
    command.set_defaults(run=_app)


def _app(options: argparse.Namespace) -> NoReturn:
    from explorer.ui.server import serve

    serve(options.port, open_browser=not options.no_browser)
