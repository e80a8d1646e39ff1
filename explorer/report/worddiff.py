"""Where two texts differ, word by word, and which of the differences may matter.

A similar form is not the same problem: "error 404" and "error 500", "did complete" and "did not complete" lie close
together for any embedding. :func:`differing_facts` names such differences beside a pair.
"""

from __future__ import annotations

from collections import Counter
from itertools import groupby, zip_longest
from typing import Literal, NamedTuple, cast

from rapidfuzz.distance import Indel

from explorer.opposites import OPPOSITES, TOKEN, is_form, is_negation, is_number

Operation = Literal["equal", "replace", "delete", "insert"]
FactKind = Literal["number", "code", "negation", "opposite"]
_Step = tuple[Operation, int, int, int, int]

#: Beyond this many words times words two texts are compared as one changed piece between their common ends.
MAX_CELLS = 50_000_000


class Segment(NamedTuple):
    """A piece of two texts: the same in both, or changed, or only in one of them ("" in the other)."""

    op: Operation
    text_a: str
    text_b: str


class Fact(NamedTuple):
    """A difference that may matter: what stands in ``a`` and what in ``b`` ("" where there is nothing)."""

    kind: FactKind
    a: str
    b: str

    def __str__(self) -> str:
        return f"{self.a} / {self.b}" if self.a and self.b else self.a or self.b


def word_diff(a: str, b: str) -> list[Segment]:
    """The segments that turn ``a`` into ``b``, as few changed words as possible.

    Joined, the ``text_a`` give ``a`` and the ``text_b`` give ``b``. White space between two changes counts as changed.
    """
    left, right = TOKEN.findall(a), TOKEN.findall(b)
    return _joined(
        [
            Segment(op, "".join(left[a_from:a_to]), "".join(right[b_from:b_to]))
            for op, a_from, a_to, b_from, b_to in _opcodes(left, right)
        ]
    )


def differing_facts(a: str, b: str) -> list[Fact]:
    """Numbers, codes, negations and opposites in which ``a`` and ``b`` differ, each once, in reading order.

    Words are compared without their order, so that a moved number is no difference. A code is a word of letters and
    digits. This is a caution for the reader, not a verdict.
    """
    only_a, only_b = _only_in(a, b), _only_in(b, a)
    numbers = _side_by_side("number", list(filter(is_number, only_a)), list(filter(is_number, only_b)))
    codes = _side_by_side("code", list(filter(_is_code, only_a)), list(filter(_is_code, only_b)))
    denied_a, denied_b = list(filter(is_negation, only_a)), list(filter(is_negation, only_b))
    negations = [Fact("negation", " ".join(denied_a), " ".join(denied_b))] if len(denied_a) != len(denied_b) else []
    return list(dict.fromkeys([*numbers, *codes, *negations, *_opposites(only_a, only_b)]))


def _side_by_side(kind: FactKind, in_a: list[str], in_b: list[str]) -> list[Fact]:
    return [Fact(kind, one, other) for one, other in zip_longest(in_a, in_b, fillvalue="")]


def _opcodes(left: list[str], right: list[str]) -> list[_Step]:
    """Steps from ``left`` to ``right``: operation, from and to in ``left``, from and to in ``right``."""
    start, limit = 0, min(len(left), len(right))
    while start < limit and left[start] == right[start]:
        start += 1
    end = 0
    while end < limit - start and left[-1 - end] == right[-1 - end]:
        end += 1
    a_to, b_to = len(left) - end, len(right) - end
    middle: list[_Step] = [("replace", start, a_to, start, b_to)]
    if (a_to - start) * (b_to - start) <= MAX_CELLS:
        middle = [
            (cast(Operation, s.tag), s.src_start + start, s.src_end + start, s.dest_start + start, s.dest_end + start)
            for s in Indel.opcodes(left[start:a_to], right[start:b_to])
        ]
    return [("equal", 0, start, 0, start), *middle, ("equal", a_to, len(left), b_to, len(right))]


def _joined(segments: list[Segment]) -> list[Segment]:
    """Neighbouring pieces put together: changes with changes, across white space that lies between two changes."""
    kept = [piece for piece in segments if piece.text_a or piece.text_b]
    changed = [piece.op != "equal" for piece in kept]
    for i in range(1, len(kept) - 1):
        changed[i] = changed[i] or (kept[i].text_a.isspace() and changed[i - 1] and changed[i + 1])
    out: list[Segment] = []
    for is_change, pieces in groupby(zip(changed, kept, strict=True), key=lambda item: item[0]):
        run = [piece for _, piece in pieces]
        text_a, text_b = "".join(piece.text_a for piece in run), "".join(piece.text_b for piece in run)
        out.append(Segment(_operation(text_a, text_b) if is_change else "equal", text_a, text_b))
    return out


def _operation(text_a: str, text_b: str) -> Operation:
    if text_a and text_b:
        return "replace"
    return "delete" if text_a else "insert"


def _only_in(a: str, b: str) -> list[str]:
    """Words of ``a``, in reading order, beyond those that ``b`` has as well."""
    left = Counter(word for word in TOKEN.findall(a.lower()) if not word.isspace())
    left.subtract(word for word in TOKEN.findall(b.lower()) if not word.isspace())
    out: list[str] = []
    for word in TOKEN.findall(a):
        if left[word.lower()] > 0:
            left[word.lower()] -= 1
            out.append(word)
    return out


def _is_code(word: str) -> bool:
    return not is_number(word) and any(char.isdigit() for char in word)


def _opposites(only_a: list[str], only_b: list[str]) -> list[Fact]:
    facts = []
    for one, other in OPPOSITES:
        for first, second in ((one, other), (other, one)):
            in_a = [word for word in only_a if is_form(word, first)]
            in_b = [word for word in only_b if is_form(word, second)]
            if in_a and in_b:
                facts.append(Fact("opposite", in_a[0], in_b[0]))
    return facts
