"""Which column is the id, the text, the time, and which are categories: guessed from names and contents."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial

from explorer.errors import InputError, UnknownColumnError
from explorer.ingest import role_words as words
from explorer.ingest.column_stats import ColumnStats, column_stats
from explorer.ingest.exports import recognise_export
from explorer.ingest.log_columns import LEVEL, LINE, MESSAGE, TIME
from explorer.ingest.log_records import guess_log_categories
from explorer.ingest.ticket_roles import also_from_export, api_links, from_export, guess_ticket_role
from explorer.ingest.unread_times import unread_times
from explorer.params import TICKET_ROLES
from explorer.types import Roles, Table

_MAX_CATEGORY_VALUES = 100
_MAX_CATEGORY_LENGTH = 100
_LONG_ID = 15  # characters


def guess_roles(table: Table) -> Roles:
    """Roles for a table, with a reason in plain words for each; needs no particular names or language.

    There is always a text; id and time are None where no column is one.
    """
    return resolve_roles(table)


def resolve_roles(
    table: Table,
    *,
    id: str | None = None,
    text: str | Sequence[str] | None = None,
    time: str | None = None,
    categories: str | Sequence[str] | None = None,
    **others: str | None,
) -> Roles:
    """Roles as chosen by the user, and a guess for what was left out (None). ``""`` says that there is no such column.

    In a log any of its columns can be chosen, the raw ``line`` among them; ``level`` can be a category where it is yet
    to be found in the lines. ``others`` are the roles of :data:`explorer.params.TICKET_ROLES` (link,
    status, priority, ...). Names are matched exactly, then without regard to letter case. Raises UnknownColumnError for
    a name the table does not have, InputError when no text column is left.
    """
    if unknown := sorted(set(others) - set(TICKET_ROLES)):
        raise TypeError(f"There is no role {unknown[0]!r}.")
    chosen_text = _find_all(text, table.columns) or ()
    if text is not None and not chosen_text:
        raise InputError("No text column was chosen. Choose at least one column with the texts to compare.")
    named = {role: name for role, name in {"id": id, "time": time, **others}.items() if name is not None}
    chosen = {role: _find(name, table.columns) if name else None for role, name in named.items()}
    known = dict.fromkeys([*table.columns, LEVEL]) if table.is_lines else table.columns
    guess = _line_roles(table, chosen, chosen_text) if table.is_lines else _Guess(table, chosen, chosen_text).roles()
    chosen_categories = _find_all(categories, list(known))
    if chosen_categories is None:
        return guess
    said = _chosen(chosen_categories) if chosen_categories else "No column was chosen."
    return replace(guess, categories=chosen_categories, reasons={**guess.reasons, "categories": said})


class _Guess:
    """Gives columns to roles: what the user chose, what a known export has, what columns are like."""

    def __init__(self, table: Table, chosen: Mapping[str, str | None], text: tuple[str, ...]) -> None:
        self._table = table
        self._stats = column_stats(table)
        self._api_links = api_links(table, self._stats)
        self._known = recognise_export([column.name for column in self._stats if column.n_filled])
        self._chosen = chosen
        self._text = text
        self._taken = {name for name in (*chosen.values(), *text) if name is not None}
        self._reasons = {role: _chosen([name]) for role, name in chosen.items() if name}

    def roles(self) -> Roles:
        found = {role: self._column(role, guess) for role, guess in (("time", _guess_time), ("id", _guess_id))}
        text = self._text_columns(found)
        for role in TICKET_ROLES:
            guess = partial(_guess_ticket_role, role=role)
            found[role] = self._column(role, guess)
        notes = () if self._text else _empty_texts(self._stats, text)
        if found["time"] is None and "time" not in self._chosen:
            notes += unread_times(self._table, [column for column in self._stats if column.name not in text])
        roles = Roles(text=text, categories=(), reasons=self._reasons, notes=notes, **found)
        return replace(roles, categories=_guess_categories(self._stats, roles))

    def _column(self, role: str, guess: Callable[[list[ColumnStats], dict[str, str]], str | None]) -> str | None:
        if role in self._chosen:
            return self._chosen[role]
        # An address that a person can open, wherever it stands, before one for programs.
        for passed_over in (self._api_links, set[str]()) if role == "link" and self._api_links else (set[str](),):
            name = self._from_export(role, passed_over)
            if name is None:
                name = guess(_free(self._stats, self._taken | passed_over), self._reasons)
            if name is not None:
                self._taken.add(name)
                return name
        return None

    def _from_export(self, role: str, passed_over: Collection[str] = ()) -> str | None:
        if self._known is None:
            return None
        export, names = self._known
        name = from_export(export, names, self._stats, self._taken | set(passed_over), role)
        if name is not None:
            self._reasons[role] = f"{name!r}: the file was recognised as {_an(export.tool)} export."
        return name

    def _text_columns(self, found: dict[str, str | None]) -> tuple[str, ...]:
        if self._text:
            self._reasons["text"] = _chosen(self._text)
            return self._text
        # A file of one column has no id: that column is the text.
        if len(self._stats) == len(self._taken):
            guessed = [role for role in found if found[role] is not None and role not in self._chosen]
            if not guessed:
                raise InputError("Every column was chosen as something else, so no text is left. Choose a text column.")
            for role in guessed:
                self._taken.discard(found[role] or "")
                self._reasons.pop(role, None)
                found[role] = None
        known = tuple(filter(None, (self._from_export(part) for part in ("title", "body"))))
        tool = _an(self._known[0].tool) if self._known else ""
        if self._known and known:
            known += also_from_export(*self._known, self._stats, self._taken | set(known))
        for part in ("title", "body"):
            self._reasons.pop(part, None)
        text = known if len(known) >= 2 else _guess_text(_free(self._stats, self._taken), self._reasons)
        # An export whose body was renamed or left out: what columns are like may find it.
        if known and not set(known) <= set(text):
            text = known + self._renamed_body(known, text)
        if known and text[: len(known)] == known:
            found_too = f" {_listed(text[len(known) :])} holds the longer text." if len(text) > len(known) else ""
            self._reasons["text"] = f"{_listed(known)}: the file was recognised as {tool} export.{found_too}"
        self._taken |= set(text)
        return text

    def _renamed_body(self, known: tuple[str, ...], guessed: tuple[str, ...]) -> tuple[str, ...]:
        """What is named and looks like a body, beside a title whose few values do not look like one ("Printer")."""
        by_name = {column.name: column for column in self._stats}
        is_title = len(known) == 1 and not by_name[known[0]].words & words.BODY
        named = [name for name in guessed if by_name[name].words & words.BODY and _text_fit(by_name[name]) >= 0.5]
        return tuple(named[:1]) if is_title else ()


def _guess_ticket_role(stats: list[ColumnStats], reasons: dict[str, str], role: str) -> str | None:
    return guess_ticket_role(stats, role, reasons)


def _an(tool: str) -> str:
    return f"an {tool}" if tool[0] in "AEIOU" else f"a {tool}"


def _line_roles(table: Table, chosen: Mapping[str, str | None], text: tuple[str, ...]) -> Roles:
    """Roles of a log: what its format says, where the user did not choose."""
    reasons = {role: _chosen([name]) for role, name in chosen.items() if name}
    if text:
        reasons["text"] = _chosen(text)
    elif MESSAGE in table.columns:
        text = (MESSAGE,)
        reasons["text"] = "What each record of the log says, without its time, level and other fields."
    else:
        text = (LINE,)
        reasons["text"] = "Each line of the file is one record."
    found = {"id": None, "time": TIME if TIME in table.columns else None, **chosen}
    categories = guess_log_categories(table.cells, {*text, *found.values()})
    return Roles(text=text, categories=categories, reasons=reasons, notes=(), **found)


def _find(name: str, columns: list[str]) -> str:
    if name in columns:
        return name
    for column in columns:
        if column.casefold() == name.strip().casefold():
            return column
    raise UnknownColumnError(name, columns)


def _find_all(names: str | Sequence[str] | None, columns: list[str]) -> tuple[str, ...] | None:
    """Every column named, once; None where nothing was said."""
    if names is None:
        return None
    wanted = [names] if isinstance(names, str) else names
    return tuple(dict.fromkeys(_find(name, columns) for name in wanted if name))


def _free(stats: list[ColumnStats], taken: set[str]) -> list[ColumnStats]:
    return [column for column in stats if column.name not in taken and column.n_filled]


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(map(repr, names[:-1])), *map(repr, names[-1:]))))


def _chosen(names: Sequence[str]) -> str:
    return f"{_listed(names)} {'was' if len(names) == 1 else 'were'} chosen."


def _guess_time(stats: list[ColumnStats], reasons: dict[str, str]) -> str | None:
    best, best_fit = None, 0.0
    for column in stats:
        named = bool(column.words & words.TIME) and not column.words & words.LATER
        if column.time_fraction < 0.8 or column.filled_fraction < 0.2:
            continue
        # Ten digits are a time only where the name says so: they may as well be a number of something.
        if column.is_number and not column.words & (words.TIME | words.LATER):
            continue
        fit = column.time_fraction * (0.2 + 0.8 * column.filled_fraction) + 1.0 * named
        fit -= 0.5 * bool(column.words & words.LATER)
        fit += 0.2 * bool(column.words & words.CREATED)
        if best is None or fit > best_fit:
            best, best_fit = column, fit
    if best is None:
        return None
    named_too = ", and its name says so" if best.words & words.TIME else ""
    reasons["time"] = f"{best.name!r}: {best.time_fraction:.0%} of its cells are times{named_too}."
    return best.name


def _guess_id(stats: list[ColumnStats], reasons: dict[str, str]) -> str | None:
    best, best_fit = None, 0.0
    for column in stats:
        is_short = column.max_length <= 80 and column.mean_words <= 1.5
        is_time = column.time_fraction > 0.8 and not column.is_whole_number
        if not is_short or is_time or column.filled_fraction < 0.9:
            continue
        last = column.ordered_words[-1] if column.ordered_words else ""
        named = last in words.ID or bool(column.words & {"id", "key", "uuid", "guid"})
        if column.distinct_fraction < (0.5 if column.words <= {"id", "key"} and column.words else 0.95):
            continue
        if not named and (column.distinct_fraction < 1 or column.is_fraction or column.words & words.NOT_TEXT):
            continue
        # Without a name that says so, an id is a code: it has digits, and comes early in the table.
        if not named and column.digit_fraction < 0.2:
            continue
        is_usual = last in ("key", "id", "number", "identifier")
        fit = column.distinct_fraction + 2.0 * named + 0.3 * is_usual + 0.1 * (last == "key")
        # Of two the one that people say: "00001234" rather than "5003000000D8cuIAAR".
        fit -= 0.01 * column.position + 0.2 * (column.mean_length >= _LONG_ID)
        if best is None or fit > best_fit:
            best, best_fit = column, fit
    if best is None:
        return None
    unique = "no value repeats" if best.distinct_fraction == 1 else f"{best.distinct_fraction:.0%} of its values differ"
    reasons["id"] = f"{best.name!r}: {unique}, and they are short."
    return best.name


def _guess_text(stats: list[ColumnStats], reasons: dict[str, str]) -> tuple[str, ...]:
    ranked = sorted(stats, key=lambda column: (-_text_fit(column), column.position))
    if not ranked:
        raise InputError("No column holds a text: all that are not the id or the time are empty. Check the export.")
    best = ranked[0]
    if _text_fit(best) < 0.5:
        reasons["text"] = f"{best.name!r}: no column holds running text, and this one comes nearest."
        return (best.name,)
    pairs = [(best, other) if _is_title(best) else (other, best) for other in ranked[1:]]
    title, body = next(((one, other) for one, other in pairs if _belong_together(one, other)), (None, None))
    if title is not None and body is not None:
        reasons["text"] = f"{title.name!r} is a short text of its own for each record, {body.name!r} the longer one."
        return title.name, body.name
    named = " its name says so, and" if best.words & (words.TITLE | words.BODY) else ""
    reasons["text"] = f"{best.name!r}:{named} it holds running text, {best.mean_words:.0f} words on average."
    return (best.name,)


def _empty_texts(stats: list[ColumnStats], text: Sequence[str]) -> tuple[str, ...]:
    """Says so where columns named like a title or a body are empty, and something else was taken for the text."""
    empty = [column.name for column in stats if not column.n_filled and _is_named_text(column)]
    if not empty or any(_is_named_text(column) for column in stats if column.name in text):
        return ()
    have, are = "has" if len(empty) == 1 else "have", "is" if len(text) == 1 else "are"
    return (
        f"{_listed(empty)} {have} no text in any record, so {_listed(text)} {are} compared instead. "
        "Check the export, or choose the column with the texts.",
    )


def _is_named_text(column: ColumnStats) -> bool:
    return bool(column.words & ((words.TITLE - {"name"}) | words.BODY)) and not column.words & words.NOT_TEXT


def _text_fit(column: ColumnStats) -> float:
    """How much a column looks like the text of a record; 0.5 and more is a text."""
    many_words = min(column.mean_words, 12) / 12
    fit = column.letter_fraction * (0.9 * many_words + 0.6 * column.distinct_fraction * min(column.mean_words, 3) / 3)
    fit *= 0.4 + 0.6 * column.filled_fraction
    if column.time_fraction > 0.8 or column.is_number:
        return 0.01 * fit
    last = column.ordered_words[-1] if column.ordered_words else ""
    if column.words & words.BODY:
        order = words.BODY_ORDER.index(last) if last in words.BODY_ORDER else len(words.BODY_ORDER)
        fit += 0.8 - 0.05 * order
    elif column.words & words.TITLE and column.mean_words > 1.2:
        fit += 0.5
    if column.words & words.NOT_TEXT and not column.words & words.BODY:
        fit *= 0.3
    # The same few values over and over are a category, however long they are.
    return fit * (0.2 if column.n_distinct <= _MAX_CATEGORY_VALUES and column.n_filled >= 4 * column.n_distinct else 1)


def _is_title(column: ColumnStats) -> bool:
    """Short texts, their own for most records."""
    if column.words & words.NOT_TEXT or column.is_number or column.time_fraction > 0.8:
        return False
    named = bool(column.words & words.TITLE)
    if column.words & words.TITLE == {"name"} and column.words & words.REQUESTER:
        return False  # "Customer name" names a person
    if column.words & words.BODY and not named:
        return bool(column.words & words.SHORT) and column.mean_words < 25
    differs = column.distinct_fraction > (0.1 if named else 0.8)
    return differs and (1.5 if named else 3) <= column.mean_words <= 25 and column.letter_fraction > 0.5


def _belong_together(title: ColumnStats, body: ColumnStats) -> bool:
    """Whether two columns are the title and the body of the same records."""
    is_body = _text_fit(body) >= 0.5 and not _is_title(body) and body.filled_fraction > 0.25
    if not is_body or not _is_title(title) or title.filled_fraction <= 0.7:
        return False
    # Names that say which is which hold for short bodies too.
    both_named = bool(title.words & (words.TITLE - {"name"}) and body.words & words.BODY)
    return both_named or title.mean_length < 0.8 * body.mean_length


def _guess_categories(stats: list[ColumnStats], roles: Roles) -> tuple[str, ...]:
    """Columns with few values that repeat, the most useful for colours and filters first."""
    taken = {roles.id, roles.time, roles.link, roles.closed, *roles.text}
    named = {roles.status, roles.priority, roles.product, roles.requester}
    fits: list[tuple[float, int, str]] = []
    for column in stats:
        few = 2 <= column.n_distinct <= _MAX_CATEGORY_VALUES and 2 * column.n_distinct <= column.n_filled
        is_sparse = column.filled_fraction < 0.1
        if column.name in taken or not few or is_sparse or column.is_fraction:
            continue
        if column.max_length > _MAX_CATEGORY_LENGTH:
            continue
        if column.time_fraction > 0.8 and not column.is_number:
            continue
        fit = column.evenness * column.filled_fraction + 0.5 * bool(column.words & words.CATEGORY)
        fit += column.name in named
        fits.append((-fit, column.position, column.name))
    return tuple(name for *_, name in sorted(fits))
