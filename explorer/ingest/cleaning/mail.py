"""What a mail carries beside its message: greetings, closings, signatures; quotes.py and disclaimers.py do the rest."""

from __future__ import annotations

import re

from explorer.ingest.cleaning import mail_words as words
from explorer.ingest.cleaning.disclaimers import mark_disclaimers
from explorer.ingest.cleaning.markup import Draft
from explorer.ingest.cleaning.quotes import mark_quotes
from explorer.ingest.cleaning.words import count_words

GREETING, CLOSING, SIGNATURE = "greeting", "closing", "signature"

_I = re.IGNORECASE
_LONGEST = 300  # characters of a line that may be a greeting, a header or a signature

# --- greetings
_NAME = r"(?:[A-ZÄÖÜÉÈÀÅØÇÑŠŽА-Я][\w'’.-]{0,25})"
_ADDRESS = re.compile(
    rf"\s*(?i:{words.GREETING})(?:\s+(?i:{words.ADDRESSEE}|and|und|et|y|e|mr\.?|mrs\.?|ms\.?|dr\.?|herr|frau|m\.|mme)"
    rf"|\s+{_NAME}){{0,4}}\s*(?P<end>[,!.:;，！。、：~-]+|\Z)\s*(?P<rest>.*)\Z",
    re.S,
)
_BARE_ADDRESS = re.compile(rf"\s*{words.GREETING}(?:[\s,]+{words.ADDRESSEE}){{0,3}}\s*[,!.:;，！。~-]*\s*\Z", _I)
_UNSURE_NAME = re.compile(r"\b(?:world|kitty|dolly|there'?s)\b", _I)

# --- closings and signatures
_AND = r"(?:\W{1,4}|\s+(?:und|and|et|y|e|en|och|og|и)\s+)"
_CLOSING_LINE = re.compile(
    rf"\W{{0,3}}(?:{words.THANKS}{_AND}{words.CLOSING}|{words.THANKS}|{words.CLOSING})"
    rf"(?:\s*[,.!:;，。！]|\s*-)*\s*(?P<name>.{{0,60}})\Z",
    _I,
)
_ENDS_WITH_THANKS = re.compile(
    rf"(?<=[.!?。！？])\s+(?P<cut>(?:{words.THANKS}(?:{_AND}(?P<both>{words.CLOSING}))?|(?P<closing>{words.CLOSING}))"
    rf"[\s,.!]*(?:{words.CLOSING}[\s,.!]*)?(?:(?<=,)\s*(?-i:{_NAME}(?:\s+{_NAME}){{0,2}})\.?\s*)?)\Z",
    _I,
)
_SENTENCE_ENDS = (". ", "! ", "? ", "。 ", "！ ", "？ ")
_NAME_LINE = re.compile(
    rf"\s*(?:i\. ?A\. )?{_NAME}(?:[\s,/&-]+(?:{_NAME}|von|van|de|der|la|da|dos|and|und|y|et)){{0,4}}\s*\Z"
)
_CONTACT = re.compile(
    r"(?:^|\W)(?:tel|phone|mobile|mob|cell|fax|office|direct|telefon|mobil|handy|téléphone|tél|móvil|teléfono|"
    r"telefone|"
    r"celular|тел|моб|e-?mail|mail|web|website|www|skype|ext|电话|手机|邮箱|電話|[tmfpedw])\s*[.:：]\s*(?:\+?[\d(]|\S+@|"
    r"https?:|www)"
    r"|\A\W*(?:\+|00)\d[\d\s()/.-]{6,20}\W*\Z|\A\W*[\w.+-]+@[\w-]+(?:\.[\w-]+)+\W*\Z|\A\W*(?:https?://|www\.)\S+\W*\Z"
    r"|(?:tel|phone|telefon|mobile|fax)\W{0,3}\+?\d[\d\s()/.-]{5,}",
    _I,
)
_PHONE = re.compile(r"\W*\d[\d\s()/.-]{6,20}\W*\Z")
_JOB = re.compile(
    r"\b(?:engineer|manager|analyst|consultant|director|specialist|administrator|technician|coordinator|"
    r"assistant|developer|"
    r"officer|supervisor|executive|architect|representative|head of|team lead|lead|ceo|cto|cio|department|dept|"
    r"support team|"
    r"service ?desk|help ?desk|gmbh|inc|ltd|llc|corp|s\.a|s\.r\.l|b\.v|ag|kg|abteilung|leiter(?:in)?|"
    r"sachbearbeiter(?:in)?|"
    r"mitarbeiter(?:in)?|ingenieur|responsable|directeur|directrice|chef|ingeniero|gerente|jefe|analista|diretor|"
    r"менеджер|инженер|специалист|отдел)\b",
    _I,
)
_SENT_FROM = re.compile(
    rf"\W*(?:{words.SENT_FROM}\b.{{0,40}}{words.DEVICE}.{{0,30}}|(?:von meinem|de mon|desde mi|do meu|"
    rf"dal mio)\s.{{0,20}}"
    rf"{words.DEVICE}.{{0,20}}{words.SENT_FROM}.{{0,10}}|get outlook for \w+.{{0,60}}|发自我的.{{1,30}}|iphoneから送信"
    rf"|holen sie sich outlook für \w+.{{0,60}}|отправлено с .{{1,30}})\Z",
    _I,
)
#: The first two letters of what may open or close a mail: most lines begin with something else.
_OPENS = frozenset(phrase[:2] for phrase in words.phrases(words.GREETING))
_CLOSES = frozenset(phrase[:2] for phrase in words.phrases(words.CLOSING, words.THANKS))
_SENDS = frozenset(
    {"ge", "ho", "发自", "ip", "vo", "de", "do", "da", *(one[:2] for one in words.phrases(words.SENT_FROM))}
)
_BULLETS = " \t-*–,."  # may stand before any of them
_AMBIGUOUS = frozenset({"br", "kr", "vg", "lg", "att", "best", "tia"})  # may be a brand or a word
_MOST_SIGNATURE = 14  # lines
_LEAST_BEFORE = 3  # words of a text that must stand before a signature


