"""A bound that tells work from a hang: many times what it takes, in processor time, so that a busy machine passes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_hang(seconds: float = 60) -> Iterator[None]:
    """Fails when the block takes more processor time; an expression that backtracks takes hours."""
    start = time.process_time()
    yield
    assert time.process_time() - start < seconds
