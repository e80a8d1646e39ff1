from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.report.worddiff import Fact, Segment, differing_facts, word_diff
from tests.patience import no_hang

texts = st.text(st.sampled_from("ab12 .\n-é漢"), max_size=60)


@given(texts, texts)
def test_the_segments_put_together_are_the_two_texts(a, b):
    segments = word_diff(a, b)
    assert "".join(s.text_a for s in segments) == a
    assert "".join(s.text_b for s in segments) == b
    for op, text_a, text_b in segments:
        assert (op == "equal") == (text_a == text_b)
        assert (op == "insert") == (text_a == "")
        assert (op == "delete") == (text_b == "")
    assert all((one.op == "equal") != (two.op == "equal") for one, two in pairwise(segments))


@given(texts)
def test_a_text_equals_itself(text):
    assert word_diff(text, text) == ([Segment("equal", text, text)] if text else [])
    assert differing_facts(text, text) == []


def test_a_changed_word_stands_between_equal_ones():
    assert word_diff("error 404 on login", "error 500 on login") == [
        Segment("equal", "error ", "error "),
        Segment("replace", "404", "500"),
        Segment("equal", " on login", " on login"),
    ]


def test_changes_with_only_a_space_between_them_are_one():
    assert word_diff("a red fox ran", "a blue dog ran")[1] == Segment("replace", "red fox", "blue dog")


def test_addresses_and_codes_stay_whole():
    assert word_diff("host 10.0.0.1 up", "host 10.0.0.2 up")[1] == Segment("replace", "10.0.0.1", "10.0.0.2")


def test_a_script_without_spaces_is_compared_letter_by_letter():
    assert word_diff("印刷机坏了", "打印机坏了")[-1] == Segment("equal", "机坏了", "机坏了")


def test_very_long_texts_are_compared_in_reasonable_time():
    a = " ".join(f"a{i}" for i in range(20_000))
    b = " ".join(f"b{i}" for i in range(20_000))
    with no_hang():
        assert [s.op for s in word_diff("same " + a + " end", "same " + b + " end")] == ["equal", "replace", "equal"]


@pytest.mark.parametrize(
    ("a", "b", "facts"),
    [
        ("error 404 on login", "error 500 on login", [Fact("number", "404", "500")]),
        ("did complete", "did not complete", [Fact("negation", "", "not")]),
        ("it works", "it doesn't work", [Fact("negation", "", "doesn't")]),
        ("Drucker druckt", "Drucker druckt nicht", [Fact("negation", "", "nicht")]),
        ("payment succeeded", "payment failed", [Fact("opposite", "succeeded", "failed")]),
        ("Accepted login", "failed login", [Fact("opposite", "Accepted", "failed")]),
        ("link up", "link down", [Fact("opposite", "up", "down")]),
        ("code E42", "code E43", [Fact("code", "E42", "E43")]),
        ("0x80070005 at 10:15", "0x80070057 at 10:15", [Fact("code", "0x80070005", "0x80070057")]),
        ("disk 1 and 2", "disk 1", [Fact("number", "2", "")]),
        ("rooms 1 and 2", "rooms 2 and 1", []),
        ("printer jam", "printer jammed again", []),
        ("not now", "never now", []),
        ("", "", []),
    ],
)
def test_differences_that_may_matter_are_named(a, b, facts):
    assert differing_facts(a, b) == facts
    assert differing_facts(b, a) == [Fact(f.kind, f.b, f.a) for f in facts]


def test_a_fact_reads_like_a_difference():
    assert str(Fact("number", "404", "500")) == "404 / 500"
    assert str(Fact("negation", "", "not")) == "not"
