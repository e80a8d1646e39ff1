"""From files, data frames and lists to a corpus, and from a corpus to its distinct texts."""

from explorer.ingest.cleaning import explain_cleaning, find_cuts
from explorer.ingest.collapse import collapse
from explorer.ingest.corpus import build_corpus
from explorer.ingest.files import read
from explorer.ingest.masking import mask_text
from explorer.ingest.memory import corpus_from_frame, corpus_from_texts
from explorer.ingest.roles import guess_roles, resolve_roles
from explorer.ingest.table import read_table
from explorer.ingest.text import normalize_text

__all__ = [
    "build_corpus",
    "collapse",
    "corpus_from_frame",
    "corpus_from_texts",
    "explain_cleaning",
    "find_cuts",
    "guess_roles",
    "mask_text",
    "normalize_text",
    "read",
    "read_table",
    "resolve_roles",
]
