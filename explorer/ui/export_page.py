"""The parts of the export page."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st

from explorer.report import EXPORTERS, SUMMARY_FILE
from explorer.types import Analysis
from explorer.ui import cached, parts, state

_ABOUT = {
    "html": "Map, groups and anomalies in one file that opens offline in any browser: for a colleague.",
    "xlsx": "All tables as sheets with filters: for Excel or LibreOffice.",
    "duplicate_pairs": "Every pair above the threshold, with both texts: row_a, row_b, similarity, kind.",
    "duplicate_groups": "Every record of every group, with its representative and how alike it is: what to merge.",
    "anomalies": "Every flagged record, strangest first, with the reason and its nearest record.",
    "clusters": "Clusters with their names, sizes and example records.",
    "rejected": "Rows of the file that could not be used, with line and reason.",
    "records": "Every record with its place on the map, cluster, group and strangeness.",
    "records_parquet": "The same with texts and nearest records: opens in pandas, DuckDB and embedding-atlas.",
    "summary": "Counts, settings, what the reader decided, measured recall, seconds and versions: for machines.",
}


def show_downloads(analysis: Analysis) -> None:
    """A button for each report that the run has written."""
    st.markdown(
        f"Near-duplicates in these files are at least **{analysis.duplicates.threshold:.2f}** alike; the page "
        "Duplicates exports them at another threshold. No cell of a CSV or workbook can become a formula: a text that "
        "begins like one carries a leading apostrophe in CSV."
    )
    folder = cached.library().result_folder(state.analysis_id() or "")
    for exporter in EXPORTERS.values():
        _show(exporter.name, exporter.label, exporter.media_type, folder / exporter.file_name, analysis.fingerprint)
    _show("summary", "Facts about this run (JSON)", "application/json", folder / SUMMARY_FILE, analysis.fingerprint)


def _show(name: str, label: str, media_type: str, path: Path, fingerprint: str) -> None:
    with st.container(border=True):
        words, size, button = st.columns([7, 1, 2], vertical_alignment="center")
        words.markdown(f"**{label}**  \n{parts.plain(_ABOUT[name])}")
        if not path.is_file():
            size.caption("missing")
            return
        size.caption(_size(path.stat().st_size))
        button.download_button(
            "Download",
            data=partial(path.read_bytes),
            # Streamlit tells large downloads apart by length and samples only; the name makes sure of it.
            file_name=f"{path.stem}-{fingerprint[:8]}{path.suffix}",
            mime=media_type,
            key=f"download-{name}",
            on_click="ignore",
            icon=":material/download:",
            width="stretch",
        )


def _size(n_bytes: int) -> str:
    return f"{n_bytes / 2**20:,.1f} MB" if n_bytes >= 100_000 else f"{n_bytes / 2**10:,.1f} kB"
