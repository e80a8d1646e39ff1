"""What the points of the map are coloured by; pure.

One palette for the whole dashboard. Its first colours are those of the HTML report, and all hold on white and on a
dark background.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from explorer.report.cells import page_text
from explorer.types import Analysis, Bools, Floats, Frozen, Ints

#: What belongs to no cluster, has no value, or is filtered out.
NOISE = "#8b959c"
#: What the user chose or found.
ACCENT = "#0d9488"
#: What is flagged as an anomaly.
ALERT = "#e5484d"

_PALETTE = (
    *("#4269d0", "#efb118", "#ff725c", "#3ca951", "#a463f2", "#6cc5b0", "#ff8ab7", "#9c6b4e", "#97bbf5", "#b6992d"),
    *("#e15759", "#2f8f9d", "#8cbf26", "#c65fb3", "#5f7fb8", "#d08b3c", "#7a9e7e", "#8673d9", "#d67195", "#3fa7d6"),
)
# From cold to warm at a similar lightness, so that neither end drowns in a white or a dark page.
_SEQUENCE = ((0.0, "#4d73c0"), (0.35, "#2fa3a0"), (0.65, "#e0ab2f"), (1.0, "#e0524d"))
_MOST_VALUES = 15  # of a category with a colour of their own
_N_TICKS = 5

CLUSTERS, TIME, STRANGENESS = "clusters", "time", "strangeness"
_COLUMN = "column:"


def cluster_colour(label: int) -> str:
    """The colour of a cluster, the same on every page; grey for the unclustered."""
    return NOISE if label < 0 else _PALETTE[label % len(_PALETTE)]


@dataclass(frozen=True)
class LegendEntry:
    """One line of a legend: a colour, what it stands for (data: escape it), and how many records it has."""

    colour: str
    label: str
    n_records: int


@dataclass(frozen=True, eq=False)
class Colouring(Frozen):
    """A number for each text and the colours of these numbers.

    ``values`` (d,) lie in ``low``..``high``; where ``known`` (d,) is False the text is grey. ``scale`` are Plotly's
    stops. ``legend`` is filled for what has names, ``ticks`` (value, label) for what has a range.
    """

    values: Floats | npt.NDArray[np.uint8]
    known: Bools
    scale: tuple[tuple[float, str], ...]
    low: float
    high: float
    legend: tuple[LegendEntry, ...] = ()
    ticks: tuple[tuple[float, str], ...] = ()


def colour_choices(analysis: Analysis) -> dict[str, str]:
    """What the map can be coloured by, with the words shown to the user, no two alike."""
    own = {CLUSTERS: "Clusters", STRANGENESS: "Strangeness"}
    times = analysis.corpus.times
    if times is not None and (~np.isnat(times)).any():
        own[TIME] = "Time"
    columns: dict[str, str] = {}
    for name in analysis.corpus.roles.categories:
        label = page_text(name, 40)
        taken = label in own.values() or label in columns.values()
        columns[_COLUMN + name] = f"{label} ({len(columns) + 1})" if taken else label
    return own | columns


def colouring(analysis: Analysis, choice: str) -> Colouring:
    """The colours of all texts under one of :func:`colour_choices`.

    Time and categories are those of the record that stands for a text.
    """
    if choice == TIME:
        return _by_time(analysis)
    if choice == STRANGENESS:
        return _by_strangeness(analysis)
    if choice.startswith(_COLUMN):
        return _by_category(analysis, choice.removeprefix(_COLUMN))
    return _by_cluster(analysis)


def category_of_rows(analysis: Analysis, name: str) -> tuple[Ints, tuple[str, ...]]:
    """For each record (n,) the place of its value of a category column, -1 where it has none; and the values.

    The most frequent value comes first.
    """
    column = analysis.corpus.fields[name]
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    encoded = pc.dictionary_encode(pc.utf8_trim_whitespace(pc.fill_null(pc.cast(column, pa.string()), "")))
    codes = np.asarray(encoded.indices, dtype=np.int64)
    values = [str(value) for value in encoded.dictionary.to_pylist()]
    counts = np.bincount(codes, minlength=len(values))
    order = sorted((i for i in range(len(values)) if values[i]), key=lambda i: (-int(counts[i]), values[i]))
    place = np.full(len(values) + 1, -1, dtype=np.int64)
    place[order] = np.arange(len(order))
    return place[codes], tuple(values[i] for i in order)


def _by_cluster(analysis: Analysis) -> Colouring:
    clusters = analysis.clusters
    legend = [
        LegendEntry(cluster_colour(label), name, int(clusters.n_records[label]))
        for label, name in enumerate(clusters.names)
    ]
    loose = int(analysis.distinct.counts[clusters.label < 0].sum())
    if loose:
        legend.append(LegendEntry(NOISE, clusters.name_of(-1), loose))
    return _discrete(clusters.label % len(_PALETTE), clusters.label >= 0, _PALETTE, legend)


def _by_category(analysis: Analysis, name: str) -> Colouring:
    of_row, values = category_of_rows(analysis, name)
    n_own = len(values) if len(values) <= _MOST_VALUES + 1 else _MOST_VALUES
    counts = np.bincount(of_row[of_row >= 0], minlength=len(values))
    legend = [LegendEntry(_PALETTE[i], values[i], int(counts[i])) for i in range(n_own)]
    if n_own < len(values):
        legend.append(LegendEntry(NOISE, f"{len(values) - n_own:,} rarer values", int(counts[n_own:].sum())))
    n_without = int((of_row < 0).sum())
    if n_without:
        legend.append(LegendEntry(NOISE, "no value", n_without))
    of_text = of_row[analysis.distinct.first_row]
    return _discrete(of_text, (of_text >= 0) & (of_text < n_own), _PALETTE, legend)


def _by_time(analysis: Analysis) -> Colouring:
    times = analysis.corpus.times
    assert times is not None, "offered only where there are times"
    of_text = times[analysis.distinct.first_row].astype("datetime64[ms]")
    known = ~np.isnat(of_text)
    seconds = np.where(known, of_text.astype(np.int64) / 1000, 0.0)
    low, high = _span(seconds[known])
    pattern = "%d %b %H:%M" if high - low < 3 * 86_400 else "%d %b %Y"
    ticks = [
        (tick, pd.Timestamp(low + tick * (high - low), unit="s").strftime(pattern))
        for tick in np.linspace(0, 1, _N_TICKS)
    ]
    # Seconds since 1970 do not fit into a float32, their share of the span does.
    share = np.where(known, (seconds - low) / (high - low), 0.0)
    return Colouring(share.astype(np.float32), known, _SEQUENCE, 0.0, 1.0, ticks=tuple(ticks))


def _by_strangeness(analysis: Analysis) -> Colouring:
    values = analysis.anomalies.strangeness.astype(np.float32)
    low, high = _span(values)
    ticks = tuple((float(tick), f"{tick:.2f}") for tick in np.linspace(low, high, _N_TICKS))
    return Colouring(values, np.ones(len(values), dtype=np.bool_), _SEQUENCE, low, high, ticks=ticks)


def _span(values: np.ndarray) -> tuple[float, float]:
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    return (low, high) if high > low else (low, low + 1.0)


def _discrete(codes: Ints, known: Bools, palette: Sequence[str], legend: Sequence[LegendEntry]) -> Colouring:
    n = len(palette)
    scale = tuple((stop / n, colour) for i, colour in enumerate(palette) for stop in (i, i + 1))
    values = np.where(known, codes, 0).astype(np.uint8)
    return Colouring(values, known, scale, -0.5, n - 0.5, legend=tuple(legend))
