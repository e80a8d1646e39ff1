"""Records on the pages Duplicates and Anomalies: one on a line, and those that share its text."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from explorer.copies import Copies, pair_kind
from explorer.report.cells import page_text
from explorer.report.summary import counted, record_noun
from explorer.types import Analysis, Ints
from explorer.ui import cached, groups, parts, wildcards

_READABLE = 0.4  # share of two texts that must be the same for a diff to help
_FEW_IDS = 12  # are listed at once
_MOST_IDS = 5_000
_LINES_AT_ONCE = 500
_FEW_WORDINGS = 2  # are open at once
_WORDINGS_AT_ONCE = 10
_FIELD_LENGTH = 40


def particulars(analysis: Analysis, row: int) -> list[str]:
    """A record's time and the values of its category columns, those that it has."""
    out = []
    times = analysis.corpus.times
    if times is not None and not np.isnat(times[row]):
        out.append(pd.Timestamp(times[row]).strftime("%d %b %Y, %H:%M"))
    for name in analysis.corpus.roles.categories:
        value = str(analysis.corpus.fields[name][row].as_py() or "").strip()
        if value:
            out.append(page_text(value, _FIELD_LENGTH))
    return out


def show_record_line(analysis: Analysis, row: int, badges: str = "") -> None:
    """A record's id, its badges (Markdown) and its particulars, on one line."""
    own_id = parts.plain(page_text(analysis.corpus.ids[row], _FIELD_LENGTH))
    about = " · ".join(parts.plain(value) for value in particulars(analysis, row))
    st.markdown(f"**{own_id}** {badges}" + (f" :gray[{about}]" if about else ""))


def likeness(analysis: Analysis, row_a: int, row_b: int, similarity: float) -> str:
    """How alike two records are, and in what sense, as a badge in Markdown."""
    kind = pair_kind(analysis, row_a, row_b)
    return f":green-badge[{similarity:.2f} alike]" if kind == "near" else f":gray-badge[{groups.KIND_WORDS[kind]}]"


def show_cautions(analysis: Analysis, row_a: int, row_b: int) -> None:
    """What may make two near records two problems, as badges; nothing where there is nothing."""
    if pair_kind(analysis, row_a, row_b) != "near":
        return
    marks = [f":orange-badge[:material/warning: {parts.plain(it)}]" for it in groups.cautions(analysis, row_a, row_b)]
    if marks:
        st.markdown(" ".join(marks))


def show_beside(analysis: Analysis, reference_row: int, row: int, lines: int) -> None:
    """The text of ``row`` with what differs from ``reference_row`` marked, unless nearly all of it differs."""
    reference, other = groups.pair_texts(analysis, reference_row, row)
    if groups.share_in_common(reference, other) >= _READABLE:
        parts.show_diff(page_text(other), page_text(reference), lines=lines)
        return
    parts.show_text(page_text(other), lines=lines)
    st.caption("Worded so differently that the changes are not marked.")


def show_other_records(analysis: Analysis, member: groups.Member) -> None:
    """All records of one text: the ids of its copies, and what stands in those that are worded otherwise; where texts
    were masked, the lines as they stand."""
    if analysis.corpus.mask:
        wildcards.show_values(analysis, member.text)
        _show_lines(analysis, member)
        return
    copies = cached.copies_of_record(analysis.fingerprint, member.row, analysis)
    if len(copies.same) > _FEW_IDS:
        with st.expander(f"Word for word also in {len(copies.same):,} others", icon=":material/content_copy:"):
            parts.show_text(_listed(analysis, copies.same), lines=8)
    elif len(copies.same):
        with st.container(gap=None):
            _show_copies(analysis, copies.same)
    if len(copies.other):
        _show_wordings(analysis, member, copies)


def _show_copies(analysis: Analysis, rows: Ints) -> None:
    st.caption(f"Word for word also in {counted(len(rows), 'other')}:")
    parts.show_text(_listed(analysis, rows), lines=8)


def _show_wordings(analysis: Analysis, member: groups.Member, copies: Copies) -> None:
    """The copies that differ in what does not count, each wording once and beside the text they are copies of."""
    says = "says" if len(copies.other) == 1 else "say"
    label = f"{counted(len(copies.other), 'other')} {says} the same but for {analysis.corpus.left_out}"
    key, n = f"wordings-{member.row}", copies.n_wordings
    few = n <= _FEW_WORDINGS
    shown = st.expander(label, key=key, expanded=few, on_change="rerun", icon=":material/difference:")
    if not shown.open:
        return
    with shown:
        n_pages = -(-n // _WORDINGS_AT_ONCE)
        page = st.pagination(n_pages, key=f"{key}-page", max_visible_pages=5) if n_pages > 1 else 1
        for number in range((page - 1) * _WORDINGS_AT_ONCE, min(page * _WORDINGS_AT_ONCE, n)):
            row, *more = copies.worded(number)
            show_record_line(analysis, int(row))
            show_beside(analysis, member.row, int(row), lines=10)
            if more:
                _show_copies(analysis, np.array(more))


def _listed(analysis: Analysis, rows: Ints) -> str:
    listed = ", ".join(page_text(analysis.corpus.ids[row], _FIELD_LENGTH) for row in rows[:_MOST_IDS])
    more = len(rows) - _MOST_IDS
    return f"{listed} and {more:,} more, all in duplicate_groups.csv" if more > 0 else listed


def _show_lines(analysis: Analysis, member: groups.Member) -> None:
    n, noun = len(member.rows), record_noun(analysis)
    label = f"The {noun} as it stands" if n == 1 else f"All {n:,} {noun}s as they stand"
    key = f"lines-{member.text}"
    lines = st.expander(label, key=key, on_change="rerun", icon=":material/list:")
    if not lines.open:
        return
    with lines:
        n_pages = -(-n // _LINES_AT_ONCE)
        page = st.pagination(n_pages, key=f"{key}-page", max_visible_pages=5) if n_pages > 1 else 1
        rows = member.rows[(page - 1) * _LINES_AT_ONCE : page * _LINES_AT_ONCE]
        st.dataframe(
            groups.records_frame(analysis, rows, member.row),
            hide_index=True,
            width="stretch",
            height=min(300, 37 + 35 * len(rows)),
            column_config={
                "Id": st.column_config.TextColumn(width=120),
                "Time": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm:ss", width=160),
                "Text": st.column_config.TextColumn(width=520),
            },
        )
