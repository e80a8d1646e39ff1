"""Where the records of a JSON document are, whatever stands around them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from explorer.ingest.readers.grid import is_no_name
from explorer.ingest.readers.json_values import VALUE_COLUMN, Number
from explorer.ingest.role_words import split_name

Shape = Literal["objects", "keyed", "rows", "columns", "values"]

_DEPTH = 8  # objects around an array
_SAMPLE = 1_000  # records by which the sizes of two arrays are compared
_KEY_COLUMN = "key"
#: The record is one value of each element: GraphQL's edges, a search index's hits, what Splunk sends line by line.
_WRAPPERS = ("node", "_source", "result")


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
        if items and all(map(_is_pairs, items)):
            notes.append("Each record is written as an array of fields with their values.")
            return Records([{str(pair["field"]): pair.get("value") for pair in item} for item in items], notes)
        items = [inner for item in items for inner in item]
        notes.append(f"{len(found.value):,} arrays of records were put together.")
    if items and all(map(_is_stream, items)):
        lines = [line for item in items for line in _stream_lines(item)]
        notes.append(f"The lines of {len(items):,} log stream{'s' if len(items) > 1 else ''} were put together.")
        return Records(lines, notes)
    return Records(_unwrapped(items, notes), notes)


def _is_pairs(item: Any) -> bool:
    """[{"field": "@timestamp", "value": "..."}, ...]: one record of a query of CloudWatch Logs."""
    return bool(item) and all(isinstance(pair, dict) and pair.keys() == {"field", "value"} for pair in item)


def _is_stream(item: Any) -> bool:
    """{"stream": {labels}, "values": [[nanoseconds, line], ...]}: what Loki answers and takes."""
    if not isinstance(item, dict) or not isinstance(item.get("stream"), dict):
        return False
    values = item.get("values")
    return isinstance(values, list) and all(
        isinstance(value, list) and len(value) in (2, 3) and isinstance(value[1], str) for value in values
    )


def _stream_lines(item: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The lines of a stream as records, each with its labels."""
    for time, line, *metadata in item["values"]:
        labels = item["stream"] | (metadata[0] if metadata and isinstance(metadata[0], dict) else {})
        shown = {f"{name} (label)" if name in ("time", "line") else name: value for name, value in labels.items()}
        yield {"time": time, **shown, "line": line}


#: Words in the names of plain values that stand around a page of records, and say nothing of a record.
_PAGING = frozenset(
    ("count", "total", "next", "previous", "prev", "page", "pages", "per", "offset", "limit", "cursor", "size", "start",
     "at", "max", "results", "last", "first", "more", "has", "end", "stream", "time", "after", "before", "token",
     "status", "success", "took", "timed", "out", "scroll", "expand", "preview", "lastrow", "links", "meta", "etag",
     "context", "odata", "hits", "n", "of", "is", "ok", "warnings")
)  # fmt: skip


def is_page(document: Any) -> bool:
    """Whether an object only holds a list of records: whatever plain values stand beside it speak of the list."""
    if not isinstance(document, dict) or not document:
        return False
    if not any(one.path and one.shape == "objects" for one in find_all(document)):
        return False
    return all(_is_paging(key) for key, value in document.items() if not isinstance(value, list | dict))


def _is_paging(key: str) -> bool:
    words = set(split_name(key))
    return words <= _PAGING and words != {"time"}


def is_wrapped(document: Any) -> bool:
    """Whether an object only holds a record: {"preview": false, "result": {...}}."""
    if not isinstance(document, dict):
        return False
    inner = [key for key, value in document.items() if isinstance(value, list | dict)]
    if inner != ["result"] or not isinstance(document["result"], dict):
        return False
    return all(_is_paging(key) for key in document if key != "result")


def unite_pages(documents: Sequence[Any]) -> dict[str, Any]:
    """The pages of one answer as one document: arrays of records at the same path put together."""
    united: dict[str, list[Any]] = {}
    for document in documents:
        for one in find_all(document):
            if one.shape == "objects" and one.path:
                united.setdefault(one.path, []).extend(one.value)
    return united


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
            is_split = all(map(is_wrapped, items))  # then what stands beside it says nothing of the record
            return [item[key] | ({} if is_split else _beside(item, key)) for item in items]
    first = items[0] if items else None
    if isinstance(first, dict) and len(first) == 1 and len(items) > 1:
        (key,) = first
        if all(isinstance(i, dict) and len(i) == 1 and isinstance(i.get(key), dict) and i[key] for i in items):
            notes.append(f"Each record is the object {key!r} of an element.")
            return [item[key] for item in items]
    return items


def _beside(item: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in item[key] and name != key}


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
