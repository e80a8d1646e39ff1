"""What a table drawn with bars looks like: its kind, its names, and how one of its lines splits into cells."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from explorer.ingest.readers.text_lines import screen_columns

#: "grid": lines with corners around the header and below the table (mysql, boxes, reStructuredText). "open": a line
#: with crosses below the header, and no bars at the edges (psql). "markdown": a line of bars and dashes, and cells of
#: any width (Markdown, Org).
Kind = Literal["grid", "open", "markdown"]

_GRID = re.compile(r"\s*(?:\+(?:[-=:]+\+)+|[┌├└╔╠╚╞┏┣┗╒╘╟┡╭╰][─━═┄┈┬┼┴╤╪╧╦╬╩┳╋┻┯┿┷╥╫╨╇]+[┐┤┘╗╣╝╡┓┫┛╕╛╢┩╮╯])")
_OPEN = re.compile(r"-+(?:\+-+)+")
_MARKDOWN = re.compile(r"\s*(?=.*\|)\|?\s*:?-+:?\s*(?:[|+]\s*:?-+:?\s*)*\|?")
_CORNERS = "+┌├┬┐╔╦╗┏┳┓╒╤╕╭╮"
_BARS = str.maketrans("│┃║┆┊", "|||||")
_FREE_BAR = re.compile(r"(?<!\\)\|")
_MOST_ABOVE = 30


def drawn_kind(line: str) -> Kind | None:
    """The kind of table that a line is drawn in; None for a line that is not only drawn."""
    if _GRID.fullmatch(line):
        return "grid"
    if _OPEN.fullmatch(line):
        return "open"
    return "markdown" if _MARKDOWN.fullmatch(line) else None


@dataclass(frozen=True)
class Shape:
    """One table. ``edges`` are the screen columns of the bars, ``end`` is where the lines of an open table end.

    ``in_blocks``: a line is drawn below each row, which may have several lines of text.
    """

    kind: Kind
    names: tuple[str, ...]
    edges: tuple[int, ...] = ()
    end: int = 0
    in_blocks: bool = False

    def cells(self, line: str) -> list[str] | None:
        """The cells of a line as written, spaces and all; None where it is no line of such a table."""
        if self.kind == "markdown":
            return _markdown_cells(line)
        drawn = line.translate(_BARS) if self.kind == "grid" else line
        inner = drawn
        if self.kind == "grid":
            inner = drawn.strip()
            if len(inner) < 2 or inner[0] != "|" or inner[-1] != "|":
                return None
            inner = inner[1:-1]
        parts = inner.split("|")
        if len(parts) == len(self.names):
            return parts
        return self._cut_at_edges(drawn) or (parts if self.kind == "grid" or len(parts) > 1 else None)

    def opens_row(self, line: str) -> bool:
        """Whether a line begins a row of a grid that does not end on it, as its text holds a line end."""
        drawn = line.translate(_BARS).strip()
        return self.kind == "grid" and drawn.startswith("|") and not (len(drawn) > 1 and drawn.endswith("|"))

    def goes_on(self, line: str) -> bool:
        """Whether a plus in front of a bar of an open table says that a cell goes on in the next line."""
        if self.kind != "open":
            return False
        columns = screen_columns(line)
        return any(edge <= len(columns) and columns[edge - 1] == "+" for edge in (*self.edges, self.end))

    def _cut_at_edges(self, line: str) -> list[str] | None:
        """Cells of a line whose text holds bars of its own."""
        for columns in (list(line), screen_columns(line)):
            if all(edge < len(columns) and columns[edge] == "|" for edge in self.edges):
                bounds = self.edges if self.kind == "grid" else (-1, *self.edges, len(columns))
                return ["".join(columns[a + 1 : b]) for a, b in itertools.pairwise(bounds)]
        return None


def find_shape(lines: Sequence[str]) -> Shape | None:
    """The first table of a text; None where none begins near its top."""
    place = next((i for i, line in enumerate(lines[: _MOST_ABOVE + 2]) if drawn_kind(line)), None)
    if place is None:
        return None
    if drawn_kind(lines[place]) == "grid":
        return _find_grid(lines[place:])
    return _find_ruled(lines[place - 1], lines[place]) if place else None


def _find_grid(lines: Sequence[str]) -> Shape | None:
    """A grid that begins with the line drawn above its header."""
    edges = tuple(i for i, letter in enumerate(lines[0]) if letter in _CORNERS)
    n_drawn = next((i for i, line in enumerate(lines) if not _is_of_grid(line)), len(lines))
    rules = [i for i, line in enumerate(lines[:n_drawn]) if drawn_kind(line) == "grid"]
    if len(rules) < 2 or len(edges) < 2:
        return None
    shape = Shape("grid", ("",) * (len(edges) - 1), edges)
    header = [shape.cells(line) for line in lines[1 : rules[1]]]
    rows = [row for row in header if row is not None and len(row) == len(shape.names)]
    if not rows or len(rows) < len(header):
        return None
    # One row between two lines is what a table of one row looks like too, which is the same either way.
    return Shape("grid", joined_names(rows), edges, in_blocks=len(rules) > 3)


def _find_ruled(header: str, rule: str) -> Shape | None:
    """A table whose header stands above its first drawn line."""
    kind = drawn_kind(rule)
    if kind is None or kind == "grid":
        return None
    edges = tuple(i for i, letter in enumerate(rule) if letter == "+") if kind == "open" else ()
    width = len(edges) + 1 if edges else len(_markdown_cells(rule.replace("+", "|")) or [])
    cells = Shape(kind, ("",) * width, edges).cells(header)
    if cells is None or len(cells) != width:
        return None
    return Shape(kind, joined_names([cells]), edges, len(rule))


def joined_names(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Names of columns that may be written in several lines."""
    return tuple(" ".join(filter(None, map(str.strip, parts))) for parts in zip(*rows, strict=True))


def _is_of_grid(line: str) -> bool:
    return drawn_kind(line) == "grid" or line.translate(_BARS).lstrip().startswith("|")


def _markdown_cells(line: str) -> list[str] | None:
    inner = line.strip()
    parts = _FREE_BAR.split(inner)
    if len(parts) < 2:
        return None
    parts = parts[1:] if inner.startswith("|") else parts
    parts = parts[:-1] if len(parts) > 1 and not parts[-1].strip() and inner.endswith("|") else parts
    return [part.replace("\\|", "|") for part in parts]
