"""Syslog in its three spellings (RFC 5424, RFC 3164, and with ISO times), and the kernel's ring buffer."""

from __future__ import annotations

from explorer.ingest.log_formats.base import ExpressionFormat
from explorer.ingest.log_parts import CLOCK, ISO_TIME, SYSLOG_TIME

_PRIORITY = r"(?:<(?P<priority>\d{1,3})>)?"
_TAG = r"(?P<component>[^\s:\[\]]+)(?:\[(?P<pid>[^\]\s]+)\])?(?:[ ]\((?P<unit>[^)]+)\))?:"
# A tag with a priority of its own, as network devices write it: "%ASA-6-302013:", "%LINK-3-UPDOWN:".
_DEVICE = r"%(?P<component_2>[A-Z0-9_]+-(?P<severity>[0-7])-[A-Z0-9_]+):"
_ELEMENT = r"\[[^\s\]\"=]+(?:[ ][^\s\]\"=]+=\"(?:[^\"\\]|\\.)*\")*\]"

FORMATS = (
    ExpressionFormat(
        "syslog (RFC 5424)",
        rf"^(?:\d{{1,5}} )?<(?P<priority>\d{{1,3}})>\d{{1,2}} (?P<time>-|{ISO_TIME}) (?P<host>\S+) (?P<component>\S+)"
        rf" (?P<pid>\S+) (?P<msgid>\S+) (?P<data>-|(?:{_ELEMENT})+)(?: \x{{feff}}?(?P<message>.*))?$",
        nil="-",
    ),
    ExpressionFormat(
        "syslog (RFC 3164)",
        rf"^{_PRIORITY}(?:\d+: )?[*.]?(?P<time>{SYSLOG_TIME})(?: [A-Z]{{3,4}})?:? "
        rf"(?:(?P<host>[^\s\[\]]*[^\s:\[\]])(?: :)? )?(?:(?:{_TAG}|{_DEVICE})(?: |$))?(?P<message>.*)$",
        usual=r"^(?:<(?P<priority>\d{1,3})>)?(?P<time>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) (?P<host>[^\s:\[\]]+) "
        r"(?P<component>[^\s:\[\]%]+)(?:\[(?P<pid>[^\]\s]+)\])?: (?P<message>.*)$",
    ),
)
ISO_FORMATS = (
    ExpressionFormat(
        "Heroku",
        rf"^(?:<(?P<priority>\d{{1,3}})>)?(?P<time>{ISO_TIME}) (?P<component>heroku|app|logplex|[a-z][\w-]*)"
        r"\[(?P<dyno>[a-z][\w-]*(?:\.[\w-]+)?)\]: (?P<message>.*)$",
    ),
    ExpressionFormat(
        "syslog (ISO times)",
        rf"^{_PRIORITY}(?P<time>{ISO_TIME}|1\d{{9}}\.\d{{6}}) (?P<host>[\w.:-]+) "
        r"(?P<component>[^\s:\[\]]+)(?:\[(?P<pid>[^\]\s]+)\])?(?: \((?P<unit>[^)]+)\))?:"
        r"(?: (?P<message>.*))?$",
        usual=r"^(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}[+-]\d\d:\d\d) (?P<host>[\w.:-]+) "
        r"(?P<component>[^\s:\[\]]+)(?:\[(?P<pid>[^\]\s]+)\])?: (?P<message>.*)$",
    ),
    ExpressionFormat(
        "kernel ring buffer (dmesg)",
        rf"^(?:<(?P<priority>\d{{1,3}})>)?\["
        rf"(?P<time>\s*\d{{1,9}}\.\d{{1,9}}|[A-Z][a-z]{{2}} [A-Z][a-z]{{2}} [ \d]\d {CLOCK} \d{{4}})\] "
        r"(?:(?P<component>[\w./-]+(?: [\w.:/-]+)?): )?(?P<message>.*)$",
    ),
)
