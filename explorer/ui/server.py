"""Starts the dashboard's server, on this machine only."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import NoReturn

from explorer.errors import SettingsError
from explorer.workspace.config import load_config
from explorer.workspace.incoming import Incoming

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent.parent


def serve(port: int, *, open_browser: bool) -> NoReturn:
    """Becomes the dashboard's server, until it is stopped.

    Raises SettingsError when the port is not free.
    """
    if not 1 <= port <= 65535:
        raise SettingsError(f"The port is {port}; choose 1 to 65535.")
    if not port_is_free(port):
        raise SettingsError(
            f"Port {port} is in use, maybe by a dashboard that is open already: look at http://localhost:{port}, or "
            f"choose another one with --port {port + 1}."
        )
    Incoming().sweep()
    app = _find("app.py", "app.py")
    command = [sys.executable, "-m", "streamlit", "run", str(app), f"--server.port={port}"]
    command.append(f"--server.maxUploadSize={load_config().dashboard.upload_mb}")
    command.append(f"--server.headless={str(not open_browser).lower()}")
    os.chdir(app.parent)  # Streamlit reads its settings from the folder it is started in
    sys.stdout.write(f"Explorer opens at http://localhost:{port}, for this machine only. Ctrl-C ends it.\n")
    sys.stdout.flush()
    os.execv(command[0], command)  # noqa: S606 - it takes this process's place, so that a signal reaches it


def port_is_free(port: int) -> bool:
    """Whether nothing on this machine listens on ``port``."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def sample_folder() -> Path:
    """Where the sample files are: beside the package in a checkout, inside it when installed."""
    return _find("sample_data", "../sample_data")


def _find(in_checkout: str, in_package: str) -> Path:
    checkout = _CHECKOUT / in_checkout
    return checkout if (_CHECKOUT / "pyproject.toml").is_file() and checkout.exists() else _PACKAGE / in_package
