"""The parts of the anomalies page: how many there are, the ranked list, and one beside its nearest record."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import streamlit as st

from explorer.anomalies import FEWEST_TEXTS
from explorer.report.cells import page_text
from explorer.report.summary import counted, record_noun
from explorer.types import Analysis, Ints
from explorer.ui import charts, downloads, lists, parts, record_lines, state, strange
from explorer.ui.groups import Member
from explorer.ui.strange import Finding

_MORE = 50  # unflagged texts that are shown on request
_LINES = 18  # of a text, before it scrolls


class Listed(NamedTuple):
    """The texts of the list, the place of the open one, and whether the address names one that is not in the list."""

    texts: Ints
    place: int
    is_elsewhere: bool


def stop_if_nothing_to_judge(analysis: Analysis) -> None:
    """Ends the page with a sentence where there are no two texts."""
    n_texts, noun = analysis.distinct.n_texts, record_noun(analysis)
    if n_texts >= 2:
        return
    if n_texts == 0:
        sentence = f"None of the {counted(analysis.corpus.n_records, noun)} has any text, so nothing can be strange."
    elif analysis.corpus.n_records == 1:
        sentence = f"There is only one {noun}: nothing is usual yet, so nothing can be strange."
    else:
        sentence = f"All {noun}s with a text say the same, so nothing stands out."
    st.info(sentence, icon=":material/info:")
    st.page_link(st.session_state["pages"]["start"], label="Go to the start page", icon=":material/arrow_back:")
    st.stop()


def choose_list(analysis: Analysis) -> Listed | None:
    """The headline with what may be listed below it; None where nothing is listed."""
    left, right = st.columns([5, 6], gap="large")
    with left:
        _show_headline(analysis)
        n_flagged = len(analysis.anomalies.ranked)
        n_others = int((~analysis.anomalies.is_anomaly).sum())
        n_more = min(_MORE, n_others)
        with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
            if n_flagged:
                downloads.show_download("anomalies", analysis, width="content")
            more = n_more and st.toggle(
                f"Also the next {n_more:,}, not flagged" if n_flagged else f"The {n_more:,} strangest, not flagged",
                value=not n_flagged,
                key="more" if n_flagged else "strangest",
                bind="query-params",
                help="The cut is a suggestion: look just under it when most of what is flagged is right.",
            )
    texts = strange.ranked_texts(analysis, n_more if more else 0)
    listed = _listed(analysis, texts) if len(texts) else None
    with right:
        st.plotly_chart(
            charts.strangeness_figure(analysis.anomalies, None if listed is None else int(texts[listed.place])),
            key="strangeness",
            config={"displayModeBar": False},
            alt="How many texts are how strange, and where the cut lies",
        )
    return listed


def _show_headline(analysis: Analysis) -> None:
    anomalies, n_texts = analysis.anomalies, analysis.distinct.n_texts
    typical = anomalies.typical
    n_flagged = len(anomalies.ranked)
    if anomalies.cut is None:
        st.markdown(f"##### {counted(n_texts, 'text')}: too few to say what is usual")
        st.markdown(
            f"Nothing is flagged below {FEWEST_TEXTS} different texts. The strangest can still be listed; whether they "
            "are anomalies is yours to say."
        )
        return
    if not n_flagged:
        st.markdown(f"##### Nothing is flagged among {counted(n_texts, 'text')}")
        st.markdown(
            f"The strangest reaches {float(anomalies.strangeness.max()):.2f}; the cut, which comes from this file, "
            f"is {anomalies.cut:.2f}."
        )
    else:
        n_records = int(analysis.distinct.counts[anomalies.is_anomaly].sum())
        in_records = f" ({counted(n_records, record_noun(analysis))})" if n_records != n_flagged else ""
        verb = "is" if n_flagged == 1 else "are"
        st.markdown(f"##### {n_flagged:,} of {counted(n_texts, 'text')} {verb} flagged{in_records}")
    st.markdown(
        f"Usually a text's nearest other text is **{typical.low:.2f} to {typical.high:.2f}** alike. Strangeness is the "
        "distance to the nearest texts, less for what occurs often; a text is flagged when it lies far outside what is "
        "usual in this file."
    )


def _listed(analysis: Analysis, texts: Ints) -> Listed:
    """The record (row) or the rank that the address names is open, else the first; an address may hold anything."""
    row = state.row_in_address("row", analysis.corpus.n_records)
    if row is not None:
        places = np.flatnonzero(texts == analysis.distinct.text_of_row[row])
    else:
        rank = state.row_in_address("rank", len(texts) + 1)
        places = np.array([rank - 1]) if rank else np.empty(0, dtype=np.int64)
    is_named = bool({"row", "rank"} & set(st.query_params))
    return Listed(texts, int(places[0]) if len(places) else 0, is_named and not len(places))


def show_findings(analysis: Analysis, listed: Listed) -> None:
    """The list, and below it the open one."""
    texts, place, is_elsewhere = listed

    def choose(new: int) -> None:
        state.put_in_address("row", None)
        state.put_in_address("rank", new + 1)

    lines = lists.Lines(
        f"anomalies-list-{analysis.fingerprint}-{len(texts)}",
        len(texts),
        lambda part: strange.anomalies_frame(analysis, texts).iloc[part],
    )
    lists.show_list(lines, place, choose, columns=_columns(analysis), height=37 + 35 * 7)
    if is_elsewhere:
        st.caption("The record or rank in the address is not among these; the strangest is open.")
    found = strange.finding(analysis, texts, place)
    title, steps = st.columns([3, 2], vertical_alignment="center")
    badge = ":orange-badge[flagged]" if found.is_anomaly else ":gray-badge[not flagged]"
    title.markdown(f"#### Rank {found.rank:,} {badge}")
    with steps:
        lists.show_steps(lines, place, choose)
    _show_verdict(analysis, found)
    _show_side_by_side(analysis, found)


def _columns(analysis: Analysis) -> dict[str, object]:
    column, typical = st.column_config, analysis.anomalies.typical
    return {
        "Rank": column.NumberColumn("#", format="%d", width=50),
        "Strangeness": column.ProgressColumn(format="%.2f", min_value=0.0, max_value=1.0, width=110),
        "Id": column.TextColumn(width=125),
        "Text": column.TextColumn(width=430),
        "Only here": column.TextColumn(width=230, help="Words that none of its nearest texts has."),
        "Nearest": column.NumberColumn(
            format="%.2f",
            width=75,
            help=f"How alike the nearest other text is; usual here: {typical.low:.2f} to {typical.high:.2f}.",
        ),
        "Occurs": column.NumberColumn(format="localized", width=70, help="Records with this text."),
        "Reason": column.TextColumn(width=520),
    }


def _show_verdict(analysis: Analysis, found: Finding) -> None:
    anomalies = analysis.anomalies
    typical = anomalies.typical
    words, scale = st.columns([3, 2], gap="large")
    with words:
        if found.is_anomaly:
            st.markdown(parts.plain(found.reason))
        elif anomalies.cut is None:
            st.markdown("There are too few texts to say whether this is unusual.")
        else:
            st.markdown(
                f"Its strangeness of {float(anomalies.strangeness[found.text]):.3f} lies under the cut of "
                f"{anomalies.cut:.3f}."
            )
    near = float(anomalies.nearest_similarity[found.text])
    with scale:
        st.caption(f"Nearest **{near:.2f}** alike; usual here {typical.low:.2f} to {typical.high:.2f}")
        st.html(charts.similarity_strip(near, typical))


def _show_side_by_side(analysis: Analysis, found: Finding) -> None:
    near, similarity = strange.nearest_texts(analysis, found.text)
    row = int(analysis.distinct.first_row[found.text])
    key = f"nearest-{found.text}"
    picked = (st.session_state.get(key) or {"selection": {"rows": [0]}})["selection"]["rows"]
    shown = picked[0] if picked and picked[0] < len(near) else 0
    left, right = st.columns(2, border=True)
    with left:
        record_lines.show_record_line(analysis, row, ":orange-badge[this one]")
        _show_marked(page_text(analysis.corpus.texts[row]), found.missing_words)
        if found.missing_words:
            st.caption("Marked: words that none of its nearest texts has, the rarest of them.")
        rows = analysis.rows_of_text(found.text)
        if len(rows) > 1:
            record_lines.show_other_records(analysis, Member(found.text, row, rows, 1.0))
    with right:
        other = int(analysis.distinct.first_row[near[shown]])
        place = "nearest" if shown == 0 else f"number {shown + 1} of the nearest"
        record_lines.show_record_line(analysis, other, f":blue-badge[{place}, {similarity[shown]:.2f} alike]")
        parts.show_text(page_text(analysis.corpus.texts[other]), lines=_LINES)
    st.caption("Its nearest texts; choose one to see it on the right.")
    st.dataframe(
        strange.nearest_frame(analysis, near, similarity),
        key=key,
        on_select="rerun",
        selection_mode="single-row-required",
        hide_index=True,
        width="stretch",
        column_config={
            "Alike": st.column_config.NumberColumn(format="%.2f", width=70),
            "Id": st.column_config.TextColumn(width=110),
            "Cluster": st.column_config.TextColumn(width=200),
            "Text": st.column_config.TextColumn(width=620),
        },
    )


def _show_marked(text: str, words: tuple[str, ...]) -> None:
    st.html(
        '<div style="white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.45;'
        f'max-height:{1.45 * _LINES:.2f}em;overflow-y:auto">{strange.highlighted(text, words)}</div>'
    )
