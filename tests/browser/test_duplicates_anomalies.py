"""Duplicates and Anomalies in a real Chromium: clicks, links, downloads, and records that attack the page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.factories import HOSTILE_TEXTS, make_analysis
from tests.ui.opened import put_in_library

pytestmark = pytest.mark.browser

PLAIN, HOSTILE = "00000000000000aa", "00000000000000bb"


@pytest.fixture(scope="module")
def address(dashboard: Any) -> str:
    """The address of the dashboard, with two analyses in it."""
    home = dashboard.home
    places = [f"printer {i % 9} on floor {i // 9} prints blank pages" for i in range(90)]
    put_in_library(make_analysis([*places, *places[:30], "plum cake"], threshold=0.9, n_anomalies=5), home, PLAIN)
    hostile = [text.encode("utf-8", "replace").decode() for text in HOSTILE_TEXTS]
    texts = [*hostile, *hostile, *(f"{text} again" for text in hostile)]
    attacked = make_analysis(texts, ids=[text[:300] for text in texts], threshold=0.8, n_anomalies=40)
    put_in_library(attacked, home, HOSTILE)
    return dashboard.url


def go(page: Any, url: str) -> None:
    page.goto(url)
    page.get_by_role("heading", level=1).wait_for()
    settled(page)


def settled(page: Any) -> None:
    page.wait_for_timeout(400)
    page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")
    page.wait_for_timeout(300)


def pick_line(page: Any, line: int) -> None:
    """Clicks the box at the beginning of a line of the first table; the table is drawn on a canvas."""
    table = page.get_by_test_id("stDataFrame").first
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    page.mouse.click(box["x"] + 18, box["y"] + 37 + 35 * line + 17)


def test_a_click_opens_a_group_and_its_link_opens_it_again(page: Any, address: str) -> None:
    go(page, f"{address}/duplicates?analysis={PLAIN}")
    pick_line(page, 2)
    page.get_by_role("heading", name="Group 2", exact=True).wait_for()
    page.get_by_role("button", name="Next", exact=True).click()
    page.get_by_role("heading", name="Group 3", exact=True).wait_for()
    settled(page)
    link = page.url
    go(page, link)
    page.get_by_role("heading", name="Group 3", exact=True).wait_for()


def test_the_slider_moves_the_counts_and_the_address(page: Any, address: str) -> None:
    go(page, f"{address}/duplicates?analysis={PLAIN}")
    before = page.get_by_test_id("stMetricValue").all_inner_texts()
    page.get_by_role("slider").focus()
    page.keyboard.press("End")
    settled(page)
    assert page.get_by_test_id("stMetricValue").all_inner_texts() != before
    assert "threshold=1" in page.url


def test_an_export_carries_the_threshold_in_its_name(page: Any, address: str) -> None:
    go(page, f"{address}/duplicates?analysis={PLAIN}&threshold=0.95")
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Duplicate groups (CSV)").click()
    download = waiting.value
    assert re.fullmatch(r"duplicate_groups-0\.95-[0-9a-f]{8}\.csv", download.suggested_filename)
    assert Path(download.path()).read_text(encoding="utf-8").startswith('"group","size"')


def test_a_click_opens_an_anomaly_and_next_opens_the_following(page: Any, address: str) -> None:
    go(page, f"{address}/anomalies?analysis={PLAIN}")
    page.get_by_role("heading", name="Rank 1").wait_for()
    pick_line(page, 2)
    page.get_by_role("heading", name="Rank 3").wait_for()
    page.get_by_role("button", name="Next", exact=True).click()
    page.get_by_role("heading", name="Rank 4").wait_for()
    settled(page)
    assert "rank=4" in page.url


@pytest.mark.parametrize(
    "view",
    ["duplicates?group=0", "duplicates?group=9", "duplicates?view=Pairs", "duplicates?view=Pairs&pairs=Copies"]
    + [f"anomalies?rank={rank}" for rank in (1, 9, 17, 25)],
)
def test_hostile_records_run_nothing_and_fetch_nothing(page: Any, address: str, view: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: (asked.append("dialog"), dialog.dismiss()))
    go(page, f"{address}/{view}&analysis={HOSTILE}")
    page.wait_for_timeout(800)
    assert page.evaluate("window.PWNED") is None
    assert not [url for url in asked if "attacker" in url or url == "dialog"]
    assert page.locator("a[href^='javascript']").count() == 0
    assert page.get_by_test_id("stAlertContentError").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 1920])
@pytest.mark.parametrize("view", ["duplicates", "anomalies"])
def test_nothing_is_wider_than_the_window(chromium: Any, address: str, view: str, width: int, scheme: str) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.set_default_timeout(60_000)
    go(page, f"{address}/{view}?analysis={PLAIN}")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    context.close()
