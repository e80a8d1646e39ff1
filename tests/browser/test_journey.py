"""The main job in a real Chromium: a file in, pages to look at, reports out."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from explorer.workspace.library import Library

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PROBLEMS = (
    "The printer on floor {} jams as soon as I print more than two pages",
    "My VPN connection drops every few minutes when I work from site {}",
    "Invoice {} shows the wrong amount for our customer in Lisbon",
)


def a_file() -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["ticket", "opened", "channel", "description"])
    for i in range(45):
        text = PROBLEMS[i % 3].format(i)
        writer.writerow([f"T-{i}", f"2026-03-{i % 28 + 1:02}T09:30:00", ["mail", "phone"][i % 2], text])
    writer.writerow(["T-45", "2026-03-05", "mail", PROBLEMS[0].format(0)])
    writer.writerow(["T-46", "2026-03-06", "mail", "For the plum cake take 250 g butter, 200 g sugar and four eggs"])
    writer.writerow(["T-47", "2026-03-07", "mail", "<img src=x onerror=alert(1)>"])
    writer.writerow(["T-48", "2026-03-07", "mail", "one", "too many"])
    return out.getvalue().encode()


def test_a_support_lead_does_the_whole_job(dashboard, page, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    page.goto(dashboard.url)
    page.locator("input[type=file]").set_input_files({"name": "march.csv", "mimeType": "text/csv", "buffer": a_file()})
    page.get_by_text("1 set aside").first.wait_for()
    page.get_by_role("button", name="Analyse 48 records").click()

    # Reloading neither stops the run nor starts a second one.
    page.wait_for_url("**/overview?analysis=*")
    page.reload()
    page.get_by_text("48 tickets, 47 distinct texts").wait_for(timeout=300_000)
    library = Library(dashboard.home)
    (entry,) = [entry for entry in library.entries() if entry.title == "march.csv"]
    assert entry.status.state == "done"

    for name in ("Map", "Duplicates", "Anomalies", "Export"):
        page.get_by_role("link", name=name, exact=True).first.click()
        page.get_by_role("heading", name=name, exact=True).wait_for()
        assert f"analysis={entry.id}" in page.url
        page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")
        assert page.locator("[data-testid=stException], [data-testid=stAlertContentError]").count() == 0

    with page.expect_download() as download:
        page.get_by_role("button", name="Download").nth(3).click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    with path.open(newline="", encoding="utf-8") as file:
        groups = list(csv.DictReader(file))
    assert {"T-0", "T-45"} <= {row["id"] for row in groups}

    page.goto(dashboard.url)
    page.get_by_text("march.csv").first.wait_for()
    library.delete(entry.id)
    page.reload()
    page.get_by_text("Or a sample").wait_for()
    assert page.get_by_text("march.csv").count() == 0
    left = [path for path in dashboard.home.rglob("*") if path.is_file() and b"plum cake" in path.read_bytes()]
    assert left == [], "what was uploaded and then deleted is gone from the disk"
