"""The anomalies page, without a browser: its headline, its list, and one anomaly beside its nearest record."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.types import Analysis, Typical
from explorer.ui import charts, strange
from tests.factories import HOSTILE_TEXTS, make_analysis
from tests.ui.opened import open_page, shown

USUAL = [f"printer {place} prints {fault} pages" for place in ("north", "south", "east") for fault in ("blank", "grey")]
STRANGE = "Grandma's plum cake needs <b>cinnamon</b> & sugar"
STRANGER = "zebra quartz"
NOT_LISTED = "is not among these; the strangest is open"


@pytest.fixture
def analysis() -> Analysis:
    return make_analysis([*USUAL, STRANGE, STRANGER, *USUAL], n_anomalies=2)


def page(analysis: Analysis, home: Path, **address: str) -> AppTest:
    return open_page("anomalies", analysis, home, **address)


def test_the_headline_counts_texts_and_records(analysis, home):
    assert "2 of 8 texts are flagged" in shown(page(analysis, home))


def test_the_strangest_is_open_first_beside_its_nearest(analysis, home):
    app = page(analysis, home)
    text = shown(app)
    assert "Rank 1" in text
    assert "nearest," in text
    assert app.dataframe[0].value["Rank"].tolist() == [1, 2]
    assert app.dataframe[1].value["Alike"].is_monotonic_decreasing


@pytest.mark.parametrize("address", [{"rank": "2"}, {"row": None}])
def test_a_link_opens_its_rank_or_its_record(analysis, home, address):
    second = int(analysis.distinct.first_row[analysis.anomalies.ranked[1]])
    address = {name: value or str(second) for name, value in address.items()}
    assert "Rank 2" in shown(page(analysis, home, **address))


@pytest.mark.parametrize("address", [{"rank": "0"}, {"rank": "99"}, {"rank": "x"}, {"row": "-3"}, {"row": "9" * 30}])
def test_an_address_may_hold_anything(analysis, home, address):
    app = page(analysis, home, **address)
    assert "Rank 1" in shown(app)
    assert NOT_LISTED in shown(app)
    assert not app.error


def test_a_record_that_is_not_in_the_list_is_said_to_be_elsewhere(analysis, home):
    usual = str(int(np.flatnonzero(~analysis.row_values(analysis.anomalies.is_anomaly, False))[0]))
    app = page(analysis, home, row=usual)
    assert "Rank 1" in shown(app)
    assert NOT_LISTED in shown(app)
    app = page(analysis, home, row=usual, more="true")
    assert "Rank 1" not in shown(app)
    assert NOT_LISTED not in shown(app)


@pytest.mark.parametrize("address", [{}, {"rank": "2"}])
def test_what_is_in_the_list_is_not_said_to_be_elsewhere(analysis, home, address):
    assert NOT_LISTED not in shown(page(analysis, home, **address))


def test_next_and_previous_walk_through_the_list(analysis, home):
    app = page(analysis, home)
    following = next(button for button in app.button if button.label == "Next")
    following.click().run()
    assert "Rank 2" in shown(app)
    assert next(button for button in app.button if button.label == "Next").disabled
    next(button for button in app.button if button.label == "Previous").click().run()
    assert "Rank 1" in shown(app)


def test_what_lies_below_the_cut_is_listed_on_request_and_called_so(analysis, home):
    app = page(analysis, home, more="true", rank="3")
    text = shown(app)
    assert "not flagged" in text
    assert "lies under the cut" in text
    assert len(app.dataframe[0].value) == 8
    assert app.dataframe[0].value["Reason"].tolist()[2:] == ["not flagged: below the cut"] * 6


def test_words_that_no_neighbour_has_are_marked_and_everything_is_escaped(analysis, home):
    row = analysis.corpus.texts.index(STRANGE)
    text = shown(page(analysis, home, row=str(row)))
    assert "<mark" in text
    assert "&lt;b&gt;" in text
    assert "<b>" not in text


@pytest.mark.parametrize(
    ("texts", "flagged", "words"),
    [
        (["", " "], 0, "nothing can be strange"),
        (["One"], 0, "only one ticket"),
        (["Same", "Same"], 0, "say the same"),
        (["a b", "a c"], 0, "too few to say what is usual"),
        (USUAL, 0, "Nothing is flagged among 6 texts"),
    ],
)
def test_empty_states_say_what_is_the_case(home, texts, flagged, words):
    app = page(make_analysis(texts, n_anomalies=flagged), home)
    assert words in shown(app)
    assert not app.error
    assert not app.exception


def test_where_nothing_is_flagged_the_strangest_are_listed_all_the_same(home):
    app = page(make_analysis(USUAL, n_anomalies=0), home)
    assert len(app.dataframe[0].value) == 6
    assert "not flagged" in shown(app)


def test_where_there_is_no_cut_nothing_is_said_to_lie_below_it(home):
    app = page(make_analysis(["a b", "a c"], n_anomalies=0), home)
    assert app.dataframe[0].value["Reason"].tolist() == ["too few texts to flag any"] * 2


def test_hostile_texts_are_shown_as_text(home):
    texts = [text.encode("utf-8", "replace").decode() for text in HOSTILE_TEXTS if len(text) < 5_000]
    analysis = make_analysis(texts, ids=texts, n_anomalies=len(texts))
    for rank in range(1, len(analysis.anomalies.ranked) + 1, 4):
        app = page(analysis, home, rank=str(rank))
        assert not app.exception
        assert not re.search(r"(?<!\\)<(script|img|a )", shown(app))  # in Markdown a "<" stands escaped


def test_marked_words_stand_alone_and_ignore_case():
    html = strange.highlighted("Expired <expired> unexpired EXPIRED, amp & lt", ["expired", "amp"])
    assert html.count("<mark") == 4
    assert "&lt;<mark" in html
    assert "un<mark" not in html
    assert "&amp; lt" in html


@pytest.mark.parametrize(
    ("text", "words", "marked"),
    [
        ("L’imprimante brûle", ["imprimante"], "imprimante"),
        ("猫坐在服务器上", ["服务", "务器"], "服务|器"),
        ("It’s Grandma’s", ["Grandma’s"], "Grandma’s"),
    ],
)
def test_every_word_of_a_reason_is_marked_in_its_text(text, words, marked):
    html = strange.highlighted(text, words)
    assert "|".join(re.findall("<mark[^>]*>(.*?)</mark>", html)) == marked
    assert re.sub("<[^>]*>", "", html) == text


def test_nothing_is_marked_inside_an_escaped_character():
    assert "<mark" not in strange.highlighted("a & b < c", ["amp", "lt"])


def test_the_scale_shows_the_numbers_it_is_given():
    html = charts.similarity_strip(0.41, Typical(0.68, 0.75, 0.83))
    assert "nearest is 0.41 alike, usual 0.68 to 0.83" in html
    assert "left:41.0%" in html
    assert "left:68.0%;width:15.0%" in html


def test_the_scale_keeps_to_its_ends():
    assert "left:0.0%" in charts.similarity_strip(-0.2, Typical(0.0, 0.0, 0.0))


def test_the_histogram_counts_every_text_once(analysis):
    figure = charts.strangeness_figure(analysis.anomalies, None)
    assert sum(int(sum(bars.y)) for bars in figure.data) == analysis.distinct.n_texts
