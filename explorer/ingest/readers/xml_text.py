"""XML documents as text: what stands before the first element left out, and what is not quite XML mended.

A document type that declares nothing itself is passed over and never fetched; one that does is refused, and with it
every entity that could unfold. Documents behind one another, and pieces without a root, are read as one document.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html.entities import html5
from xml.parsers import expat

from explorer.errors import UnreadableFileError
from explorer.ingest.readers.markup import beginning
from explorer.ingest.readers.xml_parts import Attributes, allowed_text, make_parser
from explorer.ingest.source import Source

_ROOT = "_"  # the element put around everything
_CHUNK = 256 << 10
_LONGEST_TAG = 16 << 20
_NOT_LINE_END = re.compile(r"[^\r\n]")
# A further document begins behind the end of an element; inside CDATA there is none before it.
_INNER_PROLOG = re.compile(r"(?<=>)\s{0,99}<\?xml\s[^<>]{0,200}\?>\s{0,99}(?:<!DOCTYPE[^<>\[]{0,500}>)?")
_AMPERSAND = re.compile(r"&(?!#\d{1,8};|#x[0-9A-Fa-f]{1,8};)(?:([A-Za-z][A-Za-z0-9]{1,31});)?")
_OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})
_CDATA, _CDATA_END = "<![CDATA[", "]]>"


class XmlText:
    """The bytes to parse (UTF-8), and what was mended in them. Raises UnreadableFileError for a document type."""

    def __init__(self, source: Source) -> None:
        text = source.decoded.text
        begins = beginning(text)
        if begins is not None and begins.has_own_types:
            raise UnreadableFileError(
                f"{source.name} declares a document type of its own, which could unfold without end and is not "
                "followed. Export the records without it."
            )
        start = begins.start if begins else 0
        self.notes: list[str] = []
        self._counted = (0, 1)  # a byte and its line
        self._text = _NOT_LINE_END.sub(" ", text[:start]) + text[start:]
        self.data = self._text.encode("utf-8", "replace")

    def mend(self) -> bool:
        """Replace what XML does not allow; False where there is nothing of the kind."""
        text = _INNER_PROLOG.sub(lambda found: _NOT_LINE_END.sub(" ", found.group()), self._text)
        text, n_entities, n_bare = _without_entities(text)
        text, n_forbidden = allowed_text(text)
        if text == self._text:
            return False
        if n_entities:
            names = "1 name of a character was" if n_entities == 1 else f"{n_entities:,} names of characters were"
            self.notes.append(f"{names} read as in HTML: XML has none such as &nbsp;.")
        if n_bare:
            marks = "1 ampersand was" if n_bare == 1 else f"{n_bare:,} ampersands were"
            self.notes.append(f"{marks} taken as written; XML wants &amp; for it.")
        if n_forbidden:
            letters = "1 character is" if n_forbidden == 1 else f"{n_forbidden:,} characters are"
            self.notes.append(f"{letters} not allowed in XML and shown as \ufffd.")
        self._text = text
        self._counted = (0, 1)
        self.data = text.encode("utf-8", "replace")
        return True

    def line_of(self, place: int) -> int:
        """The 1-based line of a byte; fast where places come in order."""
        if place < self._counted[0]:
            self._counted = (0, 1)
        at, line = self._counted
        self._counted = (place, line + self.data.count(b"\n", at, place))
        return self._counted[1]


def _without_entities(text: str) -> tuple[str, int, int]:
    """The text with HTML's names of characters as those characters, and ampersands that begin no name as they are;
    CDATA left alone. How many there were of each."""
    n_entities = n_bare = 0

    def character(found: re.Match[str]) -> str:
        nonlocal n_entities, n_bare
        if found[1] in _OF_XML:
            return found.group()
        meant = html5.get(f"{found[1]};")
        if meant is None:
            n_bare += 1
            return f"&amp;{found.group()[1:]}"
        n_entities += 1
        return meant.replace("&", "&amp;").replace("<", "&lt;")

    pieces, at = [], 0
    while (begin := text.find(_CDATA, at)) >= 0 and (end := text.find(_CDATA_END, begin)) >= 0:
        pieces += [_AMPERSAND.sub(character, text[at:begin]), text[begin:end]]
        at = end
    pieces.append(_AMPERSAND.sub(character, text[at:]))
    return "".join(pieces), n_entities, n_bare


class XmlParser:
    """Parses a document from any byte on, as if it stood inside the elements ``around``.

    ``place`` is the byte at which what is being handled begins.
    """

    def __init__(
        self,
        handlers: tuple[Callable[[str, Attributes], None], Callable[[str], None], Callable[[str], None]],
        around: Sequence[str] = (),
    ) -> None:
        self._start, end, text = handlers
        self._n_around = len(around) + 1
        self._parser = make_parser(self._start_around, end, text, encoding="utf-8")
        opened = "".join(f"<{name}>" for name in (_ROOT, *around)).encode()
        self._parser.Parse(opened, False)
        self._offset = -len(opened)

    def _start_around(self, tag: str, attributes: Attributes) -> None:
        """The elements around are no part of the document. The parser may hold them back until more comes."""
        if self._n_around:
            self._n_around -= 1
        else:
            self._parser.StartElementHandler = self._start
            self._start(tag, attributes)

    @property
    def place(self) -> int:
        return int(self._parser.CurrentByteIndex) + self._offset

    def feed(self, data: bytes, start: int = 0) -> str:
        """Parse all bytes from one on; why that stopped, "" where it did not. ``place`` says where."""
        view = memoryview(data)
        self._offset += start
        try:
            for at in range(start, len(data), _CHUNK):
                piece = view[at : at + _CHUNK]
                self._parser.Parse(piece, False)
                # A parser looks at a tag or remark that has not ended from its beginning each time.
                if at + len(piece) - self.place > _LONGEST_TAG:
                    return f"a tag or remark of more than {_LONGEST_TAG:,} bytes"
        except expat.ExpatError as error:
            return expat.ErrorString(error.code)
        return ""
