"""About 1,500 help-desk tickets of a fictional company, and the truth about what was planted in them."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from phrasing import Case, Dice, Section, Text, Topic, expand, read_manners, read_recurring, read_texts, read_topics
from ticket_writers import (
    CHANNEL_WEIGHTS,
    CHANNELS,
    SITES,
    Person,
    dress,
    edit_lightly,
    fill_slots,
    make_people,
    misspell,
    write_ticket,
)

TOPIC_FILES = ("access.txt", "devices.txt", "office.txt", "business.txt", "more_cases.txt", "more_business.txt")
N_TICKETS = 1500
N_RECURRING_EACH = 23
N_EXACT_GROUPS = 20
N_LIGHT_GROUPS = 32
N_LONG_LOGS = 9
N_SHORT_LOGS = 26
N_EMPTY = 4
TOPICS_WITH_LOGS = (
    "vpn_connect", "sso_loop", "outlook_crash", "file_sync", "software_install", "blue_screen", "data_import",
    "api_errors", "mobile_app", "scheduled_job", "machine_terminal", "call_quality", "laptop_slow", "remote_desktop",
)  # fmt: skip
FIRST_DAY = date(2026, 1, 5)
LAST_DAY = date(2026, 4, 2)
OUTAGE = datetime(2026, 2, 24, 9, 11)
QUIET_DAYS = (date(2026, 1, 6), date(2026, 2, 16), date(2026, 3, 19))
PATCH_DAYS = (date(2026, 1, 14), date(2026, 2, 11), date(2026, 3, 11))

TICKET_COLUMNS = ("ticket_id", "title", "body", "product", "channel", "requester", "created")
TRUTH_COLUMNS = ("ticket_id", "group", "how", "lookalike", "topic", "anomaly")


@dataclass(frozen=True)
class Ticket:
    """A ticket with what a user sees, and behind it what was planted."""

    title: str
    body: str
    product: str
    channel: str
    requester: str
    created: datetime
    topic: str
    group: str = ""
    how: str = ""
    lookalike: str = ""
    anomaly: str = ""


class Calendar:
    """When tickets come in: office hours, Mondays and patch days above all, a few at night."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice
        self.days = [FIRST_DAY + timedelta(days=n) for n in range((LAST_DAY - FIRST_DAY).days + 1)]
        self.weights = [self._weight(day) for day in self.days]

    @staticmethod
    def _weight(day: date) -> float:
        if day.weekday() > 4 or day in QUIET_DAYS:
            return 0.08
        return (1.45, 1.05, 1.0, 1.0, 0.75)[day.weekday()] * (2.1 if day in PATCH_DAYS else 1.0)

    def moment(self, day: date | None = None, not_before: date | None = None) -> datetime:
        """A moment of the given day, or of any day from ``not_before`` on."""
        if day is None:
            days = [d for d in self.days if not_before is None or d >= not_before]
            day = self.dice.weighted(days, self.weights[-len(days) :])
        hours = (7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 20, 22, 5)
        hour = self.dice.weighted(hours, (5, 14, 17, 14, 11, 5, 9, 11, 9, 6, 3, 1.2, 0.8, 0.5, 0.5))
        return datetime.combine(day, time(hour, self.dice.between(0, 59), self.dice.between(0, 59)))

    def soon_after(self, moment: datetime, at_most_minutes: int) -> datetime:
        return moment + timedelta(seconds=40 + self.dice.skewed(0, at_most_minutes * 60))


