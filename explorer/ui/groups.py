"""Duplicate groups and pairs as a page needs them: pure functions from an analysis to lists and tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from explorer.copies import copy_rows, pair_kind
from explorer.pipeline import with_threshold
from explorer.report.cells import page_text, without_surrogates
from explorer.report.worddiff import Fact, differing_facts, word_diff
from explorer.types import NO_GROUP, Analysis, Bools, Duplicates, Floats, Frozen, Ints, PairKind, Times

SNIPPET = 140  # characters of a text in a table
BELOW = 0.05  # how far under the threshold pairs are offered as "just below"
_MOST_FACTS = 3
_LEADING_TIME = "<time> "  # as masking leaves it
_NOUNS = {"number": "number", "code": "code", "opposite": "opposite"}
_CAUTION = 100  # characters


class Curve(NamedTuple):
    """What each threshold would find: ``threshold`` (m,) ascending, and the counts at it."""

    threshold: Floats
    n_groups: Ints
    n_mergeable: Ints
    n_pairs: Ints


@dataclass(frozen=True, eq=False)
class GroupFacts(Frozen):
    """Per group (g,): distinct texts, the lowest similarity to the representative, its cluster, first and last time."""

    n_texts: Ints
    lowest: Floats
    cluster: Ints
    first: Times | None
    last: Times | None


class Member(NamedTuple):
    """One distinct text of a group: ``rows`` are its records, ``row`` the one that stands for them."""

    text: int
    row: int
    rows: Ints
    similarity: float


class PairList(NamedTuple):
    """Pairs of records in the order in which they are listed."""

    row_a: Ints
    row_b: Ints
    similarity: Floats

    def at(self, which: Bools | slice) -> PairList:
        """The pairs that ``which`` picks."""
        return PairList(self.row_a[which], self.row_b[which], self.similarity[which])


def n_mergeable(duplicates: Duplicates) -> int:
    """How many records would go if every group became one record."""
    return int(duplicates.n_records.sum()) - duplicates.n_groups


def threshold_curve(analysis: Analysis, thresholds: Sequence[float]) -> Curve:
    """The counts at each of ``thresholds``."""
    found = [with_threshold(analysis, threshold) for threshold in thresholds]
    return Curve(
        np.array(thresholds, dtype=np.float32),
        np.array([one.n_groups for one in found], dtype=np.int64),
        np.array([n_mergeable(one) for one in found], dtype=np.int64),
        np.array([one.n_pairs for one in found], dtype=np.int64),
    )


def group_facts(analysis: Analysis, duplicates: Duplicates) -> GroupFacts:
    """What the list of groups says about each."""
    n_groups = duplicates.n_groups
    inside = duplicates.group != NO_GROUP
    group = duplicates.group[inside]
    lowest = np.ones(n_groups, dtype=np.float32)
    np.minimum.at(lowest, group, duplicates.similarity[inside])
    first = last = None
    if analysis.corpus.times is not None and n_groups:
        first, last = _spans(analysis.corpus.times, analysis.row_values(duplicates.group, NO_GROUP), n_groups)
    return GroupFacts(
        n_texts=np.bincount(group, minlength=n_groups).astype(np.int64),
        lowest=lowest,
        cluster=analysis.clusters.label[duplicates.representative],
        first=first,
        last=last,
    )


def _spans(times: Times, group_of_row: Ints, n_groups: int) -> tuple[Times, Times]:
    rows = np.flatnonzero((group_of_row != NO_GROUP) & ~np.isnat(times))
    rows = rows[np.lexsort((times[rows], group_of_row[rows]))]
    groups, start = np.unique(group_of_row[rows], return_index=True)
    first = np.full(n_groups, np.datetime64("NaT"), dtype="datetime64[ms]")
    last = first.copy()
    first[groups] = times[rows[start]]
    last[groups] = times[rows[np.append(start[1:], len(rows)) - 1]] if len(rows) else first[groups]
    return first, last


def ordered_groups(duplicates: Duplicates, facts: GroupFacts, *, least_alike_first: bool) -> Ints:
    """Group numbers, largest first, or with the group first whose weakest member is least like its representative."""
    numbers = np.arange(duplicates.n_groups)
    return numbers[np.lexsort((numbers, facts.lowest))] if least_alike_first else numbers


def groups_frame(analysis: Analysis, duplicates: Duplicates, facts: GroupFacts, groups: Ints) -> pd.DataFrame:
    """The list of ``groups`` as it is shown, one line each."""
    rows = analysis.distinct.first_row[duplicates.representative[groups]]
    frame = pd.DataFrame(
        {
            "Group": groups,
            "Records": duplicates.n_records[groups],
            "Lowest": np.round(facts.lowest[groups].astype(np.float64), 4),
            "Text": snippets(analysis, rows),
            "Texts": facts.n_texts[groups],
            "Cluster": [without_surrogates(analysis.clusters.name_of(int(label))) for label in facts.cluster[groups]],
        }
    )
    if facts.first is not None and facts.last is not None:
        frame["First"], frame["Last"] = facts.first[groups], facts.last[groups]
    return frame


def snippets(analysis: Analysis, rows: Ints) -> list[str]:
    """One line of each record's text, for a table; masked where the corpus is, without the time that begins it."""
    return [page_text(compared(analysis, row).removeprefix(_LEADING_TIME), SNIPPET) for row in rows.tolist()]


