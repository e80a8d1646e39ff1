"""Records on the pages Duplicates and Anomalies: one on a line, and those that share its text."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from explorer.copies import pair_kind
from explorer.report.cells import page_text
from explorer.report.summary import counted, record_noun
from explorer.types import Analysis, Ints
from explorer.ui import groups, parts, wildcards

_READABLE = 0.4  # share of two texts that must be the same for a diff to help
_FEW_IDS = 12  # are listed at once
_MOST_IDS = 5_000
_LINES_AT_ONCE = 500
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
    """All records of one text: the ids of its copies or, where texts were masked, the lines as they stand."""
    others = member.rows[member.rows != member.row]
    if analysis.corpus.mask:
        wildcards.show_values(analysis, member.text)
        _show_lines(analysis, member)
    elif len(others) > _FEW_IDS:
        with st.expander(f"Word for word also in {len(others):,} others", icon=":material/content_copy:"):
            parts.show_text(_listed(analysis, others), lines=8)
    elif len(others):
        with st.container(gap=None):
            st.caption(f"Word for word also in {counted(len(others), 'other')}:")
            parts.show_text(_listed(analysis, others))


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
