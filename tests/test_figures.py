"""The map's figure: what is drawn, what stands out, and what a record may not do to it."""

import dataclasses
import json

import numpy as np
import plotly.io as pio
import pytest

from explorer.types import Anomalies, Layout
from explorer.ui import colours, figures
from explorer.ui.colours import NOISE, cluster_colour, colour_choices, colouring
from explorer.ui.figures import Marks, View, figure_text, hover_texts, map_figure
from explorer.ui.selection import Area
from tests.factories import HOSTILE_TEXTS, make_analysis
from tests.test_selection import with_column

TEXTS = [*(f"printer jam paper {i}" for i in range(8)), *(f"vpn tunnel drops {i}" for i in range(6)), "cafeteria menu"]


@pytest.fixture
def analysis():
    made = make_analysis([*TEXTS, TEXTS[0], TEXTS[0]], times=[f"2026-02-{i + 1:02d}" for i in range(16)] + ["NaT"])
    return with_column(made, "channel", ["mail"] * 9 + ["phone"] * 7 + [None])


def drawn(figure):
    """The texts of the points that can be clicked, in the order of drawing."""
    return [int(text) for trace in figure.data if trace.customdata is not None for text in trace.customdata]


def test_one_point_is_drawn_for_each_distinct_text(analysis):
    assert sorted(drawn(map_figure(analysis, View(), Marks()))) == list(range(analysis.distinct.n_texts))


def test_a_text_of_several_records_is_larger(analysis):
    sizes = {}
    for trace in map_figure(analysis, View(), Marks()).data:
        if trace.customdata is not None:
            sizes |= dict(zip(trace.customdata.tolist(), trace.marker.size.tolist(), strict=True))
    repeated = int(analysis.distinct.counts.argmax())
    assert sizes[repeated] > max(size for text, size in sizes.items() if text != repeated)


@pytest.mark.parametrize("choice", ["clusters", "time", "strangeness", "column:channel"])
def test_every_colour_choice_draws_every_text(analysis, choice):
    assert choice in colour_choices(analysis)
    made = colouring(analysis, choice)
    assert len(made.values) == len(made.known) == analysis.distinct.n_texts
    assert made.values[made.known].min() >= made.low
    assert made.values[made.known].max() <= made.high
    assert bool(made.legend) != bool(made.ticks)
    assert sorted(drawn(map_figure(analysis, View(colour=choice), Marks()))) == list(range(analysis.distinct.n_texts))


def test_the_legend_counts_records(analysis):
    legend = colouring(analysis, "column:channel").legend
    # One text has a record of each kind: it is drawn as mail, which is more frequent in the file.
    counts = [(entry.label, entry.n_texts, entry.n_records) for entry in legend]
    assert counts == [("mail", 9, 9), ("phone", 6, 7), ("no value", 0, 1)]
    assert sum(entry.n_records for entry in colouring(analysis, "clusters").legend) == 17


def test_rare_values_share_the_grey(analysis):
    many = with_column(analysis, "room", [f"room {i}" for i in range(17)])
    legend = colouring(many, "column:room").legend
    assert legend[-1].label == "2 rarer values"
    assert legend[-1].colour == NOISE


def test_columns_named_like_a_choice_of_ours_can_be_told_apart(analysis):
    named = with_column(analysis, "Clusters", ["a"] * 17)
    labels = list(colour_choices(named).values())
    assert len(labels) == len(set(labels))


@pytest.fixture
def teams():
    """Four texts of six records, and the team of each: one in Alpha at first and then in Beta, one with a tie between
    the two, one that mostly has no team, one that is in Beta alone."""
    texts = [text for text in ("backup", "cable", "disk", "email") for _ in range(6)]
    days = [f"2026-01-{day:02d}" for day in (1, 6, 11, 16, 21, 26)]
    of_text = ["ABBBBB", "AAABBB", "A-----", "BBBBBB"]
    names = {"A": "Alpha", "B": "Beta", "-": None}
    made = make_analysis(texts, times=[*days, *days, *days, *["2026-01-26"] * 6])
    return with_column(made, "team", [names[team] for team in "".join(of_text)])


