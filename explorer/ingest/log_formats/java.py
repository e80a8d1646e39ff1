"""What the JVM's loggers write by default: log4j, logback, Spring Boot, java.util.logging, and servers."""

from __future__ import annotations

from explorer.ingest.log_formats.base import ExpressionFormat
from explorer.ingest.log_parts import ANY_TIME, CLASS, CLOCK, IN_BRACKETS, ISO_TIME, LEVEL, MONTH, NAME

_MORE_TIME = rf"(?:{ANY_TIME}|{CLOCK})"

FORMATS = (
    ExpressionFormat(
        "Spring Boot",
        rf"^(?P<time>{ISO_TIME}) +(?P<level>{LEVEL}) (?:\[(?P<app>[^\]]*)\] )?(?P<pid>\d+) --- "
        rf"(?:\[(?P<app_2>[^\]]*)\] )??\[ *(?P<thread>{IN_BRACKETS})\] (?:\[(?P<trace>[^\]]*)\] )?"
        r"(?P<component>\S+) +: (?P<message>.*)$",
    ),
    ExpressionFormat(
        "Elasticsearch",
        rf"^\[(?P<time>{ISO_TIME})\]\[(?P<level>{LEVEL}) *\]\[(?P<component>[^\]]+)\] ?"
        r"(?:\[(?P<node>[^\]]*)\] ?)?(?P<message>.*)$",
    ),
    ExpressionFormat(
        "Kafka",
        rf"^\[(?P<time>{ISO_TIME})\] (?P<level>{LEVEL}) (?P<message>.*) \((?P<component>{CLASS})\)$",
    ),
    ExpressionFormat(
        "Tomcat",
        rf"^(?P<time>\d\d-{MONTH}-\d{{4}} {CLOCK}) (?P<level>{LEVEL}) \[(?P<thread>{IN_BRACKETS})\] "
        r"(?P<component>\S+) (?P<message>.*)$",
    ),
    ExpressionFormat(
        "java.util.logging",
        rf"^(?P<time>{MONTH} \d\d?, \d{{4}},? \d\d?:\d\d:\d\d[ \x{{202f}}][AP]M) "
        r"(?P<component>\S+)(?: (?P<method>\S+))?$",
        continues=rf"^{LEVEL}: ",
    ),
    ExpressionFormat(
        "WildFly",
        rf"^(?P<time>{ISO_TIME}|{CLOCK}) (?P<level>{LEVEL}) +\[(?P<component>{NAME})\] "
        r"\((?P<thread>[^()]*(?:\([^()]*\)[^()]*)*)\) (?P<message>.*)$",
    ),
    ExpressionFormat(
        "WebLogic",
        r"^####<(?P<time>[^<>]+)> <(?P<level>[^<>]+)> <(?P<component>[^<>]*)> <(?P<host>[^<>]*)> <(?P<server>[^<>]*)> "
        r"<(?P<thread>(?:[^<>]|<[^<>]*>)*)> <(?P<user>(?:[^<>]|<[^<>]*>)*)> <(?P<transaction>[^<>]*)> "
        r"<(?P<context>[^<>]*)> <(?P<milliseconds>\d+)> (?:<(?P<details>[^<>]*)> )?"
        r"<(?P<message_id>[^<>]*)> <(?P<message>.*?)>? ?$",
    ),
    ExpressionFormat(
        "logback (level first)",
        rf"^(?P<level>{LEVEL}) +\[(?P<thread>{IN_BRACKETS})\] (?P<time>{ISO_TIME}) "
        r"(?P<component>[\w.$/#@-]+)(?::(?P<place>\d+))? - (?P<message>.*)$",
    ),
    ExpressionFormat(
        "log4j or logback",
        rf"^\[?(?P<time>{_MORE_TIME})\]?:?(?: -)? +(?:\[(?P<thread_1>{IN_BRACKETS})\] +(?:- )?|(?P<thread_3>\d+) )?"
        rf"\[?(?P<level>{LEVEL})\]?:? +(?:- )?"
        rf"(?:\[(?P<thread_2>{IN_BRACKETS})\] +(?P<component_1>{NAME})(?::? - |: | )"
        rf"|\[(?P<component_2>{IN_BRACKETS})\] (?:- |: )|(?P<component_3>{CLASS}|{NAME})(?:\[\])?(?: --? |: | : )"
        rf"|(?P<component_4>{CLASS}) (?:\[(?P<thread_4>{IN_BRACKETS})\](?: -|:)? )?)(?P<message>.*)$",
        usual=r"^(?P<time>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?Z?) +(?:\[(?P<thread_1>[^\[\]]*)\] +)?"
        r"(?P<level>TRACE|DEBUG|INFO|WARN|ERROR|FATAL) +(?:\[(?P<thread_2>[^\[\]]*)\] +)?"
        r"(?P<component>[A-Za-z_](?:[\w$]|[.$#@-]\w)*)(?: --? |: )(?P<message>.*)$",
    ),
)
