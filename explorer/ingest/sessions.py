"""Records that belong together (a request, a block, a user, a thread) as one record: a session."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.counting import counted
from explorer.errors import UnknownColumnError
from explorer.ingest.corpus import corpus_fingerprint
from explorer.ingest.log_columns import LEVEL, LINE, MESSAGE, TIME
from explorer.ingest.log_records import noted
from explorer.strings import Strings, string_column, take_strings
from explorer.types import Corpus, Roles

#: What a message may hold that names a session -> expression (RE2) whose first group is the session's name.
TOKENS = {
    "block": r"\b(?P<v>blk_-?\d+)",
    "request": r"\b(?P<v>req-[0-9a-fA-F-]{8,})",
    "uuid": r"\b(?P<v>[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12})\b",
}
_KEY = re.compile(r"\b([A-Za-z_][\w.-]*?(?:id|Id|ID|user|User|session|trace|request|job|task))[=:]\s?\S")
GUESS = "guess"  # stands for the field that `guess_session_field` finds
_SAMPLE = 2_000
_LEAST_COVERED = 0.5
_MOST_KEYS = 20
_MOST_LINES = 50  # named in the column of lines; the count says how many there are


def session_values(corpus: Corpus, field: str) -> pa.Array:
    """The session of each record (n,), null where it has none: a column, one of TOKENS, or a key as in ``key=value``.

    Raises UnknownColumnError when no record has a value.
    """
    if field in corpus.fields.column_names:
        values = corpus.fields.column(field).combine_chunks()
    else:
        key = "".join(re.escape(letter) if letter.isascii() else letter for letter in field)
        expression = TOKENS.get(field, rf"(?:^|[^\w.-]){key}[\"']?\s?[=:]\s?[\"']?(?P<v>[^\s,;\"'()\[\]{{}}]+)")
        found = pc.extract_regex(string_column(corpus.texts).combine_chunks(), expression)
        values = pc.if_else(pc.is_valid(found), found.field(0), None)
    values = pc.if_else(pc.equal(values, ""), None, values)
    if values.null_count == len(values):
        raise UnknownColumnError(field, [*corpus.fields.column_names, *TOKENS])
    return values


def guess_session_field(corpus: Corpus) -> str | None:
    """What most records carry and several share: one of TOKENS, a key of the messages, or a column; or None."""
    keys = Counter(key for text in corpus.texts[:_SAMPLE] for key in set(_KEY.findall(text)))
    columns = [name for name in corpus.fields.column_names if name not in (LINE, TIME, LEVEL, MESSAGE)]
    best, best_fit = None, 0.0
    for field in [*TOKENS, *sorted(keys, key=lambda key: (-keys[key], key))[:_MOST_KEYS], *columns]:
        try:
            fit = _fit(session_values(corpus, field))
        except UnknownColumnError:
            continue
        if fit > best_fit:
            best, best_fit = field, fit
    return best


def _fit(values: pa.Array) -> float:
    """How much like names of sessions values are: most records have one, few records share one, there are many."""
    n_filled = len(values) - values.null_count
    n_distinct = len(pc.unique(values.drop_null()))
    covered, size = n_filled / len(values), n_filled / n_distinct
    if covered < _LEAST_COVERED or size < 1.5 or n_distinct < 3:
        return 0.0
    return float(covered * (1 - 1 / size) * min(1.0, n_distinct / len(values) ** 0.5))


def group_sessions(corpus: Corpus, field: str) -> Corpus:
    """One record per session, in the order in which sessions begin; a record of no session stays as it is.

    The text is the session's messages in the order of time, repeats in a row counted; its id is its name, and time,
    file and line are those of its first record. The columns say how many records it has and where they stand.
    """
    values = session_values(corpus, field).to_pylist()
    order = np.arange(corpus.n_records) if corpus.times is None else np.argsort(corpus.times, kind="stable")
    members: dict[str | int, list[int]] = {}
    for row in order.tolist():
        value = values[row]
        members.setdefault(row if value is None else value, []).append(row)
    groups = list(members.values())
    first = np.array([rows[0] for rows in groups], dtype=np.int64)
    names = [values[rows[0]] for rows in groups]
    ids = tuple(corpus.ids[rows[0]] if name is None else name for name, rows in zip(names, groups, strict=True))
    texts = tuple(_told([corpus.texts[row] for row in rows]) for rows in groups)
    fields = pa.table(
        {
            "session": pa.array(names, pa.string()),
            "records": pa.array([str(len(rows)) for rows in groups], pa.string()),
            "lines": pa.array([_places(corpus, rows) for rows in groups], pa.string()),
            LINE: pa.array(["\n".join(_raw(corpus, rows)) for rows in groups], pa.string()),
        }
    )
    times = None if corpus.times is None else corpus.times[first]
    without = sum(name is None for name in names)
    became = counted(len(groups) - without, "session")
    note = f"{counted(corpus.n_records, 'record')} became {became} by {field!r}"
    note += f"; {counted(without, 'record')} {'is' if without == 1 else 'are'} of no session." if without else "."
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


def _raw(corpus: Corpus, rows: Sequence[int]) -> list[str]:
    """The records as they stand in the file, or their texts where the file was a table."""
    whole = Strings(corpus.fields.column(LINE)) if LINE in corpus.fields.column_names else corpus.texts
    return take_strings(whole, np.asarray(rows, dtype=np.int64))
