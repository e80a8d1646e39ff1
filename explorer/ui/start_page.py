"""The parts of the start page."""

from __future__ import annotations

import json
import time

import streamlit as st

from explorer.ingest import guess_roles
from explorer.params import DEFAULT_MODEL, DuplicateParams, NeighbourParams, ReadParams
from explorer.types import Corpus, ReadReport, Table
from explorer.ui import cached, intake, parts, state
from explorer.workspace.library import Entry, Request

_SAMPLE = "sample_chosen"
_UPLOAD = "upload"
_READ_AS = {"As the file looks": None, "As a table": False, "Every line is a record": True}


def show_current_run() -> None:
    """The open analysis while it is not done, above everything else."""
    current = state.analysis_id()
    entry = cached.library().get(current) if current else None
    if entry is None or entry.status.state == "done":
        return
    st.subheader(parts.plain(entry.title), anchor=False)
    parts.show_run(entry)
    if not entry.status.is_active and st.button("Try again", icon=":material/refresh:", key="retry"):
        cached.library().restart(entry.id)
        st.rerun()


def choose() -> intake.Chosen | None:
    """Upload or sample; None while nothing is chosen."""
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.subheader("Your files", anchor=False)
        uploads = st.file_uploader(
            "CSV, TSV, XLSX, JSON, JSONL, Parquet or logs, also as .gz; several files are read as one.",
            accept_multiple_files=True,
            key=f"{_UPLOAD}-{st.session_state.get('upload_round', 0)}",
            on_change=lambda: st.session_state.pop(_SAMPLE, None),
        )
    with right:
        st.subheader("Or a sample", anchor=False)
        for i, sample in enumerate(intake.SAMPLES):
            with st.container(border=True):
                words, button = st.columns([3, 1], vertical_alignment="center")
                words.markdown(f"{sample.icon} **{sample.title}**  \n{sample.sentence}")
                if button.button("Try it", key=f"sample-{i}", width="stretch"):
                    st.session_state[_SAMPLE] = i
    if uploads:
        return intake.choose_uploads(uploads)
    if _SAMPLE in st.session_state:
        return intake.choose_sample(intake.SAMPLES[st.session_state[_SAMPLE]])
    return None


def show_preview(chosen: intake.Chosen) -> None:
    """What was read, the columns' roles, settings, and the button that starts the analysis."""
    st.divider()
    heading, read_as = st.columns([3, 2], vertical_alignment="bottom")
    heading.subheader("What was read", anchor=False)
    as_lines = _READ_AS[
        read_as.segmented_control("Read", list(_READ_AS), default="As the file looks", key="read_as")
        or "As the file looks"
    ]
    reading = ReadParams(as_lines=as_lines)
    table, corpus = intake.preview(chosen.fingerprint, reading, chosen)
    for report in table.reports:
        _show_report(report)
    _show_rejected(table)
    st.dataframe(table.cells.slice(0, 8).to_pandas(), hide_index=True, width="stretch", key="preview")
    request = _choose_settings(chosen, table, corpus, reading)
    if request is None:
        return
    if st.button(f"Analyse {corpus.n_records:,} records", type="primary", icon=":material/play_arrow:", key="analyse"):
        state.open_analysis(cached.library().start(list(chosen.paths), request))
        intake.forget_uploads(chosen)
        st.session_state.pop(_SAMPLE, None)
        st.session_state["upload_round"] = st.session_state.get("upload_round", 0) + 1
        st.switch_page(st.session_state["pages"]["overview"])


