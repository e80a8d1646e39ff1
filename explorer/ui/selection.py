"""Areas drawn on the map, and the records inside them; pure.

The browser sends an outline, never points: membership is tested here over every text, drawn or not, so that a selection
is exact at any size.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from explorer.clusters import characteristic_terms
from explorer.report.cells import page_text, without_surrogates
from explorer.report.tables import records_table
from explorer.strings import take_strings
from explorer.types import NO_CLUSTER, NO_GROUP, Analysis, Bools, Floats, Ints
from explorer.ui.colours import category_of_rows

_GRID = 2**32 - 1  # steps along each side of the map: finer than a pixel at any zoom
_MOST_CORNERS = 2_000  # of one outline; an address may hold anything
_TEXTS_AT_ONCE = 200_000
_TERM_SAMPLE = 10_000  # texts of the selection, and of the rest, that its terms are taken from


class Extent(NamedTuple):
    """The corners of the map, from x0, y0 to x1, y1, with a margin around the outermost points."""

    x0: float
    y0: float
    x1: float
    y1: float


def extent_of(xy: Floats) -> Extent:
    """The extent of a layout (d, 2); a unit square around a single point."""
    if not len(xy):
        return Extent(-1.0, -1.0, 1.0, 1.0)
    low, high = xy.min(axis=0).astype(np.float64), xy.max(axis=0).astype(np.float64)
    margin = np.where(high > low, 0.05 * (high - low), 1.0)
    (x0, y0), (x1, y1) = low - margin, high + margin
    return Extent(float(x0), float(y0), float(x1), float(y1))


@dataclass(frozen=True)
class Area:
    """One or more outlines, each a tuple of (x, y) corners; inside is what any of them holds."""

    outlines: tuple[tuple[tuple[float, float], ...], ...]

    def encode(self, extent: Extent) -> str:
        """The area for an address: corners on a fine grid over the map."""
        pieces = []
        for outline in self.outlines:
            corners = np.array(outline, dtype=np.float64)
            share = (corners - [extent.x0, extent.y0]) / [extent.x1 - extent.x0, extent.y1 - extent.y0]
            # A lasso may leave the map by as much as its own size.
            steps = np.round(np.clip((share + 1) / 3, 0, 1) * _GRID).astype("<u4")
            pieces.append(base64.urlsafe_b64encode(steps.tobytes()).decode("ascii").rstrip("="))
        return ".".join(pieces)

    @staticmethod
    def decode(code: str, extent: Extent) -> Area | None:
        """The area of an address, or None where it holds something else."""
        outlines = []
        for piece in code.split("."):
            try:
                raw = base64.b64decode(piece + "=" * (-len(piece) % 4), altchars=b"-_", validate=True)
            except (binascii.Error, ValueError):
                return None
            if len(raw) % 8 or not 24 <= len(raw) <= 8 * _MOST_CORNERS:
                return None
            share = np.frombuffer(raw, dtype="<u4").reshape(-1, 2) / _GRID * 3 - 1
            corners = share * [extent.x1 - extent.x0, extent.y1 - extent.y0] + [extent.x0, extent.y0]
            outlines.append(tuple((float(x), float(y)) for x, y in corners))
        return Area(tuple(outlines))


def area_of(event: Mapping[str, Any]) -> Area | None:
    """The area that a Plotly selection event tells of, or None where it has none."""
    outlines: list[tuple[tuple[float, float], ...]] = []
    for box in event.get("box", ()):
        (xa, xb), (ya, yb) = box["x"], box["y"]
        outlines.append(((xa, ya), (xb, ya), (xb, yb), (xa, yb)))
    for lasso in event.get("lasso", ()):
        corners = tuple(zip(lasso["x"], lasso["y"], strict=True))
        step = -(-len(corners) // _MOST_CORNERS)
        outlines.append(corners[:: step or 1])
    usable = [outline for outline in outlines if len(outline) >= 3]
    return Area(tuple(usable)) if usable else None


def clicked_text(event: Mapping[str, Any], n_texts: int) -> int | None:
    """The text of the last clicked point, or None."""
    for point in reversed(event.get("points", ())):
        value = point.get("customdata")
        value = value[0] if isinstance(value, list) and value else value
        if isinstance(value, int | float) and 0 <= value < n_texts:
            return int(value)
    return None


def inside(xy: Floats, area: Area) -> Bools:
    """Which of the points (d, 2) lie in ``area``, by the even-odd rule."""
    found = np.zeros(len(xy), dtype=np.bool_)
    for outline in area.outlines:
        corners = np.array(outline, dtype=np.float64)
        (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
        near = np.flatnonzero((xy[:, 0] >= x0) & (xy[:, 0] <= x1) & (xy[:, 1] >= y0) & (xy[:, 1] <= y1) & ~found)
        for start in range(0, len(near), _TEXTS_AT_ONCE):
            part = near[start : start + _TEXTS_AT_ONCE]
            found[part] = _even_odd(xy[part].astype(np.float64), corners)
    return found


def _even_odd(points: npt.NDArray[np.float64], corners: npt.NDArray[np.float64]) -> Bools:
    """Counts the edges to the right of each point."""
    x, y = points[:, 0], points[:, 1]
    odd = np.zeros(len(points), dtype=np.bool_)
    for (xa, ya), (xb, yb) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if ya == yb:
            continue
        crosses = (ya > y) != (yb > y)
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):  # where the edge is not crossed
            odd ^= crosses & (x < (xb - xa) * (y - ya) / (yb - ya) + xa)
    return odd


def rows_of_texts(analysis: Analysis, texts: Bools) -> Ints:
    """The rows, in file order, of the texts marked in ``texts`` (d,)."""
    return np.flatnonzero(analysis.row_values(texts, False)).astype(np.int64)


def selection_terms(analysis: Analysis, texts: Bools) -> tuple[str, ...]:
    """The words that set the texts marked in ``texts`` (d,) apart from all others, best first.

    They are taken from up to 10,000 texts of each side, spread evenly.
    """
    chosen = _spread(np.flatnonzero(texts), _TERM_SAMPLE)
    others = _spread(np.flatnonzero(~texts), _TERM_SAMPLE)
    if not len(chosen):
        return ()
    sample = tuple(analysis.distinct.texts[i] for i in [*chosen.tolist(), *others.tolist()])
    label = np.repeat(np.array([0, -1], dtype=np.int64), [len(chosen), len(others)])
    return characteristic_terms(sample, label, 1)[0]


class Stands(NamedTuple):
    """A category value that is more frequent in a selection than elsewhere; fractions are of records."""

    column: str
    value: str
    fraction_inside: float
    fraction_outside: float


def overrepresented(analysis: Analysis, rows: Ints, limit: int = 3) -> list[Stands]:
    """The category values that stand out most in the records ``rows`` against all other records.

    A value stands out when it has at least a tenth and three of the records, and a share ten points above that of the
    rest.
    """
    selected = np.zeros(analysis.corpus.n_records, dtype=np.bool_)
    selected[rows] = True
    n_inside, n_outside = len(rows), analysis.corpus.n_records - len(rows)
    if not n_inside or not n_outside:
        return []
    found = []
    for column in analysis.corpus.roles.categories:
        codes, values = category_of_rows(analysis, column)
        known = codes >= 0
        n_in = np.bincount(codes[known & selected], minlength=len(values))
        n_out = np.bincount(codes[known & ~selected], minlength=len(values))
        share_in, share_out = n_in / n_inside, n_out / n_outside
        for i in np.flatnonzero((n_in >= 3) & (share_in >= 0.1) & (share_in - share_out >= 0.1)):
            found.append(Stands(column, values[i], float(share_in[i]), float(share_out[i])))
    found.sort(key=lambda item: (item.fraction_outside - item.fraction_inside, item.column, item.value))
    return found[:limit]


def _spread(places: Sequence[int] | npt.NDArray[np.int64], limit: int) -> Ints:
    places = np.asarray(places, dtype=np.int64)
    return places if len(places) <= limit else places[np.linspace(0, len(places) - 1, limit).astype(np.int64)]


def records_frame(analysis: Analysis, rows: Ints, similarity: Sequence[float] | None = None) -> pd.DataFrame:
    """One line for each of ``rows``, for a table on a page; ``similarity`` to a question, where there was one."""
    texts = analysis.distinct.text_of_row[rows]
    has_text = texts >= 0
    label = np.where(has_text, analysis.clusters.label[texts], NO_CLUSTER)
    group = np.where(has_text, analysis.duplicates.group[texts], NO_GROUP)
    columns: dict[str, Any] = {
        "Row": rows,
        "Id": [page_text(analysis.corpus.ids[row], 60) for row in rows],
        "Text": [page_text(analysis.corpus.texts[row], 200) for row in rows],
        "Cluster": [page_text(analysis.clusters.name_of(int(i)), 60) if i >= 0 else "" for i in label],
        "Group": pd.Series(group, dtype="Int64").where(group >= 0),
        "Strangeness": np.where(has_text, analysis.anomalies.strangeness[texts], np.nan).round(3),
    }
    if similarity is not None:
        columns = {"Alike": np.asarray(similarity, dtype=np.float64).round(3), **columns}
    return pd.DataFrame(columns)


def selection_table(analysis: Analysis, rows: Ints) -> pd.DataFrame:
    """The records ``rows`` with their texts, in the columns of the report's table of records."""
    table = records_table(analysis).part(rows)
    texts = (without_surrogates(text) for text in take_strings(analysis.corpus.texts, rows))
    return table.assign(text=pd.Series(list(texts), dtype="str"))