def colours_of(drawn_colours, legend):
    """The label of each text's colour; None where it is grey."""
    label_of = {entry.colour: entry.label for entry in legend}
    scale = dict(drawn_colours.scale[::2])
    n = len(scale)
    return [
        label_of[scale[int(value) / n]] if known else None
        for value, known in zip(drawn_colours.values, drawn_colours.known, strict=True)
    ]


def test_a_text_has_the_colour_that_most_of_its_records_have(teams):
    drawn_colours = colouring(teams, "column:team")
    assert colours_of(drawn_colours, drawn_colours.legend) == ["Beta", "Beta", None, "Beta"]  # a tie: Beta is larger
    assert drawn_colours.mixed.tolist() == [True, True, True, False]
    counts = [(entry.label, entry.n_texts, entry.n_records) for entry in drawn_colours.legend]
    assert counts == [("Beta", 3, 14), ("Alpha", 0, 5), ("no value", 1, 5)]
    assert sum(entry.n_records for entry in drawn_colours.legend) == teams.corpus.n_records


def test_with_filters_only_matching_records_give_the_colour(teams):
    whole = colouring(teams, "column:team")
    team = teams.corpus.fields["team"].to_pylist()
    alpha = colouring(teams, "column:team", np.array([name == "Alpha" for name in team]))
    assert colours_of(alpha, whole.legend) == ["Alpha", "Alpha", "Alpha", None]
    assert not alpha.mixed.any()
    assert [(entry.label, entry.n_texts, entry.n_records) for entry in alpha.legend] == [("Alpha", 3, 5)]
    assert alpha.legend[0].colour == whole.legend[1].colour, "a filter does not change what a colour means"
    clusters = colouring(teams, "clusters", np.array([name == "Alpha" for name in team])).legend
    assert [sum(counts) for counts in zip(*((e.n_texts, e.n_records) for e in clusters), strict=True)] == [3, 5]


def test_the_colours_do_not_depend_on_the_order_of_the_file(teams):
    n = teams.corpus.n_records
    rng = np.random.default_rng(0)
    for _ in range(5):
        order = rng.permutation(n)
        texts = [teams.corpus.texts[row] for row in order]
        times = [str(teams.corpus.times[row]) for row in order]
        names = teams.corpus.fields["team"].to_pylist()
        other = with_column(make_analysis(texts, times=times), "team", [names[row] for row in order])
        for choice in ("column:team", "time", "clusters"):
            there, here = colouring(teams, choice), colouring(other, choice)
            assert there.values.tolist() == here.values.tolist()
            assert there.mixed.tolist() == here.mixed.tolist()
            assert (there.legend, there.ticks) == (here.legend, here.ticks)


def test_a_text_has_the_colour_of_its_latest_record(teams):
    made = colouring(teams, "time")
    assert made.values.tolist() == [1.0, 1.0, 1.0, 1.0]
    assert made.mixed.tolist() == [True, True, True, False]
    until = colouring(teams, "time", teams.corpus.times <= np.datetime64("2026-01-06"))
    assert until.values.tolist() == pytest.approx([0.2, 0.2, 0.2, 0.0])
    assert until.known.tolist() == [True, True, True, False]
    assert until.mixed.tolist() == [False] * 4, "five days of 25 are one colour"
    assert until.ticks == made.ticks, "a filter does not change what a colour means"


def test_a_text_of_which_one_colour_is_not_the_whole_truth_is_hollow(teams):
    figure = map_figure(teams, View(colour="column:team", rings=False), Marks())
    hollow = [trace for trace in figure.data if trace.marker.symbol == "circle-open"]
    assert sorted(int(text) for trace in hollow for text in trace.customdata) == [0, 1, 2]
    assert all(trace.marker.line.width > 0 for trace in hollow)
    assert sorted(drawn(figure)) == [0, 1, 2, 3]
    plain = map_figure(teams, View(rings=False), Marks())
    assert all(trace.marker.symbol is None for trace in plain.data)


