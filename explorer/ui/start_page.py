"""The parts of the start page."""

from __future__ import annotations

import json
import time

import streamlit as st

from explorer.ui import cached, intake, parts, state
from explorer.workspace.config import DashboardLimits, load_config
from explorer.workspace.library import Entry


def show_current_run() -> None:
    """The open analysis while it is not done, above everything else."""
    current = state.analysis_id()
    entry = cached.library().get(current) if current else None
    if entry is None or entry.status.state == "done":
        return
    st.subheader(parts.plain(entry.title), anchor=False)
    parts.show_run(entry)


def choose() -> intake.Chosen | None:
    """Upload or sample; None while nothing is chosen."""
    chosen = _choose()
    intake.hold(chosen)
    return chosen


def _choose() -> intake.Chosen | None:
    limits = load_config().dashboard
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.subheader("Your files", anchor=False)
        uploads = st.file_uploader(
            "Tables, workbooks, JSON, Parquet, mail or logs, also packed; several files are read as one.",
            accept_multiple_files=True,
            key=intake.upload_key(),
            on_change=lambda: st.session_state.pop(intake.SAMPLE_CHOSEN, None),
        )
        on_server = _choose_on_server(limits)
    with right:
        st.subheader("Or a sample", anchor=False)
        for i, sample in enumerate(intake.SAMPLES):
            with st.container(border=True):
                words, button = st.columns([3, 1], vertical_alignment="center")
                words.markdown(f"{sample.icon} **{sample.title}**  \n{sample.sentence}")
                if button.button("Try it", key=f"sample-{i}", width="stretch"):
                    st.session_state[intake.SAMPLE_CHOSEN] = i
    if uploads:
        return intake.choose_uploads(uploads)
    if on_server is not None:
        return on_server
    if intake.SAMPLE_CHOSEN in st.session_state:
        return intake.choose_sample(intake.SAMPLES[st.session_state[intake.SAMPLE_CHOSEN]])
    return None


def _choose_on_server(limits: DashboardLimits) -> intake.Chosen | None:
    """Files below the folders that the configuration names; without any, what to do with a file that is too large."""
    if not limits.folders:
        st.caption(f"Larger than {limits.upload_mb:,} MB? Use the command line: `explorer analyze FILE --out DIR`.")
        return None
    files = intake.server_files(limits.folders)
    names = st.multiselect(
        f"Or files on this server, also larger than the {limits.upload_mb:,} MB of an upload",
        list(files),
        key=f"server-{intake.upload_key()}",
        placeholder="Choose files" if files else "There are no files in the folders that are allowed",
    )
    return intake.choose_server_files(files, names) if names else None


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