def mark_mail(draft: Draft) -> bool:
    """Marks what belongs to the mail and not to the message; True where the mail was forwarded, not answered."""
    mark_disclaimers(draft)
    starts, is_forwarded = mark_quotes(draft)
    for begin, end in zip([0, *starts], [*starts, len(draft.lines)], strict=True):
        _mark_greeting(draft, begin, end)
        _mark_closings(draft, begin, end)
    return is_forwarded


def _mark_greeting(draft: Draft, begin: int, end: int) -> None:
    """A greeting stands within the first lines with words; the very first may be the title."""
    seen = 0
    for i in range(begin, end):
        if not draft.lines[i].strip() or draft.cut[i] or draft.is_code[i]:
            continue
        seen += 1
        line = draft.lines[i]
        if line.lstrip()[:2].lower() not in _OPENS:
            if seen >= 4:
                return
            continue
        if len(line) < 120 and _BARE_ADDRESS.match(line):
            if _has_more(draft, i, end):
                draft.cut[i] = GREETING
            seen -= 1
            continue
        match = _ADDRESS.match(line[:_LONGEST])
        if match and match["end"] and not _UNSURE_NAME.search(line[: match.end("end")]):
            if not match["rest"].strip():
                if _has_more(draft, i, end):
                    draft.cut[i] = GREETING
                return
            if match["end"][0] in ",!，！、":
                removed = line[: match.start("rest")]
                draft.shorten(i, line[len(removed) :], GREETING, removed.strip())
                return
        if seen >= 4:
            return


def _has_more(draft: Draft, i: int, end: int) -> bool:
    return any(draft.is_open(j) for j in range(i + 1, end))


