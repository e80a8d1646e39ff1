"""Limits that an administrator can change, in ``config.toml`` in Explorer's data folder.

::

    [reading]                 # of one upload, in a process of its own
    memory_mb = 6000
    cpu_seconds = 900
    wall_seconds = 1200

    [dashboard]
    upload_mb = 500           # the largest file that can be uploaded
    folders = ["/srv/exports"]  # files below these can be chosen in the dashboard, whatever their size
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from explorer.errors import SettingsError, nearest_name
from explorer.workspace.home import data_folder

FILE = "config.toml"


@dataclass(frozen=True)
class ReadLimits:
    """What reading one upload may take: megabytes of memory, seconds of processor time and of the clock; 0 for any."""

    memory_mb: int = 6_000
    cpu_seconds: int = 900
    wall_seconds: int = 1_200


NO_LIMITS = ReadLimits(memory_mb=0, cpu_seconds=0, wall_seconds=0)


@dataclass(frozen=True)
class DashboardLimits:
    """``upload_mb`` is the size of the largest upload; files below ``folders`` can be chosen on the server."""

    upload_mb: int = 500
    folders: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Config:
    """All of it; what the file does not say has its default."""

    reading: ReadLimits = field(default_factory=ReadLimits)
    dashboard: DashboardLimits = field(default_factory=DashboardLimits)


def load_config() -> Config:
    """The configuration of this machine. Raises SettingsError, in one sentence, for a file that cannot be used."""
    path = data_folder() / FILE
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return Config()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"The configuration {path} cannot be read ({error}). Correct it or delete it.") from error
    _check_names(data, [f.name for f in fields(Config)], path)
    return Config(
        reading=ReadLimits(**_whole_numbers(data.get("reading", {}), ReadLimits, path)),
        dashboard=_dashboard(data.get("dashboard", {}), path),
    )


def _dashboard(values: Mapping[str, Any], path: Path) -> DashboardLimits:
    folders = values.get("folders", [])
    if not isinstance(folders, list) or not all(isinstance(f, str) and Path(f).is_absolute() for f in folders):
        raise SettingsError(f"In {path}, folders is not a list of absolute paths. Write it as ['/srv/exports'].")
    numbers = {name: value for name, value in values.items() if name != "folders"}
    return DashboardLimits(**_whole_numbers(numbers, DashboardLimits, path), folders=tuple(map(Path, folders)))


def _whole_numbers(values: Any, kind: type[Any], path: Path) -> dict[str, int]:
    if not isinstance(values, dict):
        raise SettingsError(f"In {path}, a section is not written as one. Write it as [reading].")
    _check_names(values, [f.name for f in fields(kind)], path)
    for name, value in values.items():
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise SettingsError(f"In {path}, {name} is {value!r}; give a whole number of 1 or more.")
    return values


def _check_names(values: Mapping[str, Any], known: list[str], path: Path) -> None:
    for name in values:
        if name not in known:
            near = nearest_name(name, known)
            raise SettingsError(
                f"In {path}, there is no setting {name!r}." + (f" Did you mean {near!r}?" if near else "")
            )
