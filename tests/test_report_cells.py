import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.report.cells import MAX_SHEET_TEXT, REPLACEMENT, export_text, page_text, sheet_text, shorten
from tests.factories import HOSTILE_TEXTS

anything = st.text(st.characters(codec=None, exclude_categories=()))


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1", "\r=1", "\n=1", "\0=1", "＝1", "＋1", "－1", "＠A"],
)
def test_text_that_a_spreadsheet_would_evaluate_gets_an_apostrophe(text):
    assert export_text(text).startswith("'")


@pytest.mark.parametrize("text", ["-5", "+3.2", "-.5", "-1e-7", "+12.", "a=1", " =1", "5-3", "", "äöü", "'=1"])
def test_other_text_stays_as_it_is(text):
    assert export_text(text) == text


@pytest.mark.parametrize("text", ["-5,3", "+3 2", "-", "--5", "-5-3", "+٣", "-5\n", "-1e"])
def test_what_only_looks_like_a_number_gets_an_apostrophe(text):
    assert export_text(text) == "'" + text


@given(anything)
def test_every_exported_cell_can_be_encoded_and_starts_harmlessly(text):
    cell = export_text(text)
    cell.encode()
    assert "\0" not in cell
    assert not cell or cell[0] not in "=@\t\r\n＝＋－＠"
    if cell[:1] in ("+", "-"):
        float(cell)


def test_nothing_is_an_empty_cell():
    assert export_text(None) == ""
    assert sheet_text(None) == ("", False)


@given(anything)
def test_every_text_of_a_sheet_is_valid_xml(text):
    cell, is_cut = sheet_text(text)
    assert not is_cut
    assert not any(ord(c) < 32 and c not in "\t\n" for c in cell)
    cell.encode()


@pytest.mark.parametrize("text", ["x" * 40_000, "😀" * 20_000, "é" * 32_768])
def test_a_text_too_long_for_a_sheet_is_cut_with_a_mark(text):
    cell, is_cut = sheet_text(text)
    assert is_cut
    assert len(cell.encode("utf-16-le")) // 2 <= MAX_SHEET_TEXT
    assert cell.endswith(f"[... cut: the text has {len(text):,} characters]")


@pytest.mark.parametrize("text", ["x" * 32_767, "😀" * 16_383, "é" * 32_767])
def test_a_text_that_just_fits_is_not_cut(text):
    assert sheet_text(text) == (text, False)


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_a_page_never_reverses_the_reading_order(text):
    shown = page_text(text)
    assert not any("\u202a" <= c <= "\u202e" or "\u2066" <= c <= "\u2069" for c in shown)
    shown.encode()
    assert REPLACEMENT not in page_text("plain\r\ntext")


@given(anything, st.integers(1, 50))
def test_a_shortened_text_is_one_line_within_the_limit(text, limit):
    short = shorten(text, limit)
    assert len(short) <= limit
    assert "\n" not in short
    if len(text) <= limit:
        assert short == " ".join(text.split())


def test_a_shortened_text_says_that_it_goes_on():
    assert shorten("one two three", 8) == "one two…"
    assert shorten(" " * 1_000 + "far", 8) == "…"
