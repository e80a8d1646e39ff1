import numpy as np
import pandas as pd
import pytest

from explorer.report.tables import (
    anomalies_table,
    clusters_table,
    groups_table,
    pairs_table,
    records_table,
    rejected_table,
)
from explorer.types import RejectedRow
from tests.factories import make_analysis

TABLES = [records_table, pairs_table, groups_table, anomalies_table, clusters_table, rejected_table]

#: Two near texts, one of them three times (once with another number), an unlike one, an empty record.
TEXTS = ["jam in tray 1", "vpn down", "jam in tray 1", "", "jam in tray 2", "paper jam", "x y z"]
VECTORS = {"jam in tray <num>": [1, 0], "paper jam": [0.96, 0.28], "vpn down": [0, 1], "x y z": [0, -1]}


@pytest.fixture
def analysis():
    return make_analysis(TEXTS, vectors=VECTORS, mask=True, n_anomalies=1)


def test_records_stand_in_file_order_with_empty_ones_included(analysis):
    table = records_table(analysis).frame()
    assert list(table["row"]) == list(range(len(TEXTS)))
    assert list(table["id"]) == [f"T-{i + 1}" for i in range(len(TEXTS))]
    empty = table.iloc[3]
    assert np.isnan(empty["x"])
    assert np.isnan(empty["y"])
    assert np.isnan(empty["strangeness"])
    assert empty["cluster"] == -1
    assert empty["cluster_name"] == "No text"
    assert empty["duplicate_group"] is pd.NA
    assert not empty["is_representative"]
    assert not empty["is_anomaly"]
    assert table["x"].notna().sum() == len(TEXTS) - 1


def test_each_group_has_one_representative_record(analysis):
    table = records_table(analysis).frame()
    assert str(table["duplicate_group"].dtype) == "Int64"
    grouped = table[table["duplicate_group"].notna()]
    assert list(grouped["row"]) == [0, 2, 4, 5]
    assert list(table[table["is_representative"]]["row"]) == [0]


def test_pairs_list_copies_once_each_and_near_pairs_once(analysis):
    table = pairs_table(analysis).frame()
    assert table[["row_a", "row_b", "similarity", "kind"]].values.tolist() == [
        [0, 2, 1.0, "exact"],
        [0, 4, 1.0, "masked"],
        [0, 5, 0.96, "near"],
    ]
    assert table.loc[1, "text_a"] == "jam in tray 1"
    assert table.loc[1, "text_b"] == "jam in tray 2"
    assert list(table["id_b"]) == ["T-3", "T-5", "T-6"]


def test_copies_that_differ_only_in_white_space_are_exact():
    table = pairs_table(make_analysis(["disk 7  full", "disk 7 full", "disk 8 full"], mask=True)).frame()
    assert list(table["kind"]) == ["exact", "masked"]


def test_pairs_below_the_threshold_are_left_out():
    texts, vectors = ["a", "b"], {"a": [1, 0], "b": [0.8, 0.6]}
    assert len(pairs_table(make_analysis(texts, vectors=vectors, threshold=0.9)).frame()) == 0
    assert len(pairs_table(make_analysis(texts, vectors=vectors, threshold=0.8)).frame()) == 1


def test_pairs_do_not_depend_on_the_order_of_the_file():
    rng = np.random.default_rng(0)
    texts = [f"ticket about topic {i % 7} number {i % 13}" for i in range(60)]
    ids = [f"id-{i}" for i in range(60)]
    seen = []
    for _ in range(3):
        order = rng.permutation(60)
        analysis = make_analysis([texts[i] for i in order], ids=[ids[i] for i in order], threshold=0.8)
        near = pairs_table(analysis).frame().query("kind == 'near'")
        seen.append(near[["text_a", "text_b", "similarity"]].values.tolist())
    assert seen[0] == seen[1] == seen[2]
    assert seen[0]


def test_pairs_count_what_the_analysis_counts():
    analysis = make_analysis([f"printer {i % 9} jam on floor {i % 4}" for i in range(80)], threshold=0.75)
    kinds = pairs_table(analysis).frame()["kind"].value_counts()
    assert kinds["near"] == analysis.duplicates.n_pairs
    assert kinds["exact"] == 80 - analysis.distinct.n_texts


