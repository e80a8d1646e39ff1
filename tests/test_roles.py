"""guess_roles finds the id, the text, the time and the categories; resolve_roles lets the user overrule it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from explorer.errors import InputError, UnknownColumnError
from explorer.ingest import guess_roles, read_table, resolve_roles
from explorer.types import Roles, Table

WORDS = "printer screen network password mail server login driver update cable slow broken again after since monday"


def tickets(n: int = 60) -> dict[str, list[str]]:
    """Cells of a help desk's export, column by column."""
    pick = random.Random(0)
    return {
        "key": [f"HELP-{i}" for i in range(n)],
        "title": [" ".join(pick.choices(WORDS.split(), k=5)) + f" {i}" for i in range(n)],
        "body": [" ".join(pick.choices(WORDS.split(), k=30)) + f" case {i}" for i in range(n)],
        "status": [pick.choice(["open", "closed", "in progress"]) for _ in range(n)],
        "assignee": [pick.choice(["Ann Lee", "Bo Chan", "Cy Diaz"]) for _ in range(n)],
        "created": [f"2024-01-{i % 28 + 1:02} 10:{i % 60:02}:00" for i in range(n)],
        "closed": [f"2024-02-{i % 28 + 1:02} 10:{i % 60:02}:00" for i in range(n)],
        "hours": [f"{pick.random() * 10:.2f}" for _ in range(n)],
    }


@pytest.fixture
def table(tmp_path: Path):
    def write(columns: dict[str, list[str]]) -> Table:
        rows = ["\t".join(columns), *("\t".join(row) for row in zip(*columns.values(), strict=True))]
        path = tmp_path / "tickets.tsv"
        path.write_text("\n".join(rows), encoding="utf-8")
        return read_table([path])

    return write


def renamed(names: dict[str, str]) -> dict[str, list[str]]:
    return {names.get(name, name): cells for name, cells in tickets().items()}


HEADERS = [
    {"key": "Issue key", "title": "Summary", "body": "Description", "created": "Created", "closed": "Resolved"},
    {
        "key": "number",
        "title": "short_description",
        "body": "description",
        "created": "opened_at",
        "closed": "closed_at",
    },
    {"key": "id", "title": "subject", "body": "message", "created": "createdAt", "closed": "updatedAt"},
    {"key": "Ticketnummer", "title": "Betreff", "body": "Beschreibung", "created": "Erstellt", "closed": "Geschlossen"},
    {"key": "numéro", "title": "Sujet", "body": "Texte", "created": "Date de création", "closed": "Fermé"},
    {"key": "Número", "title": "Asunto", "body": "Descripción", "created": "Creado", "closed": "Cerrado"},
    {"key": "номер", "title": "Тема", "body": "Описание", "created": "Дата", "closed": "закрыто"},
    {"key": "编号", "title": "标题", "body": "描述", "created": "创建", "closed": "x"},
    {"key": "fields.key", "title": "fields.summary", "body": "fields.description", "created": "fields.created"},
    {
        "key": "a",
        "title": "b",
        "body": "c",
        "status": "d",
        "assignee": "e",
        "created": "f",
        "closed": "g",
        "hours": "h",
    },
    {"key": "", "title": "", "body": "", "status": "", "assignee": "", "created": "", "closed": "", "hours": ""},
]


@pytest.mark.parametrize("names", HEADERS, ids=lambda names: names["title"] or "none")
def test_roles_are_found_in_any_language_or_none(table, names):
    if not names["title"]:
        names = {name: f"column {i}" for i, name in enumerate(tickets(), start=1)}
    roles = guess_roles(table(renamed(names)))
    assert roles.id == names["key"]
    assert roles.text == (names["title"], names["body"])
    assert roles.time == names["created"]
    assert set(roles.categories) == {names.get("status", "status"), names.get("assignee", "assignee")}


def test_every_guess_has_a_reason(table):
    roles = guess_roles(table(tickets()))
    assert set(roles.reasons) == {"id", "text", "time", "status", "closed"}
    by_role = {"id": "key", "text": "body", "time": "created", "status": "status", "closed": "closed"}
    for role, column in by_role.items():
        assert repr(column) in roles.reasons[role]
        assert roles.reasons[role].endswith(".")


