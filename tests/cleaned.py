"""Texts as they are compared, beside what was found to be cut out of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from explorer.ingest.cleaning import clean_text, find_cuts
from explorer.types import Forms


class Cleaned(NamedTuple):
    texts: tuple[str, ...]
    kinds: tuple[frozenset[str], ...]
    forms: Forms
    n_records: Mapping[str, int]
    examples: Mapping[str, str]


def clean_texts(texts: Sequence[str]) -> Cleaned:
    found = find_cuts(texts)
    cleaned = tuple(clean_text(text, found.forms) for text in texts)
    return Cleaned(cleaned, found.kinds, found.forms, found.n_records, found.examples)
