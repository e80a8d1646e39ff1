"""Text on its way into a spreadsheet or a page: nothing that a record says may run.

Records come from strangers. A spreadsheet takes a cell that starts with ``=`` for a formula, XML has no NUL, and no
encoder writes half a surrogate pair. Every cell of every CSV goes through :func:`export_text`, every text of the
workbook through :func:`sheet_text`.
"""

from __future__ import annotations

import re

#: What stands for a character that cannot be carried.
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

#: Excel's largest cell, in UTF-16 code units.
MAX_SHEET_TEXT = 32_767

#: A first character that makes a spreadsheet evaluate the cell or hide the one that does; full-width forms count,
#: because East Asian editions read them as the ASCII ones.
_STARTS_FORMULA = frozenset("=+-@\t\r\n\0＝＋－＠")
_PLAIN_NUMBER = re.compile(r"[+-](?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_DIRECTION_MARKS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_SPACES = re.compile(r"\s+")


def without_surrogates(text: str) -> str:
    """``text`` with every lone surrogate replaced, so that it can be encoded."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join(REPLACEMENT if "\ud800" <= char <= "\udfff" else char for char in text)
    return text


def starts_formula(text: str) -> bool:
    """Whether a spreadsheet would evaluate ``text``, were it typed into a cell; a plain number is harmless."""
    return bool(text) and text[0] in _STARTS_FORMULA and _PLAIN_NUMBER.fullmatch(text) is None


def export_text(value: object) -> str:
    """``value`` as the text of a CSV cell: no formula, no NUL, no lone surrogate; None becomes "".

    A leading apostrophe marks what a spreadsheet would evaluate; a plain number such as -5 or +3.2 needs none.
    """
    if value is None:
        return ""
    text = without_surrogates(value if isinstance(value, str) else str(value))
    if starts_formula(text):
        text = "'" + text
    return text.replace("\0", REPLACEMENT)


def sheet_text(value: object) -> tuple[str, bool]:
    """``value`` as the text of a workbook's cell, and whether it had to be cut at Excel's limit.

    A cut text ends with a mark that says how long it was. Line ends become "\\n" and what XML cannot hold is replaced.
    """
    text = "" if value is None else without_surrogates(value if isinstance(value, str) else str(value))
    text = _NOT_XML.sub(REPLACEMENT, text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) * 2 <= MAX_SHEET_TEXT or _n_units(text) <= MAX_SHEET_TEXT:
        return text, False
    mark = f" [... cut: the text has {len(text):,} characters]"
    room = (MAX_SHEET_TEXT - len(mark)) * 2
    return text.encode("utf-16-le")[:room].decode("utf-16-le", "ignore") + mark, True


def page_text(text: str, limit: int | None = None) -> str:
    """``text`` for a page, not yet escaped: control characters and marks that reverse the reading order are replaced.

    With ``limit`` white space is put together and a longer text ends in "…" at that many characters.
    """
    cut = text if limit is None else shorten(text, limit)
    return _DIRECTION_MARKS.sub(REPLACEMENT, _NOT_XML.sub(REPLACEMENT, without_surrogates(cut)))


def shorten(text: str, limit: int) -> str:
    """``text`` on one line, with "…" in place of what lies beyond ``limit`` characters."""
    one_line = _SPACES.sub(" ", text[: limit * 4]).strip()
    if len(one_line) <= limit and len(text) <= limit * 4:
        return one_line
    return one_line[: max(0, limit - 1)].rstrip() + "…"


def _n_units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
