"""The command line, as a person uses it."""

from __future__ import annotations

import csv
import gzip
import json
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from explorer.cli import main
from tests.test_pipeline import planted_texts

FILES = {
    "records.csv": "row,id,x,y,cluster,cluster_name,duplicate_group,is_representative,strangeness,is_anomaly",
    "duplicate_pairs.csv": "row_a,row_b,id_a,id_b,similarity,kind,text_a,text_b",
    "duplicate_groups.csv": "group,size,representative_id,row,id,similarity,text",
    "anomalies.csv": "rank,row,id,strangeness,reason,nearest_id,nearest_similarity,text",
    "clusters.csv": "cluster,name,size,examples",
    "rejected.csv": "source,line,reason,text",
}


def tickets(folder: Path, texts: list[str] | None = None) -> Path:
    path = folder / "tickets.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["key", "summary"])
        writer.writerows([f"T-{i}", text] for i, text in enumerate(texts or planted_texts()))
    return path


def analyze(*arguments: object) -> int:
    return main(["analyze", *map(str, arguments), "--model", "words:cli"])


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_everything_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert analyze(tickets(tmp_path), "--out", out) == 0
    for name, header in FILES.items():
        first = (out / name).read_text("utf-8").splitlines()[0]
        assert first.replace('"', "") == header, name
    for name in ("records.parquet", "report.html", "report.xlsx", "analysis.json"):
        assert (out / name).stat().st_size > 0
    assert len(rows_of(out / "records.csv")) == len(planted_texts())
    groups = rows_of(out / "duplicate_groups.csv")
    copies = [row for row in groups if "password" in row["text"]]
    assert [row["id"] for row in copies] == ["T-75", "T-76", "T-77"]
    assert {row["kind"] for row in rows_of(out / "duplicate_pairs.csv")} == {"exact", "near"}
    assert [row["id"] for row in rows_of(out / "anomalies.csv")] == ["T-80"]
    neighbours = pq.read_table(out / "records.parquet")["neighbors"].to_pylist()
    assert neighbours[75]["ids"][:2] == [76, 77]
    assert 75 not in neighbours[75]["ids"]
    assert neighbours[75]["distances"] == sorted(neighbours[75]["distances"])
    summary = json.loads((out / "analysis.json").read_text())
    assert summary["counts"]["n_records"] == len(planted_texts())
    assert set(summary["seconds"]) >= {"read", "embed", "layout"}
    said = capsys.readouterr()
    assert f"{len(planted_texts())} tickets" in said.out
    assert "\r" not in said.err, "no moving bar where the output is no terminal"


def test_the_same_file_gives_the_same_bytes(tmp_path: Path) -> None:
    analyze(tickets(tmp_path), "--out", tmp_path / "a")
    analyze(tickets(tmp_path), "--out", tmp_path / "b", "--no-cache")
    for path in (tmp_path / "a").iterdir():
        if path.is_file() and path.name != "analysis.json":  # which holds the seconds it took
            assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name


def test_a_log_is_masked_and_its_lines_keep_their_place(tmp_path: Path) -> None:
    log = tmp_path / "service.log.gz"
    lines = [f"2026-03-01T10:00:{i:02} ERROR [db] pool-{i} exhausted after {i} ms from 10.0.0.{i}" for i in range(40)]
    log.write_bytes(gzip.compress("\n".join([*lines, "", "disk failure imminent on sda"]).encode()))
    assert analyze(log, "--out", tmp_path / "out") == 0
    records = rows_of(tmp_path / "out" / "records.csv")
    assert len(records) == 41
    assert records[40]["id"].endswith(":42")
    pairs = rows_of(tmp_path / "out" / "duplicate_pairs.csv")
    assert {row["kind"] for row in pairs} == {"masked"}
    assert len(pairs) == 39


