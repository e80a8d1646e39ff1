"""One file per family of log formats; a new format is one entry in its family, a new family one line here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from explorer.errors import SettingsError, nearest_name
from explorer.ingest.continuation import begins_record
from explorer.ingest.log_columns import MESSAGE, TIME
from explorer.ingest.log_formats import (
    containers,
    databases,
    devices,
    general,
    java,
    native,
    python,
    structured,
    syslog,
    web,
)
from explorer.ingest.log_formats.base import LogFormat, without_colours
from explorer.ingest.log_formats.nested import NestedFormat, with_time
from explorer.ingest.log_formats.partial import join_parts

__all__ = ["LOG_FORMATS", "choose_format", "format_named", "is_general", "is_json"]

_ALL: tuple[LogFormat, ...] = (
    *structured.FORMATS,
    *containers.FORMATS,
    *containers.UNSURE,
    *web.FORMATS,
    *devices.FORMATS,
    syslog.FORMATS[0],
    *databases.FORMATS,
    *native.FORMATS,
    *python.FORMATS,
    *general.NAMED,
    *java.FORMATS,
    syslog.FORMATS[1],
    *syslog.ISO_FORMATS,
    *general.FORMATS,
)
#: Name -> format, the particular ones first: of formats that explain a sample about equally well, the first is chosen.
LOG_FORMATS: Mapping[str, LogFormat] = {known.name: known for known in _ALL}

_PREFIXES: tuple[LogFormat, ...] = (*containers.FORMATS, *containers.UNSURE, LOG_FORMATS["JSON (Docker)"])
_LEAST_EXPLAINED = 0.5
_ABOUT_EQUAL = 0.03


def _best_format(sample: Sequence[str], known_formats: Sequence[LogFormat]) -> LogFormat | None:
    lines = without_colours(pa.array([line for line in sample if line and not line.isspace()], pa.string()))
    if not len(lines):
        return None
    explained: dict[str, float] = {}
    for known in known_formats:
        is_head = known.parse(lines).is_head.to_numpy(zero_copy_only=False)
        if is_head.any():
            begins = begins_record(lines, is_head, has_format=True, continues=known.continues)
            explained[known.name] = float(is_head.sum() / (begins | is_head).sum())
    best = max(explained.values(), default=0.0)
    if best < _LEAST_EXPLAINED:
        return None
    return next(LOG_FORMATS[name] for name, share in explained.items() if share >= best - _ABOUT_EQUAL)


def choose_format(sample: Sequence[str]) -> LogFormat | None:
    """The format that explains a sample of lines; None where none explains half of them.

    Lines that continue a record, such as those of a stack trace, do not count against a format.
    """
    candidates = list(_ALL)
    while (best := _best_format(sample, candidates)) is not None:
        whole = _with_inner(best, sample)
        if best not in containers.UNSURE or (isinstance(whole, NestedFormat) and whole.inner is not None):
            return whole
        candidates.remove(best)
    return None


def is_json(known: LogFormat | None) -> bool:
    """Whether the lines of a format are JSON objects."""
    return isinstance(known.outer if isinstance(known, NestedFormat) else known, structured.JsonFormat)


def is_general(known: LogFormat) -> bool:
    """Whether a format says no more than that there is a time, as tables may do too."""
    return known in general.FORMATS


def _with_inner(known: LogFormat, sample: Sequence[str]) -> LogFormat:
    """Behind the prefix of a container stands a log of its own."""
    if known not in _PREFIXES:
        return known
    parsed = join_parts(known.parse(without_colours(pa.array(sample, pa.string()))))
    if MESSAGE not in parsed.columns:
        return NestedFormat(known, None)
    others = [other for other in _ALL if other not in _PREFIXES]
    inner = _best_format(parsed.columns[MESSAGE].drop_null().to_pylist(), others)
    if inner is None and TIME in parsed.columns and parsed.columns[TIME].null_count < len(sample):
        inner = _best_format(with_time(parsed).to_pylist(), others)
        if inner is not None and not is_general(inner):
            return NestedFormat(known, inner, has_own_time=True)
        inner = None
    return NestedFormat(known, inner)


def format_named(name: str, sample: Sequence[str]) -> LogFormat:
    """The format of that name, whatever its letter case. Raises SettingsError with the nearest name."""
    for known in LOG_FORMATS.values():
        if known.name.casefold() == name.strip().casefold():
            return _with_inner(known, sample)
    near = nearest_name(name, list(LOG_FORMATS))
    hint = f"Did you mean {near!r}?" if near else f"There are: {', '.join(LOG_FORMATS)}."
    raise SettingsError(f"There is no log format {name!r}. {hint}")
