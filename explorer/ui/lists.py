"""A list of which one line is open, and the way through it: the pages Duplicates and Anomalies are made of these."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

PAGE = 500  # lines in the browser at a time

Choose = Callable[[int], None]


def show_list(
    frame_of: Callable[[slice], pd.DataFrame],
    n_lines: int,
    place: int,
    choose: Choose,
    *,
    key: str,
    columns: Mapping[str, Any],
    height: int,
) -> None:
    """The lines around ``place``, which is selected; ``choose`` is called with the place that the user picks."""
    first = place // PAGE * PAGE
    selection = {"selection": {"rows": [place - first], "columns": [], "cells": []}}
    current = st.session_state.get(key)
    if not current or current["selection"]["rows"] != selection["selection"]["rows"]:
        st.session_state[key] = selection

    def picked() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        if rows:
            choose(first + rows[0])

    frame = frame_of(slice(first, min(first + PAGE, n_lines)))
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
    n_pages = -(-n_lines // PAGE)
    if n_pages > 1:
        page = place // PAGE + 1
        page_key = f"{key}-page-{page}"  # a key for each page: its number follows the open line, whoever opened it
        st.pagination(
            n_pages, default=page, key=page_key, on_change=lambda: choose((st.session_state[page_key] - 1) * PAGE)
        )


def show_steps(place: int, n_lines: int, choose: Choose, *, key: str) -> None:
    """Buttons to the line before and the line after, with the place between them."""
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center", gap="small"):
        st.caption(f"{place + 1:,} of {n_lines:,}", width="content")
        for step, label, icon in ((-1, "Previous", "arrow_upward"), (1, "Next", "arrow_downward")):
            st.button(
                label,
                key=f"{key}-{label.lower()}",
                icon=f":material/{icon}:",
                on_click=choose,
                args=(place + step,),
                disabled=not 0 <= place + step < n_lines,
            )
