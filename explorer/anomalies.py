"""Anomalies: texts whose nearest other texts are far away.

Strangeness is the mean distance (1 - cosine) to the k nearest *distinct* texts, times how rare the text is. Over
rows instead of distinct texts the list would be upside down for logs: failures come in bursts, and the nearest
neighbours of a failure are its own copies.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from explorer.params import AnomalyParams
from explorer.types import Anomalies, Distinct, Embedding, Floats, Ints, Neighbours, Typical
from explorer.words import folded, stop_words, words_of

FEWEST_TEXTS = 20  # below this nobody can say what is usual
SPREADS = 2.0  # how many spreads above the median is strange
BELONGS = 0.2  # a text whose neighbours are on average 0.8 alike belongs, however alike all others are
LARGEST_FRACTION = 0.05  # what one record in twenty does is not strange
N_WORDS = 6


def find_anomalies(
    distinct: Distinct, embedding: Embedding, neighbours: Neighbours, params: AnomalyParams
) -> Anomalies:
    """How strange each of d texts is, and which are flagged; see :class:`explorer.types.Anomalies`."""
    d = distinct.n_texts
    k = min(params.k, neighbours.texts.shape[1])
    near = neighbours.similarity[:, 0] if k else np.zeros(d, dtype=np.float32)
    nearest = neighbours.texts[:, 0] if k else np.full(d, -1, dtype=np.int64)
    strangeness = _strangeness(distinct, neighbours, k)
    cut = anomaly_cut(strangeness, distinct.counts)
    is_anomaly = strangeness > cut if cut is not None else np.zeros(d, dtype=np.bool_)
    flagged = np.flatnonzero(is_anomaly)
    ranked = flagged[np.lexsort((flagged, -strangeness[flagged]))]
    typical = Typical(*(float(q) for q in np.round(np.quantile(near, [0.25, 0.5, 0.75]), 6))) if d else Typical(0, 0, 0)
    words = _Words(distinct.texts if len(ranked) else ())
    missing = tuple(words.missing(int(t), neighbours.texts[t, :k]) for t in ranked)
    reasons = tuple(
        _reason(
            float(near[t]),
            typical,
            _what(own, bool(words.of(int(t))), bool(embedding.by_letters[t])),
            distinct.counts[t],
        )
        for t, own in zip(ranked, missing, strict=True)
    )
    return Anomalies(
        strangeness=strangeness,
        is_anomaly=is_anomaly,
        cut=cut,
        ranked=ranked,
        reasons=reasons,
        missing_words=missing,
        nearest=nearest,
        nearest_similarity=np.asarray(near, dtype=np.float32),
        typical=typical,
    )


def _strangeness(distinct: Distinct, neighbours: Neighbours, k: int) -> Floats:
    """(d,) in 0..1. A text that occurs once counts in full, one that makes up the whole file not at all; a burst of the
    same failure still counts: 40 of 20,000 records by two fifths."""
    if k == 0:
        return np.zeros(distinct.n_texts, dtype=np.float32)
    distance = 1.0 - neighbours.similarity[:, :k].mean(axis=1, dtype=np.float64)
    n = max(int(distinct.counts.sum()), 2)
    rarity = (1.0 - np.log(distinct.counts) / np.log(n)) ** 2
    return np.asarray(np.round(np.clip(distance * rarity, 0.0, 1.0), 6), dtype=np.float32)


def anomaly_cut(strangeness: Floats, counts: Ints) -> float | None:
    """The strangeness above which a text is flagged, or None where there are too few texts to tell.

    ``strangeness`` (d,) and how many records have each text, ``counts`` (d,). The cut is the median plus 2 spreads.
    A spread is the distance from the median to the 16th or to the 84th percentile (one standard deviation where the
    values are normal), whichever is smaller: anomalies widen the upper half, and families of similar texts the lower
    one. Nothing below 0.2 is flagged, and never more than one record in twenty; none at all is a possible answer.
    """
    if len(strangeness) < FEWEST_TEXTS:
        return None
    return float(max(_usual(strangeness), _largest_allowed(strangeness, counts)))


def n_unusual(strangeness: Floats, counts: Ints) -> int:
    """How many records would be flagged if not one in twenty at most were; see :func:`anomaly_cut`."""
    return 0 if len(strangeness) < FEWEST_TEXTS else int(counts[strangeness > _usual(strangeness)].sum())


def _usual(strangeness: Floats) -> float:
    low, median, high = np.quantile(strangeness.astype(np.float64), [0.16, 0.5, 0.84])
    return float(max(median + SPREADS * min(median - low, high - median), BELONGS))


def _largest_allowed(strangeness: Floats, counts: Ints) -> float:
    """The strangeness that at most LARGEST_FRACTION of the records exceed."""
    order = np.argsort(-strangeness, kind="stable")
    above = np.cumsum(counts[order])
    n_allowed = np.searchsorted(above, LARGEST_FRACTION * above[-1], side="right")
    return float(strangeness[order[min(n_allowed, len(order) - 1)]])


class _Words:
    """The words of the d texts that set one apart: no masks, no numbers, nothing that every text says."""

    def __init__(self, texts: tuple[str, ...]) -> None:
        self._texts = texts
        self._ignored = stop_words(texts)
        self._n_texts: Counter[str] = Counter()
        for text in range(len(texts)):
            self._n_texts.update(self.of(text).keys())

    def of(self, text: int) -> dict[str, str]:
        """The words of a text by their folded form, in the order and spelling of the text."""
        out: dict[str, str] = {}
        for word in words_of(self._texts[text]):
            key = folded(word)
            if word[0].isalpha() and (len(word) > 2 or not word.isascii()) and key not in self._ignored:
                out.setdefault(key, word)
        return out

    def missing(self, text: int, near: Ints) -> tuple[str, ...]:
        """Up to N_WORDS words of a text that no neighbour of it has: the rarest of the file, in the text's order."""
        known = {word for other in near for word in self.of(int(other))}
        own = [(key, word) for key, word in self.of(text).items() if key not in known]
        rarest = sorted(range(len(own)), key=lambda i: (self._n_texts[own[i][0]], i))[:N_WORDS]
        return tuple(own[i][1] for i in sorted(rarest))


def _what(missing: tuple[str, ...], has_words: bool, by_letters: bool) -> str:
    """What sets a text apart, as a sentence."""
    if by_letters:
        return "It is in a script the model cannot read and was compared by its letters."
    if missing:
        return f"None of its neighbours says: {', '.join(missing)}."
    return "Its words occur elsewhere, but not together." if has_words else "It has hardly any words."


def _reason(near: float, typical: Typical, what: str, count: int) -> str:
    """Sentences a person can check against the record beside it."""
    usual = f"usual here: {typical.low:.2f} to {typical.high:.2f}"
    parts = [f"Its nearest other record is only {near:.2f} alike ({usual})."]
    if near >= typical.low:
        parts = [f"Its nearest other record is {near:.2f} alike, but few others are near ({usual})."]
    parts.append(what)
    if count > 1:
        parts.append(f"It occurs {count:,} times.")
    return " ".join(parts)
