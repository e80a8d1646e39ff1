"""Forms are found by what repeats across a file; what people say in the same words is not a form."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.ingest.cleaning import clean_text, explain_cleaning, find_forms
from tests.cleaned import clean_texts

_NOUNS = (
    "printer screen network password mailbox server login driver update cable monitor keyboard folder share license"
)
NOUNS = _NOUNS.split()
_VERBS = (
    "stopped vanished froze broke failed restarted beeped flickered lagged crashed hung leaked slipped jammed expired"
)
VERBS = _VERBS.split()
PLACES = [
    "kitchen",
    "lobby",
    "garage",
    "office",
    "basement",
    "attic",
    "hallway",
    "canteen",
    "warehouse",
    "terrace",
    "studio",
    "archive",
    "library",
]
NAMES = ["Ann", "Bo", "Cy", "Dee", "Eli", "Flo", "Gus", "Hal", "Ida", "Jon", "Kim", "Leo", "Mia", "Ned", "Oli", "Pam"]

TEMPLATE = """### Steps to reproduce

{0}

### Expected behaviour

{1}

### Actual behaviour

{2}

- [x] I have searched the existing issues and found none like mine
Please note that reports without a log file will be closed after fourteen days."""


def sentence(pick: random.Random) -> str:
    return (
        f"The {pick.choice(NOUNS)} near the {pick.choice(PLACES)} {pick.choice(VERBS)} when {pick.choice(NAMES)} moved "
        f"the {pick.choice(NOUNS)} {pick.randrange(900)}"
    )


def filled_in(n: int = 60, template: str = TEMPLATE, seed: int = 0) -> list[str]:
    pick = random.Random(seed)
    return [
        f"{sentence(pick)}\n{template.format(*(sentence(pick) for _ in range(template.count('{'))))}" for _ in range(n)
    ]


def others(n: int = 60, seed: int = 9) -> list[str]:
    pick = random.Random(seed)
    return ["\n".join(sentence(pick) for _ in range(3)) for _ in range(n)]


def test_a_planted_form_goes_and_what_was_filled_in_stays() -> None:
    texts = [*filled_in(), *others()]
    found = clean_texts(texts)
    assert found.forms.headings == {
        "steps to reproduce", "expected behaviour", "actual behaviour",
        "i have searched the existing issues and found none like mine",
    }  # fmt: skip
    assert found.forms.sentences == {"please note that reports without a log file will be closed after fourteen days"}
    assert not found.forms.labels
    for text, result in zip(texts, found.texts, strict=True):
        kept = [line for line in text.split("\n") if line.startswith("The ")]
        assert result.split("\n") == kept
    assert found.n_records["form"] == 60


def test_what_was_cut_can_be_shown_for_one_record() -> None:
    texts = [*filled_in(), *others()]
    forms = find_forms(texts)
    cuts = [cut.text for cut in explain_cleaning(texts[0], forms) if cut.kind == "form"]
    assert any("Steps to reproduce" in cut for cut in cuts)
    assert any("fourteen days" in cut for cut in cuts)
    assert not any("The " in cut for cut in cuts)
    assert explain_cleaning(texts[-1], forms) == []


@pytest.mark.parametrize(
    "template",
    [
        "Name: Ann Lee\nDept: Sales\nIssue: {0}",
        "Name: Ann Lee Dept: Sales Issue: {0}",
        "*Environment:*\n{0}\n*Description:*\n{1}",
        "h3. Beschreibung\n{0}\nh3. Erwartet\n{1}",
        "Schritte zum Nachstellen:\n{0}\nErwartetes Ergebnis:\n{1}",
        "再现步骤：\n{0}\n预期结果：\n{1}",
        "<h3>Steps</h3><p>{0}</p><h3>Result</h3><p>{1}</p>",
    ],
)
def test_forms_of_many_kinds(template: str) -> None:
    pick = random.Random(3)
    texts = []
    for text in filled_in(50, template):
        filled = text.replace("Ann Lee", f"{pick.choice(NAMES)} {pick.choice(NAMES)}x")
        texts.append(filled.replace("Sales", pick.choice(["Sales", "Legal", "IT"])))
    found = clean_texts([*texts, *others()])
    for word in ("Dept", "Issue", "Environment", "Beschreibung", "Erwartet", "Schritte", "步骤", "Steps", "Result"):
        assert not any(word in result for result in found.texts), word
    for text, result in zip(texts, found.texts, strict=False):
        assert {word for word in text.split() if word in NOUNS} <= set(result.split())
        assert ("Sales" in text) == ("Sales" in result)


def test_labels_are_cut_and_values_kept() -> None:
    pick = random.Random(5)
    texts = [f"Name: {pick.choice(NAMES)} Dept: {pick.choice(['IT', 'HR'])} Issue: {sentence(pick)}" for _ in range(40)]
    found = clean_texts(texts)
    assert found.forms.labels == {"name", "dept", "issue"}
    assert all("Dept" not in result and "The " in result for result in found.texts)


# --- what is not a form


def test_an_outage_that_forty_people_report_in_the_same_words_stays() -> None:
    pick = random.Random(1)
    outage = "Since this morning the VPN tunnel to the data centre cannot be established any more"
    texts = [
        f"VPN {pick.choice(VERBS)} {i}\n{outage}\n{pick.choice(NAMES)} in the {pick.choice(PLACES)} cannot use it"
        for i in range(40)
    ]
    found = clean_texts([*texts, *others(200)])
    assert all(outage in result for result in found.texts[:40])


def test_an_outage_inside_a_form_stays() -> None:
    pick = random.Random(2)
    form = "### What happened\n{0}\n### Where\n{1}"
    texts = [f"VPN down {i}\n{form.format('VPN is down', sentence(pick))}" for i in range(40)]
    texts += filled_in(20, form)
    assert all("VPN is down" in result for result in clean_texts(texts).texts[:40])


def test_the_same_text_many_times_stays() -> None:
    texts = ["Please reset the password of my account, I cannot log in to the portal any more"] * 40
    assert clean_texts([*texts, *others()]).texts[:40] == tuple(texts)


def test_short_tickets_stay() -> None:
    texts = [f"Password reset\nuser {name}" for name in NAMES] + [f"New laptop for {name}" for name in NAMES]
    assert clean_texts(texts).texts == tuple(texts)
    texts = [f"{name} {name}son, {place}\nPlease reset my password" for name in NAMES for place in PLACES]
    assert clean_texts([*texts, *others()]).texts[: len(texts)] == tuple(texts)


def test_the_first_line_keeps_its_sentences() -> None:
    title = "The weekly report of the sales department was not sent to anybody"
    pick = random.Random(4)
    texts = [f"{title}\n{sentence(pick)}" for _ in range(50)]
    assert all(result.startswith(title) for result in clean_texts([*texts, *others()]).texts[:50])


@pytest.mark.parametrize("word", ["Error", "TypeError", "Exception", "Caused by", "Warning", "Fehler"])
def test_labels_that_say_what_happened_stay(word: str) -> None:
    pick = random.Random(6)
    texts = [f"{sentence(pick)}\nNote: {sentence(pick)}\n{word}: {sentence(pick)}" for _ in range(50)]
    assert all(f"{word}: The" in result for result in clean_texts(texts).texts)


def test_code_and_stack_traces_stay() -> None:
    trace = "at java.lang.reflect.Method.invoke(Method.java:498)\nat org.junit.runner.Runner.run(Runner.java:12)"
    pick = random.Random(7)
    texts = [
        f"{sentence(pick)}\n{sentence(pick)}\n{trace}\n{{code}}\n### no heading\nreturn x;\n{{code}}" for _ in range(50)
    ]
    for result in clean_texts(texts).texts:
        assert "Runner.run" in result
        assert "### no heading\nreturn x;" in result


def test_a_record_of_nothing_but_the_form_keeps_it() -> None:
    empty = TEMPLATE.format("", "", "")
    texts = [*filled_in(), empty, "### Steps to reproduce"]
    found = clean_texts(texts)
    assert "Steps to reproduce" in found.texts[-1]
    assert "Expected behaviour" in found.texts[-2]  # and with it all of the form


def test_a_few_texts_have_no_form() -> None:
    assert not clean_texts(filled_in(4)).forms
    assert not clean_texts([]).forms
    assert clean_texts([""]).texts == ("",)


# --- promises


@settings(deadline=None, max_examples=15)
@given(st.randoms(use_true_random=False))
def test_the_order_of_texts_does_not_matter(pick: random.Random) -> None:
    texts = [*filled_in(30), *others(20), *filled_in(20, "Name: x\nDept: y\nIssue: {0}"), "", "Hi,\nBest regards"]
    expected = clean_texts(texts)
    order = list(range(len(texts)))
    pick.shuffle(order)
    moved = clean_texts([texts[i] for i in order])
    assert moved.texts == tuple(expected.texts[i] for i in order)
    assert (moved.forms, moved.n_records, moved.examples) == (expected.forms, expected.n_records, expected.examples)


def test_copies_count_as_records_but_do_not_make_a_form() -> None:
    texts = [*filled_in(30), *others(30)]
    once, twice = clean_texts(texts), clean_texts(texts * 2)
    assert twice.forms == once.forms
    assert twice.n_records == {kind: 2 * n for kind, n in once.n_records.items()}


def test_cleaning_one_text_is_the_same_as_cleaning_all() -> None:
    texts = [*filled_in(), *others()]
    found = clean_texts(texts)
    assert tuple(clean_text(text, found.forms) for text in texts) == found.texts


def test_cleaning_cleaned_texts_changes_nothing() -> None:
    found = clean_texts([*filled_in(), *others()])
    assert clean_texts(found.texts).texts == found.texts


def test_records_of_one_form_are_no_longer_alike() -> None:
    """Before, most words of two records are the form's; after, they are their own."""

    def overlap(one: str, two: str) -> float:
        a, b = set(one.lower().split()), set(two.lower().split())
        return len(a & b) / len(a | b)

    texts = [*filled_in(40), *others()]
    after = clean_texts(texts).texts
    pairs = [(i, i + 1) for i in range(39)]
    assert sum(overlap(texts[i], texts[j]) for i, j in pairs) > 1.8 * sum(overlap(after[i], after[j]) for i, j in pairs)
