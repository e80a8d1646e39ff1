"""mask_many gives each text what mask_record gives it, on however many processes."""

from __future__ import annotations

import subprocess

import pytest

from explorer.ingest import mask_many as module
from explorer.ingest.log_text import mask_record
from explorer.ingest.mask_many import mask_many

TEXTS = [f'{i} took {i} ms at "é\u2028\ud800"\n\tat x({i})' for i in range(50)] + ["", "ok", '{"b":1,"a":2}']
MASKED = [mask_record(text) for text in TEXTS]


@pytest.mark.parametrize("n_cores", [1, 2, 3])
def test_the_result_is_the_same_on_any_number_of_processes(n_cores, monkeypatch):
    monkeypatch.setattr(module, "_n_cores", lambda: n_cores)
    assert mask_many(TEXTS, fewest=5) == MASKED


@pytest.mark.parametrize(
    "error", [OSError("no more processes"), subprocess.CalledProcessError(1, "python"), ValueError("not JSON"), None]
)
def test_what_a_failing_process_was_to_do_is_done(error, monkeypatch):
    def fail(texts):
        if error is not None:
            raise error
        return texts[:-1]  # a worker that lost one

    monkeypatch.setattr(module, "_n_cores", lambda: 2)
    monkeypatch.setattr(module, "_in_process", fail)
    assert mask_many(TEXTS, fewest=5) == MASKED


def test_few_texts_need_no_process(monkeypatch):
    monkeypatch.setattr(module, "_in_process", lambda _: pytest.fail("a process was started"))
    assert mask_many(TEXTS) == MASKED
    assert mask_many([]) == []
