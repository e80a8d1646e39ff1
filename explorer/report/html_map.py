"""The map of the HTML report as plain data: what Plotly draws, with nothing in it that it would take for markup."""

from __future__ import annotations

import base64
from html import escape
from textwrap import wrap
from typing import Any

import numpy as np
import numpy.typing as npt

from explorer.report.cells import page_text
from explorer.report.summary import counted, record_noun
from explorer.types import Analysis, Ints

#: Most points on the map; a browser draws them at once, and the file stays small enough to send by mail.
MAX_POINTS = 20_000
#: Most anomalies that are marked: their marks are drawn over the points.
MOST_MARKED = 300
#: Clusters with a colour and a label of their own.
N_COLOURS = 12

_SNIPPET_LENGTH = 160
_LINE_LENGTH = 64
# The usual size of the map's area and of a label's letters and line, to keep labels apart.
_MAP_PIXELS = np.array([880.0, 600.0])
_LETTER_PIXELS = 7.0
_LINE_PIXELS = 18.0


def map_data(analysis: Analysis) -> dict[str, Any]:
    """Traces, labels and the number of points shown and in all; one point per distinct text.

    A trace holds x and y as base64 of little-endian float32, one hover text per point (escaped) and a ``colour``: the
    cluster's number below ``N_COLOURS``, "other", "loose" (unclustered) or "anomaly" (rings drawn on top).
    """
    shown = shown_texts(analysis)
    label = analysis.clusters.label[shown]
    hover = [hover_text(analysis, int(text)) for text in shown]
    n_own = min(N_COLOURS, len(analysis.clusters.names))
    traces = [_trace(analysis, plotly_text("Unclustered"), "loose", _Picked(shown, hover, label < 0))]
    if len(analysis.clusters.names) > n_own:
        others = counted(len(analysis.clusters.names) - n_own, "smaller cluster")
        traces.append(_trace(analysis, others, "other", _Picked(shown, hover, label >= n_own)))
    for number in range(n_own):
        name = plotly_text(analysis.clusters.names[number], 40)
        traces.append(_trace(analysis, name, number, _Picked(shown, hover, label == number)))
    marked = np.isin(shown, marked_anomalies(analysis))
    traces.append(
        _trace(analysis, plotly_text(marks_name(analysis).capitalize()), "anomaly", _Picked(shown, hover, marked))
    )
    return {
        "traces": [trace for trace in traces if trace["text"]],
        "labels": _labels(analysis, n_own),
        "n_shown": len(shown),
        "n_texts": analysis.distinct.n_texts,
    }


def shown_texts(analysis: Analysis, limit: int = MAX_POINTS) -> Ints:
    """The texts on the map: all, or every flagged one and an even choice of the others, cluster by cluster."""
    flagged = analysis.anomalies.is_anomaly
    if len(flagged) <= limit:
        return np.arange(len(flagged), dtype=np.int64)
    others = np.flatnonzero(~flagged)
    others = others[np.argsort(analysis.clusters.label[others], kind="stable")]
    room = max(0, limit - int(flagged.sum()))
    chosen = others[np.linspace(0, len(others) - 1, room).astype(np.int64)]
    return np.sort(np.concatenate([np.flatnonzero(flagged), chosen]))


def marked_anomalies(analysis: Analysis, matches: npt.NDArray[np.bool_] | None = None) -> Ints:
    """The anomalies with a mark of their own, among those that match (d,), strangest first.

    At most MOST_MARKED: where thousands are marked, nothing else can be seen.
    """
    ranked = analysis.anomalies.ranked
    return ranked[:MOST_MARKED] if matches is None else ranked[matches[ranked]][:MOST_MARKED]


def marks_name(analysis: Analysis) -> str:
    """What the marks are called: "anomalies", or how many of them have one."""
    n_flagged = len(analysis.anomalies.ranked)
    return f"{MOST_MARKED:,} strangest of {n_flagged:,} anomalies" if n_flagged > MOST_MARKED else "anomalies"


def plotly_text(text: str, limit: int | None = None) -> str:
    """``text`` escaped for Plotly, which reads ``<`` as markup and ``$`` as the start of a formula."""
    return escape(page_text(text, limit)).replace("$", "&#36;")


def hover_text(analysis: Analysis, text: int) -> str:
    """Id and beginning of the record that stands for a text, in lines, escaped for Plotly."""
    row = int(analysis.distinct.first_row[text])
    count = int(analysis.distinct.counts[text])
    more = f" and {counted(count - 1, f'more {record_noun(analysis)}')}" if count > 1 else ""
    head = f"<b>{plotly_text(analysis.corpus.ids[row], 60)}</b>{more}"
    snippet = page_text(analysis.corpus.texts[row], _SNIPPET_LENGTH)
    return "<br>".join([head, *(plotly_text(line) for line in wrap(snippet, _LINE_LENGTH))])


class _Picked:
    """Some of the shown texts, with their hover texts."""

    def __init__(self, shown: Ints, hover: list[str], chosen: npt.NDArray[np.bool_]) -> None:
        self.texts = shown[chosen]
        self.hover = [hover[i] for i in np.flatnonzero(chosen)]


def _trace(analysis: Analysis, name: str, colour: int | str, picked: _Picked) -> dict[str, Any]:
    xy = analysis.layout.xy[picked.texts]
    return {"name": name, "colour": colour, "x": _base64(xy[:, 0]), "y": _base64(xy[:, 1]), "text": picked.hover}


def _labels(analysis: Analysis, n_own: int) -> list[dict[str, Any]]:
    """Names of the largest clusters at their middles; one that would lie on a larger cluster's name is left out."""
    xy = analysis.layout.xy
    if not len(xy):
        return []
    unit = float(np.max(np.ptp(xy, axis=0) / _MAP_PIXELS)) or 1.0  # what a pixel is worth when all points are in view
    placed: list[tuple[float, float, float]] = []
    labels = []
    for number in range(n_own):
        x, y = (round(float(value), 4) for value in np.median(xy[analysis.clusters.label == number], axis=0))
        name = page_text(analysis.clusters.names[number], 28)
        half = len(name) * _LETTER_PIXELS / 2 * unit
        if all(abs(x - x2) > half + half2 or abs(y - y2) > _LINE_PIXELS * unit for x2, y2, half2 in placed):
            placed.append((x, y, half))
            labels.append({"x": x, "y": y, "text": plotly_text(name)})
    return labels


def _base64(values: npt.NDArray[np.float32]) -> str:
    return base64.b64encode(np.ascontiguousarray(values, dtype="<f4").tobytes()).decode("ascii")
