"""The expressions of :mod:`explorer.ingest.masking`: what in a log line changes from one occurrence to the next.

Every branch begins where a run of letters, digits and underscores begins, and ends where one ends; any run that
holds a digit is taken by some branch. So after one pass only the digits that are kept on purpose are left, and a
second pass finds nothing new. The branches are sorted by how a run begins, because a word that holds no digit must
be passed over quickly: most words of a log are such words.
"""

from __future__ import annotations

Branches = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]

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
_MAY_BE_TIME = r"(?=\d{1,4}+[-/.:]|\d\d?\s?[ADFJMNOSPap]|\d{6}\s\d|\d{8}[-T\s_])"
#: What HAProxy writes: "10/0/30/69/109 503", five times and the status of the answer; masked once already as well.
_TIMERS = r"\d+(?:/[+-]?\d+){4}\s[1-5]\d\d(?=\s)"
_AFTER_TIMERS = r"(?<=<num>/<num>/<num>/<num>/<num> )[1-5]\d\d(?=\s)"
#: A field whose name ends like that of a code, whatever it begins with: "upstream_status=502", "lastExitCode": 1.
_CODE_FIELD = (
    r"[A-Za-z_]++(?:(?<=_status)|(?<=[a-z]Status)|(?:(?<=[st]_code)|(?<=[st]Code)|(?<=or_code)|(?<=orCode)|(?<=se_code)"
    rf'|(?<=seCode)|(?<=rn_code)|(?<=rnCode)))(?:"?\s?[=:]\s?"?)\d{{1,5}}{_NO_MORE}'
)
_STATUS_WITH_PHRASE = (
    r"[1-5]\d\d(?=\s(?:OK|Created|Accepted|No Content|Moved|Found|Not |Bad |Unauthorized|Forbidden|Method Not"
    r"|Request |Conflict|Gone|Too Many|Internal Server|Service Unavailable|Gateway))"
)
# None is another thing than some; but in "job 0 failed" it is a number like any other.
_NO_ERRORS = r"0(?=\s(?:errors?|failures?|warnings?)\b)|(?<!\w\s)0(?=\s(?:failed|failing)\b)"
_UUID = rf"{_HEX}{{8}}-(?:{_HEX}{{4}}-){{3}}{_HEX}{{12}}{_END}"
_MAC = rf"{_HEX}{{2}}(?:[:-]{_HEX}{{2}}){{5}}{_END}"
_IPV4 = rf"\d{{1,3}}\.\d{{1,3}}\.\d{{1,3}}\.\d{{1,3}}(?:[:/]\d{{1,5}}{_END})?(?!\w|\.\d)"
_IPV6 = _any(
    rf"(?:{_HEX}{{1,4}}:){{7}}{_HEX}{{1,4}}(?![\w:])",
    rf"(?:{_HEX}{{1,4}}:){{1,6}}(?::{_HEX}{{1,4}}){{1,6}}(?![\w:])",
)
_HEX_NUMBER = _any(rf"0[xX]{_HEX}+{_END}", rf"(?=\d++[A-Fa-f]){_HEX}{{8,}}+{_END}")
_DIGITS = r"\d+(?:,\d{3})*(?:\.\d+)*(?:[eE][-+]?\d+)?"
_AND_SMALLER = r"[dhm](?:\d+[hm]){0,2}\d+(?:\.\d+)?(?:ns|[u\u00b5\u03bc]s|ms|[hms])"  # 1h2m3.5s without its "1"
_DURATION_UNIT = rf"(?:\s?(?:ns|[u\u00b5\u03bc]s|ms|s)|secs?|m|mins?|h|hrs?|d|{_AND_SMALLER}){_END}"
_SIZE_UNIT = rf"(?:\s?(?:[KMGTP]i?B|kB|B)|[kKMGTP]b?|[KMGTP]i){_END}"
_PERCENT_UNIT = r"\s?%(?![\w%])"
_OTHER_UNIT = rf"(?:(?:\s?[KMG]?Hz|[kKMGT]bps|px)?){_END}"
_NUMBER = rf"{_DIGITS}(?:({_DURATION_UNIT})|({_SIZE_UNIT})|({_PERCENT_UNIT})|({_OTHER_UNIT}))"
_ISO_DURATION = rf"P(?:\d+D)?T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?{_END}"
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
_CODE = rf"(?:-?\d{{1,5}}|0[xX]{_HEX}{{1,8}}){_NO_MORE}"
_STATUS_NUMBER = rf'(?:"?\s*[=:]\s*"?|\s+|\s?\(){_CODE}'
_STATUS_WORD = r"(?:[Ss]tatus(?:[ _-]?[Cc]ode)?|[Cc]ode|[Ee]rrno|[Ss]ignal)"
_ONE_BIT = r'(?:"?\s?[=:]\s?"?)[01](?!\w|[.:,/-]\d)'  # yes or no
_ENDS_THERE = r"(?=\s*(?:\Z|[\n.;,()\]\"']))"
_STATUS = _any(
    rf'HTTP(?:/\d(?:\.\d)?(?:"?\s+[1-5]\d\d)?|[ -][1-5]\d\d){_NO_MORE}',
    rf"[Hh](?:ttp|TTP)[ _-]?{_STATUS_WORD}{_STATUS_NUMBER}",
    rf"[Ss](?:tatus(?:[ _-]?[Cc]ode)?|TATUS|ignal){_STATUS_NUMBER}",
    rf"[Cc](?:ode|ODE)(?:{_STATUS_NUMBER}|=[A-Z]{{1,2}}\d{{1,3}}{_NO_MORE})",
    rf"[Ee](?:xit(?:[ _-]?(?:{_STATUS_WORD}|value))?|rr(?:no|(?:or)?[ _-]?{_STATUS_WORD})){_STATUS_NUMBER}",
    rf"[Ee]rror[ :=-]\s?(?:\d{{1,5}}|0[xX]{_HEX}{{1,8}}){_NO_MORE}",
    rf"[Ee]xited(?: with)?{_STATUS_NUMBER}",
    rf"(?:[Rr]eturned|[Rr]esponded|[Aa]nswered|[Gg]ot)(?: with)?\s+[1-5]\d\d{_NO_MORE}",
    rf"[Rr]eturn(?:ed|s)\s+-?\d{{1,3}}{_NO_MORE}{_ENDS_THERE}",
    rf"[Rr](?:[Cc]|e(?:t(?:urn)?|sponse|sult)[ _-]?(?:{_STATUS_WORD}|value)){_STATUS_NUMBER}",
    rf"[Rr]et(?:val)?\s?=\s?{_CODE}",
    r"[OTPRSDE](?:RA|NS|LS|MAN|P2|B2|RR)-\d{3,7}(?!\w|-\d)",
    rf"(?:[Ss]uccess|[Hh]ealthy|[Rr]eady){_ONE_BIT}",
    r"CVE-\d{4}-\d{3,7}(?!\w|-\d)",
    rf"SQLSTATE\W{{1,2}}[0-9A-Z]{{5}}{_END}",
    rf"[UuSs](?:TF|tf|HA|ha)-\d{{1,3}}{_NO_MORE}",
)
#: A code a few words behind what announces it: "exit code of step 7 is 0", "status of the job was: 3".
_FAR_STATUS = (
    r"(?:[Ee]xit|[Rr]eturn|[Ss]tatus|[Ee]rror|[Rr]esult|[Rr]esponse)[ _-]?(?:[Cc]ode|[Ss]tatus|[Vv]alue)"
    rf"(?:\s+[^\s=:]{{1,40}}){{1,5}}?(?:\s+(?:is|was|were|equals|of|with)\b:?\s+|\s*(?:=>?|:|->)\s*){_CODE}"
)
_PREFIXED_ID = rf"[A-Za-z]{{1,3}}_?-{{1,2}}{_RUN}{_CHAIN}"
_LETTER_MAC = rf"[A-Fa-f]{_HEX}(?:[:-]{_HEX}{{2}}){{5}}{_END}"
_LETTER_IPV6 = (
    rf"[A-Fa-f]{_HEX}{{0,3}}:(?=[A-Fa-f:]{{0,40}}+\d)"
    rf"(?:(?:{_HEX}{{1,4}}:){{6}}{_HEX}{{1,4}}|(?:{_HEX}{{1,4}}:){{0,5}}(?::{_HEX}{{1,4}}){{1,6}})(?![\w:])"
)

