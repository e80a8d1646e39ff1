"""Texts that say different things although nearly all of their words are the same: started / stopped, 200 / 404.

A model puts them close together, since one word of ten differs; a group of duplicates must not.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from explorer.types import Bools, Ints, Pairs

# A word keeps its inner dots, dashes and colons, so that addresses, dates and codes stay whole; scripts written
# without spaces are compared letter by letter.
_LETTER = "[\u0e00-\u0eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]"
#: A word, a run of white space or a sign.
TOKEN = re.compile(rf"{_LETTER}|(?:(?!{_LETTER})\w)+(?:[.,:/@_'’-]+(?:(?!{_LETTER})\w)+)*|\s+|[^\w\s]")
_NUMBER = re.compile(r"[0-9]+(?:[.,:][0-9]+)*")
_NEGATION = re.compile(
    r"no|not|never|none|nothing|nobody|neither|nor|without|cannot|[a-z]+n['’]t|"
    r"nicht|nichts|kein\w*|nie|niemals|ohne|ne|pas|jamais|sans|nunca|sin|senza|niet|geen"
)
_STATUS = re.compile(r"[2-5]\d\d")
_CODE_DIGITS = 3  # the least number of digits that make a code of a word: E1101, 0x80070005, not node1 or http2


_MOST_OTHER = 2  # words beside which an opposite is the point of a text that a person wrote


def _both_ways(pairs: str) -> tuple[tuple[str, str], ...]:
    return tuple((one, other) for one, _, other in (pair.partition("/") for pair in pairs.split()))


#: Words that turn a report into its opposite, or one event into another; one with a dash stands for all that begin so.
OPPOSITES = _both_ways("""
succe-/fail- succe-/error- accept-/fail- complete-/fail- pass-/fail- ok/fail- ok/error recover-/fail-
complete-/incomplete- start-/stop- start-/finish- start-/complete- start-/end- begin-/end- begin-/finish-
enable-/disable- connect-/disconnect- open-/close- lock-/unlock- valid-/invalid- accept-/reject- accept-/refuse-
accept-/deny accept-/denied allow-/block- allow-/deny allow-/denied allow-/forbid- grant-/revoke- grant-/deny
grant-/denied permit-/deny permit-/denied approve-/decline- approve-/reject- authori-/unauthori- online/offline
login/logout logon/logoff increase-/decrease- up/down on/off true/false yes/no hit/miss created/deleted added/removed
attach-/detach- mount-/unmount- acquire-/release- register-/unregister- register-/deregister- subscrib-/unsubscrib-
join-/leave- join-/leaving load-/unload- healthy/unhealthy available/unavailable reachable/unreachable active/inactive
encrypt-/decrypt- commit-/rollback- resume-/suspend- resume-/pause- suspend-/wake- paid/unpaid trusted/untrusted
install-/uninstall- upgrade-/downgrade- activat-/deactivat- link/unlink lost/found inbound/outbound incoming/outgoing
""")


def is_number(word: str) -> bool:
    """Digits, perhaps with dots, commas or colons between them."""
    return _NUMBER.fullmatch(word) is not None


def is_negation(word: str) -> bool:
    """Whether a word is "not" or its like, in some languages."""
    return _NEGATION.fullmatch(word.lower()) is not None


def is_form(word: str, entry: str) -> bool:
    """Whether ``word`` is meant by one side of :data:`OPPOSITES`."""
    folded = word.lower()
    return folded.startswith(entry[:-1]) if entry.endswith("-") else folded == entry


def tell_apart(pairs: Pairs, texts: Sequence[str], masked: bool) -> Pairs:
    """``pairs`` with those marked as ``opposed`` whose texts (d,) say different things.

    Masking has replaced every number that does not matter, so what is left in a template says what happened. Two of
    them differ in it when each has a status (by its class: 2xx, 4xx) or an error code that the other one lacks, when
    one is denied and the other is not, or when one has more of a word and the other more of its opposite. What people
    write is told apart only where next to nothing but the opposite differs (enable / disable): they say "cannot log
    in" and "login fails" of the same thing, and name numbers of all kinds.
    """
    is_paired = np.zeros(len(texts), dtype=np.bool_)
    is_paired[pairs.a] = is_paired[pairs.b] = True
    words = _Words([text if needed else "" for text, needed in zip(texts, is_paired.tolist(), strict=True)])
    opposed = _opposite(words, pairs)
    if masked:
        opposed |= _other_codes(words, pairs) | _denied(words, pairs)
    else:
        opposed &= ~_denied(words, pairs)  # "not true" is "false"
        opposed &= _nearly_the_same(words, pairs, opposed)
    return replace(pairs, opposed=opposed)


class _Words:
    """The words of d texts: ``vocabulary`` (v,) and which text has which."""

    def __init__(self, texts: Sequence[str]) -> None:
        number: dict[str, int] = {}
        found, lengths = array("q"), array("q")
        for text in texts:
            own = [number.setdefault(word, len(number)) for word in TOKEN.findall(text.lower()) if not word.isspace()]
            found.extend(own)
            lengths.append(len(own))
        self.vocabulary = list(number)
        self._word = np.array(found, dtype=np.int64)
        self.n_words = np.array(lengths, dtype=np.int64)
        self._text = np.repeat(np.arange(len(texts)), self.n_words)
        self._start = np.concatenate([[0], np.cumsum(self.n_words)])
        self._d = len(texts)

    def n_other(self, a: int, b: int) -> int:
        """The larger number of words that one of two texts has beyond those of the other."""
        one, other = (Counter(self._word[self._start[text] : self._start[text + 1]].tolist()) for text in (a, b))
        return max((one - other).total(), (other - one).total())

    def count(self, is_meant: Callable[[str], bool]) -> Ints:
        """(d,) how many words of each text are meant."""
        meant = np.fromiter(map(is_meant, self.vocabulary), dtype=np.bool_, count=len(self.vocabulary))
        if not meant.any():
            return np.zeros(self._d, dtype=np.int64)
        return np.bincount(self._text[meant[self._word]], minlength=self._d).astype(np.int64)

    def sets(self, form: Callable[[str], str | None]) -> list[frozenset[str]]:
        """For each text the forms of its words, where they have one."""
        forms = [form(word) for word in self.vocabulary]
        out: list[set[str]] = [set() for _ in range(self._d)]
        has_form = np.array([one is not None for one in forms], dtype=np.bool_)[self._word]
        for text, word in zip(self._text[has_form].tolist(), self._word[has_form].tolist(), strict=True):
            out[text].add(forms[word] or "")
        return [frozenset(own) for own in out]


def _nearly_the_same(words: _Words, pairs: Pairs, asked: Bools) -> Bools:
    """(p,) whether the texts of the pairs ``asked`` about differ in at most a few words."""
    same = np.zeros(len(pairs.a), dtype=np.bool_)
    close = asked & (np.abs(words.n_words[pairs.a] - words.n_words[pairs.b]) <= _MOST_OTHER)
    for i in np.flatnonzero(close).tolist():
        same[i] = words.n_other(int(pairs.a[i]), int(pairs.b[i])) <= _MOST_OTHER
    return same


def _other_codes(words: _Words, pairs: Pairs) -> Bools:
    """(p,) whether each side has a code that the other one lacks. Many texts share few sets of codes."""
    number: dict[frozenset[str], int] = {}
    of_text = np.array([number.setdefault(codes, len(number)) for codes in words.sets(_code)], dtype=np.int64)
    known = list(number)
    keys, of_pair = np.unique(of_text[pairs.a] * len(known) + of_text[pairs.b], return_inverse=True)
    both = (divmod(key, len(known)) for key in keys.tolist())
    differ = [bool(known[a] - known[b]) and bool(known[b] - known[a]) for a, b in both]
    return np.array(differ, dtype=np.bool_)[of_pair]


def _code(word: str) -> str | None:
    if is_number(word):
        return f"{word[0]}xx" if _STATUS.fullmatch(word) else word
    return word if sum(map(str.isdigit, word)) >= _CODE_DIGITS else None


def _denied(words: _Words, pairs: Pairs) -> Bools:
    n_denied = words.count(is_negation)
    return np.asarray(n_denied[pairs.a] % 2 != n_denied[pairs.b] % 2, dtype=np.bool_)


def _opposite(words: _Words, pairs: Pairs) -> Bools:
    """(p,) whether one side has more of a word and the other more of its opposite."""
    forms = _forms(words.vocabulary)
    counts = {side: words.count(found.__contains__) for side, found in forms.items()}
    one, other = (_bits([counts[both[k]] for both in OPPOSITES]) for k in (0, 1))
    # Few pairs have a word on one side and its opposite on the other.
    both_there = (one[pairs.a] & other[pairs.b]) | (one[pairs.b] & other[pairs.a])
    likely = np.flatnonzero(both_there.any(axis=1))
    a, b = pairs.a[likely], pairs.b[likely]
    opposed = np.zeros(len(pairs.a), dtype=np.bool_)
    for first, second in OPPOSITES:
        more = np.sign(counts[first][a] - counts[first][b]), np.sign(counts[second][a] - counts[second][b])
        opposed[likely] |= more[0] * more[1] < 0
    return opposed


def _bits(counts: Sequence[Ints]) -> npt.NDArray[np.uint64]:
    """(d, w) a bit for each of several counts (d,), set where it is not 0."""
    bits = np.zeros((len(counts[0]), -(-len(counts) // 64)), dtype=np.uint64)
    for i, count in enumerate(counts):
        bits[:, i // 64] |= (count > 0).astype(np.uint64) << np.uint64(i % 64)
    return bits


def _forms(vocabulary: list[str]) -> dict[str, set[str]]:
    """The words meant by each side of OPPOSITES; only sides that begin as a word does are tried on it."""
    sides = {side for both in OPPOSITES for side in both}
    by_start: dict[str, list[str]] = {}
    for side in sides:
        by_start.setdefault(side[:2], []).append(side)
    forms: dict[str, set[str]] = {side: set() for side in sides}
    for word in vocabulary:
        for side in by_start.get(word[:2], ()):
            if is_form(word, side):
                forms[side].add(word)
    return forms
