"""The main job in a real Chromium: a file in, pages to look at, reports out."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from explorer.report import EXPORTERS
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
    writer.writerow(
        ["T-46", "2026-03-06", "mail", "For the rhubarb crumble take 250 g butter, 200 g sugar and four eggs"]
    )
    writer.writerow(["T-47", "2026-03-07", "mail", "<img src=x onerror=alert(1)>"])
    writer.writerow(["T-48", "2026-03-07", "mail", "one", "too many"])
    return out.getvalue().encode()


def check_every_export(page, folder: Path) -> None:  # type: ignore[no-untyped-def]
    """Each download of the export page opens again, and holds what was in the file."""
    buttons = page.get_by_role("button", name="Download")
    tables = {}
    for i in range(len(EXPORTERS) + 1):
        with page.expect_download() as download:
            buttons.nth(i).click()
        path = folder / download.value.suggested_filename
        download.value.save_as(path)
        name = path.name.rsplit("-", 1)[0] + path.suffix
        if path.suffix == ".csv":
            with path.open(newline="", encoding="utf-8") as file:
                tables[name] = list(csv.DictReader(file))
        elif path.suffix == ".parquet":
            tables[name] = pq.read_table(path).to_pylist()
        elif path.suffix == ".xlsx":
            book = openpyxl.load_workbook(path)
            assert not [c for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"]
            tables[name] = list(book.sheetnames)
        elif path.suffix == ".json":
            tables[name] = json.loads(path.read_text("utf-8"))
        else:
            tables[name] = path.read_text("utf-8")
    assert {"T-0", "T-45"} <= {row["id"] for row in tables["duplicate_groups.csv"]}
    assert ("T-0", "T-45", "exact") in {(p["id_a"], p["id_b"], p["kind"]) for p in tables["duplicate_pairs.csv"]}
    assert tables["anomalies.csv"][0]["id"] in ("T-46", "T-47")
    assert len(tables["records.csv"]) == len(tables["records.parquet"]) == 48
    assert [row["line"] for row in tables["rejected.csv"]] == ["50"]
    assert "Anomalies" in tables["report.xlsx"]
    assert "rhubarb crumble" in tables["report.html"]
    assert tables["analysis.json"]["counts"]["n_records"] == 48
    assert tables["clusters.csv"]


def test_two_visitors_with_different_files_see_their_own(dashboard, new_page) -> None:  # type: ignore[no-untyped-def]
    visits = []
    for name in ("apples", "pears"):
        page = new_page()
        content = "id,text\n" + "".join(f"{name}-{i},We ran out of {name} in branch {i}\n" for i in range(9))
        page.goto(dashboard.url)
        page.locator("input[type=file]").set_input_files(
            {"name": f"{name}.csv", "mimeType": "text/csv", "buffer": content.encode()}
        )
        page.get_by_role("button", name="Analyse 9 records").wait_for()
        visits.append((name, page))
    for _, page in visits:
        page.get_by_role("button", name="Analyse 9 records").click()
    for name, page in visits:
        page.get_by_text("9 tickets, 9 distinct texts").wait_for(timeout=300_000)
        assert page.get_by_text(f"{name}.csv").count() > 0
        page.get_by_role("link", name="Duplicates", exact=True).first.click()
        page.get_by_role("heading", name="Duplicates", exact=True).wait_for()
        page.get_by_text(f"out of {name}").first.wait_for()
        other = "pears" if name == "apples" else "apples"
        assert other not in page.locator("body").inner_text()


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

    check_every_export(page, tmp_path)

    page.goto(dashboard.url)
    page.get_by_text("march.csv").first.wait_for()
    library.delete(entry.id)
    page.reload()
    page.get_by_text("Or a sample").wait_for()
    assert page.get_by_text("march.csv").count() == 0
    left = [path for path in dashboard.home.rglob("*") if path.is_file() and b"rhubarb crumble" in path.read_bytes()]
    assert left == [], "what was uploaded and then deleted is gone from the disk"
