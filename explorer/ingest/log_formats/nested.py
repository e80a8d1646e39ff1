"""A log inside a log: what a container wrote, behind what Kubernetes or Docker put before each of its lines."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from explorer.ingest.log_columns import COMPONENT, LEVEL, MESSAGE, TIME
from explorer.ingest.log_formats.base import LogFormat, Parsed
from explorer.ingest.log_formats.partial import join_parts


@dataclass(frozen=True)
class NestedFormat:
    """``outer`` gives each line its place and perhaps its time, ``inner`` (None where it is not known) the rest."""

    outer: LogFormat
    inner: LogFormat | None

    @property
    def name(self) -> str:
        """Both names."""
        return self.outer.name if self.inner is None else f"{self.outer.name}: {self.inner.name}"

    @property
    def continues(self) -> str | None:
        """As the inner format has it."""
        return None if self.inner is None else self.inner.continues

    def parse(self, lines: pa.Array) -> Parsed:
        """Whether a line continues another is told by what stands behind the prefix: ``Parsed.views``."""
        outside = join_parts(self.outer.parse(lines))
        messages = outside.columns.get(MESSAGE, pa.nulls(len(lines), pa.string()))
        said = pc.fill_null(messages, "")
        views = pc.if_else(outside.is_head, said, lines)
        if self.inner is None:
            nobody = pa.array([False]).take(pa.array([0] * len(lines), pa.int64()))
            return Parsed(nobody, outside.columns, outside.n_left_out, views, outside.is_head, outside.is_rest)
        inside = self.inner.parse(views)
        columns = dict(outside.columns)
        for name, column in inside.columns.items():
            if name == MESSAGE:
                # A line that is not in the inner format is its own message.
                columns[name] = pc.if_else(inside.is_head, column, messages)
            elif name == COMPONENT and name in columns:
                columns["container"] = columns[name]
                columns[name] = column
            elif name == LEVEL and name in columns:
                columns[name] = pc.coalesce(column, columns[name])
            elif name in columns:
                columns["program's time" if name == TIME else f"{name} (inner)"] = column
            else:
                columns[name] = column
        is_head = pc.and_(outside.is_head, inside.is_head)
        n_left_out = outside.n_left_out + inside.n_left_out
        return Parsed(is_head, columns, n_left_out, views, outside.is_head, outside.is_rest)
