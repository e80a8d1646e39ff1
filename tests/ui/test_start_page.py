"""The start page, without a browser: choose, look, analyse, open, delete."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from explorer.types import Progress
from explorer.workspace.library import Library, Request
from explorer.workspace.status import Status, StatusWriter, write_status
from tests.factories import make_analysis
from tests.ui.opened import ANALYSIS_ID, put_in_library, shown

ROOT = Path(__file__).resolve().parents[2]
CSV = (
    b"key;opened;summary\n"
    b"A-1;2026-03-01;printer on floor 3 jams\n"
    b"A-2;2026-03-02;vpn is down again;extra\n"
    b"A-3;;mail slow\n"
)


@pytest.fixture
def app() -> AppTest:
    st.cache_resource.clear()
    st.cache_data.clear()
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)


def upload(app: AppTest, content: bytes = CSV, name: str = "export.csv") -> AppTest:
    app.run()
    app.file_uploader[0].upload(name, content, "text/csv")
    return app.run()


def test_the_first_visit_says_what_to_do(app: AppTest) -> None:
    app.run()
    assert not app.exception
    assert [button.label for button in app.button] == ["Try it", "Try it"]
    assert "Your analyses will be listed here" in shown(app)


def test_an_upload_shows_what_was_read_and_what_was_set_aside(app: AppTest) -> None:
    upload(app)
    said = shown(app).replace("\\", "")
    assert "export.csv" in said
    assert "semicolon" in said
    assert "3 rows read: 2 kept, **1 set aside**" in said
    assert {box.label: box.value for box in app.selectbox}["Id of a record"] == "key"
    assert app.multiselect[0].value == ["summary"]
    assert [button.label for button in app.button][-1] == "Analyse 2 records"


def test_roles_can_be_overridden_and_no_text_is_a_hint(app: AppTest) -> None:
    upload(app)
    app.multiselect[0].set_value([]).run()
    assert "at least one column" in shown(app)
    assert not [button for button in app.button if "Analyse" in button.label]


def started(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The command line of the analysis that the button would start."""
    requests: list[Request] = []

    def note(_self: Library, _files: object, request: Request, _read: object = None) -> str:
        requests.append(request)
        return "0123456789abcdef"

    monkeypatch.setattr(Library, "start", note)
    app.button(key="analyse").click().run()
    return requests[0].arguments()


def select(app: AppTest, label: str) -> Any:
    (found,) = [choice for choice in app.multiselect if choice.label == label]
    return found


TABLE = "key,team,status,summary\n" + "".join(
    f"A-{i},{['red', 'blue'][i % 2]},{['open', 'done'][i // 2 % 2]},printer {i} on floor {i % 5} jams\n"
    for i in range(12)
)
LOG = "".join(
    f"2026-03-01 10:00:{i:02},000 {['INFO', 'WARN'][i % 2]} [t-{i % 3}] a.B: disk {i} full\n" for i in range(12)
)


