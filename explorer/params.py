"""Settings of a run: one frozen dataclass per stage, checked on construction.

``Params.from_options`` is the door for the command line and the dashboard: it reports all problems at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from explorer.errors import SettingsError, nearest_name

#: The roles of columns beside id, text, time and categories, in the order in which columns are given away.
TICKET_ROLES = ("closed", "link", "status", "priority", "product", "requester")
DEFAULT_MODEL = "all-MiniLM-L6-v2"


def _require(ok: bool, sentence: str) -> None:
    if not ok:
        raise SettingsError(sentence)


@dataclass(frozen=True)
class ReadParams:
    """What the user decided about reading; None leaves a choice to the reader.

    ``as_lines``: every line of a text file is a record (True), or it is a table (False). ``encoding`` is a codec's
    name. For delimited text: ``delimiter`` ("" for one column), ``quote`` ("" for none), ``first_line`` (1-based) is
    where the header begins, ``header_rows`` how many rows it has (0 for none). ``sheet`` names a workbook's sheet or a
    member of an archive, ``log_format`` one of the formats in :data:`explorer.ingest.log_formats.LOG_FORMATS`.
    ``day_first`` is how dates such as 01/02/2024 are meant.
    """

    as_lines: bool | None = None
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    first_line: int | None = None
    header_rows: int | None = None
    sheet: str | None = None
    log_format: str | None = None
    day_first: bool | None = None

    def __post_init__(self) -> None:
        if self.encoding is not None:
            try:
                "".encode(self.encoding)
            except (LookupError, UnicodeError) as error:
                raise SettingsError(
                    f"There is no encoding {self.encoding!r}. Common ones: utf-8, cp1252, utf-16, shift_jis, gb18030."
                ) from error
        _require(self.quote is None or len(self.quote) <= 1, f"The quote {self.quote!r} is more than one character.")
        _require(
            self.delimiter is None or not set(self.delimiter) & set("\r\n\x00"), "A line end cannot be the delimiter."
        )
        _require(self.first_line is None or self.first_line >= 1, "Lines count from 1; first_line is smaller.")
        _require(
            self.header_rows is None or 0 <= self.header_rows <= 20,
            f"The header cannot have {self.header_rows} rows; choose 0 to 20.",
        )

    @property
    def is_about_tables(self) -> bool:
        """Whether something was decided that only a table has."""
        return any(value is not None for value in (self.delimiter, self.quote, self.first_line, self.header_rows))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ReadParams:
        """From names and values; unknown names are a SettingsError."""
        known = [f.name for f in fields(cls)]
        problems = [_unknown(name, known) for name in data if name not in known]
        if problems:
            raise SettingsError(" ".join(problems))
        return cls(**data)

    def to_arguments(self) -> list[str]:
        """As options of the command line."""
        values = asdict(self)
        as_lines, day_first = values.pop("as_lines"), values.pop("day_first")
        out = [] if as_lines is None else ["--logs" if as_lines else "--table"]
        out += [] if day_first is None else ["--day-first" if day_first else "--month-first"]
        return out + [f"--{name.replace('_', '-')}={value}" for name, value in values.items() if value is not None]


@dataclass(frozen=True)
class EmbedParams:
    """``model``: the built-in name, a local folder, or a hub name where the network allows it."""

    model: str = DEFAULT_MODEL

    def __post_init__(self) -> None:
        _require(bool(self.model.strip()), "The model's name is empty. Leave the setting out for the built-in model.")


@dataclass(frozen=True)
class NeighbourParams:
    """``k``: neighbours kept per text. Up to ``exact_below`` texts the search is exact, above it HNSW."""

    k: int = 30
    exact_below: int = 15_000

    def __post_init__(self) -> None:
        _require(2 <= self.k <= 200, f"The number of neighbours is {self.k}; choose 2 to 200.")
        _require(self.exact_below >= 0, f"exact_below is {self.exact_below}; choose 0 or more.")


@dataclass(frozen=True)
class LayoutParams:
    """``seed`` fixes the map: the same texts and seed give the same picture."""

    seed: int = 0
    min_dist: float = 0.0

    def __post_init__(self) -> None:
        _require(0 <= self.seed < 2**32, f"The seed is {self.seed}; choose 0 to {2**32 - 1}.")
        _require(0.0 <= self.min_dist <= 0.99, f"min_dist is {self.min_dist}; choose 0 to 0.99.")


@dataclass(frozen=True)
class ClusterParams:
    """``min_cluster_size``: fewest distinct texts that make a cluster; None chooses it from their number."""

    min_cluster_size: int | None = None

    def __post_init__(self) -> None:
        size = self.min_cluster_size
        _require(size is None or size >= 2, f"The smallest cluster size is {size}; choose 2 or more.")


@dataclass(frozen=True)
class DuplicateParams:
    """``threshold``: cosine from which two texts are near-duplicates. Pairs are kept down to ``floor``, so that a
    threshold between the two needs no new search; at most ``max_pairs`` are kept."""

    threshold: float = 0.9
    floor: float = 0.7
    max_pairs: int = 3_000_000

    def __post_init__(self) -> None:
        _require(0.3 <= self.threshold <= 1.0, f"The duplicate threshold is {self.threshold}; choose 0.3 to 1.")
        _require(0.3 <= self.floor <= 1.0, f"The lowest threshold is {self.floor}; choose 0.3 to 1.")
        _require(self.max_pairs >= 1, f"max_pairs is {self.max_pairs}; choose 1 or more.")


@dataclass(frozen=True)
class AnomalyParams:
    """``k``: how many nearest distinct texts strangeness is averaged over."""

    k: int = 10

    def __post_init__(self) -> None:
        _require(1 <= self.k <= 200, f"The number of neighbours for strangeness is {self.k}; choose 1 to 200.")


@dataclass(frozen=True)
class Params:
    """All settings of a run."""

    embed: EmbedParams = field(default_factory=EmbedParams)
    neighbours: NeighbourParams = field(default_factory=NeighbourParams)
    layout: LayoutParams = field(default_factory=LayoutParams)
    clusters: ClusterParams = field(default_factory=ClusterParams)
    duplicates: DuplicateParams = field(default_factory=DuplicateParams)
    anomalies: AnomalyParams = field(default_factory=AnomalyParams)

    def to_dict(self) -> dict[str, dict[str, Any]]:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Mapping[str, Any]]) -> Params:
        """The opposite of :meth:`to_dict`; unknown names and values out of range are reported together."""
        kinds = {f.name: f.default_factory for f in fields(cls)}
        parts: dict[str, Any] = {}
        problems: list[str] = []
        for name, values in data.items():
            if name not in kinds:
                problems.append(_unknown(name, list(kinds)))
                continue
            stage: Any = kinds[name]
            known = [f.name for f in fields(stage)]
            problems += [_unknown(key, known) for key in values if key not in known]
            try:
                parts[name] = stage(**{key: value for key, value in values.items() if key in known})
            except SettingsError as error:
                problems.append(str(error))
        if problems:
            raise SettingsError(" ".join(problems))
        return cls(**parts)

    @classmethod
    def from_options(
        cls,
        *,
        model: str | None = None,
        neighbours: int | None = None,
        min_cluster_size: int | None = None,
        duplicate_threshold: float | None = None,
        seed: int | None = None,
    ) -> Params:
        """The options a user sees; None leaves the default."""
        chosen: dict[str, dict[str, Any]] = {
            "embed": {"model": model},
            "neighbours": {"k": neighbours},
            "clusters": {"min_cluster_size": min_cluster_size},
            "duplicates": {"threshold": duplicate_threshold},
            "layout": {"seed": seed},
        }
        given = {stage: {k: v for k, v in part.items() if v is not None} for stage, part in chosen.items()}
        return cls.from_dict(given)


def _unknown(name: str, known: list[str]) -> str:
    near = nearest_name(name, known)
    return f"There is no setting {name!r}." + (f" Did you mean {near!r}?" if near else "")
