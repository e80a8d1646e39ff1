"""mine_templates puts occurrences of one event together, and never events that differ in what happened."""

from __future__ import annotations

import random
from itertools import combinations, pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from explorer.ingest import collapse, corpus_from_texts, mask_text
from explorer.ingest.log_text import mask_record, sort_keys
from explorer.ingest.templates import mine_templates, template_values
from explorer.ingest.templates.atoms import Atom, classify, join_line, split_line
from explorer.ingest.templates.words import is_protected

_NAMES = "alice bob carol dave erin frank grace heidi ivan judy mallory niaj olivia peggy rupert sybil trent"
NAMES = _NAMES.split()


def mined(*lines: str) -> list[str]:
    """The template of each raw line."""
    records = [mask_record(line) for line in lines]
    of_text = mine_templates(records).of_text
    return [of_text[record] for record in records]


OPPOSITE = [
    "payment {ok|failed|declined|refunded} for order 17",
    "VM {Started|Paused|Crashed|Stopped|Resumed|Migrated|Deleted|Cloned}",
    "link {up|down} on eth0",
    "disk sda is {healthy|degraded|failing|full}",
    "{Accepted|Denied|Failed} password for bob from 10.0.0.1 port 22",
    "session {opened|closed} for user bob",
    "user bob logged {in|out}",
    "user bob {enabled|disabled|locked|unlocked|created|deleted}",
    "file report.pdf {uploaded|archived|scanned|rotated|quarantined}",
    "access to /etc/passwd {granted|denied}",
    "{ERROR|WARN|INFO|DEBUG|FATAL} disk sda at 91%",
    "{error|warning|notice}: disk sda at 91%",
    "GET /cart/17 HTTP/1.1 {200|201|404|500|503}",
    "{GET|POST|PUT|DELETE} /cart/17 200",
    "upstream answered with status={200|404|502}",
    "worker exited with code {0|1|137}",
    "exit code of step build was {0|1|137}",
    "the script returned {0|1}",
    "ioctl failed: ret={-22|-5|0}",
    "container exited ({0|137})",
    "upstream_status={200|502} for the shop",
    "install ended, error code: {0x80070005|0x80070643}",
    "process killed by signal {9|11|15}",
    "the build ended with {0|17} errors",
    "{ORA-00942|ORA-01017}: statement was not run",
    "{java.io.IOException|java.lang.NullPointerException|java.sql.SQLException|a.B.TimeoutError|x.YFault}: worker 3",
    "connect() failed: {ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|ENOENT}",
    "certificate is {valid|expired|revoked|trusted|untrusted}",
    "pod web-1 is {ready|unready}",
    "replica is {in|out} of sync",
    "health check {passed|failed|skipped}",
    "transaction {committed|aborted} by node-1",
    "feature={true|false}",
    "autovacuum={on|off}",
    "value is {null|missing|present}",
    "node is {master|slave|leader|follower|primary|secondary|standby}",
    "queue is {empty|full}",
    "temperature {above|below} threshold",
    "service nginx {active|inactive|activating}",
    "state={LOOKING|FOLLOWING|LEADING|OBSERVING}",
    "order.{created|cancelled|failed} was emitted",
    "POST /orders/17/{cancel|confirm|complete} 200",
    "Anfrage {erfolgreich|fehlgeschlagen|abgelehnt}",
    "connexion {réussi|échoué|refusé}",
    '{{"level": "info", "msg": "payment {ok|failed}", "user": "bob"}}',
    '{{"level": "{info|warn|error}", "msg": "sync", "id": 4}}',
    '{{"event": "{login|logout}", "user": "bob"}}',
    "could{ not|n't|} reach the database",
    "the job did{ not|} complete",
]


def variants(shape: str) -> list[str]:
    """The lines of a shape such as "link {up|down}"; doubled braces are braces."""
    shape = shape.replace("{{", "\x00").replace("}}", "\x01")
    before, _, rest = shape.partition("{")
    choices, _, after = rest.partition("}")
    return [(before + one + after).replace("\x00", "{").replace("\x01", "}") for one in choices.split("|")]


@pytest.mark.parametrize("shape", OPPOSITE)
def test_what_happened_is_never_a_wildcard(shape):
    lines = variants(shape)
    assert len(set(mined(*lines))) == len(lines)


@pytest.mark.parametrize("shape", OPPOSITE)
def test_not_even_among_a_thousand_lines_with_other_values(shape):
    lines = [f"{line} (request {i}, customer {name})" for line in variants(shape) for i, name in enumerate(NAMES)]
    templates = mined(*lines)
    by_variant = [set(templates[start : start + len(NAMES)]) for start in range(0, len(lines), len(NAMES))]
    assert all(not one & other for one, other in combinations(by_variant, 2))
    assert all(len(one) == 1 for one in by_variant)


