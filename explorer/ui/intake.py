"""Uploads, files on the server and samples: kept under our own names until they are analysed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from explorer.ingest.inspection import Inspection
from explorer.params import ReadParams
from explorer.report.cells import export_text
from explorer.types import Progress, RejectedRow
from explorer.ui.server import sample_folder
from explorer.workspace.config import load_config
from explorer.workspace.incoming import Incoming
from explorer.workspace.isolated import read_isolated
from explorer.workspace.tables import load_inspection, load_table

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

SAMPLE_CHOSEN = "sample_chosen"  # in the session: which sample
_ROUND = "upload_round"  # in the session: a new number empties the uploader
_HELD = "held"  # in the session: what is chosen now
_MAX_LISTED = 2_000  # files on the server


@dataclass(frozen=True)
class Sample:
    """A sample file that comes with Explorer."""

    file: str
    title: str
    sentence: str
    icon: str


SAMPLES = (
    Sample(
        "tickets.csv",
        "Help-desk tickets",
        "1,500 tickets of a fictional company, with repeats in other words.",
        ":material/support_agent:",
    ),
    Sample(
        "service.log",
        "Service log",
        "20,400 lines of a fictional order service, with bursts of errors.",
        ":material/terminal:",
    ),
)


@dataclass(frozen=True)
class Chosen:
    """Files to analyse: where they are, what they are called, and a hash of their content."""

    paths: tuple[Path, ...]
    names: tuple[str, ...]
    fingerprint: str


def upload_key() -> str:
    """The uploader's key; it changes when its files have been analysed."""
    return f"upload-{st.session_state.get(_ROUND, 0)}"


def choose_uploads(uploads: list[UploadedFile]) -> Chosen:
    """Keeps uploads on disk under random names; the visitor's names are only shown."""
    incoming, paths, names, digest = Incoming(), [], [], blake2b(digest_size=12)
    for upload in uploads:
        path = incoming.keep(upload.getbuffer())
        digest.update(bytes.fromhex(path.name) + upload.name.encode("utf-8", "replace"))
        paths.append(path)
        # A child process cannot be given a NUL in an argument, and a lone surrogate cannot be stored.
        names.append("".join(c if c.isprintable() else "\ufffd" for c in upload.name)[:200] or "upload")
    incoming.note(digest.hexdigest(), paths)
    return Chosen(tuple(paths), tuple(names), digest.hexdigest())


def hold(chosen: Chosen | None) -> None:
    """Makes ``chosen`` what the visitor has chosen now: of what they chose before and took back nothing stays."""
    incoming = Incoming()
    incoming.sweep()
    before: Chosen | None = st.session_state.get(_HELD)
    if before is not None and (chosen is None or chosen.fingerprint != before.fingerprint):
        incoming.forget_choice(before.fingerprint)
        incoming.forget_uploads(set(before.paths).difference(chosen.paths if chosen else ()))
    st.session_state[_HELD] = chosen


def choose_sample(sample: Sample) -> Chosen:
    """The files of a sample."""
    path = sample_folder() / sample.file
    return Chosen((path,), (sample.file,), blake2b(path.read_bytes(), digest_size=12).hexdigest())


def server_files(folders: Sequence[Path]) -> dict[str, Path]:
    """Files below the folders that an administrator allows, by the name to show; links out of them are left out."""
    found: dict[str, Path] = {}
    for folder in folders:
        root = folder.resolve()
        for path in sorted(root.rglob("*")):
            if len(found) == _MAX_LISTED:
                return found
            if path.is_file() and path.resolve().is_relative_to(root):
                found[f"{folder.name}/{path.relative_to(root)}"] = path
    return found


def choose_server_files(files: dict[str, Path], names: Sequence[str]) -> Chosen:
    """Files on the server; large ones are told apart by size and time of change, not by reading them whole."""
    digest = blake2b(digest_size=12)
    for name in names:
        stat = files[name].stat()
        digest.update(f"{files[name]} {stat.st_size} {stat.st_mtime_ns}\n".encode("utf-8", "surrogateescape"))
    return Chosen(tuple(files[name] for name in names), tuple(Path(name).name for name in names), digest.hexdigest())


def read(chosen: Chosen, reading: ReadParams) -> Inspection:
    """What a child process read of the chosen files, once for each way of reading them.

    Raises InputError with a sentence for the user.
    """
    folder = read_folder(chosen, reading)
    done = load_inspection(folder)
    if done is not None:
        return done
    place = st.empty()

    def show(progress: Progress) -> None:
        rows = f" {progress.done:,} rows so far" if progress.done else ""
        place.caption(f":material/hourglass_top: Reading the file ...{rows}")

    show(Progress("read", 0, 0))
    try:
        limits = load_config().reading
        return read_isolated(chosen.paths, chosen.names, reading, folder, limits=limits, progress=show)
    finally:
        place.empty()


def read_folder(chosen: Chosen, reading: ReadParams) -> Path:
    """Where the chosen files' table is, read in this way."""
    way = blake2b("\0".join(reading.to_arguments()).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return Incoming().read_folder(chosen.fingerprint, way)


def rejected_csv(chosen: Chosen, reading: ReadParams) -> bytes:
    """Every row that was set aside, as a CSV in which no cell is a formula."""
    table = load_table(read_folder(chosen, reading))
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(RejectedRow._fields)
    writer.writerows(_safe_cells(table.rejected if table else ()))
    return out.getvalue().encode("utf-8")


def _safe_cells(rejected: Sequence[RejectedRow]) -> Iterator[list[object]]:
    for row in rejected:
        yield [export_text(value) for value in row]


def forget(chosen: Chosen) -> None:
    """Removes what an analysis has taken a copy of, and empties the choice."""
    hold(chosen)
    hold(None)
    st.session_state.pop(SAMPLE_CHOSEN, None)
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
