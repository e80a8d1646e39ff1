"""Where Explorer keeps things on disk.

``EXPLORER_HOME`` moves everything; otherwise the places are those of the operating system. Folders are made
for their owner alone: what is kept there comes from the user's records.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_cache_path, user_data_path

from explorer.errors import StorageError

if TYPE_CHECKING:
    from explorer.embed.store import VectorStore

_NAME = "embedding-explorer"


def data_folder() -> Path:
    """Kept: uploads and analyses."""
    home = os.environ.get("EXPLORER_HOME")
    return _made(Path(home) if home else user_data_path(_NAME, appauthor=False))


def cache_folder() -> Path:
    """Can be computed again: vectors, compiled code."""
    home = os.environ.get("EXPLORER_HOME")
    return _made(Path(home) / "cache" if home else user_cache_path(_NAME, appauthor=False))


def default_store(owner: str = "python") -> VectorStore:
    """The vectors kept on this machine; ``owner`` is on whose behalf they are read and written."""
    from explorer.embed.store import VectorStore

    return VectorStore(cache_folder(), owner)


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StorageError(
            f"The folder {folder} cannot be made ({error.strerror}). Set EXPLORER_HOME to a folder that can be written."
        ) from error
    return folder
