import json
import re
from html import unescape

import numpy as np
import pytest

from explorer.report import html_map
from explorer.report.html import MAX_ANOMALIES, MAX_GROUPS, abridged, marked, render_html
from explorer.report.html_map import map_data, plotly_text, shown_texts
from explorer.report.worddiff import Segment
from explorer.types import RejectedRow
from tests.factories import HOSTILE_TEXTS, make_analysis


def body(page):
    """The page without its scripts, as a reader sees it."""
    without = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", without)))


def test_it_says_what_was_read_and_found():
    texts = [f"printer {i} jam on floor {i % 3}" for i in range(12)] + ["", "vpn down"]
    analysis = make_analysis(
        texts, threshold=0.8, n_anomalies=1, rejected=[RejectedRow("t.csv", 412, "9 fields", "a;b")]
    )
    text = body(render_html(analysis))
    assert "14 tickets , 13 distinct texts" in text.replace("tickets,", "tickets ,")
    assert "t.csv, line 412" in text
    assert "1 ticket has no text and is nobody's duplicate" in text
    assert "representative" in text
    assert analysis.anomalies.reasons[0] in text
    assert "all are in" not in text


def test_markup_in_the_data_stays_text():
    texts = [*HOSTILE_TEXTS, *HOSTILE_TEXTS]
    page = render_html(make_analysis(texts, n_anomalies=30, ids=[t[:80] for t in texts]))
    assert len(re.findall(r"<script", page, flags=re.IGNORECASE)) - page.count("&lt;script") <= 3 + _in_plotly(
        "<script"
    )
    assert "<img src" not in re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    assert "<script>window.PWNED=1" in body(page)


def _in_plotly(word):
    from plotly.offline import get_plotlyjs

    return get_plotlyjs().lower().count(word)


def test_masked_texts_are_compared_as_masked_and_shown_as_read_too():
    texts = ["10:01 port 4711 login failed for root", "10:02 port 8080 login accepted for root"]
    vectors = {
        "<num>:<num> port <num> login failed for root": [1, 0],
        "<num>:<num> port <num> login accepted for root": [1, 0],
    }
    page = render_html(make_analysis(texts, vectors=vectors, mask=True, kind="logs"))
    assert "<del>accepted</del><ins>failed</ins>" in page or "<del>failed</del><ins>accepted</ins>" in page
    assert all(text in body(page) for text in texts)
    assert re.findall(r'class="chip"[^>]*><bdi>(.*?)</bdi>', page) in (["accepted / failed"], ["failed / accepted"])


def test_copies_that_differ_in_what_does_not_count_are_not_called_the_same_text():
    texts = ["It jams.\n--\nAnna", "It jams.\n--\nAnna", "It jams.\n--\nTom", "vpn\n--\nAnna", "vpn\n--\nTom"]
    text = body(render_html(make_analysis(texts, clean=True)))
    left_out = "signatures, quotes, markup and form text"
    assert f"3 tickets repeat the text of an earlier one: 1 word for word, 2 but for {left_out}." in text
    assert f"Copies have the same text, but for {left_out}." in text
    assert "and 2 copies, 1 of them not word for word" in text
    assert "and 1 copy, not word for word" in text
    plain = body(render_html(make_analysis(["jam", "jam"])))
    assert "1 ticket repeats the text of an earlier one." in plain
    assert "Copies have the same text." in plain


def test_the_policy_names_the_scripts_by_hash_and_allows_nothing_else():
    page = render_html(make_analysis(["a", "b"]))
    policy = unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', page).group(1))
    assert "default-src 'none'" in policy
    assert policy.count("'sha256-") == 2
    script_sources = policy.split("script-src", 1)[1].split(";")[0]
    assert "unsafe-inline" not in script_sources
    assert "http" not in policy


def test_the_map_data_is_json_that_cannot_end_its_script():
    page = render_html(make_analysis([*HOSTILE_TEXTS, "plain"]))
    block = re.search(r'id="map-data">(.*?)</script>', page, flags=re.DOTALL).group(1)
    assert "<" not in block
    assert json.loads(block)["n_texts"] > 30


