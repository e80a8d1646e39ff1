"""The map page, without a browser: what it says, and what a link to it opens."""

import dataclasses
import re
from datetime import datetime

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.params import EmbedParams, Params
from explorer.report.cells import without_surrogates
from explorer.types import Analysis
from explorer.ui import map_page, selection
from explorer.ui.selection import Area, extent_of
from tests.factories import HOSTILE_TEXTS, make_analysis
from tests.test_selection import with_column
from tests.ui.opened import open_page, shown

TEXTS = [*(f"printer jam paper {i}" for i in range(8)), *(f"vpn tunnel drops {i}" for i in range(6)), "cafeteria menu"]


@pytest.fixture
def analysis() -> Analysis:
    texts = [*TEXTS, TEXTS[0], ""]
    made = make_analysis(texts, times=[f"2026-02-{i + 1:02d}T08:00" for i in range(len(texts))])
    return with_column(made, "channel", ["mail"] * 9 + ["phone"] * 8)


@pytest.fixture
def opened(home):
    def open_it(analysis, **address):
        return open_page("map", analysis, home, **address)

    return open_it


def around(analysis: Analysis, texts: list[int]) -> str:
    """The address of an area of small boxes around some texts."""
    boxes = []
    for x, y in analysis.layout.xy[texts].astype(float):
        boxes.append(((x - 1e-4, y - 1e-4), (x + 1e-4, y - 1e-4), (x + 1e-4, y + 1e-4), (x - 1e-4, y + 1e-4)))
    return Area(tuple(boxes)).encode(extent_of(analysis.layout.xy))


def test_it_draws_the_map_and_says_what_is_not_on_it(opened, analysis):
    app = opened(analysis)
    assert not app.exception
    assert len(app.get("plotly_chart")) == 1
    text = shown(app)
    assert "1 ticket without text is not on the map" in text
    assert "Click a point to read it" in text


@pytest.mark.parametrize("texts", [[""], ["one"], ["one", "two", "three"], ["same"] * 4])
def test_tiny_files_have_a_sensible_page(opened, texts):
    app = opened(make_analysis(texts))
    assert not app.exception
    assert not app.error
    assert len(app.get("plotly_chart")) == (1 if texts[0] else 0)
    if not texts[0]:
        assert "nothing to draw" in shown(app)


def test_without_an_analysis_it_says_where_to_go(opened, analysis):
    app = opened(analysis)
    app.query_params["analysis"] = "0" * 16
    app.run()
    assert "No analysis is open" in app.info[0].value


def test_a_search_by_words_counts_and_lists_its_records(opened, analysis):
    app = opened(analysis, q="MENU cafeteria")
    assert "**1** ticket contains “MENU cafeteria”" in shown(app)
    assert app.dataframe[0].value["Row"].tolist() == [14]
    app.text_input(key="q").set_value("no such word").run()
    assert "**0** tickets contain" in shown(app)
    assert "Try fewer words" in shown(app)


def test_a_search_by_meaning_lists_the_nearest_with_their_similarity(opened, analysis):
    with_model = dataclasses.replace(
        analysis,
        params=dataclasses.replace(Params(), embed=EmbedParams(model="words:test")),
        embedding=dataclasses.replace(analysis.embedding, model_id="words-test"),
    )
    app = opened(with_model, q="cafeteria menu", by="Meaning")
    assert "nearest in meaning" in shown(app)
    assert "Alike" in app.dataframe[0].value.columns


def test_without_its_model_the_map_stays(opened, analysis):
    other = dataclasses.replace(
        analysis, params=dataclasses.replace(Params(), embed=EmbedParams(model="words:another"))
    )
    app = opened(other, q="cafeteria menu", by="Meaning")
    assert "was made with the model" in app.warning[0].value.replace("\\", "")
    assert len(app.get("plotly_chart")) == 1


def test_filters_from_a_link_are_counted(opened, analysis):
    app = opened(analysis, c0="phone")
    assert "**8** of 17 tickets match the filters" in shown(app)
    app.button(key="clear-filters").click().run()
    assert "match the filters" not in shown(app)
    assert app.multiselect(key="c0").value == []


def test_the_legend_counts_what_is_drawn_and_what_matches(opened):
    made = make_analysis([text for text in ("backup failed", "vpn down") for _ in range(6)])
    made = with_column(made, "team", ["Alpha", *["Beta"] * 5] * 2)
    app = opened(made, colour="team")
    text = legend(app)
    assert text == "texts tickets Beta 2 10 Alpha 0 2"
    assert "most frequent value" in shown(app)
    assert "2 texts with records of different values" in shown(app)
    app = opened(made, colour="team", c0="Alpha")
    assert legend(app) == "texts tickets Alpha 2 2"
    assert "Only what matches the filters is counted" in shown(app)
    assert "different values" not in shown(app)
    app = opened(made, colour="team", c0="Alpha", clusters="-1", strange="true")
    assert "Nothing matches the filters." in shown(app)


def legend(app: AppTest) -> str:
    """The words of the legend."""
    (html,) = [element.proto.body for element in app.get("html") if ">texts<" in element.proto.body]
    return " ".join(re.sub("<[^>]*>", " ", html).split())


def test_a_time_span_is_a_filter(opened, analysis):
    app = opened(analysis)
    first, last = app.slider(key="time").value
    app.slider(key="time").set_value((first, first.replace(day=5))).run()
    assert "of 17 tickets match the filters" in shown(app)
    app.button(key="clear-filters").click().run()
    assert app.slider(key="time").value == (first, last)