def test_a_mixed_text_tells_its_values_under_the_mouse(teams):
    bodies = {}
    for trace in map_figure(teams, View(colour="column:team"), Marks()).data:
        if trace.customdata is not None:
            bodies |= dict(zip(trace.customdata.tolist(), trace.hovertext.tolist(), strict=True))
    lasts = [bodies[text].split("<br>")[-1] for text in range(4)]
    assert lasts[:3] == ["Beta 5 · Alpha 1", "Beta 3 · Alpha 3", "no value 5 · Alpha 1"]
    assert lasts[3].startswith("<i>")
    assert colouring(teams, "time").details[0] == "01 Jan 2026 to 26 Jan 2026"


def test_the_values_of_a_mixed_text_are_few_and_escaped(teams):
    names = ["<b>$1$</b>" * 9, "b", "c", "d", "e", "e", *["x"] * 18]
    mixed = with_column(teams, "odd", names)
    (words,) = colouring(mixed, "column:odd").details.values()
    assert words.startswith("e 2 · ")
    assert words.endswith(" · 2 more")
    figure = map_figure(mixed, View(colour="column:odd"), Marks())
    (hollow,) = [trace for trace in figure.data if trace.marker.symbol == "circle-open"]
    assert "<b>" not in hollow.hovertext[0]
    assert "$" not in hollow.hovertext[0]


def test_a_cluster_has_one_colour_everywhere():
    assert cluster_colour(-1) == NOISE
    assert cluster_colour(0) != cluster_colour(1)
    assert figures.cluster_colour is cluster_colour


def test_filters_grey_texts_and_keep_them(analysis):
    matches = np.zeros(analysis.corpus.n_records, dtype=bool)
    matches[analysis.distinct.first_row[3]] = True
    figure = map_figure(analysis, View(), Marks(matches=matches))
    assert sorted(drawn(figure)) == list(range(analysis.distinct.n_texts))
    below = figure.data[0]
    assert below.marker.color == NOISE
    assert below.marker.opacity < 0.2
    assert 3 not in below.customdata


def test_a_search_dims_the_rest_and_rings_what_it_found(analysis):
    hits = np.zeros(analysis.distinct.n_texts, dtype=bool)
    hits[[2, 5]] = True
    figure = map_figure(analysis, View(rings=False), Marks(hits=hits))
    bright = [t for t in figure.data if t.customdata is not None and t.marker.opacity == 1]
    assert sorted(int(text) for trace in bright for text in trace.customdata) == [2, 5]
    assert figure.data[-1].marker.symbol == "circle-open"
    assert len(figure.data[-1].x) == 2
    assert sorted(drawn(figure)) == list(range(analysis.distinct.n_texts))


def test_anomalies_have_their_own_shape(analysis):
    ring = next(t for t in map_figure(analysis, View(), Marks()).data if t.marker.symbol == "diamond-open")
    assert len(ring.x) == len(analysis.anomalies.ranked)
    without = map_figure(analysis, View(rings=False), Marks())
    assert all(trace.marker.symbol != "diamond-open" for trace in without.data)


@pytest.mark.parametrize("mode", ["lasso", "box"])
def test_an_area_can_be_drawn_without_sending_points_back(analysis, mode):
    figure = map_figure(analysis, View(mode=mode), Marks())
    assert drawn(figure) == []
    *points, hover = figure.data
    assert all((trace.xaxis or "x") == "x" for trace in points)
    assert (hover.xaxis, hover.yaxis, hover.mode) == ("x2", "y2", "none")
    assert (figure.layout.xaxis2.matches, figure.layout.yaxis2.matches) == ("x", "y")
    assert len(hover.hovertext) == analysis.distinct.n_texts


def test_the_chosen_record_and_the_area_are_marked(analysis):
    area = Area((((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)),))
    figure = map_figure(analysis, View(names=False), Marks(chosen=4, area=area))
    row = int(analysis.distinct.first_row[4])
    assert [note.text for note in figure.layout.annotations] == [f"<b>{analysis.corpus.ids[row]}</b>"]
    assert figure.layout.shapes[0].path == "M0,0L1,0L1,1Z"


