"""What ``explorer analyze`` says when it is done: short, and nothing twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.counting import counted

if TYPE_CHECKING:
    from explorer.types import Analysis, ReadReport

_MOST_NOTES = 20  # of all files; a folder of logs has as many as it has files
_MOST_NAMES = 3


def outcome(analysis: Analysis, out: Path) -> Iterator[str]:
    """Lines: the headline, what was set aside, each note of the files once, warnings, and where the reports are."""
    from explorer.report import headline

    reports = analysis.corpus.reports
    yield headline(analysis)
    n_rejected = sum(report.n_rows_rejected for report in reports)
    if n_rejected:
        n_read = sum(report.n_rows_read for report in reports)
        verb = "was" if n_rejected == 1 else "were"
        yield (
            f"{n_rejected:,} of {counted(n_read, 'row')} {verb} set aside, with line and reason: {out / 'rejected.csv'}"
        )
    n_repaired = sum(report.n_cells_repaired for report in reports)
    if n_repaired:
        verb = "was" if n_repaired == 1 else "were"
        yield f"{counted(n_repaired, 'cell')} with NUL bytes or damaged characters {verb} repaired."
    notes = list(_notes(reports))
    yield from notes[:_MOST_NOTES]
    if len(notes) > _MOST_NOTES:
        yield f"... and {counted(len(notes) - _MOST_NOTES, 'more note')}, all in {out / 'report.html'}"
    for warning in analysis.warnings:
        yield f"Note: {warning}"
    yield f"The reports are in {out}; open {out / 'report.html'} first."


def _notes(reports: Sequence[ReadReport]) -> Iterator[str]:
    """Each note once, with the files it is about where it is not about all of them."""
    files: dict[str, list[str]] = {}
    for report in reports:
        for note in dict.fromkeys(report.notes):
            files.setdefault(note, []).append(report.source)
    for note, names in files.items():
        if len(names) == len(reports):  # counts in it are those of each file
            yield f"Note: {note}" if len(reports) == 1 else f"Note on each of the {len(reports):,} files: {note}"
            continue
        more = len(names) - _MOST_NAMES
        listed = ", ".join(names[:_MOST_NAMES]) + (f" and {counted(more, 'more file')}" if more > 0 else "")
        yield f"Note on {listed}: {note}"
