"""The documents of a JSON file: one, several behind one another, or one that breaks off."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from explorer.errors import UnreadableFileError
from explorer.ingest.readers.json_values import Parser
from explorer.ingest.source import Source

_SPACE = re.compile(r"[ \t\n\r]*")
#: A text, which is passed over, or a comma with nothing behind it.
_LAST_COMMA = re.compile(r'"(?:[^"\\]|\\.)*+"|,(?=\s*+[\]}])', re.DOTALL)
_DEPTH = 8  # objects around an array that are searched for where a document breaks off
# What may stand before the end of a file that was cut: the beginning of a literal, of an escape or of a number.
_STUMP = re.compile(r"(?:t(?:ru?)?|f(?:a(?:ls?)?)?|n(?:ul?)?|N(?:aN?)?|-?I[nfity]*|-|[.eE][-+]?|\\.{0,5})", re.DOTALL)


class Cut(NamedTuple):
    """Where a document breaks off: the line, and the text of the record that is not complete, "" outside of records."""

    line: int
    text: str


class Documents(NamedTuple):
    """The documents of a file; ``cut`` says that the last one breaks off, and only its complete parts are there."""

    values: list[Any]
    cut: Cut | None
    notes: list[str]


def parse_documents(text: str, source: Source) -> Documents:
    """All documents. Raises UnreadableFileError naming the line of what is not JSON, or for nesting without end."""
    try:
        try:
            return _parse_all(text)
        except json.JSONDecodeError as error:
            mended, line, n_commas = _without_last_commas(text)
            if not n_commas:
                raise
            try:
                found = _parse_all(mended)
            except json.JSONDecodeError:
                raise error from None
        what = "A comma" if n_commas == 1 else f"{n_commas:,} commas"
        where = f"in line {line:,}" if n_commas == 1 else f"the first in line {line:,}"
        note = f"{what} before a closing bracket ({where}) {'was' if n_commas == 1 else 'were'} left out."
        return found._replace(notes=[note, *found.notes])
    except RecursionError as error:
        raise UnreadableFileError(
            f"{source.name} is nested too deeply. Export it as a flat array of objects."
        ) from error
    except json.JSONDecodeError as error:
        raise UnreadableFileError(
            f"{source.name} is not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}. "
            "Export it again, or read it as plain lines."
        ) from error


def _without_last_commas(text: str) -> tuple[str, int, int]:
    """The text with a space for each comma before a closing bracket, the line of the first one, and how many."""
    places = [match.start() for match in _LAST_COMMA.finditer(text) if match.group() == ","]
    if not places:
        return text, 0, 0
    pieces = [
        text[begin:end] for begin, end in zip([0, *(place + 1 for place in places)], [*places, None], strict=True)
    ]
    return " ".join(pieces), text.count("\n", 0, places[0]) + 1, len(places)


def _parse_all(text: str) -> Documents:
    parser = Parser()
    values: list[Any] = []
    at = _skip(text, 0)
    while at < len(text) or not values:
        if values and (text[at] not in "[{" or type(values[0]) not in (list, dict)):
            raise json.JSONDecodeError("Extra data", text, at)
        attempt = Parser()
        try:
            value, end = attempt.parse_at(text, at)
        except json.JSONDecodeError as error:
            if not _is_cut(error, text):
                raise
            return _salvaged(text, at, values, parser, error)
        parser.add_counts(attempt)
        values.append(value)
        at = _skip(text, end)
    return Documents(values, None, parser.notes())


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _is_cut(error: json.JSONDecodeError, text: str) -> bool:
    """Whether parsing failed because the text ends, and not because of what stands there."""
    end = len(text.rstrip(" \t\n\r"))
    if error.pos >= end or error.msg.startswith("Unterminated string"):
        return True
    return end - error.pos <= 10 and _STUMP.fullmatch(text, error.pos, end) is not None


def _salvaged(text: str, at: int, values: list[Any], parser: Parser, error: json.JSONDecodeError) -> Documents:
    """The documents and the complete elements of the array in which the last document breaks off."""
    value, rest, is_inside = _complete_parts(text, at, parser, _DEPTH)
    if _has_elements(value, _DEPTH):
        values.append(value)
    elif not values:
        raise error
    else:
        rest, is_inside = at, True
    line = text.count("\n", 0, rest) + 1
    return Documents(values, Cut(line, text[rest:].strip() if is_inside else ""), parser.notes())


def _complete_parts(text: str, at: int, parser: Parser, depth: int) -> tuple[Any, int, bool]:
    """What is complete of the value at a place; where the rest begins; whether that is inside an array."""
    if text.startswith("[", at):
        items, rest = _complete_elements(text, at + 1, parser)
        return items, rest, True
    if not text.startswith("{", at) or depth == 0:
        return None, at, False
    made: dict[str, Any] = {}
    at = _skip(text, at + 1)
    while True:
        try:
            key, end = parser.parse_at(text, at)
            begin = _skip(text, _skip(text, end) + 1)  # behind the colon
        except json.JSONDecodeError:
            return made, at, False
        try:
            made[str(key)], end = parser.parse_at(text, begin)
        except json.JSONDecodeError:
            inner, rest, is_inside = _complete_parts(text, begin, parser, depth - 1)
            if _has_elements(inner, depth):
                made[str(key)] = inner
                return made, rest, is_inside
            return made, at, False
        at = _skip(text, _skip(text, end) + 1)  # behind the comma


def _has_elements(value: Any, depth: int) -> bool:
    """Whether there is an array with something in it, so that what is complete of a document can hold records."""
    if isinstance(value, dict) and depth > 0:
        return any(_has_elements(item, depth - 1) for item in value.values())
    return isinstance(value, list) and bool(value)


def _complete_elements(text: str, at: int, parser: Parser) -> tuple[list[Any], int]:
    items: list[Any] = []
    at = _skip(text, at)
    while at < len(text):
        try:
            item, end = parser.parse_at(text, at)
        except json.JSONDecodeError:
            break
        items.append(item)
        at = _skip(text, end)
        if text.startswith(",", at):
            at = _skip(text, at + 1)
    return items, at
