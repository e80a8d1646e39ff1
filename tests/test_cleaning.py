"""Cleaning cuts what mail programs and markup put around a message, and nothing of the message."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.ingest.cleaning import KINDS, clean_text, explain_cleaning
from explorer.types import Forms
from tests.cleaned import clean_texts
from tests.patience import no_hang

NO_FORMS = Forms()


def cleaned(text: str) -> str:
    return clean_text(text, NO_FORMS)


def kinds(text: str) -> set[str]:
    return {cut.kind for cut in explain_cleaning(text, NO_FORMS)}


# --- HTML

HTML = [
    ("<p>Hello world</p>", "Hello world"),
    (
        "<p>the <b>export</b> is empty.<br>Only headers &amp; no rows.</p>",
        "the export is empty.\nOnly headers & no rows.",
    ),
    ("<div>one</div>\n<div>two&nbsp;three</div>", "one\ntwo three"),
    ("<html><head><title>x</title><style>p {color: red}</style></head><body><p>Text</p></body></html>", "Text"),
    ("<p>before</p><script>alert('x')</script><p>after</p>", "before\nafter"),
    ("<ul><li>Chrome<li>Edge</ul>", "Chrome\nEdge"),
    ("<table><tr><td>Name</td><td>Ann</td></tr><tr><td>Room</td><td>7</td></tr></table>", "Name Ann\nRoom 7"),
    ('<p>See <a href="https://x.example/a?b=1">the guide</a> first</p>', "See the guide first"),
    ('<div><img src="a.png" alt="red light">is on</div>', "red light is on"),
    ("<p>W&auml;hrend des Tests f&#228;llt es aus &#x2014; immer</p>", "Während des Tests fällt es aus — immer"),
    ("<P CLASS='x'>upper\ncase</P><BR/>", "upper case"),
    ("<pre>if a &lt; b:\n    *stop*</pre><p>fails</p>", "if a < b:\n*stop*\nfails"),
    ("Type: <b>Bug</b>\n\nThe cursor is gone", "Type: Bug\nThe cursor is gone"),
    ("Before <!-- please fill in --> after", "Before  after"),
    ("Title\n<html><body>Body\nof it<br>more</body></html>", "Title\nBody of it\nmore"),
    ("Title\n<p>Body of the <i>mail</i></p><p>more</p>", "Title\nBody of the mail\nmore"),
]


@pytest.mark.parametrize(("text", "expected"), HTML)
def test_html_becomes_its_words(text: str, expected: str) -> None:
    assert [line.split() for line in cleaned(text).split("\n")] == [line.split() for line in expected.split("\n")]


UNTOUCHED = [
    "List<String> cannot be assigned to List<Object>",
    "fails if a < b and c > d",
    "x<y, y>z and 3<4",
    "ssh <user>@<address> -p <port> then cmd <input> <output>",
    "The <b> tag is not rendered in the preview",
    "HashMap<String, List<Integer>> m = new HashMap<>();",
    "<property><name>a.b</name><value>1</value></property>",
    "2024-01-02 10:11:12 ERROR [main] <init> failed with <null>",
    "&lt;b&gt; is shown instead of bold",
    "the path C:\\Temp\\*.txt and *.log are 5 * 3 * 2",
    "call __init__ and some_snake_case_name or a_b_c",
    "a ~ b, ~/.bashrc and ~user",
    "costs $5 [sic] (see above) {not code}",
    "array[0][1] = b[i](x)",
    "git diff\n--- a/file\n+++ b/file\n-old line\n+new line",
    "select *\nfrom a\nwhere x = 1 -- comment\n--\nselect 2",
    "Dear ImGui crashes on start",
    "Hello world, this text is printed twice",
    "Hello World",
    "Hi-fi system has no sound",
    "Hide the toolbar: it comes back",
    "The broken monitor is made by\nLG",
    "Which of the two plans is\nBest",
    "Thanks to the update the printer is dead",
    "Best practices page, wrong link",
    "Best\nfit is not found by the solver",
    "Kind regards is missing in the template we send to customers",
    "The e-mail marked confidential was sent to the wrong recipient, please delete it",
    "Confidential label does not apply in Outlook when the mail is external",
    "At 10:11 the server wrote:\ndisk is full and nothing more happens after that",
    "The message has a bad header:\nFrom: a\nTo: b\nSubject: c\nand the parser crashes when it reads the next one",
    "From: field is empty in the exported message",
    "To reproduce: open the page\nDate: picker does not open",
    "Please send the invoice to Bob\nSubject: is cut after 20 letters",
    "He wrote: it does not work",
    "On Monday the server wrote: disk full",
    "Problem\n\nThanks\nError code: 0x80070005\nhappens daily",
    "Sent from the portal, the request never arrives",
    "Mail with sent from my iPhone in the footer breaks the parser",
    "Grüße aus der Cloud wird nicht angezeigt",
    "Danke Seite zeigt Fehler 404",
    "Merci de vérifier le serveur 12",
    "Gracias page returns an error",
    "Re-opened: see ticket 12: still broken: yes",
    "Note: the disk is full\nWarning: it gets worse",
    "C# and F# and A+ and C++",
    "#1 priority: mail is down",
    "1. first\n2. second",
    "😀😀 👩‍👩‍👧 🇩🇪",
    "打印机坏了，三楼打印机无法打印。",
    "プリンターが動きません",
    "الطابعة لا تعمل",
]  # fmt: skip


@pytest.mark.parametrize("text", UNTOUCHED)
def test_what_only_looks_like_it_is_not_cut(text: str) -> None:
    assert cleaned(text).split() == text.split()


# --- wiki and Markdown

MARKUP = [
    ("h2. Steps\n*bold* and _italic_ and {{mono}}", "Steps\nbold and italic and mono"),
    ("{code:java}\nList<String> x = *p;\n{code}\nfails", "List<String> x = *p;\nfails"),
    ("{noformat}\n<p>raw</p>\n{noformat}", "<p>raw</p>"),
    ("see [the guide|https://x.example/a] and [https://y.example]", "see the guide and https://y.example"),
    ("{quote}as said{quote} {color:red}red{color}", "as said   red"),
    ("!screenshot-1.png|thumbnail!\nthe page is white", "the page is white"),
    ("||Name||Room||\n|Ann|7|", "Name Room\nAnn 7"),
    ("bq. quoted words", "quoted words"),
    ("{*}bold{*} words", "bold words"),
    ("ask [~jane.doe] first", "ask jane.doe first"),
    ("## Title ##\n**Bold** and `code *x*`", "Title\nBold and code *x*"),
    ("[text](https://x.example) ![alt words](a.png)", "text alt words"),
    ("```python\nif a < b: **c**\n```\nend", "if a < b: **c**\nend"),
    ("~~~\n# no heading\n~~~", "# no heading"),
    ("| a | b |\n|---|:-:|\n| 1 | 2 |", "a b\n1 2"),
    ("- [x] done\n- [ ] open", "done\nopen"),
    ("~~gone~~ stays", "gone stays"),
    ("***\ntext\n-----", "text"),
    ("### Version\n\n_No response_\n\n### What happened\nIt stopped", "Version\nWhat happened\nIt stopped"),
    ("```\nnot closed <p>x</p> here", "```\nnot closed <p>x</p> here"),
    ("> java.lang.Error: full\n> at a.b.c\nwhat does it mean?", "java.lang.Error: full\nat a.b.c\nwhat does it mean?"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), MARKUP)
def test_markup_becomes_its_words(text: str, expected: str) -> None:
    assert [line.split() for line in cleaned(text).split("\n")] == [line.split() for line in expected.split("\n")]


# --- mail

MESSAGE = "The printer on floor three has stopped and shows error 52 since this morning"
GREETINGS = [
    "Hi,", "Hi team,", "Hello all,", "Dear Sir or Madam,", "Dear Mr. Smith,", "Good morning Anna,", "Hey guys!",
    "Hallo,",
    "Sehr geehrte Damen und Herren,", "Guten Tag Frau Müller,", "Liebe Kolleginnen und Kollegen,", "Bonjour,",
    "Bonjour à tous,", "Hola equipo,", "Buenos días,", "Estimados señores:", "Olá,", "Prezados,", "Buongiorno,",
    "Gentile Signora Rossi,", "Beste collega's,", "Hej,", "Dzień dobry,", "Здравствуйте,", "Добрый день!", "您好，",
    "お世話になっております。", "안녕하세요,", "Merhaba,",
]  # fmt: skip
CLOSINGS = [
    "Best regards,", "Kind regards", "Thanks!", "Thank you in advance.", "Cheers,", "Sincerely,", "Thanks & regards,",
    "Mit freundlichen Grüßen", "Viele Grüße", "MfG", "Vielen Dank im Voraus", "Cordialement,", "Merci d'avance",
    "Saludos cordiales", "Muchas gracias.", "Atenciosamente,", "Obrigado", "Cordiali saluti", "Met vriendelijke groet,",
    "Med vänlig hälsning", "Pozdrawiam", "С уважением,", "Спасибо!", "谢谢！", "よろしくお願いいたします。",
    "감사합니다",
]  # fmt: skip


@pytest.mark.parametrize("greeting", GREETINGS)
def test_a_greeting_goes(greeting: str) -> None:
    assert cleaned(f"{greeting}\n\n{MESSAGE}.") == f"{MESSAGE}."
    assert cleaned(f"Printer down\n{greeting}\n{MESSAGE}.") == f"Printer down\n{MESSAGE}."
    assert kinds(f"{greeting}\n{MESSAGE}") == {"greeting"}


@pytest.mark.parametrize("closing", CLOSINGS)
def test_a_closing_goes_with_the_name_below_it(closing: str) -> None:
    assert cleaned(f"{MESSAGE}.\n\n{closing}\nJane Doe") == f"{MESSAGE}."
    assert cleaned(f"{MESSAGE}.\n{closing}") == f"{MESSAGE}."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Hi team, {MESSAGE}", MESSAGE),
        (f"Hello John, {MESSAGE}", MESSAGE),
        (f"{MESSAGE}. Thanks in advance!", f"{MESSAGE}."),
        (f"{MESSAGE}. Thank you. Best regards", f"{MESSAGE}."),
        (f"{MESSAGE}\nThanks, Jane", MESSAGE),
        (f"{MESSAGE}. Regards, Jane", f"{MESSAGE}."),
        (f"{MESSAGE}. Danke und Gruß\nMax", f"{MESSAGE}."),
        (f"{MESSAGE}. Thank you for the Paper", f"{MESSAGE}. Thank you for the Paper"),
        (f"{MESSAGE}\n\nRegards\nJane\n\nPS: the scanner is broken as well.",
         f"{MESSAGE}\nPS: the scanner is broken as well."),
    ],
)  # fmt: skip
def test_greetings_and_thanks_go_where_they_share_a_line(text: str, expected: str) -> None:
    assert cleaned(text) == expected


SIGNATURES = [
    "Best regards,\nJane Doe\nSenior Engineer | Acme GmbH\nTel: +49 89 1234567\njane.doe@acme.example",
    "-- \nJane Doe\nAcme Ltd.\nhttps://acme.example",
    "--\nJane Doe\nPhone: 555 0100",
    "Mit freundlichen Grüßen\n\ni. A. Max Mustermann\nAbteilung Einkauf\nMuster AG\nWeg 1\nTelefon: 089 123456",
    "Cordialement,\nPierre Dupont\n06 12 34 56 78",
    "Sent from my iPhone",
    "Get Outlook for Android",
    "Von meinem iPhone gesendet",
    "Envoyé de mon iPhone",
    "Enviado desde mi iPhone",
    "Отправлено с iPhone",
    "发自我的 iPhone",
]


@pytest.mark.parametrize("signature", SIGNATURES)
def test_a_signature_goes(signature: str) -> None:
    assert cleaned(f"Printer\n{MESSAGE}.\n\n{signature}") == f"Printer\n{MESSAGE}."


DISCLAIMERS = [
    "This e-mail and any attachments are confidential and intended solely for the addressee. If you are not the"
    " intended recipient, please notify the sender and delete it.",
    "CONFIDENTIALITY NOTICE: The information in this message is privileged and intended only for the use of the"
    " individual named above.",
    "CAUTION: This email originated from outside of the organization. Do not click links unless you know the sender.",
    "Diese E-Mail enthält vertrauliche und/oder rechtlich geschützte Informationen. Wenn Sie nicht der richtige"
    " Adressat sind oder diese E-Mail irrtümlich erhalten haben, informieren Sie den Absender und vernichten Sie sie.",
    "Ce message et ses pièces jointes sont confidentiels. Si vous n'êtes pas le destinataire, merci de le détruire.",
    "Este mensaje es confidencial. Si no es usted el destinatario, le rogamos que lo elimine y avise al remitente.",
    "Esta mensagem é confidencial. Se você não é o destinatário, por favor eliminar e avisar o remetente.",
    "Please consider the environment before printing this e-mail.",
]


@pytest.mark.parametrize("disclaimer", DISCLAIMERS)
def test_a_disclaimer_goes(disclaimer: str) -> None:
    assert cleaned(f"{MESSAGE}.\n\n{disclaimer}") == f"{MESSAGE}."
    assert kinds(f"{disclaimer}\n\n{MESSAGE}.") == {"disclaimer"}


@pytest.mark.parametrize("disclaimer", DISCLAIMERS)
def test_only_the_disclaimer_goes_where_it_shares_a_paragraph_or_a_line(disclaimer: str) -> None:
    assert cleaned(f"{MESSAGE}.\nIt is urgent.\n{disclaimer}") == f"{MESSAGE}.\nIt is urgent."
    assert cleaned(f"Title\n{MESSAGE}. {disclaimer}") == f"Title\n{MESSAGE}."


def test_a_warning_on_top_of_a_line_leaves_the_message() -> None:
    warning = "CAUTION: This email originated from outside of the organization. Do not click links."
    assert cleaned(f"Title\n{warning} {MESSAGE}.") == f"Title\n{MESSAGE}."


QUOTES = [
    "On Mon, 3 Jun 2024 at 10:11, Bob <bob@x.example> wrote:\n> Please restart it\n> and try again.",
    "On Mon, 3 Jun 2024 at 10:11 PM,\nBob <bob@x.example> wrote:\n\n> Please restart it",
    "Am 03.06.2024 um 10:11 schrieb Bob:\n> Bitte neu starten",
    "Le 3 juin 2024 à 10:11, Bob a écrit :\n> Veuillez redémarrer",
    "El 3/6/2024 a las 10:11, Bob escribió:\n> Por favor reinicie",
    "Em 3 de jun. de 2024 10:11, Bob escreveu:\n> Por favor reinicie",
    "Il giorno 3 giu 2024 alle 10:11 Bob ha scritto:\n> Si prega di riavviare",
    "Op 3 juni 2024 om 10:11 schreef Bob:\n> Start opnieuw op",
    "3 июня 2024 г., 10:11 Bob написал:\n> Перезагрузите",
    "-----Original Message-----\nFrom: Bob\nSent: Monday, June 3\nTo: Ann\nSubject: RE: Printer\n\nPlease restart it.",
    "____________________\nFrom: Bob <bob@x.example>\nSent: Monday\nTo: Ann\nSubject: RE: Printer\n\nRestart.",
    "Von: Bob\nGesendet: Montag, 3. Juni 2024\nAn: Ann\nBetreff: AW: Drucker\n\nBitte neu starten.",
    "De : Bob\nEnvoyé : lundi 3 juin 2024\nÀ : Ann\nObjet : RE: Imprimante\n\nVeuillez redémarrer.",
    "De: Bob\nEnviado el: lunes, 3 de junio\nPara: Ann\nAsunto: RE: Impresora\n\nReinicie.",
    "发件人: Bob\n发送时间: 2024年6月3日\n收件人: Ann\n主题: 回复: 打印机\n\n请重启。",
    "> > Did you restart it?\n> > Twice.\n> Then call us.",
]


@pytest.mark.parametrize("quote", QUOTES)
def test_a_quoted_reply_goes(quote: str) -> None:
    assert cleaned(f"Re: Printer\n{MESSAGE}.\n\n{quote}") == f"Re: Printer\n{MESSAGE}."


def test_an_answer_below_its_quote_stays() -> None:
    text = f"Am 03.06.2024 um 10:11 schrieb Bob:\n> Bitte neu starten\n\n{MESSAGE}."
    assert cleaned(text) == f"{MESSAGE}."


def test_html_mail_marks_its_quotes() -> None:
    text = (
        f"<div>{MESSAGE}.</div><div class='gmail_quote'>On Mon, 3 Jun 2024 at 10:11, Bob wrote:<br>"
        "<blockquote type='cite'><p>Please restart it</p><p>Bob</p></blockquote></div>"
    )
    assert cleaned(text) == f"{MESSAGE}."


@pytest.mark.parametrize(
    "text",
    [
        "FW: Invoice\nPlease see below.\n\nFrom: Carl\nSent: Monday\nTo: Support\nSubject: Bill\n\nMy bill is missing.",
        "WG: Rechnung\n\nVon: Carl\nGesendet: Montag\nAn: Support\nBetreff: Rechnung\n\nMy bill is missing.",
        "Invoice\nCan you help this customer with the mail below, it has been open for a long time now?\n\n"
        "From: Carl\nSent: Monday\nTo: Support\nSubject: Invoice\n\nMy bill is missing.",
        "Begin forwarded message:\n\nFrom: Carl\nDate: Monday\nTo: Support\nSubject: Invoice\n\nMy bill is missing.",
        "From: Carl\nDate: Monday\nTo: Support\nSubject: Invoice\n\nMy bill is missing.",
        "> My bill is missing.",
        "Again\n\nOn Mon, 3 Jun 2024 at 10:11, Carl wrote:\n> My bill is missing.",
    ],
)
def test_a_quote_that_is_the_message_stays(text: str) -> None:
    assert "My bill is missing." in cleaned(text)
    assert "Sent:" not in cleaned(text)


# --- promises for any text

PIECES = [
    "Hi team,", MESSAGE, "The *file* is <b>gone</b>", "<p>Hello</p>", "> quoted", "> > twice", "-- ", "Jane Doe",
    "Best regards,", "Tel: +49 89 123456", "### Heading", "```", "{code}", "| a | b |", "On 3.6.2024 Bob wrote:",
    "From: Bob", "Sent: Monday", "Subject: x", "", "List<String>", "a < b", "谢谢", "&amp;", "[x](y)", "_a_",
    "<!-- c -->",
    "This mail is confidential, intended only for the intended recipient.", "- [x] done", "\u200b", "<div>", "</div>",
]  # fmt: skip


@settings(deadline=None, max_examples=200)
@given(st.lists(st.sampled_from(PIECES), max_size=12), st.sampled_from(["\n", "\n\n", " ", "\r\n"]))
def test_a_text_with_words_keeps_some(pieces: list[str], between: str) -> None:
    text = between.join(pieces)
    result = cleaned(text)
    assert bool(result.strip()) == bool(text.strip())
    assert len(result) <= len(text) + 20  # a heading of HTML becomes one of Markdown before it is stripped
    for cut in explain_cleaning(text, NO_FORMS):
        assert cut.kind in KINDS
        assert cut.text.strip()


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=200))
def test_any_text_at_all_can_be_cleaned(text: str) -> None:
    assert bool(cleaned(text).strip()) == bool(text.strip())


@settings(deadline=None, max_examples=200)
@given(
    st.sampled_from(["", *GREETINGS]),
    st.integers(1, 3),
    st.sampled_from(["", *CLOSINGS]),
    st.sampled_from(["", *SIGNATURES]),
    st.sampled_from(["", *DISCLAIMERS]),
    st.sampled_from(["", *QUOTES]),
)
def test_a_mail_is_its_message_and_stays_so(
    greeting: str, n_lines: int, closing: str, signature: str, disclaimer: str, quote: str
) -> None:
    message = "\n".join([f"{MESSAGE}."] * n_lines)
    once = cleaned("\n\n".join(filter(None, [greeting, message, closing, signature, disclaimer, quote])))
    assert once == message
    assert cleaned(once) == once


@pytest.mark.parametrize(("text", "expected"), [*HTML, *MARKUP])
def test_words_of_markup_are_words_the_second_time(text: str, expected: str) -> None:
    if "*" not in expected and "<" not in expected and "`" not in expected and "#" not in expected:
        assert cleaned(cleaned(text)).split() == expected.split()


HOSTILE = {
    "one long word": "a" * 1_000_000,
    "open angles": "<" * 1_000_000,
    "nested tags": "<div>" * 100_000 + "x" + "</div>" * 100_000,
    "unclosed tags": "<p " * 300_000,
    "unclosed comments": "<!--" * 200_000,
    "quotes": ">" * 500_000,
    "stars": "*a " * 300_000,
    "underscores": "_a" * 400_000,
    "brackets": "[" * 300_000 + "](" * 100_000,
    "fences": "```\n" * 200_000,
    "macros": "{code}" * 150_000,
    "colons": "a: " * 300_000,
    "short lines": "Hi,\n" * 200_000,
    "closings": "Best regards,\n" * 60_000,
    "headers": "From: a\nTo: b\n" * 60_000,
    "wrote": "On 1.1.2024 " * 80_000 + "wrote:",
    "sentences": "Thanks. " * 120_000,
    "spaces": " " * 900_000 + "x",
    "blank lines": "\n" * 900_000 + "x",
    "entities": "<p>" + "&amp;" * 200_000 + "</p>",
    "emoji": "😀👩‍👩‍👧" * 60_000,
    "disclaimers": "intended recipient confidential " * 30_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_megabyte_of_anything_takes_little_time(name: str) -> None:
    with no_hang():
        result = cleaned(HOSTILE[name])
    assert result


def test_a_file_of_hostile_texts_is_learned_from_in_little_time() -> None:
    pick = random.Random(0)
    texts = [f"{pick.random()} " + ": ".join(["Name"] * 2_000) for _ in range(30)]
    with no_hang():
        assert all(clean_texts(texts).texts)


@pytest.mark.parametrize(
    "head",
    [
        "2024-03-01 10:00:00 - System Administrator (Work notes)",
        "03/01/2024 10:00:00 AM - Ann O'Neil (Additional comments)",
        "01.03.2024 10:00 - Anna Müller (extern) (Zusätzliche Kommentare)",
        "2024-03-01 10:00:00 CET - Jean Dupont (Notes de travail)",
    ],
)
def test_the_head_of_a_journals_entry_goes_and_the_entry_stays(head: str) -> None:
    text = f"VPN drops\n{head}\nHi team,\nI looked into the tunnel.\n\n{head}\nIt drops every hour.\n"
    assert cleaned(text) == "VPN drops\nI looked into the tunnel.\nIt drops every hour."


@pytest.mark.parametrize(
    "line", ["2024-03-01 10:00:00 - worker stopped (pool 3)", "10:00 - Ann (Work notes)", "See Ann (Work notes)"]
)
def test_a_line_that_is_no_head_of_an_entry_stays(line: str) -> None:
    assert line in cleaned(f"The job fails each night.\n{line}\nWhat can be done about it?")
