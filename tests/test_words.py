"""The words that name clusters and give anomalies their reasons."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.words import folded, join_words, parts_of, stop_words, words_of

GERMAN = [
    "Der Drucker im dritten Stock druckt nicht mehr und ich weiß nicht warum",
    "Bitte setzen Sie mein Passwort zurück, ich habe es vergessen",
    "Das VPN bricht jede Stunde ab, wenn ich von zu Hause arbeite",
]
RUSSIAN = ["Не работает принтер на третьем этаже, и я не знаю почему", "Я забыл пароль, как мне его сбросить"]


def test_words_are_as_written_without_masks_and_bare_numbers() -> None:
    assert words_of("Pool <id> is exhausted after 30 tries, can't log-in_2 x") == [
        *("Pool", "is", "exhausted", "after", "tries", "can't", "log-in_2")
    ]


@pytest.mark.parametrize("apostrophe", ["'", "’"])
def test_an_apostrophe_is_part_of_a_word_but_not_of_a_shortened_article_before_it(apostrophe: str) -> None:
    text = "L'imprimante d'accueil, aujourd'hui dell'ordine; I don't".replace("'", apostrophe)
    assert words_of(text) == ["imprimante", "accueil", f"aujourd{apostrophe}hui", "ordine", f"don{apostrophe}t"]


def test_contractions_name_nothing_whichever_apostrophe_they_have() -> None:
    for word in ("don't", "DOESN’T", "wasn’t", "couldn't", "you’re"):
        assert [folded(own) for own in words_of(word)] == [folded(word)]
        assert folded(word) in stop_words([])


@pytest.mark.parametrize("text", ["编辑器", "ログイン", "เข้าระบบ", "保存"])
def test_a_script_without_spaces_is_taken_in_pieces_that_can_be_put_together(text: str) -> None:
    pieces = words_of(text)
    assert all(len(piece) == 2 for piece in pieces)
    assert "".join(piece[0] for piece in pieces) + pieces[-1][1] == text
    for first, second in pairwise(pieces):
        assert join_words(first, second) in text
        assert parts_of(join_words(first, second)) == [first, second]


def test_pieces_and_words_of_another_script_stand_side_by_side() -> None:
    assert words_of("vue文件打开5次 error") == ["vue", "文件", "件打", "打开", "次", "error"]


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_text_breaks_the_words(first: str, second: str) -> None:
    words = words_of(first + second)
    assert all(word and word in first + second for word in words)
    for a, b in pairwise(words):
        assert parts_of(join_words(a, b)) == [a, b]


def test_function_words_of_the_languages_of_the_file_are_left_out() -> None:
    assert {"der", "nicht", "und", "wenn", "the"} <= stop_words(GERMAN)
    assert {"не", "как", "на", "the"} <= stop_words(RUSSIAN)
    assert not {"drucker", "passwort", "принтер", "пароль"} & (stop_words(GERMAN) | stop_words(RUSSIAN))


def test_words_that_only_another_language_takes_for_function_words_name_something() -> None:
    english = ["The design of the comment box is fine on Mac OS", "The total at this point is not exact", "VPN is down"]
    assert not {"design", "comment", "os", "total", "point", "exact"} & stop_words(english)


def test_no_texts_have_the_english_stop_words() -> None:
    assert "the" in stop_words([])
