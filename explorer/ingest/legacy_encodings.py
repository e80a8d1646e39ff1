"""Tells the encodings from before Unicode apart, by evidence: what the bytes would spell in each of them.

Every candidate reads a sample of words. A word counts for the candidate when it could be one: its unusual letters all
belong to one alphabet, capitals stand where capitals stand, no symbol stands inside a word, and ideographs are common
ones. Windows-1252 wins where nothing else is clearly better.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple

_MAX_WORDS = 3_000
_GAPS = b"\x81\x8d\x8f\x90\x9d"
_CLEARLY_BETTER = 0.04
_NEARLY_AS_GOOD = 0.03

DISPLAY_NAMES = {
    "utf-8": "UTF-8", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "utf-32-le": "UTF-32", "utf-32-be": "UTF-32",
    "cp1252": "Windows-1252", "cp1250": "Windows-1250", "cp1251": "Windows-1251", "cp1253": "Windows-1253",
    "cp1254": "Windows-1254", "cp1255": "Windows-1255", "cp1256": "Windows-1256", "koi8-r": "KOI8-R",
    "cp866": "DOS 866", "cp850": "DOS 850", "mac-roman": "Mac Roman", "mac-cyrillic": "Mac Cyrillic",
    "iso8859-1": "Latin-1", "iso8859-2": "Latin-2",
    "iso8859-15": "Latin-9", "iso8859-5": "ISO 8859-5", "cp874": "Windows-874", "cp932": "Shift-JIS",
    "euc_jp": "EUC-JP", "gb18030": "GB18030", "big5": "Big5", "euc_kr": "EUC-KR", "iso2022_jp": "ISO-2022-JP",
    "cp037": "EBCDIC (cp037)",
}  # fmt: skip

# A letter in two bytes may end in an ASCII letter, never in a digit or a delimiter.
_WORD_BYTES = re.compile(rb"[0-9A-Za-z@-\xff]*[\x80-\xff][0-9A-Za-z@-\xff]*")
_LETTERS = re.compile(r"[^\W\d_]+")
_WESTERN = tuple(
    frozenset(letters)
    for letters in (
        "äöüß", "éèêëàâçîïôùûüœæÿ", "áéíóúñüªº", "áâãàçéêíóôõúüªº", "åäöéü", "æøåéüö", "àèéìíòóùú", "éëïóöüèáí",
        "áéíóúýþæöð", "äöõüšž", "àçéèíïóòúü",
    )
)  # fmt: skip
_CENTRAL = tuple(
    frozenset(letters)
    for letters in (
        "ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîșțşţ", "čćđšž", "äöüß", "éáíóú",
    )
)  # fmt: skip
_TURKISH = (frozenset("çğıöşüâîûi"),)
_PUNCTUATION = frozenset("“”„‘’‚…–—•€£§°«»·©®™±½¼¾²³µ¿¡×\u00a0¢¥†‰‹›")
_JOINING = frozenset("’‘'´–—-·\u00a0\u00ad/")
# Shares of the commonest letters in running text are high in every language; a wrong table spreads them out.
_CYRILLIC = (re.compile("[\u0400-\u045f]"), frozenset("оеаинтсрвлкмдпуяі"))
_GREEK = (re.compile("[\u0386-\u03ce]"), frozenset("αοιετσνηυρπκμλςάέίόή"))
_HEBREW = (re.compile("[\u05d0-\u05ea]"), frozenset("יוהלאתרבמשנםדחקע"))
_ARABIC = (re.compile("[\u0621-\u064a]"), frozenset("اليمنوترهبسدعةك"))
_THAI = (re.compile("[\u0e01-\u0e5b]"), frozenset("านรอกเงมยลวดทสตะปบคหแจพชขใไ่้ีัิื็"))


class Legacy(NamedTuple):
    """The codec that fits best, how well (0 to 1), and others that fit nearly as well and spell something else."""

    codec: str
    fit: float
    others: tuple[str, ...] = ()


def find_legacy(sample: bytes) -> Legacy:
    """The encoding of lines that are not UTF-8."""
    words = b"\n".join(list(dict.fromkeys(_WORD_BYTES.findall(sample)))[:_MAX_WORDS])
    n_high = len(words) - len(words.translate(None, bytes(range(128, 256))))
    if not n_high:
        return Legacy("cp1252", 0.0)
    fits = {codec: _fit(words, codec, judge) for codec, judge in _CANDIDATES.items()}
    best = max(fits, key=lambda codec: fits[codec])
    if best in _SINGLE_BYTE and fits["cp1252"] >= fits[best] - _CLEARLY_BETTER:
        best = "cp1252"
    if best == "cp1252" and _has_gaps(words):
        best = "iso8859-1"
        fits[best] = fits["cp1252"]
    spelled = words.decode(best, "replace")
    others = tuple(
        codec
        for codec in sorted(fits, key=lambda codec: -fits[codec])
        if codec != best
        and fits[codec] > max(fits[best] - _NEARLY_AS_GOOD, 0.3)
        and words.decode(codec, "replace") != spelled
    )
    return Legacy(best, fits[best], others[:2])


def _has_gaps(words: bytes) -> bool:
    """Bytes that Windows-1252 leaves undefined."""
    return any(code in words for code in _GAPS)


def _fit(words: bytes, codec: str, judge: Callable[[str], float]) -> float:
    """0 to 1: how much of the sample the codec spells in words that could be words."""
    # Latin-1 is judged as Windows-1252, to which it adds only control characters.
    text = (words.translate(None, _GAPS) if codec == "cp1252" else words).decode(codec, "replace")
    weights = fits = 0.0
    for word in text.split("\n"):
        n_unusual = sum(c > "\x7f" for c in word)
        if n_unusual:
            weights += n_unusual
            fits += n_unusual * (0.0 if _is_impossible(word) else judge(word))
    return fits / weights if weights else 0.0


def _is_impossible(word: str) -> bool:
    return any(c == "\ufffd" or unicodedata.category(c) in ("Cc", "Cn", "Co") for c in word if c > "\x7f")


def _latin(word: str, alphabets: Iterable[frozenset[str]]) -> float:
    """A word in Latin letters: all its accented letters are of one alphabet."""
    symbols = [c for c in word if (c > "\x7f" and not c.isalpha()) or c in "ªº"]
    inner = re.search(r"(?<=[^\W\d_])([^\w\s'@.\-])(?=[^\W\d_])", word)
    if inner is not None and inner.group(1) > "\x7f" and inner.group(1) not in _JOINING:
        return 0.2
    if any(c not in _PUNCTUATION and c not in "ªº" for c in symbols):
        return 0.3
    letters = {c.lower() for c in word if c > "\x7f" and c.isalpha() and c not in "ªº"}
    if not letters:
        return 0.85
    if not all(map(_has_plain_case, _LETTERS.findall(word))):
        return 0.25
    return 1.0 if any(letters <= alphabet for alphabet in alphabets) else 0.35


def _has_plain_case(word: str) -> bool:
    """No accented capital behind a small letter."""
    return not any(b > "\x7f" and b.isupper() and a.islower() for a, b in itertools.pairwise(word))


def _foreign_script(word: str, script: re.Pattern[str], common: frozenset[str]) -> float:
    """A word in letters of one script, mostly common ones, with capitals at the beginning or everywhere."""
    unusual = [c for c in word if c > "\x7f"]
    letters = [c for c in unusual if script.match(c)]
    n_symbols = sum(c in _PUNCTUATION or c == "№" for c in unusual)
    if not letters:
        return 0.4 if n_symbols == len(unusual) else 0.0
    if re.search("[A-Za-z]", word) or len(letters) + n_symbols < len(unusual):
        return 0.1
    if len(letters) == 1 and len(unusual) == 1:
        return 0.5
    if any(b.isupper() and a.islower() for a, b in itertools.pairwise(word)):
        return 0.1
    fit = 0.35 + 0.65 * min(sum(c.lower() in common for c in letters) / len(letters) / 0.75, 1.0)
    return 0.85 * fit if len(letters) > 1 and all(c.isupper() for c in letters) else fit


def _kana(word: str, codec: str) -> float:
    """Japanese: kana, and ideographs of the first level of JIS (lead bytes up to 0x97, or 0xCF in EUC)."""
    last_lead = 0x97 if codec == "cp932" else 0xCF
    return _ideographs(word, codec, last_lead, "[\u3041-\u30fc]", 1.0, "[\uff61-\uff9f]")


def _hanzi(word: str, codec: str) -> float:
    """Chinese: ideographs of the first level, which holds nearly all of running text; kana are rare."""
    if codec == "gb18030":
        return _ideographs(word, codec, 0xD7, "(?!)", 0.0, "[\u3041-\u30fc]", first_lead=0xB0, first_trail=0xA1)
    return _ideographs(word, codec, 0xC6, "(?!)", 0.0, "[\u3041-\u30fc]", first_lead=0xA4)


def _hangul(word: str, codec: str) -> float:
    unusual = [c for c in word if c > "\x7f"]
    n_hangul = sum("\uac00" <= c <= "\ud7a3" for c in unusual)
    return n_hangul / len(unusual) * (1.0 if codec == "euc_kr" else 0.9)


def _ideographs(
    word: str,
    codec: str,
    last_lead: int,
    syllables: str,
    syllable_fit: float,
    strange: str,
    *,
    first_lead: int = 0x88,
    first_trail: int = 0x40,
) -> float:
    total = n_unusual = 0.0
    for c in word:
        if c <= "\x7f":
            continue
        n_unusual += 1
        if re.match(strange, c):
            total += 0.1
        elif re.match(syllables, c):
            total += syllable_fit
        elif "\u3000" <= c <= "\u303f" or "\uff01" <= c <= "\uff5e":
            total += 0.9
        elif "\u4e00" <= c <= "\u9fff":
            code = c.encode(codec)
            is_common = len(code) == 2 and first_lead <= code[0] <= last_lead and code[1] >= first_trail
            total += 0.95 if is_common else 0.25
    return total / n_unusual


_CANDIDATES: dict[str, Callable[[str], float]] = {
    "cp1252": partial(_latin, alphabets=_WESTERN),
    "cp1250": partial(_latin, alphabets=_CENTRAL),
    "iso8859-2": partial(_latin, alphabets=_CENTRAL),
    "cp1254": partial(_latin, alphabets=_TURKISH),
    "iso8859-15": partial(_latin, alphabets=_WESTERN),
    "mac-roman": partial(_latin, alphabets=_WESTERN),
    "cp850": partial(_latin, alphabets=_WESTERN),
    "cp1251": partial(_foreign_script, script=_CYRILLIC[0], common=_CYRILLIC[1]),
    "koi8-r": partial(_foreign_script, script=_CYRILLIC[0], common=_CYRILLIC[1]),
    "cp866": partial(_foreign_script, script=_CYRILLIC[0], common=_CYRILLIC[1]),
    "iso8859-5": partial(_foreign_script, script=_CYRILLIC[0], common=_CYRILLIC[1]),
    "mac-cyrillic": partial(_foreign_script, script=_CYRILLIC[0], common=_CYRILLIC[1]),
    "cp1253": partial(_foreign_script, script=_GREEK[0], common=_GREEK[1]),
    "cp1255": partial(_foreign_script, script=_HEBREW[0], common=_HEBREW[1]),
    "cp1256": partial(_foreign_script, script=_ARABIC[0], common=_ARABIC[1]),
    "cp874": partial(_foreign_script, script=_THAI[0], common=_THAI[1]),
    "cp932": partial(_kana, codec="cp932"),
    "euc_jp": partial(_kana, codec="euc_jp"),
    "gb18030": partial(_hanzi, codec="gb18030"),
    "big5": partial(_hanzi, codec="big5"),
    "euc_kr": partial(_hangul, codec="euc_kr"),
}
_SINGLE_BYTE = frozenset(_CANDIDATES) - {"cp932", "euc_jp", "gb18030", "big5", "euc_kr"}
