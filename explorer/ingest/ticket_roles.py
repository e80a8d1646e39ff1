"""The roles beside id, text and time: link, status, priority, product, requester, closed; each may be missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from explorer.ingest import role_words as words
from explorer.ingest.column_stats import ColumnStats
from explorer.ingest.exports import Export
from explorer.types import Table

_MOST_STATES = 60
_MOST_PRIORITIES = 20
_LONGEST = 100
_API = r"^\s*(?i:https?://(?:api\.|[^/?#]+/(?:[^?#]*/)?(?:api|rest|_apis)/)|https?://[^?#]+\.json$)"


def from_export(
    export: Export, names: Mapping[str, str], stats: Sequence[ColumnStats], taken: set[str], role: str
) -> str | None:
    """The first column that a known export has for a role, where its cells fit."""
    by_name = {column.name: column for column in stats}
    for name in getattr(export, role):
        column = by_name.get(names.get(name, ""))
        if column is not None and column.name not in taken and column.n_filled and _FITS[role](column):
            return column.name
    return None


def guess_ticket_role(stats: Sequence[ColumnStats], role: str, reasons: dict[str, str]) -> str | None:
    """A column that may have a role, from its name and its cells."""
    ranked = [(-fit, column.position, column) for column in stats if (fit := _GUESSES[role](column)) > 0]
    if not ranked:
        return None
    column = min(ranked, key=lambda one: one[:2])[2]
    reasons[role] = f"{column.name!r}: {_REASONS[role](column)}."
    return column.name


def also_from_export(
    export: Export, names: Mapping[str, str], stats: Sequence[ColumnStats], taken: set[str]
) -> tuple[str, ...]:
    """Every further column of a known export that holds a part of the text."""
    by_name = {column.name: column for column in stats if column.n_filled and not column.is_fraction}
    found = (by_name.get(names.get(name, "")) for name in export.also)
    return tuple(column.name for column in found if column is not None and column.name not in taken)


def api_links(table: Table, stats: Sequence[ColumnStats]) -> set[str]:
    """Columns whose web addresses are those of an interface for programs: nobody opens them in a browser."""
    columns = (column.name for column in stats if _is_link(column))
    return {name for name in columns if _is_api(table.cells.column(name))}


def _is_api(column: pa.ChunkedArray) -> bool:
    is_one = pc.match_substring_regex(column.drop_null(), _API)
    return 2 * (pc.sum(is_one).as_py() or 0) > len(is_one)


def _is_link(column: ColumnStats) -> bool:
    return column.link_fraction >= 0.8


def _is_own_link(column: ColumnStats) -> bool:
    """Addresses that are the record's: one that many records share is that of a person, a product or a list."""
    return _is_link(column) and column.distinct_fraction > 0.9


def _is_short(column: ColumnStats) -> bool:
    return column.max_length <= _LONGEST and column.time_fraction < 0.8


def _is_time(column: ColumnStats) -> bool:
    return column.time_fraction >= 0.5


_FITS: Mapping[str, Callable[[ColumnStats], bool]] = {
    "id": lambda column: column.filled_fraction >= 0.9 and column.max_length <= 1_000,
    "title": lambda column: not column.is_fraction,
    "body": lambda column: not column.is_fraction,
    "time": _is_time,
    "closed": _is_time,
    "link": _is_own_link,
    "status": _is_short,
    "priority": _is_short,
    "product": lambda column: _is_short(column) and not _is_link(column),
    "requester": lambda column: column.max_length <= 3 * _LONGEST and not _is_link(column),
}


def _link_fit(column: ColumnStats) -> float:
    """Addresses of their own for each record; one that the name calls an API is worse."""
    if not _is_own_link(column) or column.filled_fraction < 0.5:
        return 0.0
    named = bool(column.words & words.LINK)
    is_other = bool(column.words & {"api", "repository", "comments", "avatar", "image", "icon", "attachment"})
    return 1.0 + 0.5 * named + 0.3 * column.filled_fraction - 0.6 * is_other


def _status_fit(column: ColumnStats) -> float:
    if not _is_category(column, _MOST_STATES) or column.words & words.NOT_STATUS:
        return 0.0
    named = bool(column.words & words.STATUS)
    return (1.0 * named + column.status_fraction) if named or column.status_fraction > 0.7 else 0.0


