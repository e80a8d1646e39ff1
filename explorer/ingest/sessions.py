"""Records that belong together (a request, a block, a user, a thread) as one record: a session."""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.errors import UnknownColumnError
from explorer.ingest.corpus import corpus_fingerprint
from explorer.ingest.log_columns import LEVEL, LINE, MESSAGE, TIME
from explorer.ingest.log_records import noted
from explorer.strings import Strings, string_column, take_strings
from explorer.types import Corpus, Ints, Roles, Times

#: What a message may hold that names a session -> expression (RE2) whose first group is the session's name.
TOKENS = {
    "block": r"\b(?P<v>blk_-?\d+)",
    "request": r"\b(?P<v>req-[0-9a-fA-F-]{8,})",
    "uuid": r"\b(?P<v>[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12})\b",
}
_KEY = re.compile(
    r"\b((?:[A-Za-z_][\w.-]*?)?(?:id|Id|ID|user|User|session|trace|request|job|task|thread|instance|vm))[=:]\s?\S"
)
GUESS = "guess"  # stands for the field that `guess_session_field` finds
_SAMPLE = 20_000  # records in which sessions are looked for
_SAMPLE_OF_KEYS = 2_000
_AT_ONCE = 100_000  # records whose texts are put together before the next ones
_LEAST_COVERED = 0.5
_MOST_KEYS = 20
_MOST_LINES = 50  # named in the column of lines; the count says how many there are


class SessionField(NamedTuple):
    """What may name sessions: a column, one of TOKENS or a key, with what it would make of the records looked at."""

    name: str
    n_sessions: int
    n_records: int  # that belong to one
    n_looked_at: int

    @property
    def told(self) -> str:
        """In words, for the user."""
        size = self.n_records / self.n_sessions
        share = 100 * self.n_records // self.n_looked_at
        return f"each {self.name} · about {size:.{0 if size >= 9.5 else 1}f} records each, {share} % of the records"


def session_values(corpus: Corpus, field: str) -> pa.Array:
    """The session of each record (n,), null where it has none: a column, one of TOKENS, or a key as in ``key=value``.

    Raises UnknownColumnError when no record has a value.
    """
    return _values(string_column(corpus.texts), corpus.fields, field)


def _values(texts: pa.ChunkedArray, columns: pa.Table, field: str) -> pa.Array:
    if field in columns.column_names:
        values = columns.column(field).combine_chunks()
    else:
        key = "".join(re.escape(letter) if letter.isascii() else letter for letter in field)
        expression = TOKENS.get(field, rf"(?:^|[^\w.-]){key}[\"']?\s?[=:]\s?[\"']?(?P<v>[^\s,;\"'()\[\]{{}}]+)")
        found = pc.extract_regex(texts.combine_chunks(), expression)
        values = pc.if_else(pc.is_valid(found), found.field(0), None)
    values = pc.if_else(pc.equal(values, ""), None, values)
    if values.null_count == len(values):
        raise UnknownColumnError(field, [*columns.column_names, *(token for token in TOKENS if token != field)])
    return values


def session_fields(corpus: Corpus) -> tuple[SessionField, ...]:
    """What most records carry and several share, the best first: TOKENS, keys of the messages, and columns.

    Looks at the first records only: those of one session stand near each other.
    """
    texts, columns = string_column(corpus.texts).slice(0, _SAMPLE), corpus.fields.slice(0, _SAMPLE)
    keys = Counter(key for text in texts.slice(0, _SAMPLE_OF_KEYS).to_pylist() for key in set(_KEY.findall(text)))
    common = sorted(keys, key=lambda key: (-keys[key], key))[:_MOST_KEYS]
    own = [name for name in columns.column_names if name not in (LINE, TIME, LEVEL, MESSAGE)]
    fits: dict[SessionField, float] = {}
    for name in dict.fromkeys([*TOKENS, *common, *own]):
        with contextlib.suppress(UnknownColumnError):
            values = _values(texts, columns, name).drop_null()
            field = SessionField(name, len(pc.unique(values)), len(values), len(texts))
            fits[field] = _fit(field)
    return tuple(sorted((field for field in fits if fits[field] > 0), key=lambda field: -fits[field]))


def guess_session_field(corpus: Corpus) -> str | None:
    """The best of :func:`session_fields`, or None."""
    return next((field.name for field in session_fields(corpus)), None)


