"""The map as a Plotly figure; pure.

Every text of a record that goes into a figure passes :func:`figure_text`: Plotly takes ``<`` for markup and ``$`` for a
formula, and Streamlit replaces some colour codes (``#000001``) wherever they stand in a figure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from textwrap import wrap
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from explorer.report.cells import page_text
from explorer.report.html_map import marked_anomalies, shown_texts
from explorer.types import Analysis, Bools, Floats, Ints
from explorer.ui.colours import ACCENT, ALERT, CLUSTERS, NOISE, Colouring, cluster_colour, colouring
from explorer.ui.filters import texts_of_rows
from explorer.ui.selection import Area, Extent, extent_of

__all__ = ["MAX_POINTS", "NOISE", "Marks", "View", "cluster_colour", "drawn_texts", "figure_text", "map_figure"]

#: Most points drawn; the flagged ones are always among them, and selections count all texts.
MAX_POINTS = 100_000
#: Texts from which on hover texts are short and without the cluster's name: they are most of what is sent.
MANY_POINTS = 20_000

HEIGHT = 580
_HOLLOW_PIXELS = 3.0  # the rim of a hollow point
_MOST_RINGS = 2_000  # around hits; more of them would cover the map
_N_NAMES = 15
_NAME_LENGTH = 30
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;", "#": "&#35;"})
_GREY = "rgba(128,128,128,{})"
_INK = {False: "#17232b", True: "#e4ebee"}
_WASH = "rgba(13,148,136,.10)"  # inside an area
_PAPER = {False: "#ffffff", True: "#182226"}
# The usual size of the map, and of a name's letters and line, to keep names apart.
_MAP_PIXELS = (740.0, 560.0)
_LETTER_PIXELS, _LINE_PIXELS = 7.2, 17.0

Mode = Literal["click", "lasso", "box"]


class Hover(NamedTuple):
    """What is shown under the mouse, escaped: for each text (d,) a head (id, number of records) and the lines below.

    They travel apart, since Plotly spends six bytes on every angle bracket of a hundred thousand texts.
    """

    heads: npt.NDArray[np.object_]
    bodies: npt.NDArray[np.object_]

    def of(self, texts: Ints) -> dict[str, Any]:
        """The properties of a trace that draws ``texts``."""
        template = "<b>%{text}</b><br>%{hovertext}<extra></extra>"
        return {"text": self.heads[texts], "hovertext": self.bodies[texts], "hovertemplate": template}

    def with_details(self, details: Mapping[int, str]) -> Hover:
        """The same with a last line for the texts that have ``details``."""
        bodies = self.bodies.copy()
        for text, words in details.items():
            bodies[text] += f"<br>{figure_text(words)}"
        return Hover(self.heads, bodies)


@dataclass(frozen=True)
class View:
    """How the map is drawn. ``mode`` is what dragging does; points can be clicked only in the mode "click".

    ``dark`` is the page's theme.
    """

    colour: str = CLUSTERS
    mode: Mode = "click"
    names: bool = True
    rings: bool = True
    dark: bool = False


@dataclass(frozen=True, eq=False)
class Marks:
    """What stands out on the map.

    ``matches`` (n,) are the records that pass the filters (None: all), ``hits`` (d,) the texts that a search found
    (None: no search). ``chosen`` is a text to point at and ``area`` outlines to draw.
    """

    matches: Bools | None = None
    hits: Bools | None = None
    chosen: int | None = None
    area: Area | None = None


def figure_text(text: str, limit: int | None = None) -> str:
    """``text`` so that a figure shows exactly that text, on one line of at most ``limit`` characters."""
    return page_text(text, limit).translate(_ESCAPES)


def drawn_texts(analysis: Analysis) -> Ints:
    """The texts on the map: all, or every flagged one and an even choice of the others."""
    return shown_texts(analysis, MAX_POINTS)


def hover_texts(analysis: Analysis, texts: Ints) -> Hover:
    """For each of ``texts`` the id, number of records, snippet and cluster of the record that stands for it.

    The arrays have a place for every text of the analysis, filled for those asked for.
    """
    corpus, many = analysis.corpus, len(texts) > MANY_POINTS
    names = [f"<br><i>{figure_text(name, 60)}</i>" for name in [*analysis.clusters.names, "Unclustered"]]
    rows, counts = analysis.distinct.first_row[texts].tolist(), analysis.distinct.counts[texts].tolist()
    heads, bodies = (np.full(analysis.distinct.n_texts, "", dtype=object) for _ in range(2))
    for text, row, count in zip(texts.tolist(), rows, counts, strict=True):
        heads[text] = figure_text(corpus.ids[row], 40) + (f" × {count:,}" if count > 1 else "")
        if many:
            bodies[text] = figure_text(corpus.texts[row], 40)
        else:
            lines = wrap(page_text(corpus.texts[row], 80), 44)
            name = names[int(analysis.clusters.label[text])]
            bodies[text] = "<br>".join(line.translate(_ESCAPES) for line in lines) + name
    return Hover(heads, bodies)


def map_figure(analysis: Analysis, view: View, marks: Marks, hover: Hover | None = None) -> go.Figure:
    """The map of ``analysis``: one point per distinct text, its size growing with the number of records.

    A point's ``customdata`` is its text. In the modes "lasso" and "box" the points lie on a lower pair of axes, where
    the browser cannot select them: what comes back then is the outline alone, and not a hundred thousand points.
    ``hover`` are the :func:`hover_texts` of what is drawn, where they are at hand.
    """
    colours = colouring(analysis, view.colour, marks.matches)
    match = None if marks.matches is None else texts_of_rows(analysis, marks.matches)
    extent = extent_of(analysis.layout.xy)
    texts = drawn_texts(analysis)
    if hover is None:
        hover = hover_texts(analysis, texts)
    if len(texts) <= MANY_POINTS:
        hover = hover.with_details(colours.details)
    found = None if marks.hits is None else np.flatnonzero(marks.hits if match is None else marks.hits & match)
    layers = _hollow_apart(_layers(texts, colours, match, marks.hits), colours.mixed)
    traces = _point_traces(analysis, view, colours, layers, hover)
    if view.rings:
        traces.append(_ring(analysis, marked_anomalies(analysis, match), "diamond-open", ALERT, 1.2))
    if found is not None and len(found) <= _MOST_RINGS:
        traces.append(_ring(analysis, found, "circle-open", ACCENT, 2.0))
    if view.mode != "click":
        traces.append(_hover_trace(analysis, texts, hover))
    figure = go.Figure(traces)
    figure.update_layout(_layout(analysis, view, extent))
    figure.update_layout(annotations=_annotations(analysis, view, marks, extent), shapes=_shapes(marks.area))
    return figure


@dataclass(frozen=True, eq=False)
class _Layer:
    """Texts drawn alike: with the colouring's colours or in grey, at an opacity, enlarged or not, hollow or not."""

    texts: Ints
    is_coloured: bool
    opacity: float
    scale: float = 1.0
    is_hollow: bool = False


