"""How many words a text has, whatever its script."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
# Chinese, Japanese, Korean and Thai: two letters count as a word.
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def count_words(text: str) -> int:
    """Words made of letters; numbers and signs do not count."""
    n_words = len(_WORD.findall(text))
    if text.isascii():
        return n_words
    return n_words + len(_UNSPACED.findall(text)) // 2


def words_of(text: str) -> set[str]:
    """The words of a lower-case text, and pairs of letters in scripts that put no spaces between words."""
    words = set(_WORD.findall(text))
    if not text.isascii():
        letters = "".join(_UNSPACED.findall(text))
        words |= {letters[i : i + 2] for i in range(len(letters) - 1)}
    return words
