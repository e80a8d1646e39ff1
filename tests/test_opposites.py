"""Templates that say different things stay out of each other's groups, however alike they are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.duplicates import group_duplicates
from explorer.ingest import corpus_from_texts
from explorer.opposites import OPPOSITES, is_form, tell_apart
from explorer.params import Params
from explorer.pipeline import analyze
from explorer.types import NO_GROUP, Distinct, Pairs
from tests.fakes import WordEmbedder

WORDS = ["a", "job", "started", "stopped", "200", "404", "not", "open", "closed", "ok", "failed"]


def every_pair(texts: list[str], similarity: float = 0.95) -> Pairs:
    a, b = np.triu_indices(len(texts), 1)
    p = len(a)
    return Pairs(a, b, np.full(p, similarity, np.float32), 0.7, 0.7, np.zeros(p, dtype=bool))


def are_opposed(one: str, other: str, masked: bool = True) -> bool:
    there, back = (bool(tell_apart(every_pair(pair), pair, masked).opposed[0]) for pair in ([one, other], [other, one]))
    assert there == back
    return there


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("payment <id> ok", "payment <id> failed"),
        ("Service nginx started in <duration>", "Service nginx stopped in <duration>"),
        ("GET /api/orders 200 in <duration>", "GET /api/orders 404 in <duration>"),
        ("GET /api/orders 404 in <duration>", "GET /api/orders 500 in <duration>"),
        ("ORA-00942 while reading <path>", "ORA-01017 while reading <path>"),
        ("job exited with code 1", "job exited with code 0"),
        ("host <id> is reachable", "host <id> is not reachable"),
        ("link eth0 is UP", "link eth0 is DOWN"),
        ("Login of <*> accepted from <ip>", "Login of <*> rejected from <ip>"),
        ("Connection established, 0 retries, pool open", "Connection established, 0 retries, pool closed"),
    ],
)
def test_what_says_different_things_is_told_apart(one: str, other: str) -> None:
    assert are_opposed(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("payment <id> failed", "payment <id> failed again"),
        ("GET /api/orders 200 in <duration>", "GET /api/orders 201 in <duration>"),
        ("node1 joined the cluster", "node2 joined the cluster"),
        ("cache warmed with <num> keys", "cache warmed with <num> keys from <path>"),
        ("disk full on <path>", "disk full on <path>, 2 of 3 mirrors left"),
        ("not found: <path>", "cannot be found: <path>"),
    ],
)
def test_what_says_the_same_in_other_words_is_not(one: str, other: str) -> None:
    assert not are_opposed(one, other)


@given(st.lists(st.sampled_from(WORDS), max_size=6))
def test_no_text_is_told_apart_from_itself_in_another_order(words: list[str]) -> None:
    assert not are_opposed(" ".join(words), " ".join(reversed(words)))


def test_no_word_is_its_own_opposite() -> None:
    for one, other in OPPOSITES:
        assert not is_form(one.rstrip("-"), other)
        assert not is_form(other.rstrip("-"), one)


def test_opposed_pairs_are_counted_and_join_nothing() -> None:
    texts = ["service started", "service stopped", "service has started"]
    pairs = tell_apart(every_pair(texts), texts, True)
    distinct = Distinct(tuple(texts), np.ones(3, int), np.arange(3), np.arange(3), 0)
    groups = group_duplicates(pairs, distinct, 0.9)
    assert groups.group[0] == groups.group[2] != NO_GROUP
    assert groups.group[1] == NO_GROUP
    assert (groups.n_pairs, groups.n_opposed) == (3, 2)


def test_a_text_like_both_does_not_bring_opposites_together() -> None:
    texts = ["the pump was switched", "the pump was switched on", "the pump was switched off", "the pump switched off"]
    pairs = tell_apart(every_pair(texts), texts, True)
    counts = np.array([9, 2, 1, 1])
    rows = np.repeat(np.arange(4), counts)
    groups = group_duplicates(pairs, Distinct(tuple(texts), counts, rows, np.array([0, 9, 11, 12]), 0), 0.9)
    assert groups.group.tolist() == [0, 0, 1, 1]
    assert groups.n_records.tolist() == [11, 2]
    assert groups.similarity.tolist() == pytest.approx([1, 0.95, 1, 0.95])


@given(
    texts=st.lists(st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join), min_size=2, max_size=12, unique=True),
    data=st.data(),
)
def test_no_group_holds_two_texts_that_say_different_things(texts: list[str], data: st.DataObject) -> None:
    d = len(texts)
    every = every_pair(texts)
    alike = np.array(
        data.draw(st.lists(st.sampled_from([0.6, 0.8, 0.9, 0.95]), min_size=len(every.a), max_size=len(every.a)))
    )
    kept = alike >= 0.7
    pairs = Pairs(every.a[kept], every.b[kept], alike[kept].astype(np.float32), 0.7, 0.7, np.zeros(kept.sum(), bool))
    pairs = tell_apart(pairs, texts, True)
    counts = np.array(data.draw(st.lists(st.integers(1, 3), min_size=d, max_size=d)))
    first = np.cumsum(counts) - counts
    groups = group_duplicates(pairs, Distinct(tuple(texts), counts, np.repeat(np.arange(d), counts), first, 0), 0.9)
    together = groups.group[pairs.a] == groups.group[pairs.b]
    assert not (pairs.opposed & together & (groups.group[pairs.a] != NO_GROUP)).any()
    near = {
        (a, b)
        for a, b, s in zip(pairs.a.tolist(), pairs.b.tolist(), pairs.similarity.tolist(), strict=True)
        if s > 0.89
    }
    for group, leader in enumerate(groups.representative.tolist()):
        members = np.flatnonzero(groups.group == group).tolist()
        assert leader in members
        assert all(text == leader or (min(text, leader), max(text, leader)) in near for text in members)
        assert counts[members].sum() == groups.n_records[group] >= 2
    assert (groups.group[counts > 1] != NO_GROUP).all()


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("Please enable MFA for Maria", "Please disable MFA for Maria", True),
        ("Please enable MFA for Maria in Sales", "Please disable MFA for Tom in Sales", True),
        ("Door 3 does not open", "Door 3 does not close", True),
        (
            "The shop app does not start on my phone since Monday",
            "Since Monday my phone's shop app stops at once",
            False,
        ),
        ("That is false", "That is not true", False),
        ("I cannot log in", "My login is not possible", False),
        ("Order 4711 is missing", "Order 4712 is missing", False),
    ],
)
def test_what_people_write_is_told_apart_only_where_the_opposite_is_the_point(
    one: str, other: str, apart: bool
) -> None:
    assert are_opposed(one, other, masked=False) == apart


@pytest.mark.parametrize("mask", [True, False])
def test_the_result_says_what_was_kept_apart(mask: bool) -> None:
    line = "the order service of the shop in the old town answered with {} in its queue and nobody waiting"
    corpus = corpus_from_texts([line.format("ERR-4711"), line.format("ERR-0815"), "disk full"], mask=mask)
    analysis = analyze(corpus, Params(), embedder=WordEmbedder())
    assert analysis.duplicates.n_pairs == 1
    assert analysis.duplicates.n_groups == (0 if mask else 1)
    assert any("saying different things" in warning for warning in analysis.warnings) == mask
