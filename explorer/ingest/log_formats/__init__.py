"""One file per family of log formats; a new format is one entry in its family, a new family one line here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from explorer.errors import SettingsError, nearest_name
from explorer.ingest.continuation import begins_record
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
from explorer.ingest.log_formats.base import LogFormat

__all__ = ["LOG_FORMATS", "choose_format", "format_named"]

_ALL: tuple[LogFormat, ...] = (
    *structured.FORMATS,
    *containers.FORMATS,
    *web.FORMATS,
    *devices.FORMATS,
    syslog.FORMATS[0],
    *databases.FORMATS,
    *native.FORMATS,
    *python.FORMATS,
    *java.FORMATS,
    syslog.FORMATS[1],
    *syslog.ISO_FORMATS,
    *general.FORMATS,
)
#: Name -> format, the particular ones first: of formats that explain a sample about equally well, the first is chosen.
LOG_FORMATS: Mapping[str, LogFormat] = {known.name: known for known in _ALL}

_LEAST_EXPLAINED = 0.5
_ABOUT_EQUAL = 0.03


def choose_format(sample: Sequence[str]) -> LogFormat | None:
    """The format that explains a sample of lines; None where none explains half of them.

    Lines that continue a record, such as those of a stack trace, do not count against a format.
    """
    lines = pa.array([line for line in sample if line and not line.isspace()], pa.string())
    if not len(lines):
        return None
    explained: dict[str, float] = {}
    for known in LOG_FORMATS.values():
        is_head = known.parse(lines).is_head.to_numpy(zero_copy_only=False)
        if is_head.any():
            begins = begins_record(lines, is_head, has_format=True, continues=known.continues)
            explained[known.name] = float(is_head.sum() / (begins | is_head).sum())
    best = max(explained.values(), default=0.0)
    if best < _LEAST_EXPLAINED:
        return None
    return next(LOG_FORMATS[name] for name, share in explained.items() if share >= best - _ABOUT_EQUAL)


def format_named(name: str) -> LogFormat:
    """The format of that name, whatever its letter case. Raises SettingsError with the nearest name."""
    for known in LOG_FORMATS.values():
        if known.name.casefold() == name.strip().casefold():
            return known
    near = nearest_name(name, list(LOG_FORMATS))
    hint = f"Did you mean {near!r}?" if near else f"There are: {', '.join(LOG_FORMATS)}."
    raise SettingsError(f"There is no log format {name!r}. {hint}")
