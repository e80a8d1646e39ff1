"""Fields of a log that say what happened: ``status=500``, ``result=denied``, ``success=no``, ``error=timed out``.

A record's message is often the same whether all went well or not, and only such a field tells: the text that is
compared is the message with these fields behind it. A field is one of them by its name and its values, or by its values
alone where all of them are words such as "accepted" and "denied". Which fields those are depends on the set of their
values and never on the order of the records.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from explorer.ingest.levels import LEVEL_NAMES
from explorer.ingest.log_columns import LINE, MAIN_COLUMNS, MESSAGE
from explorer.ingest.masking import mask_text
from explorer.ingest.templates.words import PROTECTED, word_set
from explorer.types import Table

_MOST_FIELDS = 6  # behind one message
_MOST_CODES = 60  # different values; what has more is a number, not a code
_MOST_WORDS = 40
_MOST_STATES = 8  # different values that make a field one of states whatever it is called
_LONGEST_WORDS = 40  # characters of a value
_LONGEST_ERROR = 200

_NAME_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_CODE = re.compile(r"-?\d{1,5}\Z")
_HTTP = re.compile(r"[1-5]\d\d\Z")
_BOOLEANS = frozenset({"true", "false", "yes", "no", "y", "n", "on", "off", "none", "null"})

#: The last word of a field's name, where yes and no say what happened; "debug" is on or off whatever happens.
_STATES = PROTECTED - {"debug", "trace", "info"}
#: The last word of a field's name, where its values are codes.
_CODE_NAMES = word_set("""
status statuscode httpstatus errno rc ret retval retcode returncode exit exitcode exitstatus errorcode resultcode
""")
#: What a "code" must be of, for there are zip codes.
_OF_CODES = word_set("status exit error err return ret response result http reason grpc rpc failure")
#: The last word of a field's name, where its values are words.
_OUTCOME_NAMES = _CODE_NAMES | word_set("""
code state result res outcome reason cause decision verdict disposition conclusion action event operation success
health condition
""")
#: The last words of a field's name that holds the message of an error, the most telling first.
_ERROR_NAMES = (
    ("error", "message"), ("exception", "message"), ("err", "message"), ("error", "msg"), ("err", "msg"), ("errmsg",),
    ("error",), ("err",), ("exception",), ("error", "type"), ("exception", "type"), ("err", "type"), ("error", "kind"),
)  # fmt: skip

# A request without its answer: "GET /orders/7 HTTP/1.1", the answer's status belongs right behind it.
_REQUEST = r"^(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) (?:/|https?://)\S*(?: HTTP/\d(?:\.\d)?)?$"
_ANSWERED = _REQUEST.removesuffix("$") + r"\"? [1-5]\d\d$"


class Outcome(NamedTuple):
    """A column that says what happened: its ``name``, and the ``key`` that is written before its values."""

    name: str
    key: str
    is_status: bool  # numbers as HTTP counts, 100 to 599
    is_error: bool


def with_outcomes(texts: pa.ChunkedArray, table: Table, taken: Iterable[str] = ()) -> pa.ChunkedArray:
    """``texts`` (n,), strings that may be null, with the fields of each record that say what happened behind them.

    Where a text has several lines they stand behind the first. A text that is the whole line has its fields in it and
    stays, and what a text says already is not said again. ``taken`` columns hold something else, unless their values
    are codes.
    """
    found = find_outcomes(table, taken)
    if not found:
        return texts
    said = table.cells.column(LINE) if table.is_lines else pa.chunked_array([pa.nulls(len(texts), texts.type)])
    columns = {outcome.name: table.cells.column(outcome.name) for outcome in found}
    whole = pa.table({"text": texts, "line": said.cast(texts.type), **{f"field {n}": c for n, c in columns.items()}})
    parts = [_told(batch, found) for batch in whole.to_batches()]
    return pa.chunked_array(parts, texts.type)


def find_outcomes(table: Table, taken: Iterable[str] = ()) -> tuple[Outcome, ...]:
    """The columns that say what happened, in the order in which they are written: by their kind, then by their name."""
    if table.is_lines and MESSAGE not in table.columns:
        return ()  # texts are whole lines
    own, taken = (set(MAIN_COLUMNS) if table.is_lines else set()), set(taken)
    ranked: list[tuple[int, str, Outcome]] = []
    errors: dict[int, str] = {}
    for name in sorted(set(table.columns) - own):
        words = _NAME_WORD.findall(name)
        lower = tuple(word.lower() for word in words)
        column = table.cells.column(name)
        values = _values(column)
        if lower and values is not None and (len(values) > 1 or column.null_count or _is_status(lower, values)):
            rank = _rank(lower, _key(name), values)
            if rank is not None and (rank == 0 or name not in taken):
                ranked.append((rank, name, Outcome(name, _key(name), _is_status(lower, values), False)))
                continue
        place = _error_place(lower)
        is_text = column.null_count < len(column) and not (values and _BOOLEANS.issuperset(values))
        if place is not None and name not in taken and is_text:
            errors.setdefault(place, name)
    told = [outcome for _, _, outcome in sorted(ranked)][:_MOST_FIELDS]
    if errors:
        name = errors[min(errors)]
        told.append(Outcome(name, _key(name), False, True))
    return _with_unique_keys(told)


def _values(column: pa.ChunkedArray) -> list[str] | None:
    """The different values, or None where they are too many or too long to be words or codes."""
    values = pc.unique(column).drop_null()
    if not len(values) or len(values) > _MOST_CODES or pc.max(pc.utf8_length(values)).as_py() > _LONGEST_WORDS:
        return None
    return [value for value in values.to_pylist() if value.strip()]


def _rank(name: Sequence[str], key: str, values: Sequence[str]) -> int | None:
    """How a column of this name says what happened with these values, best first; None where it does not."""
    if not values:
        return None
    if all(map(_CODE.match, values)):
        is_kept = all(mask_text(f"{key}={value}") == f"{key}={value}" for value in values)
        return 0 if is_kept and _is_code_name(name) else None
    lower = {value.strip().lower() for value in values}
    if lower <= _BOOLEANS:
        return 2 if name[-1] in _STATES else None
    if len(lower) > _MOST_WORDS:
        return None
    if name[-1] in _OUTCOME_NAMES:
        return 1 if all(mask_text(value) == value for value in values) else None
    if all(value.upper() in LEVEL_NAMES for value in lower):
        return None  # the level has a column of its own
    is_states = 1 < len(lower) <= _MOST_STATES and lower <= PROTECTED and not lower & _BOOLEANS
    return 3 if is_states else None


def _is_code_name(name: Sequence[str]) -> bool:
    if name[-1] == "code":
        return len(name) == 1 or name[-2] in _OF_CODES
    return name[-1] in _CODE_NAMES


def _is_status(name: Sequence[str], values: Sequence[str]) -> bool:
    """Whether these are the answers of an HTTP server."""
    is_of_http = name[-1].endswith("status") or not {"status", "response", "http"}.isdisjoint(name)
    return bool(values) and _is_code_name(name) and is_of_http and all(map(_HTTP.match, values))


def _error_place(name: Sequence[str]) -> int | None:
    return next((place for place, last in enumerate(_ERROR_NAMES) if tuple(name[-len(last) :]) == last), None)


def _key(name: str) -> str:
    """What is written before the values: the last step of a dotted name."""
    return name.rpartition(".")[2] or name


def _with_unique_keys(found: Sequence[Outcome]) -> tuple[Outcome, ...]:
    keys = [outcome.key for outcome in found]
    return tuple(one._replace(key=one.name) if keys.count(one.key) > 1 else one for one in found)


def _told(batch: pa.RecordBatch, found: Sequence[Outcome]) -> pa.Array:
    text = batch.column("text")
    has_own = pc.and_(pc.is_valid(text), pc.fill_null(pc.not_equal(text, batch.column("line")), True))
    behind = pa.scalar("", text.type)
    suffix = pa.repeat(behind, len(text))
    is_request = pc.fill_null(pc.match_substring_regex(text, _REQUEST), False)
    statuses: Iterator[Outcome] = (outcome for outcome in found if outcome.is_status)
    answer = next(statuses, None)
    for outcome in found:
        value = pc.utf8_trim_whitespace(batch.column(f"field {outcome.name}").cast(text.type))
        if outcome.is_error:
            value = pc.utf8_slice_codeunits(pc.replace_substring_regex(value, r"(?s)\s*\n.*", ""), 0, _LONGEST_ERROR)
        is_told = pc.and_(has_own, pc.fill_null(pc.and_(pc.not_equal(value, ""), pc.not_equal(value, text)), False))
        key = "".join(re.escape(letter) if letter.isascii() else letter for letter in outcome.key)
        is_said = pc.fill_null(pc.match_substring_regex(text, rf"(?:^|[^\w.-]){key}="), False)
        before: pa.Array | str = f" {outcome.key}="
        if outcome is answer:
            is_said = pc.or_(is_said, pc.fill_null(pc.match_substring_regex(text, _ANSWERED), False))
            before = pc.if_else(is_request, pa.scalar(" ", text.type), pa.scalar(before, text.type))
        is_told = pc.and_not(is_told, is_said)
        piece = pc.binary_join_element_wise(before, pc.fill_null(value, ""), behind)
        suffix = pc.binary_join_element_wise(suffix, pc.if_else(is_told, piece, behind), behind)
    return _inserted(text, suffix)


def _inserted(text: pa.Array, suffix: pa.Array) -> pa.Array:
    """Each text with its suffix behind the first line."""
    whole = pc.binary_join_element_wise(text, suffix, pa.scalar("", text.type))
    breaks = pc.find_substring(text, "\n")
    has_lines = pc.fill_null(pc.greater_equal(breaks, 0), False)
    if not pc.any(has_lines).as_py():
        return whole
    several = text.filter(has_lines)
    parts = pc.extract_regex(several, r"(?s)^(?P<first>[^\n]*)(?P<rest>\n.*)$")
    joined = pc.binary_join_element_wise(
        parts.field(0), suffix.filter(has_lines), parts.field(1), pa.scalar("", text.type)
    )
    return pc.replace_with_mask(whole, has_lines, joined)
