"""Which delimiter, quote and escape a text has: every candidate reads the beginning, and the best table wins.

A candidate is good when nearly all rows have the same number of cells and the cells look like whole values: numbers,
times, codes and text, not pieces of them. The idea of weighing the pattern of rows against the types of cells is van
den Burg, Nazabal and Sutton's (2019), the weights are our own. Unusual delimiters need more evidence than usual ones.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

from explorer.ingest.readers.base import MAX_COLUMNS
from explorer.ingest.readers.cell_types import column_types, is_name_like, is_typed, odd_fraction
from explorer.ingest.readers.delimiters import QUOTES, RARE_QUOTE, SEPARATORS, SPACES, USUAL, candidates
from explorer.ingest.readers.preamble import is_table_below, table_starts
from explorer.ingest.readers.records import Record, RecordReader, Rewrite, Splitter, unwrapped
from explorer.params import ReadParams

_NAMED_DELIMITERS = {"tsv": "\t", "tab": "\t", "psv": "|"}
_SAMPLE_ROWS = 300
_SAMPLE_CELLS, _LEAST_ROWS = 100_000, 8  # of a wide table fewer rows are enough
_SAMPLE_CHARACTERS = 192 << 10
_STATED = re.compile(r"\"?sep=([^\r\n\"])\"?(?:\r\n|\n|\r)", re.IGNORECASE)  # Excel's own first line
_NAMED_BONUS = 0.05
_LEAST_FIT = 0.05
_CLEAR_FIT = 0.5
_CLOCK = re.compile(r"\d{1,2}:\d\d\b|://")
#: Stand for a delimiter of several characters, for one that is escaped, and for an escaped line end. Unicode keeps them
#: out of text.
STANDS_FOR_DELIMITER, STANDS_FOR_ESCAPED, SPLITS_NOTHING, STANDS_FOR_LINE_END = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3"
_ESCAPED_LINE_END = re.compile(r"(?<!\\)((?:\\\\)*)\\(?:\r\n|\n|\r)")


@dataclass(frozen=True)
class Dialect:
    """``delimiter`` is None for one column and " +" for runs of spaces; ``quote`` is "" for none.

    ``escape`` is "" where quotes are doubled, else a backslash. The table begins at character ``start`` of the text.
    ``joins_lines``: a line end behind a backslash is part of the cell. ``is_wrapped``: each row stands in quotes as if
    it were one cell. ``above``: what stands before ``start`` are remarks, which are listed.
    """

    delimiter: str | None
    quote: str = '"'
    escape: str = ""
    start: int = 0
    joins_lines: bool = False
    is_wrapped: bool = False
    above: bool = False

    @property
    def splitter(self) -> Splitter:
        """How to split text in this dialect."""
        delimiter = SPLITS_NOTHING if self.delimiter is None else self.delimiter
        rewrites: list[Rewrite] = []
        restores: list[tuple[str, str]] = []
        if self.joins_lines:
            rewrites.append((_ESCAPED_LINE_END, rf"\1{STANDS_FOR_LINE_END}"))
            restores.append((STANDS_FOR_LINE_END, "\n"))
        if self.escape and self.quote:
            # An escaped quote is doubled instead; a backslash before anything else is text.
            rewrites.append((re.compile(rf"\\{re.escape(self.quote)}"), self.quote * 2))
        elif self.escape:
            rewrites.append((re.compile(rf"\\{re.escape(delimiter)}"), STANDS_FOR_ESCAPED))
            restores.append((STANDS_FOR_ESCAPED, delimiter))
        if delimiter == SPACES:
            rewrites += _space_rewrites(re.escape(self.quote))
            restores.append((STANDS_FOR_DELIMITER, " "))
            delimiter = STANDS_FOR_DELIMITER
        elif len(delimiter) > 1:
            rewrites.append((re.compile(re.escape(delimiter)), STANDS_FOR_DELIMITER))
            restores.append((STANDS_FOR_DELIMITER, delimiter))
            delimiter = STANDS_FOR_DELIMITER
        line_stand = STANDS_FOR_LINE_END if self.joins_lines else ""
        return Splitter(delimiter, self.quote, tuple(rewrites), tuple(restores), line_stand)


def _space_rewrites(q: str) -> list[Rewrite]:
    """Spaces at the edges of a line go, and each run of them becomes one delimiter, except inside quotes."""
    quoted = rf"(?<![^\s]){q}(?:[^{q}\r\n]|{q}{q})*{q}(?!\S)" if q else "(?!)"
    edges = re.compile(r"(?:(?<=[\r\n])|\A)[ \t]+|[ \t]+(?=[\r\n]|\Z)")
    return [(edges, ""), (re.compile(rf"({quoted})|[ \t]+"), lambda match: match[1] or STANDS_FOR_DELIMITER)]


@dataclass(frozen=True)
class Sample:
    """The first records of a text as a dialect reads them, and how well they make a table."""

    dialect: Dialect
    records: tuple[Record, ...]
    width: int  # of the table; 1 where there is only one column
    fit: float
    n_repaired: int  # records with broken quotes

    @property
    def rows(self) -> list[list[str]]:
        return [record.cells for record in self.records]


def sniff_dialect(
    head: str, suffix: str, params: ReadParams, *, is_cut: bool, n_characters: int = _SAMPLE_CHARACTERS
) -> Sample:
    """Decide from the beginning of a text; never raises, one column is the answer where nothing else fits.

    ``is_cut``: there is more text than ``head``, whose last record is therefore left out.
    """
    stated = _STATED.match(head) if params.first_line is None else None
    is_cut = is_cut or len(head) > n_characters
    text = head[:n_characters]
    if stated:
        delimiter = stated.group(1) if params.delimiter is None else params.delimiter
        return _sniff(text, suffix, replace(params, delimiter=delimiter), is_cut, Dialect(None, start=stated.end()))
    best = _sniff(text, suffix, params, is_cut, Dialect(None))
    if params.delimiter == "":
        return best
    if best.dialect.delimiter is None and _is_wrapped(best):
        inner = "".join(unwrapped([text]))
        sample = sniff_dialect(inner, suffix, params, is_cut=is_cut, n_characters=n_characters)
        if _is_table(sample):
            return replace(sample, dialect=replace(sample.dialect, is_wrapped=True))
    if params.first_line is None:
        for start in table_starts(text, is_clear=best.fit >= _CLEAR_FIT):
            below = _sniff(text, suffix, params, is_cut, Dialect(None, start=start, above=True))
            if is_table_below(below.rows, below.width):
                return below
    return best


def _sniff(text: str, suffix: str, params: ReadParams, is_cut: bool, plain: Dialect) -> Sample:
    """The best sample of the text behind ``plain.start``."""
    one_column = _sample(text, replace(plain, quote=_one_column_quote(params)), is_cut)
    if params.delimiter == "":
        return one_column
    if params.delimiter is not None:
        meant = (" ", SPACES) if params.delimiter == " " else (params.delimiter,)
        samples = [_best_quotes(text, replace(plain, delimiter=delimiter), is_cut, params) for delimiter in meant]
        return max(samples, key=_evenness)
    best = one_column
    for delimiter in candidates(text[plain.start :]):
        sample = _best_quotes(text, replace(plain, delimiter=delimiter), is_cut, params)
        fit = _fit(sample, suffix)
        if _settles(sample, best) or (fit > best.fit and not _settles(best, sample)):
            best = replace(sample, fit=fit)
    return best


def _settles(sample: Sample, other: Sample) -> bool:
    """Whether a usual delimiter splits every row, the header too, and another one none before a row of values.

    Texts that were written by a machine are as even as a table: they have the same marks and spaces in each row.
    """
    if sample.dialect.delimiter not in tuple(USUAL) or sample.width < 2 or sample.n_repaired:
        return False
    rows = sample.rows
    is_even = len(rows) >= 3 and len(rows[0]) == len(rows[1]) == sample.width and _evenness(sample) >= 0.9
    is_whole = bool(other.records) and len(other.records[0].cells) == 1
    return is_even and is_whole and other.dialect.delimiter is not None and is_name_like(rows[0])


def _is_wrapped(one_column: Sample) -> bool:
    """Whether every row stands in quotes, as where the rows of a table were written as the cells of one column."""
    return (
        one_column.dialect.quote == '"'
        and len(one_column.records) > 1
        and not one_column.n_repaired
        and all(record.text.startswith('"') and not record.problem for record in one_column.records)
    )


def _is_table(sample: Sample) -> bool:
    """Whether rows without their quotes are a table beyond doubt, and not sentences with commas."""
    rows, delimiter = sample.rows, sample.dialect.delimiter
    if delimiter is None or sample.width < 2 or any(len(row) != sample.width for row in rows):
        return False
    edges = (f'"{delimiter}', f'{delimiter}"')
    n_quoted = sum(any(edge in record.text for edge in edges) for record in sample.records)
    is_typed_table = sample.width >= 3 and any(map(is_typed, column_types(rows[1:], sample.width)))
    return is_typed_table or n_quoted >= 0.5 * len(rows)


def _one_column_quote(params: ReadParams) -> str:
    return '"' if params.quote is None else params.quote


def _sample(text: str, dialect: Dialect, is_cut: bool) -> Sample:
    """The first records; the last one is left out where it may be cut."""
    reader = RecordReader([text], dialect.splitter, 0, dialect.start)
    records: list[Record] = []
    n_cells = 0
    for record in reader:
        if any(record.cells):
            records.append(record)
            n_cells += len(record.cells)
        if len(records) > _SAMPLE_ROWS or (n_cells > _SAMPLE_CELLS and len(records) > _LEAST_ROWS):
            is_cut = True
            break
    if len(records) > 1 and is_cut:
        records.pop()
    return Sample(dialect, tuple(records), _width(records), 0.0, reader.n_repaired)


def _width(records: list[Record]) -> int:
    """The usual number of cells; where two are as frequent, that of the first record or the larger one."""
    if not records:
        return 1
    widths = Counter(len(record.cells) for record in records)
    most = max(widths.values())
    usual = {width for width, n in widths.items() if n == most}
    first = len(records[0].cells)
    return first if first in usual else max(usual)


def _best_quotes(text: str, dialect: Dialect, is_cut: bool, params: ReadParams) -> Sample:
    """The sample under the quote and the escape that fit best; double quotes, doubled, unless others clearly do."""
    d = re.escape(dialect.delimiter or "")
    if params.quote is not None:
        dialect = replace(dialect, quote=params.quote)
    else:
        opened = {q: len(re.findall(rf"(?:^|{d})[ ]?{q}", text, re.MULTILINE)) for q in (*QUOTES, RARE_QUOTE)}
        closed = {q: len(re.findall(rf"{q}[ ]?(?:$|{d}|\r)", text, re.MULTILINE)) for q in (*QUOTES, RARE_QUOTE)}
        for quote in (*QUOTES[1:], RARE_QUOTE):
            if quote in (dialect.delimiter or ""):
                continue
            if min(opened[quote], closed[quote]) > max(opened['"'], 1) and _are_quotes(text, dialect, quote, is_cut):
                dialect = replace(dialect, quote=quote)
                break
    best = _sample(text, dialect, is_cut)
    quote = dialect.quote if dialect.quote in text else ""
    escaped = replace(dialect, quote=quote, escape="\\")
    others = [escaped] if re.search(rf"\\(?:{re.escape(quote) or d})", text) else []
    if _ESCAPED_LINE_END.search(text):
        others += [replace(other, joins_lines=True) for other in (dialect, *others)]
    for other in others:
        sample = _sample(text, other, is_cut)
        if _evenness(sample) > _evenness(best) or (other.joins_lines and _makes_values_whole(sample, best)):
            best = sample
    return best


def _makes_values_whole(joined: Sample, cut: Sample) -> bool:
    """Whether rows that are even in both ways hold more columns of one type when their lines are joined."""
    n = len(joined.records)
    if n < max(3, 0.1 * len(cut.records)) or _evenness(joined) < max(_evenness(cut), 0.95):
        return False
    n_joined, n_cut = (sum(map(is_typed, column_types(sample.rows, sample.width))) for sample in (joined, cut))
    return n_joined > n_cut


def _are_quotes(text: str, dialect: Dialect, quote: str, is_cut: bool) -> bool:
    """Whether apostrophes are quotes: they enclose the whole header or a whole column, or keep rows together."""
    plain = _sample(text, replace(dialect, quote=""), is_cut)
    quoted = _sample(text, replace(dialect, quote=quote), is_cut)
    if _evenness(quoted) > _evenness(plain) + 0.02:
        return True
    if _evenness(quoted) < _evenness(plain):
        return False
    encloses = [[_is_enclosed(cell, quote) for cell in row if cell.strip()] for row in plain.rows]
    if encloses and len(encloses[0]) > 1 and all(encloses[0]):
        return True
    columns = list(zip(*(row for row in plain.rows[1:] if len(row) == plain.width), strict=False))
    filled = [[cell for cell in column if cell.strip()] for column in columns]
    return any(len(cells) >= 3 and all(_is_enclosed(cell, quote) for cell in cells) for cells in filled)


def _is_enclosed(cell: str, quote: str) -> bool:
    cell = cell.strip()
    return len(cell) >= 2 and cell[0] == cell[-1] == quote


def _evenness(sample: Sample) -> float:
    """The share of records that are as wide as the table, less that of records whose quotes had to be repaired."""
    n = sum(len(record.cells) == sample.width and not record.problem for record in sample.records)
    return (n - sample.n_repaired) / max(len(sample.records), 1)


def _fit(sample: Sample, suffix: str) -> float:
    """How well a sample makes a table of two columns or more; 0 where it makes none."""
    rows, delimiter = sample.rows, sample.dialect.delimiter or ""
    if not rows:
        return 0.0
    named = _NAMED_BONUS if _NAMED_DELIMITERS.get(suffix, ",") == delimiter else 0.0
    by_header = _share_fit(rows[1:], len(rows[0])) if len(rows[0]) > 1 else 0.0
    by_rows = _block_fit(sample)
    fit = max(by_header, by_rows)
    if fit <= 0:
        return 0.0
    if len(rows) >= 12 and fit < 0.25:  # commas in sentences
        return 0.0
    if sample.width > MAX_COLUMNS:  # is refused, whatever its cells are like
        return fit
    table = [row for row in rows if len(row) == sample.width]
    others = "".join(c for c in USUAL if c not in delimiter)
    fit *= 1 - 0.4 * odd_fraction(table[:100], others)
    if delimiter in USUAL and delimiter:
        return fit + named
    if not _is_convincing(sample, rows):
        return 0.0
    return fit + 0.02 + _NAMED_BONUS if len(delimiter) > 1 and delimiter != SPACES else 0.98 * fit


def _share_fit(rows: list[list[str]], width: int) -> float:
    """How many rows are as wide as the header; with equal share the wider table wins."""
    share = sum(len(row) == width for row in rows) / max(len(rows), 1)
    return _LEAST_FIT + share * (1 - 1 / (width + 1))


def _block_fit(sample: Sample) -> float:
    """The same for a table that begins further down, below a title; 0 unless the rows above look like one."""
    rows, width = sample.rows, sample.width
    first = next((i for i, row in enumerate(rows) if len(row) == width), 0)
    block = rows[first:]
    if width < 2 or first == 0 or first > 30 or len(block) < 2:
        return 0.0
    if first == 1 and len(rows[0]) > 1:  # a header that has lost or gained a name
        fit = _share_fit(block, width)
        return 0.9 * fit if fit > 0.6 * (1 - 1 / (width + 1)) else 0.0
    if any(sum(1 for cell in row if cell.strip()) > 2 for row in rows[:first]):
        return 0.0
    # Rows of another table further down would blur the types of the columns.
    types = column_types([row for row in block[1:] if len(row) == width], width)
    is_typed_table = any(map(is_typed, types))
    is_even = width >= 4 and len(block) >= 5 and all(len(row) == width for row in block)
    if not is_even and not (is_typed_table and (width >= 3 or is_name_like(block[0]))):
        return 0.0
    return 0.95 * _share_fit(block[1:], width)


def _is_convincing(sample: Sample, rows: list[list[str]]) -> bool:
    """Whether a delimiter that is also part of ordinary text really splits columns."""
    delimiter, width = sample.dialect.delimiter or "", sample.width
    table = [row for row in rows if len(row) == width]
    if width < 2 or len(table) < 2:
        return False
    if " " in delimiter and delimiter.strip() and delimiter.strip() in USUAL:  # its bare form would convince too
        return len(rows[0]) > 1
    if (delimiter in SEPARATORS or len(delimiter) > 1) and " " not in delimiter:
        return len(table) >= 0.6 * len(rows) and len(rows[0]) > 1
    if len(table) < max(0.8 * len(rows), 3):
        return False
    first = next(row for row in rows if len(row) == width)
    types = column_types(table[1:], width)
    quoted = re.compile(rf"{sample.dialect.quote or '(?!)'}[^{sample.dialect.quote}]*{sample.dialect.quote}")
    if delimiter == ":" and sum(bool(_CLOCK.search(quoted.sub("", r.text))) for r in sample.records) > 0.3 * len(rows):
        return False
    is_quoted = sum(sample.dialect.quote in r.text for r in sample.records) > 0.5 * len(rows)
    if delimiter in (" ", SPACES):
        enough = len(table) >= 0.9 * len(rows) and width >= 3
        least_typed = 1 if delimiter == SPACES and len(table) == len(rows) else 2
        return enough and is_name_like(first) and (is_quoted or sum(map(is_typed, types)) >= least_typed)
    return width >= 3 or (is_name_like(first) and any(map(is_typed, types)))