def test_a_day_that_is_shown_is_in_the_filter_with_all_its_hours(opened):
    times = ["2026-01-01T22:30", "2026-01-02T07:10", "2026-01-05T00:00", "2026-01-05T23:59:59.999", "2026-01-06T00:00"]
    app = opened(make_analysis([f"printer {i}" for i in range(6)], times=[*times, "2026-01-09T03:00"]))
    slider = app.slider(key="time")
    first, last = slider.value
    assert (first.replace(tzinfo=None), last.replace(tzinfo=None)) == (datetime(2026, 1, 1), datetime(2026, 1, 9))
    slider.set_value((first.replace(day=2), first.replace(day=5))).run()
    assert "**3** of 6 tickets match the filters" in shown(app)
    slider.set_value((first, first.replace(day=1))).run()
    assert "**1** of 6 tickets matches the filters" in shown(app)
    slider.set_value((first.replace(day=9), last)).run()
    assert "**1** of 6 tickets matches the filters" in shown(app)


def test_a_moment_in_the_address_means_its_day(opened):
    analysis = make_analysis(["a", "b", "c"], times=["2026-01-01T05:00", "2026-01-05T20:00", "2026-01-09T05:00"])
    app = opened(analysis, time=["2026-01-01T08:24", "2026-01-05T08:24"])
    assert "**2** of 3 tickets match the filters" in shown(app)


def test_a_minute_that_is_shown_is_in_the_filter_with_all_its_seconds(opened):
    times = ["2026-01-01T10:00:30", "2026-01-01T10:05:00", "2026-01-01T10:05:59.9", "2026-01-01T10:06:00"]
    app = opened(make_analysis(["a", "b", "c", "d"], times=times))
    first, _ = app.slider(key="time").value
    app.slider(key="time").set_value((first, first.replace(minute=5))).run()
    assert "**3** of 4 tickets match the filters" in shown(app)


def test_times_within_one_minute_are_no_filter(opened):
    app = opened(make_analysis(["a", "b"], times=["2026-01-01T10:00:01", "2026-01-01T10:00:59"]))
    assert not app.slider
    assert not app.exception


def test_a_filter_and_a_search_say_how_many_are_both(opened, analysis):
    app = opened(analysis, q="vpn", c0="mail")
    assert "**6** tickets contain “vpn”" in shown(app)
    assert "**1** of those found match them" in shown(app)


def test_a_link_to_a_row_opens_the_record_with_its_neighbours(opened, analysis):
    app = opened(analysis, row="2")
    text = shown(app)
    assert "T\\-3" in text
    assert "printer jam paper 2" in text
    assert "Nearest texts" in text
    app.button(key="close-record").click().run()
    assert "row" not in app.query_params
    assert "Nearest texts" not in shown(app)


def test_a_neighbour_can_be_opened(opened, analysis):
    app = opened(analysis, row="2")
    next(button for button in app.button if str(button.key).startswith("near-")).click().run()
    assert app.query_params["row"] != ["2"]
    assert "Nearest texts" in shown(app)


def test_a_record_says_how_often_it_occurs_and_why_it_is_strange(opened, analysis):
    assert "1 other ticket word for word the same" in shown(opened(analysis, row="0"))
    flagged = int(analysis.distinct.first_row[analysis.anomalies.ranked[0]]) if len(analysis.anomalies.ranked) else None
    if flagged is not None:
        assert "Strangeness" in shown(opened(analysis, row=str(flagged)))


def test_a_record_without_text_is_shown_too(opened, analysis):
    assert "has no text" in shown(opened(analysis, row="16"))


def test_an_area_from_a_link_lists_what_is_inside(opened, analysis):
    text = int(analysis.distinct.text_of_row[0])
    app = opened(analysis, area=around(analysis, [text]))
    assert "2 tickets selected" in shown(app)
    assert app.dataframe[0].value["Row"].tolist() == [0, 15]
    assert len(app.get("download_button")) == 1
    app.button(key="clear-area").click().run()
    assert "area" not in app.query_params


def test_an_area_counts_only_what_matches_the_filters(opened, analysis):
    text = int(analysis.distinct.text_of_row[0])
    app = opened(analysis, area=around(analysis, [text]), c0="mail")
    assert "1 ticket selected" in shown(app)
    assert "1 more in this area do not match the filters" in shown(app)


@pytest.mark.parametrize(
    "address",
    [
        {"row": "99999"},
        {"row": "-1"},
        {"row": "<script>"},
        {"area": "nonsense"},
        {"colour": "nonsense"},
        {"c0": "nonsense"},
        {"time": "nonsense"},
        {"clusters": "99"},
        {"by": "nonsense"},
    ],
)
def test_an_address_that_holds_nonsense_opens_the_plain_map(opened, analysis, address):
    app = opened(analysis, **address)
    assert not app.exception
    assert not app.error
    assert len(app.get("plotly_chart")) == 1


def test_hostile_records_are_shown_and_nothing_more(opened):
    texts = [without_surrogates(text) for text in HOSTILE_TEXTS]  # as the readers leave them
    analysis = make_analysis(texts, ids=[text[:60] for text in texts])
    every = around(analysis, list(range(analysis.distinct.n_texts)))
    for row in range(0, len(texts), 5):
        app = opened(analysis, row=str(row), area=every, q="window")
        assert not app.exception
        assert not app.error
        assert "<script>" not in shown(app)
        assert "](" not in "".join(element.value for element in app.markdown).replace("\\]\\(", "")


def test_the_download_has_every_record_of_the_selection(analysis):
    content = map_page._selection_csv(analysis, np.array([0, 15])).decode("utf-8")
    lines = content.splitlines()
    assert lines[0].endswith('"text"')
    assert [line.split(",")[0] for line in lines[1:]] == ["0", "15"]
    assert selection.selection_table(analysis, np.array([0, 15]))["text"].tolist() == ["printer jam paper 0"] * 2
