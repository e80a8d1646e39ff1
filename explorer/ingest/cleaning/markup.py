"""``strip_markup``: a text as lines without Markdown and Jira's wiki markup, and what each line is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from explorer.ingest.cleaning.html import html_to_text

# What begins or ends code: a fence of its own line, or Jira's {code} and {noformat} anywhere.
_CODE_MARK = re.compile(
    r"^[ \t>]*(?P<fence>`{3,}|~{3,})[^\n`]*$|\{(?P<macro>code|noformat)(?::[^{}\n]{0,200})?\}", re.M
)
_MACRO = re.compile(
    r"\{(?:quote|panel|color|info|note|tip|warning|section|column|expand|anchor|toc|status|div|span)(?:[:=][^{}\n]{0,200})?\}"
)
# One pass over a line. Code between marks comes first and stays as it is.
_INLINE = re.compile(
    r"\{\{(?P<mono>[^{}\n]{1,300})\}\}"
    r"|(?P<artefact>\{\{\{\}|\{\}\}\}|\{[*_+^~-]\})"  # what Jira's editor leaves of {{code}} and *bold*
    r"|\[(?P<bare>https?://[^\[\]\s|]{1,2000})\](?!\()"
    r"|(?P<ticks>`+)(?P<code>[^`\n]+)`+"
    r"|(?<![\w\]])!?\[(?P<text>[^\[\]\n]{0,500})\]\((?P<target>[^()\s]*[/.:#@][^()\s]*)(?:\s+\"[^\"\n]{0,200}\")?\)"
    r"|\[(?P<wiki>[^\[\]|\n]{1,500})\|(?P<address>(?:https?://|mailto:|#|\^|ftp://)[^\[\]\s|]{0,2000})(?:\|[^\[\]\n]{0,100})?\]"
    r"|(?<![\w!])!(?P<image>[\w .%()@-]{1,150}\.(?:png|jpe?g|gif|bmp|svg|tiff?|webp))(?:\|[^!\n]{0,100})?!(?!\w)"
    r"|\[(?:~|\^)(?P<person>[\w.@:-]{1,100})\]"
    r"|(?<![\w*\\])(?P<stars>\*{1,3})(?P<bold>[^\W_](?:[^*\n]{0,300}[\w.!?:;)%\"'”»])?)(?P=stars)(?![\w*])"
    r"|(?<![\w_\\])_(?P<italic>[^\W_](?:[^_\n]{0,300}[^\s_])?)_(?![\w_])"
    r"|~~(?P<struck>[^~\n]{1,300})~~"
)
_HAS_INLINE = re.compile(r"[\[{`*_!~]")
_QUOTE = re.compile(r"[ \t]*((?:>[ \t]?)+)")
_HEADING = re.compile(r"[ \t]*(?:#{1,6}[ \t]+|h[1-6]\.[ \t]+)(?=\S)")
_CLOSED_HEADING = re.compile(r"[ \t]+#{1,6}[ \t]*\Z")
_BQ = re.compile(r"[ \t]*bq\.[ \t]+")
_CHECKBOX = re.compile(r"[ \t]*(?:[-*+]|\d{1,3}[.)])?[ \t]*(?:\[[ xX✓✔]?\](?=[ \t])|[☐☑☒])[ \t]*")
_ALL_BOLD = re.compile(r"[ \t]*(?:[-*+][ \t]+)?(\*{2,3}|__|\*)(?=[^\s*_])[^*\n]{1,120}\1[ \t]*[:：]?[ \t]*\Z")
_RULE = re.compile(r"[ \t]*(?:[-*_=~#+][ \t]*){3,}\Z")
_TABLE_RULE = re.compile(r"[ \t]*\|?(?:[ \t]*:?-+:?[ \t]*\|)+(?:[ \t]*:?-+:?)?[ \t]*\Z")
_TABLE_ROW = re.compile(r"[ \t]*\|.*\|[ \t]*\Z")
_NO_ANSWER = re.compile(r"\s*_No response_\s*\Z", re.I)


@dataclass
class Draft:
    """A text on its way through the cleaning, line by line.

    ``depth`` counts the ">" that stood before a line, ``is_code`` marks lines of a code block, ``is_heading`` lines
    that were written as a heading or a check box. ``cut`` is the kind of what a whole line was cut for, or "".
    ``is_quoted`` marks quoted replies, which may be given back. ``pieces`` are parts cut out of a line: its number,
    the kind, the words. ``before_forms`` holds lines as they were before parts of a form were cut out of them.
    """

    lines: list[str] = field(default_factory=list)
    depth: list[int] = field(default_factory=list)
    is_code: list[bool] = field(default_factory=list)
    is_heading: list[bool] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    is_quoted: list[bool] = field(default_factory=list)
    pieces: list[tuple[int, str, str]] = field(default_factory=list)
    before_forms: dict[int, str] = field(default_factory=dict)
    n_markup: int = 0  # lines whose markup was stripped
    has_html: bool = False

    def add(self, line: str, *, depth: int = 0, is_code: bool = False, is_heading: bool = False) -> None:
        self.lines.append(line)
        self.depth.append(depth)
        self.is_code.append(is_code)
        self.is_heading.append(is_heading)

    def finish(self) -> None:
        """No more lines come."""
        self.cut = [""] * len(self.lines)
        self.is_quoted = [False] * len(self.lines)

    def is_open(self, i: int) -> bool:
        """Whether line ``i`` has words that are neither code nor cut yet."""
        return not (self.cut[i] or self.is_quoted[i] or self.is_code[i]) and bool(self.lines[i].strip())

    def shorten(self, i: int, line: str, kind: str, removed: str) -> None:
        """Replace line ``i`` by what is left of it."""
        self.lines[i] = line
        self.pieces.append((i, kind, removed))


def strip_markup(text: str) -> Draft:
    """The lines of a text without HTML, Markdown and wiki markup; the content of code blocks as it stands."""
    draft = Draft()
    plain = _outside_code(text) if "<" in text else text
    draft.has_html = plain != text
    for is_code, piece in _split_code(plain):
        if is_code:
            draft.n_markup += 1
            for line in piece.split("\n"):
                draft.add(line, is_code=True)
        else:
            _add_lines(draft, piece)
    draft.finish()
    return draft


def _outside_code(text: str) -> str:
    """HTML to text, leaving code blocks alone."""
    if "```" not in text and "~~~" not in text and "{code" not in text and "{noformat" not in text:
        return html_to_text(text)
    out: list[str] = []
    position = 0
    for begin, _, _, end in _code_blocks(text):
        out += (html_to_text(text[position:begin]), text[begin:end])
        position = end
    return "".join((*out, html_to_text(text[position:])))


def _code_blocks(text: str) -> list[tuple[int, int, int, int]]:
    """Blocks of code: where the mark that begins it, the code, the mark that ends it and the rest begin."""
    blocks: list[tuple[int, int, int, int]] = []
    opened: tuple[str, int, int] | None = None
    for match in _CODE_MARK.finditer(text):
        mark = match["macro"] or match["fence"][0]
        if opened is None:
            opened = (mark, match.start(), match.end())
        elif opened[0] == mark:
            blocks.append((opened[1], opened[2], match.start(), match.end()))
            opened = None
    return blocks  # a mark that is not closed is no code block


def _split_code(text: str) -> list[tuple[bool, str]]:
    if "```" not in text and "~~~" not in text and "{code" not in text and "{noformat" not in text:
        return [(False, text)]
    pieces: list[tuple[bool, str]] = []
    position = 0
    for begin, code, code_end, end in _code_blocks(text):
        pieces += ((False, text[position:begin]), (True, text[code:code_end].strip("\n")))
        position = end
    return [*pieces, (False, text[position:])]


def _add_lines(draft: Draft, text: str) -> None:
    if "{" in text:
        stripped = _MACRO.sub(" ", text)
        draft.n_markup += stripped != text
        text = stripped
    has_inline = _HAS_INLINE.search(text) is not None
    for line in text.split("\n"):
        first = line[:1]
        if not has_inline and first.isalpha() and first not in "hb":  # most lines of most files
            draft.add(line)
            continue
        depth = 0
        if ">" in line and (quote := _QUOTE.match(line)):
            depth = quote[1].count(">")
            draft.n_markup += 1
            line = line[quote.end() :]
        plain, is_heading = _plain_line(line)
        draft.n_markup += plain != line
        draft.add(plain, depth=depth, is_heading=is_heading)


def _plain_line(line: str) -> tuple[str, bool]:
    """A line without markup, and whether it was a heading or a check box."""
    first = line.lstrip(" \t")[:1]
    is_heading = False
    if not first:
        return "", False
    if not first.isalpha() or first in "hb":
        if (_RULE.match(line) and len(line) < 300) or _TABLE_RULE.match(line) or _NO_ANSWER.match(line):
            # "--" may begin a signature, which is decided later
            return (line, False) if line.strip() == "--" else ("", False)
        if heading := (_HEADING.match(line) or _CHECKBOX.match(line)):
            line, is_heading = _CLOSED_HEADING.sub("", line[heading.end() :]), True
        elif _ALL_BOLD.match(line):
            is_heading = True
        elif bq := _BQ.match(line):
            line = line[bq.end() :]
        elif first == "|" and _TABLE_ROW.match(line):
            line = " ".join(line.replace("|", " ").split())
    if _HAS_INLINE.search(line):
        line = _INLINE.sub(_inline, line)
        if is_heading:
            line = line.strip().removeprefix("__").removesuffix("__")
    return line, is_heading


def _inline(match: re.Match[str]) -> str:
    """What is left of a piece of markup: its words."""
    if match["image"] is not None:
        return " "
    if match["artefact"] is not None:
        return ""
    if match["text"] is not None:
        return match["text"]
    for name in ("bold", "italic", "struck"):
        if match[name] is not None:
            return _INLINE.sub(_inline, match[name])  # shorter each time, so that this ends
    kept = (match[name] for name in ("mono", "code", "wiki", "bare", "person"))
    return next((words for words in kept if words is not None), match.group())
