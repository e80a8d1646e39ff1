"""Embedding: nothing twice, nothing lost to an interruption, and a text's vector depends on the text alone."""

from __future__ import annotations

import json
import sqlite3
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.embed import CHUNK, Embedder, embed_texts, get_embedder
from explorer.embed.letters import letter_vectors
from explorer.embed.store import VectorStore
from explorer.errors import ModelError, RunCancelledError, StorageError
from explorer.types import Progress
from tests.fakes import WordEmbedder


def ignore(_: Progress) -> None:
    pass


def texts_of(n: int) -> list[str]:
    return [f"ticket number{i} about printer{i % 7}" for i in range(n)]


def test_a_second_run_embeds_nothing_and_gives_the_same(tmp_path: Path) -> None:
    model = WordEmbedder()
    first = embed_texts(texts_of(40), model, VectorStore(tmp_path, "a"), ignore)
    assert (model.n_encoded, first.n_cached) == (40, 0)
    second = embed_texts(texts_of(40), model, VectorStore(tmp_path, "b"), ignore)
    assert (model.n_encoded, second.n_cached) == (40, 40)
    assert first.vectors.tobytes() == second.vectors.tobytes()


def test_another_model_shares_nothing(tmp_path: Path) -> None:
    store = VectorStore(tmp_path, "a")
    embed_texts(texts_of(5), WordEmbedder("one"), store, ignore)
    other = WordEmbedder("two")
    assert embed_texts(texts_of(5), other, store, ignore).n_cached == 0
    assert other.n_encoded == 5


def test_an_interrupted_run_resumes_where_it_stopped(tmp_path: Path) -> None:
    texts = texts_of(3 * CHUNK)

    def stop_at_the_third_chunk(progress: Progress) -> None:
        if progress.done == 3 * CHUNK:
            raise RunCancelledError

    with pytest.raises(RunCancelledError):
        embed_texts(texts, WordEmbedder(), VectorStore(tmp_path, "a"), stop_at_the_third_chunk)
    model = WordEmbedder()
    resumed = embed_texts(texts, model, VectorStore(tmp_path, "a"), ignore)
    assert (model.n_encoded, resumed.n_cached) == (CHUNK, 2 * CHUNK)
    assert resumed.vectors.tobytes() == embed_texts(texts, WordEmbedder(), None, ignore).vectors.tobytes()


def test_a_damaged_entry_is_computed_again(tmp_path: Path) -> None:
    store = VectorStore(tmp_path, "a")
    whole = embed_texts(texts_of(10), WordEmbedder(), store, ignore)
    with sqlite3.connect(tmp_path / "vectors.sqlite") as db:
        key, value = db.execute("SELECT key, value FROM vectors LIMIT 1").fetchone()
        db.execute("UPDATE vectors SET value = ? WHERE key = ?", (value[:-3] + b"abc", key))
    db.close()
    model = WordEmbedder()
    again = embed_texts(texts_of(10), model, store, ignore)
    assert (model.n_encoded, again.n_cached) == (1, 9)
    assert again.vectors.tobytes() == whole.vectors.tobytes()


def test_a_damaged_cache_file_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "vectors.sqlite").write_bytes(b"this is not a database, it only looks like one " * 100)
    model = WordEmbedder()
    assert embed_texts(texts_of(5), model, VectorStore(tmp_path, "a"), ignore).vectors.shape == (5, 64)
    assert embed_texts(texts_of(5), model, VectorStore(tmp_path, "a"), ignore).n_cached == 5


def test_a_cache_that_is_in_use_is_not_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = VectorStore(tmp_path, "a")
    embed_texts(texts_of(5), WordEmbedder(), store, ignore)
    connect = sqlite3.connect
    monkeypatch.setattr("sqlite3.connect", lambda path, **options: connect(path, **{**options, "timeout": 0.05}))
    other = connect(tmp_path / "vectors.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(StorageError, match="cannot be used now"):
            store.get("words-test", texts_of(5), 64)
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert len(store.get("words-test", texts_of(5), 64)) == 5


def test_the_cache_holds_no_text(tmp_path: Path) -> None:
    secret = "canary-4711 password is swordfish"
    embed_texts([secret], WordEmbedder(), VectorStore(tmp_path, "a"), ignore)
    content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"canary" not in content
    assert b"swordfish" not in content


def test_forgetting_an_owner_removes_only_what_nobody_else_uses(tmp_path: Path) -> None:
    mine, yours = VectorStore(tmp_path, "mine"), VectorStore(tmp_path, "yours")
    embed_texts(texts_of(10), WordEmbedder(), mine, ignore)
    embed_texts(texts_of(4), WordEmbedder(), yours, ignore)
    assert mine.forget_owner() == 6
    assert embed_texts(texts_of(10), WordEmbedder(), yours, ignore).n_cached == 4


def test_two_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    texts = texts_of(400)
    failures: list[BaseException] = []

    def write(part: list[str], owner: str) -> None:
        try:
            embed_texts(part, WordEmbedder(), VectorStore(tmp_path, owner), ignore)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(texts[i * 50 : i * 50 + 100], str(i))) for i in range(7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert embed_texts(texts, WordEmbedder(), VectorStore(tmp_path, "check"), ignore).n_cached == 400


def test_unrelated_texts_in_a_script_the_model_cannot_read_are_not_alike() -> None:
    class SpellsLetterByLetter(WordEmbedder):
        """Gives every text the same vector, as an English model does with Thai, and says that it knew no token."""

        def encode(self, texts, report):  # type: ignore[no-untyped-def]
            encoded = super().encode(["same"] * len(texts), report)
            return encoded._replace(unknown_fraction=[1.0] * len(texts))

    texts = ["เครื่องพิมพ์ไม่ทำงาน", "เครื่องพิมพ์ไม่ทำงานเลย", "ลืมรหัสผ่านเข้าระบบ", "🎉🎉🎉", "🔥"]
    found = embed_texts(texts, SpellsLetterByLetter(), None, ignore)
    assert found.by_letters.all()
    cosines = found.vectors @ found.vectors.T
    assert cosines[0, 1] > 0.8
    assert cosines[0, 2] < 0.5
    assert abs(cosines[3, 4]) < 0.5


@given(st.lists(st.text(min_size=1, max_size=40), min_size=1, max_size=5))
def test_letter_vectors_are_of_unit_length_and_depend_on_the_text_alone(texts: list[str]) -> None:
    together = letter_vectors(texts, 48)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-5)
    for i, text in enumerate(texts):
        assert letter_vectors([text], 48)[0].tobytes() == together[i].tobytes()


