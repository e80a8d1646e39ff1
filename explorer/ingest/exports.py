"""The exports that people have: which tool wrote a table, told by its column names, and what its columns are.

Names are compared as :func:`explorer.ingest.role_words.split_name` writes them, so that "Issue key", "issue_key" and
"issueKey" are one name, and "fields.status.name" is "fields status name".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from explorer.ingest.role_words import split_name


@dataclass(frozen=True)
class Export:
    """One tool's export.

    It is recognised where a table has one of ``telling`` and at least ``n_needed`` of ``usual`` columns. Each role
    lists names, the best first; ``title`` and ``body`` together are the text, with every column of ``also`` that has
    one.
    """

    tool: str
    telling: frozenset[str]
    usual: frozenset[str]
    n_needed: int
    id: tuple[str, ...]
    title: tuple[str, ...]
    body: tuple[str, ...]
    time: tuple[str, ...]
    also: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    link: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    priority: tuple[str, ...] = ()
    product: tuple[str, ...] = ()
    requester: tuple[str, ...] = ()


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _set(text: str) -> frozenset[str]:
    return frozenset(_names(text))


EXPORTS: tuple[Export, ...] = (
    Export(
        tool="Jira",
        telling=_set("issue key, fields summary, key id, vorgangsschluessel, cle de ticket, clave de incidencia"),
        usual=_set(
            "issue key, issue id, issue type, summary, project key, project name, reporter, status, resolution,"
            " created,"
            "updated, resolved, description, priority, key, self, fields summary, fields description, fields created,"
            "fields status name, fields status, fields priority name, fields reporter display name,"
            " fields issuetype name,"
            "key id, status id, priority id, type id, project id,"
            "vorgangsschluessel, zusammenfassung, vorgangstyp, erstellt, autor, beschreibung"
        ),
        n_needed=3,
        id=_names("issue key, key, vorgangsschluessel, issue id, id"),
        title=_names("summary, fields summary, zusammenfassung, resume"),
        body=_names("description, fields description, rendered fields description, beschreibung"),
        time=_names("created, fields created, erstellt, date created"),
        closed=_names("resolved, fields resolutiondate, resolution date, erledigt, fields resolution date"),
        link=_names("issue url, url, link, browse url, self"),
        status=_names("status, fields status name, fields status"),
        priority=_names("priority, fields priority name, fields priority, prioritaet"),
        product=_names(
            "component s, components, component, fields components, fields components name, fields components 0 name,"
            "project name, fields project name, project key, fields project key"
        ),
        requester=_names(
            "reporter, fields reporter display name, fields reporter email address, fields reporter name, creator,"
            "fields creator display name, autor"
        ),
    ),
    Export(
        tool="ServiceNow",
        telling=_set("short description, kurzbeschreibung"),
        usual=_set(
            "number, sys id, opened at, opened, closed at, closed, caller id, caller, caller id name,"
            " assignment group,"
            "assigned to, cmdb ci, configuration item, state, incident state, sys created on, opened by, impact,"
            " urgency,"
            "priority, contact type, close code, close notes, resolved at, business service"
        ),
        n_needed=3,
        id=_names("number, task number, sys id"),
        title=_names("short description, kurzbeschreibung"),
        body=_names("description, beschreibung, comments and work notes"),
        time=_names("opened at, opened, sys created on, created"),
        closed=_names("closed at, closed, resolved at, resolved"),
        link=_names("url, link, sys url"),
        status=_names("state, incident state, status"),
        priority=_names("priority, urgency, impact"),
        product=_names(
            "cmdb ci, cmdb ci name, cmdb ci display value, configuration item, business service,"
            " service offering, category"
        ),
        requester=_names("caller id, caller id name, caller id display value, caller, requested for, opened by"),
    ),
    Export(
        tool="Freshdesk",
        telling=_set(
            "responder id, fr due by, fr escalated, due by time, initial response time, agent interactions,"
            "customer interactions, last update time, first response time in hrs"
        ),
        usual=_set(
            "ticket id, id, subject, description, description text, status, priority, source, type, agent, group,"
            "created time, closed time, resolved time, due by time, last update time, requester id, responder id,"
            "created at, fr due by, due by, contact id, full name, resolution status, product"
        ),
        n_needed=4,
        id=_names("ticket id, id, display id"),
        title=_names("subject"),
        body=_names("description text, description, structured description"),
        time=_names("created time, created at"),
        closed=_names("closed time, stats closed at, closed at, resolved time, stats resolved at, resolved at"),
        link=_names("ticket url, url, link"),
        status=_names("status, status name"),
        priority=_names("priority, priority name"),
        product=_names("product, product name, product id, group, type"),
        requester=_names("requester name, full name, requester email, email, requester id, contact id"),
    ),
    Export(
        tool="Zendesk",
        telling=_set(
            "requester id, requester external id, ticket form id, brand id, submitter id, satisfaction score,"
            " via channel,"
            "requester domain, solved at, ticket type, satisfaction rating score"
        ),
        usual=_set(
            "id, subject, description, status, priority, requester, requester id, requester name,"
            " requester email, via,"
            "assignee, assignee id, group, group id, brand id, created at, updated at, solved at, tags,"
            " ticket form id, url,"
            "via channel, submitter id, organization id, ticket id, type, raw subject"
        ),
        n_needed=4,
        id=_names("id, ticket id"),
        title=_names("subject, raw subject, summation column"),
        body=_names("description, comment, first comment, comment body"),
        time=_names("created at, created"),
        closed=_names("solved at, closed at, metric set solved at"),
        link=_names("ticket url, html url, url"),
        status=_names("status, custom status"),
        priority=_names("priority"),
        product=_names("product, brand, brand name, brand id, group, group name, group id, ticket form"),
        requester=_names("requester, requester name, requester email, requester id, submitter name, submitter id"),
    ),
    Export(
        tool="GitHub",
        telling=_set(
            "html url, user login, author login, node id, author association, state reason, comments url,"
            " repository url"
        ),
        usual=_set(
            "number, title, body, state, html url, url, user login, user, author login, author, created at,"
            " updated at,"
            "closed at, labels, node id, comments, locked, milestone, assignees, state reason, repository url"
        ),
        n_needed=4,
        id=_names("number, id"),
        title=_names("title"),
        body=_names("body, body text"),
        time=_names("created at"),
        closed=_names("closed at"),
        link=_names("html url, url"),
        status=_names("state, state reason"),
        priority=_names("priority"),
        product=_names("repository full name, repository name, repository, repo, milestone title"),
        requester=_names("user login, author login, user, author, author name"),
    ),
    Export(
        tool="GitLab",
        telling=_set("issue id, issue iid, iid, web url, author username, created at utc, confidential"),
        usual=_set(
            "issue id, issue iid, iid, url, web url, title, state, description, author, author username, author name,"
            "assignee, assignee username, confidential, locked, due date, created at utc, updated at utc,"
            " closed at utc,"
            "created at, closed at, milestone, weight, labels, time estimate, time spent, project id"
        ),
        n_needed=5,
        id=_names("issue id, iid, issue iid, id"),
        title=_names("title"),
        body=_names("description"),
        time=_names("created at utc, created at"),
        closed=_names("closed at utc, closed at"),
        link=_names("url, web url"),
        status=_names("state, status"),
        priority=_names("priority, severity, weight"),
        product=_names("project, project name, project id, milestone title, milestone"),
        requester=_names("author, author name, author username"),
    ),
    Export(
        tool="Bugzilla",
        telling=_set(
            "bug id, bug status, short desc, rep platform, op sys, cf last resolved, bug severity, bug type, "
            "long desc thetext"
        ),
        usual=_set(
            "bug id, id, short desc, summary, product, component, bug status, status, resolution, assigned to,"
            " assignee,"
            "bug severity, severity, rep platform, platform, op sys, opendate, opened, creation time,"
            " creation ts, changed,"
            "changeddate, last change time, creator, reporter, target milestone, version, keywords, priority, type"
        ),
        n_needed=4,
        id=_names("bug id, id"),
        title=_names("short desc, summary"),
        body=_names("description, long desc thetext, long desc, comment 0, first comment, comment, text"),
        time=_names("creation time, opendate, creation ts, opened, created"),
        closed=_names("cf last resolved, last resolved, resolved, closed"),
        link=_names("bug url, see url, link"),
        status=_names("bug status, status"),
        priority=_names("priority, bug severity, severity"),
        product=_names("component, product"),
        requester=_names("reporter, reporter realname, creator, creator detail real name"),
    ),
    Export(
        tool="Intercom",
        telling=_set(
            "conversation id, source body, source subject, source delivered as, conversation parts, waiting since,"
            "snoozed until, admin assignee id, conversation started at, conversation rating,"
            " first contact reply created at"
        ),
        usual=_set(
            "conversation id, id, source body, source subject, source author name, source author email, state,"
            " open, read,"
            "priority, created at, updated at, waiting since, snoozed until, admin assignee id,"
            " team assignee id, title,"
            "source url, statistics last close at, conversation started at, source delivered as, contact email,"
            " channel"
        ),
        n_needed=3,
        id=_names("conversation id, id"),
        title=_names("source subject, title, subject"),
        body=_names("source body, body, conversation body, first message, message"),
        time=_names("created at, conversation started at, started at"),
        closed=_names("statistics last close at, closed at, last closed at"),
        link=_names("conversation url, link, source url, url"),
        status=_names("state, status"),
        priority=_names("priority"),
        product=_names("brand, team assignee name, team assigned, team assignee id, source type, channel"),
        requester=_names(
            "source author name, source author email, contact name, contact email, user name, user email,"
            " source author id"
        ),
    ),
    Export(
        tool="Trello",
        telling=_set("id list, id board, short link, card id, list name, id short, date last activity"),
        usual=_set(
            "id, name, desc, closed, due, id list, id board, id short, short url, short link, url, labels, members,"
            "date last activity, id members, card id, card name, card description, card url, list name, board name, pos"
        ),
        n_needed=4,
        id=_names("id, card id, short link, id short"),
        title=_names("name, card name"),
        body=_names("desc, card description, description"),
        time=_names("date created, created, date last activity, last activity date"),
        link=_names("short url, url, card url"),
        product=_names("list name, board name, id list, id board"),
        requester=_names("member creator full name, id member creator"),
    ),
    Export(
        tool="Azure DevOps",
        telling=_set(
            "work item type, system work item type, fields system work item type, area path, iteration path,"
            "repro steps, fields system title, microsoft vsts tcm repro steps"
        ),
        usual=_set(
            "id, title, state, assigned to, tags, area path, iteration path, created date, description, repro steps,"
            "work item type, priority, severity, reason, created by, changed date, closed date, acceptance criteria,"
            "system info, team project, fields system title, fields system state, fields system created date,"
            "fields system description, fields system area path, fields system work item type, url, rev"
        ),
        n_needed=4,
        id=_names("id, system id, fields system id"),
        title=_names("title, system title, fields system title"),
        body=_names("description, system description, fields system description"),
        also=_names(
            "repro steps, microsoft vsts tcm repro steps, fields microsoft vsts tcm repro steps, steps to reproduce"
        ),
        time=_names("created date, system created date, fields system created date"),
        closed=_names("closed date, resolved date, fields microsoft vsts common closed date"),
        link=_names("links html href, web url, url"),
        status=_names("state, system state, fields system state"),
        priority=_names("priority, severity, fields microsoft vsts common priority"),
        product=_names("area path, fields system area path, team project, fields system team project"),
        requester=_names("created by, fields system created by display name, fields system created by"),
    ),
    Export(
        tool="OTRS",
        telling=_set("ticketnummer, ticket number, ticket#, artikelbaum, article tree, tn, erste sperre, first lock"),
        usual=_set(
            "ticketnummer, alter, erstellt, geschlossen, status, prioritaet, queue, sperren, besitzer, kundennummer,"
            "kundenname, von, betreff, artikelbaum, ticket number, age, created, closed, state, priority, lock, owner,"
            "customer id, customer name, customer user, from, subject, article tree, accounted time, erste sperre,"
            "first lock"
        ),
        n_needed=5,
        id=_names("ticketnummer, ticket number, tn, ticket#"),
        title=_names("betreff, subject, titel, title"),
        body=_names("artikelbaum, article tree, text, body"),
        time=_names("erstellt, created"),
        closed=_names("geschlossen, closed, close time"),
        status=_names("status, state"),
        priority=_names("prioritaet, priority"),
        product=_names("service, queue"),
        requester=_names("kundenname, customer name, von, from, kundennummer, customer user, customer id"),
    ),
    Export(
        tool="TOPdesk",
        telling=_set("meldingnummer, meldingsnummer, korte omschrijving, call number, brief description, verzoek"),
        usual=_set(
            "meldingnummer, meldingsnummer, korte omschrijving, verzoek, status, prioriteit, aanmelder, aanmaakdatum,"
            "behandelaar, categorie, subcategorie, datum gereed, datum afgemeld, object, impact, urgentie, actie,"
            "number, call number, brief description, request, priority, caller, caller name, creation date, operator,"
            "category, subcategory, processing status, call type, entry type, closed date, target date"
        ),
        n_needed=4,
        id=_names("meldingnummer, meldingsnummer, number, call number"),
        title=_names("korte omschrijving, brief description"),
        body=_names("verzoek, request, omschrijving"),
        time=_names("aanmaakdatum, datum aangemaakt, creation date, call date"),
        closed=_names("datum afgemeld, datum gereed, closed date, completion date"),
        status=_names("status, processing status, processing status name"),
        priority=_names("prioriteit, priority, priority name"),
        product=_names("object, object name, subcategorie, categorie, subcategory, category"),
        requester=_names("aanmelder, caller name, caller, naam aanmelder, caller dynamic name"),
    ),
    Export(
        tool="mail",
        telling=_set("message id, in reply to, from, sender, von, from name, from address"),
        usual=_set(
            "message id, in reply to, references, from, sender, to, cc, bcc, subject, body, date, text, from name,"
            "from address, to name, to address, betreff, von, an, received, sent, thread id, labels, attachments"
        ),
        n_needed=4,
        id=_names("message id, id, uid"),
        title=_names("subject, betreff"),
        body=_names("body, text, body text, text body, content, message, nachricht, html body, body html"),
        time=_names("date, received, sent, datum, sent at, received at"),
        priority=_names("importance, x priority, priority"),
        product=_names("mailbox, folder, label"),
        requester=_names("from, sender, from address, from name, von, from email"),
    ),
)


def recognise_export(columns: Iterable[str]) -> tuple[Export, dict[str, str]] | None:
    """The export a table is, with its columns by their plain names; None where it is none that is known.

    Of several the one with the largest part of its usual columns is taken.
    """
    names: dict[str, str] = {}
    for column in columns:
        names.setdefault(" ".join(split_name(column)), column)
    best: tuple[int, Export] | None = None
    for export in EXPORTS:
        n_usual = len(export.usual.intersection(names))
        has_text = any(name in names for name in (*export.title, *export.body))
        if n_usual < export.n_needed or not has_text or not export.telling.intersection(names):
            continue
        n_telling = len(export.telling.intersection(names))
        if best is None or n_usual + 2 * n_telling > best[0]:
            best = (n_usual + 2 * n_telling, export)
    return None if best is None else (best[1], names)
