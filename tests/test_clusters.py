"""Clusters: planted ones are found and named by their words, and nobody is put into one by force."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.clusters import characteristic_terms, find_clusters
from explorer.params import ClusterParams
from explorer.types import Clusters, Distinct, Layout

TOPICS = ("printer jam paper tray", "vpn tunnel drops gateway", "invoice amount wrong customer")


def planted(n_each: int, n_noise: int = 0) -> tuple[Distinct, np.ndarray, Layout]:
    rng = np.random.default_rng(0)
    texts, places = [], []
    for i, topic in enumerate(TOPICS):
        for j in range(n_each):
            texts.append(f"{topic} number{j}")
            places.append(np.array([10.0 * i, 0.0]) + rng.normal(0, 0.3, 2))
    for j in range(n_noise):
        texts.append(f"something else entirely{j}")
        places.append(rng.uniform(100, 1000, 2))
    d = len(texts)
    vectors = rng.standard_normal((d, 8)).astype(np.float32)
    distinct = Distinct(tuple(texts), np.ones(d, int), np.arange(d), np.arange(d), 0)
    return distinct, vectors, Layout(np.array(places, np.float32).reshape(d, 2), "umap")


def clustered(n_each: int, n_noise: int = 0, size: int | None = 8) -> Clusters:
    return find_clusters(*planted(n_each, n_noise), ClusterParams(min_cluster_size=size))


def test_planted_topics_are_found_and_named_by_their_words() -> None:
    found = clustered(30)
    assert len(found.names) == 3
    for i, topic in enumerate(TOPICS):
        labels = set(found.label[30 * i : 30 * i + 30].tolist()) - {-1}
        assert len(labels) == 1
        name = found.names[labels.pop()]
        assert any(word in name for word in topic.split())


def test_numbers_are_dense_and_the_largest_cluster_is_the_first() -> None:
    distinct, vectors, layout = planted(30)
    counts = np.ones(90, int)
    counts[60:] = 5  # the third topic has most records
    distinct = Distinct(distinct.texts, counts, np.repeat(np.arange(90), counts), np.cumsum(counts) - counts, 0)
    found = find_clusters(distinct, vectors, layout, ClusterParams(min_cluster_size=8))
    assert "invoice" in found.names[0] or "customer" in found.names[0]
    assert (np.diff(found.n_records) <= 0).all()
    assert set(found.label.tolist()) <= {-1, 0, 1, 2}
    for i in range(3):
        assert found.n_records[i] == counts[found.label == i].sum()
        assert all(found.label[example] == i for example in found.examples[i])


def test_what_stands_alone_stays_unclustered() -> None:
    found = clustered(30, n_noise=10)
    assert (found.label[90:] == -1).all()
    assert found.name_of(-1) == "Unclustered"


@pytest.mark.parametrize("n_each", [0, 1, 2])
def test_too_few_texts_make_no_cluster(n_each: int) -> None:
    found = clustered(n_each)
    assert found.names == ()
    assert (found.label == -1).all()


def test_two_clusters_never_share_a_name() -> None:
    found = find_clusters(*_same_words(), ClusterParams(min_cluster_size=8))
    assert len(set(found.names)) == len(found.names) == 3


def _same_words() -> tuple[Distinct, np.ndarray, Layout]:
    distinct, vectors, layout = planted(30)
    texts = tuple(f"printer {'x' * (i + 2)}" for i in range(distinct.n_texts))
    return Distinct(texts, distinct.counts, distinct.text_of_row, distinct.first_row, 0), vectors, layout


def test_terms_leave_out_masks_numbers_and_stop_words() -> None:
    texts = ("the pool <id> is exhausted after 30 <num>", "the pool <id> was exhausted", "user <ip> logged in at 10")
    terms = characteristic_terms(texts, np.array([0, 0, 1]), 2)
    assert "pool exhausted" in terms[0]
    assert not {"id", "num", "ip", "the", "30", "10"} & {word for own in terms for term in own for word in term.split()}


def test_texts_without_a_word_have_no_terms() -> None:
    assert characteristic_terms(("??", "...", "1 2 3"), np.array([0, 0, 1]), 2) == ((), ())


def test_a_word_stands_once_in_a_name() -> None:
    texts = ("vpn bricht dauernd homeoffice", "vpn bricht dauernd homeoffice", "pool exhausted", "drucker druckt")
    (terms, *_) = characteristic_terms(texts, np.array([0, 0, 1, 1]), 2)
    words = [word for term in terms for word in term.split()]
    assert sorted(words) == ["bricht", "dauernd", "homeoffice", "vpn"]


def test_pieces_of_a_script_without_spaces_that_overlap_are_one_term_and_never_a_sentence() -> None:
    texts = ("请取消其中一张", "发票请取消其中一张", "取消其中一张吧", "打印机卡纸", "日历不同步")
    (terms, *_) = characteristic_terms(texts, np.array([0, 0, 0, 1, 1]), 2)
    assert len(terms[0]) > 3
    for term in terms:
        assert len(term) <= 6
        assert any(term in text for text in texts)