def test_groups_begin_with_the_largest_and_with_its_representative():
    analysis = make_analysis(
        [f"printer {i % 9} jam on floor {i % 4}" for i in range(80)] + ["a b", "a b"], threshold=0.8
    )
    table = groups_table(analysis).frame()
    assert list(table["group"]) == sorted(table["group"])
    for group, part in table.groupby("group"):
        assert (part["size"] == len(part)).all()
        assert part["id"].iloc[0] == part["representative_id"].iloc[0]
        assert part["similarity"].is_monotonic_decreasing
        assert (part["similarity"] >= 0.8).all()
        assert len(part) == analysis.duplicates.n_records[group]
    sizes = table.drop_duplicates("group")["size"]
    assert sizes.is_monotonic_decreasing
    assert not table["row"].duplicated().any()


def test_anomalies_rank_texts_and_list_every_record():
    analysis = make_analysis([*TEXTS, "x y z"], vectors=VECTORS, mask=True, n_anomalies=2)
    table = anomalies_table(analysis).frame()
    assert list(table["rank"]) == sorted(table["rank"])
    assert table[table["text"] == "x y z"]["row"].tolist() == [6, 7]
    assert table[table["text"] == "x y z"]["rank"].nunique() == 1
    assert sorted(table["row"]) == list(np.flatnonzero(records_table(analysis).frame()["is_anomaly"]))
    assert (table["reason"] != "").all()


def test_an_anomaly_without_any_other_text_has_no_nearest():
    table = anomalies_table(make_analysis(["alone"], n_anomalies=1)).frame()
    assert table["nearest_id"].tolist() == [""]
    assert table["nearest_similarity"].isna().all()


def test_clusters_and_the_unclustered_add_up_to_all_records_with_text():
    texts = [f"printer {i} jam" for i in range(8)] + [f"vpn {i} down" for i in range(5)] + ["zzz", "zzz", ""]
    analysis = make_analysis(texts)
    table = clusters_table(analysis).frame()
    assert table["size"].sum() == len(texts) - 1
    assert table["cluster"].iloc[-1] == -1
    assert table["name"].iloc[-1] == "Unclustered"
    assert all(len(examples.split(" | ")) <= 3 for examples in table["examples"])
    counts = records_table(analysis).frame().query("cluster_name != 'No text'")["cluster"].value_counts()
    assert dict(counts) == dict(zip(table["cluster"], table["size"], strict=True))


def test_rejected_rows_are_listed_as_they_were_met():
    rows = [RejectedRow("a.csv", 412, "9 fields where the header has 7", "x;y"), RejectedRow("b.csv", 0, "damaged", "")]
    table = rejected_table(make_analysis(["a"], rejected=rows)).frame()
    assert table.values.tolist() == [list(row) for row in rows]


@pytest.mark.parametrize("texts", [[], [""], ["", " "], ["one"], ["one", "two"], ["same", "same"]])
@pytest.mark.parametrize("table", TABLES)
def test_small_inputs_have_the_same_columns_and_types_as_large_ones(table, texts):
    rejected = [RejectedRow("a", 1, "r", "t")]
    full = table(make_analysis([*TEXTS, "x y z"], mask=True, n_anomalies=3, rejected=rejected)).frame()
    small = table(make_analysis(texts)).frame()
    assert list(small.columns) == list(full.columns)
    assert [str(dtype) for dtype in small.dtypes] == [str(dtype) for dtype in full.dtypes]


def test_a_lone_surrogate_is_replaced_in_every_table():
    analysis = make_analysis(["a \ud800", "a \ud800", "b"], ids=["\udfff", "2", "3"], n_anomalies=3)
    for table in TABLES:
        for column in table(analysis).frame().select_dtypes("str"):
            for value in table(analysis).frame()[column]:
                value.encode()


@pytest.mark.parametrize("table", TABLES)
def test_a_table_made_in_parts_is_the_table_made_at_once(table, monkeypatch):
    analysis = make_analysis([*TEXTS, "x y z"], mask=True, n_anomalies=3, rejected=[RejectedRow("a", 1, "r", "t")] * 3)
    made = table(analysis)
    monkeypatch.setattr("explorer.report.tables.PART_LENGTH", 2)
    parts = list(made.parts())
    assert max(map(len, parts)) <= 2
    pd.testing.assert_frame_equal(pd.concat(parts, ignore_index=True), made.frame().reset_index(drop=True))
    assert [len(part) for part in made.parts(3)] == ([2, 1] if len(made) >= 3 else [len(part) for part in parts])
