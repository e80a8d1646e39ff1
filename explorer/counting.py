"""Numbers with their nouns, as every sentence for a person has them."""

from __future__ import annotations


def counted(count: int, one: str, many: str | None = None) -> str:
    """``count`` with its noun: "1 ticket", "2 tickets"; ``many`` is the plural where an s does not make it."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
