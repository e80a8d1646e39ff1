"""What the dashboard remembers of a visitor: which analysis is open.

It stands in the page's address too, so that a link or a reload shows the same view. Nothing large is kept here.
"""

from __future__ import annotations

import streamlit as st

_KEY = "analysis_id"
_ADDRESS = "analysis"


def analysis_id() -> str | None:
    """The id of the open analysis, from the address or from earlier in this visit."""
    from_address = st.query_params.get(_ADDRESS)
    if from_address:
        st.session_state[_KEY] = from_address
    return st.session_state.get(_KEY)


def open_analysis(new: str | None) -> None:
    """Makes ``new`` the open analysis on all pages; None closes it."""
    if new is None:
        st.session_state.pop(_KEY, None)
        st.query_params.pop(_ADDRESS, None)
    else:
        st.session_state[_KEY] = new
        st.query_params[_ADDRESS] = new


def keep_analysis_in_address() -> None:
    """Changing the page clears the address; the open analysis is put back."""
    current = analysis_id()
    if current and st.query_params.get(_ADDRESS) != current:
        st.query_params[_ADDRESS] = current


def row_in_address(name: str, n_rows: int) -> int | None:
    """The row that the address names under ``name``, or None; an address may hold anything."""
    value = st.query_params.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 and int(value) < n_rows else None


def put_in_address(name: str, value: object | None) -> None:
    """Sets or clears one part of the address."""
    if value is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = str(value)
