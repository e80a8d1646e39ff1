"""A clean table, and everything that exports do to it: one pollution per file, with the answer where there is one.

``pollutions()`` yields a name, the bytes, and what a reader should find: the rows and columns exactly, or None where
the damage leaves no single answer, so that the reader has to say that something is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

HEADER = ["opened", "clock", "hours", "ticket", "cost", "team", "subject", "link", "remark"]


def _rows() -> list[list[str]]:
    subjects = [
        "The printer on the third floor jams, again and again",
        'Screen shows "no signal" after the update',
        "Password expired; cannot log in since Monday",
        "VPN drops every hour, so calls are lost",
        "Please order a 27 inch monitor",
    ]
    teams = ["Desk & Field Support", "Network", "Accounts", "O'Brien's crew"]
    return [
        [
            f"{i % 28 + 1:02}/01/2024",
            f"{i % 24:02}:{i * 7 % 60:02}",
            str(i % 4),
            f"TK-{8000 + i * 37}",
            f"${20 + i}.{i * 13 % 100:02}",
            teams[i % 4],
            subjects[i % 5],
            f"https://desk.example/t/{8000 + i * 37}",
            "seen" if i % 11 == 3 else "",
        ]
        for i in range(40)
    ]


ROWS = _rows()
_DELIMITERS = (
    ";", "\t", "|", "~", "^", ":", " ", "\x1f", "\x01", "§", ", ", "||", "::", "~|~", "\t\t", " | ", "|;|",
)  # fmt: skip


class Polluted(NamedTuple):
    """A file and its answer; ``rows`` None means that any answer will do which says that something is wrong."""

    name: str
    data: bytes
    columns: list[str] | None
    rows: list[list[str]] | None


def write(
    rows: list[list[str]],
    *,
    delimiter: str = ",",
    quote: str = '"',
    escape: str = "",
    end: str = "\r\n",
    always: bool = False,
) -> list[str]:
    """Lines with their ends."""

    def cell(value: str) -> str:
        if not quote:
            return value
        # Where the delimiter is longer than one character, none of its characters stands bare.
        if not always and not any(c in value for c in (*delimiter, quote, "\n", "\r")):
            return value
        return quote + value.replace(quote, (escape or quote) + quote) + quote

    return [delimiter.join(map(cell, row)) + end for row in rows]


def pollutions() -> Iterator[Polluted]:
    yield from _whole_file()
    yield from _edges()
    yield from _single_rows()


def _exact(name: str, data: str | bytes, encoding: str = "utf-8") -> Polluted:
    return Polluted(name, data if isinstance(data, bytes) else data.encode(encoding), HEADER, ROWS)


def _whole_file() -> Iterator[Polluted]:
    table = [HEADER, *ROWS]
    yield _exact("source", "".join(write(table)))
    yield _exact("all quoted", "".join(write(table, always=True)))
    for delimiter in (
        ";",
        "\t",
        "|",
        "~",
        "^",
        ":",
        " ",
        "\x1f",
        "\x01",
        "§",
        ", ",
        "||",
        "::",
        "~|~",
        "\t\t",
        " | ",
        "|;|",
    ):
        yield _exact(f"delimiter {delimiter!r}", "".join(write(table, delimiter=delimiter)))
        yield _exact(f"delimiter {delimiter!r}, all quoted", "".join(write(table, delimiter=delimiter, always=True)))
    for quote in "'`":
        for always in (False, True):
            yield _exact(f"quote {quote} {always}", "".join(write(table, quote=quote, always=always)))
    for always in (False, True):
        yield _exact(f"backslash escapes {always}", "".join(write(table, escape="\\", always=always)))
    yield _exact("inner quotes bare", "".join(write(table, always=True)).replace('""no signal""', '"no signal"'))
    for end in ("\n", "\r"):
        yield _exact(f"line end {end!r}", "".join(write(table, end=end)))
    yield _exact("mixed line ends", _mixed(write(table)))
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"):
        yield _exact(f"encoding {encoding}", "".join(write(table)), encoding)


def _mixed(lines: list[str]) -> str:
    return "".join(line.removesuffix("\r\n") + ("\r\n", "\n", "\r")[i % 3] for i, line in enumerate(lines))


def _edges() -> Iterator[Polluted]:
    lines = write([HEADER, *ROWS])
    text = "".join(lines)
    yield _exact("no last line end", text.removesuffix("\r\n"))
    yield _exact("blank line at the end", text + "\r\n")
    yield _exact("blank lines at the top", "\r\n\r\n" + text)
    yield _exact("blank lines between", "\r\n\r\n".join(line.removesuffix("\r\n") for line in lines))
    yield Polluted("no header", "".join(lines[1:]).encode(), None, ROWS)
    yield Polluted("one row", "".join(lines[:2]).encode(), HEADER, ROWS[:1])
    yield _exact("header twice", lines[0] + text)
    yield _exact("header three times", lines[0] * 2 + text)
    yield _exact("header in the middle", "".join(lines[:20] + lines[:1] + lines[20:]))
    top = ["Ticket", "", "", "", "Money", "Work", "", "", ""]
    joined = [f"{t} / {n}" for t, n in zip(["Ticket"] * 4 + ["Money"] + ["Work"] * 4, HEADER, strict=True)]
    yield Polluted("header in two rows", (write([top])[0] + text).encode(), joined, ROWS)
    units = ["date", "hh:mm", "(h)", "", "($)", "", "", "", ""]
    units[1] = "(time)"
    yield _exact("units", "".join([lines[0], *write([units]), *lines[1:]]))
    pad = "," * (len(HEADER) - 1)
    for name, preamble in {
        "title": "Tickets of the first quarter\r\n",
        "title and blank": "Tickets of the first quarter\r\n\r\n",
        "padded title": f"Tickets of the first quarter{pad}\r\n",
        "padded title and blank": f"Tickets of the first quarter{pad}\r\n{pad}\r\n",
        "comments": "# made by the desk\r\n# on Monday, at noon\r\n",
        "keys and values": "Report generated,2024-02-01\r\nBy,desk\r\n\r\n",
        "several lines": "Desk export\r\nAll teams\r\nGenerated 2024-02-01 10:00\r\n",
    }.items():
        yield _exact(f"preamble: {name}", preamble + text)
    yield _exact("stated delimiter", "sep=;\r\n" + "".join(write([HEADER, *ROWS], delimiter=";")))
    for name, footer in {
        "remark": "-- end of export\r\n",
        "count": "(40 rows)\r\n",
        "blank and count": "\r\n40 records exported\r\n",
        "total": f"Total{pad[:-5]}400.00,,,,\r\n",
        "padded": f"Total tickets: 40{pad}\r\n",
        "two lines": "\r\nTotal: 40\r\nGenerated by the desk\r\n",
    }.items():
        yield _exact(f"footer: {name}", text + footer)
    yield _exact("trailing delimiters", "".join(line.replace("\r\n", ",\r\n") for line in lines))
    yield _exact(
        "trailing delimiters below the header", lines[0] + "".join(x.replace("\r\n", ",\r\n") for x in lines[1:])
    )
    for width in (len(HEADER) - 2, len(HEADER), len(HEADER) + 2):
        other = [[f"name{i}" for i in range(width)], *([str(i)] * width for i in range(6))]
        yield _exact(f"another table of {width} columns", text + "".join(write(other)))
        yield _exact(f"another table of {width} columns behind a blank", text + "\r\n" + "".join(write(other)))
    yield _exact("NUL behind the table", text.encode() + b"\x00" * 300)


def _single_rows() -> Iterator[Polluted]:
    """Damage to one row or one cell, at every place."""
    lines = write([HEADER, *ROWS])
    for place in (0, 1, 2, 17, 39, 40):
        whole = [HEADER, *ROWS][place]
        for name, damage in _DAMAGES.items():
            for column in range(len(HEADER)):
                damaged = damage(whole, column)
                if damaged is not None:
                    text = "".join([*lines[:place], damaged, *lines[place + 1 :]])
                    yield Polluted(f"{name}, row {place}, column {column}", text.encode(), None, None)
        if place:
            for delimiter in (";", "\t", "|", " "):
                other = write([whole], delimiter=delimiter)[0]
                yield _exact(f"row {place} with {delimiter!r}", "".join([*lines[:place], other, *lines[place + 1 :]]))


def _split_cell(row: list[str], column: int) -> str:
    return write([[*row[:column], "", *row[column:]]])[0]


def _merge_cells(row: list[str], column: int) -> str | None:
    if column + 1 == len(row):
        return None
    return write([[*row[:column], row[column] + row[column + 1], *row[column + 2 :]]])[0]


def _extra_quote(row: list[str], column: int) -> str:
    cells = [write([[cell]], end="")[0] for cell in row]
    cells[column] = '"' + cells[column]
    return ",".join(cells) + "\r\n"


def _trailing_quote(row: list[str], column: int) -> str:
    cells = [write([[cell]], end="")[0] for cell in row]
    cells[column] += '"'
    return ",".join(cells) + "\r\n"


def _nul(row: list[str], column: int) -> str:
    return write([[*row[:column], row[column] + "\x00", *row[column + 1 :]]])[0]


def _cut(row: list[str], column: int) -> str:
    return write([row[: column + 1]])[0]


_DAMAGES: dict[str, Callable[[list[str], int], str | None]] = {
    "one delimiter more": _split_cell,
    "one delimiter less": _merge_cells,
    "a quote in front": _extra_quote,
    "a quote behind": _trailing_quote,
    "a NUL": _nul,
    "cut": _cut,
}
