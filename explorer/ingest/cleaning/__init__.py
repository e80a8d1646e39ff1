"""What tickets say without what mail programs, forms and markup put around it."""

from explorer.ingest.cleaning.clean import (
    KINDS,
    CleanedTexts,
    Cut,
    clean_text,
    clean_texts,
    explain_cleaning,
    find_forms,
)

__all__ = [
    "KINDS",
    "CleanedTexts",
    "Cut",
    "clean_text",
    "clean_texts",
    "explain_cleaning",
    "find_forms",
]
