"""Explorer: see what repeats and what does not belong in your tickets and logs, offline.

::

    import explorer

    corpus = explorer.read("tickets.csv")
    analysis = explorer.analyze(corpus, store=explorer.default_store())
    print(explorer.headline(analysis))
    explorer.write_reports(analysis, "report")

``explorer.pipeline.analyze`` is the place to begin reading.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

#: Public names and where they live; they are imported when first used, because torch takes seconds.
_HOME = {
    "Analysis": "explorer.types",
    "Corpus": "explorer.types",
    "ExplorerError": "explorer.errors",
    "Params": "explorer.params",
    "analyze": "explorer.pipeline",
    "corpus_from_frame": "explorer.ingest",
    "corpus_from_texts": "explorer.ingest",
    "default_store": "explorer.workspace.home",
    "headline": "explorer.report",
    "load_analysis": "explorer.workspace.saved",
    "read": "explorer.ingest",
    "save_analysis": "explorer.workspace.saved",
    "search_records": "explorer.search",
    "similar_records": "explorer.search",
    "summary": "explorer.report",
    "write_reports": "explorer.report",
}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'explorer' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return __all__
