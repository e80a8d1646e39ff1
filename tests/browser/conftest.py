"""A real dashboard and a real Chromium; no request may leave this machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[2]
ARGUMENTS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
_NAMES = ("chromium", "chromium-browser", "google-chrome")


class Dashboard(NamedTuple):
    """A running dashboard: its address, and the folder in which it keeps its analyses."""

    url: str
    home: Path


@pytest.fixture(scope="session")
def dashboard(tmp_path_factory) -> Iterator[Dashboard]:
    home = tmp_path_factory.mktemp("dashboard")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}", "--server.headless=true"]
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, "EXPLORER_HOME": str(home)}, stdout=log, stderr=log
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(server, url, home / "server.log")
        yield Dashboard(url, home)
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    for _ in range(240):
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1):
                return
        except OSError:
            time.sleep(0.25)
    pytest.fail(f"The dashboard did not start:\n{log.read_text('utf-8', 'replace')[-2000:]}")


# For the package, not the session: two of Playwright's loops cannot run in one thread, and other tests start their own.
@pytest.fixture(scope="package")
def chromium():
    path = os.environ.get("EXPLORER_CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        message = "No Chromium was found; name one in EXPLORER_CHROMIUM."
        if os.environ.get("EXPLORER_REQUIRE_BROWSER") == "1":
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium) -> Iterator[Callable[..., object]]:
    """Opens pages (options as of Playwright's ``new_page``); the test fails when one asks another machine or errs."""
    pages, strangers, errors = [], [], []

    def open_it(**options):
        page = chromium.new_page(**{"viewport": {"width": 1280, "height": 800}, **options})
        page.set_default_timeout(60_000)
        page.on("request", lambda request: strangers.append(request.url) if not _is_here(request.url) else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        pages.append(page)
        return page

    yield open_it
    for page in pages:
        page.close()
    assert strangers == [], "a page asked another machine"
    assert errors == [], "a script on a page failed"


@pytest.fixture
def page(new_page):
    """One page of 1280 by 800."""
    return new_page()


def _is_here(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("data", "blob", "about") or parts.hostname in ("127.0.0.1", "localhost")
