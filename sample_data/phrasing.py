"""Reading the phrase files, and the dice that choose among the phrases.

Three formats, all plain text, one thought per line; ``#`` starts a comment line.

topics
    ``== name | product`` opens a topic. ``* title ~ title :: body`` is one case of it, ``+`` a detail that fits every
    case, ``?`` what its writers ask for. ``[a|b]`` is a choice, ``{slot}`` a blank. A case that speaks of a date
    carries ``#2026-02-01``: it is not written before that day.
recurring
    ``== name`` opens a topic, ``*`` its titles, ``1``, ``2`` and ``3`` the sentences that are combined anew each
    time.
texts
    ``== name | topic | day`` opens a section, ``@ title`` a text; the lines below it are its body, taken as they are.
manners
    ``== use`` opens a list, every line is one phrase of it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

PHRASES = Path(__file__).parent / "phrases"
T = TypeVar("T")

_CHOICE = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")
_SLOT = re.compile(r"\{([a-z_]+)\}")
_DAY = re.compile(r"\s*#(\d{4}-\d{2}-\d{2})\s*$")


class Dice:
    """Chance from one seed, the same on every Python.

    Only ``Random.random()`` is promised to give the same numbers in every version, so everything here is built on it
    and not on ``choice`` or ``shuffle``.
    """

    def __init__(self, *seed: object) -> None:
        self._random = random.Random(":".join(str(part) for part in seed))

    def chance(self, probability: float) -> bool:
        return self._random.random() < probability

    def between(self, low: int, high: int) -> int:
        """An integer from low to high, both included."""
        return low + int(self._random.random() * (high - low + 1))

    def pick(self, items: Sequence[T]) -> T:
        return items[int(self._random.random() * len(items))]

    def weighted(self, items: Sequence[T], weights: Sequence[float]) -> T:
        """One of the items, each as likely as its weight says."""
        mark = self._random.random() * sum(weights)
        for item, weight in zip(items, weights, strict=True):
            mark -= weight
            if mark < 0:
                return item
        return items[-1]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        mixed = list(items)
        for last in range(len(mixed) - 1, 0, -1):
            other = self.between(0, last)
            mixed[last], mixed[other] = mixed[other], mixed[last]
        return mixed

    def sample(self, items: Sequence[T], count: int) -> list[T]:
        return self.shuffled(items)[:count]

    def letters(self, count: int, alphabet: str = "0123456789abcdef") -> str:
        return "".join(self.pick(alphabet) for _ in range(count))

    def skewed(self, low: int, high: int) -> int:
        """An integer from low to high, small ones far more often: what durations and sizes look like."""
        return low + int((high - low) * self._random.random() ** 3)


@dataclass(frozen=True)
class Case:
    """One way a topic shows itself: titles people give it, and what they write."""

    titles: tuple[str, ...]
    body: str
    not_before: date | None = None


@dataclass
class Topic:
    """An underlying problem: its cases, details that fit all of them, and what is asked for."""

    name: str
    product: str
    cases: list[Case] = field(default_factory=list)
    details: list[str] = field(default_factory=list)
    asks: list[str] = field(default_factory=list)


@dataclass
class Recurring:
    """A matter that many people have, each for himself: titles, and sentences by their place in the ticket."""

    topic: str
    titles: tuple[str, ...] = ()
    sentences: dict[str, list[str]] = field(default_factory=lambda: {"1": [], "2": [], "3": []})


@dataclass(frozen=True)
class Text:
    """A ticket written by hand from beginning to end."""

    title: str
    body: str
    day: date | None = None


@dataclass
class Section:
    """Hand-written texts that belong together."""

    name: str
    topic: str
    day: date | None
    texts: list[Text] = field(default_factory=list)


def phrase_lines(name: str) -> Iterator[str]:
    """The lines of a phrase file without comments."""
    for line in (PHRASES / name).read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            yield line.rstrip()


def _take_day(text: str) -> tuple[str, date | None]:
    found = _DAY.search(text)
    return (_DAY.sub("", text), date.fromisoformat(found[1])) if found else (text, None)


def read_topics(*names: str) -> list[Topic]:
    """The topics of several files. A topic that is opened again goes on where it stopped."""
    topics: dict[str, Topic] = {}
    for name in names:
        topic = Topic("", "")
        for line in phrase_lines(name):
            kind, _, rest = line.partition(" ")
            if kind == "==":
                title, _, product = (part.strip() for part in rest.partition("|"))
                topic = topics.setdefault(title, Topic(title, product))
            elif kind == "*":
                rest, day = _take_day(rest)
                titles, _, body = rest.partition(" :: ")
                topic.cases.append(Case(tuple(t.strip() for t in titles.split(" ~ ")), body.strip(), day))
            elif kind == "+":
                topic.details.append(rest)
            elif kind == "?":
                topic.asks.append(rest)
    return list(topics.values())


def read_recurring(name: str) -> list[Recurring]:
    """The recurring matters of a file."""
    matters: list[Recurring] = []
    for line in phrase_lines(name):
        kind, _, rest = line.partition(" ")
        if kind == "==":
            matters.append(Recurring(rest))
        elif kind == "*":
            matters[-1].titles = tuple(title.strip() for title in rest.split(" ~ "))
        elif kind in ("1", "2", "3"):
            matters[-1].sentences[kind].append(rest)
    return matters


def read_texts(name: str) -> list[Section]:
    """The sections of a file of hand-written texts."""
    sections: list[Section] = []
    drafts: list[tuple[Section, str, list[str]]] = []
    for line in phrase_lines(name):
        if line.startswith("== "):
            parts = [part.strip() for part in line[3:].split("|")] + ["", ""]
            sections.append(Section(parts[0], parts[1], date.fromisoformat(parts[2]) if parts[2] else None))
        elif line.startswith("@ "):
            drafts.append((sections[-1], line[2:], []))
        elif drafts:
            drafts[-1][2].append(line)
    for section, title, body in drafts:
        title, day = _take_day(title)
        section.texts.append(Text(title.strip(), "\n".join(body).strip(), day))
    return sections


def read_manners(name: str) -> dict[str, list[str]]:
    """The lists of a file of phrases by their use."""
    manners: dict[str, list[str]] = {}
    use = ""
    for line in phrase_lines(name):
        if line.startswith("== "):
            use = line[3:].strip()
            manners[use] = []
        elif line:
            manners[use].append(line)
    return manners


def expand(text: str, slots: Mapping[str, str], dice: Dice) -> str:
    """Settle the choices of a phrase and fill its blanks. ``{n}`` is a new small number each time."""
    text = _CHOICE.sub(lambda found: dice.pick(found[1].split("|")), text)
    text = _SLOT.sub(lambda found: str(dice.between(2, 9)) if found[1] == "n" else slots[found[1]], text)
    return re.sub(r" +([,.])", r"\1", re.sub(r"  +", " ", text))