# What only few texts hold and may begin between words is looked for first, each kind where its letters occur at all.
#: The folders at the top of a Unix system: what begins otherwise may be the path of a request.
ROOT = r"(?:bin|boot|dev|etc|home|lib|lib64|mnt|opt|proc|root|run|sbin|srv|sys|tmp|usr|var)"
_NO_REQUEST = "".join(rf"(?<!{method} /)" for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"))
_STEP = r"[^\s\\/:*?\"<>|,;()\[\]=]++"
FILE_PATH = rf"/(?<![\w.]/){_NO_REQUEST}{ROOT}/[^\s\"'<>|,;:()\[\]{{}}=?*&]*[\w~+-]"
#: Letters without which there is no match, the kind, the expression. A "path" is one only where it holds a digit.
RARE: tuple[tuple[str, str, str], ...] = (
    ("@", "<email>", rf"\b[A-Za-z0-9_.+-]{{1,64}}+@[A-Za-z0-9-]{{1,63}}(?:\.[A-Za-z0-9-]{{1,63}}){{1,8}}{_END}"),
    (":\\", "path", rf"\b[A-Za-z]:\\(?:{_STEP}(?: {_STEP}){{0,3}}+\\)*(?:{_STEP})?(?<![.'])"),
    ("\\\\", "path", rf"\\\\(?<!\w\\\\)(?=\w)(?:{_STEP}(?: {_STEP}){{0,3}}+\\)+(?:{_STEP})?(?<![.'])"),
    ("%", "<id>", rf"(?<![\w.~+%-])[\w.~+-]*+(?:%{_HEX}{_HEX}[\w.~+-]*+)++"),
    ("[=", "<percent>", r"\[=(?=[=>*. -]{5,}\])[=>*. -]+\]"),  # a bar of progress
    ("[#", "<percent>", r"\[#(?=[#>*. -]{5,}\])[#>*. -]+\]"),
)
# A request and its answer: "GET /orders/18842 200". The path is masked, the status says what happened.
_REQUEST = (
    r"(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\s+(?:/|https?://)\S*(?:\s+HTTP/\d(?:\.\d)?\"?)?\s+[1-5]\d\d"
    r"(?![A-Za-z0-9_]|[.,:]\d)"
)

# How a word of letters must begin for any of its branches to match. Most words begin otherwise, and are passed over.
_MAY_BEGIN = r"(?=[A-Za-z]{1,4}[-_:]|[ACDEFGHJMNOPRSTWacdeghrs][ACEOPQTUacehinoprtux])"

#: How a run begins -> the branches to try in this order. A branch named "kept" stays as it is, of a "tail" the code
#: at its end does; several names are those of the groups in the branch.
BRANCHES: Branches = (
    (
        r"(?=\d)",
        (
            ("<num>", _PLAIN_NUMBER),
            ("<time>", rf"{_MAY_BE_TIME}(?!{_MAC})(?:{_TIME})"),
            ("kept", _any(_STATUS_WITH_PHRASE, _NO_ERRORS)),
            ("<uuid>", _UUID),
            ("<mac>", _MAC),
            ("<ip>", _any(_IPV4, _IPV6)),
            ("<hex>", _HEX_NUMBER),
            ("<duration>|<size>|<percent>|<num>", _NUMBER),
            ("<id>", _ID),
        ),
    ),
    (
        r"(?=[A-Za-z_]++\d)",
        (
            ("klog", _KLOG),
            ("<duration>", _ISO_DURATION),
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
            ("tail", _any(_REQUEST, _FAR_STATUS)),
            ("kept", _STATUS),
            ("<time>", _LONG_TIME),
            ("<id>", _PREFIXED_ID),
            ("<mac>", _LETTER_MAC),
            ("<ip>", _LETTER_IPV6),
        ),
    ),
)
#: Branches that only texts with certain letters need; they are tried before all others.
CODES: Branches = (
    (r"(?=[A-Za-z_]++[\"=: ])", (("kept", _CODE_FIELD),)),
    (r"(?=\d)", (("timers", _TIMERS), ("kept", _AFTER_TIMERS))),
)
