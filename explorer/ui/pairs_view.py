"""The pairs of the duplicates page: the list, and one pair side by side."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.report.cells import page_text
from explorer.report.summary import counted
from explorer.types import Analysis, Duplicates
from explorer.ui import duplicates_page, groups, lists, parts, record_lines, state
from explorer.ui.duplicates_page import Choice
from explorer.ui.groups import PairList

_LINES = 20  # of a text, before it scrolls
_NEAR, _BELOW, _COPIES = "Near pairs", "Just below", "Copies"  # these words stand in the address
_ABOUT = {
    _NEAR: "different texts that are at least as alike as the threshold asks.",
    _BELOW: f"pairs that a threshold up to {groups.BELOW:.2f} lower would add.",
    _COPIES: "each further record of a text, beside the record that stands for it.",
}


def show_pairs(analysis: Analysis, duplicates: Duplicates, choice: Choice) -> None:
    """The pairs of one sort, one of them open."""
    sorts = {
        _NEAR: groups.near_pairs(analysis, duplicates),
        _BELOW: groups.near_pairs(analysis, duplicates, below=True),
        _COPIES: groups.copy_pairs(analysis),
    }
    if choice.texts is not None:
        sorts = {name: groups.pairs_with(analysis, pairs, choice.texts) for name, pairs in sorts.items()}
    if not any(len(pairs.row_a) for pairs in sorts.values()):
        if choice.query:
            st.info(f"No pair has “{parts.plain(choice.query)}” in a text or as an id.", icon=":material/search_off:")
        else:
            duplicates_page.show_nothing_found(analysis, duplicates)
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        sort = st.segmented_control(
            "Pairs",
            list(_ABOUT),
            default=_NEAR,
            required=True,
            key="pairs",
            bind="query-params",
            label_visibility="collapsed",
        )
        sort = sort or _NEAR
        st.caption(f"{counted(len(sorts[sort].row_a), 'pair')}: {_ABOUT[sort]}")
    pairs = sorts[sort]
    if choice.doubtful_first != (sort == _BELOW):
        pairs = pairs.at(slice(None, None, -1))  # the pair nearest to the threshold comes first
    if not len(pairs.row_a):
        st.info("There are none at this threshold.", icon=":material/info:")
        return
    what = f"{analysis.fingerprint}-{duplicates.threshold}-{sort}-{choice.doubtful_first}-{choice.query}"
    _show_list(analysis, pairs, f"{duplicates_page.PAIRS_LIST}-{what}")


def _show_list(analysis: Analysis, pairs: PairList, key: str) -> None:
    def choose(place: int) -> None:
        state.put_in_address("pair", f"{pairs.row_a[place]}-{pairs.row_b[place]}")

    place = _place_in_address(pairs)
    lines = lists.Lines(key, len(pairs.row_a), lambda part: groups.pairs_frame(analysis, pairs, part))
    lists.show_list(
        lines,
        place,
        choose,
        columns={
            "Alike": st.column_config.NumberColumn(format="%.4f", width=70),
            "Kind": st.column_config.TextColumn(width=140),
            "May matter": st.column_config.TextColumn(
                width=190, help="Numbers, codes and negations in which the two differ."
            ),
            "Id": st.column_config.TextColumn(width=125),
            "Other id": st.column_config.TextColumn(width=125),
            "Text": st.column_config.TextColumn(width=340),
            "Other text": st.column_config.TextColumn(width=340),
        },
        height=320,
    )
    row_a, row_b = int(pairs.row_a[place]), int(pairs.row_b[place])
    about, steps = st.columns([3, 2], vertical_alignment="center")
    with about:
        st.markdown(record_lines.likeness(analysis, row_a, row_b, float(pairs.similarity[place])))
    with steps:
        lists.show_steps(lines, place, choose)
    _show_side_by_side(analysis, row_a, row_b)


def _show_side_by_side(analysis: Analysis, row_a: int, row_b: int) -> None:
    text_a, text_b = groups.pair_texts(analysis, row_a, row_b)
    left, right = st.columns(2, border=True)
    with left:
        record_lines.show_record_line(analysis, row_a)
        parts.show_text(page_text(text_a), lines=_LINES)
        _show_as_it_stands(analysis, row_a, text_a)
    with right:
        record_lines.show_record_line(analysis, row_b)
        record_lines.show_cautions(analysis, row_a, row_b)
        record_lines.show_beside(analysis, row_a, row_b, _LINES)
        _show_as_it_stands(analysis, row_b, text_b)


def _show_as_it_stands(analysis: Analysis, row: int, shown: str) -> None:
    if shown != analysis.corpus.texts[row]:
        st.caption("Above with times, ids, numbers and names that vary masked, as it was compared. As it stands:")
        parts.show_text(page_text(analysis.corpus.texts[row]), lines=6)


def _place_in_address(pairs: PairList) -> int:
    """The place of the pair that the address names as "row-row", else the first; an address may hold anything."""
    rows = st.query_params.get("pair", "").split("-")
    if len(rows) != 2 or not all(row.isascii() and row.isdigit() and len(row) < 16 for row in rows):
        return 0
    places = np.flatnonzero((pairs.row_a == int(rows[0])) & (pairs.row_b == int(rows[1])))
    return int(places[0]) if len(places) else 0
