"""What every embedder promises; a new one is held to it by being in the registry."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from explorer.embed import EMBEDDERS, Embedder
from explorer.params import DEFAULT_MODEL
from tests.fakes import WordEmbedder

TEXTS = ["printer jam", "The VPN drops every hour since the update.", "?", "ไทย", "word " * 900, "printer jam again"]
FACTORIES: dict[str, Callable[[], Embedder]] = {
    **{scheme: lambda make=make: make(DEFAULT_MODEL) for scheme, make in EMBEDDERS.items()},
    "words": WordEmbedder,
}


@pytest.fixture(scope="module", params=[pytest.param(n, marks=[pytest.mark.slow] * (n != "words")) for n in FACTORIES])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    return FACTORIES[request.param]()


def test_one_finite_unit_vector_for_each_text_and_its_notes(embedder: Embedder) -> None:
    encoded = embedder.encode(TEXTS)
    assert encoded.vectors.shape == (len(TEXTS), embedder.dim)
    assert encoded.vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(encoded.vectors, axis=1), 1.0, atol=1e-4)
    assert len(encoded.n_tokens) == len(encoded.n_windows) == len(encoded.unknown_fraction) == len(TEXTS)
    assert all(0 <= share <= 1 for share in encoded.unknown_fraction)
    assert all(n >= 1 for n in encoded.n_windows)


def test_a_vector_does_not_depend_on_the_texts_around_it(embedder: Embedder) -> None:
    together = embedder.encode(TEXTS).vectors
    for i, text in enumerate(TEXTS):
        assert embedder.encode([text]).vectors[0].tobytes() == together[i].tobytes()


def test_two_of_a_kind_have_the_same_name_and_vectors(embedder: Embedder) -> None:
    other = type(embedder)()  # type: ignore[call-arg]
    assert other.model_id == embedder.model_id
    assert other.encode(TEXTS[:2]).vectors.tobytes() == embedder.encode(TEXTS[:2]).vectors.tobytes()


def test_what_it_reports_rises_to_at_most_the_number_of_texts(embedder: Embedder) -> None:
    reported: list[int] = []
    embedder.encode(TEXTS, reported.append)
    assert reported == sorted(reported)
    assert all(0 <= n_finished <= len(TEXTS) for n_finished in reported)
