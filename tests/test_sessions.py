"""Sessions: the records that share a request, a block or a field, as one record each."""

from __future__ import annotations

import pytest

from explorer.errors import UnknownColumnError
from explorer.ingest import build_corpus, read_table
from explorer.ingest.sessions import group_sessions, guess_session_field, session_fields
from explorer.types import Corpus


@pytest.fixture
def corpus(tmp_path):
    def build(messages: list[str]) -> Corpus:
        path = tmp_path / "app.log"
        path.write_text(
            "".join(
                f"2026-11-21 06:{i // 60:02}:{i % 60:02} INFO [t{i % 2}] a.B: {m}\n" for i, m in enumerate(messages)
            )
        )
        return build_corpus(read_table([path]))

    return build


MESSAGES = [m for i in range(20) for m in (f"open blk_{i}", f"write blk_{i} a", f"write blk_{i} a", f"close blk_{i}")]


def test_what_names_the_sessions_is_guessed(corpus):
    assert guess_session_field(corpus(MESSAGES)) == "block"
    assert guess_session_field(corpus([f"step {i} userId=u{i // 5} x" for i in range(100)])) == "userId"
    for key in ("user", "session", "job_id"):
        assert guess_session_field(corpus([f"step {i} {key}=u{i // 5} x" for i in range(100)])) == key
    assert guess_session_field(corpus(["nothing", "at all", "here"])) is None


def test_a_record_without_a_time_stays_behind_the_one_above_it(tmp_path):
    path = tmp_path / "app.log"
    lines = ["2026-11-21 06:00:01 INFO user=a one", "user=a two", "2026-11-21 06:00:02 INFO user=a three"]
    path.write_text("\n".join(lines) + "\n")
    made = group_sessions(build_corpus(read_table([path])), "user")
    assert made.texts[0].split("\n") == ["user=a one", "user=a two", "user=a three"]


def test_a_name_that_no_record_has_is_not_proposed_in_its_place(corpus):
    with pytest.raises(UnknownColumnError) as raised:
        group_sessions(corpus(["nothing", "at all"]), "request")
    assert "Did you mean 'request'" not in str(raised.value)


def test_a_session_is_one_record_with_its_messages_and_places(corpus):
    made = group_sessions(corpus([*MESSAGES, "no block"]), "block")
    assert made.n_records == 21
    assert made.ids[:2] == ("blk_0", "blk_1")
    assert made.texts[0] == "open blk_0\nwrite blk_0 a (x2)\nclose blk_0"
    assert made.texts[-1] == "no block"
    assert made.fields.column("records").to_pylist()[0] == "4"
    assert made.fields.column("lines").to_pylist()[0] == "app.log:1, app.log:2, app.log:3, app.log:4"
    assert list(made.lines[:2]) == [1, 5]
    assert made.times is not None
    assert str(made.times[1]) == "2026-11-21T06:00:04.000"
    assert any("81 records became 20 sessions by 'block'; 1 record is" in note for note in made.reports[0].notes)


def test_no_message_of_a_session_is_lost(corpus):
    before = corpus(MESSAGES)
    made = group_sessions(before, "thread")
    assert sorted("\n".join(made.fields.column("line").to_pylist()).split("\n")) == sorted(
        before.fields.column("line").to_pylist()
    )
    assert made.fingerprint != before.fingerprint


def test_a_field_that_no_record_has_is_refused(corpus):
    with pytest.raises(UnknownColumnError):
        group_sessions(corpus(MESSAGES), "colour")


def test_what_may_name_sessions_is_told_with_what_it_would_make(corpus):
    best = session_fields(corpus(MESSAGES))[0]
    assert (best.name, best.n_sessions, best.n_records, best.n_looked_at) == ("block", 20, 80, 80)
    assert best.told == "each block · about 4.0 records each, 100 % of the records"


def test_sessions_of_many_records_are_put_together_part_by_part(corpus, monkeypatch):
    whole = group_sessions(corpus(MESSAGES), "block")
    monkeypatch.setattr("explorer.ingest.sessions._AT_ONCE", 3)
    parts = group_sessions(corpus(MESSAGES), "block")
    assert list(parts.texts) == list(whole.texts)
    assert parts.fingerprint == whole.fingerprint
