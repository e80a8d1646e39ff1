"""What the map keeps between reruns; the rules of :mod:`explorer.ui.cached` hold here too."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from explorer.types import Analysis, Bools
from explorer.ui import figures, filters, selection
from explorer.ui.filters import Filters
from explorer.ui.selection import Stands


@st.cache_resource(max_entries=12, show_spinner="Drawing the map ...")
def figure(key: tuple[object, ...], _analysis: Analysis, _view: figures.View, _marks: figures.Marks) -> go.Figure:
    """See :func:`explorer.ui.figures.map_figure`; ``key`` names everything that the figure shows.

    The same object for the same key: as long as the figure stays the same, the browser keeps what is selected on it.
    """
    drawn = figures.map_figure(_analysis, _view, _marks, _hover_texts(_analysis.fingerprint, _analysis))
    drawn.update_layout(meta=str(key[-1]))
    return drawn


@st.cache_resource(max_entries=2, show_spinner=False)
def _hover_texts(fingerprint: str, _analysis: Analysis) -> figures.Hover:
    del fingerprint
    return figures.hover_texts(_analysis, figures.drawn_texts(_analysis))


@st.cache_resource(max_entries=20, show_spinner=False)
def matching_rows(fingerprint: str, chosen: Filters, _analysis: Analysis) -> Bools:
    """See :func:`explorer.ui.filters.matching_rows`."""
    del fingerprint
    return filters.matching_rows(_analysis, chosen)


@st.cache_resource(max_entries=20, show_spinner="Searching ...")
def rows_with_words(fingerprint: str, query: str, _analysis: Analysis) -> Bools:
    """See :func:`explorer.ui.filters.rows_with_words`."""
    del fingerprint
    return filters.rows_with_words(_analysis, query)


@st.cache_data(max_entries=50, show_spinner="Reading the selection ...")
def about_selection(key: tuple[object, ...], _analysis: Analysis, _rows: Bools) -> tuple[tuple[str, ...], list[Stands]]:
    """The characteristic terms of the records marked in ``_rows``, and the category values that stand out in them."""
    del key
    texts = filters.texts_of_rows(_analysis, _rows)
    return selection.selection_terms(_analysis, texts), selection.overrepresented(_analysis, _rows.nonzero()[0])