class Desk:
    """Collects the tickets: who writes, through which channel, when."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.people = make_people(Dice(seed, "people"))
        self.calendar = Calendar(Dice(seed, "calendar"))
        self.topics = read_topics(*TOPIC_FILES)
        self.products = {topic.name: topic.product for topic in self.topics}
        self.tickets: list[Ticket] = []

    def add(self, ticket: Ticket) -> Ticket:
        self.tickets.append(ticket)
        return ticket

    def person(self, dice: Dice, not_in: Sequence[str] = (), text: str = "") -> Person:
        """Somebody new; if the text speaks of one site only, somebody who works there."""
        sites = [site for site in SITES if site in text]
        there = [person for person in self.people if len(sites) != 1 or person.site == sites[0]]
        return dice.pick([person for person in there if person.name not in not_in])


def _channel(dice: Dice) -> str:
    return dice.weighted(CHANNELS, CHANNEL_WEIGHTS)


def _ordinary(desk: Desk, case: Case, topic: Topic, dice: Dice, longer: str = "") -> Ticket:
    """One ticket about one case; ``longer`` is pasted into it."""
    person = desk.person(dice)
    channel = "email" if longer else _channel(dice)
    slots = fill_slots(person, desk.person(dice, not_in=[person.name]), dice)
    title, body = write_ticket(case, topic, person, channel, slots, dice)
    if longer:
        body = f"{body}\n\n{longer}"
    product = topic.product if dice.chance(0.96) else "Other"
    return Ticket(title, body, product, channel, person.name, desk.calendar.moment(None, case.not_before), topic.name)


def add_ordinary(desk: Desk, count: int, dice: Dice) -> list[Ticket]:
    """Tickets without anything planted. Every case is told once before any is told again, and no text comes twice."""
    written = {(ticket.title, ticket.body) for ticket in desk.tickets}
    all_cases = [(case, topic) for topic in desk.topics for case in topic.cases]
    deck: list[tuple[Case, Topic]] = []
    made: list[Ticket] = []
    n_pasted = 0
    while len(made) < count:
        deck = deck or dice.shuffled(all_cases)
        case, topic = deck.pop()
        paste = ""
        if topic.name in TOPICS_WITH_LOGS and n_pasted < N_LONG_LOGS + N_SHORT_LOGS and dice.chance(0.3):
            paste = paste_log(dice, dice.between(42, 62) if n_pasted < N_LONG_LOGS else dice.between(3, 9))
            n_pasted += 1
        ticket = _ordinary(desk, case, topic, dice, paste)
        if (ticket.title, ticket.body) not in written:
            written.add((ticket.title, ticket.body))
            made.append(desk.add(ticket))
    return made


def add_recurring(desk: Desk, dice: Dice) -> list[Ticket]:
    """What a help desk hears every week: forgotten passwords, printers. Similar words, another matter each time."""
    topics = {topic.name: topic for topic in desk.topics}
    made: list[Ticket] = []
    seen: set[tuple[str, ...]] = set()
    for matter in read_recurring("recurring.txt"):
        known = topics[matter.topic]
        topic = Topic(known.name, known.product, details=matter.sentences["3"], asks=known.asks)
        goal = len(made) + N_RECURRING_EACH
        while len(made) < goal:
            chosen = (dice.pick(matter.sentences["1"]), dice.pick(matter.sentences["2"]))
            # The same two sentences again would be a near-duplicate that nobody planted.
            if chosen in seen:
                continue
            seen.add(chosen)
            case = Case(matter.titles, chosen[0] if dice.chance(0.15) else " ".join(chosen))
            made.append(desk.add(_ordinary(desk, case, topic, dice)))
    return made


def add_exact_copies(desk: Desk, ordinary: list[Ticket], dice: Dice) -> None:
    """The same text a second time: by mail and through the portal, or sent twice. Some come a third time."""
    for number, ticket in enumerate(ordinary[:N_EXACT_GROUPS], start=1):
        name = f"exact-{number:02}"
        original = replace(ticket, group=name, how="exact")
        desk.tickets[desk.tickets.index(ticket)] = original
        for copy in range(2 if number % 7 == 0 else 1):
            forwarded = dice.chance(0.5)
            desk.add(
                replace(
                    original,
                    channel="portal" if ticket.channel == "email" and dice.chance(0.7) else ticket.channel,
                    requester=desk.person(dice, [ticket.requester]).name if forwarded else ticket.requester,
                    created=desk.calendar.soon_after(ticket.created, 300 if copy == 0 else 2900),
                )
            )


def add_light_edits(desk: Desk, ordinary: list[Ticket], dice: Dice) -> None:
    """A ticket sent again after a while, slightly changed; one in five is sent three times."""
    for number, ticket in enumerate(ordinary[:N_LIGHT_GROUPS], start=1):
        original = replace(ticket, group=f"light-{number:02}", how="light")
        desk.tickets[desk.tickets.index(ticket)] = original
        for _ in range(2 if number % 5 == 0 else 1):
            title, body = edit_lightly(ticket.title, ticket.body, dice)
            when = desk.calendar.soon_after(ticket.created, 3000)
            desk.add(replace(original, title=title, body=body, created=when))


def add_incidents(desk: Desk, sections: list[Section], dice: Dice) -> None:
    """Hand-written groups: one incident told by several people within some hours."""
    for section in sections:
        start = desk.calendar.moment(section.day)
        tellers: list[str] = []
        for number, text in enumerate(section.texts):
            person = desk.person(dice, tellers, text.title + text.body)
            tellers.append(person.name)
            channel = _channel(dice)
            # Some hand-written mails greet by themselves; a second greeting would look odd.
            greets = text.body.split()[0].strip(",.") in _GREETINGS
            dressed = text.body if greets else dress(text.body, person, channel, dice)
            desk.add(
                Ticket(
                    text.title,
                    misspell(dressed, dice, 1) if dice.chance(0.15) else dressed,
                    desk.products.get(section.topic, "Other"),
                    channel,
                    person.name,
                    start if number == 0 else desk.calendar.soon_after(start, 420),
                    section.topic,
                    group=section.name,
                    how="paraphrase",
                )
            )


_GREETINGS = {"Hello", "Hi", "Dear", "Good", "Morning", "Bonjour", "Hei", "Selamat", "Guten"}


def add_burst(desk: Desk, section: Section, dice: Dice) -> None:
    """One outage, everybody writes within two hours, most of them in the first half hour."""
    tellers: list[str] = []
    for text in section.texts:
        person = desk.person(dice, tellers, text.title + text.body)
        tellers.append(person.name)
        when = OUTAGE + timedelta(seconds=dice.skewed(30, 7000))
        channel = dice.pick(("email", "portal", "portal", "chat", "phone"))
        desk.add(
            Ticket(
                text.title,
                text.body,
                "Karst ERP",
                channel,
                person.name,
                when,
                section.topic,
                group=section.name,
                how="burst",
            )
        )


def add_lookalikes(desk: Desk, sections: list[Section], dice: Dice) -> None:
    """The same form with other facts, on different days: different matters."""
    for section in sections:
        for text in section.texts:
            product = desk.products[section.topic]
            when = desk.calendar.moment(text.day or section.day)
            channel = dice.pick(("email", "portal"))
            desk.add(
                Ticket(
                    text.title,
                    text.body,
                    product,
                    channel,
                    desk.person(dice).name,
                    when,
                    section.topic,
                    lookalike=section.name,
                )
            )


def add_odd(desk: Desk, sections: list[Section], dice: Dice) -> None:
    """What does not belong here, what is no text at all, and what matters more than everything around it."""
    for section in sections:
        for text in section.texts:
            body = text.body.replace("{DUMP}", paste_dump(dice)).replace("{BLOB}", paste_blob(dice))
            title = text.title.replace("{DUMP}", "FW: FW: dump")
            desk.add(
                Ticket(
                    title, body, "Other", "email", desk.person(dice).name, desk.calendar.moment(), section.topic,
                    anomaly=section.name,
                )
            )  # fmt: skip
    for _ in range(N_EMPTY):
        person = desk.person(dice)
        desk.add(Ticket("", "", "Other", "portal", person.name, desk.calendar.moment(), "", anomaly="empty"))


def add_other_hands(desk: Desk, dice: Dice) -> None:
    """Ordinary matters in other languages, mails with a long history, and titles without a body."""
    for section in read_texts("foreign.txt"):
        for text in section.texts:
            product = desk.products[section.topic]
            desk.add(
                Ticket(
                    text.title,
                    text.body,
                    product,
                    _channel(dice),
                    desk.person(dice).name,
                    desk.calendar.moment(),
                    section.topic,
                )
            )
    for section in read_texts("threads.txt"):
        add_thread(desk, section, dice)
    for line in read_manners("manners.txt")["title_only"]:
        topic, title = line.split(" | ")
        requester, when = desk.person(dice).name, desk.calendar.moment()
        desk.add(Ticket(title, "", desk.products[topic], _channel(dice), requester, when, topic))


def add_thread(desk: Desk, section: Section, dice: Dice) -> None:
    """A mail with all that was written before below it, quoted deeper and deeper, older and older."""
    newest, *older = section.texts
    authors: dict[str, Person] = {}
    for text in [Text("requester", ""), *older]:
        taken = [author.name for author in authors.values()]
        authors.setdefault(text.title, desk.person(dice, taken, text.title))
    requester = authors["requester"]
    moment = created = desk.calendar.moment(None, date(2026, 2, 2))
    quoted = ""
    for depth, text in enumerate(older, start=1):
        author = authors[text.title]
        moment = (moment - timedelta(days=dice.between(1, 5))).replace(
            hour=dice.between(8, 16), minute=dice.between(0, 59)
        )
        quoted += f"\n\nOn {moment:%a, %d %b %Y at %H:%M}, {author.name} wrote:\n"
        footer = f"{author.name}\nTarnwick Instruments, {author.site} | www.tarnwick.example.com"
        quoted += "\n".join(f"{'>' * depth} {line}" for line in f"{text.body}\n\n{footer}".split("\n"))
    greeting = "" if newest.body.startswith("Dear") else f"{requester.greeting}\n\n"
    body = f"{greeting}{newest.body}\n\n{requester.closing}\n{requester.signature}{quoted}"
    product = desk.products[section.topic]
    desk.add(Ticket(newest.title, body, product, "email", requester.name, created, section.topic))


_LOG_LINES = (
    "{t} [{pid}] INFO  session: phase {n} finished in {n}{n} ms",
    "{t} [{pid}] DEBUG cfg: value 'retry.max' = {n} (default)",
    "{t} [{pid}] WARN  net: no answer from 10.{n}.0.{n}{n}, attempt {n}",
    "{t} [{pid}] ERROR core: operation failed, code 0x8007{h}",
    "{t} [{pid}] INFO  ui: window 'main' lost focus",
    "{t} [{pid}] DEBUG cache: {n}{n}{n} entries, {n} dropped",
    "{t} [{pid}] INFO  update: nothing to do for package {h}",
    "{t} [{pid}] WARN  auth: ticket expires in {n} min",
    "{t} [{pid}] ERROR io: cannot open C:\\ProgramData\\Tarnwick\\{h}.tmp: file in use",
    "{t} [{pid}] DEBUG timer: tick late by {n}{n} ms",
)
_LOG_INTROS = (
    "Here is what the log says:",
    "I paste the log file, perhaps it tells you something:",
    "Log:",
    "This was in the file that the error window named:",
    "----- begin of log -----",
)


def paste_log(dice: Dice, lines: int) -> str:
    """A piece of a program's log, as people paste it into a ticket."""
    moment = dice.between(25_000_000, 60_000_000)
    pid, rows = str(dice.between(1000, 9999)), [dice.pick(_LOG_INTROS)]
    for _ in range(lines):
        moment += dice.skewed(1, 40_000)
        second = moment // 1000
        clock = f"{second // 3600:02}:{second % 3600 // 60:02}:{second % 60:02}.{moment % 1000:03}"
        rows.append(expand(dice.pick(_LOG_LINES), {"t": clock, "pid": pid, "h": dice.letters(4)}, dice))
    return "\n".join(rows)


