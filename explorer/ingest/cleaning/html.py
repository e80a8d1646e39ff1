"""``html_to_text``: the words of a text that is HTML; a text that only speaks of tags, generics or "a < b" stays."""

from __future__ import annotations

import re
from html import unescape


def _names(*lists: str) -> frozenset[str]:
    return frozenset(name for names in lists for name in names.split())


#: Tags that begin a line of their own.
_BLOCK = _names(
    "address article aside blockquote body center details dd div dl dt fieldset figcaption figure footer form h1 h2 h3",
    "h4 h5 h6 head header hr html li main nav ol p pre section summary table tbody td tfoot th thead title tr ul",
)
#: Tags that only change how words look.
_INLINE = _names(
    "a abbr acronym b bdi bdo big cite code del dfn em font i ins kbd mark q s samp small span strike strong sub sup",
    "tt u var",
)
_VOID = _names("area base br col embed hr img input link meta param source wbr")
_HIDDEN = frozenset({"script", "style", "title"})
_KNOWN = _BLOCK | _INLINE | _VOID | _HIDDEN
_MAY_STAY_OPEN = _names("dd dt li p td th tr")
_HEADINGS = _names("h1 h2 h3 h4 h5 h6")
_CELLS = frozenset({"td", "th"})
_FEW_TAGS = 4  # in a text that does not begin with a tag: fewer may be words about a page rather than a page

# A tag ends at the first ">" and holds no "<": the engine looks at every character once. Code between back-ticks is
# passed over, and so are Markdown's fences.
_TAG = re.compile(r"(?P<code>`[^`\n]+`)|<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9]*)(?P<rest>(?:[\s/][^<>]*)?)>")
_COMMENT_ENDS = re.compile(r"<!--|-->")
_CONDITIONAL = re.compile(
    r"<!\[[^<>\]]{0,40}\]>|<!DOCTYPE[^<>]{0,300}>|<\?xml[^<>]{0,200}\?>"
    r"|</?[ovwm]:\w+[^<>]{0,300}>",
    re.I,
)
_ALT = re.compile(r"\salt\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)')", re.I)
_IS_QUOTED = re.compile(r"type\s*=\s*[\"']?cite|gmail_quote|yahoo_quoted|moz-cite", re.I)
_SPACES = re.compile(r"[ \t]*\n\s*|[ \t]+")
_BEGINS_WITH_TAG = re.compile(r"^[ \t]*<(?:!doctype|!--|/?[a-z][a-z0-9]*[\s/>])", re.I | re.M)


def html_to_text(text: str) -> str:
    """The text without tags and comments, entities decoded; unchanged where it is not HTML.

    Block tags become line breaks, headings become Markdown headings, quoted mail gets a ">" before each line, the
    content of ``<pre>`` a fence around it. Scripts and styles are dropped. Takes time linear in the text.
    """
    if "<" not in text:
        return text
    if "<!--" in text:
        text = _without_comments(text)
    tags = _tags_of(text)
    if not tags:
        return text
    text = _CONDITIONAL.sub("", text)
    return _Writer(tags, is_page=_is_page(text, tags)).write(text)


def _without_comments(text: str) -> str:
    """The text without ``<!-- ... -->``; one that is not closed stays."""
    kept: list[str] = []
    position, begin = 0, -1
    for match in _COMMENT_ENDS.finditer(text):
        if begin < 0 and match.group() == "<!--":
            begin = match.start()
        elif begin >= 0 and match.group() == "-->":
            kept.append(text[position:begin])
            position, begin = match.end(), -1
    kept.append(text[position:])
    return "".join(kept)