def test_names_of_clusters_stand_apart(analysis):
    figure = map_figure(analysis, View(), Marks())
    assert len(figure.layout.annotations) == len(analysis.clusters.names)
    assert not map_figure(analysis, View(names=False), Marks()).layout.annotations


def test_positions_travel_as_numbers_not_as_lists(analysis):
    sent = json.loads(pio.to_json(map_figure(analysis, View(), Marks()), validate=False))
    assert all(trace["x"]["dtype"] == "f4" for trace in sent["data"] if len(trace["x"]) > 1)


@pytest.mark.parametrize("texts", [[], [""], ["one"], ["one", "two", "three"], ["same"] * 5])
@pytest.mark.parametrize("mode", ["click", "lasso"])
def test_tiny_files_have_a_map(texts, mode):
    analysis = make_analysis(texts)
    figure = map_figure(analysis, View(mode=mode), Marks())
    low, high = figure.layout.xaxis.range
    assert low < high
    pio.to_json(figure, validate=False)


def test_no_record_can_change_the_figure():
    analysis = make_analysis(list(HOSTILE_TEXTS), ids=[text[:30] for text in HOSTILE_TEXTS])
    hover = hover_texts(analysis, np.arange(analysis.distinct.n_texts))
    for head, body in zip(hover.heads, hover.bodies, strict=True):
        own, _, cluster = body.rpartition("<br><i>")
        for piece in (head, *own.split("<br>"), cluster.removesuffix("</i>")):
            assert not set(piece) & set("<>$#\0\n\r\u202e\ud800") - {"#"}
            assert "#" not in piece.replace("&#36;", "").replace("&#35;", "")
    figure = map_figure(analysis, View(), Marks(chosen=0))
    pio.to_json(figure, validate=False).encode("utf-8")


def test_a_text_is_shown_letter_by_letter():
    assert figure_text("<b>a</b> & $x$ #000021") == "&lt;b&gt;a&lt;/b&gt; &amp; &#36;x&#36; &#35;000021"
    assert figure_text("word " * 50, 12) == "word word w…"


def test_above_the_limit_the_flagged_are_drawn_and_hovers_are_short(monkeypatch):
    monkeypatch.setattr(figures, "MAX_POINTS", 40)
    monkeypatch.setattr(figures, "MANY_POINTS", 20)
    analysis = make_analysis([f"text number {i} of many words that go on and on and on" for i in range(60)])
    figure = map_figure(analysis, View(), Marks())
    texts = drawn(figure)
    assert len(texts) == 40
    assert set(analysis.anomalies.ranked.tolist()) <= set(texts)
    assert all(len(body) <= 40 for trace in figure.data if trace.customdata is not None for body in trace.hovertext)


def test_seconds_since_1970_keep_their_order_as_colours():
    made = make_analysis(["a", "b", "c"], times=["2026-01-01T00:00:00", "2026-01-01T00:00:10", "2026-01-01T00:00:20"])
    shares = colouring(made, "time").values[np.argsort(made.distinct.first_row)]
    assert shares.tolist() == [0.0, 0.5, 1.0]


def test_equal_strangeness_and_equal_times_have_a_range():
    made = make_analysis(["a", "b"], times=["2026-01-01", "2026-01-01"])
    flat = dataclasses.replace(made.anomalies, strangeness=np.zeros(2, dtype=np.float32))
    assert isinstance(flat, Anomalies)
    for choice in (colours.TIME, colours.STRANGENESS):
        made_colours = colouring(dataclasses.replace(made, anomalies=flat), choice)
        assert made_colours.high > made_colours.low


def test_points_on_one_spot_have_an_extent():
    made = make_analysis(["a", "b"])
    same = dataclasses.replace(made, layout=Layout(np.zeros((2, 2), dtype=np.float32), "fixed"))
    assert map_figure(same, View(), Marks()).layout.xaxis.range == (-1.0, 1.0)
