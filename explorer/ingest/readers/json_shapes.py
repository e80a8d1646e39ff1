"""Where the records of a JSON document are, whatever stands around them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from explorer.ingest.readers.grid import is_no_name
from explorer.ingest.readers.json_values import VALUE_COLUMN, Number

Shape = Literal["objects", "keyed", "rows", "columns", "values"]

_DEPTH = 8  # objects around an array
_SAMPLE = 1_000  # records by which the sizes of two arrays are compared
_KEY_COLUMN = "key"
_WRAPPERS = ("node", "_source")  # GraphQL's edges and a search index's hits: the record is one of their values


@dataclass(frozen=True)
class Found:
    """Something that can be read as records. ``path`` is dotted, "" for the document itself."""

    path: str
    shape: Shape
    value: Any
    titles: tuple[str, ...] = ()  # of "rows", where they stand beside them


def find_all(document: Any) -> list[Found]:
    """Everything in a document that can be records, the likeliest first; empty where it is one record itself."""
    found = list(_search(document, "", _DEPTH))
    if len(found) > 1:
        found.sort(key=lambda one: _size(one.value), reverse=True)
    return found


def at_path(document: Any, path: str) -> Any:
    """What stands at a dotted path; None where nothing does. Keys may hold dots themselves."""
    if not path or not isinstance(document, dict):
        return None if path else document
    if path in document:
        return document[path]
    head, _, tail = path.partition(".")
    while tail:
        if head in document and (value := at_path(document[head], tail)) is not None:
            return value
        more, _, tail = tail.partition(".")
        head = f"{head}.{more}"
    return None


class Records(NamedTuple):
    """Records, objects where that is possible; ``first`` is the number of the first one among the elements."""

    items: list[Any]
    notes: list[str]
    first: int = 1


def to_records(found: Found, *, has_header: bool | None = None) -> Records:
    """The records, and notes on what was done to get them."""
    notes: list[str] = []
    if found.shape == "keyed":
        return _from_keyed(found.value)
    if found.shape == "columns":
        return _from_columns(found.value)
    if found.shape == "rows":
        return _from_rows(found.value, found.titles, has_header)
    if found.shape == "values":
        return Records([None if item is None else {VALUE_COLUMN: item} for item in found.value], notes)
    items = found.value
    if all(isinstance(item, list) for item in items):
        items = [inner for item in items for inner in item]
        notes.append(f"{len(found.value):,} arrays of records were put together.")
    return Records(_unwrapped(items, notes), notes)


def _search(value: Any, path: str, depth: int) -> Iterator[Found]:
    if isinstance(value, list):
        shape = _list_shape(value)
        if shape is not None and (shape != "values" or not path):
            yield Found(path, shape, value)
    elif isinstance(value, dict) and value and depth > 0:
        tables = [one for one in _search_object(value, path, 1) if one.titles]
        if tables:  # {"columns": ["id", "text"], "data": [[1, "a"]]}
            yield from tables
        elif _is_columns(value):
            yield Found(path, "columns", value)
        elif _is_keyed(value):
            yield Found(path, "keyed", value)
        else:
            yield from _search_object(value, path, depth)


def _search_object(value: Mapping[str, Any], path: str, depth: int) -> Iterator[Found]:
    for key, item in value.items():
        for one in _search(item, f"{path}.{key}" if path else key, depth - 1):
            titles = _titles_beside(one.value, value) if one.shape == "rows" and item is one.value else ()
            yield Found(one.path, one.shape, one.value, titles)


def _list_shape(items: Sequence[Any]) -> Shape | None:
    if not items or any(isinstance(item, dict) for item in items):
        return "objects"
    if all(isinstance(item, list) for item in items):
        is_nested = all(item and all(isinstance(inner, dict) for inner in item) for item in items)
        return "objects" if is_nested else "rows"
    return "values"


def _is_columns(value: Mapping[str, Any]) -> bool:
    """{"id": [1, 2], "text": ["a", "b"]}, or the same with objects of row numbers, as data frames are written."""
    lists = list(value.values())
    if all(isinstance(column, list) for column in lists):
        return any(lists) and not any(isinstance(item, dict) for column in lists for item in column)
    first = lists[0]
    if not isinstance(first, dict) or not first or not all(key.isdecimal() for key in first):
        return False
    return all(
        isinstance(column, dict)
        and column.keys() == first.keys()
        and not any(isinstance(item, dict) for item in column.values())
        for column in lists
    )


def _is_keyed(value: Mapping[str, Any]) -> bool:
    """{"T-1": {...}, "T-2": {...}}: two or more objects that mostly have the same keys."""
    objects = list(value.values())
    if len(objects) < 2 or not all(isinstance(item, dict) and item for item in objects):
        return False
    counts = Counter(key for item in objects for key in item)
    common = sum(n for n in counts.values() if 2 * n > len(objects))
    return 2 * common >= counts.total()


def _titles_beside(rows: Sequence[Sequence[Any]], around: Mapping[str, Any]) -> tuple[str, ...]:
    """Column names that stand in an array of their own, beside arrays of cells."""
    width = max(map(len, rows))
    for value in around.values():
        if isinstance(value, list) and len(value) == width and value is not rows:
            names = [_name(item.get("name") if isinstance(item, dict) else item) for item in value]
            if all(names):
                return tuple(names)
    return ()


def _from_keyed(value: Mapping[str, Mapping[str, Any]]) -> Records:
    name = _KEY_COLUMN
    while any(name in item for item in value.values()):
        name += "'"
    notes = [f"Each record's name in the file is in the column {name!r}."]
    return Records([{name: key, **item} for key, item in value.items()], notes)


def _from_columns(value: Mapping[str, Any]) -> Records:
    columns = {name: list(column.values()) if isinstance(column, dict) else column for name, column in value.items()}
    n_rows = max(map(len, columns.values()))
    notes = ["Every array or object of the document is a column."]
    if any(len(column) < n_rows for column in columns.values()):
        notes.append("The columns are not equally long; the missing cells are left empty.")
    records = [{name: column[row] for name, column in columns.items() if row < len(column)} for row in range(n_rows)]
    first = next(iter(value.values()))
    if isinstance(first, dict) and list(first) != [str(number) for number in range(n_rows)]:
        records = [{_KEY_COLUMN: key, **record} for key, record in zip(first, records, strict=True)]
    return Records(records, notes)


def _from_rows(rows: Sequence[Sequence[Any]], titles: Sequence[str], has_header: bool | None) -> Records:
    first = 1
    notes = ["The column names stand beside the rows."] if titles else []
    if not titles:
        is_header = has_header if has_header is not None else _is_header(rows)
        if is_header:
            titles, rows, first = [_name(cell) for cell in rows[0]], rows[1:], 2
            notes.append("The first array holds the column names.")
        else:
            notes.append("There is no header; the columns are called after their position.")
    width = max(map(len, rows), default=0)
    names: dict[str, None] = {}
    copies: Counter[str] = Counter()
    for position in range(max(width, len(titles))):
        base = name = (titles[position] if position < len(titles) else "") or f"column {position + 1}"
        while name in names:
            copies[base] += 1
            name = f"{base} ({copies[base] + 1})"
        names[name] = None
    return Records([dict(zip(names, row, strict=False)) for row in rows], notes, first)


def _is_header(rows: Sequence[Sequence[Any]]) -> bool:
    first = rows[0]
    is_text = all(isinstance(cell, str) and not isinstance(cell, Number) and cell.strip() for cell in first)
    if len(rows) < 2 or not first or not is_text or any(is_no_name(cell) for cell in first):
        return False
    return len(set(first)) == len(first)


def _name(cell: Any) -> str:
    return " ".join(cell.split()) if isinstance(cell, str) and not isinstance(cell, Number) else ""


def _unwrapped(items: list[Any], notes: list[str]) -> list[Any]:
    """The objects inside where every element only wraps one: {"node": {...}}, {"ticket": {...}}."""
    for key in _WRAPPERS:
        if items and all(isinstance(item, dict) and isinstance(item.get(key), dict) for item in items):
            notes.append(f"Each record is the object {key!r} of an element.")
            return [item[key] | {k: v for k, v in item.items() if k not in item[key] and k != key} for item in items]
    first = items[0] if items else None
    if isinstance(first, dict) and len(first) == 1 and len(items) > 1:
        (key,) = first
        if all(isinstance(i, dict) and len(i) == 1 and isinstance(i.get(key), dict) and i[key] for i in items):
            notes.append(f"Each record is the object {key!r} of an element.")
            return [item[key] for item in items]
    return items


def _size(value: Any) -> int:
    """About how many characters an array or object of records holds, from a sample of them."""
    items = list(value.values()) if isinstance(value, dict) else value
    if not items:
        return 0
    sample = items[:: max(len(items) // _SAMPLE, 1)]
    return sum(map(_length, sample)) * len(items) // len(sample)


def _length(value: Any) -> int:
    if isinstance(value, dict):
        return sum(map(_length, value.values()))
    if isinstance(value, list):
        return sum(map(_length, value))
    return len(value) if isinstance(value, str) else 1
