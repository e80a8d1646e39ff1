"""Where the records of an XML document are: which elements repeat, and how they are built."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from explorer.ingest.readers.xml_parts import Attributes, DamagedError

MAX_DEPTH = 100
_MAX_NAMES = 300  # different values of an attribute "name" that are kept
#: Elements that are a record even where there is only one of them.
_RECORD_NAMES = frozenset(
    ("item", "entry", "row", "record", "bug", "issue", "ticket", "incident", "case", "request", "task", "problem",
     "message", "document", "doc", "post", "comment", "event")
)  # fmt: skip
NAME = "name"


@dataclass
class Node:
    """All elements that stand at one path, taken together. ``most`` is the largest number beneath one parent."""

    name: str
    children: dict[str, Node] = field(default_factory=dict)
    n: int = 0
    most: int = 0
    n_own_characters: int = 0
    n_named: int = 0
    names: set[str] = field(default_factory=set)
    has_attributes: bool = False

    @property
    def is_field(self) -> bool:
        """Whether the elements are fields that an attribute names: ``<field name="summary">``.

        The same names come again in each record; people's names in a list would not.
        """
        few = len(self.names) <= min(2 * self.most, _MAX_NAMES)
        return self.most >= 2 and self.n_named == self.n and len(self.names) > 1 and few

    def n_characters(self) -> int:
        """Characters of all texts in these elements."""
        total, waiting = 0, [self]
        while waiting:
            node = waiting.pop()
            total += node.n_own_characters
            waiting.extend(node.children.values())
        return total


class Outline:
    """Handlers that count the elements at each path."""

    def __init__(self) -> None:
        self.root = Node("")
        self._path = [self.root]
        self._siblings: list[dict[str, int] | None] = [None]

    def start(self, tag: str, attributes: Attributes) -> None:
        tag = tag.rpartition(":")[2]
        if len(self._path) > MAX_DEPTH:
            raise DamagedError(f"elements more than {MAX_DEPTH} deep")
        parent, siblings = self._path[-1], self._siblings[-1]
        if siblings is None:
            siblings = self._siblings[-1] = {}
        node = parent.children.get(tag)
        if node is None:
            node = parent.children[tag] = Node(tag)
        n_alike = siblings[tag] = siblings.get(tag, 0) + 1
        node.n += 1
        if n_alike > node.most:
            node.most = n_alike
        if attributes:
            node.has_attributes = True
            name = attributes.get(NAME)
            if name:
                node.n_named += 1
                if len(node.names) <= _MAX_NAMES:
                    node.names.add(name)
        self._path.append(node)
        self._siblings.append(None)

    def end(self, _: str) -> None:
        if len(self._path) > 1:  # the element around everything is none of the document
            self._path.pop()
            self._siblings.pop()

    def text(self, data: str) -> None:
        self._path[-1].n_own_characters += len(data) - data.count(" ") - data.count("\n")

    @property
    def depth(self) -> int:
        """Elements that are open."""
        return len(self._path) - 1


def find_record_paths(root: Node) -> list[tuple[str, ...]]:
    """Paths of elements that can be records, those with the most text first; empty where nothing repeats."""
    found = list(_search(root, ()))
    found.sort(key=lambda one: (not _is_structured(one[1]), -one[1].n_characters()))
    return [path for path, _ in found]


def node_at(root: Node, path: tuple[str, ...]) -> Node:
    """The elements at a path that exists."""
    for name in path:
        root = root.children[name]
    return root


def _search(node: Node, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Node]]:
    for name, child in node.children.items():
        here = (*path, name)
        repeats = child.most >= 2 or (name.lower() in _RECORD_NAMES and _is_structured(child))
        if repeats and not child.is_field and not _is_page(child, is_document=not path):
            yield here, child
        else:
            yield from _search(child, here)


def _is_structured(node: Node) -> bool:
    return bool(node.children) or node.has_attributes


def _is_page(node: Node, *, is_document: bool) -> bool:
    """Whether an element only holds a list of records: ``<page><issue/><issue/></page>``.

    What repeats in one is a record where it holds several things: cells of a row hold one. Documents behind one another
    have no such doubt.
    """
    inner = list(node.children.values())
    least = 1 if is_document else 2
    return len(inner) == 1 and inner[0].most >= 2 and len(inner[0].children) >= least and not node.n_own_characters
