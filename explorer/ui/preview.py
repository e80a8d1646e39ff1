"""What was read, before anything is computed from it: every decision is shown and can be changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from explorer.errors import InputError, SettingsError
from explorer.ingest.cleaning import KINDS
from explorer.ingest.date_order import CHOOSE_ORDER
from explorer.ingest.inspection import Inspection
from explorer.ingest.log_columns import LINE
from explorer.ingest.log_formats import LOG_FORMATS
from explorer.params import DEFAULT_MODEL, DuplicateParams, NeighbourParams, ReadParams
from explorer.report.cells import page_text
from explorer.report.summary import counted
from explorer.types import ReadReport
from explorer.ui import cached, intake, parts, state
from explorer.ui.preview_columns import choose_columns
from explorer.workspace.library import Request

_READ_AS = {"As the file looks": None, "As a table": False, "Every line is a record": True}
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe", " ": "spaces", "": "none: one column"}
_QUOTES = {'"': 'double quote "', "'": "single quote '", "`": "backtick `", "~": "tilde ~", "": "none"}
_ENCODINGS = (
    "utf-8", "utf-16", "cp1252", "iso8859-1", "cp1250", "cp1251", "koi8-r", "shift_jis", "euc_jp", "gb18030", "big5",
    "euc_kr", "mac_roman", "cp437",
)  # fmt: skip
_ORDERS = {True: "day first: 31/12/2024", False: "month first: 12/31/2024"}
_SHOWN_ROWS = 8


def show(chosen: intake.Chosen) -> None:
    """What was read, the columns' roles, settings, and the button that starts the analysis."""
    st.divider()
    heading, read_as = st.columns([3, 2], vertical_alignment="bottom")
    heading.subheader("What was read", anchor=False)
    found, choices = st.container(), st.container()
    try:
        with choices:
            reading = _choose_reading(chosen, read_as)
        with found:
            inspection = intake.read(chosen, reading)
    except (InputError, SettingsError) as error:
        # The choices stay: one of them may be what is wrong.
        found.error(parts.plain(str(error)), icon=":material/error:")
        return
    if len(inspection.reports[0].sheets) > 1 and _sheets_key(chosen) not in st.session_state:
        st.session_state[_sheets_key(chosen)] = inspection.reports[0].sheets
        st.rerun()  # the choice of a sheet was made up before they were known
    with found:
        for report in inspection.reports:
            _show_report(report)
        _ask_order(chosen, inspection)
        _show_rejected(chosen, reading, inspection)
        _show_rows(inspection)
    request = _choose_settings(chosen, inspection, reading)
    if request is None:
        return
    if st.button(
        f"Analyse {counted(inspection.n_records, 'record')}",
        type="primary",
        icon=":material/play_arrow:",
        key="analyse",
    ):
        read_folder = intake.read_folder(chosen, reading)
        state.open_analysis(cached.library().start(list(chosen.paths), request, read_folder))
        intake.forget(chosen)
        st.switch_page(st.session_state["pages"]["overview"])


def _choose_reading(chosen: intake.Chosen, read_as: Any) -> ReadParams:
    """The reader's decisions, each left to it until the user takes one over."""
    name = chosen.fingerprint
    as_lines = read_as.segmented_control("Read", list(_READ_AS), default="As the file looks", key=f"as-{name}")
    sheets = st.session_state.get(_sheets_key(chosen), ())
    with st.expander("Is something read wrongly?", icon=":material/rule_settings:", key=f"reading-{name}"):
        st.caption("What is left empty is decided from the file. The rows above follow at once.")
        first, second, third, fourth, fifth = st.columns(5)
        choose = partial(_choice, name)
        encoding = choose(first, "Encoding", "encoding", _ENCODINGS, str)
        delimiter = choose(second, "Delimiter", "delimiter", tuple(_DELIMITERS), lambda d: _DELIMITERS.get(d, repr(d)))
        quote = choose(third, "Quote", "quote", tuple(_QUOTES), lambda q: _QUOTES.get(q, q), more=False)
        first_line = fourth.number_input(
            "Header begins on line", 1, None, None, placeholder="as found", key=f"first-line-{name}"
        )
        header_rows = fifth.number_input(
            "Rows of the header", 0, 20, None, placeholder="as found", key=f"header-rows-{name}"
        )
        sheet = choose(first, "Sheet or file inside", "sheet", sheets, str, more=False) if sheets else None
        log_format = choose(second, "Format of log lines", "log-format", tuple(LOG_FORMATS), str, more=False)
        day_first = third.selectbox(
            "Order of day and month",
            tuple(_ORDERS),
            index=None,
            key=f"day-first-{name}",
            placeholder="as found",
            format_func=lambda order: _ORDERS[order],
        )
    return ReadParams(
        as_lines=_READ_AS[as_lines or "As the file looks"],
        encoding=encoding,
        delimiter=delimiter,
        quote=quote,
        first_line=None if first_line is None else int(first_line),
        header_rows=None if header_rows is None else int(header_rows),
        sheet=sheet,
        log_format=log_format,
        day_first=day_first,
    )


