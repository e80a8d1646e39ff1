"""The shapes that flow from a file to a report.

``file -> Table -> Corpus -> Distinct -> Embedding -> Neighbours -> {Layout -> Clusters, Duplicates, Anomalies}
-> Analysis``

Letters used in the shapes: ``n`` records, ``d`` distinct texts, ``k`` neighbours per text, ``p`` pairs.
``row`` and ``rows`` are positions 0..n-1 in file order and are the only identity of a record; the user's
own ids may repeat or be missing and are only shown. ``text`` indices are positions 0..d-1 in
:class:`Distinct`, whose order depends on the texts alone, never on the order of the file.
All dataclasses are frozen and their arrays are made read-only on construction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pyarrow as pa

    from explorer.params import Params

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Times = npt.NDArray[np.datetime64]

Kind = Literal["tickets", "logs"]
PairKind = Literal["exact", "masked", "near"]

NO_GROUP = -1  # a text without a duplicate
NO_CLUSTER = -1  # a text that HDBSCAN left unclustered
NO_TEXT = -1  # a record without text
GIVEN = "given vectors"  # begins the model_id of vectors that the user brought


class Frozen:
    """Makes every array of a dataclass read-only, so that a shared result cannot be changed by a reader."""

    def __post_init__(self) -> None:
        for item in fields(self):  # type: ignore[arg-type]
            value = getattr(self, item.name)
            if isinstance(value, np.ndarray):
                value.setflags(write=False)


class Progress(NamedTuple):
    """One report of how far a run has come.

    ``stage`` is one of :data:`STAGES`; ``done`` of ``total`` units (rows, texts) are finished, ``total`` is 0
    where it is not known; ``note`` is a short sentence for the user or "".
    """

    stage: str
    done: int
    total: int
    note: str = ""


ProgressCallback = Callable[[Progress], None]

#: Stages in the order in which they run, with the words shown to the user.
STAGES: Mapping[str, str] = {
    "read": "Reading the file",
    "collapse": "Putting repeated texts together",
    "embed": "Reading every text with the model",
    "neighbours": "Finding each text's nearest texts",
    "layout": "Drawing the map",
    "clusters": "Finding and naming clusters",
    "duplicates": "Listing near-duplicates",
    "anomalies": "Looking for what does not belong",
    "write": "Writing the reports",
}


class RejectedRow(NamedTuple):
    """A row or line that could not be used: where it stood, why, and what was read (at most 2,000 characters)."""

    source: str
    line: int  # 1-based line of a text file, row of a sheet, element of a JSON array; 0 where not known
    reason: str
    text: str


@dataclass(frozen=True)
class ReadReport:
    """What the reader decided for one file.

    ``n_rows_read == n_rows_kept + n_rows_rejected`` always holds. ``notes`` are sentences for the user about
    everything that was decided or repaired ("Read as Windows-1252, because the bytes are not valid UTF-8").
    """

    source: str
    format: str  # "csv", "tsv", "xlsx", "json", "jsonl", "parquet", "log lines", "syslog", "data frame", ...
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    n_rows_read: int
    n_rows_kept: int
    n_rows_rejected: int
    quote: str | None = None
    header: str | None = None  # "line 4", "lines 1 to 2", "none"
    sheets: tuple[str, ...] = ()  # what ``sheet`` was chosen from
    n_lines_joined: int = 0  # lines that continue a record above them, such as a stack trace
    n_cells_repaired: int = 0  # cells that held NUL bytes or lone surrogates, which no report can carry
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Table(Frozen):
    """The cells of one or more files as read: text exactly as in the file, nothing guessed into a number or a date.

    ``cells`` is an Arrow table of ``string`` columns with unique names; null is a cell that is not there.
    ``lines`` (n,) is the 1-based line of each row in its file and ``sources`` (n,) the position of that file in
    ``reports``. ``is_lines`` says that the file is a log: then the column ``line`` holds each record as it stands in
    the file, with the lines that continue it, and where the log's format is known ``time`` (as written), ``level``,
    ``component``, ``message`` and its other fields stand beside it.
    """

    cells: pa.Table
    lines: Ints
    sources: Ints
    reports: tuple[ReadReport, ...]
    rejected: tuple[RejectedRow, ...]
    is_lines: bool

    @property
    def columns(self) -> list[str]:
        return list(self.cells.column_names)

    @property
    def n_rows(self) -> int:
        return int(self.cells.num_rows)


@dataclass(frozen=True)
class Roles:
    """Which column is what. ``text`` columns are joined in the order given; ``reasons`` say why each was guessed, and
    ``notes`` are sentences about what is odd in the columns as a whole."""

    id: str | None
    text: tuple[str, ...]
    time: str | None
    categories: tuple[str, ...]  # columns with few values, offered for colour and filters
    reasons: Mapping[str, str] = field(default_factory=dict)
    link: str | None = None  # address of the record in the system it comes from
    status: str | None = None
    priority: str | None = None
    product: str | None = None  # product, component, service or queue
    requester: str | None = None
    closed: str | None = None  # when the record was closed; ``time`` is when it was created
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Forms:
    """What repeats across the records of a file: keys of headings, of labels before values, and of whole sentences."""

    headings: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    sentences: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.headings or self.labels or self.sentences)


@dataclass(frozen=True)
class Cleaning:
    """What is left out of the records' texts when they are compared.

    ``forms`` were found in the file. ``n_records`` counts records per kind of what was cut (see
    :data:`explorer.ingest.cleaning.KINDS`), ``examples`` holds a short piece of each kind.
    """

    forms: Forms
    n_records: Mapping[str, int] = field(default_factory=dict)
    examples: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Corpus(Frozen):
    """The records to analyse, in file order; the row 0..n-1 is the identity.

    ``ids`` are the user's own, or made from the place in the file where there are none; they may repeat.
    ``texts`` are the records' texts, "" where a record has none. ``times`` (n,) is ``datetime64[ms]`` with NaT
    for a missing time, or None where there is no time column; ``fields`` is an Arrow table (n rows) of every
    column of the file. ``mask`` says that texts are compared as templates: with timestamps, ids, addresses, numbers and
    names that vary masked; with ``cleaning`` markup, quoted replies, greetings, signatures and forms are left out.
    ``texts`` always hold what the file holds; of a log record its message, and behind it the fields that say what
    happened, such as "status=500". ``fingerprint`` changes with any of this, and with nothing else.
    """

    ids: Sequence[str]
    texts: Sequence[str]
    times: Times | None
    fields: pa.Table
    kind: Kind
    mask: bool
    roles: Roles
    lines: Ints
    sources: Ints
    reports: tuple[ReadReport, ...]
    rejected: tuple[RejectedRow, ...]
    fingerprint: str
    cleaning: Cleaning | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        lengths = {len(self.ids), len(self.texts), len(self.lines), len(self.sources), self.fields.num_rows}
        if self.times is not None:
            lengths.add(len(self.times))
        if len(lengths) > 1:  # a record would be lost, or shown with another one's text
            raise ValueError(f"a corpus has one value of each kind per record, not {sorted(lengths)}")

    @property
    def n_records(self) -> int:
        return len(self.texts)

    @property
    def clean(self) -> bool:
        """Whether texts are cleaned before they are compared."""
        return self.cleaning is not None

    @property
    def left_out(self) -> str:
        """What does not count when texts are compared, in words; "" where everything counts."""
        kinds = [
            "times, ids, addresses, numbers and names that vary" if self.mask else "",
            "signatures, quotes, markup and form text" if self.clean else "",
        ]
        return " and ".join(filter(None, kinds))


@dataclass(frozen=True, eq=False)
class Distinct(Frozen):
    """Records with the same text (where cleaned, without what is cut; where masked, the same template), taken together.
    Log records of one text whose levels differ are apart, and their texts begin with the level.

    Every costly stage runs on these.

    ``texts`` (d,) are what is compared and embedded, in an order that depends on the texts alone.
    ``counts`` (d,) records share each text; ``text_of_row`` (n,) is the text of each record, ``NO_TEXT`` where the
    record is empty; ``first_row`` (d,) is the record that stands for the text (the earliest, then the smallest
    id). ``counts.sum() + n_empty == n``.
    """

    texts: tuple[str, ...]
    counts: Ints
    text_of_row: Ints
    first_row: Ints
    n_empty: int

    @property
    def n_texts(self) -> int:
        return len(self.texts)


@dataclass(frozen=True, eq=False)
class Embedding(Frozen):
    """Unit vectors (d, dim), and how well the model could read each text.

    ``n_tokens`` (d,) counts the model's tokens, ``n_windows`` (d,) the pieces a text was split into because it is
    longer than the model's window, ``unknown_fraction`` (d,) the share of tokens that the model does not know.
    ``by_letters`` (d,) marks texts in a script the model cannot read: they are compared by their letters instead.
    ``n_cached`` vectors came from the cache.
    """

    vectors: Floats
    n_tokens: Ints
    n_windows: Ints
    unknown_fraction: Floats
    by_letters: Bools
    model_id: str
    n_cached: int


@dataclass(frozen=True, eq=False)
class Neighbours(Frozen):
    """The one neighbour graph, read by every later stage.

    ``texts`` (d, k) are the nearest other texts of each text and ``similarity`` (d, k) their cosine, highest
    first, ties by text; the text itself is excluded and k <= d - 1. ``method`` is "exact" or "hnsw"; ``recall``
    is the share of the true nearest neighbours found, measured on ``n_recall_sample`` texts (1.0 when exact).
    """

    texts: Ints
    similarity: Floats
    method: str
    recall: float
    n_recall_sample: int


@dataclass(frozen=True, eq=False)
class Layout(Frozen):
    """Positions on the map: ``xy`` (d, 2), finite. ``method`` is "umap", "pca" or "fixed" (four texts or fewer)."""

    xy: Floats
    method: str


@dataclass(frozen=True, eq=False)
class Clusters(Frozen):
    """``label`` (d,) 0..c-1, most records first, ``NO_CLUSTER`` for unclustered; ``strength`` (d,) 0..1.

    ``names`` (c,) are made of the cluster's characteristic ``terms`` (c, up to 8); ``examples`` (c, up to 3) are
    its most central texts; ``n_records`` (c,) and ``n_texts`` (c,) its sizes.
    """

    label: Ints
    strength: Floats
    names: tuple[str, ...]
    terms: tuple[tuple[str, ...], ...]
    examples: tuple[tuple[int, ...], ...]
    n_records: Ints
    n_texts: Ints

    def name_of(self, label: int) -> str:
        return self.names[label] if label >= 0 else "Unclustered"


@dataclass(frozen=True, eq=False)
class Pairs(Frozen):
    """Every pair of distinct texts at least ``floor`` alike, most alike first.

    ``a``, ``b`` (p,) with a < b; ``similarity`` (p,) is the cosine, computed exactly and rounded to 6 digits.
    ``floor`` is higher than ``asked_floor`` only where more than the largest allowed number of pairs exist.
    ``opposed`` (p,) marks pairs whose texts say different things, however alike (see :mod:`explorer.opposites`): they
    are listed, and never put into one group for each other's sake.
    """

    a: Ints
    b: Ints
    similarity: Floats
    floor: float
    asked_floor: float
    opposed: Bools


@dataclass(frozen=True, eq=False)
class Duplicates(Frozen):
    """Groups of records that repeat one another, at one threshold.

    ``group`` (d,) 0..g-1, most records first, ``NO_GROUP`` for a text that has neither a copy nor a near-duplicate;
    ``representative`` (g,) is the text that stands for the group, and ``similarity`` (d,) each text's cosine to
    its group's representative (1 for the representative, 0 outside groups). Every member is at least
    ``threshold`` alike to its representative and not opposed to it. ``n_records`` (g,) counts records, ``n_pairs`` near
    pairs, ``n_opposed`` those among them whose texts say different things.
    """

    threshold: float
    group: Ints
    representative: Ints
    similarity: Floats
    n_records: Ints
    n_pairs: int
    n_opposed: int

    @property
    def n_groups(self) -> int:
        return len(self.representative)


class Typical(NamedTuple):
    """What is usual in this file: quartiles over distinct texts."""

    low: float
    median: float
    high: float


@dataclass(frozen=True, eq=False)
class Anomalies(Frozen):
    """How strange each text is; higher is stranger.

    ``strangeness`` (d,) in 0..1; ``is_anomaly`` (d,) is strangeness > ``cut`` (``cut`` is None when there are too
    few texts to tell what is usual). ``ranked`` lists the flagged texts, strangest first, and ``reasons`` says
    why for each of them. ``nearest`` (d,) is the nearest other text (-1 when there is none) and
    ``nearest_similarity`` (d,) its cosine; ``typical`` are the quartiles of that similarity over the file.
    """

    strangeness: Floats
    is_anomaly: Bools
    cut: float | None
    ranked: Ints
    reasons: tuple[str, ...]
    missing_words: tuple[tuple[str, ...], ...]  # (flagged,) words of the text that none of its neighbours has
    nearest: Ints
    nearest_similarity: Floats
    typical: Typical


@dataclass(frozen=True, eq=False)
class Analysis:
    """Everything known about one corpus under one set of parameters; what all pages and reports read."""

    corpus: Corpus
    params: Params
    distinct: Distinct
    embedding: Embedding
    neighbours: Neighbours
    layout: Layout
    clusters: Clusters
    pairs: Pairs
    duplicates: Duplicates
    anomalies: Anomalies
    warnings: tuple[str, ...]
    seconds: Mapping[str, float]  # per stage
    peak_memory_bytes: int
    versions: Mapping[str, str]
    fingerprint: str  # of the corpus, the parameters and the model: same fingerprint, same results

    def row_values(self, per_text: npt.NDArray[Any], empty: Any, rows: Ints | None = None) -> npt.NDArray[Any]:
        """Spread values of texts (d,) over records (n,), or over some ``rows`` (m,) of them; ``empty`` is used for
        records without text."""
        text_of_row = self.distinct.text_of_row if rows is None else self.distinct.text_of_row[rows]
        out = np.full(len(text_of_row), empty, dtype=per_text.dtype)
        has_text = text_of_row >= 0
        out[has_text] = per_text[text_of_row[has_text]]
        return out

    def rows_of_text(self, text: int) -> Ints:
        """All rows (in file order) whose text is the distinct text ``text``."""
        return np.flatnonzero(self.distinct.text_of_row == text).astype(np.int64)
