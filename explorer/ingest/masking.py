"""``mask_text``: what changes from one log line to the next becomes a placeholder, in one pass of one expression."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from explorer.ingest.mask_rules import BRANCHES, CODES, FILE_PATH, RARE, Branches


def _compile(all_branches: Branches) -> tuple[re.Pattern[str], tuple[str, ...]]:
    """The expression, and the placeholder of each of its groups. A branch with several names has its own groups."""
    names = [""]
    starts: list[str] = []
    for start, branches in all_branches:
        names += [name for several, _ in branches for name in several.split("|")]
        groups = (branch if "|" in name else f"({branch})" for name, branch in branches)
        starts.append(start + "(?:" + "|".join(groups) + ")")
    return re.compile(r"\b(?:" + "|".join(starts) + ")", re.ASCII), tuple(names)


_MASK, _NAMES = _compile(BRANCHES)
_MASK_CODES, _NAMES_CODES = _compile((*CODES, *BRANCHES))  # slower, and seldom needed
_FILE_PATH_PATTERN = re.compile(FILE_PATH, re.ASCII)
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_CODE_AT_END = re.compile(r"-?\w+\Z", re.ASCII)
_NUMBER = re.compile(r"[-+]?\d+", re.ASCII)
_SLASHES = 9  # of the times and counts in a line of HAProxy
_SIGN = re.compile(r"(?<![\w>)\]+-])[-+](?=<(?:num|duration|size|percent)>)", re.ASCII)
_SIGN_BEFORE = re.compile(r"(?<![\w>)\]+-])[-+]\Z", re.ASCII)
_SIGNED_KINDS = frozenset({"<num>", "<duration>", "<size>", "<percent>"})
#: Every placeholder, also those that templates add where names or words differ.
PLACEHOLDER = re.compile(r"<(?:time|uuid|ip|mac|hex|email|num|duration|size|percent|id|path|\*)>")


def mask_text(text: str) -> str:
    """A log line with what changes from one occurrence to the next replaced by placeholders.

    The placeholders are ``<time> <duration> <size> <percent> <num> <id> <uuid> <hex> <ip> <mac> <email> <path>``, the
    last for file paths that hold a number. Words of letters only stay, and so do codes that say what happened: HTTP
    statuses, exit codes, error codes such as ORA-00942. Masking a masked text changes nothing.
    """
    if "/" in text:
        text = _FILE_PATH_PATTERN.sub(_path, text)
    if "%" in text or "@" in text or "\\" in text or "[=" in text or "[#" in text:
        for _, replace, pattern in _rare_kinds(text):
            text = pattern.sub(replace, text)
    return _mask_common(text)


def _rare_kinds(text: str) -> list[_Rare]:
    """The kinds of which the text holds the letters."""
    return [kind for kind in _RARE if kind[0] in text and (kind[0] != "%" or _ESCAPE.search(text))]


def _mask_common(text: str) -> str:
    """Everything but what is rare."""
    masked = _MASK_CODES.sub(_replace_codes, text) if _may_have_codes(text) else _MASK.sub(_replace, text)
    return _SIGN.sub("", masked) if "-<" in masked or "+<" in masked else masked


def _may_have_codes(text: str) -> bool:
    """Whether the name of a field may end like that of a code, or HAProxy may have written the text."""
    if "tatus" in text and ("_status" in text or "Status" in text):
        return True
    if "ode" in text and ("_code" in text or "Code" in text):
        return True
    return "/" in text and text.count("/") >= _SLASHES


def _replace(match: re.Match[str]) -> str:
    name = _NAMES[match.lastindex]  # type: ignore[index]
    return name if name[0] == "<" else _placeholder(match, name)  # one call less for nearly every match


def _replace_codes(match: re.Match[str]) -> str:
    name = _NAMES_CODES[match.lastindex]  # type: ignore[index]
    return name if name[0] == "<" else _placeholder(match, name)


def _placeholder(match: re.Match[str], name: str) -> str:
    value: str = match.group()
    if name == "kept":
        return value
    if name == "tail":
        start = _code_start(value)
        return _mask_common(value[:start]) + value[start:]
    if name == "timers":
        return _NUMBER.sub("<num>", value[:-4]) + value[-4:]
    return value[0] + "<time>" if name == "klog" else name


def _path(match: re.Match[str]) -> str:
    """A path of words only stays: where it varies, templates make it a wildcard."""
    value: str = match.group()
    return "<path>" if any(map(str.isdigit, value)) else value


def _code_start(value: str) -> int:
    """Where the code at the end of a value begins."""
    found = _CODE_AT_END.search(value)
    return len(value) if found is None else found.start()


class _Rare(NamedTuple):
    """What only texts that hold certain letters may hold: what it becomes, and the expression for it."""

    letters: str
    replace: str | Callable[[re.Match[str]], str]
    pattern: re.Pattern[str]


_FILE_PATH = _Rare("/", _path, _FILE_PATH_PATTERN)
_RARE = tuple(
    _Rare(letters, _path if name == "path" else name, re.compile(expression, re.ASCII))
    for letters, name, expression in RARE
)


def mask_with_values(text: str) -> tuple[str, list[str]]:
    """The text as :func:`mask_text` masks it, and what stands behind each of its placeholders from left to right.

    A placeholder that the text itself contains stands for itself.
    """
    given = [match.group() for match in PLACEHOLDER.finditer(text)] if "<" in text else []
    for kind in (_FILE_PATH, *_rare_kinds(text)):
        text, given = _mask_kind(text, given, kind)
    found: dict[int, str] = {}
    if given:
        places = (match.start() for match in PLACEHOLDER.finditer(text))
        found.update(zip(places, given, strict=True))
    masked = _mask_noting(text, 0, found)
    return masked, [found[start] for start in sorted(found)]


def _mask_kind(text: str, given: list[str], kind: _Rare) -> tuple[str, list[str]]:
    """The text with one rare kind masked, and the values of all its placeholders; ``given`` are those of before."""
    found = dict(zip((match.start() for match in PLACEHOLDER.finditer(text)), given, strict=True))

    def note(match: re.Match[str]) -> str:
        shown = kind.replace if isinstance(kind.replace, str) else kind.replace(match)
        if shown != match.group():
            found[match.start()] = match.group()
        return shown

    masked = kind.pattern.sub(note, text)
    return masked, [found[start] for start in sorted(found)]


def _mask_noting(text: str, offset: int, found: dict[int, str]) -> str:
    """The masked text; notes in ``found`` what was masked, by where it began, counted from ``offset``."""
    has_codes = _may_have_codes(text)
    names, replace = (_NAMES_CODES, _replace_codes) if has_codes else (_NAMES, _replace)

    def note(match: re.Match[str]) -> str:
        name, start, value = names[match.lastindex or 0], match.start(), match.group()
        shown = replace(match)
        sign = text[start - 1] if _SIGN_BEFORE.search(text, max(start - 1, 0), start) else ""
        if name == "tail":
            _mask_noting(value[: _code_start(value)], offset + start, found)
        elif name == "timers":
            found.update((offset + start + one.start(), one.group()) for one in _NUMBER.finditer(value[:-4]))
            found[offset + start] = sign + found[offset + start]
        elif name == "klog":
            found[offset + start] = value[1:]
        elif name != "kept":
            found[offset + start] = sign + value if name in _SIGNED_KINDS else value
        return shown

    return _SIGN.sub("", (_MASK_CODES if has_codes else _MASK).sub(note, text))
