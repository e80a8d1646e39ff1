"""Every test has a home of its own: nothing of the user's is read, and nothing stays behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from explorer.embed import EMBEDDERS
from tests.fakes import WordEmbedder

# The same examples on every run: a test that fails must fail for everybody. "search" looks for new ones:
#   pytest --hypothesis-profile search
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("search", max_examples=1_000, deadline=None)
settings.load_profile("steady")


@pytest.fixture(scope="session", autouse=True)
def compiled_code_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """UMAP's compiled code is kept for the whole run: compiling it for every test would take minutes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NUMBA_CACHE_DIR", str(tmp_path_factory.mktemp("numba")))
        yield


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where Explorer keeps things during the test."""
    folder = tmp_path / "explorer-home"
    monkeypatch.setenv("EXPLORER_HOME", str(folder))
    return folder


@pytest.fixture(autouse=True)
def word_embedder(monkeypatch: pytest.MonkeyPatch) -> type[WordEmbedder]:
    """Registers the model "words:NAME", through the same door as any other embedder."""
    monkeypatch.setitem(EMBEDDERS, "words", WordEmbedder)
    return WordEmbedder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fast tests first, then those that load the model, then the browser: what is wrong shows early."""
    items.sort(key=lambda item: 2 if item.get_closest_marker("browser") else int(bool(item.get_closest_marker("slow"))))
