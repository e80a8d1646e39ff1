"""Bytes to text: which encoding a file has, and its text piece by piece.

The order of evidence: the user's choice, a byte order mark, the NUL pattern of UTF-16 and UTF-32, the letters of
EBCDIC, strict UTF-8, UTF-8 with damaged places, and last the encodings from before Unicode, which ``legacy_encodings``
tells apart by the letters.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from explorer.ingest.legacy_encodings import DISPLAY_NAMES, Legacy, find_legacy

PIECE = 1 << 20  # bytes decoded at a time
LONGEST_LINE = 64 << 20  # characters; no record is longer, and such a line would take many times its size
_HEAD = 64 << 10
_MAX_LISTED = 10
_SAMPLE = 256 << 10  # bytes of lines with unusual letters that are looked at

_MARKS: tuple[tuple[bytes, str], ...] = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_HIGH_LINE = re.compile(rb"[^\n]*[\x80-\xff][^\n]*")
_CONTROL = bytes({*range(32)} - set(b"\t\n\r\f\x1b"))
_UTF8_LETTER = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}"
)
_NOT_ASCII = re.compile(rb"[\x80-\xff]+")
# What UTF-8 looks like that was taken for Windows-1252 and written as UTF-8 once more: "Ã¤", "â€™".
_TWICE = ("Ã¤".encode()[:3], "Ãƒ".encode(), "â€".encode())
# EBCDIC as mainframes write it: letters, digits and spaces where other encodings have signs and foreign letters. Pages
# differ in few signs. Its line ends are LF or NEL.
_EBCDIC = frozenset({"cp037", "cp273", "cp424", "cp500", "cp875", "cp1026", "cp1140"})
_EBCDIC_TEXT = bytes(
    {0x40, 0x4B, 0x4D, 0x5D, 0x5E, 0x60, 0x61, 0x6B, 0x6D, 0x6F, 0x7A, 0x7D, 0x7F, 0x05, 0x0D, 0x15, 0x25}
    | {high + low for high in (0x80, 0x90, 0xC0, 0xD0) for low in range(1, 10)}
    | {high + low for high in (0xA0, 0xE0) for low in range(2, 10)}
    | set(range(0xF0, 0xFA))
)
_EBCDIC_NOTE = (
    "Read as EBCDIC (cp037), as mainframes write it; its pages differ in few signs: choose the encoding (cp500, cp273, "
    "cp1140) if some look wrong."
)


class LongLineError(ValueError):
    """A line that is longer than LONGEST_LINE."""


@dataclass(frozen=True)
class Encoding:
    """``codec`` decodes the bytes behind the first ``mark``; ``fallback`` reads lines that are not ``codec``.

    ``name`` is what the user sees and ``notes`` what had to be decided. Bytes that nothing can read become U+FFFD.
    """

    codec: str
    name: str
    mark: int = 0
    fallback: str | None = None
    notes: tuple[str, ...] = field(default=())


def find_encoding(data: bytes, chosen: str | None = None) -> Encoding:
    """The encoding of a text; any bytes get one. ``chosen`` is the user's own choice."""
    if chosen is not None:
        return _chosen(data, chosen)
    for mark, codec in _MARKS:
        if data.startswith(mark):
            if codec == "utf-8":
                return _find_utf8(data, len(mark))
            return _with_damage(data, Encoding(codec, _display_name(codec), len(mark)))
    wide = find_wide(data)
    if wide is not None:
        return _with_damage(data, Encoding(wide, _display_name(wide)))
    if is_ebcdic(data):
        return _with_damage(data, Encoding("cp037", _display_name("cp037"), notes=(_EBCDIC_NOTE,)))
    if b"\x1b$" in data and b"\x1b(" in data and data.isascii() and _is_valid(data, "iso2022_jp"):
        return Encoding("iso2022_jp", "ISO-2022-JP")
    return _find_utf8(data, 0)


