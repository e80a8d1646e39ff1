"""A page of the dashboard over an analysis made by hand, opened through the real library and the real frame."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import streamlit as st
from streamlit.testing.v1 import AppTest

from explorer.types import Analysis
from explorer.workspace.library import Request
from explorer.workspace.saved import save_analysis
from explorer.workspace.status import Status, write_status

_ROOT = Path(__file__).resolve().parents[2]
ANALYSIS_ID = "00000000000000aa"


def put_in_library(analysis: Analysis, home: Path, analysis_id: str = ANALYSIS_ID) -> str:
    """Saves a finished analysis where the dashboard looks for it, and returns its id."""
    folder = home / "analyses" / analysis_id
    (folder / "result").mkdir(parents=True, exist_ok=True)
    save_analysis(analysis, folder / "result")
    saved = {"request": asdict(Request(names=("tickets.csv",))), "created": time.time()}
    (folder / "request.json").write_text(json.dumps(saved), encoding="utf-8")
    write_status(folder, Status("done", started=time.time()))
    return analysis_id


def open_page(name: str, analysis: Analysis, home: Path, **address: str) -> AppTest:
    """The page ``name`` with ``analysis`` open and ``address`` as its query parameters; ``home`` is the fixture."""
    st.cache_resource.clear()
    st.cache_data.clear()
    app = AppTest.from_file(str(_ROOT / "app.py"), default_timeout=60)
    app.query_params["analysis"] = put_in_library(analysis, home)
    app.run()
    for key, value in {"analysis": ANALYSIS_ID, **address}.items():
        app.query_params[key] = value
    return app.switch_page(f"explorer/ui/pages/{name}.py").run()


def shown(app: AppTest) -> str:
    """Everything the page says, HTML included."""
    return "\n".join(_values(app))


def _values(app: AppTest) -> Iterator[str]:
    for kind in ("title", "subheader", "markdown", "caption", "info", "success", "warning", "error", "html"):
        for element in app.get(kind):
            value = getattr(element, "value", None) or getattr(getattr(element, "proto", None), "body", "")
            yield str(value)
