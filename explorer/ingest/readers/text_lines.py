"""Lines of a text as they are shown on a screen, for tables that are drawn with characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from explorer.ingest.source import Source


def numbered_lines(source: Source) -> Iterator[tuple[int, str]]:
    """Every line that is not blank, without its end, with its number (1-based)."""
    number = 0
    for piece in source.pieces():
        line_end = "\n" if "\n" in piece else "\r"
        lines = piece.split(line_end)
        for line in lines if lines[-1] else lines[:-1]:
            number += 1
            written = line.rstrip("\r\x00\x1a ").removeprefix("\ufeff")
            if written and not written.isspace():
                yield number, written


def head_lines(source: Source) -> list[str]:
    """The lines of the beginning of a file that are not blank; the last one is left out where it may be cut."""
    lines = source.head.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    whole = lines[:-1] if source.is_head_cut and len(lines) > 1 else lines
    written = (line.rstrip("\x00\x1a ").removeprefix("\ufeff") for line in whole)
    return [line for line in written if line and not line.isspace()]


def screen_columns(line: str) -> list[str]:
    """What stands in each column of a screen: wide letters take two, of which the second is "", accents take none."""
    if line.isascii():
        return list(line)
    columns: list[str] = []
    for letter in line:
        if columns and (unicodedata.combining(letter) or letter in "\u200d\ufe0f"):
            columns[-1] += letter
            continue
        columns.append(letter)
        if unicodedata.east_asian_width(letter) in "WF":
            columns.append("")
    return columns
