"""The sample files are what their README promises, and the script still makes exactly these files."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parent.parent / "sample_data"
FILES = ("tickets.csv", "tickets.truth.csv", "service.log", "service.truth.csv")
Rows = list[dict[str, str]]


def read(name: str) -> Rows:
    with (SAMPLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def make(out: Path, *arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-B", "-W", "error", str(SAMPLES / "make_samples.py"), "--out", str(out), *arguments],
        check=True,
        capture_output=True,
        timeout=120,
    )


@pytest.fixture(scope="module")
def tickets() -> Rows:
    return read("tickets.csv")


@pytest.fixture(scope="module")
def truth() -> Rows:
    return read("tickets.truth.csv")


@pytest.fixture(scope="module")
def promised() -> dict[str, int]:
    """The numbers of the README's table by their label."""
    text = (SAMPLES / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+?) +\| +([\d,]+) \|", text, flags=re.MULTILINE)
    return {label: int(number.replace(",", "")) for label, number in rows}


def by_group(truth: Rows) -> dict[str, Rows]:
    groups: dict[str, Rows] = defaultdict(list)
    for row in truth:
        if row["group"]:
            groups[row["group"]].append(row)
    return groups


def test_the_script_makes_the_files_that_are_here_byte_for_byte(tmp_path: Path) -> None:
    make(tmp_path)
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (SAMPLES / name).read_bytes(), name


def test_another_seed_makes_other_files_with_the_same_plan(tmp_path: Path) -> None:
    make(tmp_path, "--seed", "7")
    assert (tmp_path / "tickets.csv").read_bytes() != (SAMPLES / "tickets.csv").read_bytes()
    with (tmp_path / "tickets.truth.csv").open(encoding="utf-8", newline="") as file:
        assert Counter(row["how"] for row in csv.DictReader(file)) == Counter(
            row["how"] for row in read("tickets.truth.csv")
        )


def test_every_ticket_has_one_id_and_one_row_of_truth(tickets: Rows, truth: Rows) -> None:
    ids = [row["ticket_id"] for row in tickets]
    assert len(set(ids)) == len(ids)
    assert [row["ticket_id"] for row in truth] == ids
    assert [row["created"] for row in tickets] == sorted(row["created"] for row in tickets)


def test_every_line_has_one_row_of_truth() -> None:
    lines = (SAMPLES / "service.log").read_text(encoding="utf-8").split("\n")
    assert lines.pop() == ""
    truth = read("service.truth.csv")
    assert [int(row["line"]) for row in truth] == list(range(1, len(lines) + 1))
    assert all(row["template"] for row in truth)
    assert lines == sorted(lines, key=lambda line: line[:24])


def test_counts_of_the_readme(tickets: Rows, truth: Rows, promised: dict[str, int]) -> None:
    groups = by_group(truth)
    hows = Counter(members[0]["how"] for members in groups.values())
    log_truth = read("service.truth.csv")
    odd_lines = [row["anomaly"] for row in log_truth if row["anomaly"]]
    found = {
        "tickets": len(tickets),
        "topics": len({row["topic"] for row in truth} - {"", "other"}),
        "groups of exact copies": hows["exact"],
        "groups of lightly edited copies": hows["light"],
        "groups of paraphrases": hows["paraphrase"],
        "reports in the burst": sum(row["how"] == "burst" for row in truth),
        "tickets that are in some group": sum(bool(row["group"]) for row in truth),
        "families of look-alikes": len({row["lookalike"] for row in truth} - {""}),
        "tickets that are look-alikes": sum(bool(row["lookalike"]) for row in truth),
        "anomalous tickets": sum(bool(row["anomaly"]) for row in truth),
        "kinds of anomalous tickets": len({row["anomaly"] for row in truth} - {""}),
        "tickets with an empty body": sum(not row["body"] for row in tickets),
        "tickets with neither title nor body": sum(not row["title"] and not row["body"] for row in tickets),
        "tickets longer than 2,500 characters": sum(len(row["body"]) > 2500 for row in tickets),
        "lines": len(log_truth),
        "templates": len({row["template"] for row in log_truth if not row["anomaly"]}),
        "anomalous lines": len(odd_lines),
        "kinds of anomalous lines": len(set(odd_lines)),
        "lines of the anomalous burst": max(Counter(odd_lines).values()),
    }
    assert found == promised


def test_planted_groups_have_at_least_two_members_of_one_kind(truth: Rows) -> None:
    for name, members in by_group(truth).items():
        assert len(members) >= 2, name
        assert len({(row["how"], row["topic"]) for row in members}) == 1, name
        assert not any(row["anomaly"] for row in members), name


def test_only_planted_copies_are_exact_copies(tickets: Rows, truth: Rows) -> None:
    group = {row["ticket_id"]: row["group"] for row in truth}
    texts: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in tickets:
        if row["title"] or row["body"]:
            texts[row["title"], row["body"]].add(group[row["ticket_id"]] or row["ticket_id"])
    assert [text for text, owners in texts.items() if len(owners) > 1] == []


def test_lookalikes_are_families_outside_every_group(truth: Rows) -> None:
    families = Counter(row["lookalike"] for row in truth if row["lookalike"])
    assert min(families.values()) >= 2
    assert not [row for row in truth if row["lookalike"] and (row["group"] or row["anomaly"])]


def test_no_blank_of_a_phrase_is_left_open(tickets: Rows) -> None:
    text = "\n".join(row["title"] + "\n" + row["body"] for row in tickets)
    text += (SAMPLES / "service.log").read_text(encoding="utf-8")
    assert re.findall(r"\{[a-z_]+\}|\[[\w ']+\|[\w ']*\]|::| ~ ", text) == []


def test_addresses_are_fictional(tickets: Rows) -> None:
    text = "\n".join(row["title"] + "\n" + row["body"] for row in tickets)
    text += (SAMPLES / "service.log").read_text(encoding="utf-8")
    domains = set(re.findall(r"@([\w.-]+\.\w+)", text))
    assert {domain for domain in domains if not domain.endswith("example.com")} == set()
    private = re.compile(r"(10|192\.0\.2|198\.51\.100|203\.0\.113)\.")
    addresses = set(re.findall(r"(?<![\d.])\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![\d.])", text))
    assert {address for address in addresses if not private.match(address)} == set()
