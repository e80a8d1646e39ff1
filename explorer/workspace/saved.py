"""A finished analysis on disk: written once, read by the dashboard, ``explorer search`` and ``explorer.load``.

Three kinds of file below one folder: Parquet for texts and fields, ``arrays.npz`` for numbers (never pickled), and
``saved.json`` for the rest, which holds a checksum of each other file. A damaged file is reported, never read.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import fields
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from explorer.errors import StorageError
from explorer.params import Params
from explorer.strings import Strings, string_column
from explorer.types import (
    Analysis,
    Anomalies,
    Cleaning,
    Clusters,
    Corpus,
    Distinct,
    Duplicates,
    Embedding,
    Forms,
    Layout,
    Neighbours,
    Pairs,
    ReadReport,
    RejectedRow,
    Roles,
    Typical,
)

FOLDER = "saved"  # inside the folder of the reports
_FORMAT = 2
_STAGES: dict[str, type[Any]] = {
    "distinct": Distinct,
    "embedding": Embedding,
    "neighbours": Neighbours,
    "layout": Layout,
    "clusters": Clusters,
    "pairs": Pairs,
    "duplicates": Duplicates,
    "anomalies": Anomalies,
}
_FILES = ("records.parquet", "fields.parquet", "texts.parquet", "arrays.npz")


def save_analysis(analysis: Analysis, directory: Path) -> None:
    """Writes ``analysis`` below ``directory``; a run that is killed while writing leaves nothing that can be opened.

    Raises StorageError when the disk refuses.
    """
    folder = directory / FOLDER
    meta_path = folder / "saved.json"
    corpus = analysis.corpus
    arrays, meta = _taken_apart(analysis)
    if corpus.times is not None:
        arrays["corpus.times"] = corpus.times.astype("datetime64[ms]").astype(np.int64)
    records = pa.table({"id": string_column(corpus.ids), "text": string_column(corpus.texts)})
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        meta_path.unlink(missing_ok=True)  # it is written last: without it there is no analysis
        _write(folder / "records.parquet", lambda path: pq.write_table(records, path, compression="zstd"))
        _write(folder / "fields.parquet", lambda path: pq.write_table(_with_rows(corpus.fields), path))
        texts = pa.table({"text": list(analysis.distinct.texts)})
        _write(folder / "texts.parquet", lambda path: pq.write_table(texts, path, compression="zstd"))
        _write(folder / "arrays.npz", lambda path: _savez(path, arrays))
        meta["checksums"] = {name: _checksum(folder / name) for name in _FILES}
        content = json.dumps(meta, allow_nan=False).encode()
        _write(meta_path, lambda path: path.write_bytes(content))
    except OSError as error:
        raise StorageError(
            f"The analysis could not be saved in {folder} ({error.strerror or type(error).__name__}). Free some disk "
            "space, or choose another folder."
        ) from error


def load_analysis(directory: str | Path) -> Analysis:
    """The analysis that was saved below ``directory``.

    Raises StorageError when there is none, when a file is damaged, or when another version of Explorer wrote it.
    """
    folder = Path(directory) / FOLDER
    if not (folder / "saved.json").is_file():
        raise StorageError(
            f"There is no finished analysis in {directory}. Make one with: explorer analyze FILE --out DIR"
        )
    try:
        meta = json.loads((folder / "saved.json").read_bytes())
        if meta["format"] != _FORMAT:
            raise StorageError(f"The analysis in {directory} was made by another version of Explorer. Run it again.")
        for name in _FILES:
            if _checksum(folder / name) != meta["checksums"][name]:
                raise StorageError(f"The file {folder / name} is damaged. Run the analysis again.")
        with np.load(folder / "arrays.npz", allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        return _put_together(folder, meta, arrays)
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as error:
        raise StorageError(
            f"The analysis in {directory} is damaged ({type(error).__name__}). Run the analysis again."
        ) from error


def _taken_apart(analysis: Analysis) -> tuple[dict[str, np.ndarray[Any, Any]], dict[str, Any]]:
    """Arrays by "stage.field", and everything else as JSON values."""
    arrays: dict[str, np.ndarray[Any, Any]] = {}
    meta: dict[str, Any] = {"format": _FORMAT, "stages": {}}
    for stage, kind in _STAGES.items():
        result = getattr(analysis, stage)
        meta["stages"][stage] = {}
        for item in fields(kind):
            value = getattr(result, item.name)
            if isinstance(value, np.ndarray):
                arrays[f"{stage}.{item.name}"] = value
            elif not (stage == "distinct" and item.name == "texts"):
                meta["stages"][stage][item.name] = value
    corpus = analysis.corpus
    arrays |= {"corpus.lines": corpus.lines, "corpus.sources": corpus.sources}
    meta["corpus"] = {
        "kind": corpus.kind,
        "mask": corpus.mask,
        "fingerprint": corpus.fingerprint,
        "roles": {**vars(corpus.roles), "reasons": dict(corpus.roles.reasons)},
        "reports": [vars(report) for report in corpus.reports],
        "rejected": [list(row) for row in corpus.rejected],
        "cleaning": None if corpus.cleaning is None else _cleaning_values(corpus.cleaning),
    }
    meta["analysis"] = {
        "params": analysis.params.to_dict(),
        "warnings": analysis.warnings,
        "seconds": dict(analysis.seconds),
        "peak_memory_bytes": analysis.peak_memory_bytes,
        "versions": dict(analysis.versions),
        "fingerprint": analysis.fingerprint,
    }
    return arrays, meta


def _put_together(folder: Path, meta: dict[str, Any], arrays: dict[str, np.ndarray[Any, Any]]) -> Analysis:
    stages: dict[str, Any] = {}
    for stage, kind in _STAGES.items():
        values = {name: _tuples(value) for name, value in meta["stages"][stage].items()}
        values |= {name.split(".", 1)[1]: a for name, a in arrays.items() if name.startswith(f"{stage}.")}
        if stage == "distinct":
            values["texts"] = tuple(pq.read_table(folder / "texts.parquet")["text"].to_pylist())
        if stage == "anomalies":
            values["typical"] = Typical(*values["typical"])
        stages[stage] = kind(**values)
    records = pq.read_table(folder / "records.parquet")
    saved = meta["corpus"]
    times = arrays.get("corpus.times")
    corpus = Corpus(
        ids=Strings(records["id"]),
        texts=Strings(records["text"]),
        times=None if times is None else times.astype("datetime64[ms]"),
        fields=pq.read_table(folder / "fields.parquet").drop_columns([_ROW]),
        kind=saved["kind"],
        mask=saved["mask"],
        roles=Roles(**{name: _tuples(value) for name, value in saved["roles"].items()}),
        lines=arrays["corpus.lines"],
        sources=arrays["corpus.sources"],
        reports=tuple(ReadReport(**{k: _tuples(v) for k, v in report.items()}) for report in saved["reports"]),
        rejected=tuple(RejectedRow(*row) for row in saved["rejected"]),
        fingerprint=saved["fingerprint"],
        cleaning=_cleaning_of(saved.get("cleaning")),
    )
    values = {name: _tuples(value) for name, value in meta["analysis"].items()}
    return Analysis(corpus=corpus, **stages, **{**values, "params": Params.from_dict(values["params"])})


def _cleaning_values(cleaning: Cleaning) -> dict[str, Any]:
    return {
        "forms": {name: sorted(keys) for name, keys in vars(cleaning.forms).items()},
        "n_records": dict(cleaning.n_records),
        "examples": dict(cleaning.examples),
    }


def _cleaning_of(values: dict[str, Any] | None) -> Cleaning | None:
    if values is None:
        return None
    forms = Forms(**{name: frozenset(keys) for name, keys in values["forms"].items()})
    return Cleaning(forms, values["n_records"], values["examples"])


_ROW = "\0row"  # a table without columns would forget how many rows it has


def _with_rows(table: pa.Table) -> pa.Table:
    n = table.num_rows
    return table.append_column(_ROW, pa.array(np.arange(n, dtype=np.int64)))


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


def _savez(path: Path, arrays: dict[str, np.ndarray[Any, Any]]) -> None:
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def _write(path: Path, write: Callable[[Path], object]) -> None:
    """Writes beside the file and moves it into place, so that it is never seen half-written."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        write(part)
        part.chmod(0o600)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _checksum(path: Path) -> str:
    digest = blake2b(digest_size=16)
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
