import json

import pytest

from explorer.report.summary import COUNT_LABELS, counts, headline, summary
from explorer.types import RejectedRow
from tests.factories import make_analysis


@pytest.mark.parametrize(
    ("texts", "kind", "sentence"),
    [
        ([], "tickets", "0 tickets, 0 distinct texts, 0 duplicate groups, 0 anomalies"),
        (["a"], "tickets", "1 ticket, 1 distinct text, 0 duplicate groups, 0 anomalies"),
        (["a", "a"], "logs", "2 log lines, 1 distinct text, 1 duplicate group, 0 anomalies"),
        ([f"only {i} word{i}" for i in range(1_200)], "tickets", "1,200 tickets, 1,200 distinct texts"),
    ],
)
def test_the_headline_counts_in_words(texts, kind, sentence):
    assert headline(make_analysis(texts, kind=kind, threshold=1.0)).startswith(sentence)


def test_one_anomaly_is_an_anomaly():
    assert headline(make_analysis(["a", "b"], n_anomalies=1)).endswith("1 anomaly")


def test_the_counts_add_up():
    texts = [f"printer {i % 9} jam on floor {i % 4}" for i in range(80)] + ["", "", "zzz", "zzz", "zzz"]
    analysis = make_analysis(texts, threshold=0.8, rejected=[RejectedRow("a", 1, "r", "t")], n_anomalies=1)
    numbers = counts(analysis)
    assert numbers["n_records"] == 85
    assert numbers["n_records"] == numbers["n_distinct_texts"] + numbers["n_copies"] + numbers["n_empty"]
    assert numbers["n_mergeable"] == numbers["n_records_in_groups"] - numbers["n_groups"]
    assert numbers["n_rejected"] == 1
    assert numbers["n_anomalies"] == 3
    assert numbers["n_anomaly_texts"] == 1
    assert numbers["n_unclustered"] + int(analysis.clusters.n_records.sum()) == 83


def test_every_count_has_a_name_to_show():
    assert list(COUNT_LABELS) == list(counts(make_analysis(["a"])))


@pytest.mark.parametrize("texts", [[], [""], ["a"], ["a", "b", "c", "d", "e", "f"]])
def test_the_summary_is_plain_json(texts):
    data = summary(make_analysis(texts))
    assert json.loads(json.dumps(data, allow_nan=False)) == data