def _show_report(report: ReadReport) -> None:
    how = [report.format.upper() if len(report.format) <= 5 else report.format]
    if report.delimiter:
        how.append({",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}.get(report.delimiter, report.delimiter))
    how += [part for part in (report.encoding, report.sheet and f"sheet {report.sheet}") if part]
    counts = f"{report.n_rows_kept:,} rows read"
    counts += f", **{report.n_rows_rejected:,} set aside**" if report.n_rows_rejected else ", none set aside"
    st.markdown(f"**{parts.plain(report.source)}** · {parts.plain(', '.join(how))} · {counts}")
    for note in report.notes:
        st.caption(parts.plain(note))


def _show_rejected(table: Table) -> None:
    if not table.rejected:
        return
    with st.expander(f"The {len(table.rejected):,} rows set aside, and why", icon=":material/rule:"):
        rows = [{"file": r.source, "line": r.line, "why": r.reason, "text": r.text} for r in table.rejected[:200]]
        st.dataframe(rows, hide_index=True, width="stretch")
        more = f"The first 200 of {len(table.rejected):,}. " if len(table.rejected) > 200 else ""
        st.caption(f"{more}All of them will be in the export “rejected.csv”.")


def _choose_settings(chosen: intake.Chosen, table: Table, corpus: Corpus, reading: ReadParams) -> Request | None:
    """The columns' roles and the settings; None (with a hint) when no text column is chosen."""
    guessed = guess_roles(table)
    texts, ids, times = list(guessed.text), guessed.id, guessed.time
    if not table.is_lines:
        texts, ids, times = _choose_columns(chosen, table)
        if not texts:
            st.warning("Choose at least one column with the text to compare.", icon=":material/edit_note:")
            return None
    mask = st.toggle(
        "Ignore times, ids, numbers and names that vary",
        value=corpus.mask,
        key=f"mask-{chosen.fingerprint}-{reading.as_lines}",
        help="For logs: lines that differ only in such details are then the same line. In a ticket a number may be "
        "what matters.",
    )
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
    return Request(
        names=chosen.names,
        id_column=None if table.is_lines or ids == guessed.id else ids or "",
        text_columns=None if table.is_lines or tuple(texts) == guessed.text else tuple(texts),
        time_column=None if table.is_lines or times == guessed.time else times or "",
        reading=reading,
        mask=None if mask == corpus.mask else mask,
        model=None if model.strip() in ("", DEFAULT_MODEL) else model.strip(),
        neighbours=None if neighbours == NeighbourParams.k else int(neighbours),
        min_cluster_size=None if size is None else int(size),
        duplicate_threshold=None if threshold == DuplicateParams.threshold else round(threshold, 2),
        seed=None if seed == 0 else int(seed),
    )


def _choose_columns(chosen: intake.Chosen, table: Table) -> tuple[list[str], str | None, str | None]:
    guessed = guess_roles(table)
    key = chosen.fingerprint
    left, middle, right = st.columns([2, 1, 1])
    texts = left.multiselect(
        "Text to compare",
        table.columns,
        list(guessed.text),
        key=f"text-{key}",
        help=_why(guessed.reasons, guessed.text),
    )
    choices = [None, *table.columns]
    id_column = middle.selectbox(
        "Id of a record",
        choices,
        choices.index(guessed.id),
        key=f"id-{key}",
        format_func=lambda name: "none: file and line" if name is None else name,
        help=_why(guessed.reasons, (guessed.id,)),
    )
    time_column = right.selectbox(
        "Time of a record",
        choices,
        choices.index(guessed.time),
        key=f"time-{key}",
        format_func=lambda name: "none" if name is None else name,
        help=_why(guessed.reasons, (guessed.time,)),
    )
    return texts, id_column, time_column


def _why(reasons: object, names: tuple[str | None, ...]) -> str | None:
    found = [reasons.get(name) for name in names if name] if hasattr(reasons, "get") else []
    sentences = [parts.plain(str(reason)) for reason in found if reason]
    return " ".join(sentences) or None


def show_library() -> bool:
    """The analyses made so far; False when there are none."""
    entries = cached.library().entries()
    if not entries:
        return False
    st.divider()
    st.subheader("Your analyses", anchor=False)
    for entry in entries:
        _show_entry(entry)
    return True


def _show_entry(entry: Entry) -> None:
    with st.container(border=True):
        words, when, open_it, delete = st.columns([6, 2, 1, 1], vertical_alignment="center")
        words.markdown(f"**{parts.plain(entry.title)}**  \n{parts.plain(_outcome(entry))}")
        when.caption(time.strftime("%d %b %Y, %H:%M", time.localtime(entry.created)))
        if open_it.button("Open", key=f"open-{entry.id}", width="stretch"):
            state.open_analysis(entry.id)
            if entry.status.state == "done":
                st.switch_page(st.session_state["pages"]["overview"])
            st.rerun()
        with delete.popover("Delete", width="stretch"):
            st.markdown("Removes the upload, its results and everything kept from it. This cannot be undone.")
            if st.button("Delete now", key=f"delete-{entry.id}", type="primary", width="stretch"):
                cached.library().delete(entry.id)
                if state.analysis_id() == entry.id:
                    state.open_analysis(None)
                st.rerun()


def _outcome(entry: Entry) -> str:
    status = entry.status
    if status.state == "done":
        try:
            path = cached.library().result_folder(entry.id) / "analysis.json"
            return str(json.loads(path.read_bytes())["headline"])
        except (OSError, ValueError, KeyError):
            return "The result cannot be read. Delete it and start it again."
    if status.is_active:
        return f"Running: {status.fraction:.0%} done"
    return {"cancelled": "Cancelled", "failed": f"Failed. {status.message}"}[status.state]
