"""Every error a user can meet.

::

    ExplorerError                 show the message to the user; it is one sentence and needs no trace
    ├── InputError                the file or the data cannot be used
    │   ├── UnreadableFileError   not a table or a log we can open (binary, damaged, wrong format)
    │   └── UnknownColumnError    a column was named that the file does not have
    ├── SettingsError             a setting is out of range, or two contradict each other
    ├── ModelError                the embedding model is missing, damaged or not allowed
    ├── StorageError              something on disk is damaged, or the disk refused to write
    └── RunCancelledError         the user stopped the run

A message says what happened, what was seen and what to do, and never carries a record's text. Anything
that is not an :class:`ExplorerError` is a fault of ours: doors show an identifier and log the trace.
"""

from __future__ import annotations

from difflib import get_close_matches


class ExplorerError(Exception):
    """Base of all errors whose message is meant for the user."""


class InputError(ExplorerError):
    """The file or the data cannot be used."""


class UnreadableFileError(InputError):
    """The file is not a table or a log that can be opened."""


class UnknownColumnError(InputError):
    """A column was named that the file does not have; suggests the nearest one it has."""

    def __init__(self, name: str, columns: list[str]) -> None:
        near = nearest_name(name, columns)
        hint = f" Did you mean {near!r}?" if near is not None else ""
        listed = ", ".join(columns[:12]) + (", ..." if len(columns) > 12 else "")
        super().__init__(f"There is no column {name!r}.{hint} The columns are: {listed}.")


class SettingsError(ExplorerError):
    """A setting is out of range, or two contradict each other."""


class ModelError(ExplorerError):
    """The embedding model is missing, damaged or not allowed."""


class StorageError(ExplorerError):
    """Something on disk is damaged, or the disk refused to write."""


class RunCancelledError(ExplorerError):
    """The user stopped the run."""

    def __init__(self) -> None:
        super().__init__("The analysis was cancelled. Start it again to continue where it stopped.")


def nearest_name(name: str, candidates: list[str]) -> str | None:
    """The candidate most like ``name`` (letter case ignored), or None when nothing comes near."""
    folded: dict[str, str] = {}
    for candidate in candidates:
        folded.setdefault(candidate.casefold(), candidate)
    close = get_close_matches(name.casefold(), list(folded), n=1, cutoff=0.5)
    return folded[close[0]] if close else None
