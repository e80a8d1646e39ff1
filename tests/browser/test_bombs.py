"""Files made to break whoever opens them: each is a sentence or a preview, and the dashboard goes on."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest

from tests.workbooks import xlsx_by_hand

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FAR_CELL = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c></row>'
    '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>far</t></is></c></row>'
)

BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a cell far out": ("far.xlsx", lambda: xlsx_by_hand(FAR_CELL)),
    "null": ("null.json", lambda: b"null"),
    "nested JSON": ("deep.json", lambda: b"[" * 100_000),
    "a gigabyte of zeros": ("zeros.csv.gz", lambda: gzip.compress(b"0" * (1 << 30), 1)),
    "columns": ("wide.csv", lambda: ",".join(f"c{i}" for i in range(300_000)).encode() + b"\n" + b"1," * 300_000),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_a_sentence_and_the_next_file_opens(dashboard, page, bomb: str) -> None:  # type: ignore[no-untyped-def]
    name, make = BOMBS[bomb]
    page.goto(dashboard.url)
    picker = page.locator("input[type=file]")
    picker.set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": make()})
    page.get_by_text("What was read").wait_for()
    page.locator("[data-testid=stAlertContentError], [data-testid=stDataFrame]").first.wait_for(timeout=60_000)
    error = page.locator("[data-testid=stAlertContentError]")
    if error.count():
        sentence = error.first.inner_text()
        assert "went wrong on our side" not in sentence
        assert sentence.rstrip().endswith(".")
    page.reload()
    picker.set_input_files({"name": "good.csv", "mimeType": "text/csv", "buffer": b"id,text\n1,the printer jams\n"})
    page.get_by_role("button", name="Analyse 1 record").wait_for()
