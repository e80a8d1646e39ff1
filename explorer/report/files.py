"""Writing a file so that nobody ever sees half of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from explorer.errors import StorageError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """The name of a temporary file beside ``path``, which takes its place when the block ends well.

    Otherwise the temporary file is removed and what stood at ``path`` stays. Raises :class:`StorageError` when the
    disk refuses (no room, no right, no such folder).
    """
    temporary = path.with_name(f".{path.name}.{token_hex(4)}.part")
    try:
        yield temporary
        temporary.replace(path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StorageError(
            f"{path.name} could not be written to {path.parent}: {reason}. Free some room or choose another folder."
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
