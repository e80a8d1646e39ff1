"""The list of anomalies and one of them, as a page needs them: pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple

import numpy as np
import pandas as pd

from explorer.report.cells import page_text, without_surrogates
from explorer.types import Analysis, Ints
from explorer.ui.groups import SNIPPET, snippets
from explorer.words import folded, spans_of


class Finding(NamedTuple):
    """One text of the list: its place (1 is the strangest), and why it is flagged ("" where it is not)."""

    rank: int
    text: int
    is_anomaly: bool
    reason: str
    missing_words: tuple[str, ...]


def ranked_texts(analysis: Analysis, n_more: int = 0) -> Ints:
    """The flagged texts, strangest first, and then the ``n_more`` strangest of the others."""
    anomalies = analysis.anomalies
    if not n_more:
        return anomalies.ranked
    others = np.flatnonzero(~anomalies.is_anomaly)
    others = others[np.lexsort((others, -anomalies.strangeness[others]))][:n_more]
    return np.concatenate([anomalies.ranked, others])


def finding(analysis: Analysis, texts: Ints, place: int) -> Finding:
    """The text at ``place`` (from 0) of a list made by :func:`ranked_texts`."""
    anomalies, text = analysis.anomalies, int(texts[place])
    if place < len(anomalies.ranked):
        return Finding(place + 1, text, True, anomalies.reasons[place], anomalies.missing_words[place])
    return Finding(place + 1, text, False, "", ())


def anomalies_frame(analysis: Analysis, texts: Ints) -> pd.DataFrame:
    """The list as it is shown, one line per text."""
    anomalies, rows = analysis.anomalies, analysis.distinct.first_row[texts]
    n_flagged = len(anomalies.ranked)
    why_not = "too few texts to flag any" if anomalies.cut is None else "not flagged: below the cut"
    reasons = [*anomalies.reasons, *[why_not] * (len(texts) - n_flagged)]
    missing = [*anomalies.missing_words, *[()] * (len(texts) - n_flagged)]
    has_nearest = anomalies.nearest[texts] >= 0
    frame = pd.DataFrame(
        {
            "Rank": np.arange(1, len(texts) + 1),
            "Strangeness": np.round(anomalies.strangeness[texts].astype(np.float64), 4),
            "Id": [without_surrogates(analysis.corpus.ids[row]) for row in rows.tolist()],
            "Nearest": np.where(
                has_nearest, np.round(anomalies.nearest_similarity[texts].astype(np.float64), 4), np.nan
            ),
            "Occurs": analysis.distinct.counts[texts],
            "Text": snippets(analysis, rows),
            "Only here": [page_text(", ".join(words)) for words in missing],
            "Reason": [page_text(reason, 2 * SNIPPET) for reason in reasons],
        }
    )
    return frame if n_flagged else frame.drop(columns="Only here")


def nearest_texts(analysis: Analysis, text: int, most: int = 6) -> tuple[Ints, Sequence[float]]:
    """The nearest other texts of a text and how alike they are, nearest first."""
    near = analysis.neighbours
    return near.texts[text, :most], near.similarity[text, :most].tolist()


def nearest_frame(analysis: Analysis, texts: Ints, similarity: Sequence[float]) -> pd.DataFrame:
    """The nearest texts as they are shown, one line each."""
    rows = analysis.distinct.first_row[texts].tolist()
    labels = analysis.clusters.label[texts].tolist()
    return pd.DataFrame(
        {
            "Alike": np.round(np.array(similarity, dtype=np.float64), 4),
            "Id": [without_surrogates(analysis.corpus.ids[row]) for row in rows],
            "Text": snippets(analysis, analysis.distinct.first_row[texts]),
            "Cluster": [without_surrogates(analysis.clusters.name_of(label)) for label in labels],
        }
    )


def highlighted(text: str, words: Iterable[str]) -> str:
    """HTML of ``text`` with ``words`` marked wherever they stand alone; every character of the text is escaped."""
    wanted = {folded(word) for word in words}
    pieces, end = [], 0
    for start, stop in spans_of(text.replace("<", " ").replace(">", " ")):  # here "<name>" is no mask
        if folded(text[start:stop]) in wanted:
            start = max(start, end)  # pieces of a script without spaces overlap
            pieces += [
                escape(text[end:start]),
                '<mark style="background:rgba(224,122,95,.32);color:inherit;border-radius:3px;padding:0 2px">',
                escape(text[start:stop]),
                "</mark>",
            ]
            end = stop
    return "".join([*pieces, escape(text[end:])])
