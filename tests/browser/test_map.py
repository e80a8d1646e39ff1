"""The map in a real Chromium: what AppTest cannot do is click on it, draw on it, and look at what is drawn."""

from __future__ import annotations

import csv
import dataclasses
import io
import math

import numpy as np
import pytest

from explorer.report.cells import without_surrogates
from explorer.types import Analysis, Layout
from tests.factories import HOSTILE_TEXTS, make_analysis
from tests.test_selection import with_column
from tests.ui.opened import put_in_library

pytestmark = pytest.mark.browser

_IDLE = "!document.querySelector('[data-testid=stStatusWidget]')"
_DRAWN = (
    "(() => { const g = document.querySelector('.js-plotly-plot'); return g && g._fullData && g._fullLayout.xaxis; })()"
)
_POINTS = """() => {
  const g = document.querySelector('.js-plotly-plot'), axes = g._fullLayout;
  const box = g.querySelector('.nsewdrag').getBoundingClientRect();
  const points = {};
  for (const trace of g._fullData) {
    if (!trace.hovertext) continue;
    trace.text.forEach((id, i) => {
      points[id] = [box.x + axes.xaxis.l2p(trace.x[i]), box.y + axes.yaxis.l2p(trace.y[i])];
    });
  }
  return points;
}"""


def on_a_ring(analysis: Analysis) -> Analysis:
    """The analysis with its texts on a circle, far apart, so that a mouse can tell them apart."""
    angle = np.linspace(0, 2 * np.pi, analysis.distinct.n_texts, endpoint=False)
    xy = np.column_stack([np.cos(angle), np.sin(angle)]).astype(np.float32)
    return dataclasses.replace(analysis, layout=Layout(xy, "umap"))


@pytest.fixture(scope="module")
def opened(dashboard):
    texts = [*(f"printer jam paper {i}" for i in range(8)), *(f"vpn tunnel drops {i}" for i in range(8))]
    analysis = make_analysis([*texts, texts[0], texts[3]], times=[f"2026-02-{i + 1:02d}" for i in range(18)])
    analysis = on_a_ring(with_column(analysis, "channel", ["mail"] * 9 + ["phone"] * 9))
    put_in_library(analysis, dashboard.home, "00000000000000a1")
    return analysis, f"{dashboard.url}/map?analysis=00000000000000a1"


def go(page, url: str) -> None:
    page.goto(url)
    settle(page)


def settle(page) -> None:
    page.wait_for_function(_DRAWN)
    page.wait_for_timeout(400)
    page.wait_for_function(_IDLE)
    page.wait_for_timeout(400)


def choose_mode(page, name: str, dragmode: str) -> None:
    page.get_by_text(name, exact=True).first.click()
    page.wait_for_function(f"document.querySelector('.js-plotly-plot')?._fullLayout?.dragmode === '{dragmode}'")
    settle(page)


def draw(page, corners: list[tuple[float, float]]) -> None:
    page.mouse.move(*corners[0])
    page.mouse.down()
    for corner in corners[1:]:
        page.mouse.move(*corner, steps=2)
    page.mouse.up()


def address(page) -> str:
    return page.evaluate("location.search")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080)])
def test_the_map_is_drawn_in_the_page(new_page, opened, scheme, size):
    width, height = size
    page = new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    go(page, opened[1])
    assert page.locator(".js-plotly-plot canvas").count() > 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    ids = page.evaluate(_POINTS)
    assert len(ids) == opened[0].distinct.n_texts
    titles = page.eval_on_selector_all(".modebar-btn", "all => all.map(b => b.dataset.title || b.ariaLabel)")
    assert not any("lasso" in (title or "").lower() for title in titles)


def test_a_click_opens_the_record_under_it(page, opened):
    go(page, opened[1])
    points = page.evaluate(_POINTS)
    page.mouse.move(*points["T-5"])
    page.locator(".hoverlayer .hovertext").wait_for()
    assert "printer jam paper 4" in page.locator(".hoverlayer .hovertext").text_content()
    page.mouse.click(*points["T-5"])
    page.get_by_role("button", name="Close").wait_for()
    page.get_by_role("heading", name="T-5", exact=True).wait_for()
    page.wait_for_function("location.search.includes('row=4')")
    settle(page)
    page.mouse.click(*points["T-12"])
    page.get_by_role("heading", name="T-12", exact=True).wait_for()
    page.wait_for_function("location.search.includes('row=11')")


