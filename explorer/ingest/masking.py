"""``mask_text``: what changes from one log line to the next becomes a placeholder, in one pass of one expression.

Every branch begins where a run of letters, digits and underscores begins, and ends where one ends; any run that
holds a digit is taken by some branch. So after one pass only the digits that are kept on purpose are left, and a
second pass finds nothing new. The branches are sorted by how a run begins, because a word that holds no digit must
be passed over quickly: most words of a log are such words.
"""

from __future__ import annotations

import re

_END = r"(?!\w)"
_NO_MORE = r"(?!\w|[.:,/-]\d)"  # not the beginning of a longer number, address or date
_HEX = "[0-9A-Fa-f]"
_RUN = r"[A-Za-z_]*+\d\w*+"  # a whole run that holds a digit
_CLOCK = (
    rf"\d\d?[:.,]\d\d(?:[:.,]\d\d(?:[.,:]\d{{1,9}})?)?(?:\s?[AaPp][Mm]\b)?(?:\s?(?:Z|UTC|GMT|[+-]\d\d:?\d\d){_END})?"
)
_MONTH = r"[ADFJMNOS](?:an|eb|ar|pr|ay|un|ul|ug|ep|ct|ov|ec)[a-z]{0,6}\.?"
_WEEKDAY = r"[FMSTW](?:on|ue|ed|hu|ri|at|un)[a-z]{0,6}"


def _any(*alternatives: str) -> str:
    return "|".join(alternatives)


# Runs that begin with a digit.
_TIME = _any(
    rf"\d{{4}}[-/.]\d\d?[-/.]\d\d?(?:[T\s_-]\s*{_CLOCK})?{_END}",
    rf"\d\d?:\d\d:\d\d(?:[.,:]\d{{1,9}})?(?:\s?[AaPp][Mm])?{_END}",
    rf"\d\d?[ /-](?:\d\d?/|{_MONTH}[ /-])\d{{2,4}}(?:[:,\s]\s*{_CLOCK})?{_END}",
    rf"\d\d?\.\d\d?\.\d{{4}}(?:,?\s+{_CLOCK})?(?!\w|\.\d)",
    rf"\d\d[.-]\d\d\s+\d\d:\d\d:\d\d(?:[.,]\d{{1,9}})?{_END}",
    rf"\d\d?:\d\d\s?[AaPp][Mm]{_END}",
    rf"\d{{6}}\s\d{{6}}{_END}",
    rf"\d{{8}}(?:T\d{{4,6}}(?:\.\d+)?Z?|-\d\d?:\d\d?:\d\d?(?::\d{{1,3}})?){_END}",
)
_STATUS_WITH_PHRASE = (
    r"[1-5]\d\d(?=\s(?:OK|Created|Accepted|No Content|Moved|Found|Not |Bad |Unauthorized|Forbidden|Method Not"
    r"|Request |Conflict|Gone|Too Many|Internal Server|Service Unavailable|Gateway))"
)
_UUID = rf"{_HEX}{{8}}-(?:{_HEX}{{4}}-){{3}}{_HEX}{{12}}{_END}"
_MAC = rf"{_HEX}{{2}}(?:[:-]{_HEX}{{2}}){{5}}{_END}"
_IPV4 = rf"\d{{1,3}}\.\d{{1,3}}\.\d{{1,3}}\.\d{{1,3}}(?:[:/]\d{{1,5}}{_END})?(?!\w|\.\d)"
_IPV6 = _any(
    rf"(?:{_HEX}{{1,4}}:){{7}}{_HEX}{{1,4}}(?![\w:])",
    rf"(?:{_HEX}{{1,4}}:){{1,6}}(?::{_HEX}{{1,4}}){{1,6}}(?![\w:])",
)
_HEX_NUMBER = _any(rf"0[xX]{_HEX}+{_END}", rf"(?=\d++[A-Fa-f]){_HEX}{{8,}}+{_END}")
_UNIT = (
    rf"(?:%|\s?(?:ns|us|ms|s|[KMGT]i?B|kB|B|[KMG]?Hz){_END}|(?:secs?|m|mins?|h|hrs?|d|[kKMGT]b?|[kKMGT]bps|px){_END})"
)
_NUMBER = rf"\d+(?:,\d{{3}})*(?:\.\d+)*(?:[eE][-+]?\d+)?(?:{_UNIT}|{_END})"
_PLAIN_NUMBER = r"\d++(?=[\])}>\"';=|]|\Z)"  # what most numbers are; everything below asks what follows
_CHAIN = rf"(?:[-:.](?:[A-Z]{{1,2}}[-:.]){{0,4}}{_RUN})*"
_ID = _RUN + _CHAIN

