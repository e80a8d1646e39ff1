"""Questions to a finished analysis: a text or a record in, the nearest records out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from explorer.embed import Embedder, embed_texts, get_embedder
from explorer.errors import InputError, nearest_name
from explorer.ingest import mask_text, normalize_text
from explorer.types import GIVEN, Analysis, Floats, Ints


class Hit(NamedTuple):
    """One record found: its row, its id, its cosine to the question, and how many records have the same text."""

    row: int
    id: str
    similarity: float
    n_copies: int
    text: str


def search_records(analysis: Analysis, text: str, embedder: Embedder | None = None, k: int = 10) -> list[Hit]:
    """The k records whose texts are most like ``text``, most alike first; one record for each distinct text.

    ``embedder`` is the analysis's own model, opened when None.

    Raises InputError when the text is empty or the analysis was made with another model.
    """
    text = text.encode("utf-8", "replace").decode()  # a lone surrogate has no meaning to look for
    question = normalize_text(mask_text(text) if analysis.corpus.mask else text)
    if not question:
        raise InputError("There is nothing to search for: the text is empty. Type a few words.")
    embedder = embedder or get_embedder(analysis.params.embed.model)
    if embedder.model_id != analysis.embedding.model_id:
        if analysis.embedding.model_id.startswith(GIVEN):
            raise InputError("The analysis was made from given vectors, so no model can read the question.")
        raise InputError(
            f"The analysis was made with the model {analysis.embedding.model_id}, not {embedder.model_id}. "
            "Run the analysis again with the model you want to search with."
        )
    vector = embed_texts([question], embedder, None, lambda _: None).vectors[0]
    return _hits(analysis, analysis.embedding.vectors @ vector, k)


def similar_records(analysis: Analysis, row: int, k: int = 10) -> list[Hit]:
    """The k records most like the record ``row``: first its exact copies, then one for each distinct text.

    Raises InputError when there is no such row or the record has no text.
    """
    if not 0 <= row < analysis.corpus.n_records:
        raise InputError(f"There is no row {row}; the rows are 0 to {analysis.corpus.n_records - 1}.")
    text = int(analysis.distinct.text_of_row[row])
    if text < 0:
        raise InputError(f"The record in row {row} has no text, so nothing can be like it.")
    copies = [_hit(analysis, int(other), 1.0) for other in analysis.rows_of_text(text) if other != row][:k]
    others = analysis.embedding.vectors @ analysis.embedding.vectors[text]
    others = np.delete(others, text)
    places = np.delete(np.arange(analysis.distinct.n_texts), text)
    return copies + _hits(analysis, others, k - len(copies), places)


def rows_of_id(analysis: Analysis, record_id: str) -> Ints:
    """All rows (m,) with this id, at least one: ids may repeat. Raises InputError with the nearest id when there is
    none."""
    rows = np.fromiter((row for row, one in enumerate(analysis.corpus.ids) if one == record_id), dtype=np.int64)
    if not len(rows):
        near = nearest_name(record_id, list(analysis.corpus.ids[:20_000]))
        hint = f" Did you mean {near!r}?" if near else ""
        raise InputError(f"There is no record with the id {record_id!r}.{hint}")
    return rows


def _hits(analysis: Analysis, similarity: Floats, k: int, places: Ints | None = None) -> list[Hit]:
    if k <= 0:
        return []
    rounded = np.round(similarity.astype(np.float64), 6)
    order = np.lexsort((np.arange(len(rounded)), -rounded))[:k]
    texts = order if places is None else places[order]
    rows = analysis.distinct.first_row[texts]
    return [_hit(analysis, int(row), float(rounded[i])) for row, i in zip(rows, order, strict=True)]


def _hit(analysis: Analysis, row: int, similarity: float) -> Hit:
    corpus = analysis.corpus
    copies = int(analysis.distinct.counts[analysis.distinct.text_of_row[row]])
    return Hit(row, corpus.ids[row], similarity, copies, corpus.texts[row])
