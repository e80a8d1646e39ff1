"""Areas on the map: what is inside, what an address may hold, and what sets a selection apart."""

import dataclasses

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.report.csv_files import write_csv
from explorer.types import Analysis
from explorer.ui import filters, selection
from explorer.ui.filters import NO_VALUE, Filters
from explorer.ui.selection import Area, Extent, area_of, clicked_text, inside
from tests.factories import HOSTILE_TEXTS, make_analysis
from tests.patience import no_hang

SQUARE = ((0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0))
EXTENT = Extent(-10.0, -5.0, 10.0, 5.0)


def with_column(analysis: Analysis, name: str, values: list[str | None]) -> Analysis:
    corpus = analysis.corpus
    fields = corpus.fields.append_column(name, pa.array(values, type=pa.string()))
    roles = dataclasses.replace(corpus.roles, categories=(*corpus.roles.categories, name))
    return dataclasses.replace(analysis, corpus=dataclasses.replace(corpus, fields=fields, roles=roles))


@pytest.fixture
def tickets() -> Analysis:
    texts = [*(f"printer {i} jam paper" for i in range(10)), *(f"vpn {i} tunnel drops" for i in range(10)), ""]
    analysis = make_analysis(texts, times=[f"2026-01-{day:02d}" for day in range(1, 21)] + ["NaT"])
    return with_column(analysis, "channel", ["mail"] * 9 + ["phone"] * 11 + [None])


def test_a_square_holds_what_is_in_it_and_nothing_else():
    xy = np.array([[1, 1], [3.9, 0.1], [4.1, 2], [-0.1, 2], [2, 5]], dtype=np.float32)
    assert inside(xy, Area((SQUARE,))).tolist() == [True, True, False, False, False]


def test_a_hole_in_an_outline_that_crosses_itself_is_outside():
    ring = ((0, 0), (6, 0), (6, 6), (0, 6), (0, 0), (2, 2), (2, 4), (4, 4), (4, 2), (2, 2))
    xy = np.array([[1, 1], [3, 3], [5, 5]], dtype=np.float32)
    assert inside(xy, Area((ring,))).tolist() == [True, False, True]


def test_what_lies_in_two_outlines_is_inside():
    xy = np.array([[1, 1], [9, 9], [5, 5]], dtype=np.float32)
    other = tuple((x + 8.0, y + 8.0) for x, y in SQUARE)
    assert inside(xy, Area((SQUARE, SQUARE, other))).tolist() == [True, True, False]


@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=3, max_size=9), st.integers(0, 2**32 - 1))
def test_membership_is_that_of_a_ray_counted_point_by_point(corners, seed):
    points = np.random.default_rng(seed).uniform(-10, 10, (40, 2)).astype(np.float32)
    assert inside(points, Area((tuple(corners),))).tolist() == [_by_ray(x, y, corners) for x, y in points.tolist()]


def _by_ray(x: float, y: float, corners: list[tuple[float, float]]) -> bool:
    odd = False
    for (xa, ya), (xb, yb) in zip(corners, corners[1:] + corners[:1], strict=True):
        if (ya > y) != (yb > y) and x < (xb - xa) * (y - ya) / (yb - ya) + xa:
            odd = not odd
    return odd


def test_a_million_points_are_tested():
    xy = np.random.default_rng(0).random((1_000_000, 2), dtype=np.float32)
    angle = np.linspace(0, 2 * np.pi, 50, endpoint=False)
    outline = tuple((0.5 + 0.4 * float(np.cos(a)), 0.5 + 0.4 * float(np.sin(a))) for a in angle)
    with no_hang(20):
        share = inside(xy, Area((outline,))).mean()
    assert share == pytest.approx(np.pi * 0.16, rel=0.01)


@given(st.lists(st.tuples(st.floats(-25, 25), st.floats(-12, 12)), min_size=3, max_size=40))
def test_an_area_survives_the_address(corners):
    code = Area((tuple(corners), SQUARE)).encode(EXTENT)
    assert code.replace(".", "").replace("-", "").replace("_", "").isalnum()
    back = Area.decode(code, EXTENT)
    assert back is not None
    assert np.allclose(back.outlines[0], corners, atol=1e-6)
    assert back.encode(EXTENT) == code


@pytest.mark.parametrize("code", ["x", "....", "AAAA", "%00", "é", "A" * 40_000, Area((SQUARE,)).encode(EXTENT)[:-3]])
def test_an_address_that_holds_something_else_is_no_area(code):
    assert Area.decode(code, EXTENT) is None


def test_an_event_gives_its_box_and_its_lasso():
    event = {"box": [{"x": [0.0, 2.0], "y": [3.0, 1.0]}], "lasso": [{"x": [5, 6, 6], "y": [5, 5, 6]}], "points": []}
    area = area_of(event)
    assert area is not None
    xy = np.array([[1, 2], [5.8, 5.1], [4, 4]], dtype=np.float32)
    assert inside(xy, area).tolist() == [True, True, False]