def paste_dump(dice: Dice) -> str:
    """Memory as a debugger shows it."""
    rows = []
    for row in range(18):
        octets = " ".join(dice.letters(2) for _ in range(16))
        rows.append(f"{0x7FFE3A10 + 16 * row:08x}  {octets}  |{dice.letters(16, '..+#x~;K0p!Q.,')}|")
    return "\n".join(rows)


def paste_blob(dice: Dice) -> str:
    """An attachment that was not recognised as one."""
    octets = bytes(dice.between(0, 255) for _ in range(420))
    return base64.b64encode(octets).decode("ascii")


def make_tickets(seed: int) -> list[tuple[str, Ticket]]:
    """All tickets with their ids, in the order in which they came in."""
    desk = Desk(seed)
    add_incidents(desk, read_texts("incidents.txt"), Dice(seed, "incidents"))
    add_burst(desk, read_texts("burst.txt")[0], Dice(seed, "burst"))
    add_lookalikes(desk, read_texts("lookalikes.txt"), Dice(seed, "lookalikes"))
    add_odd(desk, read_texts("odd.txt"), Dice(seed, "odd"))
    add_other_hands(desk, Dice(seed, "other hands"))
    recurring = add_recurring(desk, Dice(seed, "recurring"))
    extra_exact = sum(2 if n % 7 == 0 else 1 for n in range(1, N_EXACT_GROUPS + 1))
    extra_light = sum(2 if n % 5 == 0 else 1 for n in range(1, N_LIGHT_GROUPS + 1))
    n_ordinary = N_TICKETS - len(desk.tickets) - extra_exact - extra_light
    ordinary = add_ordinary(desk, n_ordinary, Dice(seed, "ordinary"))
    # A text of three words changed in one of them is no light edit any more.
    by_hand = [ticket for ticket in ordinary + recurring if ticket.channel in ("email", "portal")]
    substantial = [ticket for ticket in by_hand if 120 < len(ticket.body) < 900]
    dice = Dice(seed, "copies")
    chosen = dice.sample(substantial, N_EXACT_GROUPS + N_LIGHT_GROUPS)
    add_exact_copies(desk, chosen[:N_EXACT_GROUPS], dice)
    add_light_edits(desk, chosen[N_EXACT_GROUPS:], dice)
    number = 10_431
    numbered = []
    for ticket in sorted(desk.tickets, key=lambda t: (t.created, t.requester, t.title, t.body)):
        number += dice.weighted((1, 2, 3), (90, 8, 2))
        numbered.append((f"HD-{number}", ticket))
    return numbered


def ticket_rows(numbered: list[tuple[str, Ticket]]) -> list[tuple[str, ...]]:
    """The rows of tickets.csv, header first."""
    rows: list[tuple[str, ...]] = [TICKET_COLUMNS]
    for ticket_id, t in numbered:
        rows.append((ticket_id, t.title, t.body, t.product, t.channel, t.requester, t.created.isoformat() + "Z"))
    return rows


def truth_rows(numbered: list[tuple[str, Ticket]]) -> list[tuple[str, ...]]:
    """The rows of tickets.truth.csv, header first."""
    rows: list[tuple[str, ...]] = [TRUTH_COLUMNS]
    for ticket_id, t in numbered:
        rows.append((ticket_id, t.group, t.how, t.lookalike, t.topic, t.anomaly))
    return rows