@pytest.mark.parametrize("column", ["status", "priority", "resolution", "assignee"])
def test_a_category_is_no_text_while_there_is_a_better_one(table, column):
    cells = tickets()
    long_values = ["waiting for the customer to answer us", "closed because nobody answered any more"]
    columns = {"id": cells["key"], column: [long_values[i % 2] for i in range(60)], "b": cells["title"]}
    roles = guess_roles(table(columns))
    assert roles.text == ("b",)
    assert roles.categories == (column,)


def test_the_order_of_columns_does_not_matter_much(table):
    cells = tickets()
    backwards = guess_roles(table(dict(reversed(cells.items()))))
    forwards = guess_roles(table(cells))
    assert (backwards.id, backwards.text, backwards.time) == (forwards.id, forwards.text, forwards.time)


def test_only_columns_whose_values_repeat_are_categories(table):
    cells = tickets()
    columns = {
        "text": cells["body"],
        "same": ["x"] * 60,
        "many": [str(i % 55) for i in range(60)],
        "few": [str(i % 4) for i in range(60)],
        "skewed": ["a"] * 59 + ["b"],
        "empty": [""] * 60,
    }
    assert guess_roles(table(columns)).categories == ("few", "skewed")


def test_a_number_is_an_id_only_if_it_differs(table):
    cells = tickets()
    roles = guess_roles(table({"ticket number": ["7"] * 60, "text": cells["body"]}))
    assert roles.id is None
    roles = guess_roles(table({"x": [str(10_000 + i) for i in range(60)], "text": cells["body"]}))
    assert roles.id == "x"


def test_ids_may_repeat_where_the_column_is_called_id(table):
    cells = tickets()
    roles = guess_roles(table({"id": ["1", "1", *map(str, range(58))], "text": cells["body"]}))
    assert roles.id == "id"


def test_epoch_seconds_are_a_time_only_where_the_name_says_so(table):
    cells = tickets()
    seconds = [str(1_700_000_000 + i * 17) for i in range(60)]
    assert guess_roles(table({"timestamp": seconds, "text": cells["body"]})).time == "timestamp"
    assert guess_roles(table({"device": seconds, "text": cells["body"]})).time is None


@pytest.mark.parametrize("cells", [["printer jams", "screen dark"], ["1", "2"], ["2024-01-02", "2024-01-03"]])
def test_the_only_column_is_the_text(table, cells):
    roles = guess_roles(table({"anything": cells}))
    assert (roles.id, roles.text, roles.time) == (None, ("anything",), None)


def test_a_table_of_numbers_still_has_a_text_and_says_how_poor_it_is(table):
    roles = guess_roles(table({"a": ["1", "2"], "b": ["1.5", "2.5"], "c": ["3.5", "4.5"]}))
    assert len(roles.text) == 1
    assert "no column holds running text" in roles.reasons["text"]


def test_chinese_and_thai_texts_count_although_they_have_no_spaces(table):
    texts = [f"打印机卡纸无法打印请尽快处理谢谢{i}" for i in range(30)]
    states = ["打开", "关闭"] * 15
    assert guess_roles(table({"a": states, "b": texts})).text == ("b",)
    texts = [f"เครื่องพิมพ์ไม่ทำงานตั้งแต่เช้านี้{i}" for i in range(30)]
    assert guess_roles(table({"a": states, "b": texts})).text == ("b",)


# --- chosen by the user ---


def test_what_is_chosen_is_used_and_the_rest_guessed(table):
    roles = resolve_roles(table(tickets()), text="title")
    assert roles.text == ("title",)
    assert roles.id == "key"
    assert roles.time == "created"
    assert "chosen" in roles.reasons["text"]
    roles = resolve_roles(table(tickets()), text=["body", "status"], id="title", time="closed")
    assert (roles.id, roles.text, roles.time) == ("title", ("body", "status"), "closed")
    assert "status" not in roles.categories


def test_names_match_exactly_first_then_without_case(table):
    columns = {"Text": tickets()["body"], "text": tickets()["title"]}
    assert resolve_roles(table(columns), text="text").text == ("text",)
    assert resolve_roles(table(columns), text="TEXT").text == ("Text",)


def test_an_unknown_name_suggests_the_nearest(table):
    with pytest.raises(UnknownColumnError, match=r"no column 'titel'. Did you mean 'title'\?"):
        resolve_roles(table(tickets()), text="titel")
    with pytest.raises(UnknownColumnError):
        resolve_roles(table(tickets()), id="nope")


