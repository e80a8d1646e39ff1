"""Everything the dashboard keeps between reruns, in one file.

Keys are our own fingerprints and small frozen settings: Streamlit samples large inputs when it makes a key, and then
shows one file's result for another. Arguments with an underscore are not part of the key. Shared results are
read-only.
"""

from __future__ import annotations

import threading

import plotly.graph_objects as go
import streamlit as st

from explorer.copies import Copies, copies_of, count_copies
from explorer.embed import Embedder, get_embedder
from explorer.ingest.templates import TemplateValues, template_values
from explorer.pipeline import with_threshold
from explorer.search import Hit, search_records
from explorer.types import Analysis, Bools, Duplicates
from explorer.ui import colours, figures, filters, groups, selection
from explorer.ui.filters import Filters
from explorer.ui.selection import Stands
from explorer.workspace.library import Library
from explorer.workspace.saved import load_analysis

_MANY_TEXTS = 30_000  # from here on every second threshold must do
_MODEL_LOCK = threading.Lock()  # a tokenizer is not made for two threads at once


@st.cache_resource(show_spinner=False)
def library() -> Library:
    """The analyses on this machine."""
    return Library()


@st.cache_resource(max_entries=3, show_spinner="Opening the analysis ...")
def analysis(analysis_id: str, finished: float) -> Analysis:
    """A finished analysis; ``finished`` (its last change) is part of the key, so that a repeated run is read anew."""
    del finished
    return load_analysis(library().result_folder(analysis_id))


@st.cache_resource(max_entries=30, show_spinner=False)
def duplicates_at(fingerprint: str, threshold: float, _analysis: Analysis) -> Duplicates:
    """The duplicate groups of an analysis at a threshold (a multiple of 0.01)."""
    del fingerprint
    return with_threshold(_analysis, threshold)


@st.cache_resource(max_entries=200, show_spinner=False)
def values_of(fingerprint: str, text: int, _analysis: Analysis) -> TemplateValues:
    """The values behind the wildcards of the template ``text``, in the records that have it."""
    del fingerprint
    texts = _analysis.corpus.texts
    return template_values(_analysis.distinct.texts[text], (texts[row] for row in _analysis.rows_of_text(text)))


@st.cache_resource(max_entries=2, show_spinner="Opening the model ...")
def embedder(model: str) -> Embedder:
    """A model, shared by all visitors."""
    return get_embedder(model)


@st.cache_data(max_entries=50, show_spinner=False)
def found(fingerprint: str, text: str, k: int, _analysis: Analysis) -> list[Hit]:
    """The records whose meaning is nearest to ``text``; see :func:`explorer.search.search_records`."""
    del fingerprint
    model = embedder(_analysis.params.embed.model)
    with _MODEL_LOCK:
        return search_records(_analysis, text, model, k)


@st.cache_resource(max_entries=10, show_spinner="Counting at every threshold ...")
def curve(fingerprint: str, lowest: float, _analysis: Analysis) -> groups.Curve:
    """The counts at the thresholds from ``lowest`` (a multiple of 0.01) to 1."""
    del fingerprint
    hundredths = range(100, round(100 * lowest) - 1, -1 if _analysis.distinct.n_texts < _MANY_TEXTS else -2)
    return groups.threshold_curve(_analysis, sorted(step / 100 for step in hundredths))


@st.cache_resource(max_entries=10, show_spinner=False)
def copies(fingerprint: str, _analysis: Analysis) -> tuple[int, int]:
    """See :func:`explorer.copies.count_copies`."""
    del fingerprint
    return count_copies(_analysis)


@st.cache_resource(max_entries=50, show_spinner=False)
def copies_of_record(fingerprint: str, row: int, _analysis: Analysis) -> Copies:
    """See :func:`explorer.copies.copies_of`."""
    del fingerprint
    return copies_of(_analysis, row)


@st.cache_resource(max_entries=20, show_spinner=False)
def facts(fingerprint: str, threshold: float, _analysis: Analysis) -> groups.GroupFacts:
    """See :func:`explorer.ui.groups.group_facts`."""
    return groups.group_facts(_analysis, duplicates_at(fingerprint, threshold, _analysis))


@st.cache_resource(max_entries=20, show_spinner=False)
def members(fingerprint: str, threshold: float, group: int, _analysis: Analysis) -> list[groups.Member]:
    """See :func:`explorer.ui.groups.group_members`."""
    return groups.group_members(_analysis, duplicates_at(fingerprint, threshold, _analysis), group)


@st.cache_resource(max_entries=20, show_spinner="Searching ...")
def texts_with(fingerprint: str, query: str, _analysis: Analysis) -> Bools:
    """See :func:`explorer.ui.groups.texts_with`."""
    del fingerprint
    return groups.texts_with(_analysis, query)


@st.cache_resource(max_entries=12, show_spinner="Drawing the map ...")
def figure(key: tuple[object, ...], _analysis: Analysis, _view: figures.View, _marks: figures.Marks) -> go.Figure:
    """See :func:`explorer.ui.figures.map_figure`; ``key`` names everything that the figure shows.

    The same object for the same key: as long as the figure stays the same, the browser keeps what is selected on it.
    """
    drawn = figures.map_figure(_analysis, _view, _marks, _hover_texts(_analysis.fingerprint, _analysis))
    drawn.update_layout(meta=str(key[-1]))
    return drawn


@st.cache_resource(max_entries=12, show_spinner=False)
def colouring(
    fingerprint: str, choice: str, chosen: Filters, _analysis: Analysis, _matches: Bools | None
) -> colours.Colouring:
    """See :func:`explorer.ui.colours.colouring`; ``_matches`` are the records that pass the filters ``chosen``."""
    del fingerprint, chosen
    return colours.colouring(_analysis, choice, _matches)


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