# Runs that begin with a letter and hold a digit.
_ERROR_CODE = rf"(?:E\d{{3,5}}|(?:ORA|TNS|PLS|SQL|DB2|ERR)_?\d{{3,7}}){_END}"
_TECHNICAL = (
    r"(?:[Uu][Tt][Ff](?:8|16|32)|[Xx](?:86(?:_64)?|64)|[Ii][Pp][Vv][46]|(?:SHA|sha)\d{1,3}|(?:MD|md)5|base(?:32|64)"
    r"|[Ll]og4j|[Kk]8s|[Ss]3|[Oo][Aa]uth2|u?int(?:8|16|32|64)|float(?:32|64)|[Ww]in(?:32|64)|amd64|arm64|i[3-6]86"
    rf"|ext[234]|TLSv1(?:\.\d)?){_NO_MORE}"
)
_KLOG = rf"[IWEF]\d{{4}} \d\d:\d\d:\d\d\.\d+{_END}"  # the letter is the level

# Words of letters only, with what follows them. Each alternative begins with a letter or a set of letters, not with
# an optional group: the engine then passes over a word by looking at its first letter.
_LONG_TIME_OF_DAY = (
    rf"\s+\d\d?,?\s+(?:\d{{4}},?\s+)?{_CLOCK}(?:\s+[A-Z]{{3,4}}(?=\s+\d{{4}}))?(?:\s+(?:19|20)\d\d)?{_END}"
)
_LONG_TIME = _any(
    rf"{_MONTH}{_LONG_TIME_OF_DAY}",
    rf"{_WEEKDAY},?\s+(?:{_MONTH}{_LONG_TIME_OF_DAY}|\d\d?[ -]{_MONTH}[ -]\d{{2,4}}\s+{_CLOCK}{_END})",
)
_STATUS_NUMBER = rf'(?:"?\s*[=:]\s*"?|\s+|\()-?\d{{1,5}}{_NO_MORE}'
_STATUS_WORD = r"(?:[Ss]tatus(?:[ _-]?[Cc]ode)?|[Cc]ode|[Ee]rrno|[Ss]ignal)"
_STATUS = _any(
    rf'HTTP(?:/\d(?:\.\d)?(?:"?\s+[1-5]\d\d)?|[ -][1-5]\d\d){_NO_MORE}',
    rf"[Hh](?:ttp|TTP)[ _-]?{_STATUS_WORD}{_STATUS_NUMBER}",
    rf"[Ss](?:tatus(?:[ _-]?[Cc]ode)?|TATUS|ignal){_STATUS_NUMBER}",
    rf"[Cc](?:ode|ODE){_STATUS_NUMBER}",
    rf"[Ee](?:xit(?:[ _-]?{_STATUS_WORD})?|rr(?:no|(?:or)?[ _-]?{_STATUS_WORD})){_STATUS_NUMBER}",
    rf"[Ee]rror[ :=-]\s?\d{{1,5}}{_NO_MORE}",
    rf"[Ee]xited with{_STATUS_NUMBER}",
    rf"(?:[Rr]eturned|[Rr]esponded|[Aa]nswered|[Gg]ot)(?: with)?\s+[1-5]\d\d{_NO_MORE}",
    rf"[Rr](?:c|e(?:t(?:urn)?|sponse|sult)[ _-]?{_STATUS_WORD}){_STATUS_NUMBER}",
    r"[OTPRSDE](?:RA|NS|LS|MAN|P2|B2|RR)-\d{3,7}(?!\w|-\d)",
    r"CVE-\d{4}-\d{3,7}(?!\w|-\d)",
    rf"SQLSTATE\W{{1,2}}[0-9A-Z]{{5}}{_END}",
    rf"[UuSs](?:TF|tf|HA|ha)-\d{{1,3}}{_NO_MORE}",
)
_PREFIXED_ID = rf"[A-Za-z]{{1,3}}_?-{{1,2}}{_RUN}{_CHAIN}"
_LETTER_MAC = rf"[A-Fa-f]{_HEX}(?:[:-]{_HEX}{{2}}){{5}}{_END}"
_LETTER_IPV6 = (
    rf"[A-Fa-f]{_HEX}{{0,3}}:(?=[A-Fa-f:]{{0,40}}+\d)"
    rf"(?:(?:{_HEX}{{1,4}}:){{6}}{_HEX}{{1,4}}|(?:{_HEX}{{1,4}}:){{0,5}}(?::{_HEX}{{1,4}}){{1,6}})(?![\w:])"
)

_EMAIL = rf"[A-Za-z0-9_.+-]{{1,64}}+@[A-Za-z0-9-]{{1,63}}(?:\.[A-Za-z0-9-]{{1,63}}){{1,8}}{_END}"
# A request and its answer: "GET /orders/18842 200". The path is masked, the status says what happened.
_REQUEST = (
    r"(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\s+(?:/|https?://)\S*(?:\s+HTTP/\d(?:\.\d)?\"?)?\s+[1-5]\d\d"
    r"(?![A-Za-z0-9_]|[.,:]\d)"
)

# How a word of letters must begin for any of its branches to match. Most words begin otherwise, and are passed over.
_MAY_BEGIN = r"(?=[A-Za-z]{1,4}[-_:]|[ACDEFGHJMNOPRSTWacdeghrs][AEOPQTUacehinoprtux])"

