"""Near-duplicates: every pair above a cosine, and groups that never chain.

Pairs are found once down to a floor; a group of duplicates for any threshold above it is then a matter of
milliseconds. Groups are made by leaders: the text whose near-duplicates have most records stands for its group, and
every member is directly similar to it. Connected components would join A and C because both resemble B, and at a
cosine of 0.7 put a quarter of a bug tracker into one group.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from explorer.params import DuplicateParams
from explorer.types import NO_GROUP, Distinct, Duplicates, Floats, Ints, Neighbours, Pairs, Progress, ProgressCallback

DIGITS = 6  # similarities are rounded before they are compared: beyond that a sum's order decides
_BLOCK = 512
_FLOOR_STEP = 0.01
_ABOUT_THE_SAME = 1.25  # ratio of two numbers of records
_CANDIDATES = 5  # members of a group that may lead it in the place of one seen less often


def find_pairs(vectors: Floats, neighbours: Neighbours, params: DuplicateParams, progress: ProgressCallback) -> Pairs:
    """Every pair of texts at least ``min(floor, threshold)`` alike; ``vectors`` (d, dim) are of unit length.

    A text whose farthest known neighbour is below the floor has all its pairs in the graph; any other text is
    compared with every text. Where more than ``max_pairs`` exist the floor is raised, and the result says so.
    """
    asked = min(params.floor, params.threshold)
    pile = _Pile(asked, params.max_pairs)
    d, k = neighbours.texts.shape
    crowded = neighbours.similarity[:, -1] >= asked - 1e-4 if 0 < k < d - 1 else np.zeros(d, dtype=np.bool_)
    rows = np.repeat(np.arange(d), k).reshape(d, k)
    # A pair of which one side is crowded is found below; so no pair comes twice but the two directions of one here.
    near = (neighbours.similarity >= asked - 1e-4) & ~crowded[:, None] & ~crowded[neighbours.texts]
    pile.add(rows[near], neighbours.texts[near], vectors)
    members = np.flatnonzero(crowded)
    for start in range(0, len(members), _BLOCK):
        block = members[start : start + _BLOCK]
        similarity = vectors[block] @ vectors.T
        line, column = np.nonzero(similarity >= pile.floor - 1e-4)
        once = ~crowded[column] | (column > block[line])
        pile.add(block[line[once]], column[once], vectors)
        progress(Progress("duplicates", start + len(block), len(members)))
    return pile.pairs()


class _Pile:
    """Pairs so far; drops the least alike when there are too many."""

    def __init__(self, floor: float, max_pairs: int) -> None:
        self.asked = self.floor = floor
        self._max = max_pairs
        self._parts: list[tuple[Ints, Floats]] = []
        self._n = 0
        self._d = 1

    def add(self, rows: Ints, columns: Ints, vectors: Floats) -> None:
        """Adds pairs that reach the floor; either order, and repeats within one call, are allowed."""
        d = len(vectors)
        low, high = np.minimum(rows, columns), np.maximum(rows, columns)
        keys = np.unique((low * d + high)[low != high])
        similarity = exact_similarity(vectors, keys // d, keys % d)
        kept = similarity >= np.float32(self.floor)
        self._parts.append((keys[kept], similarity[kept]))
        self._n += int(kept.sum())
        self._d = d
        if self._n > 2 * self._max:
            self._shrink()

    def _shrink(self) -> tuple[Ints, Floats]:
        """One part instead of many, of at most as many pairs as are allowed."""
        keys = np.concatenate([np.zeros(0, dtype=np.int64), *(part[0] for part in self._parts)])
        similarity = np.concatenate([np.zeros(0, dtype=np.float32), *(part[1] for part in self._parts)])
        while len(keys) > self._max and self.floor < 1.0:
            self.floor = round(min(self.floor + _FLOOR_STEP, 1.0), 2)
            kept = similarity >= np.float32(self.floor)
            keys, similarity = keys[kept], similarity[kept]
        self._parts, self._n = [(keys, similarity)], len(keys)
        return keys, similarity

    def pairs(self) -> Pairs:
        keys, similarity = self._shrink()
        order = np.lexsort((keys, -similarity))
        keys = keys[order]
        opposed = np.zeros(len(keys), dtype=np.bool_)
        return Pairs(keys // self._d, keys % self._d, similarity[order], self.floor, self.asked, opposed)


def exact_similarity(vectors: Floats, a: Ints, b: Ints) -> Floats:
    """Cosine (p,) of the pairs of unit vectors ``a``, ``b`` (p,), summed in double precision and rounded."""
    out = np.empty(len(a), dtype=np.float32)
    for start in range(0, len(a), 20_000):
        part = slice(start, start + 20_000)
        sums = np.einsum("ij,ij->i", vectors[a[part]], vectors[b[part]], dtype=np.float64)
        out[part] = np.round(np.clip(sums, -1.0, 1.0), DIGITS)
    return out


def group_duplicates(pairs: Pairs, distinct: Distinct, threshold: float) -> Duplicates:
    """Groups at ``threshold`` (at least ``pairs.floor``); see :class:`explorer.types.Duplicates`.

    Pairs that are opposed count as pairs and join nothing, nor are they both in one group by way of a third text.
    Leaders are taken in the order of how many records they stand for (see :func:`_by_standing`); then every member
    moves to the leader it is most alike. Neither depends on the order of the file.
    """
    d = distinct.n_texts
    alike = pairs.similarity >= np.float32(round(threshold, DIGITS))
    near = alike & ~pairs.opposed
    a, b, similarity = pairs.a[near], pairs.b[near], pairs.similarity[near]
    source, target = np.concatenate([a, b]), np.concatenate([b, a])
    both = np.concatenate([similarity, similarity])
    order = np.lexsort((target, -both, source))
    source, target, both = source[order], target[order], both[order]
    start = np.searchsorted(source, np.arange(d + 1))
    reach = distinct.counts + np.bincount(source, weights=distinct.counts[target], minlength=d).astype(np.int64)

    leader = np.full(d, NO_GROUP, dtype=np.int64)
    candidates = np.flatnonzero(reach >= 2)
    for text in candidates[_by_standing(reach[candidates], distinct.counts[candidates], candidates)]:
        if leader[text] == NO_GROUP:
            members = target[start[text] : start[text + 1]]
            leader[members[leader[members] == NO_GROUP]] = text
            leader[text] = text
    _take_in_the_lonely(leader, distinct.counts, target, start)
    to_leader = _settle(leader, distinct.counts, source, target, both)
    _lead_by_the_frequent(leader, to_leader, distinct.counts, start, target, both)
    _part_the_opposed(leader, to_leader, distinct.counts, pairs, _Near(start, target, both))
    groups = _numbered(leader, to_leader, distinct, threshold)
    return replace(groups, n_pairs=int(alike.sum()), n_opposed=int((alike & pairs.opposed).sum()))


def _by_standing(reach: Ints, counts: Ints, texts: Ints) -> Ints:
    """The order in which texts become leaders: by the records they and their near-duplicates have, and where that is
    about the same, by their own. A line seen once that is near to one seen a thousand times must not stand for it."""
    about = np.floor(np.log(reach) / np.log(_ABOUT_THE_SAME))
    return np.lexsort((texts, -reach, -counts, -about))


def _take_in_the_lonely(leader: Ints, counts: Ints, target: Ints, start: Ints) -> None:
    """Gives (in place) a leader whose near-duplicates had all been taken one of them back.

    Where that would leave the other leader alone instead, the near-duplicate is like both, and leads all three.
    """
    size = np.bincount(leader[leader >= 0], weights=counts[leader >= 0], minlength=len(leader)).astype(np.int64)
    for lonely in np.flatnonzero((leader == np.arange(len(leader))) & (size == 1)):
        if size[lonely] > 1:  # it was taken in meanwhile
            continue
        friend = target[start[lonely]]  # the most similar one
        old = leader[friend]
        if old == friend:
            new = friend
        elif size[old] - counts[friend] >= 2:
            new = lonely
            leader[friend] = new
            size[old] -= counts[friend]
            size[new] += counts[friend]
        else:
            new = friend
            leader[old] = leader[friend] = new
            size[new], size[old] = size[old], 0
        if new != lonely:
            leader[lonely] = new
            size[new] += size[lonely]
            size[lonely] = 0


def _settle(leader: Ints, counts: Ints, source: Ints, target: Ints, similarity: Floats) -> Floats:
    """Moves each member (in place) to the most similar leader it is near to; returns its similarity to it (d,).

    A move that would leave a leader alone is not made: its near-duplicate would have lost its group.
    """
    d = len(leader)
    is_leader = leader == np.arange(d)
    out = np.where(is_leader, np.float32(1.0), np.float32(0.0))
    edge = is_leader[target] & ~is_leader[source] & (leader[source] != NO_GROUP)
    source, target, similarity = source[edge], target[edge], similarity[edge]
    size = np.bincount(leader[leader >= 0], weights=counts[leader >= 0], minlength=d)
    members, first = np.unique(source, return_index=True)  # edges are sorted: the most similar leader comes first
    for text, best in zip(members, target[first], strict=True):
        old = leader[text]
        if best != old and size[old] - counts[text] >= 2:
            size[old] -= counts[text]
            size[best] += counts[text]
            leader[text] = best
    own = leader[source] == target
    out[source[own]] = similarity[own]
    return out


def _lead_by_the_frequent(
    leader: Ints, to_leader: Floats, counts: Ints, start: Ints, target: Ints, similarity: Floats
) -> None:
    """Where a member that is seen more often than the leader is near to all others too, it leads (in place).

    A leader is chosen for all that is near to it, and much of that can have moved to other leaders since.
    """
    texts = np.flatnonzero(leader >= 0)
    texts = texts[np.lexsort((texts, -counts[texts], leader[texts]))]  # of a group the most frequent first
    for members in np.split(texts, np.flatnonzero(np.diff(leader[texts])) + 1):
        for new in members[:_CANDIDATES]:
            if counts[new] <= counts[leader[new]]:
                break
            near = slice(start[new], start[new + 1])
            alike = dict(zip(target[near].tolist(), similarity[near].tolist(), strict=True)) | {int(new): 1.0}
            if alike.keys() >= set(members.tolist()):
                leader[members] = new
                to_leader[members] = [alike[text] for text in members.tolist()]
                break


class _Near(NamedTuple):
    """The near-duplicates of d texts, each text's own together, the most similar first."""

    start: Ints
    target: Ints
    similarity: Floats

    def of(self, text: int) -> dict[int, float]:
        own = slice(self.start[text], self.start[text + 1])
        return dict(zip(self.target[own].tolist(), self.similarity[own].tolist(), strict=True))


