"""template_values tells what stood behind each wildcard, and mask_with_values what stood behind each placeholder."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.ingest import mask_text, normalize_text
from explorer.ingest.log_text import mask_record
from explorer.ingest.masking import PLACEHOLDER, mask_with_values
from explorer.ingest.templates import mine_templates, template_values
from tests.test_templates import LINE, NAMES, SHAPED


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("took 5 ms at -3.5 of +7 in 5-6", ["5 ms", "-3.5", "+7", "5", "6"]),
        (
            "2024-01-02T10:11:12Z from 10.0.0.7:5432 by a.b@c.org",
            ["2024-01-02T10:11:12Z", "10.0.0.7:5432", "a.b@c.org"],
        ),
        ("GET /users/123/x?y=4 HTTP/1.1 404 512", ["123", "4", "512"]),
        ("GET /users/<num>/7 200 <ip> 9", ["<num>", "7", "<ip>", "9"]),
        ("I1121 06:48:11.000001 ok status=404", ["1121 06:48:11.000001"]),
        ("a <num> b <*> c <init> 5", ["<num>", "<*>", "5"]),
        ("took -3m5s, 4 KB of 1.5 GiB (91%)", ["-3m5s", "4 KB", "1.5 GiB", "91%"]),
        (
            r"7 read C:\Temp\a 1\b.txt for a@b.org with /var/log/a-1.log at caf%C3%A9 ok 5",
            ["7", r"C:\Temp\a 1\b.txt", "a@b.org", "/var/log/a-1.log", "caf%C3%A9", "5"],
        ),
        ("h:1 -1/0/30/69/109 503 2750 1/1/1/1/0 0/0", ["1", "-1", "0", "30", "69", "109", "2750", *"1111000"]),
        ("exit code of step 17 is 3", ["17"]),
        ("<path> and /tmp/7 of <num> a@b.org", ["<path>", "/tmp/7", "<num>", "a@b.org"]),
        ("nothing here", []),
    ],
)
def test_what_is_behind_each_placeholder(text, values):
    assert mask_with_values(text) == (mask_text(text), values)


PIECES = (
    "/var/log/x1 C:\\a\\b1 a%20b 5ms 3KB 9% upstream_status=502 1/2/3/4/5 6/7 200 exit code of step is 0 returned 1 "
    "5 -7 +8 10.0.0.1:80 <num> <ip> <*> <x> GET /a/12/ 404 a@b.c9 x=1 id-12 status=500 2024-01-02 10:11:12 I1121 ms é"
)


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.lists(st.sampled_from(PIECES.split()), max_size=9).map(" ".join), st.text(max_size=40)))
def test_each_placeholder_has_a_value_and_the_values_make_the_text(text):
    masked, values = mask_with_values(text)
    assert masked == mask_text(text)
    assert len(PLACEHOLDER.findall(masked)) == len(values)
    left = iter(values)
    assert PLACEHOLDER.sub(lambda _: next(left), masked) == text


def test_values_are_counted_most_common_first():
    lines = [f"user {name} from 10.0.0.{1 + i % 2} took {i} ms: ok" for i, name in enumerate([*NAMES, "bob", "bob"])]
    template = "user <*> from <ip> took <duration>: ok"
    assert set(mine_templates(map(mask_record, lines)).templates) == {template}
    found = template_values(template, lines)
    assert [wildcard.kind for wildcard in found.wildcards] == ["<*>", "<ip>", "<duration>"]
    assert found.wildcards[0].values[:2] == (("bob", 3), ("alice", 1))
    assert found.wildcards[1].values == (("10.0.0.1", 10), ("10.0.0.2", 9))
    assert found.n_aligned == found.n_records == len(lines)


@pytest.mark.parametrize(
    ("template", "line", "values"),
    [
        ("Invalid user <*> from <ip>", "Invalid user boris zhang 7 from 10.0.0.1", ["boris zhang 7", "10.0.0.1"]),
        ("Invalid user <*> from <ip>", "Invalid user from from 10.0.0.1", ["from", "10.0.0.1"]),
        ("a <*> b <*> c", "a x b y z c", ["x", "y z"]),
        ("a <*> b <*> c", "a x b b y c", ["x b", "y"]),
        ("ruser=<*> ok", "ruser= ok", [""]),
        ("opened <path> at <host>", "opened /a/7/b at <host>", ["/a/7/b"]),
        ("to <*> now", "to db7.example.org:5432 now", ["db7.example.org:5432"]),
        ('{"a": <num>, "b": "<*>"}', '{"b":"x y","a":-1.5}', ["-1.5", "x y"]),
        ("died at a.b(C.java:<num>) at d.e", "died\n\tat a.b(C.java:17)\n\tat d.e", ["17"]),
        ("no wildcard", "no  wildcard", []),
        ("delete <id> of <num>", "delete blk_1 blk_2 blk_3 of 7", ["blk_1 blk_2 blk_3", "7"]),
        ("add <num> <id> of <num>", "add 1 a1 a2 of 7, 8", ["1", "a1 a2", "7, 8"]),
        ("removed <id>, from <id>.", "removed a1, b2, from a3, a4.", ["a1, b2", "a3, a4"]),
        ("<*> wrote <path> <*>", "ann bee wrote /a/1, /b/2 cee", ["ann bee", "/a/1, /b/2", "cee"]),
    ],
)
def test_values_of_one_record(template, line, values):
    found = template_values(template, [line])
    assert [wildcard.values for wildcard in found.wildcards] == [((value, 1),) for value in values]


def test_a_record_of_another_template_is_counted_and_not_guessed_at():
    found = template_values("user <*> left", ["user bob left", "user bob came", "user left", "", "x" * 10_000])
    assert (found.n_aligned, found.n_records) == (1, 5)
    assert found.wildcards[0].values == (("bob", 1),)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(LINE, SHAPED), min_size=1, max_size=30))
def test_every_record_fits_its_own_template(lines):
    template = mine_templates([mask_record(line) for line in lines]).of_text
    by_template: dict[str, list[str]] = {}
    for line in lines:
        by_template.setdefault(normalize_text(template[mask_record(line)]), []).append(line)
    for shown, own in by_template.items():
        found = template_values(shown, own)
        assert found.n_aligned == found.n_records == len(own)
        assert [wildcard.kind for wildcard in found.wildcards] == PLACEHOLDER.findall(shown)
        for wildcard in found.wildcards:
            assert sum(count for _, count in wildcard.values) == len(own)
