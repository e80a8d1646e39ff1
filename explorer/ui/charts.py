"""Charts of the pages Duplicates and Anomalies; pure, in colours that hold in light and dark."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from explorer.types import Anomalies, Typical
from explorer.ui.groups import Curve

USUAL, STRANGE, ACCENT = "#5b8fa8", "#e07a5f", "#0d9488"
_GRID = "rgba(128,128,128,.2)"
_N_BINS = 60
_FEWEST = 0.5  # where a logarithmic axis begins, so that one text still has a bar


def threshold_figure(curve: Curve, threshold: float) -> go.Figure:
    """Groups, records that could go, and pairs at each threshold, with the chosen one marked."""
    figure = go.Figure()
    series = (
        ("near pairs", curve.n_pairs, USUAL),
        ("records that could go", curve.n_mergeable, STRANGE),
        ("groups", curve.n_groups, ACCENT),
    )
    for name, values, colour in series:
        figure.add_scatter(
            x=np.round(curve.threshold, 2),
            y=values,
            name=name,
            mode="lines",
            line={"color": colour, "width": 2.2},
            hovertemplate="%{y:,}",
        )
    figure.add_vline(x=threshold, line={"color": "rgba(128,128,128,.9)", "width": 1.5, "dash": "dot"})
    nearest = int(np.argmin(np.abs(curve.threshold - threshold)))
    figure.add_scatter(
        x=[threshold] * 3,
        y=[values[nearest] for _, values, _ in series],
        mode="markers",
        marker={"size": 8, "color": [colour for _, _, colour in series]},
        hoverinfo="skip",
        showlegend=False,
    )
    largest = max(int(values.max(initial=0)) for _, values, _ in series)
    smallest = min(int(values.min(initial=largest)) for _, values, _ in series)
    _lay_out(figure, logarithmic=largest > 50 * max(smallest, 1), largest=largest)
    figure.update_layout(hovermode="x unified", height=190)
    figure.update_xaxes(tickformat=".2f")
    return figure


def strangeness_figure(anomalies: Anomalies, chosen: int | None) -> go.Figure:
    """How many texts are how strange, the flagged ones in their own colour, with the cut and the chosen text marked."""
    values = anomalies.strangeness
    top = max(float(values.max(initial=0.0)), anomalies.cut or 0.0, 0.01) * 1.02
    edges = np.linspace(0.0, top, _N_BINS + 1)
    figure = go.Figure()
    largest = 1
    for name, mask, colour in (
        ("not flagged", ~anomalies.is_anomaly, USUAL),
        ("flagged", anomalies.is_anomaly, STRANGE),
    ):
        if not mask.any():
            continue
        counts = np.histogram(values[mask], bins=edges)[0]
        largest = max(largest, int(counts.max()))
        figure.add_bar(
            x=(edges[:-1] + edges[1:]) / 2,
            y=counts,
            width=top / _N_BINS,
            name=name,
            marker={"color": colour, "line": {"width": 0}},
            hovertemplate="strangeness about %{x:.2f}: %{y:,} texts<extra></extra>",
        )
    if anomalies.cut is not None:
        figure.add_vline(
            x=anomalies.cut,
            line={"color": "rgba(128,128,128,.9)", "width": 1.5, "dash": "dot"},
            annotation={"text": f"cut {anomalies.cut:.2f}", "yref": "paper", "y": 1, "yanchor": "top", "xshift": 2},
            annotation_position="top right" if anomalies.cut < 0.8 * top else "top left",
        )
    if chosen is not None:
        figure.add_scatter(
            x=[float(values[chosen])],
            y=[_FEWEST],
            mode="markers",
            marker={"symbol": "triangle-up", "size": 13, "color": ACCENT, "line": {"width": 1, "color": "white"}},
            name="shown below",
            cliponaxis=False,
            hovertemplate="shown below: %{x:.2f}<extra></extra>",
        )
    _lay_out(figure, logarithmic=largest > 50, largest=largest)
    figure.update_layout(barmode="overlay", height=200)
    figure.update_xaxes(tickformat=".2f", title="strangeness")
    return figure


def _lay_out(figure: go.Figure, *, logarithmic: bool, largest: int) -> None:
    figure.update_layout(
        margin={"l": 0, "r": 8, "t": 26, "b": 0},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
    )
    figure.update_xaxes(showgrid=False, zeroline=False)
    figure.update_yaxes(gridcolor=_GRID, zeroline=False, rangemode="tozero", dtick=1 if largest < 5 else None)
    if logarithmic:
        powers = 10 ** np.arange(int(np.log10(max(largest, 1))) + 2)
        figure.update_yaxes(
            type="log",
            range=[float(np.log10(_FEWEST)), float(np.log10(largest * 1.6))],
            tickvals=powers,
            ticktext=[f"{power:,}" for power in powers],
        )


def similarity_strip(similarity: float, typical: Typical) -> str:
    """HTML of a scale from 0 to 1 that shows where a nearest similarity falls beside what is usual."""
    low, median, high, own = (100 * min(max(value, 0.0), 1.0) for value in (*typical, similarity))
    return (
        '<div style="position:relative;height:46px;margin:-10px 7px 0" role="img" '
        f'aria-label="nearest is {similarity:.2f} alike, usual {typical.low:.2f} to {typical.high:.2f}">'
        '<div style="position:absolute;left:0;right:0;top:14px;height:8px;border-radius:4px;'
        'background:rgba(128,128,128,.22)"></div>'
        f'<div style="position:absolute;left:{low:.1f}%;width:{max(high - low, 0.6):.1f}%;top:14px;height:8px;'
        f'border-radius:4px;background:{USUAL};opacity:.75"></div>'
        f'<div style="position:absolute;left:{median:.1f}%;top:11px;width:2px;height:14px;background:{USUAL}"></div>'
        f'<div style="position:absolute;left:{own:.1f}%;top:11px;width:14px;height:14px;margin-left:-7px;'
        f'border-radius:50%;background:{STRANGE}"></div>'
        '<div style="position:absolute;left:0;top:28px;font-size:.72rem;opacity:.65">0 nothing in common</div>'
        '<div style="position:absolute;right:0;top:28px;font-size:.72rem;opacity:.65">1 the same</div>'
        "</div>"
    )
