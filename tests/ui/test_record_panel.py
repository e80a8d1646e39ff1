"""What stands beside one record."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pyarrow as pa
import pytest

from explorer.types import Analysis, Cleaning, Forms
from tests.factories import make_analysis
from tests.ui.opened import open_page, shown


def with_link(address: str) -> Analysis:
    analysis = make_analysis(["printer jams", "vpn is down"])
    fields = analysis.corpus.fields.append_column("url", pa.array([address, None], pa.string()))
    roles = dataclasses.replace(analysis.corpus.roles, link="url")
    return dataclasses.replace(analysis, corpus=dataclasses.replace(analysis.corpus, fields=fields, roles=roles))


def test_a_link_says_where_it_leads(home: Path) -> None:
    app = open_page("map", with_link("https://help.example.com/t/7"), home, row="0")
    (link,) = app.get("link_button")
    assert link.proto.url == "https://help.example.com/t/7"
    assert "help" in link.proto.label


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "http://[", "no", ""]
)
def test_what_is_no_web_address_is_no_link(home: Path, address: str) -> None:
    app = open_page("map", with_link(address), home, row="0")
    assert not app.exception
    assert not app.get("link_button")


def test_what_was_left_out_of_the_comparison_is_shown(home: Path) -> None:
    text = "The printer on floor 3 jams.\n\nBest regards,\nAnna Berg\n\n-- \nAnna Berg\nTel. +49 30 1234567"
    analysis = make_analysis([text, "vpn is down"])
    corpus = dataclasses.replace(analysis.corpus, cleaning=Cleaning(Forms()))
    said = shown(open_page("map", dataclasses.replace(analysis, corpus=corpus), home, row="0"))
    assert "signatures" in said
    assert said.count("Tel. +49 30 1234567") == 2  # in the record's own text, and among what was left out


def test_copies_are_counted_by_whether_their_words_are_those_of_the_open_record(home: Path) -> None:
    signed = ["It jams.\n--\nAnna", "It jams.\n--\nTom", "It jams.\n--\nTom", "It jams.\n--\nTom"]
    analysis = make_analysis([*signed, "vpn is down"], clean=True)
    said = shown(open_page("map", analysis, home, row="0"))
    assert "word for word" not in said
    assert "3 other tickets the same but for signatures, quotes, markup and form text" in said
    said = shown(open_page("map", analysis, home, row="1"))
    assert "2 other tickets word for word the same" in said
    assert "1 other ticket the same but for signatures" in said
