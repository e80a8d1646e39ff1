"""What stands behind the wildcards of a template: each one's values, counted."""

from __future__ import annotations

import streamlit as st

from explorer.ingest.masking import PLACEHOLDER
from explorer.ingest.templates import TemplateValues
from explorer.report.cells import page_text
from explorer.types import Analysis
from explorer.ui import cached, parts

_MOST_COMMON = 6
_VALUE_LENGTH = 60


def show_values(analysis: Analysis, text: int) -> None:
    """The template of ``text`` and, once opened, the values of its records; nothing where nothing is masked."""
    template = analysis.distinct.texts[text]
    if not analysis.corpus.mask or not PLACEHOLDER.search(template):
        return
    shown = st.expander("Values behind the wildcards", key=f"values-{text}", on_change="rerun", icon=":material/tag:")
    if not shown.open:
        return
    with shown:
        parts.show_text(page_text(template), lines=6)
        found = cached.values_of(analysis.fingerprint, text, analysis)
        st.dataframe(_rows(found), hide_index=True, width="stretch", key=f"values-table-{text}")
        left = found.n_records - found.n_aligned
        if left:
            st.caption(f"{left:,} of {found.n_records:,} records are worded so that their values cannot be placed.")


def _rows(found: TemplateValues) -> list[dict[str, object]]:
    return [
        {
            "Wildcard": page_text(f"{position}. {wildcard.kind}"),
            "Different values": len(wildcard.values),
            "Most common": " · ".join(_counted(value, n) for value, n in wildcard.values[:_MOST_COMMON]),
        }
        for position, wildcard in enumerate(found.wildcards, start=1)
    ]


def _counted(value: str, n: int) -> str:
    return f"{page_text(value or '(nothing)', _VALUE_LENGTH)} ({n:,})"
