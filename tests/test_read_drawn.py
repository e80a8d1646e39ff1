"""Tables drawn with characters or lined up with spaces come back cell by cell, and no log is taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reading import notes, read, rows

NAMES = ["id", "text", "state"]
BODY = [[str(i), text, "open"] for i, text in enumerate(["jam | on floor 2", "dark screen", "", "lost phone again"], 1)]


def widths(table: list[list[str]]) -> list[int]:
    return [max(map(len, column)) for column in zip(*table, strict=True)]


def padded(table: list[list[str]], bar: str) -> list[str]:
    wide = widths(table)
    return [bar.join(cell.ljust(n) for cell, n in zip(row, wide, strict=True)) for row in table]


def mysql(table: list[list[str]]) -> str:
    rule = "+" + "+".join("-" * (n + 2) for n in widths(table)) + "+"
    head, *body = (f"| {line} |" for line in padded(table, " | "))
    return "\n".join([rule, head, rule, *body, rule, f"{len(body)} rows in set (0.00 sec)", ""])


def psql(table: list[list[str]]) -> str:
    head, *body = (f" {line} " for line in padded(table, " | "))
    rule = "+".join("-" * (n + 2) for n in widths(table))
    return "\n".join([head, rule, *body, f"({len(body)} rows)", "", ""])


def boxed(table: list[list[str]]) -> str:
    top, middle, bottom = (
        left + cross.join("─" * (n + 2) for n in widths(table)) + right for left, cross, right in ("┌┬┐", "├┼┤", "└┴┘")
    )
    head, *body = (f"│ {line} │" for line in padded(table, " │ "))
    return "\n".join([top, head, middle, *body, bottom, ""])


def blocks(table: list[list[str]]) -> str:
    rule = "+" + "+".join("-" * (n + 2) for n in widths(table)) + "+"
    head, *body = (f"| {line} |" for line in padded(table, " | "))
    return "\n".join([rule, head, rule.replace("-", "="), *(part for line in body for part in (line, rule)), ""])


def markdown(table: list[list[str]]) -> str:
    head, *body = ("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in table)
    return "\n".join(["# Tickets", "", head, "|:---" * len(table[0]) + "|", *body, ""])


def ruled(table: list[list[str]]) -> str:
    head, *body = padded(table, " ")
    return "\r\n".join([head, " ".join("-" * n for n in widths(table)), *body, "", f"({len(body)} rows affected)", ""])


def aligned(table: list[list[str]]) -> str:
    return "\n".join([*padded(table, "   "), ""])


DRAWN = [mysql, psql, boxed, blocks, markdown, ruled]


@pytest.mark.parametrize("name", ["t.txt", "t.csv", "t.log", "t.md", "t"])
@pytest.mark.parametrize("draw", [*DRAWN, aligned])
def test_a_drawn_table_is_read_whatever_the_file_is_called(draw, name: str):
    table = read(draw([NAMES, *BODY]), name)
    assert table.columns == NAMES
    assert rows(table) == BODY
    assert {row.reason for row in table.rejected} <= {"before the header", "after the table"}


CELL = st.text(st.sampled_from("abcdeü xyz,;.-12|"), max_size=14).map(str.strip)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(DRAWN), st.lists(st.tuples(CELL, CELL), min_size=2, max_size=6))
def test_any_cells_come_back_the_same(draw, body):
    table = [["id", "first text", "second"], *([f"T-{i}", *cells] for i, cells in enumerate(body))]
    assert rows(read(draw(table), "t.txt")) == table[1:]


def test_wide_letters_take_two_columns():
    data = "\n".join(
        ["id   text       state", "---- ---------- -----", "1    打印机卡纸 open ", "2    jam        open "]
    )
    assert rows(read(data, "t.txt")) == [["1", "打印机卡纸", "open"], ["2", "jam", "open"]]
    data = "\n".join(
        [" id |    text    | s ", "----+------------+---", "  1 | 打|机卡纸  | a ", "  2 | jam        | b "]
    )
    assert rows(read(data, "t.txt")) == [["1", "打|机卡纸", "a"], ["2", "jam", "b"]]


def test_cells_of_several_lines():
    data = " id |   text   | s \n----+----------+---\n  1 | one line+| a \n    | another  | \n  2 | C++      | b \n"
    assert rows(read(data, "t.txt")) == [["1", "one line\nanother", "a"], ["2", "C++", "b"]]
    data = "+----+------+\n| id | text |\n+----+------+\n|  1 | one\nmore |\n|  2 | two  |\n+----+------+\n"
    table = read(data, "t.txt")
    assert rows(table) == [["1", "one\nmore"], ["2", "two"]]
    assert list(table.lines) == [4, 6]
    assert "1 line was joined" in notes(table)


def test_the_same_table_printed_twice_is_read_once_more_and_another_one_set_aside():
    table = [NAMES, *BODY]
    twice = read(mysql(table) + "\n" + mysql(table), "t.txt")
    assert rows(twice) == BODY * 2
    assert "the header once more" in {row.reason for row in twice.rejected}
    for draw in (mysql, psql, markdown):
        two = read(draw([NAMES, *BODY * 9]) + "\n" + draw([["a", "b", "c"], ["1", "2", "3"]]), "t.txt")
        assert rows(two) == BODY * 9
        assert "Another table begins at line" in notes(two)


def test_powershell_underlines_names_and_not_columns():
    data = "\n".join(
        [
            "",
            "   Id Name          Status",
            "   -- ----          ------",
            "12345 spooler fails Running",
            "    7 w32time       Stopped",
            "",
        ]
    )
    table = read(data, "t.txt")
    assert rows(table) == [["12345", "spooler fails", "Running"], ["7", "w32time", "Stopped"]]


def test_names_with_one_space_between_them_are_told_from_one_name():
    data = "USER     PID %CPU START       FULL NAME\n"
    for i in range(1, 9):
        data += f"root  {7 * i * i:>6} {i / 8:>4.1f} 2024-01-0{i}  Ann{' Lee' * (i % 3)}\n"
    assert read(data, "t.txt").is_lines  # one blank place between PID and %CPU proves nothing in a few lines
    assert read(data + data.partition("\n")[2] * 3, "t.txt").columns == ["USER", "PID", "%CPU", "START", "FULL NAME"]


def test_a_longer_text_far_below_is_never_cut():
    lines = [f"{i:<8}{'short text':<30}{'open':<8}2024-01-02" for i in range(9_000)]
    data = "\n".join([f"{'ID':<8}{'TEXT':<30}{'STATE':<8}OPENED", *lines])
    longer = f"{9_000:<8}{'a text of 24 characters.':<30}{'open':<8}2024-01-02"
    crossing = f"{9_001:<8}a text that is much longer than all the others open 2024-01-02"
    table = read(f"{data}\n{longer}\n{crossing}\n", "t.txt")
    assert rows(table)[-1] == ["9000", "a text of 24 characters.", "open", "2024-01-02"]
    assert [(row.line, row.reason) for row in table.rejected] == [(9_003, "text runs across the border of two columns")]


LOGS = [
    "2024-01-02 10:11:12 INFO  app   started\n2024-01-02 10:11:13 WARN  db    slow\n" * 5,
    "starting up\n| progress | 10% |\n| progress | 20% |\nall is done\n" * 3,
    "build log\n----------\ncompiling a.c\ncompiling b.c\n---- ----\nlinking all of it\ndone, 2 warnings\n",
    "Dear all,\n\nthe printer jams.  It did so before.\n\n-- \nAnn\n",
    "# Notes\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n" + "A sentence about printers.\n" * 9,
]


@pytest.mark.parametrize("text", LOGS)
def test_logs_and_prose_stay_lines(text: str):
    assert read(text, "t.txt").is_lines
    assert read(text, "t.log").is_lines


def test_plain_lines_say_that_nothing_else_was_recognised():
    said = "Neither a table nor a known log format was recognised"
    assert said in notes(read("the printer jams\nthe screen is dark\n", "t.txt"))
    assert said not in notes(read("the printer jams\nthe screen is dark\n", "t.txt", as_lines=True))
    assert said not in notes(read("2024-01-02 10:11:12 INFO a\n2024-01-02 10:11:13 INFO b\n", "t.log"))


def test_two_columns_with_a_tab_are_a_table_where_the_header_is_proven():
    data = "id\ttext\n" + "".join(f"{i}\tprinter jam\n" for i in range(6))
    assert read(data, "t.txt").columns == ["id", "text"]
    assert read(data.encode("utf-16"), "t.txt").columns == ["id", "text"]
    assert read("10:11:12\tjam\n" * 6, "t.txt").is_lines
    assert read("note\ttext\n" + "a word\tprinter jam\n" * 6, "t.txt").is_lines


def test_the_user_may_still_choose():
    data = aligned([NAMES, *BODY])
    assert read(data, "t.txt", as_lines=True).is_lines
    assert read(data, "t.txt", delimiter=" ").columns == NAMES
    assert read(mysql([NAMES, *BODY]), "t.txt", delimiter="|", header_rows=0).columns[0] == "column 1"
    assert rows(read("a b  c\n1 2 3\n4   5 6\n", "t.txt", delimiter=" ")) == [["1", "2", "3"], ["4", "5", "6"]]