def _choice(
    name: str,
    place: Any,
    label: str,
    key: str,
    values: Sequence[str],
    shown: Callable[[str], str],
    *,
    more: bool = True,
) -> str | None:
    """One of ``values``, or (``more``) another one that the user types; None leaves it to the reader."""
    chosen: str | None = place.selectbox(
        label,
        values,
        index=None,
        key=f"{key}-{name}",
        placeholder="as found",
        format_func=shown,
        accept_new_options=more,
    )
    return chosen


def _sheets_key(chosen: intake.Chosen) -> str:
    return f"sheets-{chosen.fingerprint}"


def _show_report(report: ReadReport) -> None:
    how = [report.format.upper() if len(report.format) <= 5 else report.format]
    if report.delimiter is not None:
        how.append(_DELIMITERS.get(report.delimiter, report.delimiter))
    how += [part for part in (report.encoding, report.sheet and f"sheet {report.sheet}") if part]
    how += [f"header on {report.header}"] if report.header and report.header != "none" else []
    counts = f"{report.n_rows_read:,} rows read"
    if report.n_rows_rejected:
        counts += f": {report.n_rows_kept:,} kept, **{report.n_rows_rejected:,} set aside**"
    else:
        counts += ", none set aside"
    if report.n_lines_joined:
        counts += f", {report.n_lines_joined:,} lines joined to the record above them"
    st.markdown(f"**{parts.plain(report.source)}** · {parts.plain(', '.join(how))} · {counts}")
    for note in report.notes:
        st.caption(parts.plain(note))


def _ask_order(chosen: intake.Chosen, inspection: Inspection) -> None:
    """Where dates can be read both ways, the question; the answer goes where every other decision is changed."""
    if not any(note.endswith(CHOOSE_ORDER) for report in inspection.reports for note in report.notes):
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            "**Is 01/02/2024 the first of February, or the second of January?** Nothing in the file decides it."
        )
        for is_day_first, answer in ((True, "1 February"), (False, "January 2")):
            st.button(
                answer,
                key=f"order-{is_day_first}-{chosen.fingerprint}",
                on_click=st.session_state.__setitem__,
                args=(f"day-first-{chosen.fingerprint}", is_day_first),
            )


