"""The encoding that an HTML page or an XML document says it is written in."""

from __future__ import annotations

import codecs
import re

_HEAD = 4096  # bytes; a page declares it within 1,024, some tools put a comment before that
_XML = re.compile(rb"<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z][\w.:-]{0,40})[\"']")
_HTML = re.compile(rb"<meta\s[^>]{0,500}?charset\s*=\s*[\"']?\s*([A-Za-z][\w.:-]{0,40})", re.IGNORECASE)
# Codecs that letters of a file are written in; others of Python unpack, escape or compress.
_KINDS = ("iso8859", "cp", "koi8", "mac", "gb", "big5", "euc", "shift_jis", "johab", "tis", "hz", "iso2022")
# What is written under these names in practice is the larger set of the same letters (WHATWG Encoding Standard).
_LARGER = {
    "iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "shift_jis": "cp932",
    "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949",
}  # fmt: skip


def declared_codecs(data: bytes) -> tuple[str, ...]:
    """Codecs to try, the best first, of a text that begins with a tag; none where it declares no 8-bit encoding."""
    head = data[:_HEAD]
    if not head.lstrip().startswith(b"<"):
        return ()
    found = _XML.search(head) or _HTML.search(head)
    if found is None:
        return ()
    try:
        name = codecs.lookup(found[1].decode("ascii")).name
    except LookupError:
        return ()
    larger = _LARGER.get(name)
    if larger is None and not name.startswith(_KINDS):
        return ()
    return (name,) if larger is None else (larger, name)