def _where(mask: Bools | None, texts: Ints) -> Bools:
    return np.ones(len(texts), dtype=np.bool_) if mask is None else mask[texts]


def _layers(texts: Ints, colours: Colouring, matches: Bools | None, hits: Bools | None) -> list[_Layer]:
    """From the bottom up: filtered out, what has no colour, what has one, and what a search found."""
    match, known = _where(matches, texts), colours.known[texts]
    dense = len(texts) > MANY_POINTS
    full, grey = (0.75, 0.5) if dense else (0.85, 0.6)
    out = [_Layer(texts[~match], False, 0.1 if dense else 0.16)]
    if hits is None:
        return [*out, _Layer(texts[match & ~known], False, grey), _Layer(texts[match & known], True, full)]
    found = hits[texts]
    return [
        *out,
        _Layer(texts[match & ~found & ~known], False, 0.15),
        _Layer(texts[match & ~found & known], True, 0.2),
        _Layer(texts[match & found & ~known], False, 1.0, 1.4),
        _Layer(texts[match & found & known], True, 1.0, 1.4),
    ]


def _hollow_apart(layers: list[_Layer], mixed: Bools) -> list[_Layer]:
    """The layers with the texts of which one colour is not the whole truth in layers of their own."""
    out = []
    for layer in layers:
        is_mixed = mixed[layer.texts]
        out.append(replace(layer, texts=layer.texts[~is_mixed]))
        out.append(replace(layer, texts=layer.texts[is_mixed], is_hollow=True))
    return out


