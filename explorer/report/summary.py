"""An analysis in one sentence, and in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from explorer.counting import counted as counted
from explorer.params import TICKET_ROLES
from explorer.types import Analysis, Corpus

#: What the counts are called where a person reads them, in the order in which they are shown.
COUNT_LABELS: Mapping[str, str] = {
    "n_records": "Records",
    "n_distinct_texts": "Distinct texts",
    "n_empty": "Records without text",
    "n_rejected": "Rows set aside",
    "n_cells_repaired": "Cells repaired",
    "n_copies": "Records that repeat an earlier text",
    "n_near_pairs": "Near-duplicate pairs of texts",
    "n_opposed_pairs": "Near pairs that say different things",
    "n_groups": "Duplicate groups",
    "n_records_in_groups": "Records in groups",
    "n_mergeable": "Records that could be merged away",
    "n_clusters": "Clusters",
    "n_unclustered": "Records outside clusters",
    "n_anomalies": "Anomalies (records)",
    "n_anomaly_texts": "Anomalies (distinct texts)",
    "n_windowed_texts": "Texts read in pieces",
    "n_unreadable_texts": "Texts compared by letters",
}


def record_noun(analysis: Analysis) -> str:
    """What one record is called: "ticket" or "log line"."""
    return "ticket" if analysis.corpus.kind == "tickets" else "log line"


def headline(analysis: Analysis) -> str:
    """The analysis in one line: "4,210 tickets, 2,960 distinct texts, 318 duplicate groups, 27 anomalies".

    Anomalies are counted in records, as everything else that is not called a text or a group.
    """
    numbers = counts(analysis)
    return ", ".join(
        [
            counted(numbers["n_records"], record_noun(analysis)),
            counted(numbers["n_distinct_texts"], "distinct text"),
            counted(numbers["n_groups"], "duplicate group"),
            counted(numbers["n_anomalies"], "anomaly", "anomalies"),
        ]
    )


def counts(analysis: Analysis) -> dict[str, int]:
    """How many of everything there are; records unless the name says texts, pairs, groups or clusters.

    ``n_mergeable`` is how many records would go if every group became one record: records in groups minus groups.
    ``n_unreadable_texts`` are in a script that the model cannot read and were compared by their letters.
    """
    distinct, duplicates, clusters = analysis.distinct, analysis.duplicates, analysis.clusters
    unclustered = clusters.label < 0
    n_in_groups = int(duplicates.n_records.sum())
    return {
        "n_records": analysis.corpus.n_records,
        "n_distinct_texts": distinct.n_texts,
        "n_empty": distinct.n_empty,
        "n_rejected": sum(report.n_rows_rejected for report in analysis.corpus.reports),
        "n_cells_repaired": sum(report.n_cells_repaired for report in analysis.corpus.reports),
        "n_copies": analysis.corpus.n_records - distinct.n_empty - distinct.n_texts,
        "n_near_pairs": duplicates.n_pairs,
        "n_opposed_pairs": duplicates.n_opposed,
        "n_groups": duplicates.n_groups,
        "n_records_in_groups": n_in_groups,
        "n_mergeable": n_in_groups - duplicates.n_groups,
        "n_clusters": len(clusters.names),
        "n_unclustered": int(distinct.counts[unclustered].sum()),
        "n_anomalies": int(distinct.counts[analysis.anomalies.is_anomaly].sum()),
        "n_anomaly_texts": int(analysis.anomalies.is_anomaly.sum()),
        "n_windowed_texts": int((analysis.embedding.n_windows > 1).sum()),
        "n_unreadable_texts": int(analysis.embedding.by_letters.sum()),
    }


def summary(analysis: Analysis) -> dict[str, Any]:
    """All that is to be known about an analysis beside its tables, of plain types: it goes into JSON as it is.

    ``search.recall`` is the share of true nearest neighbours found, measured on ``search.n_recall_sample`` texts (1 for
    an exact search). ``pairs.floor`` is the similarity down to which pairs are known; it is above ``pairs.asked_floor``
    only where there were too many. ``seconds`` per stage and ``peak_memory_bytes`` are the only values that change
    between two runs of the same fingerprint.
    """
    corpus = analysis.corpus
    return {
        "headline": headline(analysis),
        "kind": corpus.kind,
        "counts": counts(analysis),
        "files": [
            {**asdict(report), "notes": list(report.notes), "sheets": list(report.sheets)} for report in corpus.reports
        ],
        "columns": {
            "id": corpus.roles.id,
            "text": list(corpus.roles.text),
            "time": corpus.roles.time,
            **{role: getattr(corpus.roles, role) for role in TICKET_ROLES},
            "categories": list(corpus.roles.categories),
            "reasons": dict(corpus.roles.reasons),
        },
        "masked": corpus.mask,
        "cleaned": _cleaned(corpus),
        "warnings": list(analysis.warnings),
        "settings": analysis.params.to_dict(),
        "model": analysis.embedding.model_id,
        "search": {
            "method": analysis.neighbours.method,
            "recall": _number(analysis.neighbours.recall),
            "n_recall_sample": int(analysis.neighbours.n_recall_sample),
        },
        "map": analysis.layout.method,
        "pairs": {"floor": _number(analysis.pairs.floor), "asked_floor": _number(analysis.pairs.asked_floor)},
        "anomalies": {
            "cut": None if analysis.anomalies.cut is None else _number(analysis.anomalies.cut),
            "typical_nearest_similarity": [_number(value) for value in analysis.anomalies.typical],
        },
        "seconds": {stage: round(float(value), 3) for stage, value in analysis.seconds.items()},
        "peak_memory_bytes": int(analysis.peak_memory_bytes),
        "versions": dict(analysis.versions),
        "fingerprint": analysis.fingerprint,
    }


def _cleaned(corpus: Corpus) -> dict[str, Any] | None:
    """What does not count in texts: records per kind, and the parts of forms that were found."""
    if corpus.cleaning is None:
        return None
    forms = {name: sorted(keys) for name, keys in vars(corpus.cleaning.forms).items()}
    return {"n_records": dict(corpus.cleaning.n_records), "forms": forms}


def _number(value: float) -> float | None:
    """A float that JSON can hold: rounded to 6 digits, None where it is not a number."""
    return round(float(value), 6) if np.isfinite(value) else None