def _priority_fit(column: ColumnStats) -> float:
    if not _is_category(column, _MOST_PRIORITIES):
        return 0.0
    named, near = bool(column.words & words.PRIORITY), bool(column.words & words.SEVERITY)
    if not (named or near or column.priority_fraction > 0.7):
        return 0.0
    return 1.0 * named + 0.4 * near + column.priority_fraction


def _product_fit(column: ColumnStats) -> float:
    last = column.ordered_words[-1] if column.ordered_words else ""
    named = column.words & words.PRODUCT
    if not named or not _is_short(column) or column.is_fraction or column.link_fraction > 0.1:
        return 0.0
    if (
        column.words & {"id", "version", "key", "lead", "type", "description", "url", "affected"}
        or column.n_distinct < 2
    ):
        return 0.0
    if 2 * column.n_distinct > column.n_filled:
        return 0.0
    best = 0.5 * bool(named & {"product", "produkt", "produit", "producto", "produto", "产品", "製品", "component"})
    return 1.0 + best + 0.3 * (last in words.PRODUCT) + 0.3 * column.filled_fraction


def _requester_fit(column: ColumnStats) -> float:
    named = column.words & words.REQUESTER
    if not named and column.ordered_words[-1:] == ("by",):  # "Opened by"
        named = column.words & words.CREATED
    if not named or column.time_fraction > 0.5 or column.mean_words > 5 or column.link_fraction > 0.1:
        return 0.0
    if column.max_length > 3 * _LONGEST or column.is_fraction or column.filled_fraction < 0.1:
        return 0.0
    if column.words & {
        "agent",
        "feedback",
        "group",
        "team",
        "count",
        "type",
        "since",
        "time",
        "date",
        "system",
        "comments",
    }:
        return 0.0
    is_first = bool(named & words.FIRST_REQUESTER)
    return 1.0 + 0.6 * is_first + 0.3 * ("name" in column.words) - 0.4 * ("id" in column.words or column.is_number)


def _closed_fit(column: ColumnStats) -> float:
    named = column.words & words.CLOSED
    if not named or column.time_fraction < 0.8:
        return 0.0
    if column.is_number and not column.words & (words.TIME | words.LATER):
        return 0.0
    is_end = bool(
        named & {"closed", "geschlossen", "ferme", "cerrado", "fechado", "chiuso", "gesloten", "закрыт", "关闭"}
    )
    return 1.0 + 0.3 * is_end + 0.2 * column.filled_fraction


def _is_category(column: ColumnStats, most: int) -> bool:
    """Few short values that repeat."""
    few = 1 <= column.n_distinct <= most and (2 * column.n_distinct <= column.n_filled or column.n_filled < 10)
    return few and _is_short(column) and not column.is_fraction and column.filled_fraction >= 0.1


_GUESSES: Mapping[str, Callable[[ColumnStats], float]] = {
    "closed": _closed_fit,
    "link": _link_fit,
    "status": _status_fit,
    "priority": _priority_fit,
    "product": _product_fit,
    "requester": _requester_fit,
}


def _named_or(fraction: str, what: str, names: frozenset[str]) -> Callable[[ColumnStats], str]:
    def reason(column: ColumnStats) -> str:
        share: float = getattr(column, fraction)
        if share > 0.5 or not column.words & names:
            return f"{share:.0%} of its cells are {what}"
        return f"its name says so, and it has {column.n_distinct:,} different values"

    return reason


_REASONS: Mapping[str, Callable[[ColumnStats], str]] = {
    "closed": lambda column: f"its name says so, and {column.time_fraction:.0%} of its cells are times",
    "link": lambda column: f"{column.link_fraction:.0%} of its cells are web addresses",
    "status": _named_or("status_fraction", "words for how far a record is", words.STATUS),
    "priority": _named_or("priority_fraction", "words for how urgent a record is", words.PRIORITY | words.SEVERITY),
    "product": lambda column: f"its name says so, and it has {column.n_distinct:,} different values",
    "requester": lambda column: f"its name says so, and it has {column.n_distinct:,} different values",
}