def _fit(field: SessionField) -> float:
    """How much like names of sessions values are: most records have one, few records share one, there are many."""
    covered, size = field.n_records / field.n_looked_at, field.n_records / field.n_sessions
    if covered < _LEAST_COVERED or size < 1.5 or field.n_sessions < 3:
        return 0.0
    return float(covered * (1 - 1 / size) * min(1.0, field.n_sessions / field.n_looked_at**0.5))


def group_sessions(corpus: Corpus, field: str) -> Corpus:
    """One record per session, in the order in which sessions begin; a record of no session stays as it is.

    The text is the session's messages in the order of time, repeats in a row counted; its id is its name, and time,
    file and line are those of its first record. The columns say how many records it has and where they stand.
    """
    values = session_values(corpus, field).to_pylist()
    order = np.arange(corpus.n_records) if corpus.times is None else _order_of_time(corpus.times)
    members: dict[str | int, list[int]] = {}
    for row in order.tolist():
        value = values[row]
        members.setdefault(row if value is None else value, []).append(row)
    groups = list(members.values())
    first = np.array([rows[0] for rows in groups], dtype=np.int64)
    names = [values[rows[0]] for rows in groups]
    ids = tuple(corpus.ids[rows[0]] if name is None else name for name, rows in zip(names, groups, strict=True))
    texts = Strings(_told(said) for said in _by_group(corpus.texts, groups))
    has_lines = LINE in corpus.fields.column_names
    raw = Strings(pc.fill_null(corpus.fields.column(LINE), "")) if has_lines else corpus.texts
    fields = pa.table(
        {
            "session": pa.array(names, pa.string()),
            "records": pa.array([str(len(rows)) for rows in groups], pa.string()),
            "lines": pa.array([_places(corpus, rows) for rows in groups], pa.string()),
            LINE: pa.array(map("\n".join, _by_group(raw, groups)), pa.string()),
        }
    )
    times = None if corpus.times is None else corpus.times[first]
    without = sum(name is None for name in names)
    note = f"{corpus.n_records:,} records became {len(groups) - without:,} sessions by {field!r}"
    note += f"; {without:,} record{' is' if without == 1 else 's are'} of no session." if without else "."
    return replace(
        corpus,
        ids=ids,
        texts=texts,
        times=times,
        fields=fields,
        roles=Roles("session", (LINE,), None, (), {"text": f"The messages of each session, by {field!r}."}),
        lines=corpus.lines[first],
        sources=corpus.sources[first],
        reports=noted(corpus.reports, range(len(corpus.reports)), [note]),
        fingerprint=corpus_fingerprint(ids, texts, times, fields, f"{corpus.kind} {corpus.mask}"),
    )


def _order_of_time(times: Times) -> Ints:
    """The records (n,) earliest first; one without a time stays behind the one above it."""
    known = np.flatnonzero(~np.isnat(times))
    if not len(known):
        return np.arange(len(times))
    above = np.searchsorted(known, np.arange(len(times)), side="right") - 1
    order: Ints = np.argsort(times[known[np.maximum(above, 0)]], kind="stable").astype(np.int64)
    return order


def _told(texts: Sequence[str]) -> str:
    """Texts one below the other; one that repeats in a row stands once, with how often."""
    told: list[str] = []
    at = 0
    while at < len(texts):
        end = at
        while end < len(texts) and texts[end] == texts[at]:
            end += 1
        told.append(texts[at] if end - at == 1 else f"{texts[at]} (x{end - at})")
        at = end
    return "\n".join(filter(None, told))


def _places(corpus: Corpus, rows: Sequence[int]) -> str:
    named = [f"{corpus.reports[corpus.sources[row]].source}:{corpus.lines[row]}" for row in rows[:_MOST_LINES]]
    return ", ".join(named) + (", ..." if len(rows) > _MOST_LINES else "")


def _by_group(values: Sequence[str], groups: Sequence[Sequence[int]]) -> Iterator[list[str]]:
    """The strings of each group, taken for many groups at a time."""
    ends = np.cumsum([len(rows) for rows in groups])
    done = 0
    while done < len(groups):
        start = int(ends[done - 1]) if done else 0
        upto = max(int(np.searchsorted(ends, start + _AT_ONCE, side="right")), done + 1)
        taken = take_strings(values, np.fromiter(chain.from_iterable(groups[done:upto]), dtype=np.int64))
        for begin, end in pairwise([start, *ends[done:upto].tolist()]):
            yield taken[begin - start : end - start]
        done = upto
