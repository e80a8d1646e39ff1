"""Documents that are written as a tree of nodes, as their text: Atlassian Document Format and its relatives.

Nodes as in https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/ (Jira Cloud, Confluence); the
editors ProseMirror and TipTap write the same tree, some with names such as ``bullet_list``. Lists, headings, quotes and
code get the marks that Markdown has for them, so that cleaning knows what they are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

_MAX_DEPTH = 200
_FENCE = "```"
_OF_DOCUMENT = frozenset({"type", "version", "content", "attrs", "marks"})

Node = Mapping[str, Any]


def is_rich_text(value: Mapping[str, Any]) -> bool:
    """Whether an object is such a document and nothing else: ``{"type": "doc", "content": [nodes]}``."""
    content = value.get("content")
    return (
        value.get("type") == "doc"
        and value.keys() <= _OF_DOCUMENT
        and isinstance(content, list)
        and all(isinstance(node, dict) and isinstance(node.get("type"), str) for node in content)
    )


def rich_text(document: Node) -> str:
    """The words of a document: a blank line between its blocks, one line for each item of a list.

    Raises RecursionError where nodes are nested without end.
    """
    return _blocks(_content(document), 0)


def _content(node: Node) -> Sequence[Node]:
    content = node.get("content")
    return [item for item in content if isinstance(item, dict)] if isinstance(content, list) else []


def _attribute(node: Node, *names: str) -> str:
    attributes = node.get("attrs")
    if not isinstance(attributes, dict):
        return ""
    return next((str(attributes[name]) for name in names if attributes.get(name) not in (None, "")), "")


def _kind(node: Node) -> str:
    return str(node.get("type", "")).replace("_", "").lower()


def _blocks(nodes: Sequence[Node], depth: int, between: str = "\n\n") -> str:
    """Blocks one below the other; what stands in a line is put together."""
    if depth > _MAX_DEPTH:
        raise RecursionError
    pieces: list[str] = []
    line: list[Node] = []
    for node in nodes:
        if _kind(node) in _INLINE:
            line.append(node)
            continue
        pieces += [_inline(line, depth), _block(node, depth)]
        line = []
    pieces.append(_inline(line, depth))
    return between.join(piece for piece in pieces if piece.strip())


def _block(node: Node, depth: int) -> str:
    kind, content = _kind(node), _content(node)
    if kind in ("bulletlist", "orderedlist", "tasklist", "decisionlist"):
        return _list(node, depth)
    if kind == "codeblock":
        return f"{_FENCE}\n{_inline(content, depth)}\n{_FENCE}"
    if kind == "heading":
        return f"## {_inline(content, depth)}"
    if kind == "blockquote":
        return "\n".join(f"> {line}" for line in _blocks(content, depth + 1).split("\n"))
    if kind == "table":
        return "\n".join(filter(None, (_row(row, depth) for row in content)))
    title = _attribute(node, "title") if kind in ("expand", "nestedexpand") else ""
    if content:
        return "\n\n".join(filter(None, (title, _blocks(content, depth + 1))))
    return title or _leaf(node)


def _list(node: Node, depth: int) -> str:
    is_numbered = _kind(node) == "orderedlist"
    lines = []
    for number, item in enumerate(_content(node), start=1):
        first, *others = _blocks(_content(item) or [item], depth + 1, "\n").split("\n")
        lines.append(f"{f'{number}.' if is_numbered else '-'} {first}")
        lines += [f"  {other}" for other in others]
    return "\n".join(lines)


def _row(row: Node, depth: int) -> str:
    cells = (_blocks(_content(cell) or [cell], depth + 2, " ").replace("\n", " ") for cell in _content(row) or [row])
    return " | ".join(cells)


def _inline(nodes: Sequence[Node], depth: int) -> str:
    return "".join(_words(node, depth + 1) for node in nodes)


def _words(node: Node, depth: int) -> str:
    """What one node in a line says; what it holds, where it is of a kind that nobody knows."""
    text = node.get("text")
    if isinstance(text, str):
        return text + _address(node, text)
    content = _content(node)
    if content and depth <= _MAX_DEPTH:
        return _inline(content, depth)
    return _leaf(node)


def _address(node: Node, text: str) -> str:
    """The address of a link, where the text is not the address itself."""
    marks = node.get("marks")
    for mark in marks if isinstance(marks, list) else ():
        if isinstance(mark, dict) and mark.get("type") == "link":
            address = _attribute(mark, "href")
            return f" ({address})" if address and address != text else ""
    return ""


def _leaf(node: Node) -> str:
    known = _LEAVES.get(_kind(node))
    return known(node) if known else _attribute(node, "text", "url", "alt")


def _date(node: Node) -> str:
    stamp = _attribute(node, "timestamp")
    try:
        return dt.datetime.fromtimestamp(int(stamp) / 1000, dt.UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return stamp


_LEAVES: Mapping[str, Callable[[Node], str]] = {
    "hardbreak": lambda _: "\n",
    "mention": lambda node: _attribute(node, "text") or f"@{_attribute(node, 'label', 'id')}",
    "emoji": lambda node: _attribute(node, "text", "shortName"),
    "status": lambda node: f"[{_attribute(node, 'text')}]",
    "date": _date,
    "inlinecard": lambda node: _attribute(node, "url"),
    "rule": lambda _: "",
    "media": lambda node: _attribute(node, "alt"),
    "image": lambda node: _attribute(node, "alt", "title"),
}
_INLINE = frozenset(
    ("text", "hardbreak", "mention", "emoji", "status", "date", "inlinecard", "placeholder", "inlineextension",
     "mediainline", "image")
)  # fmt: skip
