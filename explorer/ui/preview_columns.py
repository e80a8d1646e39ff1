"""Which column is what, as it stands in the preview and as the analysis is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import streamlit as st

from explorer.ingest.inspection import Inspection
from explorer.ingest.log_columns import LINE
from explorer.params import TICKET_ROLES
from explorer.types import Roles
from explorer.ui import intake, parts

#: The roles beside text, id and time, as they are called here and in the order shown, and what they are for.
_OTHER_ROLES = {
    "link": ("Link", "The address of the record, which its panel opens."),
    "status": ("Status", "Offered for colours and filters."),
    "priority": ("Priority", "Offered for colours and filters."),
    "product": ("Product", "Product, component, service or queue; offered for colours and filters."),
    "requester": ("Requester", "Who asked; offered for colours and filters where people ask often."),
    "closed": ("Closed at", "When it was closed; never taken for the time it was made."),
}


class Columns(NamedTuple):
    """The columns' roles as they stand in the preview; ``others`` are those beside text, id, time and categories."""

    text: tuple[str, ...]
    id: str | None
    time: str | None
    categories: tuple[str, ...]
    others: Mapping[str, str | None]

    def told(self, guessed: Roles, *, is_session: bool) -> dict[str, Any]:
        """What the analysis is told: nothing where it will guess the same, else everything as it is shown.

        A session has an id and columns of its own.
        """
        others = {role: column for role, column in self.others.items() if column != getattr(guessed, role)}
        as_guessed = not others and (self.text, self.id, self.time) == (guessed.text, guessed.id, guessed.time)
        told: dict[str, Any] = {}
        if not as_guessed:
            told |= {"text_columns": self.text, "time_column": self.time or "", "id_column": self.id or ""}
            told["roles"] = {role: column or "" for role, column in self.others.items()}
        if not as_guessed or self.categories != guessed.categories:
            told["categories"] = self.categories
        own = ("id_column", "categories") if is_session else ()
        return {name: value for name, value in told.items() if name not in own}


def choose_columns(chosen: intake.Chosen, inspection: Inspection) -> Columns:
    """Shows the roles that were guessed, each to be changed."""
    guessed, columns = inspection.roles, list(inspection.columns)
    others = {role: getattr(guessed, role) for role in TICKET_ROLES} if not inspection.is_lines else {}
    if columns == [LINE]:  # nothing to choose from
        return Columns(guessed.text, guessed.id, guessed.time, guessed.categories, others)
    key = f"{chosen.fingerprint}-{hash(inspection.columns)}"  # another reading has other columns
    left, middle, right = st.columns([2, 1, 1])
    texts = left.multiselect(
        "Text to compare",
        columns,
        list(guessed.text),
        key=f"text-{key}",
        help=_why(guessed.reasons, "text"),
    )
    choices = [None, *columns]
    id_column = middle.selectbox(
        "Id of a record",
        choices,
        choices.index(guessed.id),
        key=f"id-{key}",
        format_func=lambda name: "none: file and line" if name is None else name,
        help=_why(guessed.reasons, "id"),
    )
    no_time = "as found in the lines" if inspection.is_lines and guessed.time is None else "none"
    time_column = right.selectbox(
        "Time of a record",
        choices,
        choices.index(guessed.time),
        key=f"time-{key}",
        format_func=lambda name: no_time if name is None else name,
        help=_why(guessed.reasons, "time"),
    )
    categories = st.multiselect(
        "Categories",
        list(dict.fromkeys([*columns, *guessed.categories])),  # a log's level may be found in its lines
        list(guessed.categories),
        key=f"categories-{key}-{hash(guessed.categories)}",
        placeholder="none",
        help="What the map can be coloured and filtered by, and what is compared between a selection and the rest.",
    )
    if others:
        others = _choose_others(guessed, columns, key)
    return Columns(tuple(texts), id_column, time_column, tuple(categories), others)


def _choose_others(guessed: Roles, columns: list[str], key: str) -> dict[str, str | None]:
    with st.expander("Link, status, priority, product, requester, closing time", icon=":material/label:"):
        places = st.columns(3) * 2
        choices = [None, *columns]
        return {
            role: place.selectbox(
                label,
                choices,
                choices.index(getattr(guessed, role)),
                key=f"{role}-{key}",
                format_func=lambda name: "none" if name is None else name,
                help=" ".join(filter(None, (meant, _why(guessed.reasons, role)))),
            )
            for place, (role, (label, meant)) in zip(places, _OTHER_ROLES.items(), strict=True)
        }


def _why(reasons: Any, role: str) -> str | None:
    return parts.plain(reasons[role]) if role in reasons else None
