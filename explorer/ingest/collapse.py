"""``collapse``: Corpus -> Distinct. Everything costly runs on the distinct texts it finds."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.ingest.cleaning import clean_text
from explorer.ingest.log_records import find_level_column
from explorer.ingest.mapped import release_pages
from explorer.ingest.mask_many import Masker
from explorer.ingest.templates import mine_templates
from explorer.ingest.text import normalize_text
from explorer.strings import Strings, string_column, take_rows, take_strings
from explorer.types import NO_TEXT, Bools, Corpus, Distinct, Ints

_AT_ONCE = 100_000  # records that are masked or compared before the next ones are taken up


def collapse(corpus: Corpus) -> Distinct:
    """Records whose texts are the same, taken together; independent of the order of the records.

    Where the corpus is cleaned, the cleaned texts are compared; where it is masked, the templates of the masked texts.
    Log records of one text whose levels differ have a text for each level, which begins with it.
    """
    keys, key_of_row = _templates(corpus) if corpus.mask else _plain_texts(corpus)
    if corpus.kind == "logs":
        keys, key_of_row = _by_level(keys, key_of_row, corpus.fields)
        release_pages()
    texts = sorted(set(keys) - {""})
    position = {text: number for number, text in enumerate(texts)} | {"": NO_TEXT}
    text_of_row = np.array([position[key] for key in keys], dtype=np.int64)[key_of_row]
    with_text = text_of_row[text_of_row >= 0]
    counts = np.bincount(with_text, minlength=len(texts)).astype(np.int64)
    return Distinct(
        texts=tuple(texts),
        counts=counts,
        text_of_row=text_of_row,
        first_row=_first_rows(corpus, text_of_row, len(texts)),
        n_empty=len(text_of_row) - len(with_text),
    )


def _plain_texts(corpus: Corpus) -> tuple[list[str], Ints]:
    """What counts of each different text, and which of them each record has. Of the texts as they are only some are
    held at a time, and of those that were met before a digest."""
    forms = None if corpus.cleaning is None else corpus.cleaning.forms
    number: dict[str, int] = {}
    of_digest: dict[bytes, int] = {}
    numbers: list[int] = []
    for text in corpus.texts:
        digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if digest not in of_digest:
            counts = normalize_text(text if forms is None else clean_text(text, forms))
            of_digest[digest] = number.setdefault(counts, len(number))
        numbers.append(of_digest[digest])
    release_pages()
    return list(number), np.array(numbers, dtype=np.int64)


def _templates(corpus: Corpus) -> tuple[list[str], Ints]:
    """The templates of the masked texts, and which of them each record has. Of the records only some are in memory as
    Python strings at a time: masked texts are far fewer than the lines of a log."""
    numbers = [np.empty(0, dtype=np.int64)]
    with Masker() as masker:
        for start in range(0, corpus.n_records, _AT_ONCE):
            distinct, indices = _encoded(corpus.texts[start : start + _AT_ONCE])
            numbers.append(masker.mask(_cleaned(distinct, corpus))[indices])
            release_pages()
        template = mine_templates(masker.texts).of_text
        return [normalize_text(template[text]) for text in masker.texts], np.concatenate(numbers)


def _by_level(texts: list[str], text_of_row: Ints, fields: pa.Table) -> tuple[list[str], Ints]:
    """Texts with the level before them where it differs between the records of one text, and which each record has."""
    levels = find_level_column(fields)
    if levels is None:
        return texts, text_of_row
    position = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    number_of_text = np.array([position[text] for text in texts], dtype=np.int64)
    names, level_of_row = _encoded(Strings(pc.fill_null(levels, "")))
    distinct = list(position)
    pairs, of_row = np.unique(number_of_text[text_of_row] * len(names) + level_of_row, return_inverse=True)
    numbers, of_level = pairs // len(names), (pairs % len(names)).tolist()
    has_several = np.bincount(numbers, minlength=len(distinct))[numbers] > 1
    shown = [normalize_text(name) for name in names.to_pylist()]
    told = [
        f"{shown[level]} {distinct[number]}" if several and shown[level] and distinct[number] else distinct[number]
        for number, level, several in zip(numbers.tolist(), of_level, has_several.tolist(), strict=True)
    ]
    return told, of_row.astype(np.int64)


def _cleaned(texts: pa.Array, corpus: Corpus) -> list[str]:
    if corpus.cleaning is None:
        raw: list[str] = texts.to_pylist()
        return raw
    return [clean_text(text.as_py(), corpus.cleaning.forms) for text in texts]


def _encoded(texts: Sequence[str]) -> tuple[pa.Array, Ints]:
    """The different texts, and which of them each is."""
    encoded = string_column(texts).dictionary_encode().unify_dictionaries()
    indices = [chunk.indices.to_numpy().astype(np.int64) for chunk in encoded.chunks]
    distinct = encoded.chunk(0).dictionary if indices else pa.array([], pa.string())
    return distinct, np.concatenate([np.empty(0, dtype=np.int64), *indices])


def _first_rows(corpus: Corpus, text_of_row: Ints, n_texts: int) -> Ints:
    """For each text the earliest record, then the one with the smallest id, then whatever else tells them apart."""
    rows = np.flatnonzero(text_of_row >= 0)
    if len(rows) > _AT_ONCE:  # the first of each part's first ones, so that few are compared at a time
        parts = np.array_split(rows, -(-len(rows) // _AT_ONCE))
        rows = np.concatenate([_firsts(corpus, part, text_of_row, n_texts) for part in parts])
        release_pages()
    rows = _firsts(corpus, rows, text_of_row, n_texts)
    first = np.zeros(n_texts, dtype=np.int64)
    first[text_of_row[rows]] = rows
    return first


def _firsts(corpus: Corpus, rows: Ints, text_of_row: Ints, n_texts: int) -> Ints:
    """Of some records, the first of each text."""
    if corpus.times is not None:
        rows = rows[_is_earliest(corpus.times[rows], text_of_row[rows], n_texts)]
    is_tied = np.bincount(text_of_row[rows], minlength=n_texts)[text_of_row[rows]] > 1
    alone, tied = rows[~is_tied], rows[is_tied]
    if len(tied):
        tied = tied[_order(corpus, tied, text_of_row)]
        tied = tied[np.diff(text_of_row[tied], prepend=-1) != 0]
    return np.concatenate([alone, tied])


def _is_earliest(times: Any, texts: Ints, n_texts: int) -> Bools:
    """Which records have the smallest time of their text; records without a time come last."""
    moments = np.where(np.isnat(times), np.iinfo(np.int64).max, times.astype(np.int64))
    earliest = np.full(n_texts, np.iinfo(np.int64).max)
    np.minimum.at(earliest, texts, moments)
    is_earliest: Bools = moments == earliest[texts]
    return is_earliest


def _order(corpus: Corpus, rows: Ints, text_of_row: Ints) -> Ints:
    """Positions in ``rows``, by text, then by everything that tells records of the same text apart.

    The row number comes last: it only decides between records that are the same in everything else.
    """
    picked = pa.array(rows)
    columns: dict[str, Any] = {"text": pa.array(text_of_row[rows])}
    if corpus.roles.id is not None:
        # An id made from the place in the file would bring the order of the file back in.
        ids = take_rows(corpus.fields.column(corpus.roles.id), rows)
        columns["id_length"] = pc.utf8_length(ids)  # T-9 before T-10
        columns["id"] = ids
    columns["raw"] = pa.array(take_strings(corpus.texts, rows), pa.large_string())
    for number, name in enumerate(corpus.fields.column_names):
        columns[f"field {number}"] = take_rows(corpus.fields.column(name), rows)
    columns["row"] = picked
    order = pc.sort_indices(pa.table(columns), sort_keys=[(name, "ascending") for name in columns])
    positions: Ints = order.to_numpy().astype(np.int64)
    return positions
