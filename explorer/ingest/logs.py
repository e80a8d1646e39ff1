"""What can be told from texts themselves: that they are log lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from heapq import nsmallest
from zlib import crc32

from explorer.ingest.levels import LEVEL_WORDS

SAMPLE = 500
_HEAD = 200  # where in a text its level stands

_TIME = re.compile(
    r"\d{4}[-/.]\d\d[-/.]\d\d[T\s_-]\d\d[:.]\d\d|\d\d:\d\d:\d\d|\A\W{0,2}1\d{9}(?:\.\d+|\d{3})?\s|\A\d{6}\s\d{6}\s"
    r"|\d\d?/[A-Z][a-z]{2}/\d{4}:"
)
_ANY_LEVEL = re.compile(rf"\b(?:{LEVEL_WORDS})\b")
_VARIABLE = re.compile(r"0x[0-9a-f]+|\d{1,3}(?:\.\d{1,3}){3}|\d{4,}", re.IGNORECASE)


def looks_like_logs(texts: Sequence[str]) -> bool:
    """Whether most of a sample of texts are log lines: a time at the front, or a level beside variable parts.

    The sample is chosen by the texts themselves, so that the order of the records decides nothing.
    """
    by_checksum: dict[int, str] = {}
    highest = 1 << 32
    for text in texts:
        checksum = crc32(text.encode("utf-8", "surrogatepass"))
        if checksum <= highest and text.strip():
            by_checksum[checksum] = text
            if len(by_checksum) == 2 * SAMPLE:  # the others are let go of: there may be millions
                by_checksum = {key: by_checksum[key] for key in nsmallest(SAMPLE, by_checksum)}
                highest = max(by_checksum)
    filled = [by_checksum[key] for key in nsmallest(SAMPLE, by_checksum)]
    return bool(filled) and sum(map(_is_log_line, filled)) > 0.6 * len(filled)


def _is_log_line(text: str) -> bool:
    if "\n" in text.strip():
        text = text.strip().partition("\n")[0]
    if _TIME.search(text[:48]):
        return True
    return bool(_ANY_LEVEL.search(text[:_HEAD]) and _VARIABLE.search(text))
