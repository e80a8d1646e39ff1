"""What the pages Duplicates and Anomalies keep between reruns; the rules of :mod:`explorer.ui.cached` hold here too."""

from __future__ import annotations

import streamlit as st

from explorer.types import Analysis, Bools
from explorer.ui import cached, groups

_MANY_TEXTS = 30_000  # from here on every second threshold must do


@st.cache_resource(max_entries=10, show_spinner="Counting at every threshold ...")
def curve(fingerprint: str, lowest: float, _analysis: Analysis) -> groups.Curve:
    """The counts at the thresholds from ``lowest`` (a multiple of 0.01) to 1."""
    del fingerprint
    hundredths = range(100, round(100 * lowest) - 1, -1 if _analysis.distinct.n_texts < _MANY_TEXTS else -2)
    return groups.threshold_curve(_analysis, sorted(step / 100 for step in hundredths))


@st.cache_resource(max_entries=10, show_spinner=False)
def copies(fingerprint: str, _analysis: Analysis) -> tuple[int, int]:
    """See :func:`explorer.ui.groups.count_copies`."""
    del fingerprint
    return groups.count_copies(_analysis)


@st.cache_resource(max_entries=20, show_spinner=False)
def facts(fingerprint: str, threshold: float, _analysis: Analysis) -> groups.GroupFacts:
    """See :func:`explorer.ui.groups.group_facts`."""
    return groups.group_facts(_analysis, cached.duplicates_at(fingerprint, threshold, _analysis))


@st.cache_resource(max_entries=20, show_spinner=False)
def members(fingerprint: str, threshold: float, group: int, _analysis: Analysis) -> list[groups.Member]:
    """See :func:`explorer.ui.groups.group_members`."""
    return groups.group_members(_analysis, cached.duplicates_at(fingerprint, threshold, _analysis), group)


@st.cache_resource(max_entries=20, show_spinner="Searching ...")
def texts_with(fingerprint: str, query: str, _analysis: Analysis) -> Bools:
    """See :func:`explorer.ui.groups.texts_with`."""
    del fingerprint
    return groups.texts_with(_analysis, query)
