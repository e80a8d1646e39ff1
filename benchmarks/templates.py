"""Log templates beside drain3: how many lines are grouped as they should be, speed and memory.

    python benchmarks/templates.py logs.csv                      drain3 in an environment made for it
    python benchmarks/templates.py logs.csv --drain3 PYTHON      drain3 as another interpreter has it
    python benchmarks/templates.py logs.csv --lines 0            accuracy only

The CSV has the columns ``system``, ``content`` (the message without its header) and ``template`` (the true one), as
LogHub's labelled samples have when brought into one file. Both sides get ``content`` in the order of the file, each
system by itself. Grouping accuracy (Zhu et al. 2019) is the share of lines whose group holds exactly the lines of their
true template. drain3 runs twice: as it comes, and with the masking of its README. A second table counts cases in which
lines that mean opposite things are put together.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import subprocess
import sys
import tempfile
import time
import venv
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DRAIN3 = "drain3==0.9.11"
SIDES = ("explorer", "drain3", "drain3 masked")

# The masking of drain3's README.
_BEFORE, _AFTER = "((?<=[^A-Za-z0-9])|^)", "((?=[^A-Za-z0-9])|$)"
README_MASKS = [
    (_BEFORE + r"(([0-9a-f]{2,}:){3,}([0-9a-f]{2,}))" + _AFTER, "ID"),
    (_BEFORE + r"(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})" + _AFTER, "IP"),
    (_BEFORE + r"([0-9a-f]{6,} ?){3,}" + _AFTER, "SEQ"),
    (_BEFORE + r"([0-9A-F]{4} ?){4,}" + _AFTER, "SEQ"),
    (_BEFORE + r"(0x[a-f0-9A-F]+)" + _AFTER, "HEX"),
    (_BEFORE + r"([\-\+]?\d+)" + _AFTER, "NUM"),
    (r'(?<=executed cmd )(".+?")', "CMD"),
]

OPPOSITES = [
    ("payment ok for order 17", "payment failed for order 18", "payment declined for order 19"),
    ("VM Started on host 4", "VM Paused on host 5", "VM Crashed on host 6"),
    ("link eth0 is up", "link eth1 is down"),
    ("Accepted password for root from 10.0.0.1", "Denied password for root from 10.0.0.2"),
    ("GET /cart/17 status=200 in 3 ms", "GET /cart/18 status=404 in 4 ms", "GET /cart/19 status=500 in 5 ms"),
    ("2026-01-02 10:00:00 INFO backup of 12 files", "2026-01-02 10:00:01 ERROR backup of 13 files"),
    ("certificate 12 is valid", "certificate 13 is expired", "certificate 14 is revoked"),
    ("worker 3 exited with code 0", "worker 4 exited with code 137"),
    ("feature flag 7 enabled", "feature flag 8 disabled"),
    ('{"level": "info", "msg": "sync done", "id": 1}', '{"level": "info", "msg": "sync not done", "id": 2}'),
]


def main() -> None:
    """Compares both sides and prints the tables."""
    if sys.argv[1:] == ["--worker"]:
        print(json.dumps(drain(json.load(sys.stdin))))
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--drain3", type=Path, metavar="PYTHON", help="an interpreter that has drain3")
    parser.add_argument("--lines", type=int, default=100_000, help="lines of the log that speed is measured on")
    options = parser.parse_args()
    systems = read(options.file)
    groups = {name: [content for content, _ in rows] for name, rows in systems.items()}
    groups |= {f"opposites {i}": list(case) for i, case in enumerate(OPPOSITES)}
    task = {"groups": groups, "log": make_log(options.lines)}
    with tempfile.TemporaryDirectory() as folder:
        python = options.drain3 or make_environment(Path(folder))
        theirs = subprocess.run(
            [str(python), __file__, "--worker"], input=json.dumps(task), capture_output=True, text=True, check=True
        )
    found = {**ours(task), **json.loads(theirs.stdout)}
    print_accuracy(systems, found)
    print_opposites(found)
    if options.lines:
        print(f"\n{options.lines:,} lines of a made-up log, on one core, and how far memory rose")
        for side in SIDES:
            speed = options.lines / found[side]["seconds"]
            print(f"  {side:<14}{speed:>10,.0f} lines/s{found[side]['megabytes']:>8,.0f} MB")


def read(path: Path) -> dict[str, list[tuple[str, str]]]:
    """(content, true template) of each line, by system."""
    systems: dict[str, list[tuple[str, str]]] = defaultdict(list)
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            systems[row["system"]].append((row["content"], row["template"]))
    return dict(systems)


def make_environment(folder: Path) -> Path:
    """A fresh environment with drain3: its exact pins have no place beside anything else."""
    venv.create(folder / "drain3", with_pip=True)
    python = folder / "drain3" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", DRAIN3], check=True)
    return python


def ours(task: dict[str, Any]) -> dict[str, Any]:
    """The product's group of each line, and what masking and mining a log take."""
    sys.path.insert(0, str(ROOT))
    from explorer.ingest.log_text import mask_record
    from explorer.ingest.templates import mine_templates

    def group(lines: Sequence[str]) -> list[str]:
        records = [mask_record(line) for line in lines]
        template = mine_templates(records).of_text
        return [template[record] for record in records]

    labels = {name: group(lines) for name, lines in task["groups"].items()}
    return {"explorer": {"labels": labels, **measured(lambda: group(task["log"]))}}


