"""Arrow arrays of any type as text, within limits that are looked at before anything is unfolded."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from explorer.errors import UnreadableFileError
from explorer.ingest.readers.base import string_column
from explorer.ingest.source import MAX_BYTES, Source

_MAX_NESTED = 50_000_000  # values inside the lists and structs of one batch


class TextBudget:
    """Refuses a file whose cells would unfold to more text than is read: one long text can be used by every row."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._n_bytes = 0

    def spend(self, batch: Any) -> None:
        """Count what a record batch will unfold to, after checking that it is whole.

        Raises UnreadableFileError when it is too much, pyarrow's ArrowInvalid when an array leads nowhere.
        """
        batch.validate(full=True)
        for array in batch.columns:
            n_values, n_bytes = _size(array)
            self._n_bytes += n_bytes
            if self._n_bytes > MAX_BYTES or n_values > _MAX_NESTED + len(array):
                raise UnreadableFileError(
                    f"{self._source.name} unpacks to more than {MAX_BYTES:,} bytes of text. "
                    "Split it, or export only the columns you need."
                )


def text_columns(columns: list[Any], schema: pa.Schema) -> tuple[pa.Table, int]:
    """A table of string columns, and how many cells had to be repaired."""
    made = [text_column(column) for column in columns]
    return pa.table([array for array, _ in made], schema=schema), sum(n for _, n in made)


def _size(array: Any) -> tuple[int, int]:
    """How many values there are at the lowest level, and about how many bytes of text, before they are unfolded."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        lengths = pc.binary_length(array.dictionary) if _has_bytes(array.dictionary.type) else None
        if lengths is None:
            n_values, n_bytes = _size(array.dictionary)
            return (n_values, n_bytes * max(len(array), 1)) if pa.types.is_nested(kind.value_type) else (len(array), 0)
        total = pc.sum(pc.take(lengths, array.indices).cast(pa.int64())).as_py()
        return len(array), total or 0
    if _has_bytes(kind):
        return len(array), pc.sum(pc.binary_length(array).cast(pa.int64())).as_py() or 0
    if isinstance(kind, pa.BaseExtensionType):
        return _size(array.storage)
    if pa.types.is_fixed_size_list(kind) and kind.list_size * len(array) > _MAX_NESTED:
        return kind.list_size * len(array), 0
    parts: list[Any] = []
    if pa.types.is_struct(kind):
        parts = array.flatten()
    elif pa.types.is_map(kind) and len(array):
        start, end = array.offsets[0].as_py(), array.offsets[len(array)].as_py()
        parts = [array.keys[start:end], array.items[start:end]]
    elif _is_list(kind) and not pa.types.is_map(kind):
        parts = [array.flatten()]
    sizes = [_size(part) for part in parts]
    return len(array) + sum(n for n, _ in sizes), sum(n for _, n in sizes)


def _has_bytes(kind: Any) -> bool:
    return bool(
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_fixed_size_binary(kind)
    )


def _is_list(kind: Any) -> bool:
    return bool(
        pa.types.is_list(kind)
        or pa.types.is_large_list(kind)
        or pa.types.is_fixed_size_list(kind)
        or pa.types.is_map(kind)
    )


def is_readable(kind: Any) -> bool:
    """Whether values of a type can be written as text; views may point to the same bytes over and over."""
    if pa.types.is_dictionary(kind):
        return is_readable(kind.value_type)
    if pa.types.is_struct(kind) or _is_list(kind):
        return all(is_readable(kind.field(position).type) for position in range(kind.num_fields))
    if isinstance(kind, pa.BaseExtensionType):
        return is_readable(kind.storage_type)
    return not (pa.types.is_nested(kind) or "view" in str(kind) or pa.types.is_run_end_encoded(kind))


def text_column(array: Any) -> tuple[Any, int]:
    """An Arrow array of any type as text, and how many cells had to be repaired."""
    kind = array.type
    if isinstance(kind, pa.BaseExtensionType):
        return text_column(array.storage)
    if pa.types.is_dictionary(kind):
        return text_column(array.dictionary_decode())
    if pa.types.is_floating(kind):
        array = pc.if_else(pc.is_nan(array), None, array)
        array = array.cast(pa.float64()) if pa.types.is_float16(kind) else array
    elif pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return string_column([None if v is None else v.decode("utf-8", "replace") for v in array.to_pylist()])
    elif pa.types.is_nested(kind):
        return string_column([None if v is None else _json_text(v) for v in array.to_pylist()])
    elif pa.types.is_duration(kind):
        return string_column([None if v is None else str(v) for v in array.to_pylist()])
    text = array.cast(pa.string())
    if pa.types.is_timestamp(kind) or pa.types.is_time(kind):
        text = pc.replace_substring_regex(text, r"\.0+([+Z-].*)?$", r"\1")
    if pc.any(pc.match_substring(text, "\x00")).as_py():
        return string_column(text.to_pylist())
    return text, 0


def _json_text(value: Any) -> str:
    """A list or struct as JSON; maps come as lists of pairs."""
    return json.dumps(value, ensure_ascii=False, default=str)
