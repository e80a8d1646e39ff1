"""What a text in angle brackets is, told by how it begins: an HTML page, a workbook in XML, or any other XML."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from explorer.ingest.source import Source

MarkupKind = Literal["", "html", "workbook", "xml"]

_SPACE = re.compile(r"[\s\ufeff]*")
_ASIDE = (("<!--", "-->"), ("<?", "?>"))  # what may stand before the first element, and how it ends
_DOCTYPE = re.compile(r"<!DOCTYPE\s+(?P<name>[\w:.-]+)[^<>\[]*(?P<inside>\[[^\]]*\]\s*)?>", re.IGNORECASE)
_ELEMENT = re.compile(r"<(?P<name>[A-Za-z_][\w.-]*(?::[\w.-]+)?)(?=[\s/>])")
_PAGE = frozenset({"html", "head", "body"})
_PART_OF_PAGE = _PAGE | {
    "meta", "link", "base", "style", "script", "title", "table", "thead", "tbody", "tr", "center", "div", "font",
    "form", "h1", "h2", "h3", "h4", "p", "br", "b", "span", "section", "main", "article", "caption", "colgroup",
}  # fmt: skip
_ROW = re.compile(rb"<tr[\s>]", re.IGNORECASE)
_WIDE_ROW = re.compile(r"<tr[\s>]", re.IGNORECASE)
_WORKBOOK = "urn:schemas-microsoft-com:office:spreadsheet"
_SUFFIXES = frozenset({"xml", "rss", "atom", "xls", "rdf"})
_TAIL = 4096


class Beginning(NamedTuple):
    """How a text begins: its first element, whether an XML declaration or a document type stand before it, and where
    the element begins. ``doctype`` is the name that a document type gives, "" where there is none."""

    root: str
    has_declaration: bool
    doctype: str
    has_own_types: bool  # a document type that declares anything itself
    start: int


def beginning(text: str) -> Beginning | None:
    """The first element of a text, and what stands before it; None where it does not begin with one."""
    at = _SPACE.match(text).end()  # type: ignore[union-attr]  # it matches nothing as well
    has_declaration, doctype, has_own_types = text.startswith("<?xml", at), "", False
    while True:
        if aside := next((ends for begins, ends in _ASIDE if text.startswith(begins, at)), None):
            end = text.find(aside, at)
            if end < 0:
                return None
            at = end + len(aside)
        elif found := _DOCTYPE.match(text, at):
            doctype, has_own_types = found["name"].lower(), found["inside"] is not None
            at = found.end()
        else:
            break
        at = _SPACE.match(text, at).end()  # type: ignore[union-attr]
    element = _ELEMENT.match(text, at)
    return Beginning(element["name"], has_declaration, doctype, has_own_types, at) if element else None


def markup_kind(source: Source) -> MarkupKind:
    """What kind of markup a file is, "" for none. Never raises."""
    if not source.is_text or "<" not in source.head[:_TAIL]:
        return ""
    begins = beginning(source.head)
    if begins is None:
        return ""
    root = begins.root.lower()
    if begins.doctype == "html" or root in _PAGE:
        return "html"
    if root in _PART_OF_PAGE and not begins.has_declaration and _has_row(source):
        return "html"
    if root.rpartition(":")[2] == "workbook" and _WORKBOOK in source.head:
        return "workbook"
    if begins.has_declaration or begins.doctype or source.suffix in _SUFFIXES:
        return "xml"
    # Lines of any text may begin with "<name>"; a document, or one piece of it behind the other, ends with the name.
    tail = source.data[-_TAIL:].rstrip(b" \t\r\n\x00")
    return "xml" if tail.endswith(f"</{begins.root}>".encode()) else ""


def _has_row(source: Source) -> bool:
    return _ROW.search(source.data) is not None or _WIDE_ROW.search(source.head) is not None
