"""Everything the dashboard keeps between reruns, in one file.

Keys are our own fingerprints and small frozen settings: Streamlit samples large inputs when it makes a key, and then
shows one file's result for another. Arguments with an underscore are not part of the key. Shared results are
read-only.
"""

from __future__ import annotations

import threading

import streamlit as st

from explorer.embed import Embedder, get_embedder
from explorer.ingest.templates import TemplateValues, template_values
from explorer.pipeline import with_threshold
from explorer.search import Hit, search_records
from explorer.types import Analysis, Duplicates
from explorer.workspace.library import Library
from explorer.workspace.saved import load_analysis

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
