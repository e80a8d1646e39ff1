"""What the points of the map are coloured by; pure.

One palette for the whole dashboard. Its first colours are those of the HTML report, and all hold on white and on a
dark background.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

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
_FAR_APART = 0.25  # share of the time scale: records of one text further apart than this have no common colour
_MOST_DETAILS = 20_000  # mixed texts whose values are told
_VALUES_TOLD = 3  # of one text
_VALUE_LENGTH = 30

CLUSTERS, TIME, STRANGENESS = "clusters", "time", "strangeness"
_COLUMN = "column:"


def cluster_colour(label: int) -> str:
    """The colour of a cluster, the same on every page; grey for the unclustered."""
    return NOISE if label < 0 else _PALETTE[label % len(_PALETTE)]


@dataclass(frozen=True)
class LegendEntry:
    """One line of a legend: a colour and what it stands for (data: escape it).

    ``n_texts`` are drawn in this colour. ``n_records`` are what the label says, whatever the colour of their text.
    """

    colour: str
    label: str
    n_texts: int
    n_records: int


@dataclass(frozen=True, eq=False)
class Colouring(Frozen):
    """A number for each text and the colours of these numbers.

    ``values`` (d,) lie in ``low``..``high``; where ``known`` (d,) is False the text is grey. ``scale`` are Plotly's
    stops. ``legend`` is filled for what has names, ``ticks`` (value, label) for what has a range. Where ``mixed`` (d,)
    is True one colour is not the whole truth about the text's records. ``rule`` says which of them gives the colour and
    ``mixed_rule`` what is mixed; both are empty where a colour belongs to a text as such. ``details`` tell by text what
    its records are (data: escape it), for the mixed ones unless they are very many.
    """

    values: Floats | npt.NDArray[np.uint8]
    known: Bools
    mixed: Bools
    scale: tuple[tuple[float, str], ...]
    low: float
    high: float
    legend: tuple[LegendEntry, ...] = ()
    ticks: tuple[tuple[float, str], ...] = ()
    rule: str = ""
    mixed_rule: str = ""
    details: Mapping[int, str] = field(default_factory=dict)


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


def colouring(analysis: Analysis, choice: str, matches: Bools | None = None) -> Colouring:
    """The colours of all texts under one of :func:`colour_choices`.

    A category colours a text by the most frequent value of its records, the time by its latest record. Only the
    records ``matches`` (n,; None: all) count; a text without any is not known. What a colour means does not depend on
    them.
    """
    rows = analysis.distinct.text_of_row >= 0
    if matches is not None:
        rows &= matches
    if choice == TIME:
        return _by_time(analysis, rows)
    if choice == STRANGENESS:
        return _by_strangeness(analysis)
    if choice.startswith(_COLUMN):
        return _by_category(analysis, choice.removeprefix(_COLUMN), rows)
    return _by_cluster(analysis, rows)


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


def _by_cluster(analysis: Analysis, rows: Bools) -> Colouring:
    clusters = analysis.clusters
    n_names = len(clusters.names)
    n_of_text = np.bincount(analysis.distinct.text_of_row[rows], minlength=analysis.distinct.n_texts)
    place = np.where(clusters.label < 0, n_names, clusters.label)  # the unclustered come last
    n_records = np.bincount(np.repeat(place, n_of_text), minlength=n_names + 1)
    n_texts = np.bincount(place[n_of_text > 0], minlength=n_names + 1)
    legend = [
        LegendEntry(cluster_colour(label), clusters.name_of(label), int(n_texts[label]), int(n_records[label]))
        for label in [*range(n_names), -1]
    ]
    return _discrete(clusters.label % len(_PALETTE), clusters.label >= 0, legend)


def _by_category(analysis: Analysis, name: str, rows: Bools) -> Colouring:
    of_row, values = category_of_rows(analysis, name)
    n_values = len(values)
    codes = np.where(of_row < 0, n_values, of_row)[rows]  # no value is the last one: with a tie, a value wins
    tally = _tally(analysis.distinct.text_of_row[rows], codes)
    of_text, mixed = _most_frequent(tally, analysis.distinct.n_texts)
    n_own = n_values if n_values <= _MOST_VALUES + 1 else _MOST_VALUES
    n_records = np.bincount(codes, minlength=n_values + 1)
    n_texts = np.bincount(of_text[of_text >= 0], minlength=n_values + 1)

    def entry(colour: str, label: str, part: slice) -> LegendEntry:
        return LegendEntry(colour, label, int(n_texts[part].sum()), int(n_records[part].sum()))

    legend = [entry(_PALETTE[i], values[i], slice(i, i + 1)) for i in range(n_own)]
    legend.append(entry(NOISE, f"{n_values - n_own:,} rarer values", slice(n_own, n_values)))
    legend.append(entry(NOISE, "no value", slice(n_values, None)))
    return replace(
        _discrete(of_text, (of_text >= 0) & (of_text < n_own), legend),
        mixed=mixed,
        rule="A text has the colour of its records' most frequent value; records are counted by their own.",
        mixed_rule="records of different values",
        details=_values_of(tally, mixed, [*values, "no value"]),
    )


class _Tally(NamedTuple):
    """How often each value occurs in each text, a line (m,) for each pair that does: by text, the most frequent value
    first, and of several the one with the smallest code."""

    text: Ints
    code: Ints
    n: Ints


def _tally(texts: Ints, codes: Ints) -> _Tally:
    n_codes = int(codes.max(initial=0)) + 1
    pairs, n = np.unique(texts * n_codes + codes, return_counts=True)
    text, code = np.divmod(pairs, n_codes)
    order = np.lexsort((code, -n, text))
    return _Tally(text[order], code[order], n[order])


def _most_frequent(tally: _Tally, n_texts: int) -> tuple[Ints, Bools]:
    """The first code of each text (d,), -1 without records; and whether it has more than one (d,)."""
    found, first = np.unique(tally.text, return_index=True)
    codes = np.full(n_texts, -1, dtype=np.int64)
    codes[found] = tally.code[first]
    return codes, np.bincount(tally.text, minlength=n_texts) > 1


def _values_of(tally: _Tally, mixed: Bools, values: Sequence[str]) -> dict[int, str]:
    """The most frequent values of each mixed text with their counts: "Beta 5 · Alpha 1"."""
    if mixed.sum() > _MOST_DETAILS:
        return {}
    place = np.arange(len(tally.text)) - np.searchsorted(tally.text, tally.text)
    told = mixed[tally.text] & (place < _VALUES_TOLD)
    lines: dict[int, list[str]] = {}
    for text, code, n in zip(*(column[told].tolist() for column in tally), strict=True):
        lines.setdefault(text, []).append(f"{page_text(values[code], _VALUE_LENGTH)} {n:,}")
    n_values = np.bincount(tally.text)
    for text, line in lines.items():
        if n_values[text] > _VALUES_TOLD:
            line.append(f"{n_values[text] - _VALUES_TOLD:,} more")
    return {text: " · ".join(line) for text, line in lines.items()}


def _by_time(analysis: Analysis, rows: Bools) -> Colouring:
    times, of_row, n_texts = analysis.corpus.times, analysis.distinct.text_of_row, analysis.distinct.n_texts
    assert times is not None, "offered only where there are times"
    seconds = times.astype("datetime64[ms]").astype(np.int64) / 1000
    has_time = ~np.isnat(times)
    low, high = _span(seconds[has_time & (of_row >= 0)])
    pattern = "%d %b %H:%M" if high - low < 3 * 86_400 else "%d %b %Y"

    def moment(share: float) -> str:
        return pd.Timestamp(round(low + share * (high - low), 3), unit="s").strftime(pattern)

    rows = rows & has_time
    # Seconds since 1970 do not fit into a float32, their share of the span does.
    share = (seconds[rows] - low) / (high - low)
    earliest, latest = np.full(n_texts, np.inf), np.full(n_texts, -np.inf)
    np.minimum.at(earliest, of_row[rows], share)
    np.maximum.at(latest, of_row[rows], share)
    known, mixed = latest >= earliest, latest - earliest > _FAR_APART
    told = np.flatnonzero(mixed & (mixed.sum() <= _MOST_DETAILS)).tolist()
    return Colouring(
        np.where(known, latest, 0.0).astype(np.float32),
        known,
        mixed,
        _SEQUENCE,
        0.0,
        1.0,
        ticks=tuple((tick, moment(tick)) for tick in np.linspace(0, 1, _N_TICKS)),
        rule="A text has the colour of its latest record.",
        mixed_rule="records more than a quarter of this span apart",
        details={text: f"{moment(earliest[text])} to {moment(latest[text])}" for text in told},
    )


def _by_strangeness(analysis: Analysis) -> Colouring:
    values = analysis.anomalies.strangeness.astype(np.float32)
    low, high = _span(values)
    ticks = tuple((float(tick), f"{tick:.2f}") for tick in np.linspace(low, high, _N_TICKS))
    known = np.ones(len(values), dtype=np.bool_)
    return Colouring(values, known, ~known, _SEQUENCE, low, high, ticks=ticks)


def _span(values: np.ndarray) -> tuple[float, float]:
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    return (low, high) if high > low else (low, low + 1.0)


def _discrete(codes: Ints, known: Bools, legend: Iterable[LegendEntry]) -> Colouring:
    n = len(_PALETTE)
    scale = tuple((stop / n, colour) for i, colour in enumerate(_PALETTE) for stop in (i, i + 1))
    values = np.where(known, codes, 0).astype(np.uint8)
    entries = tuple(entry for entry in legend if entry.n_texts or entry.n_records)
    return Colouring(values, known, np.zeros_like(known), scale, -0.5, n - 0.5, legend=entries)
