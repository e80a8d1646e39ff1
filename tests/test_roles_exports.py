"""guess_roles knows the exports that people have: header and rows as those tools write them."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pandas as pd
import pytest

from explorer.ingest import corpus_from_frame, guess_roles, resolve_roles
from explorer.ingest.column_stats import column_stats
from explorer.ingest.role_words import split_name, with_parts
from explorer.types import Roles, Table

N = 40
WORDS = ["printer", "screen", "network", "password", "mail", "server", "login", "driver", "update", "cable", "slow"]
PEOPLE = ["Ann Lee", "Bo Chan", "Cy Diaz", "Dee Fox", "Eli Gray", "Flo Hahn"]


def words(pick: random.Random, n: int) -> str:
    return " ".join(pick.choices(WORDS, k=n))


def frame_of(columns: str, kinds: str, seed: int = 0) -> pd.DataFrame:
    """A table of ``columns`` (between "|") whose cells are of ``kinds``."""
    pick = random.Random(seed)
    made = {
        "key": lambda i: f"PROJ-{1000 + i}",
        "inc": lambda i: f"INC{10_000 + i:07}",
        "num": lambda i: str(7000 + i),
        "sys": lambda _: f"{pick.getrandbits(128):032x}",
        "title": lambda i: f"{words(pick, 5)} {i}",
        "body": lambda i: f"{words(pick, 30)} case {i}",
        "html": lambda i: f"<p>{words(pick, 20)} case {i}</p>",
        "state": lambda _: pick.choice(["Open", "In Progress", "Closed"]),
        "nstate": lambda _: pick.choice(["2", "3", "6"]),
        "prio": lambda _: pick.choice(["High", "Medium", "Low"]),
        "prio1": lambda _: pick.choice(["1 - Critical", "3 - Moderate", "4 - Low"]),
        "nprio": lambda _: pick.choice(["1", "2", "3"]),
        "product": lambda _: pick.choice(["Mail", "Web shop", "VPN"]),
        "person": lambda _: pick.choice(PEOPLE),
        "nperson": lambda _: pick.choice(["360001", "360002", "360003", "360004"]),
        "mail": lambda _: f"{pick.choice(PEOPLE).split()[0].lower()}@example.com",
        "from": lambda _: f'"{pick.choice(PEOPLE)}" <{pick.choice(PEOPLE).split()[0].lower()}@example.com>',
        "when": lambda i: f"2024-01-{i % 28 + 1:02}T10:{i % 60:02}:00Z",
        "later": lambda i: "" if i % 3 else f"2024-02-{i % 28 + 1:02}T11:{i % 60:02}:00Z",
        "epoch": lambda i: str(1_704_000_000 + 977 * i),
        "rfc": lambda i: f"Mon, {i % 28 + 1} Jan 2024 10:{i % 60:02}:00 +0000",
        "msgid": lambda _: f"<{pick.getrandbits(48):012x}@mail.example.com>",
        "link": lambda i: f"https://desk.example.com/tickets/{7000 + i}",
        "api": lambda i: f"https://desk.example.com/api/v2/tickets/{7000 + i}.json",
        "type": lambda _: pick.choice(["Bug", "Task"]),
        "tags": lambda _: pick.choice(["a b", "c", "", "a c"]),
        "bool": lambda _: pick.choice(["true", "false"]),
        "empty": lambda _: "",
        "note": lambda i: words(pick, 12) if i % 4 == 0 else "",
    }  # fmt: skip
    names, of_kind = columns.split("|"), kinds.split()
    assert len(names) == len(of_kind), (len(names), len(of_kind))
    cells = {
        f"{n}\0{name}": [made[kind](i) for i in range(N)]
        for n, (name, kind) in enumerate(zip(names, of_kind, strict=True))
    }
    frame = pd.DataFrame(cells)
    frame.columns = names
    return frame


def table_of(frame: pd.DataFrame) -> Table:
    from explorer.ingest.memory import _cell_text, _table

    cells = [[_cell_text(value) or None for value in frame.iloc[:, i]] for i in range(len(frame.columns))]
    return _table([str(name) for name in frame.columns], cells, "frame")


EXPORTS = {
    "Jira": (
        "Summary|Issue key|Issue id|Issue Type|Status|Project key|Project name|Priority|Resolution|Assignee|Reporter"
        "|Creator|Created|Updated|Resolved|Component/s|Description|Comment|Comment|Comment|Custom field (Severity)",
        "title key num type state type product prio type person person person when when later product body note note"
        " note prio",
        Roles("Issue key", ("Summary", "Description"), "Created", (), {}, None, "Status", "Priority", "Component/s",
              "Reporter", "Resolved"),
    ),
    "Jira JSON": (
        "expand|id|self|key|fields.issuetype.name|fields.summary|fields.description|fields.status.name"
        "|fields.priority.name|fields.reporter.displayName|fields.created|fields.updated|fields.resolutiondate"
        "|fields.project.key|fields.project.name",
        "type num api key type title body state prio person when when later type product",
        Roles("key", ("fields.summary", "fields.description"), "fields.created", (), {}, "self", "fields.status.name",
              "fields.priority.name", "fields.project.name", "fields.reporter.displayName", "fields.resolutiondate"),
    ),
    "Jira in German": (
        "Zusammenfassung|Vorgangsschlüssel|Vorgangs-ID|Vorgangstyp|Status|Priorität|Autor|Erstellt|Erledigt|Beschreibung",
        "title key num type state prio person when later body",
        Roles("Vorgangsschlüssel", ("Zusammenfassung", "Beschreibung"), "Erstellt", (), {}, None, "Status", "Priorität",
              None, "Autor", "Erledigt"),
    ),
    "Zendesk JSON": (
        "url|id|external_id|via.channel|created_at|updated_at|type|subject|raw_subject|description|priority|status"
        "|requester_id|submitter_id|assignee_id|group_id|tags|satisfaction_rating.score|brand_id|ticket_form_id",
        "api num empty type when when type title title body prio state nperson nperson nperson nperson tags type nprio"
        " nprio",
        Roles("id", ("subject", "description"), "created_at", (), {}, "url", "status", "priority", "brand_id",
              "requester_id", None),
    ),
    "Zendesk CSV": (
        "Id|Requester|Requester id|Requester email|Submitter|Assignee|Group|Subject|Tags|Status|Priority|Via"
        "|Ticket type|Created at|Updated at|Solved at|Satisfaction Score",
        "num person nperson mail person person product title tags state prio type type when when later type",
        Roles("Id", ("Subject",), "Created at", (), {}, None, "Status", "Priority", "Group", "Requester", "Solved at"),
    ),
    "ServiceNow": (
        "number|sys_id|short_description|description|state|priority|impact|urgency|opened_at|closed_at|caller_id"
        "|assignment_group|assigned_to|cmdb_ci|category|sys_created_on|sys_updated_on|close_notes|work_notes",
        "inc sys title body state prio1 nprio nprio when later person product person product type when when note note",
        Roles("number", ("short_description", "description"), "opened_at", (), {}, None, "state", "priority", "cmdb_ci",
              "caller_id", "closed_at"),
    ),
    "Freshdesk CSV": (
        "Ticket ID|Subject|Description|Status|Priority|Source|Type|Agent|Group|Created time|Due by Time|Resolved time"
        "|Closed time|Last update time|Initial response time|Agent interactions|Resolution status|Tags|Product"
        "|Full name|Email",
        "num title body state prio type type person product when when later later when when nprio type tags product"
        " person mail",
        Roles("Ticket ID", ("Subject", "Description"), "Created time", (), {}, None, "Status", "Priority", "Product",
              "Full name", "Closed time"),
    ),
    "Freshdesk JSON": (
        "id|subject|description|description_text|status|priority|source|requester_id|responder_id|created_at"
        "|updated_at|due_by|fr_due_by|fr_escalated|is_escalated|type",
        "num title html body nstate nprio nprio nperson nperson when when when when bool bool type",
        Roles("id", ("subject", "description_text"), "created_at", (), {}, None, "status", "priority", "type",
              "requester_id", None),
    ),
    "GitHub": (
        "url|repository_url|html_url|id|node_id|number|title|user.login|user.id|labels|state|locked|assignee|comments"
        "|created_at|updated_at|closed_at|author_association|body|state_reason",
        "api api link num sys num title person nperson tags state bool empty nprio when when later type body type",
        Roles("number", ("title", "body"), "created_at", (), {}, "html_url", "state", None, None, "user.login",
              "closed_at"),
    ),
    "GitHub command line": (
        "author.login|body|closedAt|createdAt|labels|number|state|title|url",
        "person body later when tags num state title link",
        Roles("number", ("title", "body"), "createdAt", (), {}, "url", "state", None, None, "author.login", "closedAt"),
    ),
    "GitLab": (
        "Title|Description|Issue ID|URL|State|Author|Author Username|Assignee|Assignee Username|Confidential|Locked"
        "|Due Date|Created At (UTC)|Updated At (UTC)|Closed At (UTC)|Milestone|Weight|Labels|Time Estimate|Time Spent",
        "title body num link state person person person person bool bool empty when when later type nprio tags nprio"
        " nprio",
        Roles("Issue ID", ("Title", "Description"), "Created At (UTC)", (), {}, "URL", "State", "Weight", "Milestone",
              "Author", "Closed At (UTC)"),
    ),
    "Bugzilla CSV": (
        "Bug ID|Type|Summary|Product|Component|Assignee|Status|Resolution|Updated|Opened|Reporter|Priority|Severity",
        "num type title product product person state type when when mail nprio prio",
        Roles("Bug ID", ("Summary",), "Opened", (), {}, None, "Status", "Priority", "Component", "Reporter", None),
    ),
    "Bugzilla query": (
        "bug_id|product|component|assigned_to|bug_status|resolution|short_desc|changeddate|opendate|bug_severity"
        "|priority|rep_platform|op_sys|reporter",
        "num product product mail state type title when when prio nprio type type mail",
        Roles("bug_id", ("short_desc",), "opendate", (), {}, None, "bug_status", "priority", "component", "reporter",
              None),
    ),
    "Bugzilla REST": (
        "id|summary|description|product|component|status|resolution|severity|priority|op_sys|platform|creator"
        "|creation_time|last_change_time|cf_last_resolved|is_open",
        "num title body product product state type prio nprio type type mail when when later bool",
        Roles("id", ("summary", "description"), "creation_time", (), {}, None, "status", "priority", "component",
              "creator", "cf_last_resolved"),
    ),
    "Intercom": (
        "id|type|created_at|updated_at|waiting_since|snoozed_until|source.subject|source.body|source.delivered_as"
        "|source.author.name|source.author.email|open|state|read|priority|admin_assignee_id|team_assignee_id"
        "|statistics.last_close_at",
        "num type epoch epoch epoch empty title html type person mail bool state bool prio nperson product later",
        Roles("id", ("source.subject", "source.body"), "created_at", (), {}, None, "state", "priority",
              "team_assignee_id", "source.author.name", "statistics.last_close_at"),
    ),
    "Bugzilla XML": (
        "bug_id|creation_ts|short_desc|product|component|bug_status|priority|long_desc.who|long_desc.thetext|reporter",
        "num when title product product state prio person body mail",
        Roles("bug_id", ("short_desc", "long_desc.thetext"), "creation_ts", (), {}, None, "bug_status", "priority",
              "component", "reporter", None),
    ),
    "Jira RSS": (
        "title|link|project.id|description|key.id|key|summary|type.id|type|priority|status.id|status|reporter|created"
        "|updated|resolved|component",
        "title link nprio html num key title nprio type prio nstate state person rfc rfc later product",
        Roles("key", ("summary", "description"), "created", (), {}, "link", "status", "priority", "component",
              "reporter", "resolved"),
    ),
    "Trello": (
        "id|name|desc|closed|dateLastActivity|due|idList|idBoard|labels|shortUrl|url",
        "sys title body bool when later product sys tags link link",
        Roles("id", ("name", "desc"), "dateLastActivity", (), {}, "shortUrl", None, None, "idList", None, None),
    ),
    "Azure DevOps": (
        "ID|Work Item Type|Title|Assigned To|State|Tags|Area Path|Created Date|Changed Date|Description|Repro Steps",
        "num type title person state tags product when when note html",
        Roles("ID", ("Title", "Description", "Repro Steps"), "Created Date", (), {}, None, "State", None, "Area Path",
              None, None),
    ),
    "OTRS": (
        "Ticketnummer|Alter|Erstellt|Geschlossen|Erste Sperre|Status|Priorität|Queue|Besitzer|Kundennummer|Kundenname"
        "|Von|Betreff|Artikelbaum",
        "num nprio when later empty state prio product person nperson person from title body",
        Roles("Ticketnummer", ("Betreff", "Artikelbaum"), "Erstellt", (), {}, None, "Status", "Priorität", "Queue",
              "Kundenname", "Geschlossen"),
    ),
    "TOPdesk": (
        "Meldingnummer|Korte omschrijving|Verzoek|Status|Prioriteit|Aanmelder|Aanmaakdatum|Categorie",
        "inc title body state prio person when product",
        Roles("Meldingnummer", ("Korte omschrijving", "Verzoek"), "Aanmaakdatum", (), {}, None, "Status", "Prioriteit",
              "Categorie", "Aanmelder", None),
    ),
    "mail": (
        "message_id|date|from|to|cc|subject|in_reply_to|body|attachments",
        "msgid rfc from from empty title empty body empty",
        Roles("message_id", ("subject", "body"), "date", (), {}, None, None, None, None, "from", None),
    ),
}  # fmt: skip

ROLES = ("id", "text", "time", "link", "status", "priority", "product", "requester", "closed")
TOOLS = {name: "Azure DevOps" if name.startswith("Azure") else name.split()[0] for name in EXPORTS}


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_is_recognised_and_its_columns_found(name: str) -> None:
    columns, kinds, expected = EXPORTS[name]
    roles = guess_roles(table_of(frame_of(columns, kinds)))
    assert {role: getattr(roles, role) for role in ROLES} == {role: getattr(expected, role) for role in ROLES}
    assert f"recognised as a {TOOLS[name]} export" in roles.reasons["text"].replace("as an ", "as a ")
    for role in ROLES:
        found = getattr(roles, role)
        if found:
            assert all(repr(column) in roles.reasons[role] for column in ([found] if isinstance(found, str) else found))
            assert roles.reasons[role].endswith(".")


@pytest.mark.parametrize("name", EXPORTS)
def test_the_order_of_columns_and_rows_does_not_matter(name: str) -> None:
    columns, kinds, _ = EXPORTS[name]
    frame = frame_of(columns, kinds).loc[:, lambda frame: ~frame.columns.duplicated()]
    expected = guess_roles(table_of(frame))
    for seed in range(3):
        moved = frame.sample(frac=1, random_state=seed).sample(frac=1, axis=1, random_state=seed)
        roles = guess_roles(table_of(moved))
        assert {role: getattr(roles, role) for role in ROLES} == {role: getattr(expected, role) for role in ROLES}


def test_roles_that_are_few_values_come_first_among_the_categories() -> None:
    columns, kinds, _ = EXPORTS["Jira"]
    roles = guess_roles(table_of(frame_of(columns, kinds)))
    first = set(roles.categories[:4])
    assert first == {"Status", "Priority", "Component/s", "Reporter"}
    assert not {"Created", "Resolved", "Issue key", "Summary"} & set(roles.categories)


# --- without a known export: names in any language, or cells that tell


@pytest.mark.parametrize(
    ("columns", "kinds", "role", "column"),
    [
        ("nr|text|x|y", "num body state product", "status", "x"),
        ("nr|text|x|y", "num body product prio", "priority", "y"),
        ("nr|text|x", "num body prio1", "priority", "x"),
        ("nr|text|x", "num body link", "link", "x"),
        ("nr|text|Zustand", "num body nstate", "status", "Zustand"),
        ("nr|text|Prioridad", "num body nprio", "priority", "Prioridad"),
        ("nr|text|优先级", "num body nprio", "priority", "优先级"),
        ("nr|text|Produkt", "num body product", "product", "Produkt"),
        ("nr|text|Melder", "num body person", "requester", "Melder"),
        ("nr|text|Customer name", "num body person", "requester", "Customer name"),
        ("nr|text|Datum|Geschlossen", "num body when later", "closed", "Geschlossen"),
        ("nr|text|Fecha de creación|Fecha de cierre", "num body when later", "closed", "Fecha de cierre"),
        ("nr|text|Create date|Close date", "num body when later", "closed", "Close date"),
        ("nr|text|创建时间|关闭时间", "num body when later", "closed", "关闭时间"),
        ("nr|text|Opened date|Opened by", "num body when person", "requester", "Opened by"),
        ("nr|text|date|resolved_at", "num body when later", "closed", "resolved_at"),
    ],
)
def test_a_role_is_found_by_name_or_by_cells(columns: str, kinds: str, role: str, column: str) -> None:
    roles = guess_roles(table_of(frame_of(columns, kinds)))
    assert getattr(roles, role) == column
    assert repr(column) in roles.reasons[role]
    assert roles.text == ("text",)


@pytest.mark.parametrize(
    ("columns", "kinds", "role"),
    [
        ("id|text|state", "num body title", "status"),  # every cell is its own: no state
        ("id|text|closed", "num body bool", "closed"),  # yes or no is not a time
        ("id|text|url", "num body person", "link"),
        ("id|text|customer feedback", "num body body", "requester"),
        ("id|text|product", "num body num", "product"),  # a number of its own for each
        ("id|text|created", "num body when", "closed"),
        ("id|text|colour", "num body type", "status"),
    ],
)
def test_what_only_sounds_like_a_role_is_none(columns: str, kinds: str, role: str) -> None:
    assert getattr(guess_roles(table_of(frame_of(columns, kinds))), role) is None


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("createddate", ["created", "date"]),
        ("ticketid", ["ticket", "id"]),
        ("Fehlerbeschreibung", ["beschreibung"]),
        ("Störungsnummer", ["nummer"]),
        ("问题描述", ["描述"]),
        ("关闭时间", ["关闭", "时间"]),
        ("お問い合わせ内容", ["内容"]),
        ("timestamp", []),
        ("username", []),
        ("unresolved", []),
        ("metadata", []),
        ("department", []),
    ],
)
def test_names_without_spaces_are_taken_apart_where_their_parts_are_known(name: str, parts: list[str]) -> None:
    word = split_name(name)
    assert list(with_parts(word)) == [*word, *parts]


def test_a_renamed_body_is_found_although_the_export_is_recognised() -> None:
    frame = frame_of("number|title|what|html_url|state|created_at", "num title body link state when")
    assert guess_roles(table_of(frame)).text == ("title", "what")


def test_columns_of_a_known_export_that_are_empty_are_passed_over() -> None:
    frame = frame_of("number|sys_id|short_description|description|state|opened_at|caller_id",
                     "inc sys title empty state when person")  # fmt: skip
    roles = guess_roles(table_of(frame))
    assert roles.text == ("short_description",)
    assert roles.time == "opened_at"


def test_the_user_decides_over_a_known_export() -> None:
    columns, kinds, _ = EXPORTS["ServiceNow"]
    table = table_of(frame_of(columns, kinds))
    roles = resolve_roles(table, id="sys_id", text="description", status="impact", priority="", time="sys_created_on")
    assert (roles.id, roles.text, roles.status, roles.priority) == ("sys_id", ("description",), "impact", None)
    assert roles.time == "sys_created_on"
    assert roles.requester == "caller_id"
    assert "chosen" in roles.reasons["status"]


def test_no_column_has_two_roles() -> None:
    for columns, kinds, _ in EXPORTS.values():
        roles = guess_roles(table_of(frame_of(columns, kinds)))
        used: list[str] = [name for role in ROLES if role != "text" and (name := getattr(roles, role))]
        assert len(set(used) | set(roles.text)) == len(used) + len(roles.text)


@pytest.mark.parametrize(
    ("updated", "created"),
    [
        ("Aktualisiert", "Angelegt"),
        ("Geändert am", "Eröffnet am"),
        ("Letzte Änderung", "Erstellt am"),
        ("Mis à jour", "Créé le"),
        ("Dernière modification", "Date d'ouverture"),
        ("Última actualización", "Fecha de creación"),
        ("Atualizado em", "Criado em"),
        ("Ultima modifica", "Creato il"),
        ("Bijgewerkt", "Aangemaakt"),
        ("Zaktualizowano", "Utworzono"),
        ("Обновлено", "Создано"),
        ("更新时间", "创建时间"),
        ("更新日時", "作成日時"),
        ("수정일", "생성일"),
        ("Last updated", "Submitted"),
        ("Due date", "Logged"),
    ],
)
def test_when_a_record_was_made_comes_before_when_it_was_changed(updated: str, created: str) -> None:
    for columns in (f"nr|text|{updated}|{created}", f"nr|text|{created}|{updated}"):
        assert guess_roles(table_of(frame_of(columns, "num body when when"))).time == created


def test_an_address_that_many_records_share_is_no_link() -> None:
    frame = frame_of("number|short_description|state|opened_at|caller_id.link", "inc title state when num")
    frame["caller_id.link"] = [f"https://x.example.com/user/{i % 5}" for i in range(len(frame))]
    assert guess_roles(table_of(frame)).link is None


def test_an_address_for_people_comes_before_one_for_programs() -> None:
    jira, kinds, _ = EXPORTS["Jira JSON"]
    frame = frame_of(f"{jira}|fields.customfield_10", f"{kinds} link")
    assert guess_roles(table_of(frame)).link == "fields.customfield_10"
    assert guess_roles(table_of(frame_of("nr|text|url|web", "num body api link"))).link == "web"
    assert guess_roles(table_of(frame_of("nr|text|url", "num body api"))).link == "url"


# --- the sample


def stats_of(cells: Sequence[str | None]) -> object:
    return column_stats(table_of(pd.DataFrame({"a": list(cells)})))


def test_statistics_do_not_depend_on_the_order_of_rows() -> None:
    pick = random.Random(1)
    cells = ["n/a"] * 900 + [words(pick, 8) for _ in range(900)] + [f"2024-01-{i % 28 + 1:02}" for i in range(700)]
    same = stats_of(cells)
    for _ in range(4):
        pick.shuffle(cells)
        assert stats_of(cells) == same


def test_the_sample_has_as_much_of_a_value_as_the_column() -> None:
    pick = random.Random(2)
    cells = ["2024-01-02"] * 5_000 + [words(pick, 8) for _ in range(5_000)]
    (stats,) = column_stats(table_of(pd.DataFrame({"a": cells})))
    assert 0.4 < stats.time_fraction < 0.6


def test_texts_that_begin_alike_are_sampled_in_any_order() -> None:
    cells = [f"{'x' * 200} {i:05}" for i in range(2_000)]
    assert stats_of(cells) == stats_of(cells[::-1])


def test_a_frame_goes_the_same_way() -> None:
    columns, kinds, expected = EXPORTS["ServiceNow"]
    corpus = corpus_from_frame(frame_of(columns, kinds))
    assert corpus.roles.status == expected.status
    assert corpus.ids[0] == "INC0010000"


def test_the_body_is_compared_where_a_known_export_calls_it_otherwise_and_its_titles_are_few() -> None:
    frame = frame_of(
        "Ticketnummer|Betreff|Beschreibung|Erstellt|Status|Priorität|Kundenname",
        "num product body when state prio person",
    )
    roles = guess_roles(table_of(frame))
    assert roles.text == ("Betreff", "Beschreibung")
    assert "Beschreibung" in roles.reasons["text"]


@pytest.mark.parametrize(
    ("columns", "kinds"), [("Id|CaseNumber|text", "sys num body"), ("id|identifier|text", "sys key body")]
)
def test_of_two_ids_the_one_that_people_say_is_taken(columns: str, kinds: str) -> None:
    assert guess_roles(table_of(frame_of(columns, kinds))).id == columns.split("|")[1]
