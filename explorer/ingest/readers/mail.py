"""Mail: mbox archives and single messages (EML), one message a record.

The standard library takes messages apart; what it would follow without end (nesting, long headers) is looked at first.
Formats: RFC 4155 and the mboxrd variant, RFC 5322, RFC 2045 to 2047.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import json
import quopri
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from email.utils import collapse_rfc2231_value

from explorer.ingest.readers.base import Confidence, FileRows, RowSink, Tick, rejected_row, report
from explorer.ingest.source import Source
from explorer.types import RejectedRow

COLUMNS = ("message_id", "date", "from", "to", "cc", "subject", "body", "in_reply_to", "attachments")
_HEADERS = ("message-id", "date", "from", "to", "cc", "subject")

_BOM = b"\xef\xbb\xbf"
_MAX_NESTED = 100  # parts that hold parts: the library follows each by a call of its own
_MAX_PARTS = 1_000
_MAX_HEADERS = 1 << 20  # bytes before the first blank line
_MAX_HEADER = 100_000  # characters of one header that are decoded
_NESTING = re.compile(rb"^content-type[ \t]*:\s*(?:multipart|message)/", re.IGNORECASE | re.MULTILINE)
_BLANK = re.compile(rb"\r?\n\r?\n")
_FIELD = re.compile(rb"[!-9;-~]{1,100}[ \t]*:")
_KNOWN = {b"from", b"to", b"subject", b"date", b"message-id", b"received", b"return-path", b"mime-version", b"cc",
          b"delivered-to", b"reply-to", b"content-type"}  # fmt: skip
_FROM = re.compile(rb"^From [^\r\n]{0,998}\r?\n(?P<headers>(?=(?:>From |[!-9;-~]{1,100}[ \t]*:)))?", re.MULTILINE)
# "From ann@example.org Fri Mar  1 09:00:00 2024": an address or a name, and a time as C's asctime writes it.
_ENVELOPE = re.compile(
    rb"From (?:\S{1,320}|\"[^\"\r\n]{0,320}\"\S{0,320}|\S{1,160} at \S{1,160}) {1,9}"
    rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? {1,3}"
    rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,3}\d{1,2} {1,3}\d\d:\d\d(?::\d\d)? {1,3}"
    rb"(?:[A-Z]{2,5} |[-+]\d{4} )?(?:19|20)\d\d(?: [-+]\d{4}| [A-Z]{2,5})?[ \t]*\r?\n"
)
_YEAR = re.compile(rb"\b\d{1,2}:\d\d\b.*\b(?:19|20)\d\d\b|\b(?:19|20)\d\d\b.*\b\d{1,2}:\d\d\b")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\s]*)\?=")
_BETWEEN_WORDS = re.compile(r"(\?=)[ \t\r\n]+(?==\?[^?\s]{1,60}\?[bBqQ]\?)")
# Codecs of Python that no mail is written in, some of them slow; plain ASCII is often a lie.
_NO_CHARSETS = {"ascii", "idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"}
_FOLD = re.compile(r"\r?\n[ \t]+")


class MailReader:
    """Reads messages one by one; a message that cannot be taken apart is rejected with its line."""

    is_lines = False

    def __init__(self, name: str) -> None:
        self.name = name

    def sniff(self, source: Source) -> Confidence:
        head = source.data[: 64 << 10].removeprefix(_BOM)
        first = _FROM.match(head)
        is_mbox = first is not None and first["headers"] is not None
        is_own = is_mbox if self.name == "mbox" else not is_mbox and _is_message(head)
        return Confidence.PLAIN if is_own else Confidence.NO

    def read(self, source: Source, tick: Tick) -> FileRows:
        sink = RowSink(COLUMNS, tick)
        rejected: list[RejectedRow] = []
        counts = _Counts()
        whole = source.data.removeprefix(_BOM)
        for line, data in _messages(whole) if self.name == "mbox" else [(1, whole)]:
            problem = _problem(data)
            if not problem:
                try:
                    sink.add(_cells(data, counts), line)
                    continue
                # The library was not written for hostile messages, and fails in many ways.
                except (ValueError, LookupError, TypeError, AttributeError, RecursionError, AssertionError):
                    problem = "a message that cannot be taken apart"
            rejected.append(rejected_row(source, line, problem, data[:2_000].decode("utf-8", "replace")))
        cells, lines = sink.finish()
        made = report(
            source,
            self.name,
            n_kept=len(lines),
            n_rejected=len(rejected),
            n_cells_repaired=sink.n_repaired,
            notes=counts.notes(),
        )
        return FileRows(cells, lines, made, tuple(rejected))


class _Counts:
    """What was decided about the messages of a file."""

    def __init__(self) -> None:
        self.n_html = 0
        self.n_damaged = 0

    def notes(self) -> tuple[str, ...]:
        notes = []
        if self.n_html:
            has = "1 message has" if self.n_html == 1 else f"{self.n_html:,} messages have"
            notes.append(f"{has} no plain text; the body is HTML.")
        if self.n_damaged:
            has = "1 text is" if self.n_damaged == 1 else f"{self.n_damaged:,} texts are"
            notes.append(f"{has} not in the encoding stated; what could not be decoded shows as \ufffd.")
        return tuple(notes)


def _is_message(head: bytes) -> bool:
    """Whether a file begins with the headers of a message."""
    names: set[bytes] = set()
    for line in head.split(b"\n")[:200]:
        if not line.strip():
            break
        if line[:1] in b" \t" and names:
            continue
        if _FIELD.match(line) is None:
            return False
        names.add(line.partition(b":")[0].strip().lower())
    return len(names & _KNOWN) >= 3 and bool(names & {b"from", b"received", b"return-path", b"message-id"})


def _messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    """1-based line of each message of an mbox archive and its bytes; "From " in texts has lost its quote."""
    first = _FROM.match(data)
    has_year = first is not None and _YEAR.search(first.group()) is not None
    begins = [
        match
        for match in _FROM.finditer(data)
        if (_is_after_blank(data, match.start()) or (match["headers"] is not None and _ENVELOPE.match(match.group())))
        and (_YEAR.search(match.group()) if has_year else match["headers"] is not None)
    ]
    line = at = 0
    for position, begin in enumerate(begins):
        end = begins[position + 1].start() if position + 1 < len(begins) else len(data)
        line += data.count(b"\n", at, begin.start())
        at = begin.start()
        yield line + 1, _QUOTED_FROM.sub(rb"\1", data[begin.end() : end])


def _is_after_blank(data: bytes, start: int) -> bool:
    """Whether a message begins where RFC 4155 says: behind a blank line. Some programs leave it out."""
    return start == 0 or data[max(start - 4, 0) : start].endswith((b"\n\n", b"\r\n\r\n"))


def _problem(data: bytes) -> str:
    """Why a message is not taken apart, or ""."""
    blank = _BLANK.search(data)
    if (blank.start() if blank else len(data)) > _MAX_HEADERS:
        return f"headers of more than {_MAX_HEADERS:,} bytes"
    if _FIELD.match(data) is None and not data.startswith(b">From "):
        return "no headers"
    n_nested = sum(1 for _ in _NESTING.finditer(data))
    return f"{n_nested:,} parts inside one another" if n_nested > _MAX_NESTED else ""


def _cells(data: bytes, counts: _Counts) -> list[str | None]:
    message: Message = message_from_bytes(data, policy=compat32)
    headers = {name.lower(): _decoded_header(value) for name, value in reversed(list(message.raw_items()))}
    body, attachments = _contents(message, counts)
    reply = headers.get("in-reply-to") or None
    listed = json.dumps(attachments, ensure_ascii=False) if attachments else None
    return [*(headers.get(name) or None for name in _HEADERS), body, reply, listed]


def _decoded_header(value: str) -> str:
    """A header on one line, with encoded words as the text they stand for (RFC 2047)."""
    raw = str(value).encode("utf-8", "surrogateescape")
    text = _FOLD.sub(" ", _decode_bytes(raw)[0]).strip()
    if len(text) > _MAX_HEADER or "=?" not in text:
        return " ".join(text.splitlines())
    joined = _BETWEEN_WORDS.sub(r"\1", text)
    pieces: list[str] = []
    pending: list[bytes] = []  # a character may be cut between two words of one character set
    charset, at = "", 0
    for word in _WORD.finditer(joined):
        same = word.start() == at and word[1].lower() == charset
        if not same and pending:
            pieces.append(_decode_bytes(b"".join(pending), charset)[0])
            pending = []
        pieces.append(joined[at : word.start()])
        charset, at = word[1].lower(), word.end()
        pending.append(_word_bytes(word[2], word[3]))
    if pending:
        pieces.append(_decode_bytes(b"".join(pending), charset)[0])
    pieces.append(joined[at:])
    return " ".join("".join(pieces).splitlines())


def _word_bytes(encoding: str, text: str) -> bytes:
    raw = text.encode("utf-8", "replace")
    if encoding in "qQ":
        return quopri.decodestring(raw.replace(b"_", b" "), header=False)
    try:
        return base64.b64decode(raw + b"=" * (-len(raw) % 4))
    except binascii.Error:
        return raw


def _decode_bytes(data: bytes, charset: str | None = None) -> tuple[str, bool]:
    """The text, and whether every byte was understood. A charset that is unknown or missing is guessed."""
    name = (charset or "").partition("*")[0].strip().lower()  # RFC 2231 adds a language
    try:
        if name and codecs.lookup(name).name not in _NO_CHARSETS:
            return data.decode(name), True
    except UnicodeDecodeError:
        return data.decode(name, "replace"), False
    except (LookupError, ValueError):
        pass
    try:
        return data.decode("utf-8"), True
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace"), not name


def _contents(message: Message, counts: _Counts) -> tuple[str | None, list[str]]:
    """The text of a message, its HTML where it has no other, and the names of what is attached."""
    plain: list[str] = []
    html: list[str] = []
    attachments: list[str] = []
    for number, part in enumerate(_leaves(message)):
        if number >= _MAX_PARTS:
            raise ValueError("too many parts")
        kind = part.get_content_type()
        name = _file_name(part)
        disposition = str(part.get("content-disposition", "")).strip().lower()
        if name or disposition.startswith("attachment") or not kind.startswith("text/"):
            attachments.append(name or kind)
        elif kind == "text/html":
            html.append(_text(part, counts))
        else:
            plain.append(_text(part, counts))
    texts = [text for text in plain if text.strip()]
    if not texts and html:
        counts.n_html += 1
        texts = html
    return "\n\n".join(texts) or None, attachments


def _leaves(message: Message) -> Iterator[Message]:
    """The parts that hold no others. Attached messages are named, not opened."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        inner = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inner, list):
            waiting.extend(item for item in reversed(inner) if isinstance(item, Message))
        else:
            yield part


def _file_name(part: Message) -> str:
    for header, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        value = part.get_param(parameter, None, header)
        if value:
            name = collapse_rfc2231_value(value)
            return _decoded_header(re.split(r"[\\/]", name)[-1])
    return ""


def _text(part: Message, counts: _Counts) -> str:
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    charset = part.get_param("charset")
    text, is_whole = _decode_bytes(data, charset if isinstance(charset, str) else None)
    counts.n_damaged += not is_whole
    return text.replace("\r\n", "\n").strip("\n")


MBOX = MailReader("mbox")
EML = MailReader("eml")
