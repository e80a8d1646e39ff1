"""Mail: headers and texts as their writers meant them, every message kept or listed, no harm from hostile ones."""

from __future__ import annotations

import json
import mailbox
from email.header import Header
from email.message import EmailMessage

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.reading import notes, read, read_with_little_memory, rows

FROM = "From ann@example.org Tue Jan  2 10:11:12 2024\n"


def cells(table, row: int = 0) -> dict[str, str | None]:
    return table.cells.to_pylist()[row]


def one(headers: str, body: str = "text\n") -> dict[str, str | None]:
    """The cells of a message with these headers and body."""
    start = "From: ann@example.org\nMessage-ID: <1@example.org>\nDate: Tue, 02 Jan 2024 10:11:12 +0100\n"
    return cells(read((start + headers + "\n" + body).encode("latin-1"), "t.eml"))


def test_a_message_is_one_record_with_its_headers():
    made = EmailMessage()
    made["From"], made["To"], made["Cc"] = "Ann <ann@example.org>", "help@example.org, bob@example.org", "c@example.org"
    made["Subject"], made["Date"] = "Drucker spinnt – wieder", "Tue, 02 Jan 2024 10:11:12 +0100"
    made["Message-ID"], made["In-Reply-To"] = "<2@example.org>", "<1@example.org>"
    made.set_content("Grüße\nAnn")
    made.add_alternative("<p>Grüße</p>", subtype="html")
    made.add_attachment(b"x", maintype="image", subtype="png", filename="übersicht.png")
    assert cells(read(bytes(made), "upload")) == {
        "message_id": "<2@example.org>",
        "date": "Tue, 02 Jan 2024 10:11:12 +0100",
        "from": "Ann <ann@example.org>",
        "to": "help@example.org, bob@example.org",
        "cc": "c@example.org",
        "subject": "Drucker spinnt – wieder",
        "body": "Grüße\nAnn",
        "in_reply_to": "<1@example.org>",
        "attachments": '["übersicht.png"]',
    }


def test_folded_headers_and_encoded_words_are_put_together():
    folded = "Subject: =?utf-8?B?w7w=?=\n =?utf-8?Q?b=65r_?= plain\n\t=?iso-8859-1?q?=E4?=\n"
    assert one(folded)["subject"] == "über  plain ä"
    split = "Subject: =?utf-8?Q?=C3?= =?utf-8?Q?=BC?=\n"  # one character in two words
    assert one(split)["subject"] == "ü"
    assert one("Subject: =?no-such?Q?a?= =?utf-8?B?!!?= =?broken\n")["subject"] is not None


@pytest.mark.parametrize(
    ("headers", "body", "text"),
    [
        ("Content-Type: text/plain; charset=iso-8859-1\n", "Gr\xfc\xdfe", "Grüße"),
        (
            "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n",
            "a=C3=BC=\nb",
            "aüb",
        ),
        ("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n", "R3LDvMOfZQ==", "Grüße"),
        ("", "Gr\xfc\xdfe", "Grüße"),
        ("Content-Type: text/plain; charset=no-such\n", "plain", "plain"),
        ("Content-Type: text/plain; charset=punycode\n", "plain", "plain"),
        ("Content-Type: text/plain; charset=us-ascii\n", "Gr\xfc\xdfe", "Grüße"),
    ],
)
def test_texts_are_decoded(headers, body, text):
    assert one(headers, body)["body"] == text


def test_html_is_the_body_only_where_there_is_no_plain_text():
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "a@example.org", "b@example.org", "x"
    made.set_content("<p>only this</p>", subtype="html")
    table = read(bytes(made), "t.eml")
    assert cells(table)["body"] == "<p>only this</p>\n".strip()
    assert "the body is HTML" in notes(table)


def test_messages_of_an_archive_are_told_apart_and_quotes_taken_away():
    data = (
        f"{FROM}From: a@example.org\nSubject: one\n\nfirst\n>From me\n>>From you\n\nFrom here on: it goes\n\n"
        f"From now\n\n{FROM}From: b@example.org\nSubject: two\n\nsecond\n\n{FROM}no header here\n\n"
        f"{FROM}From: c@example.org\nSubject: three\n\n"
    )
    for text in (data, data.replace("\n", "\r\n")):
        table = read(text, "archive.mbox")
        assert [row["subject"] for row in table.cells.to_pylist()] == ["one", "two", "three"]
        assert cells(table)["body"] == "first\nFrom me\n>From you\n\nFrom here on: it goes\n\nFrom now"
        assert list(table.lines) == [1, 13, 22]
        assert [(row.line, row.reason) for row in table.rejected] == [(19, "no headers")]


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp")), max_size=30)


