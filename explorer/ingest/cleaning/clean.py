"""``clean_text``: what tickets say without what mail programs, forms and markup put around it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import NamedTuple

from explorer.ingest.cleaning import disclaimers, mail, quotes
from explorer.ingest.cleaning.forms import FORM, mark_forms
from explorer.ingest.cleaning.learn import learn_forms, sampled
from explorer.ingest.cleaning.markup import Draft, strip_markup
from explorer.ingest.cleaning.words import count_words
from explorer.types import Forms

MARKUP = "markup"
#: What is cut, with the words shown to the user.
KINDS: Mapping[str, str] = {
    MARKUP: "HTML, Markdown or wiki markup",
    quotes.QUOTE: "quoted replies",
    mail.GREETING: "greetings",
    mail.CLOSING: "closings",
    mail.SIGNATURE: "signatures",
    disclaimers.DISCLAIMER: "disclaimers",
    FORM: "text of a form",
}
_ENOUGH_WITHOUT_QUOTES = 8  # words: a shorter answer says too little without what it answers
_ENOUGH_WITHOUT_FORMS = 2
_EXAMPLE = 160  # characters


class Cut(NamedTuple):
    """A piece cut out of one text: a kind of :data:`KINDS` and what was cut; for markup, how many lines had it."""

    kind: str
    text: str


@dataclass(frozen=True)
class FoundCuts:
    """``kinds`` (n,) of what is cut out of each text; ``n_records`` per kind of cut and an example of each; ``forms``.

    A text as it is compared is ``clean_text(text, found.forms)``, the pieces cut out of it are
    ``explain_cleaning(text, found.forms)``.
    """

    kinds: tuple[frozenset[str], ...]
    forms: Forms
    n_records: Mapping[str, int] = field(default_factory=dict)
    examples: Mapping[str, str] = field(default_factory=dict)


def find_cuts(texts: Sequence[str]) -> FoundCuts:
    """What is cut out of the texts: markup, quoted replies, greetings, closings, signatures, disclaimers and forms.

    A text that had words keeps some. The result for a text depends on it and on the forms found in all texts, never on
    their order. Takes time linear in the texts, and holds few of them.
    """
    forms = find_forms(texts)
    of_text: dict[bytes, frozenset[str]] = {}  # by a digest: the texts of a large file are not held
    seen: dict[frozenset[str], frozenset[str]] = {}  # there are few different sets, and many texts
    kinds: list[frozenset[str]] = []
    examples: dict[str, str] = {}
    for text in texts:
        digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if digest not in of_text:
            cut = _kinds(_draft(text, forms))
            of_text[digest] = seen.setdefault(frozenset(cut), frozenset(cut))
            for kind, example in cut.items():
                # The longest, then the first in the alphabet: the same in any order of the texts.
                best = examples.get(kind)
                if best is None or (-len(example), example) < (-len(best), best):
                    examples[kind] = example
        kinds.append(of_text[digest])
    n_of_sets = Counter(kinds)
    n_records = {kind: sum(n for cut, n in n_of_sets.items() if kind in cut) for kind in KINDS if kind in examples}
    return FoundCuts(tuple(kinds), forms, n_records, {kind: examples[kind] for kind in n_records})


def find_forms(texts: Iterable[str]) -> Forms:
    """The forms that texts were written into; a large file is judged by a sample."""
    return learn_forms([_mail_draft(text)[0] for text in sampled(texts)])


def clean_text(text: str, forms: Forms) -> str:
    """One text as it is compared: without what :func:`find_cuts` found."""
    return _joined(_draft(text, forms), text)


def explain_cleaning(text: str, forms: Forms) -> list[Cut]:
    """What is cut out of one text, in its order; markup comes first, as a count of lines."""
    draft = _draft(text, forms)
    if _joined(draft, text) == text:
        return []
    cuts = [Cut(MARKUP, _markup_words(draft))] if draft.n_markup or draft.has_html else []
    pieces: dict[int, list[Cut]] = {}
    for i, kind, removed in draft.pieces:
        pieces.setdefault(i, []).append(Cut(kind, removed))
    for i in range(len(draft.lines)):
        cuts += pieces.get(i, [])
        kind = _kind_of(draft, i)
        if not kind or not draft.lines[i].strip():
            continue
        if cuts and cuts[-1].kind == kind and i and _kind_of(draft, i - 1) == kind:
            cuts[-1] = Cut(kind, f"{cuts[-1].text}\n{draft.lines[i]}")
        else:
            cuts.append(Cut(kind, draft.lines[i]))
    return cuts


def _draft(text: str, forms: Forms) -> Draft:
    draft, is_forwarded = _mail_draft(text)
    mark_forms(draft, forms)
    _give_back(draft, is_forwarded)
    return draft


def _mail_draft(text: str) -> tuple[Draft, bool]:
    draft = strip_markup(text)
    return draft, mail.mark_mail(draft)


def _give_back(draft: Draft, is_forwarded: bool) -> None:
    """Undo cuts that would leave too little: quotes, then forms, then everything but markup."""
    if any(draft.is_quoted) and (
        is_forwarded or _n_words(draft, _ENOUGH_WITHOUT_QUOTES) < _ENOUGH_WITHOUT_QUOTES or quotes.points_below(draft)
    ):
        quotes.give_back_quotes(draft)
    if (draft.before_forms or FORM in draft.cut) and _n_words(draft, _ENOUGH_WITHOUT_FORMS) < _ENOUGH_WITHOUT_FORMS:
        for i, line in draft.before_forms.items():
            draft.lines[i] = line
        draft.pieces = [piece for piece in draft.pieces if piece[1] != FORM]
        draft.cut = ["" if kind == FORM else kind for kind in draft.cut]
    if not any(_is_kept(draft, i) for i in range(len(draft.lines))):
        draft.cut = [""] * len(draft.lines)
        draft.is_quoted = [False] * len(draft.lines)


def _n_words(draft: Draft, enough: int) -> int:
    """Words that are left; counting stops where there are ``enough``."""
    n = 0
    for i, line in enumerate(draft.lines):
        if _is_kept(draft, i):
            n += count_words(line[:2_000])
            if n >= enough:
                break
    return n


def _is_kept(draft: Draft, i: int) -> bool:
    return not (draft.cut[i] or draft.is_quoted[i]) and bool(draft.lines[i].strip())


def _kind_of(draft: Draft, i: int) -> str:
    return quotes.QUOTE if draft.is_quoted[i] else draft.cut[i]


def _joined(draft: Draft, text: str) -> str:
    kept = "\n".join(draft.lines[i].strip() for i in range(len(draft.lines)) if _is_kept(draft, i))
    return kept or text


def _kinds(draft: Draft) -> dict[str, str]:
    """Each kind of cut in a text with an example."""
    found: dict[str, str] = {}
    if draft.n_markup or draft.has_html:
        found[MARKUP] = _markup_words(draft)
    for _, kind, removed in draft.pieces:
        found.setdefault(kind, _shortened(removed))
    for i, line in enumerate(draft.lines):
        kind = _kind_of(draft, i)
        if kind and line.strip():
            found.setdefault(kind, _shortened(line))
    return found


def _markup_words(draft: Draft) -> str:
    what = "HTML" if draft.has_html else "marks"
    return f"{what} in {draft.n_markup:,} {'line' if draft.n_markup == 1 else 'lines'}" if draft.n_markup else what


def _shortened(text: str) -> str:
    return text.strip()[:_EXAMPLE]
