"""The parts of the duplicates page: where the cut lies, and what it finds."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.report.summary import counted, record_noun
from explorer.types import Analysis, Bools, Duplicates
from explorer.ui import cached, charts, downloads, groups

_OF = "threshold-of"  # which analysis the slider was moved for
_ADVISED_STEP = 0.05
_ADVICE = "Lower finds more reworded duplicates, and more false ones: look at the least alike members first."
GROUPS, PAIRS = "Groups", "Pairs"  # the words of the toolbar stand in the address
GROUPS_LIST, PAIRS_LIST = "groups-list", "pairs-list"  # how the keys of the lists begin
_ORDERS = {
    GROUPS: ("Largest first", "Least alike member first"),
    PAIRS: ("Most alike first", "Borderline first"),
}


class Cut(NamedTuple):
    """The groups at the chosen threshold, and the places that are filled once the curve is counted."""

    duplicates: Duplicates
    curve: DeltaGenerator
    advice: DeltaGenerator


class Choice(NamedTuple):
    """What the toolbar says: the view, whether doubtful ones come first, and the texts searched for (None: all)."""

    view: str
    doubtful_first: bool
    texts: Bools | None
    query: str


def stop_if_nothing_to_compare(analysis: Analysis) -> None:
    """Ends the page with a sentence where there are no two texts."""
    n_texts, n_records, noun = analysis.distinct.n_texts, analysis.corpus.n_records, record_noun(analysis)
    if n_texts == 0:
        sentence = f"None of the {counted(n_records, noun)} has any text, so there is nothing to compare."
    elif n_records == 1:
        sentence = f"There is only one {noun}, so there is nothing to compare it with."
    else:
        return
    st.info(f"{sentence} If another column holds the text, choose it on the start page.", icon=":material/info:")
    st.page_link(st.session_state["pages"]["start"], label="Go to the start page", icon=":material/arrow_back:")
    st.stop()


def follow_link() -> None:
    """A link that names a group or a record means the analysis's own threshold and all groups, unless it says
    otherwise: what was chosen in an earlier visit of this page is forgotten."""
    arrived = not any(str(key).startswith((GROUPS_LIST, PAIRS_LIST)) for key in st.session_state)
    if not arrived or not ({"group", "row"} & set(st.query_params)):
        return
    for key in ("threshold", "view", "find"):
        if key not in st.query_params:
            st.session_state.pop(key, None)


def choose_cut(analysis: Analysis) -> Cut:
    """The slider, what its threshold finds, and room for the curve, which may take a moment to count."""
    left, right = st.columns([5, 6], gap="large")
    with left:
        threshold = _choose_threshold(analysis)
        duplicates = cached.duplicates_at(analysis.fingerprint, threshold, analysis)
        advice = st.empty()
        advice.markdown(_ADVICE)
    _show_counts(duplicates)
    _show_kinds(analysis, duplicates)
    return Cut(duplicates, right.container(), advice)


def show_curve(analysis: Analysis, cut: Cut) -> None:
    """What other thresholds would find, in the room that was kept for it."""
    lowest, threshold = _lowest(analysis), cut.duplicates.threshold
    if lowest >= 1.0 or not (len(analysis.pairs.a) or cut.duplicates.n_groups):
        return
    with cut.curve:
        curve = cached.curve(analysis.fingerprint, lowest, analysis)
        st.plotly_chart(
            charts.threshold_figure(curve, threshold),
            key="curve",
            config={"displayModeBar": False},
            alt="Groups, records that could go and near pairs at each threshold",
        )
    cut.advice.markdown(_advice(curve, threshold))


def _lowest(analysis: Analysis) -> float:
    return math.ceil(round(analysis.pairs.floor * 100, 6)) / 100


def _own_threshold(analysis: Analysis) -> float:
    return min(max(round(analysis.duplicates.threshold, 2), _lowest(analysis)), 1.0)


def _choose_threshold(analysis: Analysis) -> float:
    lowest = _lowest(analysis)
    if lowest >= 1.0:
        st.caption("Only texts with the same vector were kept as pairs: there is no threshold to choose.")
        return analysis.duplicates.threshold
    own = _own_threshold(analysis)
    if st.session_state.get(_OF, analysis.fingerprint) != analysis.fingerprint:
        st.session_state.pop("threshold", None)  # what was chosen for another file says nothing about this one
    st.session_state[_OF] = analysis.fingerprint
    chosen = st.slider(
        "How alike two texts must be",
        lowest,
        1.0,
        own,
        0.01,
        format="%.2f",
        key="threshold",
        bind="query-params",
        help="Cosine similarity of the two texts' vectors. The right threshold belongs to your data: move it, and look "
        "at the least alike members of the groups.",
    )
    chosen = round(float(chosen), 2)
    return analysis.duplicates.threshold if chosen == own else chosen


def _show_counts(duplicates: Duplicates) -> None:
    largest = int(duplicates.n_records.max(initial=0))
    values = (
        ("Groups", duplicates.n_groups, None),
        ("Records in groups", int(duplicates.n_records.sum()), None),
        (
            "Could go",
            groups.n_mergeable(duplicates),
            "If every group became one record: records in groups less groups.",
        ),
        ("Near pairs", duplicates.n_pairs, "Pairs of different texts that are at least this alike."),
        ("Largest group", largest, None),
    )
    for column, (label, value, about) in zip(st.columns(len(values)), values, strict=True):
        column.metric(label, f"{value:,}", help=about, border=True)


def _advice(curve: groups.Curve, threshold: float) -> str:
    here = int(np.argmin(np.abs(curve.threshold - threshold)))
    steps = []
    for other, word in ((threshold - _ADVISED_STEP, "more"), (threshold + _ADVISED_STEP, "fewer")):
        place = int(np.argmin(np.abs(curve.threshold - other)))
        if place != here:
            change = abs(int(curve.n_mergeable[place]) - int(curve.n_mergeable[here]))
            steps.append(f"at {curve.threshold[place]:.2f} **{change:,} {word}** records could go")
    sentence = "; ".join(steps)
    return f"{sentence[:1].upper()}{sentence[1:]}. {_ADVICE}" if steps else _ADVICE


def _show_kinds(analysis: Analysis, duplicates: Duplicates) -> None:
    exact, masked = cached.copies(analysis.fingerprint, analysis)
    n_all = groups.n_mergeable(duplicates)
    if not n_all:
        return
    kinds = [f"{exact:,} repeat another word for word"]
    if analysis.corpus.left_out and masked:
        kinds.append(f"{masked:,} but for {analysis.corpus.left_out}")
    st.caption(
        f"Of the {n_all:,} that could go, {', '.join(kinds)}, and {n_all - exact - masked:,} are reworded: only these "
        f"move with the threshold.{_kept_apart(duplicates)}"
    )


def _kept_apart(duplicates: Duplicates) -> str:
    if not duplicates.n_opposed:
        return ""
    return f" Kept apart because they say different things: {counted(duplicates.n_opposed, 'near pair')}."


def show_toolbar(analysis: Analysis, duplicates: Duplicates) -> Choice:
    """View, order, search and export, on one line."""
    view_at, find_at, order_at, export_at = st.columns([3, 4, 3, 2], vertical_alignment="center")
    with view_at:
        view = st.segmented_control(
            "View",
            list(_ORDERS),
            default=GROUPS,
            required=True,
            key="view",
            bind="query-params",
            label_visibility="collapsed",
        )
    view = view or GROUPS
    query = find_at.text_input(
        "Find",
        key="find",
        bind="query-params",
        icon=":material/search:",
        placeholder="Words, or a record's id",
        label_visibility="collapsed",
    )
    order = order_at.selectbox(
        "Order",
        _ORDERS[view],
        key=f"{view.lower()}-order",
        bind="query-params",
        label_visibility="collapsed",
    )
    at_this_cut = replace(analysis, duplicates=duplicates)
    with export_at.popover("Export", icon=":material/download:", width="stretch"):
        st.caption(f"Duplicates at {duplicates.threshold:.2f}")
        for name in ("duplicate_groups", "duplicate_pairs"):
            downloads.show_download(name, at_this_cut, mark=f"{duplicates.threshold:.2f}")
    query = (query or "").strip()
    texts = cached.texts_with(analysis.fingerprint, query, analysis) if query else None
    return Choice(view, order == _ORDERS[view][1], texts, query)


def show_nothing_found(analysis: Analysis, duplicates: Duplicates) -> None:
    """What to do where nothing repeats at this threshold."""
    pairs, noun = analysis.pairs, record_noun(analysis)
    if not len(pairs.a):
        st.success(
            f"Nothing repeats: no two {noun}s are copies, and none are even {pairs.floor:.2f} alike.",
            icon=":material/check_circle:",
        )
        return
    if duplicates.n_opposed:
        st.info(
            f"Nothing repeats at {duplicates.threshold:.2f}: the pairs that are so alike say different things "
            "(on / off, 200 / 404). The pair list has them.",
            icon=":material/info:",
        )
        return
    best = math.floor(float(pairs.similarity[0]) * 100) / 100
    st.info(
        f"Nothing repeats at {duplicates.threshold:.2f}. The most alike pair is {pairs.similarity[0]:.2f}.",
        icon=":material/info:",
    )
    if _lowest(analysis) <= best:
        label = f"Move the threshold to {best:.2f}"
        st.button(label, on_click=_move_to, args=(best,), type="primary", key="move-threshold")


def _move_to(threshold: float) -> None:
    st.session_state["threshold"] = threshold