@pytest.mark.parametrize(
    ("shape", "values", "template"),
    [
        ("Invalid user {} from 10.0.0.1", [*NAMES, "boot", "ahmed"], "Invalid user <*> from <ip>"),
        ("session opened for user {}", NAMES[:4], "session opened for user <*>"),
        ("login host={} ok", NAMES[:4], "login host=<*> ok"),
        ('killing containerName="{}" now', NAMES[:3], 'killing containerName="<*>" now'),
        ("Hello {} and welcome to the shop", NAMES, "Hello <*> and welcome to the shop"),
        ("deleted {} from disk", ["/a/b.txt", "/a/c.txt", "/tmp/x"], "deleted <path> from disk"),
        ("resolving {} took 3 ms", ["db.example.org", "a.b.example.org", "x.org"], "resolving <*> took <duration>"),
        ("lost peer {} today", ["10.0.0.1", "a1b2c3d4", "77"], "lost peer <*> today"),
        ("token {} used", ["7", "ab12", "0x1f"], "token <id> used"),
        ("ruser={} rhost=db.example.org failed", ["", "x.y", "z.y"], "ruser=<*> rhost=db.example.org failed"),
        ("PUT /carts/{}/items 200 ok", ["17", "1f3a9c0d", "ab-12"], "PUT /carts/<id>/items 200 ok"),
        ('no hits for "{}" today', [f"{name} and sons" for name in NAMES], 'no hits for "<*>" today'),
        ('user "{}" has no shell', NAMES[:4], 'user "<*>" has no shell'),
        (
            "user '{}' set the colour 'dark red'",
            [f"Ann {name}" for name in NAMES],
            "user '<*>' set the colour 'dark red'",
        ),
    ],
)
def test_values_become_a_wildcard(shape, values, template):
    assert set(mined(*[shape.format(value) for value in values])) == {template}


@pytest.mark.parametrize(
    "lines",
    [
        ["the colour is red today", "the colour is green today", "the colour is blue today"],
        ["login user=alice ok", "login user=bob ok", "login user=root ok"],
        ["mode=card used", "mode=paypal used", "mode=bank used", "mode=cash used"],
        ["waiting for lock to settle", "waiting for disk to settle", "waiting for quorum to settle"],
        ["started alpha", "started beta", "started gamma"],
        ["a b c", "d e f", "g h i"],
        ["auth: out of memory today", "billing: out of memory today"],
    ],
)
def test_a_few_ordinary_words_are_no_variable(lines):
    assert mined(*lines) == lines


def test_sources_stay_apart_however_many_there_are():
    lines = [f"{name}: ran out of memory today" for name in NAMES]
    assert len(set(mined(*lines))) == len(lines)


def test_hosts_of_syslog_lines_are_values():
    lines = [f"Nov 21 06:48:1{i} {host} sshd[12{i}]: restart was ordered" for i, host in enumerate(("anna", "berta"))]
    assert set(mined(*lines)) == {"<time> <*> sshd[<num>]: restart was ordered"}


def test_a_value_of_two_words_belongs_to_the_template():
    lines = [f"Invalid user {name} from 10.0.0.1" for name in NAMES]
    assert mined(*lines, "Invalid user boris zhang from 10.0.0.1")[-1] == "Invalid user <*> from <ip>"
    assert mined(*lines, "Invalid user not known from 10.0.0.1")[-1] == "Invalid user not known from <ip>"


def test_a_quoted_name_of_a_field_is_one_value_and_a_quoted_sentence_is_none():
    people = [f'op=login user="{one.title()} {other.title()}" ok' for one, other in pairwise(NAMES)]
    reasons = [f'op=stop reason="{reason}" user=root' for reason in ("disk is gone", "nobody asked", "host moved away")]
    assert set(mined(*people, *reasons)) == {'op=login user="<*>" ok', *reasons}


def test_two_files_are_a_variable_and_two_requests_are_not():
    files = [rf"cannot upload C:\sqm\{name}.sqm to the server" for name in ("new", "all")]
    assert set(mined(*files)) == {"cannot upload <path> to the server"}
    requests = ["GET /orders/latest answered at last", "GET /users/latest answered at last"]
    assert set(mined(*requests)) == set(requests)


