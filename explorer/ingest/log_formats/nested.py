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
    """``outer`` gives each line its place and perhaps its time, ``inner`` (None where it is not known) the rest.

    ``has_own_time`` says that the time behind the prefix is the inner log's: the outer one may have one in its place.
    """

    outer: LogFormat
    inner: LogFormat | None
    has_own_time: bool = False

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
        columns = dict(outside.columns)
        if self.has_own_time:
            whole = with_time(outside)
            inside = self.inner.parse(whole)
            views = pc.if_else(inside.is_head, whole, views)
            columns[TIME] = pc.if_else(inside.is_head, None, columns[TIME])
        else:
            inside = self.inner.parse(views)
        for name, column in inside.columns.items():
            if name == MESSAGE:
                # A line that is not in the inner format is its own message.
                columns[name] = pc.if_else(inside.is_head, column, messages)
            elif name == COMPONENT and name in columns:
                columns["container"] = columns[name]
                columns[name] = column
            elif name == LEVEL and name in columns:
                columns[name] = pc.coalesce(column, columns[name])
            elif name == TIME and name in columns:
                # Kubernetes and Docker write their time if asked to; else the program's own is the only one.
                outer = columns[name]
                columns[name] = pc.coalesce(outer, column)
                columns["program's time"] = pc.if_else(pc.is_valid(outer), column, None)
            elif name in columns:
                columns[f"{name} (inner)"] = column
            else:
                columns[name] = column
        is_head = pc.and_(outside.is_head, inside.is_head)
        n_left_out = outside.n_left_out + inside.n_left_out
        return Parsed(is_head, columns, n_left_out, views, outside.is_head, outside.is_rest)


def with_time(outside: Parsed) -> pa.Array:
    """The messages (n,) behind a prefix, with the time in front that the prefix took for its own; "" where none is."""
    messages = pc.fill_null(outside.columns[MESSAGE], "")
    return pc.coalesce(pc.binary_join_element_wise(outside.columns[TIME], messages, " "), messages)
