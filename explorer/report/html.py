"""The report as one HTML file that needs no network: a headline, the map, groups, anomalies and how to read them.

Every text goes through Jinja2's escaping; the only scripts are our own two, named by their hashes in the page's content
security policy, so that a script inside a record cannot run even if it got into the page. The file carries no date and
no run times: the same analysis gives the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from explorer.copies import copies_of_texts
from explorer.report.cells import page_text, shorten
from explorer.report.files import replacing
from explorer.report.html_map import N_COLOURS, map_data
from explorer.report.summary import counted, headline, record_noun, summary
from explorer.report.worddiff import Segment, differing_facts, word_diff
from explorer.types import Analysis, Ints

MAX_GROUPS = 50
MAX_MEMBERS = 6
MAX_ANOMALIES = 50
MAX_CLUSTERS = 20
MAX_REJECTED = 10

_COMPARED_LENGTH = 8_000  # characters of a text that are compared word by word
_SHOWN_LENGTH = 900
_EQUAL_LENGTH = 320  # an unchanged stretch longer than this is shown by its two ends
_ID_LENGTH = 60


def write_html(analysis: Analysis, path: Path) -> None:
    """Write the report to ``path``; raises :class:`StorageError` when the disk refuses."""
    page = render_html(analysis)
    with replacing(path) as temporary:
        temporary.write_text(page, encoding="utf-8", newline="\n")


def render_html(analysis: Analysis) -> str:
    """The whole page."""
    plotly_js, map_js = _scripts()
    drawing = map_data(analysis)
    drawing_json = json.dumps(drawing, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    return _template().render(
        policy=_policy(plotly_js, map_js),
        plotly_js=Markup(plotly_js),  # noqa: S704 - a file of the installed library, not data
        map_js=Markup(map_js),  # noqa: S704 - a file of this package, not data
        map_json=Markup(drawing_json),  # noqa: S704 - JSON in which "<" is escaped, read as text and parsed
        n_map_shown=drawing["n_shown"],
        **_context(analysis),
    )


def _policy(*scripts: str) -> str:
    """The page's content security policy: nothing is loaded, and only the scripts given may run.

    Plotly's WebGL layer compiles its drawing functions, which needs 'unsafe-eval'; no text of a record reaches it.
    """
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    sources = " ".join(f"'sha256-{value}'" for value in hashes)
    return (
        f"default-src 'none'; script-src {sources} 'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:; "
        f"base-uri 'none'; form-action 'none'"
    )


@cache
def _scripts() -> tuple[str, str]:
    own = files("explorer.report").joinpath("report_map.js").read_text(encoding="utf-8")
    return get_plotlyjs().replace("\r\n", "\n").replace("\r", "\n"), own.replace("\r\n", "\n")


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, finalize=_printable, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["count"] = lambda value: f"{value:,}"
    environment.filters["similarity"] = lambda value: f"{value:.3f}"
    return environment.from_string(files("explorer.report").joinpath("report.html.j2").read_text(encoding="utf-8"))


def _printable(value: object) -> object:
    """Every text of the page passes here before it is escaped: names of files and columns come from strangers too."""
    return page_text(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _context(analysis: Analysis) -> dict[str, Any]:
    facts = summary(analysis)
    noun = record_noun(analysis)
    n_same, n_worded = copies_of_texts(analysis)
    duplicates, anomalies = analysis.duplicates, analysis.anomalies
    return {
        "headline": headline(analysis),
        "headline_parts": headline(analysis).split(", "),
        "sources": ", ".join(page_text(report.source, 80) for report in analysis.corpus.reports),
        "noun": noun,
        "nouns": noun + "s",
        "counted": counted,
        "counts": facts["counts"],
        "n_same": int(n_same.sum()),
        "n_worded": int(n_worded.sum()),
        "left_out": analysis.corpus.left_out,
        "facts": facts,
        "threshold": duplicates.threshold,
        "reports": analysis.corpus.reports,
        "rejected": [
            {
                "place": f"{item.source}, line {item.line}",
                "reason": page_text(item.reason),
                "text": _plain(item.text, 200),
            }
            for item in analysis.corpus.rejected[:MAX_REJECTED]
        ],
        "warnings": analysis.warnings,
        "clusters": _clusters(analysis),
        "groups": [_group(analysis, group, n_worded) for group in range(min(MAX_GROUPS, duplicates.n_groups))],
        "anomalies": [_anomaly(analysis, rank, n_worded) for rank in range(min(MAX_ANOMALIES, len(anomalies.ranked)))],
        "settings": [
            (f"{stage}.{name}", "automatic" if value is None else value)
            for stage, values in facts["settings"].items()
            for name, value in values.items()
        ],
    }


def _clusters(analysis: Analysis) -> list[dict[str, Any]]:
    clusters = analysis.clusters
    largest = max(clusters.n_records.tolist(), default=1)
    return [
        {
            "number": number,
            "colour": number if number < N_COLOURS else None,
            "name": page_text(clusters.names[number], 80),
            "n_records": int(clusters.n_records[number]),
            "n_texts": int(clusters.n_texts[number]),
            "percent": round(100 * int(clusters.n_records[number]) / largest, 1),
            "examples": [
                page_text(analysis.corpus.texts[int(analysis.distinct.first_row[text])], 160)
                for text in clusters.examples[number]
            ],
        }
        for number in range(min(MAX_CLUSTERS, len(clusters.names)))
    ]


def _group(analysis: Analysis, group: int, n_worded: Ints) -> dict[str, Any]:
    duplicates = analysis.duplicates
    leader = int(duplicates.representative[group])
    members = np.flatnonzero(duplicates.group == group)
    members = members[members != leader]
    members = members[np.lexsort((members, -duplicates.similarity[members]))]
    return {
        "number": group,
        "n_records": int(duplicates.n_records[group]),
        "n_texts": len(members) + 1,
        "leader": {**_who(analysis, leader, n_worded), "text": _plain(_text(analysis, leader), _SHOWN_LENGTH)},
        "members": [_member(analysis, leader, int(text), n_worded) for text in members[:MAX_MEMBERS]],
        "n_more": max(0, len(members) - MAX_MEMBERS),
    }


def _member(analysis: Analysis, leader: int, text: int, n_worded: Ints) -> dict[str, Any]:
    """A member beside its leader; masked texts are compared as masked, since times and addresses always differ."""
    is_masked = analysis.corpus.mask
    a, b = (
        page_text((analysis.distinct.texts[one] if is_masked else _text(analysis, one))[:_COMPARED_LENGTH])
        for one in (leader, text)
    )
    return {
        **_who(analysis, text, n_worded),
        "as_read": _plain(_text(analysis, text), _SHOWN_LENGTH) if is_masked else None,
        "similarity": float(analysis.duplicates.similarity[text]),
        "segments": abridged(word_diff(a, b)),
        "facts": [{"kind": fact.kind, "text": shorten(str(fact), 60)} for fact in differing_facts(a, b)[:8]],
    }


def _anomaly(analysis: Analysis, rank: int, n_worded: Ints) -> dict[str, Any]:
    anomalies = analysis.anomalies
    text = int(anomalies.ranked[rank])
    nearest = int(anomalies.nearest[text])
    beside = None
    if nearest >= 0:
        beside = {**_who(analysis, nearest, n_worded), "text": _plain(_text(analysis, nearest), _SHOWN_LENGTH)}
    return {
        **_who(analysis, text, n_worded),
        "rank": rank + 1,
        "strangeness": float(anomalies.strangeness[text]),
        "reason": page_text(anomalies.reasons[rank]),
        "pieces": marked(_plain(_text(analysis, text), _SHOWN_LENGTH), anomalies.missing_words[rank]),
        "nearest": beside,
        "nearest_similarity": float(anomalies.nearest_similarity[text]),
    }


def marked(text: str, words: tuple[str, ...]) -> list[tuple[bool, str]]:
    """``text`` in pieces, each with whether it is one of ``words`` (whole words, letter case aside)."""
    if not words:
        return [(False, text)]
    either = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    pieces = re.split(rf"(?<!\w)({either})(?!\w)", text, flags=re.IGNORECASE)
    return [(i % 2 == 1, piece) for i, piece in enumerate(pieces) if piece]


def abridged(segments: list[Segment]) -> list[Segment]:
    """The segments with long unchanged stretches shown by their ends and long changes by their beginning."""
    out = []
    for i, (op, text_a, text_b) in enumerate(segments):
        if op == "equal":
            head = text_b if len(text_b) <= _EQUAL_LENGTH else _ends(text_b, i == 0, i == len(segments) - 1)
            out.append(Segment(op, head, head))
        else:
            out.append(Segment(op, _cut(text_a, _SHOWN_LENGTH // 2), _cut(text_b, _SHOWN_LENGTH // 2)))
    return out


def _ends(text: str, is_first: bool, is_last: bool) -> str:
    half = _EQUAL_LENGTH // 2
    head = "" if is_first and not is_last else text[:half]
    tail = "" if is_last and not is_first else text[-half:]
    return f"{head} […] {tail}"


def _who(analysis: Analysis, text: int, n_worded: Ints) -> dict[str, Any]:
    """The record that stands for a text, how many have the text, and how many of these word what does not count
    otherwise."""
    row = int(analysis.distinct.first_row[text])
    return {
        "id": page_text(analysis.corpus.ids[row], _ID_LENGTH),
        "n_records": int(analysis.distinct.counts[text]),
        "n_worded": int(n_worded[text]),
    }


def _text(analysis: Analysis, text: int) -> str:
    return analysis.corpus.texts[int(analysis.distinct.first_row[text])]


def _plain(text: str, limit: int) -> str:
    """The beginning of a text with its line ends, and how much is missing."""
    return page_text(_cut(text, limit))


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[:limit].rstrip()} […] ({len(text):,} characters)"