def _show_rejected(chosen: intake.Chosen, reading: ReadParams, inspection: Inspection) -> None:
    if not inspection.n_rejected:
        return
    n = inspection.n_rejected
    with st.expander(f"The {n:,} row{'s'[: n > 1]} set aside, and why", icon=":material/rule:"):
        rows = [{"file": r.source, "line": r.line, "why": r.reason, "text": r.text} for r in inspection.rejected[:200]]
        st.dataframe(rows, hide_index=True, width="stretch")
        more = f"The first {len(rows)} of {inspection.n_rejected:,}. " if len(rows) < inspection.n_rejected else ""
        st.caption(f"{more}All of them will be in the export “rejected.csv”.")
        st.download_button(
            "All of them as CSV",
            partial(intake.rejected_csv, chosen, reading),
            f"rejected-{chosen.fingerprint}.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )


def _show_rows(inspection: Inspection) -> None:
    """The first rows, with the line on which each stands."""
    columns: dict[str, list[Any]] = {"line": list(inspection.sample_lines[:_SHOWN_ROWS])}
    if "line" in inspection.columns:
        columns = {"at line": columns["line"]}
    for position, name in enumerate(inspection.columns):
        columns[name] = [row[position] for row in inspection.sample[:_SHOWN_ROWS]]
    st.dataframe(columns, hide_index=True, width="stretch", key="preview")


def _choose_settings(chosen: intake.Chosen, inspection: Inspection, reading: ReadParams) -> Request | None:
    """The columns' roles and the settings; None (with a hint) when no text column is chosen."""
    columns = choose_columns(chosen, inspection)
    if not columns.text:
        st.warning("Choose at least one column with the text to compare.", icon=":material/edit_note:")
        return None
    left, right = st.columns(2)
    clean = left.toggle(
        "Leave out signatures, quotes, markup and form text",
        value=inspection.clean,
        key=f"clean-{chosen.fingerprint}-{reading.as_lines}",
        help="Two tickets written into the same form, or signed by the same person, are not alike for that. What is "
        "shown and exported is always the whole text.",
    )
    if clean:
        _show_cut(inspection)
    mask = right.toggle(
        "Ignore times, ids, numbers and names that vary",
        value=inspection.mask,
        key=f"mask-{chosen.fingerprint}-{reading.as_lines}",
        help="For logs: lines that differ only in such details are then the same line. In a ticket a number may be "
        "what matters.",
    )
    session = _choose_session(chosen, inspection) if inspection.kind == "logs" else None
    settings = _choose_numbers()
    return Request(
        names=chosen.names,
        **columns.told(inspection.roles, is_session=session is not None),
        reading=reading,
        mask=None if mask == inspection.mask else mask,
        clean=None if clean == inspection.clean else clean,
        session=session,
        **settings,
    )


def _choose_session(chosen: intake.Chosen, inspection: Inspection) -> str | None:
    """By what log records are put together to sessions; None leaves each one by itself."""
    told = {field.name: field.told for field in inspection.sessions}
    fields = [name for name in inspection.columns if name not in (*inspection.roles.text, inspection.roles.time, LINE)]
    session: str | None = st.selectbox(
        "One record for",
        [*told, *(name for name in fields if name not in told)],
        index=None,
        key=f"session-{chosen.fingerprint}",
        placeholder="each line of the log",
        format_func=lambda field: told.get(field, f"each {field}"),
        accept_new_options=True,
        help="A request, block, virtual machine or thread whose lines tell one story becomes one record. Choose a "
        "column, or type the key of KEY=value in the messages. What its lines share is then its id, and it has no "
        "categories.",
    )
    return session


def _show_cut(inspection: Inspection) -> None:
    """What cleaning leaves out of the comparison, with an example of each kind."""
    if not inspection.cut:
        return
    records = "Records" if inspection.n_cleaned == inspection.n_records else f"Of {inspection.n_cleaned:,} records"
    with st.expander("What is left out when texts are compared", icon=":material/content_cut:"):
        rows = [
            {"What": KINDS[kind], records: n, "For example": page_text(inspection.cut_examples.get(kind, ""))}
            for kind, n in inspection.cut.items()
        ]
        st.dataframe(rows, hide_index=True, width="stretch", key="cut")
        st.caption("Each record's own cuts stand beside it once the analysis is done.")


def _choose_numbers() -> dict[str, Any]:
    """Settings of the analysis; None where the default was left."""
    with st.expander("Settings", icon=":material/tune:"):
        left, middle, right = st.columns(3)
        threshold = left.slider(
            "Near-duplicates are at least this alike",
            0.5,
            1.0,
            DuplicateParams.threshold,
            0.01,
            help="The cosine of two texts' vectors: 1 is the same meaning. It can be changed later without a new run.",
        )
        size = middle.number_input(
            "Smallest cluster (texts)",
            2,
            10_000,
            None,
            placeholder="chosen from the data",
            help="More gives fewer clusters.",
        )
        seed = right.number_input("Seed of the map", 0, 2**32 - 1, 0, help="The same seed draws the same map.")
        neighbours = left.number_input("Neighbours kept per text", 2, 200, NeighbourParams.k)
        model = middle.text_input("Model", DEFAULT_MODEL, help="The built-in name, or a folder with a model.")
    return {
        "model": None if model.strip() in ("", DEFAULT_MODEL) else model.strip(),
        "neighbours": None if neighbours == NeighbourParams.k else int(neighbours),
        "min_cluster_size": None if size is None else int(size),
        "duplicate_threshold": None if threshold == DuplicateParams.threshold else round(threshold, 2),
        "seed": None if seed == 0 else int(seed),
    }
