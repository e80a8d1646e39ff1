"""The duplicates page, without a browser: what it says, and what a link to it opens."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.copies import copies_of, count_copies, pair_kind
from explorer.types import Analysis, Bools, Duplicates
from explorer.ui import downloads, groups
from tests.factories import HOSTILE_TEXTS, make_analysis
from tests.ui.opened import open_page, shown

TEXTS = [
    "Printer on floor 3 prints blank pages error 404",
    "Printer on floor 3 prints blank pages error 500",
    "Printer on floor 3 prints blank pages error 404",
    "VPN drops every hour since the update",
    "VPN drops every hour since the last update",
    "VPN does not drop every hour since the update",
    "Salary statement missing",
]
VECTORS = {
    TEXTS[0]: [1.0, 0.0, 0.0],
    TEXTS[1]: [0.97, 0.243, 0.0],  # 0.97 alike to the first
    TEXTS[3]: [0.0, 1.0, 0.0],
    TEXTS[4]: [0.0, 0.92, 0.392],  # 0.92 alike to the first VPN text
    TEXTS[5]: [0.0, 0.80, -0.6],  # 0.80 alike
    TEXTS[6]: [0.0, 0.0, 1.0],
}


@pytest.fixture
def analysis() -> Analysis:
    times = [f"2026-03-0{day}T09:00" for day in range(1, 8)]
    return make_analysis(TEXTS, vectors=VECTORS, threshold=0.9, times=times)


def page(analysis: Analysis, home: Path, **address: str) -> AppTest:
    return open_page("duplicates", analysis, home, **address)


def counts(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def test_the_counts_are_those_of_the_analysis(analysis, home):
    app = page(analysis, home)
    assert counts(app) == {
        "Groups": "2",
        "Records in groups": "5",
        "Could go": "3",
        "Near pairs": "2",
        "Largest group": "3",
    }


def test_what_could_go_is_said_by_kind_and_nothing_is_said_of_none(home):
    said = shown(page(make_analysis(["printer jam", "printer jam", "vpn down"], clean=True), home))
    assert "1 repeat another word for word, and 0 are reworded" in said
    assert "but for" not in said


def test_moving_the_slider_counts_anew(analysis, home):
    app = page(analysis, home)
    app.slider(key="threshold").set_value(0.95).run()
    assert counts(app)["Groups"] == "1"
    app.slider(key="threshold").set_value(0.80).run()
    assert counts(app)["Records in groups"] == "6"
    assert not app.exception


def test_a_link_opens_its_threshold_and_its_group(analysis, home):
    app = page(analysis, home, threshold="0.8", group="1")
    assert counts(app)["Records in groups"] == "6"
    assert app.subheader[0].value == "Group 1"
    assert "does" in shown(app)


def test_a_record_in_the_address_opens_its_group_at_any_threshold(analysis, home):
    app = page(analysis, home, row="4")
    assert app.subheader[0].value == "Group 1"
    app.slider(key="threshold").set_value(0.97).run()
    assert app.subheader[0].value == "Group 0"
    assert "not among these" in shown(app)


@pytest.mark.parametrize("threshold", ["abc", "7", "-1", "nan", "inf", "", "0.9; DROP"])
@pytest.mark.parametrize("place", [{"group": "999"}, {"group": "-1"}, {"row": "x"}, {"pair": "1-x", "view": "Pairs"}])
def test_an_address_may_hold_anything(analysis, home, threshold, place):
    app = page(analysis, home, threshold=threshold, **place)
    assert counts(app)["Groups"] == "2"
    assert not app.error


def test_a_member_is_shown_with_its_differences_and_what_may_matter(analysis, home):
    text = shown(page(analysis, home, group="0"))
    assert "line-through" in text
    assert "404" in text
    assert "numbers differ: 404 / 500" in text.replace("\\", "")
    assert "Word for word also in 1 other" in text


def test_searching_keeps_the_groups_that_have_the_words(analysis, home):
    app = page(analysis, home, find="vpn UPDATE")
    assert app.dataframe[0].value["Group"].tolist() == [1]
    app = page(analysis, home, find="t-2")
    assert app.dataframe[0].value["Group"].tolist() == [0]
    app = page(analysis, home, find="no such words")
    assert "No group has" in shown(app)


def test_the_least_alike_group_can_come_first(analysis, home):
    app = page(analysis, home)
    app.selectbox(key="groups-order").set_value("Least alike member first").run()
    assert app.dataframe[0].value["Group"].tolist() == [1, 0]


def test_pairs_near_just_below_and_copies(analysis, home):
    app = page(analysis, home, view="Pairs")
    assert app.dataframe[0].value["Alike"].round(2).tolist() == [0.97, 0.92]
    app = page(analysis, home, view="Pairs", pairs="Copies")
    assert app.dataframe[0].value["Kind"].tolist() == ["exact copy"]
    app = page(analysis, home, view="Pairs", pairs="Just below", threshold="0.95")
    assert app.dataframe[0].value["Alike"].round(2).tolist() == [0.92]


def test_borderline_pairs_can_come_first(analysis, home):
    app = page(analysis, home, view="Pairs")
    app.selectbox(key="pairs-order").set_value("Borderline first").run()
    assert app.dataframe[0].value["Alike"].round(2).tolist() == [0.92, 0.97]


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["", "  "], "nothing to compare"),
        (["Only one"], "only one ticket"),
        (["Printer jam", "Salary missing"], "Nothing repeats"),
        (["Same", "Same", "Same"], "representative"),
    ],
)
def test_empty_states_say_what_is_the_case(home, texts, words):
    app = page(make_analysis(texts), home)
    assert words in shown(app)
    assert not app.exception
    assert not app.error


def test_where_nothing_repeats_a_button_moves_the_threshold(home):
    analysis = make_analysis(["a b", "c d"], vectors={"a b": [1.0, 0.0], "c d": [0.85, 0.527]})
    app = page(analysis, home)
    app.button(key="move-threshold").click().run()
    assert counts(app)["Groups"] == "1"


def test_hostile_texts_are_shown_as_text(home):
    texts = [text.encode("utf-8", "replace").decode() for text in HOSTILE_TEXTS if len(text) < 5_000]
    analysis = make_analysis([*texts, *texts], ids=[*texts, *texts])
    for place in range(0, analysis.duplicates.n_groups, 3):
        app = page(analysis, home, group=str(place))
        assert not app.exception
        assert not re.search(r"(?<!\\)<(script|img|a )", shown(app))  # in Markdown a "<" stands escaped


def test_a_large_group_is_paged_and_every_member_can_be_reached(home):
    texts = [f"disk of server {word} is full" for word in "abcdefghijklmnopqrstuvwxyz"]
    vectors = {text: [1.0, 0.001 * i] for i, text in enumerate(texts)}
    analysis = make_analysis(texts, vectors=vectors)
    app = page(analysis, home)
    assert "Texts 1 to 10 of 25." in shown(app)


def test_the_same_after_masking_is_told_apart_from_exact_copies():
    texts = ["disk 7 full", "disk 7 full", "disk 9 full", "disk 7  full", "fan down"]
    analysis = make_analysis(texts, mask=True)
    assert count_copies(analysis) == (2, 1)
    kinds = [pair_kind(analysis, 0, row) for row in (1, 2, 3)]
    assert kinds == ["exact", "masked", "exact"]


SIGNED = [
    "The printer jams.\n--\nAnna Bell",
    "The printer  jams.\n--\nAnna Bell",
    "The printer jams.\n--\nTom Miller, phone 4711",
    "The printer jams.\n--\nTom Miller, phone 4711",
    "The printer jams.\n--\nKim <b>Oh</b>",
    "The printer jams.\n--\nAnna Bell",
]


def test_copies_that_differ_in_what_does_not_count_are_not_called_word_for_word_and_are_shown(home):
    app = page(make_analysis(SIGNED, clean=True), home, group="0")
    said = shown(app)
    assert "Word for word also in 2 others" in said
    assert "T-2, T-6" in said
    assert "3 others say the same but for signatures, quotes, markup and form text" in labels(app)
    assert said.count("phone 4711") == 1  # each wording once
    assert "Word for word also in 1 other" in said  # the second record of that wording
    assert "Kim" in said
    assert "&lt;b&gt;Oh" in said


def labels(app: AppTest) -> list[str]:
    return [expander.label for expander in app.expander]


def test_many_wordings_open_on_request(home):
    app = page(make_analysis([f"The printer jams.\n--\nperson {i}" for i in range(30)], clean=True), home)
    assert "29 others say the same but for signatures, quotes, markup and form text" in labels(app)
    assert "person 7" not in shown(app)


def test_the_copies_of_a_record_are_all_its_text_has():
    analysis = make_analysis([*SIGNED, "vpn", ""], clean=True)
    found = copies_of(analysis, 0)
    assert found.same.tolist() == [1, 5]
    assert [found.worded(number).tolist() for number in range(found.n_wordings)] == [[2, 3], [4]]
    assert copies_of(analysis, 4).worded(0).tolist() == [0, 1, 5]
    assert [len(part) for part in copies_of(analysis, 6)] == [0, 0, 0]
    assert [len(part) for part in copies_of(analysis, 7)] == [0, 0, 0]
    assert count_copies(analysis) == (2, 3)


def test_the_wordings_of_a_record_do_not_depend_on_the_order_of_the_file():
    there, back = make_analysis(SIGNED, clean=True), make_analysis(SIGNED[::-1], clean=True)
    found, other = copies_of(there, 0), copies_of(back, 5)
    last = len(SIGNED) - 1
    for number in range(found.n_wordings):
        assert sorted(found.worded(number).tolist()) == sorted((last - other.worded(number)).tolist())


def test_every_record_of_a_group_is_in_one_member(analysis):
    for group in range(analysis.duplicates.n_groups):
        members = groups.group_members(analysis, analysis.duplicates, group)
        rows = np.concatenate([member.rows for member in members])
        expected = np.flatnonzero(analysis.row_values(analysis.duplicates.group, -1) == group)
        assert sorted(rows.tolist()) == expected.tolist()
        assert members[0].text == analysis.duplicates.representative[group]


def test_group_facts_hold_the_weakest_member_and_the_span(analysis):
    facts = groups.group_facts(analysis, analysis.duplicates)
    assert facts.n_texts.tolist() == [2, 2]
    assert facts.lowest.tolist() == pytest.approx([0.97, 0.92], abs=0.001)
    assert [str(day)[:10] for day in facts.first] == ["2026-03-01", "2026-03-04"]
    assert [str(day)[:10] for day in facts.last] == ["2026-03-03", "2026-03-05"]


def test_groups_without_times_have_no_span():
    analysis = make_analysis(["a b", "a b", "c", "c"], times=["NaT", "NaT", "2026-01-02", "NaT"])
    facts = groups.group_facts(analysis, analysis.duplicates)
    assert np.isnat(facts.first).sum() == 1


def test_an_export_holds_the_groups_of_its_threshold(analysis):
    lower: Duplicates = groups.with_threshold(analysis, 0.80)
    data = downloads.report_bytes("duplicate_groups", dataclasses.replace(analysis, duplicates=lower))
    assert data.decode().count("\n") == 1 + 6
    assert downloads.report_bytes("duplicate_groups", analysis).decode().count("\n") == 1 + 5


def test_pairs_with_keeps_a_pair_when_either_text_is_wanted(analysis):
    wanted: Bools = groups.texts_with(analysis, "last")
    pairs = groups.pairs_with(analysis, groups.near_pairs(analysis, analysis.duplicates), wanted)
    assert sorted([*pairs.row_a.tolist(), *pairs.row_b.tolist()]) == [3, 4]


def test_many_differing_numbers_become_a_count():
    a, b = (" ".join(str(start + i) for i in range(20)) for start in (100, 500))
    analysis = make_analysis([a, b])
    assert groups.cautions(analysis, 0, 1) == ["20 numbers differ"]
