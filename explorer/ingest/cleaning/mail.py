"""What a mail carries beside its message: greetings, closings, signatures, disclaimers; see also quotes.py."""

from __future__ import annotations

import re

from explorer.ingest.cleaning import mail_words as words
from explorer.ingest.cleaning.markup import Draft
from explorer.ingest.cleaning.quotes import mark_quotes
from explorer.ingest.cleaning.words import count_words

GREETING, CLOSING = "greeting", "closing"
SIGNATURE, DISCLAIMER = "signature", "disclaimer"

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
_CLOSING_LINE = re.compile(
    rf"\W{{0,3}}(?:{words.THANKS}\W{{1,4}}(?:{words.CLOSING})|{words.THANKS}|{words.CLOSING})"
    rf"(?:\s*[,.!:;，。！]|\s*-)*\s*(?P<name>.{{0,60}})\Z",
    _I,
)
_ENDS_WITH_THANKS = re.compile(
    rf"(?<=[.!?。！？])\s+(?P<cut>(?:{words.THANKS}|{words.CLOSING})[\s,.!]*(?:(?:{words.CLOSING})[\s,.!]*)?)\Z", _I
)
_SENTENCE = re.compile(r"[.!?。！？]\s+")
_NAME_LINE = re.compile(
    rf"\s*(?:{_NAME}|(?:von|van|de|der|la|da|dos|and|und|/|&|-)){{1}}(?:[\s,/&-]+(?:{_NAME}|"
    rf"von|van|de|der|la|da|dos)){{0,4}}\s*\Z"
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
_LEGAL = re.compile(
    r"intended (?:solely |only |exclusively )?(?:for|to)\b|intended recipient|named addressee|addressee only|"
    r"received (?:this|it) .{0,30}in error|"
    r"irrtümlich erhalten|nicht der (?:richtige|beabsichtigte|vorgesehene) (?:adressat|empfänger)|"
    r"ausschließlich für den|unbefugte|"
    r"n'êtes pas (?:le|la) destinataire|reçu (?:ce|cet) .{0,30}par erreur|destiné exclusivement|"
    r"no es (?:usted )?(?:el|su) destinatario|ha recibido este .{0,30}por error|exclusivamente (?:a|"
    r"para) su destinatario|"
    r"não (?:é|for) o destinatário|recebeu esta .{0,30}por engano|non (?:è|siete) il destinatario|"
    r"ricevuto .{0,40}per errore|"
    r"niet de (?:bedoelde )?(?:geadresseerde|ontvanger)|не являетесь (?:адресатом|получателем)|"
    r"получили .{0,40}по ошибке|"
    r"本邮件.{0,40}(?:保密|机密)|如果您不是|本メールは",
    _I,
)
_SECRET = re.compile(
    r"confidential|privileged|unauthori[sz]ed|disclos|dissemination|vertraulich|rechtlich geschützt|"
    r"confidentiel|confidencial|"
    r"confidenzial|riservat|vertrouwelijk|конфиденциальн|保密|机密|機密|delete|löschen|vernichten|détruire|eliminar|"
    r"cancellar|"
    r"verwijder|удалит|删除|削除|notify|benachrichtigen|informieren",
    _I,
)
_OUTSIDE = re.compile(
    r"\A\W*(?:(?:caution|warning|attention|external(?: e-?mail| sender)?|achtung|vorsicht|extern(?:e e-?mail)?|"
    r"note|be careful)\W{1,4}.{0,80}"
    r"(?:(?:originated|came|is|was sent|received|comes) (?:from )?(?:an? )?(?:outside|external)|"
    r"von (?:außerhalb|extern)|externen? absender|"
    r"provient de l'extérieur|external sender))"
    r"|\A\W*(?:this (?:e-?mail|message) (?:originated|came|was sent) from outside)"
    r"|\A\W*please consider the environment before printing|\A\W*denken sie an die umwelt.{0,40}druck|"
    r"\A\W*pensez à l'environnement"
    r"|\A\W*(?:\[external\]|\[extern\]|\[ext\])\W*\Z",
    _I | re.S,
)
#: A disclaimer has one of these; in lower case.
_DISCLAIMER_HINTS = words.phrases(
    "intended|addressee|in error|irrtümlich|empfänger|adressat|ausschließlich|unbefugte|destinat|par erreur|por error",
    "por engano|per errore|ontvanger|geadresseerde|адресат|получател|по ошибке|本邮件|如果您不是|本メールは",
    "outside|external|extern|environment|umwelt|environnement|extérieur|[ext]",
)
#: The first two letters of what may open or close a mail: most lines begin with something else.
_OPENS = frozenset(phrase[:2] for phrase in words.phrases(words.GREETING))
_CLOSES = frozenset(phrase[:2] for phrase in words.phrases(words.CLOSING, words.THANKS))
_MOST_SIGNATURE = 14  # lines
_LEAST_BEFORE = 3  # words of a text that must stand before a signature


def mark_mail(draft: Draft) -> bool:
    """Marks what belongs to the mail and not to the message; True where the mail was forwarded, not answered."""
    _mark_disclaimers(draft)
    starts, is_forwarded = mark_quotes(draft)
    for begin, end in zip([0, *starts], [*starts, len(draft.lines)], strict=True):
        _mark_greeting(draft, begin, end)
        _mark_closings(draft, begin, end)
    return is_forwarded


def _mark_disclaimers(draft: Draft) -> None:
    whole = "\n".join(draft.lines).lower()
    if not any(hint in whole for hint in _DISCLAIMER_HINTS):  # much faster than the expressions
        return
    for begin, end in _paragraphs(draft):
        text = " ".join(draft.lines[begin:end])
        if len(text) > 4_000:
            continue
        lower = text.lower()
        if not any(hint in lower for hint in _DISCLAIMER_HINTS):
            continue
        is_outside = len(text) < 600 and bool(_OUTSIDE.match(text))
        if is_outside or (len(text) > 60 and _LEGAL.search(text) and _SECRET.search(text)):
            for i in range(begin, end):
                if draft.is_open(i):
                    draft.cut[i] = DISCLAIMER


def _paragraphs(draft: Draft) -> list[tuple[int, int]]:
    """Lines from a blank one to the next, of the same depth, outside code."""
    found: list[tuple[int, int]] = []
    begin = -1
    for i, line in enumerate(draft.lines):
        is_text = bool(line.strip()) and not draft.is_code[i]
        if begin >= 0 and (not is_text or draft.depth[i] != draft.depth[begin]):
            found.append((begin, i))
            begin = -1
        if is_text and begin < 0:
            begin = i
    if begin >= 0:
        found.append((begin, len(draft.lines)))
    return found


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
            _cut_thanks_at_end(draft, i)
            continue
        if _SENT_FROM.match(line):
            draft.cut[i] = SIGNATURE
        elif line.strip() == "--":
            marks.append(i)
        elif n_words >= _LEAST_BEFORE and (match := _closing(line)) and _is_name(match["name"]):
            draft.cut[i] = CLOSING
            _mark_signature(draft, i + 1, end, has_name=bool(match["name"].strip()))
        else:
            if n_words < _LEAST_BEFORE:
                n_words += count_words(line)
            _cut_thanks_at_end(draft, i)
    for i in reversed(marks[-_MOST_SIGNATURE:]):
        _mark_delimited(draft, i, end)


def _closing(line: str) -> re.Match[str] | None:
    if len(line) > 120 or line.lstrip(" \t-*–,.")[:2].lower() not in _CLOSES:
        return None
    return _CLOSING_LINE.match(line)


def _cut_thanks_at_end(draft: Draft, i: int) -> None:
    line = draft.lines[i]
    # Much faster than to look for all phrases everywhere: do the last sentences begin with one?
    tail = line[-120:]
    starts = sorted((found.end() for found in _SENTENCE.finditer(tail)), reverse=True)[:2]
    if not any(tail[start : start + 2].lower() in _CLOSES for start in starts):
        return
    match = _ENDS_WITH_THANKS.search(line, max(len(line) - 120, 0))
    if match:
        draft.shorten(i, line[: match.start()], CLOSING, match["cut"])


def _is_name(text: str) -> bool:
    return not text.strip() or bool(_NAME_LINE.match(text))


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
