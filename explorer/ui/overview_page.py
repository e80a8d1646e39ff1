"""The parts of the overview."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.report.summary import counted, counts, headline, record_noun
from explorer.types import Analysis
from explorer.ui import groups, parts
from explorer.ui.timeline import timeline

_SHOWN = 6  # groups, clusters and anomalies listed here; the pages list all


def show_headline(analysis: Analysis) -> None:
    """The sentence, and the same numbers to read at a glance."""
    number = counts(analysis)
    st.markdown(f"##### {parts.plain(headline(analysis))}")
    columns = st.columns(5)
    noun = record_noun(analysis) + "s"
    columns[0].metric(noun.capitalize(), f"{number['n_records']:,}", border=True)
    columns[1].metric(
        "Distinct texts",
        f"{number['n_distinct_texts']:,}",
        border=True,
        help="Records with the same text count once"
        + (f"; {analysis.corpus.left_out} do not count." if analysis.corpus.left_out else "."),
    )
    columns[2].metric(
        "Duplicate groups",
        f"{number['n_groups']:,}",
        border=True,
        help=f"Copies and near-duplicates at {analysis.duplicates.threshold:.2f}. "
        f"If every group became one record, {counted(number['n_mergeable'], 'record')} would go.",
    )
    columns[3].metric("Anomalies", f"{number['n_anomalies']:,}", border=True, help=_anomaly_help(analysis))
    columns[4].metric(
        "Clusters",
        f"{number['n_clusters']:,}",
        border=True,
        help=f"{number['n_unclustered']:,} records belong to no cluster; none is put into one by force.",
    )
    if number["n_records"] and number["n_mergeable"]:
        share = number["n_mergeable"] / number["n_records"]
        largest = analysis.duplicates.n_records[:10].sum() / number["n_records"]
        st.markdown(
            f"**{parts.percent(share)}** of all {noun} repeat another one; "
            f"the ten largest groups hold **{parts.percent(largest)}** of all."
        )


def _anomaly_help(analysis: Analysis) -> str:
    if analysis.anomalies.cut is None:
        return "There are too few distinct texts to say what is usual, so none is flagged."
    typical = analysis.anomalies.typical
    return (
        f"Flagged from a strangeness of {analysis.anomalies.cut:.2f}, a cut that comes from this file. Usually the "
        f"nearest other text is {typical.low:.2f} to {typical.high:.2f} alike."
    )


def show_set_aside(analysis: Analysis) -> None:
    """What could not be used, and everything a reader of the numbers must know."""
    notes = [f"{report.source}: {note}" for report in analysis.corpus.reports for note in report.notes]
    rejected = sum(report.n_rows_rejected for report in analysis.corpus.reports)
    if not (rejected or notes or analysis.warnings):
        return
    label = []
    if rejected:
        label.append(f"{counted(rejected, 'row')} set aside")
    if analysis.distinct.n_empty:
        label.append(f"{counted(analysis.distinct.n_empty, 'record')} without text")
    with st.expander(" · ".join([*label, "What to know about this result"]), icon=":material/info:"):
        for sentence in [*analysis.warnings, *notes]:
            st.markdown(f"- {parts.plain(sentence)}")
        if rejected:
            rows = [{"file": r.source, "line": r.line, "why": r.reason} for r in analysis.corpus.rejected[:200]]
            st.dataframe(rows, hide_index=True, width="stretch")
            st.page_link(
                st.session_state["pages"]["export"], label=f"Download all {rejected:,} with their text: rejected.csv"
            )


def show_timeline(analysis: Analysis) -> None:
    """Records over time, where they have one."""
    if analysis.corpus.times is None:
        return
    drawn = timeline(analysis.corpus.times, analysis.row_values(analysis.anomalies.is_anomaly, False))
    if drawn is None:
        return
    figure, step = drawn
    st.subheader(f"{record_noun(analysis).capitalize()}s per {step}", anchor=False)
    st.plotly_chart(figure, width="stretch", key="timeline", config={"displayModeBar": False})


def show_where_to_look(analysis: Analysis) -> None:
    """The largest groups and clusters and the strangest records, each a click away."""
    left, middle, right = st.columns(3, gap="medium")
    with left:
        st.subheader("Largest duplicate groups", anchor=False)
        _show_groups(analysis)
        st.page_link(st.session_state["pages"]["duplicates"], label="All duplicates", icon=":material/arrow_forward:")
    with middle:
        st.subheader("Strangest records", anchor=False)
        _show_anomalies(analysis)
        st.page_link(st.session_state["pages"]["anomalies"], label="All anomalies", icon=":material/arrow_forward:")
    with right:
        st.subheader("Largest clusters", anchor=False)
        _show_clusters(analysis)
        st.page_link(st.session_state["pages"]["map"], label="See them on the map", icon=":material/arrow_forward:")


def _show_groups(analysis: Analysis) -> None:
    duplicates = analysis.duplicates
    if not duplicates.n_groups:
        st.caption(f"No two records are at least {duplicates.threshold:.2f} alike.")
        return
    for group, text in enumerate(duplicates.representative[:_SHOWN]):
        _card(
            f"{duplicates.n_records[group]:,}×",
            analysis,
            int(analysis.distinct.first_row[text]),
            key=f"group-{group}",
            target=("duplicates", {"group": str(group)}),
        )


def _show_anomalies(analysis: Analysis) -> None:
    anomalies = analysis.anomalies
    if not len(anomalies.ranked):
        st.caption(_anomaly_help(analysis) if anomalies.cut is None else "Nothing stands out: no record is flagged.")
        return
    for rank, text in enumerate(anomalies.ranked[:_SHOWN], start=1):
        _card(
            f"{anomalies.strangeness[text]:.2f}",
            analysis,
            int(analysis.distinct.first_row[text]),
            key=f"anomaly-{rank}",
            target=("anomalies", {"rank": str(rank)}),
        )


def _show_clusters(analysis: Analysis) -> None:
    clusters = analysis.clusters
    if not clusters.names:
        st.caption("No clusters: the texts are too few, or too evenly spread.")
        return
    percent = 100 * clusters.n_records / max(int(analysis.distinct.counts.sum()), 1)
    frame = {
        "cluster": list(clusters.names[: _SHOWN + 4]),
        "records": clusters.n_records[: _SHOWN + 4].tolist(),
        "share": np.round(percent[: _SHOWN + 4], 1).tolist(),
    }
    column = st.column_config
    # The widths fit a third of a window of 1,100 pixels; a wider one stretches them.
    st.dataframe(
        frame,
        hide_index=True,
        width="stretch",
        key="clusters",
        column_config={
            "cluster": column.TextColumn(width=145),
            "records": column.NumberColumn(format="localized", width=70),
            "share": column.NumberColumn(format="%.1f%%", width=65, help="Of all records that have a text."),
        },
    )


def _card(number: str, analysis: Analysis, row: int, *, key: str, target: tuple[str, dict[str, str]]) -> None:
    """One line about a record, with a button to ``target``: a page and its query."""
    with st.container(border=True, gap=None):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{number}** :small[{parts.plain(parts.snippet(analysis.corpus.ids[row], 40))}]")
            if st.button("Open", key=key, icon=":material/arrow_forward:", type="tertiary", width="content"):
                page, query = target
                st.switch_page(st.session_state["pages"][page], query_params=query)
        parts.show_text(parts.snippet(groups.snippets(analysis, np.array([row]))[0], 110))


def show_how_sure(analysis: Analysis) -> None:
    """Measured, not promised."""
    near, embedding = analysis.neighbours, analysis.embedding
    search = (
        "every text was compared with every other one"
        if near.method == "exact"
        else f"{near.recall:.1%} of the true nearest neighbours were found (measured on {near.n_recall_sample} texts)"
    )
    seconds = sum(analysis.seconds.values())
    with st.expander("How this was made", icon=":material/science:"):
        st.markdown(
            f"- Model: {parts.plain(embedding.model_id)}; {embedding.n_cached:,} of {analysis.distinct.n_texts:,} "
            "texts were read before and not again.\n"
            f"- Search: {parts.plain(search)}.\n"
            f"- Map: {analysis.layout.method.upper()}; distances on it are a picture, and no duplicate or anomaly is "
            "judged by them.\n"
            f"- It took {seconds:,.1f} s and at most {analysis.peak_memory_bytes / 2**20:,.0f} MB of memory.\n"
            f"- Fingerprint {analysis.fingerprint}: the same file and settings give the same result."
        )
