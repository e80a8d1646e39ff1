"""The frame of the dashboard: page settings, navigation, and the analysis that is open."""

from pathlib import Path

import streamlit as st

from explorer.ui import parts, state

UI = Path(parts.__file__).parent
FOLDER = UI / "pages"
PAGES = {
    "start": st.Page(FOLDER / "start.py", title="Start", icon=":material/upload_file:", default=True),
    "overview": st.Page(FOLDER / "overview.py", title="Overview", icon=":material/dashboard:"),
    "map": st.Page(FOLDER / "map.py", title="Map", icon=":material/scatter_plot:"),
    "duplicates": st.Page(FOLDER / "duplicates.py", title="Duplicates", icon=":material/content_copy:"),
    "anomalies": st.Page(FOLDER / "anomalies.py", title="Anomalies", icon=":material/crisis_alert:"),
    "export": st.Page(FOLDER / "export.py", title="Export", icon=":material/download:"),
}

# A file, because Streamlit fetches the icons it knows by name from the internet.
st.set_page_config(page_title="Explorer", page_icon=str(UI / "icon.png"), layout="wide")
st.session_state["pages"] = PAGES  # so that a page can link to another one
page = st.navigation(list(PAGES.values()), position="top")
state.keep_analysis_in_address()
with parts.faults_become_messages():
    page.run()
