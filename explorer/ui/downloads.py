"""Reports that are made when their button is pressed."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import streamlit as st

from explorer.report import EXPORTERS
from explorer.types import Analysis


def report_bytes(name: str, analysis: Analysis) -> bytes:
    """The report ``name`` (a key of EXPORTERS) of ``analysis``, as the export page and the command line write it."""
    exporter = EXPORTERS[name]
    with TemporaryDirectory() as folder:
        path = Path(folder) / exporter.file_name
        exporter.write(analysis, path)
        return path.read_bytes()


def show_download(
    name: str, analysis: Analysis, *, mark: str = "", width: Literal["stretch", "content"] = "stretch"
) -> None:
    """A button for one report; ``mark`` goes into the file's name."""
    exporter = EXPORTERS[name]
    path = Path(exporter.file_name)
    st.download_button(
        exporter.label,
        data=partial(report_bytes, name, analysis),
        # Streamlit tells large downloads apart by length and samples only; the name makes sure of it.
        file_name="-".join(filter(None, [path.stem, mark, analysis.fingerprint[:8]])) + path.suffix,
        mime=exporter.media_type,
        key=f"download-{name}",
        on_click="ignore",
        icon=":material/download:",
        width=width,
    )