def test_an_event_without_an_area_gives_none():
    assert area_of({"points": [], "box": [], "lasso": []}) is None
    assert area_of({"lasso": [{"x": [1, 2], "y": [1, 2]}]}) is None


def test_a_click_is_read_from_customdata_not_from_the_place_in_the_trace():
    assert clicked_text({"points": [{"point_index": 3, "customdata": 7}]}, 10) == 7
    assert clicked_text({"points": [{"point_index": 3, "customdata": [8]}]}, 10) == 8
    assert clicked_text({"points": [{"point_index": 3}]}, 10) is None
    assert clicked_text({"points": [{"customdata": 10}]}, 10) is None
    assert clicked_text({"points": []}, 10) is None


def test_a_selection_counts_every_record_of_a_text():
    analysis = make_analysis(["a b", "c d", "a b", "", "a b"])
    chosen = np.array([text == "a b" for text in analysis.distinct.texts])
    assert selection.rows_of_texts(analysis, chosen).tolist() == [0, 2, 4]


def test_the_terms_of_a_selection_are_those_the_rest_lacks(tickets):
    chosen = np.array(["printer" in text for text in tickets.distinct.texts])
    terms = selection.selection_terms(tickets, chosen)
    assert set(" ".join(terms).split()) == {"printer", "jam", "paper"}
    assert selection.selection_terms(tickets, np.zeros(len(chosen), dtype=bool)) == ()


def test_values_that_stand_out_are_told_with_both_shares(tickets):
    found = selection.overrepresented(tickets, np.arange(10))
    assert [(item.column, item.value) for item in found] == [("channel", "mail")]
    assert found[0].fraction_inside == pytest.approx(0.9)
    assert found[0].fraction_outside == 0
    assert selection.overrepresented(tickets, np.arange(0)) == []
    assert selection.overrepresented(tickets, np.arange(21)) == []


def test_the_table_of_a_selection_is_escaped_in_its_file(tmp_path):
    analysis = make_analysis(list(HOSTILE_TEXTS))
    rows = np.arange(0, len(HOSTILE_TEXTS), 2)
    frame = selection.records_frame(analysis, rows)
    assert frame["Row"].tolist() == rows.tolist()
    write_csv([selection.selection_table(analysis, rows)], tmp_path / "out.csv")
    lines = (tmp_path / "out.csv").read_text("utf-8")
    assert ',"=' not in lines
    assert "\0" not in lines


@pytest.mark.parametrize(
    ("chosen", "rows"),
    [
        (Filters(), range(21)),
        (Filters(values=(("channel", ("mail",)),)), range(9)),
        (Filters(values=(("channel", (NO_VALUE,)),)), [20]),
        (Filters(values=(("channel", ("mail", "phone")),), only_anomalies=True), None),
        (Filters(since=1_768_003_200_000), range(9, 20)),
        (Filters(until=1_767_225_600_000), [0]),
        (Filters(only_duplicates=True), None),
    ],
)
def test_filters_mark_records(tickets, chosen, rows):
    match = filters.matching_rows(tickets, chosen)
    if rows is not None:
        assert np.flatnonzero(match).tolist() == list(rows)
    elif chosen.only_anomalies:
        assert match.sum() == tickets.distinct.counts[tickets.anomalies.is_anomaly].sum()
    else:
        assert match.sum() == tickets.duplicates.n_records.sum()


def test_a_filter_by_cluster_leaves_out_records_without_text(tickets):
    loose = filters.matching_rows(tickets, Filters(clusters=(-1,)))
    assert not loose[20]
    named = filters.matching_rows(tickets, Filters(clusters=(0,)))
    assert named.sum() == tickets.clusters.n_records[0]


def test_a_text_matches_when_any_of_its_records_does():
    analysis = make_analysis(["a b", "c d", "a b"])
    marked = filters.texts_of_rows(analysis, np.array([False, False, True]))
    assert [text for text, hit in zip(analysis.distinct.texts, marked, strict=True) if hit] == ["a b"]


def test_a_search_wants_every_word_in_the_text_or_the_id():
    analysis = make_analysis(["Printer JAM", "printer ok", "Straße"], ids=["A-1", "B-2", "JAM-3"])
    assert filters.rows_with_words(analysis, "jam printer").tolist() == [True, False, False]
    assert filters.rows_with_words(analysis, "jam").tolist() == [True, False, True]
    assert filters.rows_with_words(analysis, "b-2 PRINTER").tolist() == [False, True, False]
    assert filters.rows_with_words(analysis, "STRASSE").tolist() == [False, False, True]
    assert not filters.rows_with_words(analysis, "   ").any()
