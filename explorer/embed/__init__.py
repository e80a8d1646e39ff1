"""Texts to unit vectors: the embedders, and the store that never embeds a text twice.

A new embedder is one file with a class that fits :class:`Embedder`, and one line in :data:`EMBEDDERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import NamedTuple, Protocol

import numpy as np

from explorer.embed.letters import letter_vectors
from explorer.embed.store import StoredVector, VectorStore
from explorer.errors import ModelError
from explorer.types import Embedding, Floats, Progress, ProgressCallback

CHUNK = 512  # texts embedded between two commits: what an interrupted run can lose
_CHUNK_CHARACTERS = 400_000  # fewer texts where they are long, so that little is lost there too


class Encoded(NamedTuple):
    """What an embedder says of m texts: ``vectors`` (m, dim) of unit length, and per text the number of tokens, of
    windows it was split into, and the share of tokens the model does not know."""

    vectors: Floats
    n_tokens: list[int]
    n_windows: list[int]
    unknown_fraction: list[float]


FinishedCallback = Callable[[int], None]


def ignore_finished(_n_finished: int) -> None:
    """The :data:`FinishedCallback` of a caller who does not want to know."""


class Embedder(Protocol):
    """``model_id`` names the weights and everything that changes a vector; ``dim`` is the vector's length.

    ``encode`` must give a text the same vector whatever other texts come with it, so that a run resumed from
    the cache equals a run without one. While it works it may call ``report`` with the number of texts finished.
    """

    model_id: str
    dim: int

    def encode(self, texts: Sequence[str], report: FinishedCallback = ...) -> Encoded: ...


def _sentence_embedder(model: str) -> Embedder:
    from explorer.embed.sentence import SentenceEmbedder  # torch takes seconds to import

    return SentenceEmbedder(model)


#: A factory per scheme; a model named "scheme:rest" is made by the factory of that scheme.
EMBEDDERS: dict[str, Callable[[str], Embedder]] = {"sentence-transformers": _sentence_embedder}


def get_embedder(model: str) -> Embedder:
    """The embedder for a model: the built-in name, a folder, a hub name, or "scheme:name".

    Raises ModelError when it is missing, damaged or not allowed.
    """
    scheme, _, rest = model.partition(":")
    if rest and scheme in EMBEDDERS:
        return EMBEDDERS[scheme](rest)
    return EMBEDDERS["sentence-transformers"](model)


def embed_texts(
    texts: Sequence[str],
    embedder: Embedder,
    store: VectorStore | None,
    progress: ProgressCallback,
) -> Embedding:
    """Vectors (d, dim) of ``texts`` (d,), from the store where it has them.

    New vectors are committed every :data:`CHUNK` texts or sooner, so that an interrupted run resumes. A text that the
    model cannot read is compared by its letters (see :mod:`explorer.embed.letters`).
    """
    known = store.get(embedder.model_id, texts, embedder.dim) if store else {}
    missing = [i for i in range(len(texts)) if i not in known]
    note = f"{len(known):,} texts were read before" if known else ""
    found = dict(known)
    for chunk in _chunks(missing, texts):
        progress(Progress("embed", len(found), len(texts), note))
        entries = _encode([texts[i] for i in chunk], embedder, _onward(progress, len(found), len(texts), note))
        if store:
            store.put(embedder.model_id, [texts[i] for i in chunk], entries)
        found.update(zip(chunk, entries, strict=True))
    progress(Progress("embed", len(texts), len(texts), note))
    return _collect(found, len(texts), embedder, n_cached=len(known))


def _chunks(positions: list[int], texts: Sequence[str]) -> list[list[int]]:
    """Parts of at most CHUNK positions and a few seconds, of texts of similar length: those waste the least padding.

    Short and long ones take turns, so that the time left can be told from what is done.
    """
    chunks: list[list[int]] = []
    n_characters = 0
    for i in sorted(positions, key=lambda i: (len(texts[i]), i)):
        if not chunks or len(chunks[-1]) == CHUNK or n_characters + len(texts[i]) > _CHUNK_CHARACTERS:
            chunks.append([])
            n_characters = 0
        chunks[-1].append(i)
        n_characters += len(texts[i])
    half = (len(chunks) + 1) // 2
    turns = zip_longest(chunks[:half], reversed(chunks[half:]))
    return [chunk for pair in turns for chunk in pair if chunk]


def _onward(progress: ProgressCallback, n_before: int, total: int, note: str) -> FinishedCallback:
    """What an embedder calls with the number of texts of a chunk that are finished, ``n_before`` texts being done."""
    return lambda n_finished: progress(Progress("embed", n_before + n_finished, total, note))


def _encode(texts: list[str], embedder: Embedder, report: FinishedCallback) -> list[StoredVector]:
    encoded = embedder.encode(texts, report)
    vectors = np.array(encoded.vectors, dtype=np.float32)
    if vectors.shape != (len(texts), embedder.dim) or not np.isfinite(vectors).all():
        raise ModelError(
            f"The model {embedder.model_id} gave vectors of shape {vectors.shape} or with values that are not numbers; "
            "choose another model."
        )
    by_letters = [
        _unreadable(text, tokens, unknown)
        for text, tokens, unknown in zip(texts, encoded.n_tokens, encoded.unknown_fraction, strict=True)
    ]
    spelled = [i for i, flag in enumerate(by_letters) if flag]
    if spelled:
        vectors[spelled] = letter_vectors([texts[i] for i in spelled], embedder.dim)
    meta = zip(encoded.n_tokens, encoded.n_windows, encoded.unknown_fraction, by_letters, strict=True)
    return [StoredVector(vector, *values) for vector, values in zip(vectors, meta, strict=True)]


def _unreadable(text: str, n_tokens: int, unknown_fraction: float) -> bool:
    """Whether the model's vector of ``text`` says nothing: unknown tokens, or a script it only spells letter by letter.

    Two unrelated Thai sentences have cosine 1.0 in an English model, and two Russian ones 0.7.
    """
    if n_tokens == 0 or unknown_fraction > 0.3:
        return True
    letters = sum(c.isalpha() for c in text)
    foreign = sum(c.isalpha() and not c.isascii() for c in text)
    return letters > 0 and foreign > 0.5 * letters and len(text) < 1.6 * n_tokens


def _collect(found: dict[int, StoredVector], n: int, embedder: Embedder, n_cached: int) -> Embedding:
    vectors = np.zeros((n, embedder.dim), dtype=np.float32)
    for i in range(n):
        vectors[i] = found[i].vector
    return Embedding(
        vectors=vectors,
        n_tokens=np.array([found[i].n_tokens for i in range(n)], dtype=np.int64),
        n_windows=np.array([found[i].n_windows for i in range(n)], dtype=np.int64),
        unknown_fraction=np.array([found[i].unknown_fraction for i in range(n)], dtype=np.float32),
        by_letters=np.array([found[i].by_letters for i in range(n)], dtype=np.bool_),
        model_id=embedder.model_id,
        n_cached=n_cached,
    )
