"""Legal disclaimers and the warnings that mail gateways put on top of a mail, sentence by sentence."""

from __future__ import annotations

import re

from explorer.ingest.cleaning import mail_words as words
from explorer.ingest.cleaning.markup import Draft

DISCLAIMER = "disclaimer"

_I = re.IGNORECASE
_LONGEST = 20_000  # characters of a paragraph that is looked at
_SENTENCE_END = re.compile(r"(?<=[.!?。！？])\s+")

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
_CONFIDENTIAL = re.compile(
    r"confidential|privileged|vertraulich|rechtlich geschützt|confidentiel|confidencial|confidenzial|riservat|"
    r"vertrouwelijk|конфиденциальн|保密|机密|機密",
    _I,
)
_MAIL = re.compile(
    r"e-?mails?\b|\bmessage|\bcommunication|\battachments?\b|\bnotice\b|nachricht|\bmail\b|mensaje|mensagem|messaggio|"
    r"correo|bericht|сообщени|письм|邮件|メール|\bviews\b|\bopinions\b|\bvirus|\bliab|\bhaft",
    _I,
)
_CAUTION_GOES_ON = re.compile(
    r"click|links?\b|attachments?\b|unless|sender|recogni[sz]e|content is safe|anhänge|absender|pièces jointes|"
    r"expéditeur",
    _I,
)
#: A disclaimer has one of these; in lower case.
_DISCLAIMER_HINTS = words.phrases(
    "intended|addressee|in error|irrtümlich|empfänger|adressat|ausschließlich|unbefugte|destinat|par erreur|por error",
    "por engano|per errore|ontvanger|geadresseerde|адресат|получател|по ошибке|本邮件|如果您不是|本メールは",
    "outside|external|extern|environment|umwelt|environnement|extérieur|[ext]",
)


def mark_disclaimers(draft: Draft) -> None:
    """Marks disclaimers; what stands before or after them in a paragraph, or in the same line, stays."""
    whole = "\n".join(draft.lines).lower()
    if not _has_hint(whole):  # much faster than the expressions
        return
    for begin, end in _paragraphs(draft):
        text = "\n".join(draft.lines[begin:end])
        if len(text) > _LONGEST or not _has_hint(text.lower()):
            continue
        pieces = [
            (i, piece) for i in range(begin, end) for piece in _SENTENCE_END.split(draft.lines[i]) if piece.strip()
        ]
        _cut(draft, pieces, _warned(pieces) | _disclaimed(pieces, text))


def _has_hint(lower: str) -> bool:
    return any(hint in lower for hint in _DISCLAIMER_HINTS)


_Pieces = list[tuple[int, str]]  # sentences with the number of their line


def _warned(pieces: _Pieces) -> set[int]:
    """Which sentences are a gateway's warning: one that says where the mail comes from, and what follows it."""
    found: set[int] = set()
    for n, (_, piece) in enumerate(pieces):
        if _OUTSIDE.match(piece) or (n - 1 in found and _CAUTION_GOES_ON.search(piece)):
            found.add(n)
    return found


def _disclaimed(pieces: _Pieces, text: str) -> set[int]:
    """Which sentences are a disclaimer: from the first that speaks of secrecy or of the addressee to the last."""
    if len(text) < 60 or not _SECRET.search(text):
        return set()
    legal = [n for n, (_, piece) in enumerate(pieces) if _LEGAL.search(piece)]
    if not legal:
        # a formula may go over the end of a line
        legal = [n for n in range(len(pieces) - 1) if _LEGAL.search(f"{pieces[n][1]} {pieces[n + 1][1]}")]
    if not legal:
        return set()
    first, last = legal[0], legal[-1]
    while first and _CONFIDENTIAL.search(pieces[first - 1][1]) and _MAIL.search(pieces[first - 1][1]):
        first -= 1
    for n in range(last + 1, len(pieces)):
        piece = pieces[n][1]
        if _SECRET.search(piece) or _MAIL.search(piece):
            last = n
    return set(range(first, last + 1))


def _cut(draft: Draft, pieces: _Pieces, gone: set[int]) -> None:
    kept: dict[int, list[str]] = {}
    removed: dict[int, list[str]] = {}
    for n, (line, piece) in enumerate(pieces):
        (removed if n in gone else kept).setdefault(line, []).append(piece)
    for line in filter(draft.is_open, removed):
        if line in kept:
            draft.shorten(line, " ".join(kept[line]), DISCLAIMER, " ".join(removed[line]))
        else:
            draft.cut[line] = DISCLAIMER


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