def _sizes(analysis: Analysis, texts: Ints) -> Floats:
    """Point diameters in pixels: smaller on a full map, and growing with the logarithm of the number of records."""
    d = min(analysis.distinct.n_texts, MAX_POINTS)
    base = float(np.interp(np.log10(max(d, 1)), [2.0, 3.0, 4.0, 5.0], [9.0, 7.0, 4.5, 2.6]))
    growth = 1 + 0.4 * np.log2(np.maximum(analysis.distinct.counts[texts], 1))
    return (base * np.minimum(growth, 3.5)).astype(np.float32)


def _point_traces(
    analysis: Analysis, view: View, colours: Colouring, layers: list[_Layer], hover: Hover
) -> list[dict[str, Any]]:
    traces = []
    for layer in layers:
        if not len(layer.texts):
            continue
        marker: dict[str, Any] = {
            "size": _sizes(analysis, layer.texts) * np.float32(layer.scale),
            "opacity": layer.opacity,
            "line": {"width": 0},
            "color": NOISE,
        }
        if layer.is_hollow:
            marker |= {"symbol": "circle-open", "line": {"width": _HOLLOW_PIXELS}}
        if layer.is_coloured:
            marker |= {
                "color": colours.values[layer.texts],
                "colorscale": colours.scale,
                "cmin": colours.low,
                "cmax": colours.high,
            }
        trace = {
            **_xy(analysis, layer.texts),
            "mode": "markers",
            "marker": marker,
            "showlegend": False,
            "selected": {"marker": {"size": 18, "opacity": 1.0}},
            "unselected": {"marker": {"opacity": layer.opacity}},
        }
        if view.mode == "click":
            trace |= {"customdata": layer.texts.astype(np.int32), **hover.of(layer.texts)}
        else:
            trace["hoverinfo"] = "skip"
        traces.append(trace)
    return traces


def _hover_trace(analysis: Analysis, texts: Ints, hover: Hover) -> dict[str, Any]:
    """Shows what is under the mouse while an area is drawn: points without a mark, which no lasso catches."""
    return {
        **_xy(analysis, texts),
        "xaxis": "x2",
        "yaxis": "y2",
        "mode": "none",
        **hover.of(texts),
        "showlegend": False,
    }


def _ring(analysis: Analysis, texts: Ints, symbol: str, colour: str, width: float) -> dict[str, Any]:
    return {
        **_xy(analysis, texts),
        "mode": "markers",
        "marker": {
            "symbol": symbol,
            "size": _sizes(analysis, texts) + np.float32(6),
            "color": colour,
            "line": {"width": width, "color": colour},
        },
        "hoverinfo": "skip",
        "showlegend": False,
        "unselected": {"marker": {"opacity": 1.0}},
    }


def _xy(analysis: Analysis, texts: Ints) -> dict[str, Any]:
    xy = analysis.layout.xy[texts].astype(np.float32)
    return {"type": "scattergl", "x": np.ascontiguousarray(xy[:, 0]), "y": np.ascontiguousarray(xy[:, 1])}