def find_wide(data: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark: Latin letters, digits and line ends have their NULs at fixed places."""
    head = data[:8192]
    head = head[: len(head) // 4 * 4] or head[: len(head) // 2 * 2]
    if len(head) < 4 or 0 not in head:
        return None
    n = len(head)
    if n % 4 == 0 and n >= 8:
        for codec, high, next_high in (("utf-32-le", 3, 2), ("utf-32-be", 0, 1)):
            if not any(head[high::4]) and max(head[next_high::4]) <= 0x10 and _is_plain_text(head, codec):
                return codec
    sides = (("utf-16-le", head[1::2].count(0) * 2 / n), ("utf-16-be", head[0::2].count(0) * 2 / n))
    codec, share = max(sides, key=lambda side: side[1])
    if share > 0.4 and min(sides, key=lambda side: side[1])[1] < 0.05:
        return codec
    # Text without Latin letters: digits, delimiters and line ends have their NUL on the same side. Text in ASCII that
    # only holds some NULs looks like ideographs when it is taken for UTF-16.
    plain = head.translate(None, b"\x00")
    is_foreign = not plain.isascii() or len(plain) - len(plain.translate(None, _CONTROL)) > 0.02 * len(plain)
    return codec if share > 0.03 and is_foreign and _is_plain_text(head, codec) else None


def is_ebcdic(data: bytes) -> bool:
    """Whether nearly all bytes are letters, digits, spaces and line ends of EBCDIC, and hardly any those of ASCII."""
    head = data[:_HEAD]
    n_text = len(head) - len(head.translate(None, _EBCDIC_TEXT))
    n_spaces = head.count(0x40) + head.count(0x6B)
    n_ascii = head.count(b" ") + head.count(b"\n")
    has_lines = 0x15 in head or 0x25 in head
    return len(head) >= 20 and has_lines and n_text >= 0.9 * len(head) and n_spaces >= 0.03 * len(head) > 10 * n_ascii


def text_pieces(data: bytes, encoding: Encoding) -> Iterator[str]:
    """The text in pieces that end behind a line end, so that a large file is never held as text in one piece.

    Raises LongLineError.
    """
    rest: list[str] = []
    n_rest = 0
    for text in _decoded_chunks(data, encoding):
        n_rest += len(text)
        if n_rest > LONGEST_LINE:
            raise LongLineError
        cut = text.rfind("\n") + 1 or text.rfind("\r", 0, len(text) - 1) + 1
        if not cut:
            rest.append(text)
            continue
        yield "".join([*rest, text[:cut]])
        rest = [text[cut:]]
        n_rest = len(rest[0])
    last = "".join(rest)
    if last:
        yield last


def decode_all(data: bytes, encoding: Encoding) -> str:
    """The whole text."""
    return "".join(_decoded_chunks(data, encoding))


def _decoded_chunks(data: bytes, encoding: Encoding) -> Iterator[str]:
    if encoding.fallback is not None:
        yield from (_decode_mixed(chunk, encoding) for chunk in _line_chunks(data, encoding.mark))
        return
    decoder = codecs.getincrementaldecoder(encoding.codec)("replace")
    view = memoryview(data)
    start = encoding.mark
    while start < len(data):
        text = decoder.decode(bytes(view[start : start + PIECE]))
        text = text.replace("\x85", "\n") if encoding.codec in _EBCDIC else text
        start += PIECE
        if text:
            yield text
    text = decoder.decode(b"", final=True)
    if text:
        yield text


def _line_chunks(data: bytes, start: int) -> Iterator[bytes]:
    while start < len(data):
        end = data.find(b"\n", start + PIECE) + 1 or len(data)
        yield data[start:end]
        start = end


def _decode_mixed(chunk: bytes, encoding: Encoding) -> str:
    try:
        return chunk.decode(encoding.codec)
    except UnicodeDecodeError:
        return "".join(_decode_line(line, encoding) for line in chunk.splitlines(keepends=True))


def _decode_line(line: bytes, encoding: Encoding) -> str:
    try:
        return line.decode(encoding.codec)
    except UnicodeDecodeError:
        codec = encoding.fallback if _is_foreign(line) else encoding.codec
        return line.decode(codec or encoding.codec, "replace")


def _is_foreign(line: bytes) -> bool:
    """Whether a line that is not UTF-8 was never meant to be: it has no letter that is."""
    return not _UTF8_LETTER.search(line)


def _find_utf8(data: bytes, mark: int) -> Encoding:
    """Strict UTF-8; else UTF-8 with lines that are damaged or not UTF-8; else an encoding from before Unicode."""
    if data.isascii() or _is_valid(data, "utf-8", mark):
        return Encoding("utf-8", "UTF-8", mark, notes=_twice_encoded(data))
    # Text in one or two bytes per letter rarely forms valid UTF-8 by accident, hardly ever for a line as a whole.
    n_fine = n_foreign = n_damaged = 0
    foreign: list[bytes] = []
    n_sampled = 0
    for match in _HIGH_LINE.finditer(data, mark):
        line = match.group()
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            if not _is_foreign(line):
                n_damaged += 1
                continue
            n_foreign += 1
            if n_sampled < _SAMPLE:
                foreign.append(line)
                n_sampled += len(line)
        else:
            n_fine += 1
    n_lines = n_fine + n_foreign + n_damaged
    if not mark and n_fine < max(1, 0.25 * n_lines):
        legacy = _find_legacy(data)
        if _valid_fraction(data) < legacy.fit + 0.1:
            return _legacy(data, legacy)
    fallback = find_legacy(b"\n".join(foreign)).codec if foreign else "cp1252"
    notes = _mixed_notes(data, mark, fallback, n_foreign, n_damaged)
    return Encoding("utf-8", "UTF-8", mark, fallback, notes)


def _valid_fraction(data: bytes) -> float:
    """How many of the places with bytes above ASCII are letters in UTF-8; 0 where damage is as frequent as letters."""
    sample = data[:_SAMPLE]
    n_valid = len(_UTF8_LETTER.findall(sample))
    n_bad = len(_NOT_ASCII.findall(_UTF8_LETTER.sub(b"", sample)))
    return n_valid / (n_valid + n_bad) if n_valid > 2 * n_bad else 0.0


def _mixed_notes(data: bytes, mark: int, fallback: str, n_foreign: int, n_damaged: int) -> tuple[str, ...]:
    damaged: list[int] = []
    foreign: list[int] = []
    n_letters = number = 0
    position = mark
    for match in _HIGH_LINE.finditer(data, mark):
        line = match.group()
        try:
            line.decode("utf-8")
            continue
        except UnicodeDecodeError:
            number += data.count(b"\n", position, match.start())
            position = match.start()
        if _is_foreign(line):
            foreign.append(number + 1)
        else:
            damaged.append(number + 1)
            n_letters += line.decode("utf-8", "replace").count("\ufffd") - line.count(b"\xef\xbf\xbd")
    notes = []
    if n_foreign:
        what = "line is" if n_foreign == 1 else "lines are"
        notes.append(
            f"{n_foreign:,} {what} not UTF-8 and read as {_display_name(fallback)} instead ({list_lines(foreign)})."
        )
    if n_damaged:
        what = "character is" if n_letters == 1 else "characters are"
        notes.append(f"{n_letters:,} damaged {what} not valid UTF-8 and shown as \ufffd ({list_lines(damaged)}).")
    return tuple(notes)


def list_lines(lines: list[int]) -> str:
    """ "line 7", "lines 3, 9", "lines 5 to 9,000", at most ten numbers."""
    if len(lines) > 2 and lines[-1] - lines[0] == len(lines) - 1:
        return f"lines {lines[0]:,} to {lines[-1]:,}"
    listed = ", ".join(f"{line:,}" for line in lines[:_MAX_LISTED]) + (", ..." if len(lines) > _MAX_LISTED else "")
    return f"line{'s'[: len(lines) > 1]} {listed}"


def _find_legacy(data: bytes) -> Legacy:
    sample, n_bytes = [], 0
    for match in _HIGH_LINE.finditer(data):
        sample.append(match.group()[:_HEAD])
        n_bytes += len(sample[-1])
        if n_bytes > _SAMPLE:
            break
    return find_legacy(b"\n".join(sample))


def _legacy(data: bytes, found: Legacy) -> Encoding:
    name = _display_name(found.codec)
    notes = [f"Read as {name}, because the bytes are not valid UTF-8."]
    if found.others:
        others = " or ".join(_display_name(codec) for codec in found.others)
        notes = [f"Read as {name}; it could be {others} too: choose the encoding if letters look wrong."]
    return _with_damage(data, Encoding(found.codec, name, notes=tuple(notes)))


def _chosen(data: bytes, chosen: str) -> Encoding:
    codec = codecs.lookup(chosen).name
    mark = next((len(mark) for mark, own in _MARKS if data.startswith(mark) and _takes_mark(own, codec)), 0)
    if codec in ("utf-16", "utf-32") and not mark:  # without a mark the codec assumes this machine's order
        codec = wide if (wide := find_wide(data)) and wide.startswith(codec) else f"{codec}-le"
    elif mark:
        codec = next(own for sign, own in _MARKS if data.startswith(sign) and _takes_mark(own, codec))
    return _with_damage(data, Encoding(codec, _display_name(codec), mark))


def _takes_mark(own: str, chosen: str) -> bool:
    return own == chosen or own.startswith(f"{chosen}-") or (own == "utf-8" and chosen == "utf-8-sig")


def _with_damage(data: bytes, encoding: Encoding) -> Encoding:
    """The encoding, with a note about bytes that are not in it."""
    if _is_valid(data, encoding.codec, encoding.mark):
        return encoding
    n_damaged = sum(text.count("\ufffd") for text in _decoded_chunks(data, encoding))
    if not n_damaged:
        return encoding
    what = "byte or character is" if n_damaged == 1 else "bytes or characters are"
    note = f"{n_damaged:,} {what} not {encoding.name} and shown as \ufffd."
    return Encoding(encoding.codec, encoding.name, encoding.mark, None, (*encoding.notes, note))


def _is_valid(data: bytes, codec: str, start: int = 0) -> bool:
    decoder = codecs.getincrementaldecoder(codec)("strict")
    view = memoryview(data)
    try:
        for position in range(start, len(data), PIECE):
            decoder.decode(bytes(view[position : position + PIECE]))
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _is_plain_text(head: bytes, codec: str) -> bool:
    text = head.decode(codec, "replace")
    n_odd = sum(not (c.isprintable() or c in "\t\r\n") for c in text) + text.count("\ufffd")
    return n_odd <= 0.01 * len(text) and ("\n" in text or "\r" in text)


def _twice_encoded(data: bytes) -> tuple[str, ...]:
    n = 0 if data.isascii() else sum(data.count(sign) for sign in _TWICE)
    if not n:
        return ()
    places = "1 place looks" if n == 1 else f"{n:,} places look"
    return (f"{places} like text that was encoded twice (such as 'Ã¤' for 'ä'); nothing was changed there.",)


def _display_name(codec: str) -> str:
    return DISPLAY_NAMES.get(codec, codec)