#: How a run begins -> the branches to try in this order. A branch named "kept" stays as it is.
_BRANCHES: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        r"(?=\d)",
        (
            ("<num>", _PLAIN_NUMBER),
            ("<time>", _TIME),
            ("kept", _STATUS_WITH_PHRASE),
            ("<uuid>", _UUID),
            ("<mac>", _MAC),
            ("<ip>", _any(_IPV4, _IPV6)),
            ("<hex>", _HEX_NUMBER),
            ("<num>", _NUMBER),
            ("<id>", _ID),
        ),
    ),
    (
        r"(?=[A-Za-z_]++\d)",
        (
            ("klog", _KLOG),
            ("kept", _any(_ERROR_CODE, _TECHNICAL)),
            ("<uuid>", _UUID),
            ("<mac>", _MAC),
            ("<ip>", _IPV6),
            ("<hex>", rf"{_HEX}{{8,}}+{_END}"),
            ("<id>", _ID),
        ),
    ),
    (
        _MAY_BEGIN,
        (
            ("request", _REQUEST),
            ("kept", _STATUS),
            ("<time>", _LONG_TIME),
            ("<id>", _PREFIXED_ID),
            ("<mac>", _LETTER_MAC),
            ("<ip>", _LETTER_IPV6),
        ),
    ),
)


def _compile(*, with_email: bool) -> tuple[re.Pattern[str], tuple[str, ...]]:
    """The expression, and the placeholder of each of its groups."""
    placeholders = [""]
    starts: list[str] = []
    if with_email:
        placeholders.append("<email>")
        starts.append(f"({_EMAIL})")
    for start, branches in _BRANCHES:
        placeholders += [name for name, _ in branches]
        starts.append(start + "(?:" + "|".join(f"({branch})" for _, branch in branches) + ")")
    return re.compile(r"\b(?:" + "|".join(starts) + ")", re.ASCII), tuple(placeholders)


_PLAIN, _PLAIN_NAMES = _compile(with_email=False)
_EMAILS, _EMAILS_NAMES = _compile(with_email=True)  # only for the few texts with an "@"
_SIGN = re.compile(r"(?<![\w>)\]+-])[-+](?=<num>)", re.ASCII)
_SIGN_BEFORE = re.compile(r"(?<![\w>)\]+-])[-+]\Z", re.ASCII)
#: Every placeholder, also those that templates add where names, paths or words differ.
PLACEHOLDER = re.compile(r"<(?:time|uuid|ip|mac|hex|email|num|id|path|\*)>")


def mask_text(text: str) -> str:
    """A log line with what changes from one occurrence to the next replaced by placeholders.

    The placeholders are ``<time> <uuid> <ip> <mac> <hex> <email> <num> <id>``. Words of letters only stay, and so do
    codes that say what happened: HTTP statuses, exit codes, error codes such as ORA-00942. Masking a masked text
    changes nothing.
    """
    masked = _EMAILS.sub(_replace_or_email, text) if "@" in text else _PLAIN.sub(_replace, text)
    return _SIGN.sub("", masked) if "-<num>" in masked or "+<num>" in masked else masked


def _replace(match: re.Match[str]) -> str:
    name = _PLAIN_NAMES[match.lastindex or 0]
    return name if name[0] == "<" else _placeholder(match, name)  # one call less for nearly every match


def _replace_or_email(match: re.Match[str]) -> str:
    return _placeholder(match, _EMAILS_NAMES[match.lastindex or 0])


def _placeholder(match: re.Match[str], name: str) -> str:
    if name == "kept":
        return match.group()
    if name == "request":
        request, gap, status = _split_request(match.group())
        return mask_text(request) + gap + status
    return match.group()[0] + "<time>" if name == "klog" else name


def mask_with_values(text: str) -> tuple[str, list[str]]:
    """The text as :func:`mask_text` masks it, and what stands behind each of its placeholders from left to right.

    A placeholder that the text itself contains stands for itself.
    """
    found: dict[int, str] = {}
    masked = _mask_noting(text, 0, found)
    return masked, [found[start] for start in sorted(found)]


def _mask_noting(text: str, offset: int, found: dict[int, str]) -> str:
    """The masked text; notes in ``found`` what was masked, by where it began, counted from ``offset``."""
    if "<" in text:
        found.update((offset + match.start(), match.group()) for match in PLACEHOLDER.finditer(text))
    pattern, names = (_EMAILS, _EMAILS_NAMES) if "@" in text else (_PLAIN, _PLAIN_NAMES)

    def note(match: re.Match[str]) -> str:
        name, start, value = names[match.lastindex or 0], match.start(), match.group()
        if name == "request":
            _mask_noting(_split_request(value)[0], offset + start, found)
        elif name == "klog":
            found[offset + start] = value[1:]
        elif name != "kept":
            is_signed = name == "<num>" and _SIGN_BEFORE.search(text, max(start - 1, 0), start) is not None
            found[offset + start] = text[start - 1] + value if is_signed else value
        return _placeholder(match, name)

    masked = pattern.sub(note, text)
    return _SIGN.sub("", masked) if "-<num>" in masked or "+<num>" in masked else masked


def _split_request(request: str) -> tuple[str, str, str]:
    """A request, the gap behind it, and its status."""
    return request.rpartition(request[-4])
