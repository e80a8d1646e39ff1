"""What makes two texts the same text; logs are masked first, see masking.py."""

from __future__ import annotations

import re
import unicodedata

# Control characters that are not white space, and characters that take no room: soft hyphen, zero-width space,
# direction marks, word joiner, byte order mark.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
)
# Joiners carry meaning in Persian, in Indic scripts and between emoji, but never behind a Latin letter.
_LATIN_JOINERS = re.compile("(?<![^\x00-\u024f\u0300-\u036f\u1e00-\u1eff\u200c\u200d])[\u200c\u200d]+")


def normalize_text(text: str) -> str:
    """The text without what cannot be seen: NFC, no control or zero-width characters, one space between words.

    Two texts with the same result are the same text. Applying it twice changes nothing.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
        if "\u200c" in text or "\u200d" in text:
            text = unicodedata.normalize("NFC", _LATIN_JOINERS.sub("", text))
    elif not text.isprintable():
        text = _INVISIBLE.sub("", text)
    return " ".join(text.split())