@pytest.mark.parametrize(
    ("texts", "word"), [([], "no text to draw"), (["", ""], "no text to draw"), (["a"], "too few texts")]
)
def test_little_to_show_is_said_in_words(texts, word):
    page = render_html(make_analysis(texts))
    assert word in body(page)
    assert ("Plotly" in page) == any(texts)


def test_long_lists_say_how_much_they_show():
    texts = [f"{word}{i} {word}{i} is odd" for i in range(MAX_GROUPS + 30) for word in ("a", "b")]
    analysis = make_analysis(texts * 2, threshold=1.0, n_anomalies=MAX_ANOMALIES + 10)
    text = body(render_html(analysis))
    assert f"{MAX_GROUPS} of {analysis.duplicates.n_groups} shown; all are in duplicate_groups.csv." in text
    assert f"{MAX_ANOMALIES} of {MAX_ANOMALIES + 10} texts shown; all are in anomalies.csv." in text


def test_a_large_map_keeps_every_anomaly_and_says_what_it_shows(monkeypatch):
    analysis = make_analysis([f"word{i} other{i % 50}" for i in range(300)], n_anomalies=20)
    shown = shown_texts(analysis, limit=100)
    assert len(shown) == len(set(shown.tolist())) == 100
    assert set(analysis.anomalies.ranked.tolist()) <= set(shown.tolist())
    assert np.array_equal(shown, shown_texts(analysis, limit=100))
    assert len(shown_texts(analysis, limit=5)) == 20
    monkeypatch.setattr(html_map, "shown_texts", lambda _: shown)
    assert "100 of 300 texts are drawn" in body(render_html(analysis))


def test_every_shown_text_is_in_one_trace_and_anomalies_in_one_more():
    analysis = make_analysis([f"printer {i} jam" for i in range(20)] + ["zzz", "qqq"], n_anomalies=2)
    data = map_data(analysis)
    points = {trace["colour"]: len(trace["text"]) for trace in data["traces"]}
    assert points.pop("anomaly") == 2
    assert sum(points.values()) == data["n_shown"] == analysis.distinct.n_texts


def test_where_many_are_flagged_the_strangest_are_marked(monkeypatch):
    analysis = make_analysis([f"printer {i} jam" for i in range(40)], n_anomalies=12)
    assert np.array_equal(html_map.marked_anomalies(analysis), analysis.anomalies.ranked)
    monkeypatch.setattr(html_map, "MOST_MARKED", 5)
    marks = map_data(analysis)["traces"][-1]
    assert (marks["colour"], marks["name"], len(marks["text"])) == ("anomaly", "5 strangest of 12 anomalies", 5)
    matches = np.ones(40, dtype=bool)
    matches[analysis.anomalies.ranked[:3]] = False
    assert np.array_equal(html_map.marked_anomalies(analysis, matches), analysis.anomalies.ranked[3:8])


def test_text_for_plotly_holds_no_markup_and_no_formula():
    assert plotly_text('<a href="x">$x$ & y') == "&lt;a href=&quot;x&quot;&gt;&#36;x&#36; &amp; y"


def test_words_that_no_neighbour_has_are_marked_whole():
    assert marked("Fire! The FIRE in firewall", ("fire",)) == [
        (True, "Fire"),
        (False, "! The "),
        (True, "FIRE"),
        (False, " in firewall"),
    ]
    assert marked("a+b (c", ("a+b", "(c")) == [(True, "a+b"), (False, " "), (True, "(c")]
    assert marked("text", ()) == [(False, "text")]


def test_long_unchanged_stretches_are_shown_by_their_ends():
    long = "word " * 500
    segments = abridged([Segment("equal", long, long), Segment("replace", "404", "500"), Segment("equal", long, long)])
    assert segments[1] == Segment("replace", "404", "500")
    assert all(len(segment.text_b) < 400 for segment in segments)
    assert segments[0].text_b.startswith(" […] ")
    assert segments[2].text_b.endswith(" […] ")
    assert len(abridged([Segment("replace", "x" * 5_000, "y")])[0].text_a) < 500