@settings(max_examples=60)
@given(st.lists(st.tuples(TEXT, st.lists(TEXT, min_size=1, max_size=3)), min_size=1, max_size=4))
def test_any_messages_come_back_from_an_archive(tmp_path_factory, messages):
    path = tmp_path_factory.mktemp("mail") / "archive"
    box = mailbox.mbox(path)
    for subject, lines in messages:
        made = mailbox.mboxMessage()
        made["From"] = "a@example.org"
        made["Subject"] = Header(subject, "utf-8")
        made.set_payload("\n".join(lines).encode(), "utf-8")
        box.add(made)
    box.close()
    back = read(path.read_bytes(), "t.mbox")
    assert back.n_rows == len(messages)
    for row, (subject, lines) in zip(back.cells.to_pylist(), messages, strict=True):
        assert (row["subject"] or "").split() == subject.split()
        text = "\n".join(lines)
        assert (row["body"] or "") == (text.strip("\n") if text.strip() else "")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("sender", ["ann@example.org", "MAILER-DAEMON", "ann at example.org", '"Ann Lee"@example.org'])
def test_messages_without_a_blank_line_between_them_are_told_apart(end, sender):
    begins = f"From {sender} Fri Mar  1 09:00:0{{0}} 2024\n"
    made = begins + "From: a@b\nTo: c@d\nSubject: s{0}\n\nbody {0}\nFrom here on it says: nothing\n"
    text = "".join(made.format(n) for n in range(5)).replace("\n", end)
    table = read(text.encode(), "t.mbox")
    assert [row["subject"] for row in table.cells.to_pylist()] == [f"s{n}" for n in range(5)]
    assert table.lines.tolist() == [1, 8, 15, 22, 29]


def test_a_sentence_that_begins_like_a_message_stays_in_it():
    body = "see:\nFrom Monday on: it is slow\nFrom: Bob\nFrom ann@x Fri Mar  1 09:00:00 2024 it was\nX: y\n"
    assert read(f"{FROM}From: a@b\nTo: c@d\nSubject: s\n\n{body}", "t.mbox").n_rows == 1


@pytest.mark.parametrize("begins", ["", FROM])
def test_a_byte_order_mark_changes_nothing(begins):
    text = f"{begins}From: a@b\nTo: c@d\nSubject: s\nDate: Tue, 02 Jan 2024 10:11:12 +0100\n\nbody\n".encode()
    plain, marked = read(text, "t.eml"), read(b"\xef\xbb\xbf" + text, "t.eml")
    assert marked.cells.equals(plain.cells)
    assert marked.reports[0].format == plain.reports[0].format


def test_hostile_messages_are_listed_with_little_memory(tmp_path):
    start = f"{FROM}From: a@example.org\nSubject: x\n"
    fine = f"{start}\nfine\n\n"
    nested = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(10_000))
    messages = "Content-Type: message/rfc822\n\n" * 10_000
    parts = start + "Content-Type: multipart/mixed; boundary=b\n\n" + "--b\n\nx\n" * 20_000
    files = {
        "nested.mbox": (fine + start + nested + "\n\n" + fine).encode(),
        "messages.mbox": (fine + start + messages + "\n\n" + fine).encode(),
        "parts.mbox": (fine + parts + "\n\n" + fine).encode(),
        "headers.mbox": (fine + start + "X: y\n" * 500_000 + "\n" + fine).encode(),
        "long.mbox": (fine + start + "To: " + "=?utf-8?q?" * 100_000 + "\n\n" + fine).encode(),
        "words.mbox": (fine + start + "To: " + "=?utf-8?q?a?= " * 7_000 + "\n\n" + fine).encode(),
        "parameters.mbox": (fine + start + "Content-Type: text/plain" + "; a*1*=x" * 20_000 + "\n\n" + fine).encode(),
        "begins.mbox": (fine + FROM * 50_000).encode(),
    }
    said = read_with_little_memory(files, tmp_path)
    assert list(said) == list(files)
    assert said["nested.mbox"] == said["messages.mbox"] == said["parts.mbox"] == said["headers.mbox"] == "read 2"
    assert all(sentence.startswith("read ") for sentence in said.values())


@settings(max_examples=100)
@given(st.binary(max_size=300))
def test_no_bytes_behind_the_headers_do_harm(data):
    assume(b"\nFrom " not in data)
    table = read(FROM.encode() + b"From: a@example.org\nTo: b@example.org\n" + data + b"\n\ntext", "t.mbox")
    assert table.n_rows == 1
    assert all(isinstance(name, str) for name in json.loads(rows(table)[0][8] or "[]"))
