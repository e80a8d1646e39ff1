"""The words of texts, for the names of clusters and the reasons of anomalies.

Function words ("the", "nicht", "para") name nothing: they are left out in every language that the texts are in.
Scripts without spaces between words are taken in overlapping pairs of letters, the usual way to index them
(Manning, Raghavan, Schütze 2008, section 2.2.1); two pairs that overlap read as three letters again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

_LANGUAGES = re.findall(
    r"\w+",
    "arabic bulgarian catalan czech danish dutch finnish french german greek hungarian indonesian italian norwegian "
    "persian polish portuguese romanian russian slovak spanish swedish turkish ukrainian vietnamese",
)
_N_LOOKED_AT = 2_000  # texts, to tell which languages a file is in
_FUNCTION_WORDS = 0.2  # the least share of a text's words that are function words of its language
_FEWEST = 0.02  # the least share of the texts that makes a language one of the file's
# Marks belong to the letter before them, which Python's \w does not know: accents, and the vowels of Hebrew, Arabic,
# the Indic scripts, Thai, Lao, Burmese and Khmer.
_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0963\u0966-\u0dff\u0e30-\u0eff\u1000-\u109f\u1780-\u17d3"
# A mask such as <ip> is no word of the text, nor are digits alone.
_WORD = re.compile(rf"(?<![<\w])(?!\d+\b)[^\W_][\w{_MARKS}'’-]*[\w{_MARKS}](?![\w>])")
# What is left of an article or a preposition before a vowel, in French, Italian and Catalan: l'imprimante, dell'ordine.
_ELISION = re.compile(
    r"(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|un|(?:d|n|qu)ell|all|dall|sull|quest)['’](?=\w\w)", re.I
)
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
_PIECE = 2


def words_of(text: str) -> list[str]:
    """The words of a text in its order and spelling, of two letters or more; no masks, no bare numbers."""
    return [text[start:end] for start, end in spans_of(text)]


def spans_of(text: str) -> Iterator[tuple[int, int]]:
    """Where :func:`words_of` stand in a text: start and end of each; pieces of a script without spaces overlap."""
    for match in _WORD.finditer(text):
        start, end = match.span()
        if elided := _ELISION.match(text, start, end):
            start = elided.end()
        if text.isascii():
            yield start, end
            continue
        for run in _UNSPACED.finditer(text, start, end):
            yield from _at_least_two(text, start, run.start())
            yield from _pieces(*run.span())
            start = run.end()
        yield from _at_least_two(text, start, end)


def folded(word: str) -> str:
    """A word as it is compared: case, and which apostrophe a keyboard or a mail program wrote, say nothing."""
    return word.casefold().replace("’", "'")


def join_words(first: str, second: str) -> str:
    """Two neighbouring words as one reads them: pieces of a script without spaces are put together again."""
    if first[-1:] == second[:1] and _UNSPACED.fullmatch(first + second):
        return first + second[1:]
    return f"{first} {second}"


def parts_of(term: str) -> list[str]:
    """The words that :func:`join_words` made ``term`` of, or the one word that it is."""
    if len(term) == _PIECE + 1 and _UNSPACED.fullmatch(term):
        return [term[start:end] for start, end in _pieces(0, len(term))]
    return term.split(" ")


def stop_words(texts: Sequence[str]) -> frozenset[str]:
    """Folded words that name nothing in ``texts``: the function words of English and of the languages the texts are in,
    and what every ticket says."""
    step = max(len(texts) // _N_LOOKED_AT, 1)
    known = english_stop_words()
    n_texts = dict.fromkeys(_LANGUAGES, 0)
    looked_at = texts[::step]
    for text in looked_at:
        words = {folded(word) for word in words_of(text)}
        for language in _LANGUAGES:
            n = len(words & _function_words(language))
            n_texts[language] += n >= 3 and n >= _FUNCTION_WORDS * len(words)
    spoken = [language for language, n in n_texts.items() if n and n >= _FEWEST * len(looked_at)]
    return known.union(*(_function_words(language) for language in spoken))


@lru_cache(maxsize=1)
def english_stop_words() -> frozenset[str]:
    """scikit-learn's English list with the contractions it lacks, and what every ticket says, folded."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS
    from stop_words import get_stop_words

    contractions = {word for word in get_stop_words("english") if "'" in word}
    return frozenset(ENGLISH_STOP_WORDS | contractions | _TICKET_WORDS)


@lru_cache(maxsize=len(_LANGUAGES))
def _function_words(language: str) -> frozenset[str]:
    from stop_words import get_stop_words

    return frozenset(folded(word) for word in get_stop_words(language)) - english_stop_words()


def _at_least_two(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    if end - start > 1 and not text[start:end].isdigit():
        yield start, end


def _pieces(start: int, end: int) -> Iterator[tuple[int, int]]:
    return ((first, min(first + _PIECE, end)) for first in range(start, max(end - 1, start + 1)))


_TICKET_WORDS = frozenset(
    re.findall(
        r"\S+",
        "hi hello hey dear team please thanks thank regards kind best cheers morning afternoon sir madam com www http "
        "https don't doesn't didn't can't won't isn't i'm i've it's that's there's we're you're we've fwd re sent "
        "wrote just like know let help need needs needed want try tried trying get gets getting got does did use "
        "using used say says said look see hope bonjour merci hallo danke gracias hola",
    )
)
