"""Explorer beside the script a user would otherwise write: the same file, the same minute, each in its own process.

    python benchmarks/run.py                                     1,000, 10,000 and 50,000 tickets, 200,000 log lines
    python benchmarks/run.py --tickets 1000 --lines 20000        smaller

Prints seconds per stage, seconds of processor time (which another program on the machine does not change), peak memory
and the ratios. The files are made by the samples' own generator
with as many seeds as it takes. Neither side uses a cache; both use the same model on the same processor.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import plain_script

ROOT = Path(__file__).resolve().parent.parent
STAGES = (
    "import", "read", "collapse", "embed", "neighbours", "layout", "clusters", "duplicates", "anomalies",
)  # fmt: skip


def main() -> None:
    """Runs both sides on every size asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tickets", type=int, nargs="*", default=[1_000, 10_000, 50_000])
    parser.add_argument("--lines", type=int, nargs="*", default=[200_000])
    parser.add_argument(
        "--at-most",
        type=float,
        default=30,
        metavar="TIMES",
        help="stop the script when it has taken so many times the product's processor time (default: %(default)g)",
    )
    parser.add_argument("--side", nargs=2, metavar=("SIDE", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        side, path = options.side
        if side == "product":
            tell(product(Path(path)))
        else:
            plain_script.run(Path(path), tell)
        return
    with tempfile.TemporaryDirectory() as folder:
        # UMAP's compiled code is in place before either side is timed.
        warm = make_file(Path(folder), 300, "tickets")
        for side in ("product", "plain"):
            run_side(side, warm, Path(folder))
        for kind, sizes in (("tickets", options.tickets), ("lines", options.lines)):
            for n in sizes:
                compare(f"{n:,} {kind}", make_file(Path(folder), n, kind), Path(folder), options.at_most)


def tell(seconds: dict[str, float]) -> None:
    """What this process took until now; the last line that it prints counts."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = round(used.ru_utime + used.ru_stime, 1)
    print(json.dumps({"seconds": seconds, "cpu": cpu, "peak_mb": round(used.ru_maxrss / 1024)}), flush=True)


def compare(name: str, path: Path, folder: Path, at_most: float) -> None:
    """Runs both sides on one file and prints what they took."""
    ours = run_side("product", path, folder)
    limit = round(at_most * ours["cpu"])
    theirs = run_side("plain", path, folder, limit)
    print(f"\n{name:<14}{'product':>10}{'script':>10}{'ratio':>8}")
    for stage in STAGES:
        a, b = ours["seconds"].get(stage, 0.0), theirs["seconds"].get(stage, 0.0)
        print(f"  {stage:<12}{a:>10.1f}{b:>10.1f}" + (f"{a / b:>8.2f}" if b >= 0.1 else ""))
    a, b = sum(ours["seconds"].values()), sum(theirs["seconds"].values())
    print(f"  {'total':<12}{a:>10.1f}{b:>10.1f}{a / b:>8.2f}")
    a, b = ours["cpu"], theirs["cpu"]
    less = "< " if theirs["stopped"] else ""
    print(f"  {'processor':<12}{a:>10.1f}{b:>10.1f}{f'{less}{a / b:.2f}':>8}")
    print(f"  {'peak MB':<12}{ours['peak_mb']:>10,}{theirs['peak_mb']:>10,}")
    if theirs["stopped"]:
        print(f"  The script was stopped after {limit:,} seconds of processor time; it had finished the stages above.")
    sys.stdout.flush()


def run_side(side: str, path: Path, folder: Path, limit: int = resource.RLIM_INFINITY) -> dict:
    """One side in a process of its own; ``stopped`` says that it reached the ``limit`` of processor seconds."""
    own = {"EXPLORER_HOME": str(folder / "home"), "NUMBA_CACHE_DIR": str(folder / "numba"), "TQDM_DISABLE": "1"}
    environment = {**os.environ, **own}
    command = [sys.executable, __file__, "--side", side, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as child:
        resource.prlimit(child.pid, resource.RLIMIT_CPU, (limit, limit))
        out, _ = child.communicate()
    stopped = child.returncode in (-signal.SIGXCPU, -signal.SIGKILL) and limit != resource.RLIM_INFINITY
    if child.returncode and not stopped:
        raise subprocess.CalledProcessError(child.returncode, command)
    told = json.loads(out.splitlines()[-1])
    return told | {"stopped": stopped, "cpu": limit if stopped else told["cpu"]}


def product(path: Path) -> dict[str, float]:
    """Seconds per stage of Explorer, without the cache and without the reports, which the script does not write."""
    start = time.perf_counter()
    from explorer.embed import get_embedder
    from explorer.ingest import read
    from explorer.pipeline import analyze

    embedder = get_embedder("all-MiniLM-L6-v2")
    loaded = time.perf_counter()
    corpus = read(path)
    seconds = {"import": round(loaded - start, 2), "read": round(time.perf_counter() - loaded, 2)}
    return {**seconds, **analyze(corpus, embedder=embedder).seconds}


def make_file(folder: Path, n: int, kind: str) -> Path:
    """A file of n tickets or log lines."""
    path = folder / (f"tickets-{n}.csv" if kind == "tickets" else f"service-{n}.log")
    rows: list[list[str]] = []
    lines: list[str] = []
    for seed in range(1, 10_000):
        made = folder / "made"
        command = [sys.executable, "-B", str(ROOT / "sample_data" / "make_samples.py"), "--out", str(made)]
        subprocess.run([*command, "--seed", str(seed)], check=True, capture_output=True)
        if kind == "tickets":
            with (made / "tickets.csv").open(newline="", encoding="utf-8") as file:
                header, *some = csv.reader(file)
            rows += some
        else:
            lines += (made / "service.log").read_text("utf-8").splitlines()
        if max(len(rows), len(lines)) >= n:
            break
    if kind == "tickets":
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header, *rows[:n]])
    else:
        path.write_text("\n".join(lines[:n]) + "\n", encoding="utf-8")
    return path


if __name__ == "__main__":
    main()
