"""Records over time, as bars; pure."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from explorer.types import Bools, Times

# Bar widths to choose from: enough bars to show a burst, few enough to read.
_STEPS = (
    ("minute", np.timedelta64(1, "m")),
    ("5 minutes", np.timedelta64(5, "m")),
    ("15 minutes", np.timedelta64(15, "m")),
    ("hour", np.timedelta64(1, "h")),
    ("6 hours", np.timedelta64(6, "h")),
    ("day", np.timedelta64(1, "D")),
    ("week", np.timedelta64(7, "D")),
    ("4 weeks", np.timedelta64(28, "D")),
    ("year", np.timedelta64(365, "D")),
)
_MOST_BARS = 120


def timeline(times: Times, is_anomaly: Bools) -> tuple[go.Figure, str] | None:
    """Bars of records per step of time, the flagged ones on top, and the step's name; None without two times.

    ``times`` (n,) may hold NaT, ``is_anomaly`` (n,).
    """
    known = ~np.isnat(times)
    moments, flagged = times[known].astype("datetime64[s]"), is_anomaly[known]
    if len(moments) < 2 or moments.min() == moments.max():
        return None
    span = moments.max() - moments.min()
    name, step = next((choice for choice in _STEPS if span / choice[1] <= _MOST_BARS), _STEPS[-1])
    seconds = step.astype("timedelta64[s]").astype(np.int64)
    bins = moments.astype(np.int64) // seconds
    first = bins.min()
    n_bins = int(bins.max() - first) + 1
    starts = ((np.arange(n_bins) + first) * seconds).astype("datetime64[s]")
    usual = np.bincount(bins[~flagged] - first, minlength=n_bins)
    strange = np.bincount(bins[flagged] - first, minlength=n_bins)
    most = int((usual + strange).max())
    figure = go.Figure(
        [
            go.Bar(
                x=starts, y=usual, name="records", marker_color="#5b8fa8", hovertemplate="%{x}: %{y}<extra></extra>"
            ),
            go.Bar(
                x=starts, y=strange, name="anomalies", marker_color="#e07a5f", hovertemplate="%{x}: %{y}<extra></extra>"
            ),
        ]
    )
    figure.update_layout(
        barmode="stack",
        bargap=0.08,
        height=210,
        margin={"l": 0, "r": 0, "t": 8, "b": 0},
        legend={"orientation": "h", "y": 1.15, "x": 1, "xanchor": "right"},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        yaxis={"gridcolor": "rgba(128,128,128,.2)", "rangemode": "tozero", "dtick": 1 if most < 5 else None},
        showlegend=bool(flagged.any()),
    )
    return figure, name
