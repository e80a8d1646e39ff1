"""The HTML report in a real Chromium, opened from a file with hostile records in it."""

import pytest

from explorer.report.html import write_html
from explorer.types import RejectedRow
from tests.factories import HOSTILE_TEXTS, make_analysis

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    texts = [f"printer {i} jam on floor {i % 5}" for i in range(120)]
    texts += [*HOSTILE_TEXTS, *(f"{text} again" for text in HOSTILE_TEXTS)]
    ids = [HOSTILE_TEXTS[i % len(HOSTILE_TEXTS)][:80] for i in range(len(texts))]
    rejected = [RejectedRow(text[:80], 3, text[:80], text[:500]) for text in HOSTILE_TEXTS]
    path = tmp_path_factory.mktemp("report") / "report.html"
    write_html(make_analysis(texts, ids=ids, threshold=0.8, rejected=rejected, n_anomalies=70), path)
    return path


@pytest.mark.parametrize("width", [420, 1280, 1920])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_opens_offline_draws_the_map_and_runs_nothing_from_a_record(chromium, report, width, scheme):
    page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    requests, dialogs, errors = [], [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(report.as_uri())
    page.wait_for_selector("#map canvas")
    page.wait_for_selector("#map .legend text")
    for x in range(10):  # hovering shows texts of records
        page.mouse.move(width * (0.1 + 0.05 * x), 400)
    assert [url for url in requests if not url.startswith(("file:", "data:", "blob:"))] == []
    assert dialogs == []
    assert errors == []
    assert page.evaluate("typeof window.PWNED") == "undefined"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("#map a, #map image[href^=http], img").count() == 0
    assert page.evaluate("document.querySelectorAll('main [onmouseover], main [onerror], main [onfocus]').length") == 0
    buttons = page.eval_on_selector_all("#map .modebar-btn", "all => all.map(b => b.dataset.title || b.ariaLabel)")
    assert len(buttons) == 6
    assert not any(word in title.lower() for title in buttons for word in ("share", "cloud", "edit", "send"))
    page.close()


def test_a_dark_page_prints_light(chromium, report):
    page = chromium.new_page(viewport={"width": 1280, "height": 900}, color_scheme="dark")
    page.goto(report.as_uri())
    page.wait_for_selector("#map .legend text")
    on_screen = page.evaluate("getComputedStyle(document.querySelector('#map .legend text')).fill")
    page.emulate_media(media="print")
    page.wait_for_function(
        "was => getComputedStyle(document.querySelector('#map .legend text')).fill !== was", arg=on_screen
    )
    assert page.evaluate("getComputedStyle(document.querySelector('#map .legend text')).fill") == "rgb(0, 0, 0)"
    page.close()


def test_hovering_a_point_shows_its_text_letter_by_letter(chromium, tmp_path):
    text = "<b>$\\href{x}{y}$</b> <img src=http://attacker.invalid/> & more"
    path = tmp_path / "report.html"
    write_html(make_analysis([text]), path)
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.goto(path.as_uri())
    page.wait_for_selector("#map canvas")
    page.evaluate("document.documentElement.style.scrollBehavior = 'auto'; location.hash = 'the-map'")
    page.wait_for_timeout(300)
    box = page.locator("#map .nsewdrag").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2 - 40, box["y"] + box["height"] / 2)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=10)
    page.wait_for_selector("#map .hovertext", timeout=10_000)
    assert text in page.locator("#map .hovertext").text_content()
    page.close()
