"""Each record of a log gets its time, wherever the line has it: behind a container's prefix, or in another format."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from explorer.ingest import build_corpus, read_table
from explorer.types import Corpus
from tests.reading import read

TODAY = dt.date(2026, 11, 21)


def corpus(lines: list[str], **reading: object) -> Corpus:
    return build_corpus(read("\n".join(lines) + "\n", "app.log", **reading), today=TODAY)


def seconds(made: Corpus) -> list[str]:
    assert made.times is not None
    return [str(time)[11:19] for time in made.times]


@pytest.mark.parametrize(
    ("written", "clock"),
    [
        ("2026-03-01 10:00:0{} UTC+05:30", "04:30:0{}"),
        ("2026-03-01 10:00:0{} GMT-3", "13:00:0{}"),
        ("2026-03-01T10:00:0{}.123+05:30[Asia/Kolkata]", "04:30:0{}"),
        ("2026-03-01 01:10:0{} PM", "13:10:0{}"),
        ("2026/03/01 1:10:0{} pm", "13:10:0{}"),
        ("3/14/2026 1:10:0{} p.m.", "13:10:0{}"),
        ("14-Mar-2026 12:10:0{} AM", "00:10:0{}"),
        ("03/14/2026 01:10:0{}.123 pm +0100", "12:10:0{}"),
    ],
)
def test_zones_and_halves_of_the_day_behind_a_time_belong_to_it(written, clock):
    made = corpus([written.format(n) + f" ERROR disk {n}" for n in range(6)])
    assert seconds(made) == [clock.format(n) for n in range(6)]
    assert list(made.texts) == [f"disk {n}" for n in range(6)]


def test_journald_s_seconds_since_1970_and_levels_of_three_letters_are_taken_apart():
    unix = corpus([f"177235920{n}.123456 web sshd[{n}]: went on" for n in range(6)])
    assert seconds(unix) == [f"10:00:0{n}" for n in range(6)]
    assert set(unix.texts) == {"went on"}
    short = corpus([f"2026-03-01T10:00:0{n}Z {'WRN' if n % 2 else 'DBG'} disk {n}" for n in range(6)])
    assert short.fields.column("level").to_pylist() == ["DEBUG", "WARN"] * 3
    assert list(short.texts) == [f"disk {n}" for n in range(6)]


def test_a_word_behind_a_time_is_not_taken_for_half_a_day():
    made = corpus([f"2026-03-01 10:00:0{n} Am I late, said amber {n}" for n in range(6)])
    assert seconds(made) == [f"10:00:0{n}" for n in range(6)]
    assert made.texts[0] == "Am I late, said amber 0"


PREFIXES = {
    "compose": "web-1  | {}",
    "kubectl": "[pod/web-5d/app] {}",
}
INNER = {
    "access log": '10.0.0.1 - - [01/Mar/2024:09:00:0{0} +0000] "GET /{0} HTTP/1.1" 200 12 "-" "curl"',
    "JSON": '{{"level":"info","ts":"2024-03-01T09:00:0{0}Z","msg":"hello {0}"}}',
    "Spring Boot": "2024-03-01T10:00:0{0}.123+01:00  INFO 1 --- [main] c.a.App : request {0} done",
    "logback": "2024-03-01 09:00:0{0},123 INFO  [main] com.acme.App - request {0} done",
}


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("inner", INNER)
def test_the_time_behind_a_prefix_is_the_record_s(prefix, inner):
    made = corpus([PREFIXES[prefix].format(INNER[inner].format(number)) for number in range(9)])
    assert seconds(made) == [f"09:00:0{number}" for number in range(9)]
    assert "program's time" not in made.fields.column_names
    assert not any(text.startswith(("INFO", " INFO", "[")) for text in made.texts)


def test_a_prefix_with_a_time_has_the_record_s_and_the_program_s_stays_beside_it():
    made = corpus(
        [
            f"web-1  | 2024-03-01T09:00:0{n}.123456789Z 2024-03-01 10:00:0{n},000 INFO  [main] c.a.App - x {n}"
            for n in range(9)
        ]
    )
    assert seconds(made) == [f"09:00:0{number}" for number in range(9)]
    assert made.fields.column("program's time")[0].as_py() == "2024-03-01 10:00:00,000"
    assert made.fields.column("level").unique().to_pylist() == ["INFO"]


def test_the_level_behind_a_prefix_s_time_is_found_also_where_the_program_writes_none():
    made = corpus([f"web-1  | 2024-03-01T09:00:0{n}.123456789Z ERROR com.acme.App - no {n}" for n in range(9)])
    assert seconds(made) == [f"09:00:0{number}" for number in range(9)]
    assert made.fields.column("level").unique().to_pylist() == ["ERROR"]


def test_services_that_write_times_in_different_ways_all_have_theirs():
    web = [f"web-1  | {INNER['access log'].format(number)}" for number in range(9)]
    database = [f"db-1   | 2024-03-01 09:00:0{number}.000 UTC [1] LOG:  checkpoint {number}" for number in range(9)]
    made = corpus([line for both in zip(web, database, strict=True) for line in both])
    assert seconds(made) == [f"09:00:0{number}" for number in range(9) for _ in range(2)]
    assert "Times are shown in UTC; as written their zone is +0000, UTC." in made.reports[0].notes


MIXED = {
    "access log": INNER["access log"],
    "gunicorn": "[2024-03-01 09:00:0{0} +0000] [7] [INFO] Booting worker with pid: {0}",
    "plain": "2024-03-01T09:00:0{0}Z WARN plain line {0}",
    "JSON": '{{"time": "2024-03-01T09:00:0{0}Z", "level": "info", "msg": "request {0}"}}',
    "syslog": "<13>1 2024-03-01T09:00:0{0}Z host app 1 - - message {0}",
}


@pytest.mark.parametrize("first", MIXED)
@pytest.mark.parametrize("second", MIXED)
@pytest.mark.parametrize("each", [1, 3])
def test_two_formats_in_one_file_both_have_their_times(first, second, each):
    pair = [MIXED[first]] * each + [MIXED[second]]
    made = corpus([line.format(number) for _ in range(4) for number in range(9) for line in pair])
    assert seconds(made) == [f"09:00:0{number}" for _ in range(4) for number in range(9) for _ in pair]


def test_a_time_inside_a_message_is_not_taken_for_the_record_s():
    known = [f"Mar  1 09:00:0{n} host app[1]: fine {n}" for n in range(9)]
    strange = ["-- Journal begins at Mon 2024-02-26 10:00:00 CET, ends at Fri 2024-03-01 10:00:00 CET. --"]
    made = corpus(known + strange)
    assert made.times is not None
    assert np.isnat(made.times[-1])
    assert "1 record without a time that could be read." in made.reports[0].notes


def test_a_time_inside_few_of_many_messages_is_not_taken_for_the_record_s():
    known = [f"2024-03-01 09:00:0{n} INFO fine {n}" for n in range(9)] * 4
    strange = ["the next run begins at 2025-01-01 00:00:00", "no time here", "none here either"] * 7
    made = corpus(known + strange)
    assert made.times is not None
    assert np.isnat(made.times[len(known) :]).all()


def test_a_clock_alone_is_no_reason_to_look_for_a_time_in_the_message():
    lines = [f"09:00:0{n} INFO report for 2023-05-0{n + 1} 10:00:00 is done" for n in range(9)]
    assert corpus(lines).times is None


@pytest.mark.parametrize(
    "order",
    [
        "{1:02}/{0:02}/2024",
        "{0:02}/{1:02}/2024",
        "{0:02}/{1:02}/24",
        "{1:02}/{0:02}/24",
        "{0:02}.{1:02}.24",
        "24/{1:02}/{0:02}",
    ],
)
def test_a_file_of_one_day_has_its_dates_in_the_order_of_the_other_files(tmp_path, order):
    """A log that is put away every day: of most days alone nobody could tell the month."""
    days = [3, 4, 11, 12, 13, 14]
    for number, day in enumerate(days):
        date = order.format(day, 3)
        lines = "".join(f"{date} 09:00:0{second} INFO app: job {second} done\n" for second in range(3))
        (tmp_path / f"app.log.{number}").write_text(lines)
    (tmp_path / "other.log").write_text("Mar  1 09:00:00 host app[1]: x\n")
    paths = [tmp_path / f"app.log.{number}" for number in range(len(days))]
    for chosen in (paths, paths[::-1], [*paths, tmp_path / "other.log"]):
        made = build_corpus(read_table(chosen), today=TODAY)
        assert made.times is not None
        found = {str(time)[:10] for time in made.times[made.sources != len(days)]}
        assert found == {f"2024-03-{day:02}" for day in days}
    if not order.startswith("24"):  # whose years are the newest, so that the dates are the likeliest
        assert any("first, as in the other files of this format." in note for note in made.reports[1].notes)


def test_files_that_leave_the_order_of_day_and_month_open_all_say_so(tmp_path):
    for name, date in (("a.log", "03/04/2024"), ("b.log", "05/06/2024")):
        (tmp_path / name).write_text(f"{date} 09:00:00 INFO app: x\n" * 3)
    made = build_corpus(read_table([tmp_path / "a.log", tmp_path / "b.log"]), today=TODAY)
    assert all(any("decides it" in note for note in report.notes) for report in made.reports)
