"""Plain log lines: every line that is not blank is one record."""

from __future__ import annotations

from explorer.ingest.readers.base import Confidence, FileRows, RowSink, Tick, report
from explorer.ingest.source import Source

_SUFFIXES = {"log", "txt", "out", "err"}


class LinesReader:
    """Reads any text file line by line."""

    name = "log lines"
    is_lines = True

    def sniff(self, source: Source) -> Confidence:
        if not source.is_text:
            return Confidence.NO
        return Confidence.NAMED if source.suffix in _SUFFIXES else Confidence.FALLBACK

    def read(self, source: Source, tick: Tick) -> FileRows:
        text, encoding, notes = source.decoded
        sink = RowSink(["line"], tick)
        n_holes = 0
        for number, line in enumerate(physical_lines(text), start=1):
            if line.startswith("\x00"):
                line = line.lstrip("\x00")
                n_holes += 1
            if line and not line.isspace():
                sink.add((line,), number)
        cells, lines = sink.finish()
        made = report(
            source,
            self.name,
            n_kept=len(lines),
            n_rejected=0,
            encoding=encoding,
            n_cells_repaired=sink.n_repaired + n_holes,
            notes=notes,
        )
        return FileRows(cells, lines, made, ())


def physical_lines(text: str) -> list[str]:
    """Lines as an editor counts them, without their ends; a separator such as U+2028 is part of a line."""
    if "\n" not in text:
        return text.split("\r")
    if "\r" not in text:
        return text.split("\n")
    return [line.removesuffix("\r") for line in text.split("\n")]
