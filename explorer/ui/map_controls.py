"""What the visitor asks of the map: search, colour, filters, and what dragging does. It all stands in the address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.report.cells import page_text
from explorer.report.html_map import marks_name
from explorer.types import NO_CLUSTER, Analysis
from explorer.ui import parts
from explorer.ui.colours import CLUSTERS, category_of_rows, colour_choices
from explorer.ui.figures import Mode, View
from explorer.ui.filters import NO_VALUE, Filters

_MOST_OPTIONS = 200  # of one filter; more belongs into the search
_MODES: dict[Mode, str] = {
    "click": ":material/ads_click: Look",
    "lasso": ":material/gesture_select: Lasso",
    "box": ":material/select: Box",
}
_WAYS = {"words": "Words", "meaning": "Meaning"}
_HINTS: dict[Mode, str] = {
    "click": "Click a point to read it. Drag to move, scroll to zoom, double-click to see everything again.",
    "lasso": "Draw around points to see what they have in common. Scroll to zoom, double-click to clear.",
    "box": "Drag a box over points to see what they have in common. Scroll to zoom, double-click to clear.",
}


@dataclass(frozen=True)
class Wish:
    """Everything chosen in the controls."""

    view: View
    filters: Filters
    query: str
    by_meaning: bool


def show_controls(analysis: Analysis) -> tuple[Wish, DeltaGenerator]:
    """The two rows above the map; and the place of the hint, which counts may take."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        query = st.text_input(
            "Search",
            key="q",
            bind="query-params",
            placeholder="Search words or ids, or describe what you look for",
            icon=":material/search:",
            label_visibility="collapsed",
            width="stretch",
        )
        way = st.segmented_control(
            "Search by",
            list(_WAYS),
            default="words",
            required=True,
            key="by",
            bind="query-params",
            format_func=_WAYS.__getitem__,
            label_visibility="collapsed",
        )
        choices = colour_choices(analysis)
        st.caption("Colour by", width="content")
        colour = st.selectbox(
            "Colour",
            list(choices),
            key="colour",
            bind="query-params",
            format_func=lambda choice: choices.get(choice or CLUSTERS, ""),
            label_visibility="collapsed",
            width=160,
        )
        filters = _show_filters(analysis)
        names, rings = _show_layers(analysis)
    mode, hint = _show_mode()
    view = View(colour or CLUSTERS, mode, names, rings, st.context.theme.type == "dark")
    return Wish(view, filters, (query or "").strip(), way == "meaning"), hint


def _show_mode() -> tuple[Mode, DeltaGenerator]:
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        mode = st.segmented_control(
            "Dragging on the map",
            list(_MODES),
            default="click",
            required=True,
            key="mode",
            persist_state="session",
            format_func=_MODES.__getitem__,
            label_visibility="collapsed",
        )
        chosen: Mode = mode or "click"
        place = st.empty()
        place.caption(_HINTS[chosen])
    return chosen, place


def _show_layers(analysis: Analysis) -> tuple[bool, bool]:
    with st.popover("Show", icon=":material/layers:"):
        names = st.toggle("Names of the largest clusters", value=True, key="names", bind="query-params")
        rings = st.toggle(f"Mark the {marks_name(analysis)}", value=True, key="rings", bind="query-params")
        st.caption("One point is one text; a larger point is more records that say the same.")
    return names, rings


def _show_filters(analysis: Analysis) -> Filters:
    # The label must not change while the popover is open, or Streamlit would close it; the count stands in the icon.
    with st.popover("Filters", icon=":material/filter_alt:"):
        st.caption("What does not match turns grey and stays on the map.")
        values = tuple(
            (column, tuple(chosen))
            for i, column in enumerate(analysis.corpus.roles.categories)
            if (chosen := _show_category(analysis, i, column))
        )
        names = analysis.clusters.names
        clusters = st.multiselect(
            "Cluster",
            [*range(len(names)), NO_CLUSTER],
            key="clusters",
            bind="query-params",
            format_func=lambda label: _cluster_label(analysis, label),
            placeholder="All",
        )
        since, until = _show_time(analysis)
        left, right = st.columns(2)
        anomalies = left.toggle("Only anomalies", key="strange", bind="query-params")
        duplicates = right.toggle("Only duplicates", key="repeated", bind="query-params")
        st.button("Clear all filters", key="clear-filters", on_click=_clear_filters, args=(analysis,))
    return Filters(values, since, until, tuple(clusters), anomalies, duplicates)


def _cluster_label(analysis: Analysis, label: int) -> str:
    name = analysis.clusters.name_of(label)
    return page_text(f"{label + 1} · {name}" if label >= 0 else name, 60)


def _show_category(analysis: Analysis, i: int, column: str) -> list[str]:
    codes, values = category_of_rows(analysis, column)
    options = [*values[:_MOST_OPTIONS], *([NO_VALUE] if (codes < 0).any() else [])]
    return list(
        st.multiselect(
            parts.plain(page_text(column, 40)),
            options,
            key=f"c{i}",
            bind="query-params",
            format_func=lambda value: page_text(value, 60),
            placeholder="All",
            help=f"The {_MOST_OPTIONS} most frequent values." if len(values) > _MOST_OPTIONS else None,
        )
    )


class _TimeBounds(NamedTuple):
    """The first and the last step of the file's times, each a day or a minute, as the moments at which they begin."""

    first: datetime
    last: datetime
    step: timedelta

    def floor(self, moment: datetime) -> datetime:
        """The beginning of the step that ``moment`` is in."""
        moment = moment.replace(tzinfo=None)
        return moment - (moment - datetime.min) % self.step


def _time_bounds(analysis: Analysis) -> _TimeBounds | None:
    """Days where the times span more than three of them, otherwise minutes; None where all are in the same one."""
    times = analysis.corpus.times
    known = times[~np.isnat(times)] if times is not None else None
    if known is None or not len(known):
        return None
    earliest, latest = known.min().astype("datetime64[ms]"), known.max().astype("datetime64[ms]")
    unit, step = ("D", timedelta(days=1)) if latest - earliest > timedelta(days=3) else ("m", timedelta(minutes=1))
    first, last = (moment.astype(f"datetime64[{unit}]").astype("datetime64[ms]") for moment in (earliest, latest))
    return _TimeBounds(first.astype(datetime), last.astype(datetime), step) if first < last else None


def _show_time(analysis: Analysis) -> tuple[int | None, int | None]:
    """The chosen span in milliseconds since 1970, from the beginning of the first step that is shown to the end of the
    last one; None at an end that was not moved."""
    bounds = _time_bounds(analysis)
    if bounds is None:
        return None, None
    since, until = st.slider(
        "Time",
        bounds.first,
        bounds.last,
        (bounds.first, bounds.last),
        step=bounds.step,
        key="time",
        bind="query-params",
        format="D MMM YYYY" if bounds.step >= timedelta(days=1) else "D MMM HH:mm",
    )
    since, until = bounds.floor(since), bounds.floor(until)
    return (
        None if since <= bounds.first else _milliseconds(since),
        None if until >= bounds.last else _milliseconds(until + bounds.step) - 1,
    )


def _milliseconds(moment: datetime) -> int:
    return int(np.datetime64(moment, "ms").astype(np.int64))


def _clear_filters(analysis: Analysis) -> None:
    for key in [*(f"c{i}" for i in range(len(analysis.corpus.roles.categories))), "clusters"]:
        st.session_state[key] = []
    st.session_state["strange"] = st.session_state["repeated"] = False
    bounds = _time_bounds(analysis)
    if bounds is not None:
        st.session_state["time"] = (bounds.first, bounds.last)
