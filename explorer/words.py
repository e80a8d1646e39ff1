"""The words of texts, for the names of clusters and the reasons of anomalies.

Function words ("the", "nicht", "para") name nothing: they are left out in every language that the texts are in.
Scripts without spaces between words are taken in overlapping pairs of letters, the usual way to index them
(Manning, Raghavan, Schütze 2008, section 2.2.1); two pairs that overlap read as three letters again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
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
_WORD = re.compile(rf"(?<![<\w])(?!\d+\b)[^\W_][\w{_MARKS}'-]*[\w{_MARKS}](?![\w>])")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
_PIECE = 2


def words_of(text: str) -> list[str]:
    """The words of a text in its order and spelling, of two letters or more; no masks, no bare numbers."""
    words: list[str] = []
    for word in _WORD.findall(text):
        if word.isascii() or not _UNSPACED.search(word):
            words.append(word)
            continue
        end = 0
        for run in _UNSPACED.finditer(word):
            words += _at_least_two(word[end : run.start()]) + _pieces(run.group())
            end = run.end()
        words += _at_least_two(word[end:])
    return words


def join_words(first: str, second: str) -> str:
    """Two neighbouring words as one reads them: pieces of a script without spaces are put together again."""
    if first[-1:] == second[:1] and _UNSPACED.fullmatch(first + second):
        return first + second[1:]
    return f"{first} {second}"


def parts_of(term: str) -> list[str]:
    """The words that :func:`join_words` made ``term`` of, or the one word that it is."""
    if len(term) == _PIECE + 1 and _UNSPACED.fullmatch(term):
        return _pieces(term)
    return term.split(" ")


def stop_words(texts: Sequence[str]) -> frozenset[str]:
    """Folded words that name nothing in ``texts``: the function words of English and of the languages the texts are in,
    and what every ticket says."""
    step = max(len(texts) // _N_LOOKED_AT, 1)
    known = english_stop_words()
    n_texts = dict.fromkeys(_LANGUAGES, 0)
    looked_at = texts[::step]
    for text in looked_at:
        words = {word.casefold() for word in words_of(text)}
        for language in _LANGUAGES:
            n = len(words & _function_words(language))
            n_texts[language] += n >= 3 and n >= _FUNCTION_WORDS * len(words)
    spoken = [language for language, n in n_texts.items() if n and n >= _FEWEST * len(looked_at)]
    return known.union(*(_function_words(language) for language in spoken))


@lru_cache(maxsize=1)
def english_stop_words() -> frozenset[str]:
    """scikit-learn's English list, and what every ticket says, folded."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return frozenset(ENGLISH_STOP_WORDS | _TICKET_WORDS)


@lru_cache(maxsize=len(_LANGUAGES))
def _function_words(language: str) -> frozenset[str]:
    from stop_words import get_stop_words

    return frozenset(word.casefold() for word in get_stop_words(language)) - english_stop_words()


def _at_least_two(word: str) -> list[str]:
    return [word] if len(word) > 1 and not word.isdigit() else []


def _pieces(run: str) -> list[str]:
    return [run[i : i + _PIECE] for i in range(max(len(run) - 1, 1))]


_TICKET_WORDS = frozenset(
    re.findall(
        r"\S+",
        "hi hello hey dear team please thanks thank regards kind best cheers morning afternoon sir madam com www http "
        "https don't doesn't didn't can't won't isn't i'm i've it's that's there's we're you're we've fwd re sent "
        "wrote just like know let help need needs needed want try tried trying get gets getting got does did use "
        "using used say says said look see hope bonjour merci hallo danke gracias hola",
    )
)