def _part_the_opposed(leader: Ints, to_leader: Floats, counts: Ints, pairs: Pairs, near: _Near) -> None:
    """Takes (in place) members that are opposed to another member out of groups, whose leader is like both.

    "The pump was switched" is near to "switched on" and to "switched off". Those with most records stay; the others
    go to the group of another leader they are near to, or make one of their own where they can.
    """
    a, b = pairs.a[pairs.opposed], pairs.b[pairs.opposed]
    torn = np.unique(leader[a[(leader[a] == leader[b]) & (leader[a] != NO_GROUP)]])
    if not len(torn):
        return
    opposed: dict[int, set[int]] = defaultdict(set)
    asked = np.isin(leader[a], torn) | np.isin(leader[b], torn)
    for one, other in zip(a[asked].tolist(), b[asked].tolist(), strict=True):
        opposed[one].add(other)
        opposed[other].add(one)
    members: dict[int, set[int]] = defaultdict(set)
    for text in np.flatnonzero(leader != NO_GROUP).tolist():
        members[int(leader[text])].add(text)
    leaving: list[int] = []
    for led in torn.tolist():
        own = np.array(sorted(members[led]))
        staying: set[int] = set()
        for text in own[np.lexsort((own, -to_leader[own], -counts[own], own != led))].tolist():
            (leaving.append if opposed[text] & staying else staying.add)(text)
        members[led] = staying
    leader[leaving] = NO_GROUP
    to_leader[leaving] = 0.0
    leaving.sort(key=lambda text: (-int(counts[text]), text))
    for text in leaving:
        alike = near.of(text)
        fits = (led for led in alike if leader[led] == led and not opposed[text] & members[led])
        led = next(fits, text)
        leader[text], to_leader[text] = led, alike.get(led, 1.0)
        members[led].add(text)
    for text in leaving:
        if members[text] == {text} and counts[text] == 1:
            leader[text], to_leader[text] = NO_GROUP, 0.0


def _numbered(leader: Ints, to_leader: Floats, distinct: Distinct, threshold: float) -> Duplicates:
    """Numbers the groups, most records first; without the counts of pairs."""
    d = distinct.n_texts
    size = np.bincount(leader[leader >= 0], weights=distinct.counts[leader >= 0], minlength=d).astype(np.int64)
    leaders = np.flatnonzero(size)
    leaders = leaders[np.lexsort((leaders, -size[leaders]))]
    number = np.full(d + 1, NO_GROUP, dtype=np.int64)
    number[leaders] = np.arange(len(leaders))
    group = number[leader]
    return Duplicates(
        threshold=threshold,
        group=group,
        representative=leaders,
        similarity=np.where(group == NO_GROUP, np.float32(0.0), to_leader).astype(np.float32),
        n_records=size[leaders],
        n_pairs=0,
        n_opposed=0,
    )
