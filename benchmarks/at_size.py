"""Seconds and memory of every stage after the embedding, for made-up vectors of a given number.

    python benchmarks/at_size.py 10000 50000 100000

The vectors lie around as many centres as a ticket file of that size has topics; each stage is given as a multiple of
multiplying two 4,000 x 4,000 matrices in the same minute, so that figures of different machines can be compared.
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np

from explorer.ingest import corpus_from_texts
from explorer.pipeline import analyze


def main() -> None:
    """Runs the engine for each size given on the command line."""
    for n in [int(size) for size in sys.argv[1:]] or [10_000]:
        start = time.perf_counter()
        matrix = np.random.default_rng(0).standard_normal((4_000, 4_000)).astype(np.float32)
        _ = matrix @ matrix
        unit = time.perf_counter() - start
        analysis = analyze(corpus_from_texts([f"text number {i}" for i in range(n)]), vectors=made_up(n))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print(
            f"\n{n:,} texts; one unit is {unit:.2f} s here; peak memory {peak:.2f} GB; {analysis.neighbours.method}, "
            f"recall {analysis.neighbours.recall:.4f}, {len(analysis.pairs.a):,} pairs"
        )
        for stage, seconds in analysis.seconds.items():
            print(f"  {stage:<12} {seconds:8.1f} s {seconds / unit:8.1f} units")


def made_up(n: int, dim: int = 384) -> np.ndarray:
    """Vectors (n, dim) around n / 60 centres, one in ten of them close to another one."""
    rng = np.random.default_rng(1)
    centres = rng.standard_normal((max(n // 60, 5), dim)).astype(np.float32)
    vectors = centres[rng.integers(0, len(centres), n)] + 0.8 * rng.standard_normal((n, dim)).astype(np.float32)
    copies = rng.choice(n, n // 10, replace=False)
    vectors[copies] = vectors[rng.integers(0, n, len(copies))] + 0.25 * rng.standard_normal((len(copies), dim))
    return vectors


if __name__ == "__main__":
    main()