def test_a_model_that_returns_no_numbers_is_refused() -> None:
    class Broken(WordEmbedder):
        def encode(self, texts, report):  # type: ignore[no-untyped-def]
            encoded = super().encode(texts, report)
            return encoded._replace(vectors=encoded.vectors * np.nan)

    with pytest.raises(ModelError, match="not numbers"):
        embed_texts(["a"], Broken(), None, ignore)


# --- the built-in model -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built_in() -> Embedder:
    return get_embedder("all-MiniLM-L6-v2")


@pytest.mark.slow
def test_a_texts_vector_does_not_depend_on_its_company(built_in: Embedder) -> None:
    texts = [f"Printer {i} on floor {i % 5} does not print " + "and beeps " * (i % 23) for i in range(60)]
    together = built_in.encode(texts).vectors
    for i in (0, 7, 22, 59):
        assert built_in.encode([texts[i]]).vectors[0].tobytes() == together[i].tobytes()
    backwards = built_in.encode(texts[::-1]).vectors[::-1]
    assert backwards.tobytes() == together.tobytes()


@pytest.mark.slow
def test_the_bar_moves_while_a_chunk_is_read(built_in: Embedder) -> None:
    texts = [f"Printer {i} does not print " + "and beeps " * (i % 40) for i in range(80)]
    seen: list[Progress] = []
    embed_texts(texts, built_in, None, seen.append)
    done = [progress.done for progress in seen]
    assert done == sorted(done)
    assert done[0] == 0
    assert done[-1] == 80
    assert len(set(done)) > 8


@pytest.mark.slow
def test_meaning_is_closer_than_words(built_in: Embedder) -> None:
    vectors = built_in.encode(["I cannot log in", "My login fails", "The coffee machine is broken"]).vectors
    cosines = vectors @ vectors.T
    assert cosines[0, 1] > 0.6 > cosines[0, 2]


@pytest.mark.slow
def test_the_end_of_a_long_text_counts(built_in: Embedder) -> None:
    start = "The monthly report is attached. " * 60
    encoded = built_in.encode([start + "The warehouse roof leaks.", start + "Please reset my password.", "Short."])
    assert encoded.n_windows[0] > 1
    assert encoded.n_windows[2] == 1
    assert float(encoded.vectors[0] @ encoded.vectors[1]) < 0.9999


@pytest.mark.slow
def test_special_tokens_in_a_text_are_only_text(built_in: Embedder) -> None:
    vectors = built_in.encode(["printer jam", "printer jam [SEP] [CLS] [MASK] [PAD]"]).vectors
    assert np.isfinite(vectors).all()
    assert 0.2 < float(vectors[0] @ vectors[1]) < 1.0


def a_model_folder(folder: Path, *files: str) -> str:
    folder.mkdir()
    for name in files:
        (folder / name).write_bytes(b"x")
    (folder / "config.json").write_text("{}")
    return str(folder)


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        (["model.safetensors", "modeling.py"], "can run code"),
        (["pytorch_model.bin"], "can run code"),
        ([], "no safetensors"),
        (["model.safetensors"], "could not be opened"),
    ],
)
def test_a_model_that_is_not_plain_data_is_refused(tmp_path: Path, files: list[str], complaint: str) -> None:
    with pytest.raises(ModelError, match=complaint):
        get_embedder(a_model_folder(tmp_path / "model", *files))


def test_a_model_that_asks_for_its_own_code_is_refused(tmp_path: Path) -> None:
    folder = Path(a_model_folder(tmp_path / "model", "model.safetensors"))
    (folder / "config.json").write_text(json.dumps({"auto_map": {"AutoModel": "modeling.Own"}}))
    with pytest.raises(ModelError, match="code of its own"):
        get_embedder(str(folder))


def test_a_model_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match="no model folder 'nobody/nothing'"):
        get_embedder("nobody/nothing")
