"""Uploads and samples: files of the visitor, kept under our own names until they are analysed."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

import streamlit as st

from explorer.ingest import build_corpus, guess_roles, read_table
from explorer.params import ReadParams
from explorer.types import Corpus, Table
from explorer.ui.server import sample_folder
from explorer.workspace.home import data_folder

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

_KEEP_SECONDS = 24 * 3600  # an upload that was never analysed is forgotten after a day


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


def choose_uploads(uploads: list[UploadedFile]) -> Chosen:
    """Keeps uploads on disk under random names; the visitor's names are only shown."""
    folder = _incoming()
    paths, names, digest = [], [], blake2b(digest_size=12)
    for upload in uploads:
        content = upload.getbuffer()
        part = blake2b(content, digest_size=16).digest()
        path = folder / part.hex()
        if not path.exists():
            own = folder / f"{token_hex(8)}.part"
            with os.fdopen(os.open(own, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
                file.write(content)
            own.replace(path)
        path.touch()
        digest.update(part + upload.name.encode("utf-8", "replace"))
        paths.append(path)
        # A child process cannot be given a NUL in an argument, and a lone surrogate cannot be stored.
        names.append("".join(c if c.isprintable() else "\ufffd" for c in upload.name)[:200] or "upload")
    return Chosen(tuple(paths), tuple(names), digest.hexdigest())


def choose_sample(sample: Sample) -> Chosen:
    """The files of a sample."""
    path = sample_folder() / sample.file
    return Chosen((path,), (sample.file,), blake2b(path.read_bytes(), digest_size=12).hexdigest())


@st.cache_resource(max_entries=3, show_spinner="Reading the file ...")
def preview(fingerprint: str, reading: ReadParams, _chosen: Chosen) -> tuple[Table, Corpus]:
    """What the reader made of the chosen files, and the records it would analyse with the roles it guessed."""
    del fingerprint
    table = read_table(_chosen.paths, names=_chosen.names, params=reading)
    return table, build_corpus(table, guess_roles(table))


def forget_uploads(chosen: Chosen) -> None:
    """Removes uploads that an analysis has taken a copy of."""
    for path in chosen.paths:
        if path.parent == _incoming():
            path.unlink(missing_ok=True)


def _incoming() -> Path:
    folder = data_folder() / "incoming"
    folder.mkdir(exist_ok=True, mode=0o700)
    for path in folder.iterdir():
        if time.time() - path.stat().st_mtime > _KEEP_SECONDS:
            path.unlink(missing_ok=True) if path.is_file() else shutil.rmtree(path, ignore_errors=True)
    return folder