@pytest.mark.parametrize(
    ("lines", "template"),
    [
        (
            [f"asked {ip} to delete {' '.join(['blk_-71', 'blk_8', 'blk_99'][:n])}" for n in (1, 2, 3) for ip in "ab"],
            "asked {} to delete <id>",
        ),
        (['10.0.0.1 "GET /a" 200', '10.0.0.2,10.0.0.1 "GET /a" 200'], '<ip> "GET /a" 200'),
        (['{"ids": [1, 2], "op": "sync"}', '{"ids": [3], "op": "sync"}'], '{"ids": [<num>], "op": "sync"}'),
        (["unused files: /srv/a /srv/b", "unused files: /srv/c"], "unused files: <path>"),
        (["unused files: /srv/a /srv/b.", "unused files: /srv/c."], "unused files: <path>"),
        (["replicas from 1,2 to 1,2,3. ok", "replicas from 2 to 3. ok"], "replicas from <num> to <num>. ok"),
        (["rows 0x1f, 8, 9: rebuilt", "rows 7: rebuilt"], "rows <id>: rebuilt"),
    ],
)
def test_a_list_is_one_value_however_long(lines, template):
    assert {one.replace("asked a", "asked {}").replace("asked b", "asked {}") for one in mined(*lines)} == {template}
    for one, line in zip(mined(*lines), lines, strict=True):
        assert template_values(one, [line]).n_aligned == 1


def test_lists_that_are_always_as_long_stay_and_what_happened_is_no_value_of_a_list():
    assert set(mined("load 1 2 3 on db", "load 4 5 6 on db")) == {"load <num> <num> <num> on db"}
    lines = ["job 7 8 failed", "job 7 ok", "job 7 8 9 ok"]
    assert mined(*lines) == ["job <num> <num> failed", "job <num> ok", "job <num> ok"]


def test_two_names_in_a_line_are_two_wildcards():
    pick = random.Random(0)
    names = ["".join(pick.choices("abcklmnort", k=8)) for _ in range(100)]
    pairs = zip(names[::2], names[1::2], strict=True)
    lines = [f"guest {guest} was given the room {room} for the whole week" for guest, room in pairs]
    assert set(mined(*lines)) == {"guest <*> was given the room <*> for the whole week"}


def test_json_is_compared_by_key():
    lines = [
        '{"level":"info","user":"bob","n":1}',
        '{"n": 2, "level": "info", "user": "bob"}',
        ' {"user":"bob", "n":3.5 ,"level":"info"} ',
    ]
    assert set(mined(*lines)) == {'{"level": "info", "n": <num>, "user": "bob"}'}
    assert set(mined(*[line.replace("bob", name) for line in lines for name in NAMES])) == {
        '{"level": "info", "n": <num>, "user": "<*>"}'
    }


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "{}",
        "{1}",
        "{]}",
        "[1, 2]",
        '{"a": ',
        "{'a': 1}",
        '{"a": 1} trailing',
        "{" * 100_000,
        '{"a":' * 50_000 + "}",
    ],
)
def test_what_only_looks_like_json_stays(text):
    assert sort_keys(text) == text


def test_json_keeps_every_member():
    assert sort_keys('{"b":[1.50,{"d":null,"c":true}],"a":1e5,"a":"\\u00e9","s":"\\ud800"}') == (
        '{"b":[1.50,{"d":null,"c":true}],"a":1e5,"a":"\\u00e9","s":"\\ud800"}'
    )
    assert sort_keys('{"b":[1.50,{"d":null,"c":true}],"a":1e5,"a":"\\u00e9"}') == (
        '{"a": 1e5, "a": "é", "b": [1.50, {"c": true, "d": null}]}'
    )


def test_frames_of_stack_traces_are_no_values():
    lines = [
        f"worker {i} died\n  at a.b.C.run(C.java:1{i})\n  at a.b.D.{name}(D.java:4)" for i, name in enumerate(NAMES)
    ]
    assert len(set(mined(*lines))) == len(NAMES)
    again = [line.replace("worker", "worker 7 of").replace(":4", ":5") for line in lines]
    assert mined(*again) == [template.replace("worker", "worker <num> of") for template in mined(*lines)]


_WORDS = """the job user for from host = ok failed started ERROR state /a/b /c/d a.b.org x.y.org <num> <ip> <id> <path>
<*> ( ) " [ ] : , 404 é 失败 not archived () '' x: :: deadbeefdead ::1 n't"""
WORDS = [*NAMES, *_WORDS.split(), "\n"]
LINE = st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join)
SHAPED = st.builds(
    "{} {} user {} {}={} ({})".format, *(st.sampled_from(WORDS) for _ in range(4)), st.sampled_from(NAMES), LINE
)
LINES = st.lists(st.one_of(LINE, SHAPED, st.text(max_size=20)), max_size=30).map(
    lambda lines: [mask_record(line) for line in lines]
)


@settings(max_examples=150, deadline=None)
@given(LINES, st.randoms(use_true_random=False))
def test_the_order_of_the_lines_makes_no_difference(lines, pick):
    one = mine_templates(lines)
    pick.shuffle(lines)
    two = mine_templates([*lines, *lines[:5]])
    assert one == two
    assert set(one.of_text) == set(lines)
    assert one.templates == tuple(sorted(set(one.of_text.values())))