def test_nothing_is_sent_of_what_will_be_guessed_the_same(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    upload(app, TABLE.encode())
    assert started(app, monkeypatch) == ["--shown-name=export.csv"]


def test_categories_can_be_chosen(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    upload(app, TABLE.encode())
    assert set(select(app, "Categories").value) == {"team", "status"}
    select(app, "Categories").set_value(["team"]).run()
    assert started(app, monkeypatch) == ["--shown-name=export.csv", "--category-column=team"]


def test_no_category_is_a_choice(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    upload(app, TABLE.encode())
    select(app, "Categories").set_value([]).run()
    assert started(app, monkeypatch) == ["--shown-name=export.csv", "--categories="]


def test_columns_are_analysed_as_they_are_shown(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    upload(app, TABLE.encode())
    select(app, "Text to compare").set_value(["status"]).run()
    sent = started(app, monkeypatch)
    assert {"--text-column=status", "--id=key", "--time="} < set(sent)
    assert {name for name in sent if "category" in name} == {"--category-column=team", "--category-column=status"}


def test_every_other_role_can_be_given_to_another_column(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    upload(app, TABLE.encode())
    assert box(app, "Status").value == "status"
    box(app, "Status").select_index(0).run()
    box(app, "Product").set_value("team").run()
    sent = started(app, monkeypatch)
    assert {"--role=status=", "--role=product=team", "--role=link=", "--text-column=summary"} < set(sent)


def test_a_log_with_columns_has_the_same_choices(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    upload(app, LOG.encode(), "app.log")
    assert select(app, "Text to compare").value == ["message"]
    assert (box(app, "Id of a record").value, box(app, "Time of a record").value) == (None, "time")
    assert select(app, "Categories").value == ["level", "thread"]
    select(app, "Text to compare").set_value(["line"]).run()
    box(app, "Id of a record").set_value("thread").run()
    sent = started(app, monkeypatch)
    assert {"--text-column=line", "--id=thread", "--time=time"} < set(sent)


def test_plain_lines_have_nothing_to_choose_from(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    upload(app, b"one thing\nanother thing\n", "app.log")
    assert not app.multiselect
    assert started(app, monkeypatch) == ["--shown-name=app.log"]


def test_a_session_has_an_id_and_columns_of_its_own(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    upload(app, LOG.encode(), "app.log")
    box(app, "Id of a record").set_value("thread").run()
    box(app, "One record for").set_value("thread").run()
    sent = started(app, monkeypatch)
    assert "--session=thread" in sent
    assert not [option for option in sent if option.startswith(("--id", "--categ"))]


def test_a_reading_can_be_changed_and_the_preview_follows(app: AppTest) -> None:
    rows = "".join(f"{i};Gr\xfc\xdfe aus B\xfcro {i}; bitte, danke\n" for i in range(9))
    upload(app, f"key;text;more\n{rows}".encode("cp1252"))
    assert app.dataframe[0].value.columns.tolist() == ["line", "key", "text", "more"]
    box(app, "Delimiter").set_value("").run()
    assert app.dataframe[0].value.columns.tolist() == ["line", "key;text;more"]
    box(app, "Delimiter").set_value(None).run()
    box(app, "Encoding").set_value("cp437").run()
    assert app.dataframe[0].value["text"][0] == "Gr\u207f\u2580e aus B\u207fro 0"


def test_the_order_of_day_and_month_can_be_chosen(app: AppTest) -> None:
    rows = "".join(f"{i},printer {i} is jammed again,0{i}/02/2024 10:00\n" for i in range(1, 9))
    upload(app, f"key,text,created\n{rows}".encode())
    assert "no date in the column decides it" in shown(app)
    box(app, "Order of day and month").set_value(True).run()
    assert "read with the day first, as chosen" in shown(app)


def test_dates_that_can_be_read_both_ways_are_asked_about(app: AppTest) -> None:
    rows = "".join(f"{i},printer {i} is jammed again,0{i}/02/2024 10:00\n" for i in range(1, 9))
    upload(app, f"key,text,created\n{rows}".encode())
    (answer,) = [button for button in app.button if button.label == "1 February"]
    answer.click().run()
    assert "read with the day first, as chosen" in shown(app)
    assert box(app, "Order of day and month").value is True
    assert not [button for button in app.button if button.label == "1 February"]


def box(app: AppTest, label: str) -> Any:
    (found,) = [box for box in app.selectbox if box.label == label]
    return found


def test_a_reading_that_fails_can_be_taken_back(app: AppTest) -> None:
    upload(app)
    (first_line,) = [box for box in app.number_input if box.label == "Header begins on line"]
    first_line.set_value(99).run()
    assert "99" in " ".join(error.value for error in app.error)
    next(box for box in app.number_input if box.label == "Header begins on line").set_value(None).run()
    assert not app.error
    assert [button.label for button in app.button][-1] == "Analyse 2 records"


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "empty.csv", "is empty"),
        (bytes(range(256)) * 20, "picture.csv", "not text"),
        (b"null", "null.json", "only null"),
        (b"id,text\n1,\n2,\n", "blank.csv", "No column holds a text"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_sentence(app: AppTest, content: bytes, name: str, sentence: str) -> None:
    upload(app, content, name)
    assert not app.exception
    assert sentence in " ".join(error.value for error in app.error).replace("\\", "")


@pytest.mark.parametrize(
    "name", ["../../../../tmp/evil.csv", "<img src=x>.csv", "=cmd.csv", "n" * 300 + ".csv", "\u202egpj.csv"]
)
def test_a_files_name_is_only_shown(app: AppTest, home: Path, name: str) -> None:
    upload(app, name=name)
    assert not app.exception
    kept = [path.relative_to(home) for path in home.rglob("*") if path.is_file()]
    assert kept
    assert all(path.parts[0] in ("incoming", "cache", "lock") for path in kept)


def holding(home: Path, content: bytes) -> list[Path]:
    """The files below ``home`` that hold ``content``."""
    return [path for path in home.rglob("*") if path.is_file() and content in path.read_bytes()]


def test_what_leaves_the_uploader_leaves_the_disk(app: AppTest, home: Path) -> None:
    upload(app)
    assert len(holding(home, b"vpn is down")) >= 2, "the upload and what was read of it"
    app.file_uploader[0].clear()
    app.file_uploader[0].upload("other.csv", b"key,text\n1,screen is black\n2,mail is slow\n", "text/csv")
    app.run()
    assert holding(home, b"vpn is down") == []
    assert holding(home, b"screen is black")
    app.file_uploader[0].clear().run()
    assert not app.exception
    assert list((home / "incoming").iterdir()) == []


def test_one_of_two_files_can_leave(app: AppTest, home: Path) -> None:
    upload(app)
    other = b"key;opened;summary\nB-1;2026-03-01;screen is black\n"
    app.file_uploader[0].upload("other.csv", other, "text/csv")
    app.run()
    assert "other.csv" in shown(app).replace("\\", "")
    app.file_uploader[0].set_value([("other.csv", other, "text/csv")])
    app.run()
    assert holding(home, b"vpn is down") == []
    assert holding(home, b"screen is black")


def test_an_upload_of_yesterday_is_gone_when_the_start_page_is_opened(app: AppTest, home: Path) -> None:
    folder = home / "incoming" / "read-1-2"
    folder.mkdir(parents=True)
    (folder / "table.arrow").write_bytes(b"vpn is down")
    os.utime(folder, (time.time() - 25 * 3600,) * 2)
    app.run()
    assert not folder.exists()


@pytest.mark.slow
def test_analyse_starts_a_run_that_a_second_visit_finds(app: AppTest) -> None:
    upload(app)
    app.button(key="analyse").click().run()
    (entry,) = Library().entries()
    assert entry.title == "export.csv"
    assert app.query_params["analysis"] == entry.id
    again = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    again.query_params["analysis"] = entry.id
    again.run()
    assert "export" in shown(again)
    end = time.monotonic() + 200
    while Library().entries()[0].status.is_active and time.monotonic() < end:
        time.sleep(0.2)
    assert Library().entries()[0].status.state == "done"


def test_analyses_are_listed_opened_and_deleted(app: AppTest, home: Path) -> None:
    put_in_library(make_analysis(["printer", "vpn"]), home)
    app.run()
    assert "tickets.csv" in shown(app).replace("\\", "")
    app.button(key=f"delete-{ANALYSIS_ID}").click().run()
    assert Library().entries() == []
    assert "Your analyses will be listed here" in shown(app)


def test_a_run_that_died_says_so_and_can_be_tried_again(app: AppTest, home: Path) -> None:
    put_in_library(make_analysis(["printer", "vpn"]), home)
    folder = home / "analyses" / ANALYSIS_ID
    status = StatusWriter(folder)
    status(Progress("embed", 3, 10))
    status.finish("failed", "The analysis ran out of memory.")
    app.query_params["analysis"] = ANALYSIS_ID
    app.run()
    assert "ran out of memory" in " ".join(error.value for error in app.error)
    assert app.button(key="retry")


@pytest.mark.parametrize("page", ["start", "overview", "map", "duplicates", "anomalies", "export"])
@pytest.mark.parametrize("state", ["cancelled", "failed"])
def test_a_run_that_ended_early_can_be_tried_again_on_every_page(
    app: AppTest, home: Path, monkeypatch: pytest.MonkeyPatch, page: str, state: str
) -> None:
    put_in_library(make_analysis(["printer", "vpn"]), home)
    write_status(home / "analyses" / ANALYSIS_ID, Status(state, message="The disk is full."))  # type: ignore[arg-type]
    restarted: list[str] = []
    monkeypatch.setattr(Library, "restart", lambda _, analysis_id: restarted.append(analysis_id))
    app.query_params["analysis"] = ANALYSIS_ID
    app.run()
    app.query_params["analysis"] = ANALYSIS_ID
    app.switch_page(f"explorer/ui/pages/{page}.py").run()
    links = [link.proto.label for link in app.get("page_link")]
    assert ("Go to the start page" in links) == (page != "start")
    app.button(key="retry").click().run()
    assert restarted == [ANALYSIS_ID]
    assert not app.exception


def test_a_run_under_way_shows_how_far_it_is_and_can_be_cancelled(app: AppTest, home: Path) -> None:
    put_in_library(make_analysis(["printer", "vpn"]), home)
    StatusWriter(home / "analyses" / ANALYSIS_ID)(Progress("embed", 30, 100))
    app.query_params["analysis"] = ANALYSIS_ID
    app.run()
    assert not app.exception
    assert "cancel" in app.button(key=f"cancel-{ANALYSIS_ID}").label.casefold()


def test_a_link_to_an_analysis_that_is_gone_says_so(app: AppTest) -> None:
    app.query_params["analysis"] = "0123456789abcdef"
    app.run()
    app.query_params["analysis"] = "0123456789abcdef"
    app.switch_page("explorer/ui/pages/overview.py").run()
    assert "no longer here" in " ".join(info.value for info in app.info)
