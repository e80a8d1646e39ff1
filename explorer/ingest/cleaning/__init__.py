"""What tickets say without what mail programs, forms and markup put around it."""

from explorer.ingest.cleaning.clean import (
    KINDS,
    Cut,
    FoundCuts,
    clean_text,
    explain_cleaning,
    find_cuts,
    find_forms,
)

__all__ = [
    "KINDS",
    "Cut",
    "FoundCuts",
    "clean_text",
    "explain_cleaning",
    "find_cuts",
    "find_forms",
]