def _tags_of(text: str) -> frozenset[str]:
    """Names whose tags are markup in this text; none where the text is not HTML.

    A tag counts where it is closed: ``<input>`` or ``<address>`` alone stands for a value in a command line.
    """
    opened: dict[str, int] = {}
    closed: dict[str, int] = {}
    is_written = False
    for match in _TAG.finditer(text):
        name = (match["name"] or "").lower()
        if name not in _KNOWN:
            continue
        counts = closed if match["end"] else opened
        counts[name] = counts.get(name, 0) + 1
        is_written |= name in ("br", "hr") or (name == "img" and "=" in match["rest"])
    paired = {name for name in closed if name in opened}
    if not paired and not is_written:
        return frozenset()
    blocks = {name for name in paired if name not in _INLINE}
    n_tags = sum(opened.values()) + sum(closed.values())
    if blocks and n_tags < _FEW_TAGS and not _BEGINS_WITH_TAG.search(text):
        return frozenset()
    loose = _MAY_STAY_OPEN if blocks or "br" in opened else frozenset()
    return frozenset(paired | set(closed) & {"p", "br"} | _VOID | loose)


def _is_page(text: str, tags: frozenset[str]) -> bool:
    """Whether line breaks are laid out by tags: then those of the source mean nothing."""
    lines = text.count("\n")
    n_breaks = len(re.findall(r"<(?:br|p|div|li|tr|h[1-6])\b", text, re.I))
    return bool(tags & {"html", "body"}) or (n_breaks > 0 and n_breaks >= lines)


class _Writer:
    """Goes through the tags once and collects the words between them."""

    def __init__(self, tags: frozenset[str], *, is_page: bool) -> None:
        self._tags = tags
        self._is_page = is_page
        self._out: list[str] = []
        self._hidden = ""  # the tag whose content is being dropped
        self._n_pre = 0
        self._quotes: list[bool] = []

    def write(self, text: str) -> str:
        position = 0
        for match in _TAG.finditer(text):
            name = (match["name"] or "").lower()
            if match["code"] is not None or name not in self._tags:
                continue
            if name in _VOID and name not in ("br", "hr", "wbr") and "=" not in match["rest"]:
                continue  # <input> without attributes is a word
            self._words(text[position : match.start()])
            position = match.end()
            self._tag(name, bool(match["end"]), match["rest"])
        self._words(text[position:])
        return "".join(self._out)

    def _words(self, piece: str) -> None:
        if self._hidden or not piece:
            return
        if (
            self._is_page and not self._n_pre and self._out
        ):  # before the first tag stands the title, on a line of its own
            piece = _SPACES.sub(" ", piece)
        if "&" in piece:
            piece = unescape(piece).replace("\xa0", " ")
        self._out.append(piece)

    def _tag(self, name: str, is_end: bool, rest: str) -> None:
        if self._hidden:
            if is_end and name == self._hidden:
                self._hidden = ""
            return
        if name in _HIDDEN and self._is_page and not is_end and not rest.endswith("/"):
            self._hidden = name
        elif name in ("blockquote", "div") and self._is_quote(name, is_end, rest):
            self._break()
        elif name == "pre":
            self._n_pre = max(self._n_pre + (-1 if is_end else 1), 0)
            self._out.append("\n```\n")
        elif name in _HEADINGS and not is_end:
            self._break("## ")
        elif name == "img":
            alt = _ALT.search(rest)
            self._out.append(f" {alt[1] or alt[2] or ''} " if alt else " ")
        elif name in _CELLS:
            self._out.append(" ")
        elif name in _BLOCK or name == "br":
            self._break()

    def _is_quote(self, name: str, is_end: bool, rest: str) -> bool:
        """Keeps count of what is open; True where a quoted mail begins or ends."""
        if is_end:
            return bool(self._quotes) and self._quotes.pop()
        self._quotes.append(name == "blockquote" or bool(_IS_QUOTED.search(rest)))
        return self._quotes[-1]

    def _break(self, begin: str = "") -> None:
        depth = min(sum(self._quotes[-4:]), 3) if self._quotes else 0
        self._out.append("\n" + "> " * depth + begin)
