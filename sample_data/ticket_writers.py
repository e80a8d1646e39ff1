"""The people of a fictional company, and how each of them writes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from phrasing import Case, Dice, Topic, expand, read_manners

SITES = ("Graz", "Leeds", "Porto", "Gdansk", "Lyon", "Toledo")
SITE_CODES = {"Graz": "GRZ", "Leeds": "LEE", "Porto": "POR", "Gdansk": "GDA", "Lyon": "LYO", "Toledo": "TOL"}
ROOMS = ("Danube", "Tagus", "Rhone", "Vistula", "Aire", "Mur", "Douro", "Heron", "Lindgren", "Oak")
CUSTOMERS = (
    "Hollin Pumps", "Brackwater Tools", "Ostmark Valves", "Sorrelby Dairies", "Veltheim Bearings", "Cardanelle SA",
    "Nordlicht Boatyard", "Pilvik Paper", "Marasco Ceramics", "Tindale & Roe", "Quillon Optics", "Ferrowick Steelworks",
)  # fmt: skip
FIRST_NAMES = (
    "Mirela", "Corin", "Ines", "Tomasz", "Wenna", "Ilva", "Aurel", "Branka", "Callum", "Desiree", "Edvin", "Fenna",
    "Gawain", "Hedda", "Ivo", "Jolanta", "Kester", "Lunete", "Maelle", "Nuno", "Oriane", "Piotr", "Quentin", "Rasa",
    "Silvan", "Teodora", "Ursin", "Verena", "Wiktor", "Xenia", "Yannick", "Zofia", "Amparo", "Bertil", "Cosima",
    "Dario",
)  # fmt: skip
LAST_NAMES = (
    "Dostalek", "Ashdale", "Valadouro", "Wierny", "Farrowell", "Sorrentin", "Pellworth", "Krasnik", "Garrichon",
    "Brandlacher", "Holmgard", "Tremblet", "Osterwic", "Quintela", "Murgatrode", "Lindhover", "Zawilski", "Ferrandoz",
    "Oakhurstley", "Steinbrugg", "Carvalheda", "Montesilla", "Drzymski", "Halloway-Birk", "Rosselin", "Pfennerling",
    "Castroverde", "Winterbyrne", "Nowaczek", "Delacombe", "Uhlenbrock", "Aldersgill", "Sampaiva", "Torrejas",
    "Kowalec", "Merrivale",
)  # fmt: skip

MANNERS = read_manners("manners.txt")
STYLES = ("plain", "polite", "terse", "sloppy", "angry", "foreign", "long")
STYLE_WEIGHTS = (30, 18, 17, 10, 6, 11, 8)
CHANNELS = ("email", "portal", "phone", "chat")
CHANNEL_WEIGHTS = (48, 33, 12, 7)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


@dataclass(frozen=True)
class Person:
    """Somebody who writes tickets, always in the same manner and with the same signature."""

    name: str
    site: str
    style: str
    greeting: str
    closing: str
    signature: str
    asset: str
    extension: str


def make_people(dice: Dice, count: int = 170) -> list[Person]:
    """The staff. Every combination of names is used once at most."""
    pairs = dice.sample([(first, last) for first in FIRST_NAMES for last in LAST_NAMES], count)
    people = []
    for first, last in pairs:
        site = dice.weighted(SITES, (26, 20, 16, 14, 13, 11))
        extension = str(dice.between(4000, 4999))
        footer = expand(dice.pick(MANNERS["footer"]), {"site": site, "ext": extension}, dice)
        signature = dice.weighted(
            (first, f"{first} {last}", f"{first} {last}\n{footer}", first[0] + last[0]), (35, 40, 15, 10)
        )
        people.append(
            Person(
                name=f"{first} {last}",
                site=site,
                style=dice.weighted(STYLES, STYLE_WEIGHTS),
                greeting=dice.pick(MANNERS["greeting"]),
                closing=expand(dice.pick(MANNERS["closing"]), {"site": site}, dice),
                signature=signature,
                asset=f"LT-{dice.between(2100, 7900)}",
                extension=extension,
            )
        )
    return people


def fill_slots(person: Person, colleague: Person, dice: Dice) -> dict[str, str]:
    """What the blanks of the phrases mean in one ticket: the same site and printer from its first line to its last."""
    other = dice.pick([site for site in SITES if site != person.site])
    return {
        "site": person.site,
        "other_site": other,
        "asset": person.asset,
        "ext": person.extension,
        "colleague": dice.weighted((colleague.name, colleague.name.split()[0]), (1, 2)),
        "printer": f"PR-{SITE_CODES[person.site]}-{dice.between(1, 14):02}",
        "room": dice.pick(ROOMS),
        "floor": str(dice.between(1, 5)),
        "customer": dice.pick(CUSTOMERS),
        "invoice": str(dice.between(3100, 9800)),
        "order": f"45{dice.between(10000, 99999)}",
        "version": f"{dice.between(2, 24)}.{dice.between(0, 11)}.{dice.between(0, 30)}",
        "time": f"{dice.between(7, 16)}:{dice.pick(('05', '10', '20', '30', '40', '45', '55'))}",
        "day": dice.pick(WEEKDAYS),
        "morning": f"{dice.between(7, 9)}:{dice.pick(('05', '15', '30', '45'))}",
        "amount": f"{dice.between(1, 48)},{dice.between(100, 999)}.{dice.between(10, 99)}",
        "cost": str(dice.between(1100, 8900)),
        "vpnerr": dice.pick(("691", "720", "789", "800", "809", "812", "868", "0x80072746", "CG-114")),
        "stopcode": dice.pick(
            (
                "MEMORY_MANAGEMENT",
                "CRITICAL_PROCESS_DIED",
                "IRQL_NOT_LESS_OR_EQUAL",
                "DPC_WATCHDOG_VIOLATION",
                "PAGE_FAULT_IN_NONPAGED_AREA",
                "SYSTEM_SERVICE_EXCEPTION",
            )
        ),
    }


def misspell(text: str, dice: Dice, count: int) -> str:
    """The text with a few slips of the finger in its longer words."""
    words = text.split(" ")
    for _ in range(count):
        where = dice.between(0, len(words) - 1)
        word = words[where]
        if not (word.isalpha() and word.islower() and len(word) > 4):
            continue
        at = dice.between(1, len(word) - 2)
        words[where] = dice.pick(
            (
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                word[:at] + word[at + 1 :],
                word[:at] + word[at] + word[at:],
            )
        )
    return " ".join(words)


def _as_sloppy(text: str, dice: Dice) -> str:
    text = text.lower().replace("'", "")
    if dice.chance(0.5):
        text = text.replace(". ", dice.pick((" ", ", ", " ... ", "\n")))
    text = text.replace("please", dice.pick(("pls", "please", "plz"))).replace(" and ", dice.pick((" and ", " & ")))
    return misspell(text.rstrip("."), dice, dice.between(0, 3))


def _as_foreign(text: str, dice: Dice) -> str:
    """English by somebody whose language gets by with fewer articles and other tenses."""
    for article in (" the ", " a ", " an "):
        parts = text.split(article)
        text = parts[0] + "".join((" " if dice.chance(0.35) else article) + part for part in parts[1:])
    for plain, learnt in (
        ("I have been", "I am"), ("does not work", "not works"), ("have been", "are"), ("I don't know", "I not know"),
        ("cannot", "can not"), ("doesn't", "does not"), (" lots of ", " many "), ("for a week", "since one week"),
    ):  # fmt: skip
        if dice.chance(0.6):
            text = text.replace(plain, learnt)
    return text


def _middle(case: Case, topic: Topic, style: str, slots: Mapping[str, str], dice: Dice) -> list[str]:
    """The matter itself: what happened, details, what it means, what is wanted."""
    few, many = {"terse": (0, 1), "sloppy": (0, 1), "long": (2, 4), "polite": (1, 2)}.get(style, (0, 1))
    details = dice.sample(topic.details, dice.between(few, many))
    core = case.body
    parts = [core, *details]
    if details and dice.chance(0.05):
        parts = [details[0], core, *details[1:]]
    if dice.chance(0.5 if style == "long" else 0.08 if style in ("terse", "sloppy") else 0.18):
        parts.append(dice.pick(MANNERS["impact"]))
    if style == "angry":
        parts.insert(dice.pick((0, len(parts))), dice.pick(MANNERS["angry"]))
    if style == "foreign" and dice.chance(0.4):
        parts.insert(0, dice.pick(MANNERS["foreign_opening"]))
    if style in ("long", "polite") and dice.chance(0.5):
        parts.insert(0, dice.pick(MANNERS["opener"]))
    if dice.chance(0.2 if style == "terse" else 0.55):
        parts.append(dice.pick(topic.asks if dice.chance(0.6) else MANNERS["ask"]))
    if style == "foreign" and dice.chance(0.5):
        parts.append(dice.pick(MANNERS["foreign_closing"]))
    return [expand(part, slots, dice) for part in parts]


def _in_paragraphs(parts: list[str], style: str, dice: Dice) -> str:
    joined = parts[0]
    for part in parts[1:]:
        joined += ("\n\n" if dice.chance(0.3 if style in ("long", "polite") else 0.1) else " ") + part
    return joined


def _quoted(dice: Dice, slots: Mapping[str, str]) -> str:
    """An answer of the help desk below the mail, quoted as mail programs do it."""
    reply = dice.pick(MANNERS["auto_reply"])
    head = dice.pick(
        (
            f"On {slots['day']} at {slots['time']}, Service Desk wrote:",
            f"On {slots['day'][:3]}, {slots['time']}, servicedesk@tarnwick.example.com wrote:",
            "-----Original Message-----\nFrom: Service Desk\nSubject: RE: your request",
        )
    )
    return f"\n\n{head}\n> {reply}\n>\n> Tarnwick Service Desk"


def write_ticket(
    case: Case, topic: Topic, person: Person, channel: str, slots: Mapping[str, str], dice: Dice
) -> tuple[str, str]:
    """Title and body of an ordinary ticket, as this person sends it through this channel."""
    style = person.style
    # The first title is often a mere label, the later ones are whole phrases: people write both.
    title = dice.pick(case.titles if dice.chance(0.5) else case.titles[-1:] if len(case.titles) == 2 else case.titles)
    title = expand(title, slots, dice)
    parts = _middle(case, topic, "terse" if channel in ("phone", "chat") else style, slots, dice)
    if channel == "phone":
        parts.insert(0, expand(dice.pick(MANNERS["phone_prefix"]), slots, dice))
        if dice.chance(0.6):
            parts.append(expand(dice.pick(MANNERS["phone_suffix"]), slots, dice))
        return title, " ".join(parts)
    if channel == "chat":
        lines = [dice.pick(MANNERS["chat_opening"]), *(part[0].lower() + part[1:] for part in parts)]
        return title.lower(), misspell("\n".join(line.rstrip(".") for line in lines), dice, dice.between(0, 2))
    text = _in_paragraphs(parts, style, dice)
    if style == "sloppy":
        return (title.lower() if dice.chance(0.6) else title), _as_sloppy(text, dice)
    if style == "foreign":
        text = _as_foreign(text, dice)
    if style == "angry" and dice.chance(0.3):
        title = title.upper() if dice.chance(0.4) else title + "!!"
    text = misspell(text, dice, dice.weighted((0, 1, 2, 4), (66, 18, 11, 5)))
    quote = ""
    if channel == "email" and style != "terse" and dice.chance(0.09):
        text = f"{dice.pick(MANNERS['after_reply'])} {text}"
        quote = _quoted(dice, slots)
        title = dice.pick(("Re: ", "RE: ", "AW: ")) + title
    return title, dress(text, person, channel, dice) + quote


def dress(text: str, person: Person, channel: str, dice: Dice) -> str:
    """Greeting and signature around a text: always by mail from polite people, seldom in the portal."""
    manners = 0.9 if person.style in ("polite", "long", "foreign") else 0.25 if person.style == "terse" else 0.65
    manners *= 1.0 if channel == "email" else 0.45
    if dice.chance(manners):
        text = person.greeting + dice.pick(("\n\n", "\n", " ")) + text
    if dice.chance(manners):
        text = f"{text}\n\n{person.closing}\n{person.signature}"
    elif channel == "email" and dice.chance(0.15):
        text = f"{text}\n\n{dice.pick(MANNERS['phone_signature'])}"
    return text


_SWAPS = (
    ("cannot", "can't"), ("can't", "cannot"), ("does not", "doesn't"), ("is not", "isn't"), ("Since", "From"),
    ("please", "kindly"), ("Please", "Pls"), ("very", "really"), ("I have", "I've"), ("computer", "PC"),
    ("again", "once more"), ("need", "require"), (" and ", " & "), ("colleague", "co-worker"), ("says", "shows"),
    ("mail", "e-mail"),
)  # fmt: skip


def edit_lightly(title: str, body: str, dice: Dice) -> tuple[str, str]:
    """The same ticket sent a second time with small changes: a word, a slip, a greeting, the order of two sentences."""
    changed = misspell(body, dice, dice.between(1, 3))
    for old, new in dice.shuffled(_SWAPS):
        if re.search(rf"(?<!\w){re.escape(old.strip())}(?!\w)", changed) and dice.chance(0.5):
            changed = changed.replace(old, new, 1)
            break
    sentences = changed.split(". ")
    if len(sentences) > 3 and dice.chance(0.4):
        sentences[-2], sentences[-3] = sentences[-3], sentences[-2]
        changed = ". ".join(sentences)
    if dice.chance(0.35):
        changed = f"{dice.pick(('Sent again as I got no answer.', 'Any news on this?', 'Reminder:'))}\n\n{changed}"
    elif not changed.startswith(tuple(MANNERS["greeting"])) and dice.chance(0.6):
        changed = f"{dice.pick(MANNERS['greeting'])}\n{changed}"
    if changed == body:
        changed = f"{body}\n\nPS: still the same today."
    title = dice.pick((title, title, f"FW: {title}", f"{title} (2nd attempt)", title.rstrip("?!."), title.lower()))
    return title, changed
