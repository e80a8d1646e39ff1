"""The parts of the map page: the map, what stands beside it, and what stands below it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from hashlib import blake2b
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import streamlit as st

from explorer.errors import ExplorerError
from explorer.report.cells import page_text
from explorer.report.csv_files import write_csv
from explorer.report.html_map import marks_name
from explorer.report.summary import counted, record_noun
from explorer.types import Analysis, Bools, Ints
from explorer.ui import cached, colours, filters, parts, selection, state
from explorer.ui.colours import Colouring, LegendEntry
from explorer.ui.figures import HEIGHT, MAX_POINTS, Marks
from explorer.ui.map_controls import Wish
from explorer.ui.record_panel import show_record
from explorer.ui.selection import Area, Extent

_N_BY_MEANING = 50
_MOST_LINES = 1_000  # of a table in the browser
_LEGEND_LINES = 18
_IN_BROWSER = "map_in_browser"  # (what the figure showed, row, area): marks that the browser itself still shows
_ROUND = "map_round"  # counts up to make the browser forget its marks
_CHART = "map"
_CONFIG = {
    "scrollZoom": True,
    "displaylogo": False,
    "showSendToCloud": False,  # a button that would upload the chart, texts included
    "plotlyServerURL": "",
    "displayModeBar": True,
    "doubleClick": "reset",
    "modeBarButtons": [["zoomIn2d", "zoomOut2d", "resetScale2d", "toImage"]],
    "toImageButtonOptions": {"filename": "map", "scale": 2},
}


class Found(NamedTuple):
    """What a search found: rows, best or first in the file first, and how alike they are where that was asked."""

    rows: Ints
    similarity: Sequence[float] | None
    sentence: str


class Chosen(NamedTuple):
    """What is open: a record, and an area with the records in it that match the filters."""

    row: int | None
    code: str | None
    rows: Ints | None
    n_filtered_out: int


def stop_if_nothing_to_draw(analysis: Analysis) -> None:
    """Ends the page with a sentence where no record has a text."""
    if analysis.distinct.n_texts:
        return
    noun = counted(analysis.corpus.n_records, record_noun(analysis))
    st.info(f"None of the {noun} has any text, so there is nothing to draw.", icon=":material/info:")
    st.page_link(st.session_state["pages"]["start"], label="Choose other columns", icon=":material/arrow_back:")
    st.stop()


def find(analysis: Analysis, wish: Wish) -> Found | None:
    """The records that the search of ``wish`` finds; None without a search."""
    if not wish.query:
        return None
    quoted = f"“{parts.plain(page_text(wish.query, 80))}”"
    if wish.by_meaning:
        try:
            hits = cached.found(analysis.fingerprint, wish.query, _N_BY_MEANING, analysis)
        except ExplorerError as error:  # without its model a map is still a map
            st.warning(parts.plain(str(error)), icon=":material/search_off:")
            return None
        rows = np.array([hit.row for hit in hits], dtype=np.int64)
        return Found(rows, [hit.similarity for hit in hits], f"**{len(rows):,}** texts nearest in meaning to {quoted}")
    rows = np.flatnonzero(cached.rows_with_words(analysis.fingerprint, wish.query, analysis)).astype(np.int64)
    verb = "contains" if len(rows) == 1 else "contain"
    return Found(rows, None, f"**{len(rows):,}** {_records(analysis, len(rows))} {verb} {quoted}")


def _records(analysis: Analysis, count: int) -> str:
    return record_noun(analysis) + ("" if count == 1 else "s")


def matching(analysis: Analysis, wish: Wish) -> Bools | None:
    """The records (n,) that match the filters; None where no filter is set."""
    return cached.matching_rows(analysis.fingerprint, wish.filters, analysis) if wish.filters.n_active else None


def chosen(analysis: Analysis, match: Bools | None) -> Chosen:
    """What the address says is open."""
    row = state.row_in_address("row", analysis.corpus.n_records)
    code = st.query_params.get("area")
    area = Area.decode(code, selection.extent_of(analysis.layout.xy)) if code else None
    if area is None:
        return Chosen(row, None, None, 0)
    rows = selection.rows_of_texts(analysis, selection.inside(analysis.layout.xy, area))
    kept = rows if match is None else rows[match[rows]]
    return Chosen(row, code, kept, len(rows) - len(kept))


def counts(analysis: Analysis, match: Bools | None, found: Found | None) -> str:
    """How many records the search found and how many match the filters, as Markdown."""
    sentences = []
    if found is not None:
        sentences.append(found.sentence)
    if match is not None:
        n = int(match.sum())
        of_all = counted(analysis.corpus.n_records, record_noun(analysis))
        sentences.append(f"**{n:,}** of {of_all} {'matches' if n == 1 else 'match'} the filters")
        if found is not None and found.rows.size:
            sentences.append(f"**{int(match[found.rows].sum()):,}** of those found match them")
    return " · ".join(sentences)


def show_footnote(analysis: Analysis) -> None:
    """Below the map: what is not on it."""
    sentences = []
    n_texts, n_empty = analysis.distinct.n_texts, analysis.distinct.n_empty
    if n_texts > MAX_POINTS:
        sentences.append(
            f"Showing {MAX_POINTS:,} of {n_texts:,} texts, all anomalies among them; searches and selections count all."
        )
    if n_empty:
        verb = "is" if n_empty == 1 else "are"
        sentences.append(f"{counted(n_empty, record_noun(analysis))} without text {verb} not on the map.")
    if sentences:
        st.caption(" ".join(sentences))


def show_map(analysis: Analysis, wish: Wish, match: Bools | None, found: Found | None, now: Chosen) -> None:
    """The map itself."""
    base = (analysis.fingerprint, wish.view, wish.filters, wish.query, wish.by_meaning, st.session_state.get(_ROUND, 0))
    drawn_on, own_row, own_code = st.session_state.get(_IN_BROWSER) or (None, None, None)
    row = None if drawn_on == base and own_row == now.row else now.row
    code = None if drawn_on == base and own_code == now.code else now.code
    if row is not None or code is not None:
        # A changed figure makes the browser forget its own marks; from now on the figure shows them.
        st.session_state[_IN_BROWSER] = None
    extent = selection.extent_of(analysis.layout.xy)
    text = -1 if row is None else int(analysis.distinct.text_of_row[row])
    hits = None
    if found is not None:
        hit_rows = np.zeros(analysis.corpus.n_records, dtype=np.bool_)
        hit_rows[found.rows] = True
        hits = filters.texts_of_rows(analysis, hit_rows)
    marks = Marks(
        matches=match,
        hits=hits,
        chosen=text if text >= 0 else None,
        area=Area.decode(code, extent) if code else None,
    )
    figure = cached.figure((*base[:-1], row, code, base[-1]), analysis, wish.view, marks)
    st.plotly_chart(
        figure,
        key=_CHART,
        on_select=partial(_take_event, analysis, extent, base, row is None and code is None),
        selection_mode=("points", "box", "lasso"),
        config=_CONFIG,
        alt=f"Map of {counted(analysis.distinct.n_texts, 'text')}: texts with a similar meaning lie close together",
    )


def _take_event(analysis: Analysis, extent: Extent, base: tuple[object, ...], is_unmarked: bool) -> None:
    """Puts what was clicked or drawn into the address; an empty event takes it out."""
    event = st.session_state[_CHART]["selection"]
    area = selection.area_of(event)
    text = selection.clicked_text(event, analysis.distinct.n_texts)
    if area is not None:
        state.put_in_address("area", area.encode(extent))
        state.put_in_address("row", None)
    elif text is not None:
        state.put_in_address("row", int(analysis.distinct.first_row[text]))
    else:
        state.put_in_address("row", None)
        state.put_in_address("area", None)
    row = state.row_in_address("row", analysis.corpus.n_records)
    st.session_state[_IN_BROWSER] = (base, row, st.query_params.get("area")) if is_unmarked else None


def open_row(row: int | None) -> None:
    """Opens a record beside the map; None closes it."""
    state.put_in_address("row", row)
    if row is None:
        _forget_marks()


def _clear_area() -> None:
    state.put_in_address("area", None)
    _forget_marks()


def _forget_marks() -> None:
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    st.session_state[_IN_BROWSER] = None


def show_side(analysis: Analysis, wish: Wish, match: Bools | None, now: Chosen) -> None:
    """Beside the map: the open record, or what the selection has in common, or what the colours mean."""
    with st.container(height=HEIGHT, border=False, key=f"side-{now.row}"):  # a new key begins at the top again
        if now.row is not None:
            show_record(analysis, now.row, open_row)
            return
        if now.rows is not None:
            _show_selection(analysis, now)
        _show_legend(analysis, wish, match)


def _show_selection(analysis: Analysis, now: Chosen) -> None:
    assert now.rows is not None, "asked only where there is a selection"
    n = len(now.rows)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"#### {n:,} {_records(analysis, n)} selected", width="stretch")
        st.button("Clear", key="clear-area", icon=":material/close:", on_click=_clear_area, type="tertiary")
    if now.n_filtered_out:
        st.caption(f"{now.n_filtered_out:,} more in this area do not match the filters.")
    if not n:
        st.markdown("There is nothing in this area. Draw around some points.")
        return
    marked = np.zeros(analysis.corpus.n_records, dtype=np.bool_)
    marked[now.rows] = True
    key = (analysis.fingerprint, blake2b(now.rows.tobytes(), digest_size=16).hexdigest())
    terms, stands = cached.about_selection(key, analysis, marked)
    if terms:
        st.markdown("**What they speak of**")
        st.markdown(" ".join(f":gray-badge[{parts.plain(page_text(term))}]" for term in terms))
    if stands:
        st.markdown("**What they have more of than the rest**")
        st.markdown(
            "\n".join(
                f"- {parts.plain(page_text(item.column, 30))} **{parts.plain(page_text(item.value, 40))}**: "
                f"{item.fraction_inside:.0%}, {item.fraction_outside:.0%} elsewhere"
                for item in stands
            )
        )
    st.caption("The list of these records is below the map.")


def _show_legend(analysis: Analysis, wish: Wish, match: Bools | None) -> None:
    drawn = cached.colouring(analysis.fingerprint, wish.view.colour, wish.filters, analysis, match)
    name = colours.colour_choices(analysis).get(wish.view.colour, "Clusters")
    st.markdown(f"**{parts.plain(page_text(name, 40))}**")
    if drawn.ticks:
        _show_scale(drawn)
    elif drawn.legend:
        st.html(_legend_html(drawn.legend, record_noun(analysis) + "s"))
        if match is not None:
            st.caption("Only what matches the filters is counted.")
    else:
        st.caption("Nothing matches the filters.")
    n_mixed = int(drawn.mixed.sum())
    if drawn.rule and (drawn.ticks or n_mixed):
        st.caption(drawn.rule)
    if n_mixed:
        _show_mark("○", "inherit", f"{counted(n_mixed, 'text')} with {drawn.mixed_rule}")
    if wish.view.rings and len(analysis.anomalies.ranked):
        _show_mark("◇", colours.ALERT, marks_name(analysis))


def _show_mark(mark: str, colour: str, words: str) -> None:
    st.html(
        f'<div style="font-size:.85rem;opacity:.85"><span style="color:{colour};margin-right:.5em">{mark}</span>'
        f"{words}</div>"
    )


def _show_scale(drawn: Colouring) -> None:
    stops = ", ".join(f"{colour} {stop:.0%}" for stop, colour in drawn.scale)
    ticks = "".join(f"<span>{escape(label)}</span>" for _, label in (drawn.ticks[0], drawn.ticks[2], drawn.ticks[-1]))
    st.html(
        f'<div style="height:12px;border-radius:6px;background:linear-gradient(90deg,{stops})"></div>'
        f'<div style="display:flex;justify-content:space-between;font-size:.8rem;opacity:.75">{ticks}</div>'
    )


def _legend_html(entries: Sequence[LegendEntry], noun: str) -> str:
    grey = [entry for entry in entries if entry.colour == colours.NOISE]
    named = [entry for entry in entries if entry.colour != colours.NOISE]
    more = named[_LEGEND_LINES:]
    if more:
        n_texts, n_records = sum(e.n_texts for e in more), sum(e.n_records for e in more)
        grey.insert(0, LegendEntry("transparent", f"{len(more):,} more", n_texts, n_records))
    head = _legend_line("transparent", "", "texts", noun)
    lines = (
        _legend_line(e.colour, page_text(e.label, 80), f"{e.n_texts:,}", f"{e.n_records:,}")
        for e in [*named[:_LEGEND_LINES], *grey]
    )
    return f'<div style="font-size:.85rem;line-height:1.35">{head}{"".join(lines)}</div>'


def _legend_line(colour: str, label: str, n_texts: str, n_records: str) -> str:
    number = "flex:none;width:{};text-align:right;opacity:.65;font-variant-numeric:tabular-nums"
    return (
        '<div style="display:flex;align-items:baseline;gap:.55em;padding:.13em 0">'
        f'<span style="flex:none;width:.7em;height:.7em;border-radius:50%;background:{colour}"></span>'
        '<span style="flex:1;overflow:hidden;text-overflow:ellipsis;white-space:nowrap"><bdi>'
        f"{escape(label)}</bdi></span>"
        f'<span style="{number.format("3.6em")}">{n_texts}</span>'
        f'<span style="{number.format("4.6em")}">{n_records}</span></div>'
    )


def show_tables(analysis: Analysis, found: Found | None, now: Chosen) -> None:
    """Below the map: the records of the selection and those that the search found."""
    if now.rows is not None and len(now.rows):
        title, button = st.columns([4, 1], vertical_alignment="bottom")
        title.subheader(f"{len(now.rows):,} {_records(analysis, len(now.rows))} selected", anchor=False)
        with button:
            _show_download(analysis, now.rows)
        _show_table(analysis, now.rows, None, "selected")
    if found is not None:
        st.subheader("Found", anchor=False)
        if len(found.rows):
            _show_table(analysis, found.rows, found.similarity, "found")
        else:
            st.caption("No record has all of these words. Try fewer words, or search by meaning.")


def _show_table(analysis: Analysis, rows: Ints, similarity: Sequence[float] | None, name: str) -> None:
    shown = rows[:_MOST_LINES]
    key = f"{name}-{blake2b(rows.tobytes(), digest_size=8).hexdigest()}"

    def open_line() -> None:
        picked = st.session_state[key]["selection"]["rows"]
        if picked:
            state.put_in_address("row", int(shown[picked[0]]))

    column = st.column_config
    st.dataframe(
        selection.records_frame(analysis, shown, similarity),
        key=key,
        on_select=open_line,
        selection_mode="single-row",
        hide_index=True,
        placeholder="",
        width="stretch",
        height=min(37 + 35 * len(shown), 420),
        column_config={
            "Alike": column.ProgressColumn(format="%.2f", min_value=0.0, max_value=1.0, width=110),
            "Row": column.NumberColumn(format="%d", width=70),
            "Id": column.TextColumn(width=110),
            "Text": column.TextColumn(width=500),
            "Cluster": column.TextColumn(width=220),
            "Group": column.NumberColumn(format="%d", width=70, help="The duplicate group, where it is in one."),
            "Strangeness": column.NumberColumn(format="%.2f", width=100),
        },
    )
    if len(rows) > len(shown):
        whole = "the download has all" if name == "selected" else "the map shows all"
        st.caption(f"The first {len(shown):,} of {len(rows):,}; {whole}. Tick a line to read it beside the map.")
    else:
        st.caption("Tick a line to read it beside the map.")


def _show_download(analysis: Analysis, rows: Ints) -> None:
    # Streamlit tells large downloads apart by length and samples only; the name makes sure of it.
    content = blake2b(rows.tobytes() + analysis.fingerprint.encode(), digest_size=5).hexdigest()
    st.download_button(
        "Download",
        data=partial(_selection_csv, analysis, rows),
        file_name=f"selection-{content}.csv",
        mime="text/csv",
        key="download-selection",
        on_click="ignore",
        icon=":material/download:",
        width="stretch",
        help=f"All {len(rows):,} with their texts, as CSV.",
    )


def _selection_csv(analysis: Analysis, rows: Ints) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "selection.csv"
        write_csv([selection.selection_table(analysis, rows)], path)
        return path.read_bytes()
