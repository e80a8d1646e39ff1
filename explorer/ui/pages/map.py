"""Map: every text as a point; what is alike lies close together."""

import streamlit as st

from explorer.ui import map_controls, map_page, parts

analysis = parts.open_or_stop("Map")
map_page.stop_if_nothing_to_draw(analysis)
wish, hint = map_controls.show_controls(analysis)
match = map_page.matching(analysis, wish)
found = map_page.find(analysis, wish)
now = map_page.chosen(analysis, match)
if match is not None or found is not None:
    hint.markdown(map_page.counts(analysis, match, found))
left, right = st.columns([13, 6], gap="medium")
with left:
    map_page.show_map(analysis, wish, match, found, now)
    map_page.show_footnote(analysis)
with right:
    map_page.show_side(analysis, wish, match, now)
map_page.show_tables(analysis, found, now)
