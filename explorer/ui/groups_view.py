"""The groups of the duplicates page: the list, and one group's members beside its representative."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from explorer.report.cells import page_text
from explorer.report.summary import counted, record_noun
from explorer.types import NO_GROUP, NO_TEXT, Analysis, Duplicates
from explorer.ui import cached, duplicates_page, groups, lists, parts, record_lines, state
from explorer.ui.duplicates_page import Choice

_MEMBERS = 10  # of an open group, at a time
_TIME = "D MMM YYYY, HH:mm"


def show_groups(analysis: Analysis, duplicates: Duplicates, choice: Choice) -> None:
    """The groups, one of them open."""
    if not duplicates.n_groups:
        duplicates_page.show_nothing_found(analysis, duplicates)
        return
    facts = cached.facts(analysis.fingerprint, duplicates.threshold, analysis)
    shown = groups.ordered_groups(duplicates, facts, least_alike_first=choice.doubtful_first)
    if choice.texts is not None:
        found = np.unique(duplicates.group[choice.texts & (duplicates.group >= 0)])
        shown = shown[np.isin(shown, found)]
    if not len(shown):
        st.info(f"No group has “{parts.plain(choice.query)}” in a text or as an id.", icon=":material/search_off:")
        return

    def choose(place: int) -> None:
        _put_in_address(analysis, duplicates, int(shown[place]))

    asked = _group_in_address(analysis, duplicates)
    places = np.flatnonzero(shown == asked)
    place = int(places[0]) if len(places) else 0
    group = int(shown[place])
    lines = lists.Lines(
        f"{duplicates_page.GROUPS_LIST}-{analysis.fingerprint}-{duplicates.threshold}-{choice.doubtful_first}-{choice.query}",
        len(shown),
        lambda part: groups.groups_frame(analysis, duplicates, facts, shown[part]),
    )
    left, right = st.columns([5, 6], gap="medium")
    with left:
        lists.show_list(lines, place, choose, columns=_columns(), height=640)
        if asked is not None and not len(places):
            st.caption("The group or record in the address is not among these; the first group is open.")
    with right:
        title, steps = st.columns([1, 2], vertical_alignment="center")
        title.subheader(f"Group {group}", anchor=False)
        with steps:
            lists.show_steps(lines, place, choose)
        _show_group(analysis, duplicates, facts, group)


def _group_in_address(analysis: Analysis, duplicates: Duplicates) -> int | None:
    """The group that the address names, by its number or by one of its records; NO_GROUP for a record in no group.

    A number means another group at another threshold, so it is replaced by the representative's row.
    """
    group = state.row_in_address("group", duplicates.n_groups)
    if group is not None:
        _put_in_address(analysis, duplicates, group)
        return group
    row = state.row_in_address("row", analysis.corpus.n_records)
    text = NO_TEXT if row is None else int(analysis.distinct.text_of_row[row])
    if text == NO_TEXT:
        return None if row is None else NO_GROUP
    return int(duplicates.group[text])


def _put_in_address(analysis: Analysis, duplicates: Duplicates, group: int) -> None:
    state.put_in_address("group", None)
    state.put_in_address("row", int(analysis.distinct.first_row[duplicates.representative[group]]))


def _columns() -> dict[str, object]:
    column = st.column_config
    return {
        "Group": column.NumberColumn("#", format="%d", width=44, help="The group's number in every export."),
        "Records": column.NumberColumn(format="localized", width=68),
        "Lowest": column.NumberColumn(
            format="%.2f", width=62, help="How alike the least alike member and the representative are."
        ),
        "Text": column.TextColumn("Representative", width=330),
        "Texts": column.NumberColumn(format="localized", width=58, help="Different texts among the records."),
        "Cluster": column.TextColumn(width=180),
        "First": column.DatetimeColumn(format=_TIME, width=140),
        "Last": column.DatetimeColumn(format=_TIME, width=140),
    }


def _show_group(analysis: Analysis, duplicates: Duplicates, facts: groups.GroupFacts, group: int) -> None:
    members = cached.members(analysis.fingerprint, duplicates.threshold, group, analysis)
    lowest = f"all at least {facts.lowest[group]:.2f} like the representative" if len(members) > 1 else ""
    about = [
        counted(int(duplicates.n_records[group]), record_noun(analysis)),
        counted(len(members), "different text") if len(members) > 1 else "one text",
        lowest,
        _span(facts, group),
        parts.plain(page_text(analysis.clusters.name_of(int(facts.cluster[group])), 60)),
    ]
    st.caption(" · ".join(filter(None, about)))
    representative, others = members[0], members[1:]
    with st.container(border=True):
        record_lines.show_record_line(analysis, representative.row, ":primary-badge[representative]")
        parts.show_text(page_text(analysis.corpus.texts[representative.row]), lines=12)
        record_lines.show_other_records(analysis, representative)
    if others:
        _show_members(analysis, representative.row, others, f"{analysis.fingerprint}-{group}")


def _span(facts: groups.GroupFacts, group: int) -> str:
    if facts.first is None or facts.last is None or np.isnat(facts.first[group]):
        return ""
    first, last = (pd.Timestamp(value[group]).strftime("%d %b %Y") for value in (facts.first, facts.last))
    return first if first == last else f"{first} to {last}"


def _show_members(analysis: Analysis, representative: int, others: list[groups.Member], scope: str) -> None:
    n_pages = -(-len(others) // _MEMBERS)
    start = 0
    if len(others) > 1:
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            doubtful = st.toggle("Least alike first", key="members-doubtful", persist_state="session")
            if doubtful:
                others = others[::-1]
            if n_pages > 1:
                start = (st.pagination(n_pages, key=f"members-{scope}", max_visible_pages=5) - 1) * _MEMBERS
    if analysis.corpus.left_out:
        st.caption(f"Compared without {analysis.corpus.left_out}.")
    for member in others[start : start + _MEMBERS]:
        _show_member(analysis, representative, member)
    if n_pages > 1:
        st.caption(f"Texts {start + 1:,} to {min(start + _MEMBERS, len(others)):,} of {len(others):,}.")


def _show_member(analysis: Analysis, representative: int, member: groups.Member) -> None:
    with st.container(border=True):
        badge = record_lines.likeness(analysis, representative, member.row, member.similarity)
        record_lines.show_record_line(analysis, member.row, badge)
        record_lines.show_cautions(analysis, representative, member.row)
        record_lines.show_beside(analysis, representative, member.row, lines=10)
        record_lines.show_other_records(analysis, member)
