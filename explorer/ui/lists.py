"""A list of which one line is open, and the way through it: the pages Duplicates and Anomalies are made of these."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

PAGE = 500  # lines in the browser at a time

Choose = Callable[[int], None]


class Lines(NamedTuple):
    """A list: how many lines it has, and the lines of a part of it as they are shown.

    ``key`` must change with what is listed. Otherwise the browser reports the number of the line that was open in the
    old list, as if it had been picked in the new one.
    """

    key: str
    n_lines: int
    frame_of: Callable[[slice], pd.DataFrame]


def show_list(lines: Lines, place: int, choose: Choose, *, columns: Mapping[str, Any], height: int) -> None:
    """The lines around ``place``, which is selected; ``choose`` is called with the place that the user picks."""
    key, first = lines.key, place // PAGE * PAGE
    st.session_state.pop(_stepped(key), None)
    current = st.session_state.get(key)
    if not current or current["selection"]["rows"] != [place - first]:
        st.session_state[key] = {"selection": {"rows": [place - first], "columns": [], "cells": []}}

    def picked() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        if rows and not st.session_state.get(_stepped(key)):
            choose(first + rows[0])

    frame = lines.frame_of(slice(first, min(first + PAGE, lines.n_lines)))
    st.dataframe(
        frame,
        key=key,
        on_select=picked,
        selection_mode="single-row-required",
        hide_index=True,
        width="stretch",
        height=min(height, 37 + 35 * len(frame)),
        column_config=columns,
    )
    n_pages = -(-lines.n_lines // PAGE)
    if n_pages > 1:
        page = place // PAGE + 1
        page_key = f"{key}-page-{page}"  # a key for each page: its number follows the open line, whoever opened it
        st.pagination(
            n_pages, default=page, key=page_key, on_change=lambda: choose((st.session_state[page_key] - 1) * PAGE)
        )


def show_steps(lines: Lines, place: int, choose: Choose) -> None:
    """Buttons to the line before and the line after, with the place between them."""

    def step(to: int) -> None:
        st.session_state[_stepped(lines.key)] = True  # what the browser still holds selected is the line before
        choose(to)

    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center", gap="small"):
        st.caption(f"{place + 1:,} of {lines.n_lines:,}", width="content")
        for change, label, icon in ((-1, "Previous", "arrow_upward"), (1, "Next", "arrow_downward")):
            st.button(
                label,
                key=f"{label.lower()}-{lines.key}",
                icon=f":material/{icon}:",
                on_click=step,
                args=(place + change,),
                disabled=not 0 <= place + change < lines.n_lines,
            )


def _stepped(key: str) -> str:
    return f"stepped-{key}"