def _layout(analysis: Analysis, view: View, extent: Extent) -> dict[str, Any]:
    blank = {"visible": False, "showgrid": False, "zeroline": False}
    layout: dict[str, Any] = {
        "height": HEIGHT,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "xaxis": {**blank, "range": [extent.x0, extent.x1]},
        "yaxis": {**blank, "range": [extent.y0, extent.y1]},
        "uirevision": analysis.fingerprint,  # keeps the zoom while the colours change
        "selectionrevision": view.mode,
        "hovermode": "closest",
        "hoverdistance": 12,
        "dragmode": {"click": "pan", "lasso": "lasso", "box": "select"}[view.mode],
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "hoverlabel": {
            "align": "left",
            "bgcolor": _PAPER[view.dark],
            "bordercolor": _GREY.format(0.5),
            "font": {"size": 13, "color": _INK[view.dark]},
        },
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": _GREY.format(0.7), "activecolor": ACCENT},
        "newselection": {"line": {"color": ACCENT, "width": 2, "dash": "solid"}},
        "activeselection": {"fillcolor": ACCENT, "opacity": 0.08},
        "showlegend": False,
    }
    if view.mode != "click":
        layout["xaxis2"] = {**blank, "matches": "x", "anchor": "y2", "range": [extent.x0, extent.x1]}
        layout["yaxis2"] = {**blank, "matches": "y", "anchor": "x2", "range": [extent.y0, extent.y1]}
    return layout


def _annotations(analysis: Analysis, view: View, marks: Marks, extent: Extent) -> list[dict[str, Any]]:
    out = _names(analysis, extent, _INK[view.dark]) if view.names else []
    if marks.chosen is not None:
        x, y = (float(value) for value in analysis.layout.xy[marks.chosen])
        row = int(analysis.distinct.first_row[marks.chosen])
        out.append(
            {
                "x": x,
                "y": y,
                "text": f"<b>{figure_text(analysis.corpus.ids[row], 40)}</b>",
                "showarrow": True,
                "arrowhead": 2,
                "arrowwidth": 2,
                "arrowcolor": ACCENT,
                "ax": 0,
                "ay": -38 if y < (extent.y0 + extent.y1) / 2 + 0.4 * (extent.y1 - extent.y0) else 38,
                "standoff": 5,
                "bordercolor": ACCENT,
                "borderpad": 3,
                "bgcolor": ACCENT,
                "font": {"color": "#ffffff", "size": 12},
            }
        )
    return out


def _names(analysis: Analysis, extent: Extent, ink: str) -> list[dict[str, Any]]:
    """Names of the largest clusters at their middles; one that would lie on a larger cluster's name makes way."""
    xy, label = analysis.layout.xy, analysis.clusters.label
    x_unit, y_unit = (extent.x1 - extent.x0) / _MAP_PIXELS[0], (extent.y1 - extent.y0) / _MAP_PIXELS[1]
    placed: list[tuple[float, float, float]] = []
    out = []
    for number in range(min(_N_NAMES, len(analysis.clusters.names))):
        x, y = (float(value) for value in np.median(xy[label == number], axis=0))
        name = page_text(analysis.clusters.names[number], _NAME_LENGTH)
        half = len(name) * _LETTER_PIXELS / 2 * x_unit
        x = min(max(x, extent.x0 + half), extent.x1 - half)
        for shift in (0.0, 1.0, -1.0, 2.0, -2.0):
            y_here = y + shift * _LINE_PIXELS * y_unit
            if all(abs(x - x2) > half + half2 or abs(y_here - y2) > _LINE_PIXELS * y_unit for x2, y2, half2 in placed):
                placed.append((x, y_here, half))
                out.append(_name(x, y_here, name, ink))
                break
    return out


def _name(x: float, y: float, name: str, ink: str) -> dict[str, Any]:
    return {
        "x": x,
        "y": y,
        "text": figure_text(name),
        "showarrow": False,
        "font": {"size": 12, "weight": 600, "color": ink, "shadow": "auto"},  # the shadow contrasts with the colour
        "captureevents": False,
    }


def _shapes(area: Area | None) -> list[dict[str, Any]]:
    if area is None:
        return []
    line = {"color": ACCENT, "width": 2, "dash": "dot"}
    paths = ["M" + "L".join(f"{x:.9g},{y:.9g}" for x, y in outline) + "Z" for outline in area.outlines]
    return [{"type": "path", "path": path, "line": line, "fillcolor": _WASH} for path in paths]
