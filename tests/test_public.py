"""The public surface, and that the documents speak the truth about it."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import explorer
from explorer.cli import main

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_every_public_name_is_there_and_documented() -> None:
    assert dir(explorer) == sorted(explorer.__all__)
    for name in explorer.__all__:
        assert getattr(explorer, name).__doc__, name
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = explorer.nonsense


def test_importing_is_fast() -> None:
    code = "import sys, explorer; print(sorted({'torch', 'streamlit', 'umap', 'pandas'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


@pytest.mark.slow
def test_the_readmes_python_runs_as_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    blocks = re.findall(r"```python\n(.*?)```", README, re.S)
    assert len(blocks) == 1
    head = (ROOT / "sample_data" / "tickets.csv").read_text("utf-8")[:60_000]
    (tmp_path / "tickets.csv").write_text(head[: head.rindex("\nHD-") + 1], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    exec(compile(blocks[0], "README.md", "exec"), {})
    assert "tickets" in capsys.readouterr().out
    assert (tmp_path / "report" / "report.html").is_file()


def test_the_readmes_commands_and_files_exist() -> None:
    from explorer.report import EXPORTERS

    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M)
    for target in re.findall(r"`?make ([a-z]+)", README):
        assert target in targets
    for exporter in EXPORTERS.values():
        assert f"`{exporter.file_name}`" in README
    for command in set(re.findall(r"^explorer (\w+)", README, re.M)):
        with pytest.raises(SystemExit) as stop:
            main([command, "--help"])
        assert stop.value.code == 0
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_every_dependency_is_ranged_and_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["test"]
    pinned = {line.split("==")[0].lower().replace("_", "-") for line in (ROOT / "constraints.txt").read_text().split()}
    for requirement in wanted:
        name = re.split(r"[<>=!]", requirement)[0].lower()
        assert re.search(r"[<>=]", requirement), requirement
        assert name in pinned, name


def test_no_page_can_show_a_record_as_html_or_markdown() -> None:
    sources = {path: path.read_text("utf-8") for path in [ROOT / "app.py", *(ROOT / "explorer").rglob("*.py")]}
    for path, source in sources.items():
        assert "unsafe_allow_html" not in source, path
        assert "components.html" not in source, path
        assert "import pickle" not in source, path
        if "ui" not in path.parts and path.name != "app.py":
            assert not re.search(r"^\s*(import|from) streamlit", source, re.M), path


def test_no_chart_offers_to_send_records_away() -> None:
    """plotly.js shows a button that uploads the chart, texts included, unless it is told not to."""
    for path in (ROOT / "explorer" / "ui").rglob("*.py"):
        for call in re.findall(r"st\.plotly_chart\((?:[^()]|\([^()]*\))*\)", path.read_text("utf-8")):
            assert "CONFIG" in call or '"displayModeBar": False' in call, f"{path.name}: {call}"
