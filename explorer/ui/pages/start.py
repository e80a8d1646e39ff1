"""Start: choose files or a sample, see what was read, analyse; and the analyses made so far."""

import streamlit as st

from explorer.ui import preview, start_page

start_page.show_current_run()
st.title("What repeats, and what does not belong?")
st.markdown(
    "Explorer reads every ticket or log line, puts those that say the same side by side, and points at those that are "
    "like no other. Nothing leaves this computer."
)
chosen = start_page.choose()
if chosen is not None:
    preview.show(chosen)
elif not start_page.show_library():
    st.caption("Your analyses will be listed here.")
