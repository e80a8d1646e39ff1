"""What was chosen and not yet analysed: uploads, and the tables that were read to show them.

An upload is a file whose name is a hash of its content. What was read of a choice of files is in folders that begin
with ``read-`` and the choice's fingerprint; a note of the choice names the uploads in it, so that what was read of
an upload can be removed with it.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from secrets import token_hex

from explorer.workspace.home import data_folder

_KEEP_SECONDS = 24 * 3600  # what was never analysed is forgotten after a day
_NOTE = ".uploads"  # ends the name of a choice's note


def content_hash(path: Path) -> str:
    """The name of an upload with this file's content."""
    digest = blake2b(digest_size=16)
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


class Incoming:
    """What waits below ``home`` (by default the user's data folder)."""

    def __init__(self, home: Path | None = None) -> None:
        self._folder = (home or data_folder()) / "incoming"
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def keep(self, content: bytes | memoryview) -> Path:
        """Where an upload is kept, for its owner alone."""
        path = self._folder / blake2b(content, digest_size=16).hexdigest()
        if not path.exists():
            own = self._folder / f"{token_hex(8)}.part"
            with os.fdopen(os.open(own, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
                file.write(content)
            own.replace(path)
        path.touch()
        return path

    def note(self, fingerprint: str, uploads: Sequence[Path]) -> None:
        """Notes which uploads the choice ``fingerprint`` is made of."""
        note = self._folder / (fingerprint + _NOTE)
        note.write_text("\n".join(path.name for path in uploads), encoding="ascii")

    def read_folder(self, fingerprint: str, way: str) -> Path:
        """Where the table is that was read of the choice ``fingerprint`` in one way."""
        return self._folder / f"read-{fingerprint}-{way}"

    def forget_choice(self, fingerprint: str) -> None:
        """Removes what was read of a choice; its uploads stay."""
        for path in self._folder.glob(f"read-{fingerprint}-*"):
            shutil.rmtree(path, ignore_errors=True)
        (self._folder / (fingerprint + _NOTE)).unlink(missing_ok=True)

    def forget_uploads(self, paths: Iterable[Path]) -> None:
        """Removes those of ``paths`` that are uploads, and whatever was read of them, alone or with other files."""
        self._forget({path.name for path in paths if path.parent == self._folder})

    def forget_copies(self, paths: Iterable[Path]) -> None:
        """Removes the uploads that have the content of one of ``paths``, and whatever was read of them."""
        if any(self._folder.iterdir()):  # large files are not read for nothing
            self._forget({content_hash(path) for path in paths})

    def _forget(self, names: set[str]) -> None:
        for name in names:
            (self._folder / name).unlink(missing_ok=True)
        for note in self._folder.glob(f"*{_NOTE}"):
            with suppress(FileNotFoundError):  # another visit was faster
                if not names.isdisjoint(note.read_text(encoding="ascii").split()):
                    self.forget_choice(note.stem)

    def sweep(self) -> None:
        """Removes what has waited for more than a day."""
        for path in self._folder.iterdir():
            with suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > _KEEP_SECONDS:
                    shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()
