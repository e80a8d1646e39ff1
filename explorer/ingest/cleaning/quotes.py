"""Quoted replies: the mail that a mail answers, below it or between its lines."""

from __future__ import annotations

import re

from explorer.ingest.cleaning import mail_words as words
from explorer.ingest.cleaning.markup import Draft

QUOTE = "quote"

_I = re.IGNORECASE
_LONGEST = 300  # characters of a line that may say who wrote what follows
_HEADER_LINES = 14

_WROTE = re.compile(
    rf"\s*(?:on|am|le|el|em|il|op|den|dnia|w dniu|dne|на|в|ср|пн|вт|чт|пт|сб|вс)?\b.*\b{words.WROTE}\b.{{0,80}}:\s*\Z"
    rf"|.*(?:写道|寫道|のメール|作成)\s*[:：]\s*\Z",
    _I,
)
_HAS_DATE = re.compile(
    r"\d{1,4}[./-]\d{1,2}|\d{1,2}:\d\d|\d{1,2}\.?\s+\w{3,9}\.?,?\s+\d{4}|\b(?:19|20)\d\d\b|"
    r"\d年|<?\S@\S"
)
_WRAPPED_WROTE = re.compile(r"\s*(?:on|am|le|el|em|il|op|den|w dniu)\s.*(?:\d{1,2}:\d\d|\b(?:19|20)\d\d\b)", _I)
_ORIGINAL = re.compile(rf"\s*[-_=*#~>]{{2,}}.{{0,60}}{words.ORIGINAL}.{{0,60}}[-_=*#~<]{{2,}}\s*\Z", _I)
_FORWARDED = re.compile(rf"\s*(?:[-_=]{{2,}}\s*{words.FORWARDED}.{{0,60}}|{words.FORWARDED}\s*:?)\s*\Z", _I)
# "2024-03-01 10:00:00 - System Administrator (Work notes)": what ServiceNow puts above each entry of a journal.
_JOURNAL = re.compile(
    rf"\s*\d{{1,4}}[-./]\d{{1,2}}[-./]\d{{1,4}},?\s+\d{{1,2}}[:.]\d\d(?:[:.]\d\d)?(?:\s?[ap]\.?m\.?)?(?:\s[A-Z]{{2,5}})?"
    rf"\s+[-–—]\s+\S.{{0,120}}\(\s*{words.JOURNAL}\s*\)\s*\Z",
    _I,
)
_HEADERS = re.compile(
    rf"\s*\*?(?:(?P<from>{words.HEADER_FROM})|(?P<date>{words.HEADER_DATE})|(?P<to>{words.HEADER_TO})"
    rf"|(?P<subject>{words.HEADER_SUBJECT}))\*?\s*[:：]\*?\s*(?P<value>\S?)",
    _I,
)
_FORWARDS = frozenset({"--", "__", "==", *(phrase[:2] for phrase in words.phrases(words.FORWARDED))})
_FORWARD_SUBJECT = re.compile(rf"\s*(?:\[[^\]\n]{{0,40}}\]\s*)?{words.FORWARD_SUBJECT}\s*[:：]", _I)
_SEE_BELOW = re.compile(rf"(?<!\w){words.SEE_BELOW}(?!\w)", _I)


def mark_quotes(draft: Draft) -> tuple[list[int], bool]:
    """Marks quoted replies; the lines at which a mail below another one begins, and whether it was forwarded."""
    finder = _Finder(draft)
    finder.find()
    _mark_nested(draft)
    return finder.starts, finder.is_forwarded