def drain(task: dict[str, Any]) -> dict[str, Any]:
    """The same for drain3; runs in its own environment."""
    from drain3 import TemplateMiner
    from drain3.masking import MaskingInstruction
    from drain3.template_miner_config import TemplateMinerConfig

    def group(lines: Iterable[str], is_masked: bool) -> list[int]:
        config = TemplateMinerConfig()
        if is_masked:
            config.masking_instructions = [MaskingInstruction(pattern, name) for pattern, name in README_MASKS]
        miner = TemplateMiner(config=config)
        return [miner.add_log_message(line)["cluster_id"] for line in lines]

    out = {}
    for side, is_masked in (("drain3", False), ("drain3 masked", True)):
        labels = {name: group(lines, is_masked) for name, lines in task["groups"].items()}
        out[side] = {"labels": labels, **measured(partial(group, task["log"], is_masked))}
    return out


def measured(work: Callable[[], object]) -> dict[str, float]:
    """Seconds of one core, and by how many MB this process's memory rose at most (Linux)."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before, start = memory_mb("VmRSS"), time.process_time()
    work()
    seconds = time.process_time() - start
    return {"seconds": seconds, "megabytes": memory_mb("VmHWM") - before}


def memory_mb(name: str) -> float:
    """One of the sizes in this process's status."""
    facts = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(facts[name].split()[0]) / 1024


def grouping_accuracy(found: Sequence[object], true: Sequence[object]) -> float:
    """The share of lines whose found group is the same set of lines as their true one."""
    by_found, by_true = defaultdict(list), defaultdict(list)
    for line, (a, b) in enumerate(zip(found, true, strict=True)):
        by_found[a].append(line)
        by_true[b].append(line)
    right = sum(len(lines) for lines in by_true.values() if by_found[found[lines[0]]] == lines)
    return right / max(len(true), 1)


def print_accuracy(systems: dict[str, list[tuple[str, str]]], found: dict[str, Any]) -> None:
    """Grouping accuracy of each side on each system and in the mean."""
    print(f"{'grouping accuracy':<20}{'lines':>8}{'true':>6}" + "".join(f"{side:>16}" for side in SIDES))
    means = dict.fromkeys(SIDES, 0.0)
    for name, rows in systems.items():
        true = [template for _, template in rows]
        cells = ""
        for side in SIDES:
            labels = found[side]["labels"][name]
            accuracy = grouping_accuracy(labels, true)
            means[side] += accuracy / len(systems)
            cells += f"{accuracy:>9.4f} ({len(set(labels)):>4})"
        print(f"{name:<20}{len(rows):>8,}{len(set(true)):>6}{cells}")
    print(f"{'mean':<34}" + "".join(f"{means[side]:>9.4f}       " for side in SIDES))


def print_opposites(found: dict[str, Any]) -> None:
    """In how many cases lines that mean opposite things got one template."""
    print(f"\nlines of opposite meaning put together, of {len(OPPOSITES)} cases")
    for side in SIDES:
        merged = sum(len(set(found[side]["labels"][f"opposites {i}"])) < len(x) for i, x in enumerate(OPPOSITES))
        print(f"  {side:<14}{merged:>10}")


def make_log(n: int) -> list[str]:
    """``n`` lines of five services, about 150 characters each."""
    pick = random.Random(1)
    services = ("orders", "payments", "auth", "catalog", "search")
    users = [f"user{i}" for i in range(300)] + ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi"]
    kinds = (
        "INFO [{s}] GET /api/v1/{s2}/{n} status={status} in {ms} ms for user={user} request={hex} bytes={n2}",
        "WARN [{s}] slow query took {ms} ms: SELECT * FROM items WHERE id = {n} client={ip}:{port} request={hex}",
        "ERROR [{s}] payment {end} for order {n} customer {user} trace {hex} after {few} retries",
        "DEBUG [{s}] cache {hit} key=/var/cache/{s2}/{hex}.bin size={n2} bytes age {few}.5 s ttl={ms}",
        "INFO [{s}] session {open} for user {user} from {ip} port {port} id {hex}",
    )
    lines = []
    for i in range(n):
        values = {
            "s": pick.choice(services), "s2": pick.choice(services), "user": pick.choice(users),
            "n": pick.randrange(10**6), "n2": pick.randrange(10**5), "ms": pick.randrange(3000),
            "few": pick.randrange(9),
            "status": pick.choice((200, 200, 200, 404, 500)), "end": pick.choice(("failed", "declined", "ok")),
            "hit": pick.choice(("hit", "miss")), "open": pick.choice(("opened", "closed")),
            "hex": f"{pick.getrandbits(64):016x}", "port": pick.randrange(1024, 65536),
            "ip": ".".join(str(pick.randrange(256)) for _ in range(4)),
        }  # fmt: skip
        clock = f"{i // 3_600_000 % 24:02d}:{i // 60_000 % 60:02d}:{i // 1000 % 60:02d}.{i % 1000:03d}"
        lines.append(f"2026-09-01T{clock}Z web-{pick.randrange(40)} " + pick.choice(kinds).format(**values))
    return lines


if __name__ == "__main__":
    main()
