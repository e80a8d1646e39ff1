"""build_corpus and the doors for data in memory: no record is lost, merged or given words it does not have."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.errors import InputError, UnknownColumnError
from explorer.ingest import build_corpus, corpus_from_frame, corpus_from_texts, read, read_table, resolve_roles
from explorer.types import Corpus
from tests.patience import no_hang


@pytest.fixture
def corpus(tmp_path):
    def build(data: str, *, mask: bool | None = None, name: str = "tickets.csv", **roles) -> Corpus:
        path = tmp_path / name
        path.write_text(data, encoding="utf-8")
        table = read_table([path])
        return build_corpus(table, resolve_roles(table, **roles), mask=mask)

    return build


def test_the_order_of_days_and_the_day_it_is_are_told(tmp_path):
    rows = "".join(f"{i},printer {i} is jammed again,0{i}/02/2024 10:00\n" for i in range(1, 9))
    (tmp_path / "tickets.csv").write_text(f"key,text,created\n{rows}")
    (tmp_path / "app.log").write_text("Nov 20 10:00:00 host app[1]: one\nNov 21 10:00:00 host app[1]: two\n")
    days = {chosen: read(tmp_path / "tickets.csv", day_first=chosen).times for chosen in (True, False, None)}
    assert [str(days[chosen][1])[:10] for chosen in (True, False, None)] == ["2024-02-02"] * 3
    assert [str(days[chosen][2])[:10] for chosen in (True, False, None)] == ["2024-02-03", "2024-03-02", "2024-03-02"]
    for today, year in ((dt.date(2026, 11, 21), 2026), (dt.date(2026, 11, 1), 2025)):
        made = read(tmp_path / "app.log", today=today)
        assert str(made.times[0]) == f"{year}-11-20T10:00:00.000"
        assert any(f"{year} was taken" in note for note in made.reports[0].notes)
    unknown = build_corpus(read_table([tmp_path / "app.log"]))
    assert str(unknown.times[0]) == "2000-11-20T10:00:00.000"
    assert any("2000 is shown" in note for note in unknown.reports[0].notes)


def test_an_order_in_which_a_log_has_no_times_is_said(tmp_path):
    (tmp_path / "app.log").write_text("".join(f"{day}/11/2024 10:00:00 INFO x\n" for day in range(13, 29)))
    made = read(tmp_path / "app.log", day_first=False)
    assert made.times is None
    assert any("no times were taken" in note for note in made.reports[0].notes)


def test_text_columns_are_joined_without_the_empty_ones(corpus):
    made = corpus("id,title,body\n1,a,b\n2, ,b\n3,a,\n4,,\n", text=["title", "body"])
    assert made.texts == ("a\nb", "b", "a", "")


def test_no_missing_cell_becomes_a_word(corpus):
    made = corpus('{"id": 1, "text": null}\n{"id": 2}\n{"id": 3, "text": "x"}\n', name="t.jsonl", text="text")
    assert made.texts == ("", "", "x")


def test_words_for_missing_values_stay_as_they_are(corpus):
    assert corpus("id,text\n1,null\n2,NA\n3,nan\n", text="text").texts == ("null", "NA", "nan")


def test_ids_are_the_users_own_or_made_from_the_place(corpus):
    made = corpus("id,text\nA,x\n,y\nA,z\n", id="id", text="text")
    assert made.ids == ("A", "tickets.csv:3", "A")
    assert made.n_records == 3
    assert corpus("text\nx\n\ny\n").ids == ("tickets.csv:2", "tickets.csv:4")


def test_times_are_parsed_and_the_unread_counted(corpus):
    made = corpus("id,when,text\n1,2024-01-02 10:00:00+01:00,x\n2,soon,y\n3,,z\n", time="when", text="text")
    assert made.times is not None
    assert made.times.dtype == np.dtype("datetime64[ms]")
    assert [str(one) for one in made.times] == ["2024-01-02T09:00:00.000", "NaT", "NaT"]
    assert any("1 cell of 'when'" in note for note in made.reports[0].notes)
    assert corpus("id,text\n1,x\n").times is None


def test_each_file_counts_its_own_records(tmp_path):
    greeting = "Hello team,\n\nthe printer on floor {} jams again and again.\n\nKind regards"
    files = {"a.csv": 3, "b.csv": 1, "c.csv": 0}
    for name, n in files.items():
        rows = [f'{name}{i},"{greeting.format(i)}",soon' for i in range(n)]
        rows += [f"{name}x{i},vpn {i} is down since monday,2024-01-0{i + 1}" for i in range(4)]
        (tmp_path / name).write_text("\n".join(["id,text,when", *rows, f"{name}z,late,"]) + "\n")
    made = read(*(tmp_path / name for name in files), text="text", id="id", time="when")
    assert made.cleaning is not None
    assert made.cleaning.n_records["greeting"] == 4
    for report, n in zip(made.reports, files.values(), strict=True):
        notes = " ".join(report.notes)
        assert (f"greetings ({n})" in notes) == (n > 0), notes
        assert ("greetings" in notes) == (n > 0)
        unread = f"{n} cell{'' if n == 1 else 's'} of 'when' could not be read as a time, such as 'soon'."
        assert (unread in report.notes) == (n > 0), notes
        assert ("could not be read" in notes) == (n > 0)


def test_columns_for_texts_that_are_empty_are_noted(corpus):
    rows = "".join(f"T-{i},,,Person {i} Lee\n" for i in range(20))
    made = corpus(f"id,title,body,requester\n{rows}")
    assert made.texts[0] == "Person 0 Lee"
    assert any("'title' and 'body' have no text in any record" in note for note in made.reports[0].notes)


def test_categories_are_chosen_through_every_door(tmp_path):
    frame = pd.DataFrame({"id": ["1", "2"], "text": ["x", "y"], "state": ["open", "closed"]})
    frame.to_csv(tmp_path / "t.csv", index=False)
    for made in (corpus_from_frame(frame, categories="state"), read(tmp_path / "t.csv", categories=["state"])):
        assert made.roles.categories == ("state",)
    assert corpus_from_frame(frame).roles.categories == ()


# --- columns of a log ---

LOG = "".join(
    f"2026-11-21 06:48:{i:02},000 {level} [pool-{i % 2}] com.example.{name}: step {i} of {name}\n"
    for i, (level, name) in enumerate([("INFO", "Mail"), ("WARN", "Disk"), ("INFO", "Disk"), ("ERROR", "Mail")] * 3)
)


def test_the_text_of_a_log_is_what_was_chosen(corpus):
    guessed, raw = corpus(LOG, name="app.log"), corpus(LOG, name="app.log", text="line")
    assert guessed.texts[0] == "step 0 of Mail"
    assert raw.texts[0] == LOG.splitlines()[0]
    both = corpus(LOG, name="app.log", text=["component", "message"])
    assert both.texts[0] == "com.example.Mail step 0 of Mail", "on one line, of which templates are made"
    assert corpus(LOG, name="app.log", text="message").fingerprint == guessed.fingerprint
    for made in (guessed, raw, both):
        assert made.kind == "logs"
        assert made.mask
        assert made.fields.column("line").to_pylist() == LOG.splitlines(), "the raw line stays"
        assert str(made.times[1]) == "2026-11-21T06:48:01.000"


def test_the_id_and_the_time_of_a_log_are_what_was_chosen(corpus):
    made = corpus(LOG, name="app.log", id="thread", time="level")
    assert made.ids[:3] == ("pool-0", "pool-1", "pool-0")
    assert np.isnat(made.times).all()
    assert "12 cells of 'level' could not be read as a time, such as 'ERROR'." in made.reports[0].notes
    assert made.roles.categories == ("component",), "a column has one role"
    assert corpus(LOG, name="app.log", time="").times is None


def test_another_column_of_a_log_can_hold_its_times(corpus):
    lines = [f'{{"level":"info","ts":"2026-11-21T06:48:0{i}Z","msg":"x","due":"2027-01-0{i + 1}"}}' for i in range(4)]
    made = corpus("\n".join(lines), name="app.log", time="due")
    assert [str(one)[:10] for one in made.times] == ["2027-01-01", "2027-01-02", "2027-01-03", "2027-01-04"]


def test_the_categories_of_a_log_are_what_was_chosen(corpus):
    assert corpus(LOG, name="app.log").roles.categories == ("level", "component", "thread")
    assert corpus(LOG, name="app.log", categories=["component", "level"]).roles.categories == ("component", "level")
    assert corpus(LOG, name="app.log", categories="").roles.categories == ()
    same = corpus("x INFO 1\ny INFO 2\n", name="app.log", categories="level")
    assert same.roles.categories == ()
    assert "'level' was chosen as a category, but no two records differ in it." in same.reports[0].notes


def test_fields_that_say_what_happened_stand_behind_a_message_alone(corpus):
    lines = "".join(
        f'{{"ts":"2026-11-21T06:48:0{i}Z","level":"info","msg":"GET /a","status":{200 + 300 * (i % 2)}}}\n'
        for i in range(6)
    )
    assert "500" in corpus(lines, name="app.log").texts[1]
    assert corpus(lines, name="app.log", text=["status", "message"]).texts[1] == "500 GET /a"


def test_a_record_without_the_chosen_text_is_empty_and_stays(corpus):
    made = corpus('{"level":"info","msg":"a","user":"u"}\n{"level":"info","msg":"b"}\n', name="app.log", text="user")
    assert made.texts == ("u", "")


def test_fields_are_all_columns_and_arrays_cannot_be_changed(corpus):
    made = corpus("id,text,state,when\n1,x,open,2024-01-02\n2,y,,2024-01-03\n")
    assert made.fields.column_names == ["id", "text", "state", "when"]
    assert made.fields.num_rows == made.n_records == 2
    for array in (made.lines, made.sources, made.times):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[1]


def test_records_without_any_text_are_refused(corpus):
    with pytest.raises(InputError, match="None of the 2 records has a text in 'text'"):
        corpus("id,text\n1,\n2, \n", text="text")


def test_tickets_are_not_masked_unless_asked(corpus):
    data = "id,text\n1,error 12 in room 7\n2,error 13 in room 8\n"
    assert (corpus(data).kind, corpus(data).mask) == ("tickets", False)
    assert (corpus(data, mask=True).kind, corpus(data, mask=True).mask) == ("tickets", True)


# --- fingerprint ---

BASE = "id,text,state,when\n1,x,open,2024-01-02\n2,y,closed,2024-01-03\n"


@pytest.mark.parametrize(
    "other",
    [
        BASE.replace("1,x", "3,x"),
        BASE.replace(",x,", ",z,"),
        BASE.replace("open", "late"),
        BASE.replace("01-02", "01-04"),
        BASE.replace("state", "State"),
        BASE.replace("open", ""),
        BASE + "3,z,open,2024-01-05\n",
    ],
)
def test_the_fingerprint_changes_with_what_is_analyzed(corpus, other):
    assert corpus(BASE).fingerprint != corpus(other).fingerprint
    assert corpus(BASE).fingerprint != corpus(BASE, mask=True).fingerprint


def test_the_fingerprint_changes_with_nothing_else(corpus):
    assert corpus(BASE).fingerprint == corpus(BASE).fingerprint
    assert corpus(BASE).fingerprint == corpus(BASE.replace(",", ";"), name="renamed.txt.csv").fingerprint


@settings(deadline=None, max_examples=50)
@given(st.lists(st.text(max_size=5), min_size=1, max_size=5), st.integers(0, 4))
def test_the_fingerprint_does_not_depend_on_how_cells_are_stored(texts, cut):
    from explorer.ingest.corpus import corpus_fingerprint

    texts = [text.encode("utf-8", "replace").decode() for text in texts]
    column = pa.array(texts, pa.string())
    whole, parts = pa.chunked_array([column]), pa.chunked_array([column[:cut], column[cut:]])
    prints = {corpus_fingerprint(texts, texts, None, pa.table({"a": one}), "x") for one in (whole, parts)}
    assert len(prints) == 1


# --- data in memory ---


def test_a_data_frame_keeps_whole_numbers_whole_and_missing_cells_empty():
    frame = pd.DataFrame(
        {
            "number": [17, None, 3],
            "text": ["a", None, float("nan")],
            "more": [pd.NA, "b", pd.NaT],
            "when": pd.to_datetime(["2024-01-02 10:11:12", None, "2024-01-03 00:00:00"]),
            "share": [0.1, 1.5, float("nan")],
            "state": pd.Categorical(["open", None, "closed"]),
            "ok": [True, False, True],
        }
    )
    made = corpus_from_frame(frame, text=["text", "more"], id="number", time="when")
    assert made.texts == ("a", "b", "")
    assert made.ids == ("17", "data frame:2", "3")
    assert str(made.times[0]) == "2024-01-02T10:11:12.000"
    assert made.fields.column("share").to_pylist() == ["0.1", "1.5", None]
    assert made.fields.column("state").to_pylist() == ["open", None, "closed"]
    assert made.fields.column("ok").to_pylist() == ["True", "False", "True"]
    assert made.reports[0].format == "data frame"


def test_a_data_frame_may_have_any_column_names_and_any_index():
    frame = pd.DataFrame(
        [["1", "printer jams on floor two"], ["2", "screen is dark again"]], columns=[0, 0], index=[5, 5]
    )
    made = corpus_from_frame(frame)
    assert made.fields.column_names == ["0", "0 (2)"]
    assert made.texts[0] == "printer jams on floor two"


def test_a_data_frame_that_is_empty_or_lacks_the_column_is_refused():
    with pytest.raises(InputError, match="0 rows"):
        corpus_from_frame(pd.DataFrame({"text": []}))
    with pytest.raises(UnknownColumnError, match="Did you mean 'text'"):
        corpus_from_frame(pd.DataFrame({"text": ["a"]}), text="txt")


def test_a_frame_and_its_file_make_the_same_records(corpus):
    frame = pd.DataFrame({"id": ["1", "2"], "text": ["x", "y"], "state": ["open", "closed"]})
    one, two = corpus_from_frame(frame, text="text"), corpus(frame.to_csv(index=False), text="text")
    assert (one.ids, one.texts, one.fingerprint) == (two.ids, two.texts, two.fingerprint)


def test_a_list_of_texts_is_a_corpus():
    made = corpus_from_texts(["a", None, "  ", "lone \ud800"])
    assert made.texts == ("a", "", "", "lone \ufffd")
    assert made.ids == ("texts:1", "texts:2", "texts:3", "texts:4")
    assert made.roles.id is None
    assert not made.mask
    assert corpus_from_texts(["a", "b"], ids=["x", "x"]).ids == ("x", "x")
    assert corpus_from_texts(["a"], mask=True).mask


def test_lists_that_cannot_be_used_are_refused():
    for texts in ([], [None], ["", " "]):
        with pytest.raises(InputError):
            corpus_from_texts(texts)
    with pytest.raises(InputError, match="2 texts and 1 ids"):
        corpus_from_texts(["a", "b"], ids=["1"])
    with pytest.raises(InputError, match="Put it into a list"):
        corpus_from_texts("a text")


def test_a_hundred_thousand_times_take_about_a_second():
    start = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    frame = pd.DataFrame(
        {"text": ["x y z"] * 100_000, "when": [str(start + dt.timedelta(seconds=i)) for i in range(100_000)]}
    )
    with no_hang():
        made = corpus_from_frame(frame, text="text", time="when")
    assert not np.isnat(made.times).any()
