"""Everything about one record, in one column: its text, where it belongs, and the records nearest to it."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import streamlit as st

from explorer.ingest.cleaning import KINDS, explain_cleaning
from explorer.report.cells import page_text, shorten
from explorer.report.summary import counted, record_noun
from explorer.types import Analysis
from explorer.ui import cached, parts, record_lines, state, wildcards

_N_NEAREST = 8
_LINES = 16  # of the text, before it scrolls
_FIELD_LENGTH = 2_000

Open = Callable[[int | None], None]


def open_in_address(row: int | None) -> None:
    """Makes ``row`` the open record of the page; None closes it."""
    state.put_in_address("row", row)


def show_record(analysis: Analysis, row: int, open_row: Open = open_in_address) -> None:
    """The record ``row``; ``open_row`` is called with the row of a neighbour, or with None to close."""
    text = int(analysis.distinct.text_of_row[row])
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"#### {parts.plain(page_text(analysis.corpus.ids[row], 60))}", width="stretch")
        st.button(
            "Close", key="close-record", icon=":material/close:", on_click=open_row, args=(None,), type="tertiary"
        )
    _show_link(analysis, row)
    about = record_lines.particulars(analysis, row)
    if about:
        st.caption(" · ".join(parts.plain(value) for value in about))
    if text < 0:
        st.info("This record has no text: it is listed, but compared with nothing.", icon=":material/info:")
        _show_fields(analysis, row)
        return
    with st.container(border=True):
        parts.show_text(page_text(analysis.corpus.texts[row]), lines=_LINES)
    wildcards.show_values(analysis, text)
    _show_cut(analysis, row)
    _show_place(analysis, row, text)
    _show_fields(analysis, row)
    _show_nearest(analysis, text, open_row)


def _show_link(analysis: Analysis, row: int) -> None:
    """The way to the record in the system it comes from; where it leads is said before it is followed."""
    name = analysis.corpus.roles.link
    address = str(analysis.corpus.fields[name][row].as_py() or "") if name else ""
    try:
        parts_of_address = urlsplit(address)
    except ValueError:  # an address that is none
        return
    if parts_of_address.scheme in ("http", "https") and parts_of_address.hostname:
        host = parts.plain(page_text(parts_of_address.hostname, 60))
        st.link_button(f"Open on {host}", address, icon=":material/open_in_new:", type="tertiary")


def _show_cut(analysis: Analysis, row: int) -> None:
    """What was left out of this record when it was compared."""
    cleaning = analysis.corpus.cleaning
    cuts = explain_cleaning(analysis.corpus.texts[row], cleaning.forms) if cleaning else []
    if not cuts:
        return
    kinds = ", ".join(KINDS[kind] for kind in KINDS if any(cut.kind == kind for cut in cuts))
    with st.expander(f"Not compared: {kinds}", icon=":material/content_cut:"):
        for cut in cuts:
            st.caption(KINDS[cut.kind])
            parts.show_text(page_text(cut.text), lines=_LINES)


def _show_place(analysis: Analysis, row: int, text: int) -> None:
    """Cluster, copies, duplicate group and strangeness, a line each."""
    pages = st.session_state["pages"]
    label, group = int(analysis.clusters.label[text]), int(analysis.duplicates.group[text])
    noun = record_noun(analysis)
    lines = [f":material/workspaces: {parts.plain(page_text(analysis.clusters.name_of(label), 60))}"]
    copies = cached.copies_of_record(analysis.fingerprint, row, analysis)
    if len(copies.same):
        lines.append(f":material/content_copy: {counted(len(copies.same), 'other ' + noun)} word for word the same")
    if len(copies.other):
        others = counted(len(copies.other), "other " + noun)
        lines.append(f":material/difference: {others} the same but for {analysis.corpus.left_out}")
    rank = _rank(analysis, text)
    if rank is not None:
        strangeness = float(analysis.anomalies.strangeness[text])
        reason = parts.plain(page_text(analysis.anomalies.reasons[rank]))
        lines.append(f":material/crisis_alert: Strangeness **{strangeness:.2f}**. {reason}")
    st.markdown("  \n".join(lines))
    if group >= 0:
        st.page_link(
            pages["duplicates"],
            label=f"Duplicate group {group} · {counted(int(analysis.duplicates.n_records[group]), noun)}",
            icon=":material/arrow_forward:",
            query_params=_link(group=str(group)),
        )
    if rank is not None:
        st.page_link(
            pages["anomalies"],
            label=f"Anomaly {rank + 1:,} of {len(analysis.anomalies.ranked):,}",
            icon=":material/arrow_forward:",
            query_params=_link(row=str(row)),
        )


def _link(**address: str) -> dict[str, str]:
    current = state.analysis_id()
    return {"analysis": current, **address} if current else address


def _rank(analysis: Analysis, text: int) -> int | None:
    """The place of a flagged text among the anomalies, from 0; None when it is not flagged."""
    if not analysis.anomalies.is_anomaly[text]:
        return None
    return int((analysis.anomalies.ranked == text).argmax())


def _show_fields(analysis: Analysis, row: int) -> None:
    record = analysis.corpus.fields.slice(row, 1).to_pylist()[0]
    with st.expander("All columns", icon=":material/table_rows:"):
        cells = [("row", str(row)), *((name, "" if value is None else str(value)) for name, value in record.items())]
        st.dataframe(
            {
                "Column": [page_text(name, 60) for name, _ in cells],
                "Value": [page_text(value[:_FIELD_LENGTH]) for _, value in cells],
            },
            hide_index=True,
            width="stretch",
        )


def _show_nearest(analysis: Analysis, text: int, open_row: Open) -> None:
    near = analysis.neighbours.texts[text][:_N_NEAREST]
    if not len(near):
        st.caption("There is no other text to compare it with.")
        return
    st.markdown("**Nearest texts**")
    for other, similarity in zip(near.tolist(), analysis.neighbours.similarity[text].tolist(), strict=False):
        row = int(analysis.distinct.first_row[other])
        words, button = st.columns([3, 1], vertical_alignment="center", gap="small")
        own_id = parts.plain(shorten(page_text(analysis.corpus.ids[row]), 24))
        snippet = parts.plain(page_text(analysis.corpus.texts[row], 90))
        words.markdown(f"**{similarity:.2f}** :gray[{own_id}]  \n{snippet}")
        button.button(
            "Open",
            key=f"near-{other}",
            icon=":material/arrow_forward:",
            on_click=open_row,
            args=(row,),
            type="tertiary",
        )
