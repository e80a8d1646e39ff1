"""Pieces that several pages are made of.

A record's text is shown by :func:`show_text` and :func:`show_diff` alone: Streamlit's Markdown would fetch a remote
image that stands in a ticket, and its unsafe HTML would run a script.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape

import streamlit as st
from streamlit.runtime.scriptrunner import RerunException, StopException

from explorer.errors import ExplorerError
from explorer.report.worddiff import word_diff
from explorer.types import STAGES, Analysis
from explorer.ui import cached, state
from explorer.workspace.faults import internal_fault
from explorer.workspace.library import Entry


@contextmanager
def faults_become_messages() -> Iterator[None]:
    """Shows an ExplorerError as its sentence, and a fault of ours as a number; never a trace."""
    try:
        yield
    except (RerunException, StopException):
        raise
    except ExplorerError as error:
        st.error(plain(str(error)), icon=":material/error:")
    except Exception as error:
        st.error(plain(f"This page could not be shown: {internal_fault(error)}"), icon=":material/bug_report:")


def plain(text: str) -> str:
    """Text as Markdown that shows exactly that text: for labels and messages, which Streamlit reads as Markdown."""
    # A word joiner keeps an address in a record from becoming a link, also one of a person.
    address = r"(?i)(https?|ftp)://|\bwww\.|(?<=[\w.+-])@(?=[\w-])"
    text = re.sub(address, lambda match: f"{match.group()[:-1]}\u2060{match.group()[-1]}", text)
    return "".join(f"\\{c}" if c in "\\`*_{}[]()#+-.!|<>~$:^=&@/" else c for c in text.replace("\n", " "))


def open_or_stop(title: str) -> Analysis:
    """The open analysis, with the page's title above it; otherwise says what to do and ends the page."""
    current = state.analysis_id()
    entry = cached.library().get(current) if current else None
    if entry is None:
        st.title(title)
        gone = " The one in the address is no longer here." if current else ""
        st.info(f"No analysis is open.{gone} Choose one, or upload a file, on the start page.", icon=":material/info:")
        st.page_link(st.session_state["pages"]["start"], label="Go to the start page", icon=":material/arrow_back:")
        state.open_analysis(None)
        st.stop()
    header(title, entry)
    if entry.status.state != "done":
        show_run(entry)
        st.page_link(st.session_state["pages"]["start"], label="Go to the start page", icon=":material/arrow_back:")
        st.stop()
    return cached.analysis(entry.id, entry.status.updated)


def header(title: str, entry: Entry) -> None:
    """A page's title, and which analysis it is about."""
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    left.title(title)
    with right:
        st.html(
            '<div style="text-align:right;opacity:.75;white-space:nowrap;overflow:hidden;text-overflow:ellipsis">'
            f"{escape(entry.title)} · {time.strftime('%d %b %Y, %H:%M', time.localtime(entry.created))}</div>"
        )


def show_run(entry: Entry) -> None:
    """The state of a run that is not done: progress with Cancel, or why it ended and a button to try again."""
    status = entry.status
    if status.is_active:
        _show_progress(entry.id)
        return
    if status.state == "cancelled":
        st.warning("This analysis was cancelled.", icon=":material/cancel:")
    else:
        st.error(plain(status.message or "This analysis failed."), icon=":material/error:")
    if st.button("Try again", icon=":material/refresh:", key="retry"):
        cached.library().restart(entry.id)
        st.rerun()


@st.fragment(run_every=1.0)
def _show_progress(analysis_id: str) -> None:
    entry = cached.library().get(analysis_id)
    if entry is None or not entry.status.is_active:
        st.rerun()
        return
    status = entry.status
    with st.container(border=True):
        if status.state == "waiting":
            st.markdown("**Waiting** for another analysis to finish ...")
        stage = STAGES.get(status.stage, "Starting")
        counts = f"{status.done:,} of {status.total:,}" if status.total else ""
        seconds = status.seconds_left(time.time())
        st.progress(min(status.fraction, 1.0), text=" · ".join(filter(None, [stage, counts, _left(seconds)])))
        left, right = st.columns([5, 1], vertical_alignment="center")
        left.caption(status.note or "You can close this page: the analysis goes on, and the start page lists it.")
        if right.button("Cancel", key=f"cancel-{analysis_id}", icon=":material/stop_circle:", width="stretch"):
            cached.library().cancel(analysis_id)
            st.rerun()


def _left(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds < 90:
        return f"about {max(round(seconds), 1)} s left in this step"
    return f"about {round(seconds / 60)} min left in this step"


def show_text(text: str, *, lines: int | None = None) -> None:
    """A record's text exactly as it is; ``lines`` cuts the view, not the text, with a scroll bar."""
    height = f"max-height:{1.45 * lines:.2f}em;overflow-y:auto;" if lines else ""
    st.html(f'<div style="white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.45;{height}">{escape(text)}</div>')


def show_diff(other: str, reference: str, *, lines: int = 14) -> None:
    """``other`` with what ``reference`` lacks underlined, and what only ``reference`` has struck through."""
    added = "background:rgba(45,160,110,.22);text-decoration:underline;text-decoration-thickness:2px;border-radius:3px"
    removed = "background:rgba(210,80,80,.20);text-decoration:line-through;border-radius:3px"
    pieces = []
    for op, before, after in word_diff(reference, other):
        if op == "equal":
            pieces.append(escape(after))
            continue
        if before.strip():
            gap = " " if after.strip() else ""
            pieces.append(f'<span style="{removed}">{escape(before)}</span>{gap}')
        if after.strip():
            pieces.append(f'<span style="{added}">{escape(after)}</span>')
    st.html(
        f'<div style="white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.45;max-height:{1.45 * lines:.2f}em;'
        f'overflow-y:auto">{"".join(pieces)}</div>'
    )


def percent(fraction: float) -> str:
    """A fraction as one reads it; "100%" is said of all alone, "0%" of none."""
    if 0 < fraction < 0.005:
        return "under 1%"
    return "over 99%" if 0.995 <= fraction < 1 else f"{fraction:.0%}"


def snippet(text: str, length: int = 120) -> str:
    """One line of at most ``length`` characters."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"
