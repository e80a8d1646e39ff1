"""The tables of an HTML page, as web tools export them, often under the name of a spreadsheet.

Each ``<table>`` is a sheet. Tags are found by one expression that looks at every character a bounded number of times,
so that unclosed tags, comments and quotes cost nothing; nothing that a page refers to is followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from itertools import takewhile
from typing import NamedTuple

from explorer.errors import UnreadableFileError
from explorer.ingest.readers.grid import Merge, SheetRow
from explorer.ingest.source import Source

_MAX_NESTED = 4  # tables inside one another; what is deeper is text of the cell around it
_MAX_TABLES = 200  # offered for choice, those with the most rows
_MAX_SPAN = 1_000  # columns and rows that one cell may cover; HTML allows as many columns
_MAX_SPANNED = 2_000_000  # cells filled by one above them
_MERGED_ROWS = 1_000  # merged cells matter in headers
_LONGEST_VALUE = 2_000  # of an attribute that holds "<"

_VALUES = rf"(?:[^<>\"'=]++|=\s*(?:\"[^\"]{{0,{_LONGEST_VALUE}}}+\"|'[^']{{0,{_LONGEST_VALUE}}}+')?+|[\"'])*+"
_TAG = re.compile(
    r"<!--|<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9]*)"
    r"(?P<rest>(?:[\s/](?:(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+(?=>)|[^<>]*+(?=>)|"
    rf"{_VALUES}(?=>)))?)>"
    r"|</?[A-Za-z][\w-]*:[^<>]*>|<[!?][^<>]*>"
)
_OUTLINE = re.compile(r"<!--|<(?P<end>/?)(?P<name>table|tr|caption|script|style|textarea)(?=[\s/>])", re.IGNORECASE)
_SKIPPED = frozenset({"script", "style", "textarea", "template"})
_BREAKS = frozenset(
    ("p", "div", "li", "ul", "ol", "dl", "dt", "dd", "tr", "table", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5",
     "h6", "section", "article", "header", "footer", "address", "figure", "hr")
)  # fmt: skip
_SPACES = re.compile(r"[ \t\r\n\f]+")
_AROUND_BREAK = re.compile(r" *+\n(?: (?! ))?")  # what is indented by more stands in <pre>
_MANY_BREAKS = re.compile(r"\n{3,}")
_SPAN = {
    name: re.compile(rf"\b{name}\s*=\s*[\"']?\s*(\d{{1,6}})", re.IGNORECASE) for name in ("colspan", "rowspan")
}  # fmt: skip
_ALT = re.compile(r"\balt\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_HREF = re.compile(r"\bhref\s*=\s*[\"']?\s*(?!javascript:|mailto:)[\w/.]", re.IGNORECASE)
_ID = re.compile(r"\b(?:summary|id|title)\s*=\s*(?:\"([^\"<>]{1,80})\"|'([^'<>]{1,80})')", re.IGNORECASE)


class HtmlTable(NamedTuple):
    """A table of the page: where its first tag begins."""

    name: str
    is_visible: bool
    start: int


class HtmlBook:
    """The tables of a page as sheets. Raises UnreadableFileError for a page without any."""

    n_without_value = 0

    def __init__(self, source: Source) -> None:
        self._source = source
        self._table: _Table | None = None  # the one read last
        self._text = source.decoded.text
        self.sheets, self._n_tables = _find_tables(self._text)
        if not self.sheets:
            raise UnreadableFileError(
                f"{source.name} is an HTML page without a table. Export the data as CSV or XLSX, or read the page as "
                "plain lines."
            )

    def rows(self, sheet: HtmlTable) -> Iterator[SheetRow]:
        """Every row with a filled cell; a cell that covers rows fills each of them."""
        self._table = _Table(self._text, sheet.start, self._source.name)
        return self._table.rows()

    @property
    def notes(self) -> Sequence[str]:
        """Which tables cannot be chosen, and what of the table read last is not in its cells."""
        notes = []
        if self._n_tables > len(self.sheets):
            notes.append(f"Of {self._n_tables:,} tables the {len(self.sheets):,} with the most rows can be chosen.")
        if n := self._table.n_links if self._table else 0:
            notes.append(f"{'1 cell is a link' if n == 1 else f'{n:,} cells hold links'}; only the words are kept.")
        return notes

    def merged(self, sheet: HtmlTable) -> Sequence[Merge]:
        """Merged cells of the first rows."""
        table = _Table(self._text, sheet.start, self._source.name)
        for _ in takewhile(lambda row: row.number <= _MERGED_ROWS, table.rows()):
            pass
        return table.merges


def _find_tables(text: str) -> tuple[tuple[HtmlTable, ...], int]:
    """The tables with rows in the order of the page, without those that have one row beside others with more; and how
    many there are, of which only the largest are listed."""
    tables: list[_Found] = []
    opened: list[_Found] = []
    n_deeper = 0
    for tag, position in _outline(text):
        if tag == "table" and len(opened) == _MAX_NESTED:
            n_deeper += 1
        elif tag == "table":
            opened.append(_Found(position, _own_name(text, position)))
            tables.append(opened[-1])
        elif tag == "/table" and n_deeper:
            n_deeper -= 1
        elif tag == "/table" and opened:
            opened.pop()
        elif tag == "tr" and opened and not n_deeper:
            opened[-1].n_rows += 1
        elif tag == "caption" and opened and not n_deeper:
            opened[-1].name = _caption(text, position) or opened[-1].name
    least = 1 if any(table.n_rows > 1 for table in tables) else 0
    tables = [table for table in tables if table.n_rows > least]
    largest = sorted(tables, key=lambda table: -table.n_rows)[:_MAX_TABLES]
    return _named(sorted(largest, key=lambda table: table.start)), len(tables)


@dataclass
class _Found:
    start: int
    name: str
    n_rows: int = 0


def _named(tables: Sequence[_Found]) -> tuple[HtmlTable, ...]:
    used: set[str] = set()
    sheets = []
    for number, table in enumerate(tables, start=1):
        name = base = table.name or f"table {number}"
        copy = 2
        while name in used:
            name, copy = f"{base} ({copy})", copy + 1
        used.add(name)
        sheets.append(HtmlTable(name, True, table.start))
    return tuple(sheets)


def _outline(text: str) -> Iterator[tuple[str, int]]:
    """The tags that make up tables, outside of comments and scripts, with the places where they begin."""
    ends = _Ends(text)
    position = 0
    while match := _OUTLINE.search(text, position):
        position = match.end()
        name = (match["name"] or "").lower()
        if match["name"] is None:
            position = ends.after("-->", position)
        elif name in _SKIPPED:
            position = position if match["end"] else ends.after(f"</{name}", position)
        else:
            yield match["end"] + name, match.start()


class _Ends:
    """Finds where comments and scripts end; remembers what never comes, so that a search is not made twice."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._missing: set[str] = set()

    def after(self, mark: str, position: int) -> int:
        """Behind the next ``mark`` and its tag; ``position`` itself where there is none, as if nothing had begun."""
        if mark in self._missing:
            return position
        found = self._text.find(mark, position)
        if found < 0 and mark.startswith("</"):
            again = re.compile(re.escape(mark), re.IGNORECASE).search(self._text, position)
            found = again.start() if again else -1
        if found < 0:
            self._missing.add(mark)
            return position
        return self._text.find(">", found) + 1 or len(self._text)


