"""Overview and export, without a browser."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.report import EXPORTERS, write_reports
from explorer.types import RejectedRow
from explorer.ui import parts
from tests.factories import HOSTILE_TEXTS, make_analysis
from tests.ui.opened import ANALYSIS_ID, open_page, shown

TEXTS = ["printer jam", "printer jam", "vpn down", "mail slow", ""]


def test_the_overview_says_the_sentence_and_its_numbers(home: Path) -> None:
    rejected = [RejectedRow("tickets.csv", 7, "4 fields where the header has 3", "a,b,c,d")]
    app = open_page("overview", make_analysis(TEXTS, n_anomalies=1, rejected=rejected), home)
    assert not app.exception
    numbers = {metric.label: metric.value for metric in app.metric}
    assert numbers["Tickets"] == "5"
    assert numbers["Distinct texts"] == "3"
    assert numbers["Duplicate groups"] == "1"
    said = shown(app).replace("\\", "")
    assert "5 tickets, 3 distinct texts, 1 duplicate group, 1 anomaly" in said
    assert any("1 row set aside" in expander.label for expander in app.expander)


def test_the_largest_clusters_fit_beside_each_other_with_their_share(home: Path) -> None:
    texts = [f"printer jam {word}" for word in ("red", "blue", "green")] * 4 + ["vpn", ""]
    app = open_page("overview", make_analysis(texts), home)
    (frame,) = [element for element in app.dataframe if "share" in element.value.columns]
    assert frame.value["records"].tolist() == [12]
    assert frame.value["share"].tolist() == [92.3]  # of the 13 with a text
    widths = [column["width"] for column in json.loads(frame.proto.columns).values() if "width" in column]
    assert len(widths) == 3
    assert sum(widths) <= 282, "a third of a window of 1,100 pixels"


def test_all_is_said_only_where_it_is_all(home: Path) -> None:
    said = shown(open_page("overview", make_analysis([*["printer jam"] * 500, "vpn down"]), home))
    assert "**over 99%** of all tickets repeat another one" in said
    assert "hold **over 99%** of all" in said
    assert "hold **100%** of all" in shown(open_page("overview", make_analysis(["printer jam"] * 9), home))


@given(st.floats(0, 1))
def test_a_fraction_is_said_within_half_a_percent(fraction: float) -> None:
    said = parts.percent(fraction)
    assert (said == "100%") == (fraction == 1)
    assert (said == "0%") == (fraction == 0)
    if said.rstrip("%").isdigit():
        assert abs(int(said.rstrip("%")) / 100 - fraction) <= 0.00501


def test_no_address_in_a_record_becomes_a_link() -> None:
    for address in ("https://a.example", "www.a.example", "ann+desk@a.example", "mailto:ann@a.example"):
        assert "\u2060" in parts.plain(f"see {address} now")
    assert "\u2060" not in parts.plain("@ann wrote 3 @ 5")


def test_records_over_time_are_shown_where_there_is_a_time(home: Path) -> None:
    times = [f"2026-03-0{day}T10:00" for day in range(1, 6)]
    with_times = open_page("overview", make_analysis(TEXTS, times=times), home)
    assert any("per" in subheader.value for subheader in with_times.subheader)
    without = open_page("overview", make_analysis(TEXTS), home)
    assert not any(" per " in subheader.value for subheader in without.subheader)


@pytest.mark.parametrize("texts", [["one"], ["", ""], ["same"] * 30], ids=["one", "all empty", "identical"])
@pytest.mark.parametrize("page", ["overview", "export"])
def test_almost_nothing_is_shown_too(home: Path, page: str, texts: list[str]) -> None:
    app = open_page(page, make_analysis(texts), home)
    assert not app.exception
    assert not app.error


def test_hostile_texts_are_only_texts(home: Path) -> None:
    texts = [text.encode("utf-8", "replace").decode() for text in HOSTILE_TEXTS]
    app = open_page("overview", make_analysis(texts * 2, ids=texts * 2, n_anomalies=10), home)
    assert not app.exception
    for element in app.get("html"):
        assert "<script" not in element.proto.body.casefold()
        assert "<img" not in element.proto.body.casefold()
    for element in app.markdown:
        assert "![" not in element.value.replace("\\!\\[", "")


def test_every_report_can_be_downloaded(home: Path) -> None:
    analysis = make_analysis(TEXTS)
    write_reports(analysis, home / "analyses" / ANALYSIS_ID / "result")
    app = open_page("export", analysis, home)
    assert not app.exception
    assert len(app.get("download_button")) == len(EXPORTERS) + 1
