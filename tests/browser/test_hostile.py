"""A hostile file through the whole product, from the upload to the last page: shown as it is, obeyed nowhere."""

from __future__ import annotations

import csv
import io

import pytest

from explorer.workspace.library import Library
from tests.factories import HOSTILE_TEXTS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ATTACK = "<img src=http://evil.example/{0}.png onerror=window.attacked='{0}'><script>window.attacked='{0}'</script>"
MARKDOWN = (
    "![{0}](http://evil.example/{0}.png) [click](javascript:window.attacked='{0}') $\\href{{http://evil.example}}{{x}}$"
)


def hostile_csv() -> bytes:
    """Attacks in the names of columns, in ids, categories, texts, and in a row that is set aside."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([f"id {ATTACK.format('id')}", f"{MARKDOWN.format('column')} category", "text", "=1+1"])
    texts = [text.encode("utf-8", "replace").decode().replace("\x00", "") for text in HOSTILE_TEXTS]
    texts += [f"{ATTACK.format(i)} the printer on floor {i} jams {MARKDOWN.format(i)}" for i in range(6)]
    for i, text in enumerate(texts):
        category = (ATTACK.format("category"), MARKDOWN.format("value"))[i % 2]
        writer.writerow([f"{i} {ATTACK.format(f'id{i}')}", category, text, "=cmd|' /C calc'!A0"])
    writer.writerow(["last", "x", ATTACK.format("rejected"), "too", "many", MARKDOWN.format("rejected")])
    return out.getvalue().encode()


def test_a_hostile_file_is_shown_and_never_obeyed(dashboard, page) -> None:  # type: ignore[no-untyped-def]
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    name = f"{ATTACK.format('name')} [x](javascript:alert(1)).csv".replace("/", ":")
    page.goto(dashboard.url)
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": hostile_csv()})

    def unharmed(where: str) -> None:
        page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")
        assert page.evaluate("window.attacked ?? window.PWNED ?? null") is None, where
        assert page.locator("[data-testid=stException]").count() == 0, where
        assert page.locator("a[href^=javascript], img[src*=evil], a[href*=evil]").count() == 0, where
        assert dialogs == [], where

    button = page.get_by_role("button", name="Analyse")
    button.wait_for()
    page.get_by_text("set aside, and why").click()
    unharmed("preview")
    button.click()
    page.wait_for_url("**/overview?analysis=*")
    page.get_by_text("distinct texts").first.wait_for(timeout=300_000)
    unharmed("overview")
    for place in ("Map", "Duplicates", "Anomalies", "Export"):
        page.get_by_role("link", name=place, exact=True).first.click()
        page.get_by_role("heading", name=place, exact=True).wait_for()
        unharmed(place)
    page.get_by_role("link", name="Start", exact=True).first.click()
    page.get_by_text("Your analyses").wait_for()
    unharmed("start")
    for entry in Library(dashboard.home).entries():
        if "attacked" in entry.title:
            Library(dashboard.home).delete(entry.id)
