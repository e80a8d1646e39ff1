"""Every encoding is told from its bytes, and where it cannot be known the report names the choice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.ingest.encodings import decode_all, find_encoding, is_ebcdic, text_pieces
from explorer.ingest.readers import choose_reader
from explorer.ingest.source import Source

TEXTS = {
    "German": "Ärger mit dem Drucker, Größe und Maß überprüfen. Schöne Grüße",
    "French": "Le serveur est tombé après la mise à jour, problème réseau déjà signalé. Ça marche où?",
    "Spanish": "La impresora está rota ¿cuándo vendrá el técnico? Mañana no funcionará la aplicación",
    "Czech": "Nejde se přihlásit, žádost o změnu hesla. Příliš žluťoučký kůň úpěl ďábelské ódy",
    "Polish": "Drukarka nie działa, proszę o pomoc, błąd przy łączeniu się z siecią",
    "Turkish": "Yazıcı çalışmıyor, şifremi değiştiremiyorum lütfen yardım edin ağ bağlantısı",
    "Russian": "Не работает принтер, ошибка при входе в систему. Помогите пожалуйста",
    "Greek": "Ο εκτυπωτής δεν λειτουργεί, παρακαλώ βοηθήστε με το πρόβλημα",
    "Hebrew": "המדפסת לא עובדת בבקשה לעזור לי עם הבעיה הזאת",
    "Arabic": "الطابعة لا تعمل من فضلك ساعدني في حل هذه المشكلة",
    "Thai": "เครื่องพิมพ์ไม่ทำงาน กรุณาช่วยด้วย",
    "Japanese": "プリンターが動きません。ログインできないので助けてください。印刷の問題",
    "Chinese": "打印机卡纸了,请尽快修理。系统登录失败,无法连接网络",
    "Taiwanese": "印表機卡紙了,請盡快修理。系統登入失敗,無法連接網路",
    "Korean": "프린터가 작동하지 않습니다. 로그인 오류를 도와주세요",
}
ENCODINGS = {
    "German": "cp1252 mac-roman cp850", "French": "cp1252 mac-roman cp850", "Spanish": "cp1252",
    "Czech": "cp1250 iso8859-2", "Polish": "cp1250 iso8859-2", "Turkish": "cp1254",
    "Russian": "cp1251 koi8-r cp866 iso8859-5 mac-cyrillic", "Greek": "cp1253", "Hebrew": "cp1255", "Arabic": "cp1256",
    "Thai": "cp874", "Japanese": "cp932 euc_jp iso2022_jp", "Chinese": "gb18030", "Taiwanese": "big5",
    "Korean": "euc_kr",
}  # fmt: skip
UNICODE = "utf-8 utf-8-sig utf-16 utf-16-le utf-16-be utf-32 utf-32-le utf-32-be"


def table(text: str) -> str:
    return "id,text\n" + "".join(f"{i},{text}\n" for i in range(3))


@pytest.mark.parametrize("language", TEXTS)
def test_the_encoding_of_a_language_is_found(language):
    text = table(TEXTS[language])
    for codec in f"{ENCODINGS[language]} {UNICODE}".split():
        data = text.encode(codec)
        encoding = find_encoding(data)
        assert decode_all(data, encoding) == text, (codec, encoding)
        is_unicode = codec in UNICODE or codec == "iso2022_jp"
        assert is_unicode or encoding.name in encoding.notes[0]


def test_a_choice_is_named_where_the_bytes_leave_one():
    [note] = find_encoding("id,text\n1,naïve\n2,café\n".encode("cp1252") + b"3,\xe1\n").notes
    assert note.startswith("Read as Windows-1252; it could be ")
    assert note.endswith("too: choose the encoding if letters look wrong.")


@pytest.mark.parametrize("codec", ["cp037", "cp500", "cp1140"])
@pytest.mark.parametrize("end", [b"\x15", b"\x25", b"\x0d\x25"])
@pytest.mark.parametrize("name", ["tickets.csv", "jobs.log", "upload"])
def test_text_from_a_mainframe_is_read_and_named(codec, end, name):
    lines = ["ID,TEXT,OPENED", *(f'{i},"Printer jams, again",2024-01-0{i}' for i in range(1, 8))]
    source = Source(name, name.rpartition(".")[2], b"".join(line.encode(codec) + end for line in lines))
    assert source.decoded.text.replace("\r", "").splitlines() == lines
    assert source.encoding.name == "EBCDIC (cp037)"
    assert "mainframes" in source.encoding.notes[0]
    cells = choose_reader(source).read(source, lambda _: None).cells
    assert cells.num_rows == (8 if name.endswith("log") else 7)


def test_no_other_text_is_taken_for_that_of_a_mainframe():
    for language, text in TEXTS.items():
        for codec in f"{ENCODINGS[language]} {UNICODE}".split():
            assert not is_ebcdic(table(text).encode(codec))
            assert not is_ebcdic(table(text).replace(" ", "").replace("\n", "\r").encode(codec))


def test_lines_in_another_encoding_are_read_and_named():
    data = table("größer").encode() * 30 + table("größer").encode("cp1252") * 30
    encoding = find_encoding(data)
    assert decode_all(data, encoding) == table("größer") * 60
    assert "90 lines are not UTF-8 and read as Windows-1252" in encoding.notes[0]
    assert "lines 122, 123, 124, 126" in encoding.notes[0]


def test_a_damaged_letter_among_others_is_marked_with_its_line():
    data = table("größer").encode() + "4,groß".encode() + b"\xc3,klein\n"
    encoding = find_encoding(data)
    assert decode_all(data, encoding).endswith("4,groß\ufffd,klein\n")
    assert encoding.notes == ("1 damaged character is not valid UTF-8 and shown as \ufffd (line 5).",)


def test_text_that_was_encoded_twice_is_said_and_left():
    text = table("größer").encode().decode("cp1252")
    encoding = find_encoding(text.encode())
    assert decode_all(text.encode(), encoding) == text
    assert "encoded twice" in encoding.notes[0]


def test_bytes_that_windows_leaves_undefined_mean_latin_1():
    data = "id,text\n1,été\x81\n".encode("latin-1")
    assert find_encoding(data).name == "Latin-1"


@given(st.text(st.characters(codec="utf-8")), st.sampled_from(UNICODE.split()[:2]))
def test_utf8_is_never_taken_for_anything_else(text, codec):
    data = text.encode(codec)
    if data.startswith(b"\xef\xbb\xbf") or 0 not in data:
        encoding = find_encoding(data)
        assert encoding.name == "UTF-8" or b"\x1b$" in data
        assert decode_all(data, encoding) == text.removeprefix("\ufeff") or b"\x1b$" in data


@given(st.binary(max_size=300))
def test_pieces_are_the_whole_text_whatever_the_bytes(data):
    encoding = find_encoding(data)
    assert "".join(text_pieces(data, encoding)) == decode_all(data, encoding)