class _Finder:
    """Goes down the lines of one text."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._n = len(draft.lines)
        self._no_header_before = 0  # lines that were looked at for a header already
        self.starts: list[int] = []
        first = next((line for line in draft.lines if line.strip()), "")
        self.is_forwarded = bool(_FORWARD_SUBJECT.match(first[:_LONGEST]))

    def find(self) -> None:
        draft, i = self._draft, 0
        while i < self._n:
            line = draft.lines[i]
            begin = line.lstrip()[:2].lower()
            end = i
            if not begin or draft.is_code[i] or len(line) > _LONGEST:
                pass
            elif begin in _FORWARDS and _FORWARDED.match(line):
                self.is_forwarded = True
                draft.cut[i] = QUOTE
                self.starts.append(i)
            elif ":" in line or "：" in line or begin[0] in "-_=*#~":
                end = self._quote_at(i)
            if end > i:
                self.starts.append(i)
            i = max(end, i + 1)

    def _quote_at(self, i: int) -> int:
        """Marks the quoted mail that begins at line ``i``; the line after it, ``i`` where none begins."""
        if _JOURNAL.match(self._draft.lines[i]):
            self._draft.cut[i] = QUOTE
            return i + 1  # the entry itself is what the record says
        if _ORIGINAL.match(self._draft.lines[i]):
            self._draft.cut[i] = QUOTE
            return self._to_the_end(max(self._header_block(i + 1), i + 1))
        header_end = self._header_block(i)
        if header_end > i:
            return self._to_the_end(header_end)
        return self._attributed(i)

    def _attributed(self, i: int) -> int:
        """The same for "On Monday, Bob wrote:", which some programs break into two lines."""
        draft, line, last = self._draft, self._draft.lines[i], i
        says_who = bool(_WROTE.match(line))
        if not says_who and i + 1 < self._n and _WRAPPED_WROTE.match(line):
            joined = f"{line} {draft.lines[i + 1]}"[:_LONGEST]
            if _WROTE.match(joined):
                line, says_who, last = joined, True, i + 1
        following = next((j for j in range(last + 1, min(last + 4, self._n)) if draft.lines[j].strip()), self._n)
        goes_deeper = following < self._n and draft.depth[following] > draft.depth[i]
        has_date = bool(_HAS_DATE.search(line))
        if goes_deeper and (says_who or (has_date and line.rstrip().endswith((":", "：")))):
            end = self._end_of_deeper(last + 1, draft.depth[i])
        elif says_who and has_date and "@" in line:
            end = self._n  # a program that marks no quotes; "the server wrote:" has no address
        else:
            return i
        draft.cut[i : last + 1] = [QUOTE] * (last + 1 - i)
        draft.is_quoted[last + 1 : end] = [True] * (end - last - 1)
        return end

    def _end_of_deeper(self, j: int, depth: int) -> int:
        """Where the lines end that are quoted deeper than ``depth``, blank lines between them included."""
        draft = self._draft
        while j < self._n:
            ahead = next((k for k in range(j, min(j + 3, self._n)) if draft.lines[k].strip()), self._n)
            if ahead == self._n or draft.depth[ahead] <= depth:
                return j
            j = ahead + 1
        return j

    def _to_the_end(self, begin: int) -> int:
        self._draft.is_quoted[begin:] = [True] * (self._n - begin)
        return max(begin, self._n)

    def _header_block(self, i: int) -> int:
        """Where the header lines (From, Sent, To, Subject) that begin at line ``i`` end; ``i`` where there are none."""
        draft = self._draft
        if i < self._no_header_before:
            return i
        kinds: set[str] = set()
        last, j = i, i
        while j < min(i + _HEADER_LINES, self._n):
            line = draft.lines[j]
            if line.strip():
                match = None if draft.is_code[j] else _header(line)
                if match is not None:
                    kinds.add(_kind_of(match))
                    last = j + 1
                elif not kinds or ("@" not in line and ";" not in line):  # a list of receivers may go on
                    break
            elif j - last > 1 or not kinds:
                break
            j += 1
        if "from" not in kinds or "date" not in kinds or not kinds & {"to", "subject"}:
            self._no_header_before = max(j - 4, i + 1)
            return i
        for k in range(i, last):
            if draft.lines[k].strip():
                draft.cut[k] = QUOTE
        return last


def _header(line: str) -> re.Match[str] | None:
    return _HEADERS.match(line) if ":" in line[:40] or "：" in line[:40] else None


def _kind_of(match: re.Match[str]) -> str:
    return next(name for name in ("from", "date", "to", "subject") if match[name] is not None)


def _mark_nested(draft: Draft) -> None:
    """Blocks of ">" with more of them inside are a mail thread; a single level may cite an error or a rule."""
    i, n = 0, len(draft.lines)
    while i < n:
        if not draft.depth[i] or draft.is_quoted[i]:
            i += 1
            continue
        end = i
        while end < n and draft.depth[end]:
            end += 1
        if sum(draft.depth[k] >= 2 and bool(draft.lines[k].strip()) for k in range(i, end)) >= 2:
            for k in range(i, end):
                draft.is_quoted[k] = True
        i = end


def points_below(draft: Draft) -> bool:
    """Whether the text says that what matters stands below it."""
    return any(draft.is_open(i) and _SEE_BELOW.search(line[:2_000]) for i, line in enumerate(draft.lines))


def give_back_quotes(draft: Draft) -> None:
    """Quoted text is kept after all; of its header lines the subject's words."""
    draft.is_quoted = [False] * len(draft.lines)
    for i, line in enumerate(draft.lines):
        if draft.cut[i] == QUOTE and (match := _header(line)) and match["subject"]:
            draft.lines[i], draft.cut[i] = line[match.start("value") :], ""