@settings(max_examples=150, deadline=None)
@given(LINES)
def test_the_template_of_a_template_is_itself(lines):
    templates = mine_templates(lines).templates
    assert mine_templates(templates).of_text == {template: template for template in templates}


def fixed(line: str) -> list[str]:
    return [atom for atom in split_line(line)[::2] if classify(atom) is Atom.FIXED]


@settings(max_examples=150, deadline=None)
@given(LINES)
def test_lines_of_one_template_have_the_same_protected_words(lines):
    for line, template in mine_templates(lines).of_text.items():
        assert fixed(line) == fixed(template)


@settings(max_examples=200, deadline=None)
@given(LINES)
def test_a_template_fits_each_of_its_texts(lines):
    for line, template in mine_templates(lines).of_text.items():
        assert template_values(template, [line]).n_aligned == 1


@settings(max_examples=300, deadline=None)
@given(st.one_of(LINE, SHAPED, st.text()))
@example("a=\n")
@example('x="" y=() z=[]')
@example("a.b:<num> c:<num> C:\\x ::1")
def test_a_line_taken_apart_can_be_put_together(line):
    record = mask_record(line)
    assert join_line(split_line(record)) == record
    assert len(split_line(record)) % 2 == 1


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(SHAPED, LINE), min_size=1, max_size=30))
def test_counts_of_templates_add_up_to_the_records(lines):
    distinct = collapse(corpus_from_texts(lines, mask=True))
    assert distinct.counts.sum() + distinct.n_empty == len(lines)
    assert len(set(distinct.texts)) == distinct.n_texts


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [""],
        ["<*>", "<num>", "<id>", "<ip>", "<path>"],
        ["<*> <*>", "<num> <*>", "<*> <num>"],
        [" ".join(["word"] * 10_000), " ".join(["word"] * 10_001), " ".join(["<num>"] * 10_000)],
        ["x" * 1_000_000, "=" * 100_000, "(" * 100_000, "a=" * 50_000, ":" * 100_000, '"' * 100_001, "a.b" * 100_000],
        ["失败 了", "成功 了", "\u202e\u0000", "e\u0301 é", "😀 ok", "😀 failed"],
        ["\n", "\n\n\n", "a\nb", "a\nc"],
    ],
)
def test_hostile_lines(lines):
    records = [mask_record(line) for line in lines]
    result = mine_templates(records)
    assert set(result.of_text) == set(records)
    for text, template in result.of_text.items():
        assert fixed(text) == fixed(template)


def test_words_beyond_the_first_two_hundred_are_not_wildcards():
    long = " ".join(["word"] * 300)
    lines = [f"deleted {path} {long} {path}" for path in ("/a/b", "/a/c", "/a/d")]
    assert len(set(mined(*lines))) == 3


@pytest.mark.parametrize(
    "make",
    [
        lambda i: f"user name{chr(97 + i % 26)} of {'ab' * (i + 1)} had the value {'cd' * (i % 7)}",
        lambda i: " ".join("x" if (i >> bit) & 1 else "y" for bit in range(14)),
        lambda i: " ".join(f"/a/{'b' * ((i >> bit) & 3)}" for bit in range(12)) + " done",
        lambda i: "word " * 40 + "z" * i,
    ],
)
def test_the_work_grows_with_the_lines_and_no_faster(make, monkeypatch):
    from explorer.ingest.templates import mine

    def calls(n: int) -> int:
        made = 0

        def counting(atom: str) -> Atom:
            nonlocal made
            made += 1
            return classify(atom)

        counting.cache_clear = classify.cache_clear  # type: ignore[attr-defined]
        monkeypatch.setattr(mine, "classify", counting)
        mine_templates([make(i) for i in range(n)])
        return made

    small, large = calls(200), calls(800)
    assert large <= 6 * small + 1000


@pytest.mark.parametrize(
    ("atom", "protected"),
    [
        ("failed", True),
        ("isActive", True),
        ("onStopped", True),
        ("SCREEN_OFF", True),
        ("NullPointerException", True),
        ("404", True),
        ("couldn't", True),
        ("order.cancelled", True),
        ("/orders/<num>/cancel", True),
        ("alice", False),
        ("/var/log/failed/x.log", False),
        ("open.example.org", False),
        ("shop.example.in", False),
        ("<num>", False),
        ("warehouse", False),
    ],
)
def test_protected_words(atom, protected):
    assert is_protected(atom) is protected


def test_masking_comes_first():
    assert mask_text("took 5 ms") == "took <duration>"
    assert mined("took 5 ms", "took 7 ms") == ["took <duration>"] * 2
    assert mined("took 5 ms", "took 0") == ["took <num>"] * 2
