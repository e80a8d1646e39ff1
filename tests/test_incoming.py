"""What was chosen and not analysed: it goes with its upload, when it is taken back, and after a day."""

from __future__ import annotations

import os
import socket
import stat
import time
from pathlib import Path

import pytest

from explorer.ui.server import serve
from explorer.workspace.home import data_folder
from explorer.workspace.incoming import Incoming, content_hash
from explorer.workspace.library import Library
from tests.factories import make_analysis
from tests.ui.opened import put_in_library


@pytest.fixture
def incoming() -> Incoming:
    return Incoming()


def waiting() -> set[str]:
    """The content of every file that waits."""
    return {path.read_text() for path in (data_folder() / "incoming").rglob("*") if path.is_file()}


def choose(incoming: Incoming, fingerprint: str, *contents: str) -> list[Path]:
    """A choice of uploads that was read in two ways; what was read has the contents in it."""
    paths = [incoming.keep(content.encode()) for content in contents]
    incoming.note(fingerprint, paths)
    for way in ("one", "other"):
        folder = incoming.read_folder(fingerprint, way)
        folder.mkdir()
        (folder / "table").write_text(" ".join([*contents, way]))
    return paths


def test_an_upload_is_kept_once_for_its_owner_and_named_by_its_content(incoming: Incoming) -> None:
    path = incoming.keep(b"printer")
    assert incoming.keep(memoryview(b"printer")) == path
    assert path.name == content_hash(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert waiting() == {"printer"}


def test_what_was_read_of_an_upload_goes_with_it_also_when_read_with_others(incoming: Incoming) -> None:
    printer, _ = choose(incoming, "both", "printer", "vpn")
    choose(incoming, "alone", "printer")
    choose(incoming, "another", "mail")
    incoming.forget_uploads([printer, Path("/somewhere/else")])
    assert not any("printer" in content for content in waiting())
    assert {"vpn", "mail", "mail one", "mail other"} <= waiting()


def test_a_choice_is_forgotten_and_its_uploads_stay(incoming: Incoming) -> None:
    choose(incoming, "both", "printer", "vpn")
    incoming.forget_choice("both")
    assert waiting() == {"printer", "vpn"}


def test_after_a_day_nothing_waits_any_more(incoming: Incoming) -> None:
    choose(incoming, "old", "printer")
    for path in (data_folder() / "incoming").iterdir():
        os.utime(path, (time.time() - 25 * 3600,) * 2)
    choose(incoming, "new", "vpn")
    incoming.sweep()
    assert not any("printer" in content for content in waiting())
    assert {"vpn", "vpn one", "vpn other"} <= waiting()


def test_the_server_sweeps_when_it_starts(incoming: Incoming, monkeypatch: pytest.MonkeyPatch) -> None:
    path = incoming.keep(b"printer")
    os.utime(path, (time.time() - 25 * 3600,) * 2)
    started: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda _, command: started.append(command))
    monkeypatch.chdir(data_folder())
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    serve(port, open_browser=False)
    assert started
    assert not path.exists()


def test_deleting_an_analysis_forgets_what_waits_of_its_files(incoming: Incoming, home: Path) -> None:
    choose(incoming, "both", "printer", "vpn")
    choose(incoming, "another", "mail")
    analysis_id = put_in_library(make_analysis(["printer"]), home)
    source = home / "analyses" / analysis_id / "source"
    source.mkdir()
    (source / "0").write_text("printer")
    Library().delete(analysis_id)
    assert not any("printer" in content for content in waiting())
    assert {"vpn", "mail", "mail one", "mail other"} <= waiting()