def compared(analysis: Analysis, row: int) -> str:
    """A record's text as it was compared: masked where the corpus is, otherwise as it stands."""
    text = int(analysis.distinct.text_of_row[row])
    return analysis.distinct.texts[text] if analysis.corpus.mask and text >= 0 else analysis.corpus.texts[row]


def _counted(analysis: Analysis, row: int) -> str:
    """What counts of a record's text, on one line where something does not."""
    text = int(analysis.distinct.text_of_row[row])
    return analysis.distinct.texts[text] if analysis.corpus.left_out and text >= 0 else analysis.corpus.texts[row]


def texts_with(analysis: Analysis, query: str) -> Bools:
    """(d,) texts one of whose records has every word of ``query``, or has it as its id."""
    needle = query.strip().casefold()
    words = needle.split()
    out = np.zeros(analysis.distinct.n_texts, dtype=np.bool_)
    records = zip(analysis.distinct.text_of_row.tolist(), analysis.corpus.ids, analysis.corpus.texts, strict=True)
    for text, own_id, words_of_record in records:
        if text < 0 or out[text]:
            continue
        folded = words_of_record.casefold()
        out[text] = own_id.casefold() == needle or all(word in folded for word in words)
    return out


def group_members(analysis: Analysis, duplicates: Duplicates, group: int) -> list[Member]:
    """The group's texts with their records: the representative first, then most alike first. Every record of the
    group is in exactly one of them."""
    distinct = analysis.distinct
    texts = np.flatnonzero(duplicates.group == group)
    is_other = texts != duplicates.representative[group]
    texts = texts[np.lexsort((texts, -duplicates.similarity[texts], is_other))]
    rows = np.flatnonzero(analysis.row_values(duplicates.group, NO_GROUP) == group)
    rows = rows[np.argsort(distinct.text_of_row[rows], kind="stable")]
    of_rows = distinct.text_of_row[rows]
    start, stop = np.searchsorted(of_rows, texts), np.searchsorted(of_rows, texts, side="right")
    return [
        Member(text, int(distinct.first_row[text]), rows[first:last], float(duplicates.similarity[text]))
        for text, first, last in zip(texts.tolist(), start.tolist(), stop.tolist(), strict=True)
    ]


def records_frame(analysis: Analysis, rows: Ints, first: int) -> pd.DataFrame:
    """Records of one text as they stand; the kind says how each repeats the record ``first``."""
    texts, times = analysis.corpus.texts, analysis.corpus.times
    frame = pd.DataFrame(
        {
            "Id": [without_surrogates(analysis.corpus.ids[row]) for row in rows.tolist()],
            "Text": [page_text(texts[row], 4 * SNIPPET) for row in rows.tolist()],
            "Kind": ["" if row == first else KIND_WORDS[pair_kind(analysis, first, row)] for row in rows.tolist()],
        }
    )
    if times is not None:
        frame.insert(1, "Time", times[rows])
    return frame