def _mark_closings(draft: Draft, begin: int, end: int) -> None:
    n_words = 0
    marks: list[int] = []
    for i in range(begin, end):
        line = draft.lines[i]
        if draft.cut[i] or draft.is_code[i] or not line.strip():
            continue
        if len(line) > _LONGEST:
            n_words = _LEAST_BEFORE
            _cut_thanks_at_end(draft, i, end)
            continue
        if len(line) < 120 and line.lstrip(_BULLETS)[:2].lower() in _SENDS and _SENT_FROM.match(line):
            draft.cut[i] = SIGNATURE
        elif line.strip() == "--":
            marks.append(i)
        elif n_words >= _LEAST_BEFORE and (match := _closing(line)) and _closes(draft, i, end, match["name"]):
            draft.cut[i] = CLOSING
            _mark_signature(draft, i + 1, end, has_name=bool(match["name"].strip()))
        else:
            if n_words < _LEAST_BEFORE:
                n_words += count_words(line)
            _cut_thanks_at_end(draft, i, end)
    for i in reversed(marks[-_MOST_SIGNATURE:]):
        _mark_delimited(draft, i, end)


def _closing(line: str) -> re.Match[str] | None:
    if len(line) > 120 or line.lstrip(_BULLETS)[:2].lower() not in _CLOSES:
        return None
    return _CLOSING_LINE.match(line)


def _cut_thanks_at_end(draft: Draft, i: int, end: int) -> None:
    line = draft.lines[i]
    # Much faster than to look for all phrases everywhere: does the last sentence begin with one?
    tail = line[-120:]
    last = max(map(tail.rfind, _SENTENCE_ENDS))
    if last < 0 or tail[last + 1 :].lstrip()[:2].lower() not in _CLOSES:
        return
    match = _ENDS_WITH_THANKS.search(line, max(len(line) - 120, 0))
    if match:
        draft.shorten(i, line[: match.start()], CLOSING, match["cut"])
        if match["both"] or match["closing"]:
            _mark_signature(draft, i + 1, end, has_name=False)


def _closes(draft: Draft, i: int, end: int, name: str) -> bool:
    """Whether a line that could be a closing is one: nothing or a name follows on it, and below "LG" a name."""
    if name.strip():
        return bool(_NAME_LINE.match(name))
    if draft.lines[i].strip(" ,.!-").casefold() not in _AMBIGUOUS:
        return True
    return bool(_NAME_LINE.match(next((draft.lines[j] for j in range(i + 1, end) if draft.lines[j].strip()), "")))


def _mark_delimited(draft: Draft, i: int, end: int) -> None:
    """ "--" on a line of its own begins a signature where what follows looks like one."""
    block = [j for j in range(i + 1, end) if draft.lines[j].strip(" -") and not draft.cut[j]]
    if not block:
        draft.cut[i] = SIGNATURE
        return
    if len(block) > _MOST_SIGNATURE or any(draft.is_code[j] or len(draft.lines[j]) > 120 for j in block):
        return
    if any(_looks_signed(draft.lines[j]) for j in block[:4]):
        for j in (i, *block):
            draft.cut[j] = SIGNATURE


def _looks_signed(line: str) -> bool:
    return bool(_CONTACT.search(line) or _NAME_LINE.match(line) or (_JOB.search(line) and count_words(line) <= 8))


def _mark_signature(draft: Draft, begin: int, end: int, *, has_name: bool) -> None:
    """After a closing: a name, and lines of a job, a phone, a mail, with at most two others between them."""
    n_names = 1 if has_name else 0
    last, n_other, n_lines = begin - 1, 0, 0
    for j in range(begin, end):
        line = draft.lines[j]
        if not line.strip():
            continue
        n_lines += 1
        if draft.is_code[j] or len(line) > 160 or n_lines > _MOST_SIGNATURE:
            break
        if draft.cut[j]:
            last, n_other = j, 0
        elif n_lines <= 2 and not n_names and _NAME_LINE.match(line):
            n_names, last, n_other = 1, j, 0
        elif (
            _CONTACT.search(line)
            or _PHONE.match(line)
            or (_JOB.search(line) and count_words(line) <= 8)
            or _closing(line)
        ):
            last, n_other = j, 0
        elif count_words(line) <= 8 and not line.rstrip().endswith(("?", ".", ":")) and n_other < 2:
            n_other += 1  # counts only where a line of a signature follows
        else:
            break
    for j in range(begin, last + 1):
        if draft.lines[j].strip() and not draft.cut[j]:
            draft.cut[j] = SIGNATURE
