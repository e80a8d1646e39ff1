"""Makes the picture of the README: analyses the sample tickets, opens the map in Chromium, takes a screenshot.

    .venv/bin/python sample_data/make_pictures.py

Needs the test extras and a Chromium (EXPLORER_CHROMIUM names one that is not on the PATH).
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ARGUMENTS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]


def main() -> None:
    """Writes dashboard.png beside this file."""
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("EXPLORER_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("No Chromium was found; name one in EXPLORER_CHROMIUM.")
    with tempfile.TemporaryDirectory() as home, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        command = [sys.executable, "-m", "explorer", "app", "--no-browser", "--port", str(port)]
        server = subprocess.Popen(command, env={**os.environ, "EXPLORER_HOME": home})
        try:
            with sync_playwright() as playwright:
                page = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS).new_page(
                    viewport={"width": 1280, "height": 800}
                )
                page.set_default_timeout(600_000)
                time.sleep(8)  # the server has no page before that
                page.goto(f"http://localhost:{port}")
                page.get_by_role("button", name="Try it").first.click()
                page.get_by_role("button", name="Analyse").click()
                page.get_by_text("duplicate groups").first.wait_for()
                page.get_by_role("link", name="Map", exact=True).first.click()
                page.get_by_text("Click a point to read it").wait_for()
                time.sleep(5)  # the points are drawn after the page
                page.screenshot(path=HERE / "dashboard.png")
        finally:
            server.terminate()
            server.wait(20)


if __name__ == "__main__":
    main()
