"""Faults of ours: logged where only the user can read them, and never with a record's text."""

from __future__ import annotations

import traceback
from secrets import token_hex

from explorer.errors import ExplorerError
from explorer.workspace.home import data_folder


def internal_fault(error: BaseException) -> str:
    """Logs where an unexpected error happened, without its message (it may quote a record); returns a sentence."""
    fault = token_hex(4)
    frames = "".join(traceback.format_tb(error.__traceback__))
    try:
        where = data_folder() / "faults.log"
        with where.open("a", encoding="utf-8") as file:
            file.write(f"{fault} {type(error).__module__}.{type(error).__name__}\n{frames}\n")
    except (OSError, ExplorerError):
        return f"something went wrong on our side ({type(error).__name__}), and it could not be logged."
    return (
        f"something went wrong on our side (fault {fault}). The place in the code, without any record, is in {where}."
    )