def test_columns_settings_and_several_files(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('key,short,long,"a, b"\n1,printer,it jams,x\n')
    (tmp_path / "b.csv").write_text('key,short,long,"a, b"\n1,vpn,it drops,y\n')
    out = tmp_path / "out"
    options = ["--text", "long,short", "--id", "key", "--duplicate-threshold", "0.8", "--seed", "7", "--table"]
    options += ["--category-column", "a, b", "--category-column", "short"]
    assert analyze(tmp_path / "a.csv", tmp_path / "b.csv", "--out", out, *options) == 0
    assert [row["id"] for row in rows_of(out / "records.csv")] == ["1", "1"], "a repeated id never merges records"
    assert pq.read_table(out / "records.parquet")["text"].to_pylist() == ["it jams\nprinter", "it drops\nvpn"]
    summary = json.loads((out / "analysis.json").read_text())
    assert summary["columns"]["categories"] == ["a, b", "short"], "a name may hold a comma"
    settings = summary["settings"]
    assert (settings["duplicates"]["threshold"], settings["layout"]["seed"]) == (0.8, 7)


def test_the_other_roles_are_those_that_were_named(tmp_path: Path) -> None:
    table, out = tmp_path / "a.csv", tmp_path / "out"
    table.write_text("key,where,stage,url,summary\n1,web,a=b,https://x.example/1,it jams\n2,app,new,,it drops\n")
    options = ["--text", "summary", "--role", "product=where", "--role", "link=", "--role", "status=Stage"]
    assert analyze(table, "--out", out, *options) == 0
    columns = json.loads((out / "analysis.json").read_text())["columns"]
    assert (columns["product"], columns["link"], columns["status"]) == ("where", None, "stage")


def test_columns_of_a_log_are_those_that_were_named(tmp_path: Path) -> None:
    log, out = tmp_path / "app.log", tmp_path / "out"
    log.write_text(
        "".join(
            f"2026-03-01 10:00:{i:02},000 {['INFO', 'WARN'][i % 2]} [t-{i % 3}] a.B: disk {i} full\n" for i in range(12)
        )
    )
    options = ["--id", "thread", "--text", "level,message", "--time", "", "--categories", "component, thread"]
    assert analyze(log, "--out", out, *options) == 0
    assert [row["id"] for row in rows_of(out / "records.csv")][:3] == ["t-0", "t-1", "t-2"]
    assert pq.read_table(out / "records.parquet")["text"][0].as_py() == "INFO disk 0 full"
    columns = json.loads((out / "analysis.json").read_text())["columns"]
    assert (columns["id"], columns["time"]) == ("thread", None)
    assert (columns["text"], columns["categories"]) == (["level", "message"], ["component", "thread"])


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["missing.csv"], "missing.csv"),
        (["tickets.csv", "--text", "sumary"], "Did you mean 'summary'?"),
        (["tickets.csv", "--categories", "summary,stat"], "no column 'stat'"),
        (["tickets.csv", "--text="], "at least one column"),
        (["tickets.csv", "--role", "status=stat"], "no column 'stat'"),
        (["tickets.csv", "--role", "team=summary"], "names no role and its column"),
        (["tickets.csv", "--role", "status"], "names no role and its column"),
        (["tickets.csv", "--session", "key", "--id", "key"], "leave --id and --categories out"),
        (["tickets.csv", "--session", "key", "--categories", "key"], "leave --id and --categories out"),
        (["tickets.csv", "--duplicate-threshold", "7"], "threshold is 7.0; choose"),
        (["tickets.csv", "--neighbours", "0", "--min-cluster-size", "1"], "smallest cluster size is 1"),
        (["tickets.csv", "--model", "/no/such/folder"], "no model folder"),
        (["binary.csv"], "binary.csv"),
        (["empty.csv"], "empty.csv"),
        (["header.csv"], "header.csv"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_exit_code_2(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    tickets(tmp_path)
    (tmp_path / "binary.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(2000))
    (tmp_path / "empty.csv").touch()
    (tmp_path / "header.csv").write_text("id,text\n")
    assert main(["analyze", *options, "--out", "out"]) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert "Traceback" not in said


def test_a_fault_of_ours_is_a_number_and_never_a_record(
    tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    record = "secret" + " ticket text"

    def broken(*_: object, **__: object) -> None:
        raise KeyError(record)

    monkeypatch.setattr("explorer.pipeline.find_clusters", broken)
    assert analyze(tickets(tmp_path), "--out", tmp_path / "out") == 1
    said = capsys.readouterr().err
    log = (home / "faults.log").read_text()
    assert "fault" in said
    assert record not in said + log
    assert "builtins.KeyError" in log


def test_a_home_that_cannot_be_made_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path / "file" / "home"))
    assert analyze(tickets(tmp_path), "--out", tmp_path / "out") == 2
    assert "EXPLORER_HOME" in capsys.readouterr().err


def test_search_and_similar_answer_from_a_finished_analysis(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    analyze(tickets(tmp_path), "--out", out)
    capsys.readouterr()
    assert main(["search", str(out), "urgent password reset", "-k", "2", "--json"]) == 0
    hits = json.loads(capsys.readouterr().out)
    assert (hits[0]["id"], hits[0]["n_copies"]) == ("T-75", 3)
    assert main(["similar", str(out), "--id", "T-75", "-k", "3"]) == 0
    assert [line.split()[3] for line in capsys.readouterr().out.splitlines()[:2]] == ["T-76", "T-77"]
    assert main(["similar", str(out), "--id", "T-999"]) == 2
    assert "Did you mean" in capsys.readouterr().err
    assert main(["search", str(tmp_path / "nowhere"), "x"]) == 2
    assert "no finished analysis" in capsys.readouterr().err


def test_terminal_commands_in_a_record_are_not_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "tickets.csv"
    path.write_text("key,sum\x1b[31mmary\nA\x1b]0;owned\x07,printer \x1b[31m jam\nB,printer jam\nC,vpn down\n")
    analyze(path, "--out", tmp_path / "out")
    analyze(path, "--out", tmp_path / "out", "--text", "summry")
    main(["search", str(tmp_path / "out"), "printer"])
    main(["similar", str(tmp_path / "out"), "--row", "1", "--json"])
    said = capsys.readouterr()
    assert "\x1b" not in said.out + said.err


def test_help_starts_fast_and_names_every_command() -> None:
    said = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "explorer", "--help"], capture_output=True, text=True, check=True
    )
    for command in ("analyze", "search", "similar", "app"):
        assert command in said.stdout
    imported = {line.rsplit("|", 1)[-1].strip() for line in said.stderr.splitlines()}
    assert not imported & {"torch", "streamlit", "pandas", "umap", "sentence_transformers"}


@pytest.mark.slow
def test_the_built_in_model_needs_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("tried to reach the network")

    monkeypatch.setattr("socket.socket.connect", refuse)
    texts = ["I cannot log in", "My login fails", "The coffee machine is broken"]
    assert main(["analyze", str(tickets(tmp_path, texts)), "--out", str(tmp_path / "out")]) == 0
