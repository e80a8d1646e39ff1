"""Vectors from letters alone, for texts in a script that the model cannot read.

An English model gives every Thai sentence, every emoji and every base64 blob nearly the same vector, so unrelated
ones would be "duplicates" with a perfect score. Such texts are compared by what they are made of instead: hashed
character bigrams and trigrams with a square-root weight, each with a sign from its hash (Weinberger et al. 2009,
"Feature hashing for large scale multitask learning"), which keeps unrelated texts near cosine 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from explorer.types import Floats


def letter_vectors(texts: Sequence[str], dim: int) -> Floats:
    """Unit vectors (m, dim) of m texts; equal texts (letter case ignored) have equal vectors."""
    places: dict[str, tuple[int, float]] = {}
    vectors = np.zeros((len(texts), dim), dtype=np.float32)
    for i, text in enumerate(texts):
        folded = f" {text.casefold()} "
        grams = Counter(folded[j : j + size] for size in (2, 3) for j in range(len(folded) - size + 1))
        for gram, count in grams.items():
            if gram not in places:
                places[gram] = _place(gram, dim)
            column, sign = places[gram]
            vectors[i, column] += sign * count**0.5
        length = float(np.linalg.norm(vectors[i]))
        if length == 0.0:  # the signs cancelled out: any fixed direction will do, and it must be the same every time
            vectors[i, _place(folded, dim)[0]] = length = 1.0
        vectors[i] /= length
    return vectors


def _place(gram: str, dim: int) -> tuple[int, float]:
    digest = int.from_bytes(blake2b(gram.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
    return digest // 2 % dim, 1.0 if digest % 2 else -1.0