def cautions(analysis: Analysis, row_a: int, row_b: int) -> list[str]:
    """Differences between two records that may make them two problems, in words; none for copies.

    Only what counts is compared: timestamps of masked lines and phone numbers of signatures always differ.
    """
    facts = differing_facts(_counted(analysis, row_a), _counted(analysis, row_b))
    out = []
    for kind, noun in _NOUNS.items():
        of_kind = [fact for fact in facts if fact.kind == kind]
        if len(of_kind) > _MOST_FACTS:
            out.append(f"{len(of_kind)} {noun}s differ")
        else:
            out += [
                f"{noun}s differ: {fact}" if fact.a and fact.b else f"{noun} in only one: {fact}" for fact in of_kind
            ]
    out += [_negated(fact) for fact in facts if fact.kind == "negation"]
    return [page_text(caution, _CAUTION) for caution in out]


def _negated(fact: Fact) -> str:
    sides = [", ".join(f"“{word}”" for word in list(dict.fromkeys(side.split()))[:_MOST_FACTS]) for side in fact[1:]]
    if fact.a and fact.b:
        return f"negations differ: {sides[0]} / {sides[1]}"
    return f"{sides[0] or sides[1]} only in one"


def share_in_common(reference: str, other: str) -> float:
    """How much of two texts is worded the same, 0..1, by letters."""
    same = sum(2 * len(piece.text_a) for piece in word_diff(reference, other) if piece.op == "equal")
    return same / max(len(reference) + len(other), 1)


def near_pairs(analysis: Analysis, duplicates: Duplicates, *, below: bool = False) -> PairList:
    """Pairs of distinct texts at the threshold, most alike first; with ``below`` those up to 0.05 under it instead."""
    pairs = analysis.pairs
    start, stop = 0, duplicates.n_pairs
    if below:
        lowest = np.float32(round(duplicates.threshold - BELOW, 6))
        start, stop = stop, int(np.searchsorted(-pairs.similarity, -lowest, side="right"))
    first_row = analysis.distinct.first_row
    part = slice(start, max(start, stop))
    return PairList(first_row[pairs.a[part]], first_row[pairs.b[part]], pairs.similarity[part])


def copy_pairs(analysis: Analysis) -> PairList:
    """Each record that repeats a text, beside the record that stands for that text."""
    rows, texts = copy_rows(analysis)
    return PairList(analysis.distinct.first_row[texts], rows, np.ones(len(rows), dtype=np.float32))


def pairs_with(analysis: Analysis, pairs: PairList, texts: Bools) -> PairList:
    """Those pairs one of whose texts is among ``texts`` (d,)."""
    of_row = analysis.distinct.text_of_row
    kept = texts[of_row[pairs.row_a]] | texts[of_row[pairs.row_b]]
    return pairs.at(kept)


def pair_texts(analysis: Analysis, row_a: int, row_b: int) -> tuple[str, str]:
    """Two texts to lay beside each other: as they were compared, but copies as they stand."""
    if pair_kind(analysis, row_a, row_b) == "near":
        return compared(analysis, row_a), compared(analysis, row_b)
    return analysis.corpus.texts[row_a], analysis.corpus.texts[row_b]


def pairs_frame(analysis: Analysis, pairs: PairList, part: slice) -> pd.DataFrame:
    """A part of the pairs as it is shown: what may matter of near ones, the kind of copies."""
    rows = list(zip(pairs.row_a[part].tolist(), pairs.row_b[part].tolist(), strict=True))
    texts = [pair_texts(analysis, a, b) for a, b in rows]
    frame = pd.DataFrame(
        {
            "Alike": np.round(pairs.similarity[part].astype(np.float64), 4),
            "Text": [page_text(one.removeprefix(_LEADING_TIME), SNIPPET) for one, _ in texts],
            "Other text": [page_text(other.removeprefix(_LEADING_TIME), SNIPPET) for _, other in texts],
            "Id": [without_surrogates(analysis.corpus.ids[a]) for a, _ in rows],
            "Other id": [without_surrogates(analysis.corpus.ids[b]) for _, b in rows],
        }
    )
    kinds = [pair_kind(analysis, a, b) for a, b in rows]
    if all(kind == "near" for kind in kinds):
        frame.insert(3, "May matter", ["; ".join(cautions(analysis, a, b)) for a, b in rows])
    else:
        frame.insert(3, "Kind", [KIND_WORDS[kind] for kind in kinds])
    return frame


KIND_WORDS: dict[PairKind, str] = {"exact": "exact copy", "masked": "same but for what does not count", "near": "near"}
