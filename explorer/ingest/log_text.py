"""What of a log record is compared: JSON by key, values masked, the first line apart from the lines below it."""

from __future__ import annotations

import json
import re
from typing import Any

from explorer.ingest.log_parts import COLOUR
from explorer.ingest.masking import mask_text
from explorer.ingest.text import normalize_text

_COLOUR = re.compile(COLOUR)


def mask_record(text: str) -> str:
    """A log record ready for :func:`explorer.ingest.templates.mine_templates`; at most one line break is left.

    A record that is a JSON object is written anew with its keys sorted, so that neither their order nor the spaces
    between them make a difference. Above the line break stands the first line, below it all others in one.
    """
    masked = mask_text(plain_record(text))
    if "\n" not in masked:
        return normalize_text(masked)
    first, _, rest = masked.partition("\n")
    return "\n".join(filter(None, (normalize_text(first), normalize_text(rest))))


def plain_record(text: str) -> str:
    """A record without colours and outer spaces, its keys sorted where it is a JSON object."""
    if "\x1b" in text:
        text = _COLOUR.sub("", text)
    text = text.strip()
    return sort_keys(text) if text[:1] == "{" and text[-1:] == "}" else text


def sort_keys(text: str) -> str:
    """A JSON object with the keys of all its objects sorted; any other text as it is."""
    try:
        value = json.loads(text, object_pairs_hook=_Pairs, parse_int=_Number, parse_float=_Number)
        written = "".join(_written(value))
        written.encode()  # an escaped lone surrogate must stay escaped: no report can carry it
    except (ValueError, RecursionError):
        return text
    return written


class _Pairs(list[tuple[str, Any]]):
    """The members of an object. A list, because a key may be there twice."""


class _Number(str):
    """A number as it is written: 1.0 is not 1, and a long one stays exact."""

    __slots__ = ()


def _written(value: Any) -> list[str]:
    if isinstance(value, _Pairs):
        members = (f"{_written_string(key)}: {''.join(_written(one))}" for key, one in sorted(value, key=_first))
        return ["{", ", ".join(members), "}"]
    if isinstance(value, list):
        return ["[", ", ".join("".join(_written(one)) for one in value), "]"]
    if isinstance(value, _Number):
        return [value]
    return [_written_string(value) if isinstance(value, str) else json.dumps(value)]


def _first(member: tuple[str, Any]) -> str:
    return member[0]


def _written_string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