def test_an_empty_name_says_there_is_none(table):
    roles = resolve_roles(table(tickets()), id="", time="")
    assert roles.id is None
    assert roles.time is None
    with pytest.raises(InputError, match="at least one column"):
        resolve_roles(table(tickets()), text="")


def test_categories_can_be_chosen_and_left_out(table):
    made = table(tickets())
    guessed = resolve_roles(made)
    assert resolve_roles(made, categories=["STATUS", "status", "hours"]).categories == ("status", "hours")
    assert resolve_roles(made, categories="status").reasons["categories"] == "'status' was chosen."
    for none in ("", []):
        assert resolve_roles(made, categories=none).categories == ()
    assert resolve_roles(made, categories="status").text == guessed.text
    with pytest.raises(UnknownColumnError, match="Did you mean 'status'"):
        resolve_roles(made, categories=["state"])


def test_log_lines_have_one_text(tmp_path):
    path = tmp_path / "app.log"
    path.write_text("a\nb\n")
    lines = read_table([path])
    assert guess_roles(lines) == Roles(None, ("line",), None, ("level",), guess_roles(lines).reasons)
    with pytest.raises(UnknownColumnError):
        resolve_roles(lines, text="message")


def test_any_column_of_a_log_can_be_chosen(tmp_path):
    path = tmp_path / "app.log"
    path.write_text("".join(f"2026-11-21 06:48:{i:02} {['INFO', 'WARN'][i % 2]} a.B: {i} jams\n" for i in range(20)))
    log = read_table([path])
    guessed = guess_roles(log)
    assert (guessed.id, guessed.text, guessed.time) == (None, ("message",), "time")
    roles = resolve_roles(log, id="component", text=["Level", "message"], time="line", categories=["component"])
    assert (roles.id, roles.text, roles.time) == ("component", ("level", "message"), "line")
    assert roles.categories == ("component",)
    assert roles.reasons == {
        "id": "'component' was chosen.",
        "time": "'line' was chosen.",
        "text": "'level' and 'message' were chosen.",
        "categories": "'component' was chosen.",
    }
    assert resolve_roles(log, text="line").text == ("line",)
    assert resolve_roles(log, time="").time is None
    assert "level" not in resolve_roles(log, text="level").categories
    with pytest.raises(InputError, match="at least one column"):
        resolve_roles(log, text="")
    with pytest.raises(UnknownColumnError, match="Did you mean 'level'"):
        resolve_roles(log, id="levle")


def test_a_level_that_is_yet_to_be_found_can_be_a_category(tmp_path):
    path = tmp_path / "app.log"
    path.write_text("something ERROR 1\nanother WARN 2\n")
    log = read_table([path])
    assert log.columns == ["line"]
    assert resolve_roles(log, categories="level").categories == ("level",)
    with pytest.raises(UnknownColumnError):
        resolve_roles(log, text="level")


@pytest.mark.parametrize("name", ["requester", "Customer name", "team"])
def test_columns_for_texts_that_are_empty_are_pointed_out(table, name):
    cells = tickets()
    columns = {
        "key": cells["key"],
        "title": [""] * 60,
        "body": [" "] * 60,
        name: [f"Person {i} Lee" for i in range(60)],
    }
    roles = guess_roles(table(columns))
    assert roles.text == (name,)
    (note,) = roles.notes
    assert note.startswith(f"'title' and 'body' have no text in any record, so {name!r} is compared instead.")
    assert resolve_roles(table(columns), text=name).notes == (), "who chose it knows it"


@pytest.mark.parametrize("empty", ["body", "title", "comments", "closed", "Issue type"])
def test_an_empty_column_beside_the_texts_is_nothing_to_point_out(table, empty):
    assert guess_roles(table({**tickets(), empty: [""] * 60})).notes == ()


def test_a_table_whose_texts_are_all_empty_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "tickets.csv"
    path.write_text('id,text\n1,\n2,\n3,""\n')
    with pytest.raises(InputError, match="No column holds a text"):
        guess_roles(read_table([path]))


def test_a_title_and_a_body_that_are_called_so_belong_together_however_short_the_bodies_are(table) -> None:
    columns = tickets()
    columns["body"] = [f"again {i}, after the last update" for i in range(60)]
    assert guess_roles(table(columns)).text == ("title", "body")