def _own_name(text: str, start: int) -> str:
    tag = _TAG.match(text, start)
    found = _ID.search(tag["rest"] or "") if tag else None
    return _plain((found[1] or found[2]) if found else "")


def _caption(text: str, start: int) -> str:
    end = text.find("</", start, start + 1_000)
    return _plain(_TAG.sub(" ", text[start:end])) if end > 0 else ""


def _plain(text: str) -> str:
    return " ".join(unescape(text).split())[:80]


class _Table:
    """One table, tag by tag; iterate ``rows`` first, ``merges`` fill up meanwhile."""

    def __init__(self, text: str, start: int, file_name: str) -> None:
        self.merges: list[Merge] = []
        self.n_links = 0
        self._text = text
        self._start = start
        self._file_name = file_name
        self._ends = _Ends(text)
        self._depth = 0  # of tables, this one included
        self._n_pre = 0
        self._is_head = False  # inside <thead>
        self._number = 0
        self._row: dict[int, str] | None = None
        self._n_titles = 0
        self._cell: list[str] | None = None
        self._is_title = False
        self._column = 0
        self._span = (1, 1)
        self._carried: dict[int, tuple[int, str, bool]] = {}  # column -> rows still to fill, with what, whether a title
        self._n_spanned = 0

    def rows(self) -> Iterator[SheetRow]:
        """Rows with a filled cell up to the end of the table."""
        text, position = self._text, self._start
        while match := _TAG.search(text, position):
            if self._cell is not None:
                self._words(text[position : match.start()])
            position = match.end()
            name = (match["name"] or "").lower()
            if not name:
                if match.group() == "<!--":
                    position = self._ends.after("-->", position)
                continue
            is_end = bool(match["end"])
            if name in _SKIPPED:
                position = position if is_end else self._ends.after(f"</{name}", position)
            elif name == "table":
                self._depth += -1 if is_end else 1
                if self._depth <= 0:
                    break
                self._break()
            elif self._depth > 1:
                self._inside(name, is_end, match["rest"])
            elif name in ("tr", "thead", "tbody", "tfoot"):
                if row := self._close_row():
                    yield row
                if name == "tr" and not is_end:
                    self._open_row()
                elif name != "tr":
                    self._is_head = name == "thead" and not is_end
            elif name in ("td", "th"):
                self._close_cell()
                if not is_end:
                    self._open_cell(name, match["rest"])
            else:
                self._inside(name, is_end, match["rest"])
        if row := self._close_row():
            yield row

    def _open_row(self) -> None:
        self._number += 1
        self._row, self._n_titles, self._column = {}, 0, 0
        if self._carried:
            carried, self._carried = self._carried, {}
            self._n_spanned += len(carried)
            if self._n_spanned > _MAX_SPANNED:
                raise UnreadableFileError(
                    f"{self._file_name} has cells that cover more than {_MAX_SPANNED:,} others. Export it as CSV."
                )
            for column, (left, words, is_title) in carried.items():
                self._row[column] = words
                self._n_titles += is_title
                if left > 1:
                    self._carried[column] = (left - 1, words, is_title)

    def _open_cell(self, name: str, rest: str) -> None:
        if self._row is None:  # a cell without a row around it
            self._open_row()
        row = self._row or {}
        while self._column in row:
            self._column += 1
        self._cell, self._is_title = [], name == "th"
        self._span = (_span(rest, "colspan"), _span(rest, "rowspan")) if "span" in rest.lower() else (1, 1)

    def _close_cell(self) -> None:
        if self._cell is None or self._row is None:
            return
        words, column, (wide, tall) = self._shown(self._cell), self._column, self._span
        self._cell = None
        if words:
            self._row[column] = words
            self._n_titles += self._is_title
        if tall > 1 and words:
            self._carried[column] = (tall - 1, words, self._is_title)
        if (wide > 1 or tall > 1) and self._number <= _MERGED_ROWS:
            self.merges.append(Merge(self._number, column, self._number + tall - 1, column + wide - 1))
        self._column += wide

    def _close_row(self) -> SheetRow | None:
        self._close_cell()
        row, self._row = self._row, None
        if not row:
            return None
        return SheetRow(self._number, row, is_header=self._is_head or self._n_titles == len(row))

    def _inside(self, name: str, is_end: bool, rest: str) -> None:
        """A tag within a cell."""
        if self._cell is None:
            return
        if name == "br":
            self._cell.append("\n")
        elif name == "a":
            self.n_links += not is_end and _HREF.search(rest) is not None
        elif name == "img":
            alt = _ALT.search(rest)
            self._cell.append(f" {unescape(alt[1] or alt[2] or '')} " if alt else " ")
        elif name in ("td", "th"):
            self._cell.append(" ")
        elif name in _BREAKS:
            if name == "pre":
                self._n_pre = max(self._n_pre + (-1 if is_end else 1), 0)
            self._break()

    def _break(self) -> None:
        if self._cell and not self._cell[-1].endswith("\n"):
            self._cell.append("\n")

    def _words(self, piece: str) -> None:
        if piece and self._cell is not None:
            plain = unescape(piece) if "&" in piece else piece
            self._cell.append(plain if self._n_pre else _SPACES.sub(" ", plain))

    def _shown(self, pieces: list[str]) -> str:
        words = pieces[0] if len(pieces) == 1 else "".join(pieces)
        words = words.replace("\xa0", " ")
        if "\n" in words:
            words = _MANY_BREAKS.sub("\n\n", _AROUND_BREAK.sub("\n", words))
        return words.strip()


def _span(rest: str, name: str) -> int:
    found = _SPAN[name].search(rest)
    return min(max(int(found[1]), 1), _MAX_SPAN) if found else 1
