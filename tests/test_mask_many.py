"""A Masker gives each text what mask_record gives it, on however many processes."""

from __future__ import annotations

import io

import pytest

from explorer.ingest import mask_many as module
from explorer.ingest.log_text import mask_record
from explorer.ingest.mask_many import Masker

TEXTS = [f'{i} took {i} ms at "é\u2028\ud800"\n\tat x({i})' for i in range(50)] + ["", "ok", '{"b":1,"a":2}']
MASKED = [mask_record(text) for text in TEXTS]


def masked(parts: list[list[str]], fewest: int = 5) -> list[str]:
    with Masker(fewest) as masker:
        places = [place for part in parts for place in masker.mask(part).tolist()]
        assert len(set(masker.texts)) == len(masker.texts)
        return [masker.texts[place] for place in places]


@pytest.mark.parametrize("n_cores", [1, 2, 3])
def test_the_result_is_the_same_on_any_number_of_processes(n_cores: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_n_cores", lambda: n_cores)
    assert masked([TEXTS]) == MASKED
    assert masked([TEXTS[:20], [], TEXTS[20:21], TEXTS[21:]]) == MASKED


class Broken:
    """A worker that answers nothing of use."""

    def __init__(self, answer: bytes) -> None:
        self.stdin, self.stdout = io.BytesIO(), io.BytesIO(answer)

    def kill(self) -> None:
        pass

    wait = kill


@pytest.mark.parametrize("answer", [None, b"", b"not JSON\n", b'[["a"], [0]]\n'])
def test_what_a_failing_process_was_to_do_is_done(answer: bytes | None, monkeypatch: pytest.MonkeyPatch) -> None:
    def start(*_: object, **__: object) -> Broken:
        if answer is None:
            raise OSError("no more processes")
        return Broken(answer)

    monkeypatch.setattr(module, "_n_cores", lambda: 2)
    monkeypatch.setattr(module.subprocess, "Popen", start)
    assert masked([TEXTS, TEXTS]) == MASKED + MASKED


def test_few_texts_need_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_Worker", lambda: pytest.fail("a process was started"))
    assert masked([TEXTS, []], fewest=module.FEWEST_PER_PROCESS) == MASKED
