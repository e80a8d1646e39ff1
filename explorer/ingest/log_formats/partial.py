"""Long lines that a container runtime wrote in parts: put together again before anything is read from them.

Kubernetes (CRI) marks each part but the last with "P", Docker leaves the line end out.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.ingest.log_columns import COMPONENT, MESSAGE
from explorer.ingest.log_formats.base import Parsed

PART = "part"
MORE = "P"  # the line goes on in the next record of the same stream
_STREAM = "stream"


def join_parts(parsed: Parsed) -> Parsed:
    """Lines (n,) of which the first part of a long one says all of it, and the parts behind it, ``is_rest``, nothing.

    Parts are joined where they follow each other; one that another stream's line stands behind stays as it is.
    """
    part = parsed.columns.get(PART)
    if part is None or MESSAGE not in parsed.columns:
        return parsed
    goes_on = pc.fill_null(pc.equal(part, MORE), False).to_numpy(zero_copy_only=False)
    stream = parsed.columns.get(_STREAM, parsed.columns.get(COMPONENT))
    is_rest = np.zeros(len(part), dtype=np.bool_)
    is_rest[1:] = goes_on[:-1] & parsed.is_head.to_numpy(zero_copy_only=False)[1:]
    if stream is not None and len(part):
        names = pc.fill_null(stream, "").dictionary_encode().indices.to_numpy()
        is_rest[1:] &= names[1:] == names[:-1]
    if not is_rest.any():
        return parsed
    starts = np.flatnonzero(~is_rest)
    lengths = np.diff(np.append(starts, len(is_rest)))
    first = starts[lengths > 1]
    said = parsed.columns[MESSAGE].take(pa.array(np.flatnonzero(is_rest | np.isin(np.arange(len(is_rest)), first))))
    pieces = [piece or "" for piece in said.to_pylist()]
    bounds = pairwise(np.append(0, np.cumsum(lengths[lengths > 1])).tolist())
    whole = pa.array(["".join(pieces[start:end]) for start, end in bounds], pa.string())
    is_first = np.zeros(len(is_rest), dtype=np.bool_)
    is_first[first] = True
    messages = pc.if_else(pa.array(is_rest), "", parsed.columns[MESSAGE])
    messages = pc.replace_with_mask(messages, pa.array(is_first), whole)
    return parsed._replace(columns={**parsed.columns, MESSAGE: messages}, is_rest=pa.array(is_rest))
