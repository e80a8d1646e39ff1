"""The engine as a whole: planted truth, the same answer in any row order, and nothing computed twice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from explorer.embed.store import VectorStore
from explorer.errors import InputError, RunCancelledError
from explorer.ingest import corpus_from_texts, read
from explorer.params import AnomalyParams, DuplicateParams, NeighbourParams, Params
from explorer.pipeline import analyze, with_threshold
from explorer.report import tables
from explorer.types import STAGES, Analysis, Progress
from tests.fakes import WordEmbedder

TOPICS = ("printer jam paper tray floor", "vpn tunnel drops gateway home", "invoice amount wrong customer order")


def planted_texts() -> list[str]:
    rng = np.random.default_rng(0)
    texts = []
    for topic in TOPICS:
        for i in range(25):
            words = [*topic.split(), *topic.split()[:2], f"detail{i}", f"more{rng.integers(1000)}"]
            texts.append(" ".join(rng.permutation(words)))
    texts += ["password reset please urgent today"] * 3
    texts += ["", "   ", "zebra quantum marmalade saxophone glacier pyramid"]
    return texts


def run(texts: list[str], params: Params | None = None, **options: object) -> Analysis:
    corpus = corpus_from_texts(texts, ids=[f"T-{t[:20]}-{i}" for i, t in enumerate(texts)])
    return analyze(corpus, params, embedder=WordEmbedder(), **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def planted() -> Analysis:
    return run(planted_texts())


def test_what_was_planted_is_found(planted: Analysis) -> None:
    rows = planted.row_values(planted.anomalies.is_anomaly, False)
    assert np.flatnonzero(rows).tolist() == [80]
    group = planted.row_values(planted.duplicates.group, -1)
    assert group[75] == group[76] == group[77] >= 0
    assert planted.distinct.n_empty == 2


def test_every_record_is_accounted_for(planted: Analysis) -> None:
    distinct = planted.distinct
    assert distinct.counts.sum() + distinct.n_empty == planted.corpus.n_records
    assert (np.bincount(distinct.text_of_row[distinct.text_of_row >= 0]) == distinct.counts).all()
    assert len(tables.records_table(planted).frame()) == planted.corpus.n_records


def test_arrays_of_a_result_cannot_be_changed(planted: Analysis) -> None:
    with pytest.raises(ValueError, match="read-only"):
        planted.layout.xy[0, 0] = 1.0


def test_the_order_of_the_rows_does_not_matter() -> None:
    texts = planted_texts()
    ids = [f"T-{i:03}" for i in range(len(texts))]
    order = np.random.default_rng(5).permutation(len(texts))
    first = analyze(corpus_from_texts(texts, ids=ids), embedder=WordEmbedder())
    second = analyze(corpus_from_texts([texts[i] for i in order], ids=[ids[i] for i in order]), embedder=WordEmbedder())
    for table in (tables.records_table, tables.groups_table, tables.anomalies_table, tables.clusters_table):
        a, b = table(first).frame(), table(second).frame()
        columns = [c for c in a.columns if c != "row"]
        assert sorted(map(str, a[columns].itertuples(index=False))) == sorted(
            map(str, b[columns].itertuples(index=False))
        )


def test_a_shuffled_file_gives_the_same_reports(tmp_path: Path) -> None:
    """Dates that could be read two ways, ids that repeat, copies: from the file to the tables."""
    header, *lines = ["key,opened,summary"] + [
        f"T-{i % 70},0{i % 9 + 1}/0{i % 7 + 1}/2024,{text.strip()}" for i, text in enumerate(planted_texts())
    ]
    found = []
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(len(lines)) if seed else np.arange(len(lines))
        path = tmp_path / "tickets.csv"
        path.write_text("\n".join([header, *(lines[i] for i in order)]) + "\n")
        analysis = analyze(read(path), embedder=WordEmbedder())
        made = (tables.records_table, tables.groups_table, tables.anomalies_table, tables.clusters_table)
        rows = [
            sorted(map(str, table(analysis).frame().drop(columns="row", errors="ignore").itertuples(index=False)))
            for table in made
        ]
        pairs = tables.pairs_table(analysis).frame().drop(columns=["row_a", "row_b"])
        rows.append(sorted(str((*sorted([p.id_a, p.id_b]), p.similarity, p.kind)) for p in pairs.itertuples()))
        found.append((rows, sorted(map(str, analysis.corpus.times.tolist()))))
    assert found[0] == found[1] == found[2]


def test_the_same_run_gives_the_same_bytes(planted: Analysis) -> None:
    again = run(planted_texts())
    assert again.fingerprint == planted.fingerprint
    assert again.layout.xy.tobytes() == planted.layout.xy.tobytes()
    assert again.anomalies.strangeness.tobytes() == planted.anomalies.strangeness.tobytes()
    assert again.clusters.names == planted.clusters.names


@pytest.mark.parametrize(
    ("changed", "kept"),
    [
        (Params(duplicates=DuplicateParams(threshold=0.8)), {"neighbours", "layout", "clusters", "pairs", "anomalies"}),
        (Params(duplicates=DuplicateParams(threshold=0.6)), {"neighbours", "layout", "clusters", "anomalies"}),
        (Params(anomalies=AnomalyParams(k=3)), {"neighbours", "layout", "clusters", "pairs"}),
        (Params(neighbours=NeighbourParams(k=5)), {"embedding", "distinct"}),
    ],
)
def test_a_stage_is_computed_again_only_when_its_own_inputs_change(
    planted: Analysis, changed: Params, kept: set[str]
) -> None:
    second = run(planted_texts(), changed, previous=planted)
    for stage in ("distinct", "embedding", "neighbours", "layout", "clusters", "pairs", "anomalies"):
        reused = getattr(second, stage) is getattr(planted, stage)
        assert reused == (stage in kept | {"distinct", "embedding"}), stage
    fresh = run(planted_texts(), changed)
    assert second.duplicates.group.tobytes() == fresh.duplicates.group.tobytes()
    assert second.layout.xy.tobytes() == fresh.layout.xy.tobytes()
    assert second.fingerprint == fresh.fingerprint


def test_a_threshold_on_a_finished_analysis_equals_a_fresh_run(planted: Analysis) -> None:
    fresh = run(planted_texts(), Params(duplicates=DuplicateParams(threshold=0.75)))
    moved = with_threshold(planted, 0.75)
    assert moved.group.tobytes() == fresh.duplicates.group.tobytes()
    assert moved.representative.tobytes() == fresh.duplicates.representative.tobytes()


@pytest.mark.parametrize(
    "texts",
    [["one"], ["one", "two", "three"], ["same"] * 40, ["", "x"], ["🎉", "ไทย", "\x00", "a\ud800b"]],
    ids=["one", "three", "all identical", "one text", "odd characters"],
)
def test_a_file_with_almost_nothing_in_it_has_a_right_answer(texts: list[str]) -> None:
    result = run(texts)
    assert len(tables.records_table(result).frame()) == len(texts)
    assert not result.anomalies.is_anomaly.any()
    n_copies = sum(texts.count(t) > 1 for t in texts if t.strip())
    assert result.duplicates.n_records.sum() == n_copies


def test_the_users_own_vectors_are_used_as_they_are() -> None:
    vectors = np.array([[2.0, 0.0], [2.0, 0.1], [0.0, 3.0]])
    corpus = corpus_from_texts(["apple", "pear", "plum"])
    result = analyze(corpus, vectors=vectors.astype(np.float32))
    group = result.row_values(result.duplicates.group, -1)
    assert group.tolist() == [0, 0, -1]
    assert result.warnings == ()


def test_different_vectors_for_the_same_text_are_pointed_out() -> None:
    vectors = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.1]], dtype=np.float32)
    result = analyze(corpus_from_texts(["same", "same", "other"]), vectors=vectors)
    assert any("different vectors" in warning and warning.endswith("1 record.") for warning in result.warnings)


@pytest.mark.parametrize(("n_empty", "end"), [(1, " 1 record."), (2, " 2 records.")])
def test_a_warning_counts_as_people_do(n_empty: int, end: str) -> None:
    (warning,) = run(["printer jams", *[""] * n_empty]).warnings
    assert warning.endswith(end)


def test_vectors_of_one_dimension_are_vectors_too() -> None:
    corpus = corpus_from_texts([f"text {i}" for i in range(8)])
    assert analyze(corpus, vectors=np.linspace(-1, 1, 8)[:, None]).layout.xy.shape == (8, 2)


@pytest.mark.parametrize(
    ("vectors", "complaint"),
    [
        (np.ones((2, 4)), "one vector per record"),
        (np.zeros((3, 4)), "zero"),
        (np.full((3, 4), np.nan), "not numbers"),
        (np.full((3, 4), "x"), "array of numbers"),
    ],
)
def test_vectors_that_do_not_fit_are_refused(vectors: np.ndarray, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        analyze(corpus_from_texts(["a", "b", "c"]), vectors=vectors)


def test_progress_goes_through_the_stages_in_order_and_can_stop_the_run() -> None:
    seen: list[Progress] = []
    run(planted_texts(), progress=seen.append)
    order = [stage for stage in STAGES if stage in {p.stage for p in seen}]
    assert list(dict.fromkeys(p.stage for p in seen)) == order
    assert all(0 <= p.done <= p.total or p.total == 0 for p in seen)

    def stop(progress: Progress) -> None:
        if progress.stage == "neighbours":
            raise RunCancelledError

    with pytest.raises(RunCancelledError):
        run(planted_texts(), progress=stop)


def test_a_run_with_a_warm_cache_equals_one_with_a_cold_one(tmp_path: Path) -> None:
    cold = run(planted_texts(), store=VectorStore(tmp_path, "a"))
    warm = run(planted_texts(), store=VectorStore(tmp_path, "a"))
    assert warm.embedding.n_cached == warm.distinct.n_texts
    assert warm.layout.xy.tobytes() == cold.layout.xy.tobytes()