def test_a_neighbour_is_a_click_away_and_is_pointed_at(page, opened):
    go(page, opened[1] + "&row=4")
    page.locator("[class*='st-key-near-'] button").first.click()
    page.wait_for_function("!location.search.includes('row=4')")
    settle(page)
    row = int(page.evaluate("new URLSearchParams(location.search).get('row')"))
    page.get_by_role("heading", name=f"T-{row + 1}", exact=True).wait_for()
    notes = page.eval_on_selector_all(".annotation-text", "all => all.map(note => note.textContent)")
    assert f"T-{row + 1}" in notes


def test_a_lasso_lists_the_records_inside_counting_copies(page, opened):
    analysis, url = opened
    go(page, url)
    choose_mode(page, "Lasso", "lasso")
    x, y = page.evaluate(_POINTS)["T-1 × 2"]
    ring = [(x + 18 * math.cos(a * 0.5236), y + 18 * math.sin(a * 0.5236)) for a in range(13)]
    draw(page, ring)
    page.get_by_role("heading", name="2 tickets selected").first.wait_for()
    settle(page)
    assert "area=" in address(page)
    with page.expect_download() as download:
        page.locator(".st-key-download-selection button").first.click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text("utf-8"))))
    assert [row["row"] for row in rows] == ["0", "16"]
    assert {row["text"] for row in rows} == {analysis.corpus.texts[0]}


def test_a_selection_outlives_a_change_of_colour_and_a_reload(page, opened):
    go(page, opened[1])
    choose_mode(page, "Box", "select")
    box = page.locator(".nsewdrag").first.bounding_box()
    left, top, right, bottom = box["x"] + 2, box["y"] + 2, box["x"] + box["width"] - 2, box["y"] + box["height"] - 2
    draw(page, [(left, top), ((left + right) / 2, (top + bottom) / 2), (right, bottom)])
    page.get_by_role("heading", name="18 tickets selected").first.wait_for()
    settle(page)
    page.get_by_role("combobox").first.click()
    page.get_by_role("option", name="channel").click()
    page.wait_for_function("document.querySelector('.js-plotly-plot')._fullLayout.shapes.length === 1")
    settle(page)
    assert page.get_by_role("heading", name="18 tickets selected").first.is_visible()
    assert "colour=channel" in address(page)
    page.reload()
    settle(page)
    assert page.get_by_role("heading", name="18 tickets selected").first.is_visible()
    page.locator(".st-key-clear-area button").click()
    page.wait_for_function("!location.search.includes('area=')")


def test_double_click_clears_an_area(page, opened):
    go(page, opened[1])
    choose_mode(page, "Lasso", "lasso")
    x, y = page.evaluate(_POINTS)["T-3"]
    draw(page, [(x + 18 * math.cos(a * 0.5236), y + 18 * math.sin(a * 0.5236)) for a in range(13)])
    page.get_by_role("heading", name="1 ticket selected").first.wait_for()
    settle(page)
    page.mouse.dblclick(x + 60, y - 60)
    page.wait_for_function("!location.search.includes('area=')")


def test_a_search_highlights_and_hides_nothing(page, opened):
    go(page, opened[1])
    page.get_by_placeholder("Search words").fill("vpn")
    page.keyboard.press("Enter")
    page.get_by_text("8 tickets contain “vpn”").wait_for()
    settle(page)
    assert len(page.evaluate(_POINTS)) == opened[0].distinct.n_texts
    assert "q=vpn" in address(page)


def test_no_record_runs_and_every_hover_shows_the_text_itself(page, dashboard):
    texts = [without_surrogates(text) for text in HOSTILE_TEXTS]
    texts.append("Order #000021 and #000032 for $5$")  # codes that stand for colours of the theme
    analysis = on_a_ring(make_analysis(texts))
    put_in_library(analysis, dashboard.home, "00000000000000a2")
    go(page, f"{dashboard.url}/map?analysis=00000000000000a2")
    points = page.evaluate(_POINTS)
    for at in points.values():
        page.mouse.move(*at)
        page.wait_for_timeout(40)
    page.mouse.move(*points[f"T-{len(texts)}"])
    page.wait_for_function("document.querySelector('.hoverlayer')?.textContent.includes('Order')")
    shown = page.locator(".hoverlayer .hovertext").text_content()
    assert "Order #000021 and #000032 for $5$" in shown
    for row in range(0, len(texts), 6):
        go(page, f"{dashboard.url}/map?analysis=00000000000000a2&row={row}")
    assert page.evaluate("typeof window.PWNED") == "undefined"
    assert page.locator("img[src^='http']").count() == 0
