"""Operating systems: Linux audit, Android, macOS, Windows servicing."""

from __future__ import annotations

from explorer.ingest.log_formats.base import ExpressionFormat
from explorer.ingest.log_parts import CLOCK, ISO_TIME

FORMATS = (
    ExpressionFormat(
        "Linux audit",
        r"^(?:node=(?P<host>\S+) )?type=(?P<event>[A-Z][\w-]*(?:\[\d+\])?) "
        r"msg=audit\((?P<time>\d{9,10}\.\d{3}):(?P<serial>\d+)\): ?(?P<message>.*)$",
    ),
    ExpressionFormat(
        "Android (long)",
        rf"^\[ (?P<time>(?:\d{{4}}-)?\d\d-\d\d {CLOCK}(?: [+-]\d{{4}})?) +(?:(?P<user>[a-z]\w*): *)?(?P<pid>\d+): *"
        r"(?P<thread>\d+) (?P<level>[VDIWEFS])/(?P<component>.*?) *\]$",
        continues=r"^(?:[^\[]|\[[^ ])",
    ),
    ExpressionFormat(
        "Android (threadtime)",
        rf"^(?P<time>(?:\d{{4}}-)?\d\d-\d\d {CLOCK}(?: [+-]\d{{4}})?) +(?:(?P<user>[a-z]\w*) +)?(?P<pid>\d+) +"
        r"(?P<thread>\d+) (?P<level>[VDIWEFS]) (?P<component>.*?) *: (?P<message>.*)$",
    ),
    ExpressionFormat(
        "Android (brief or time)",
        rf"^(?:(?P<time>(?:\d{{4}}-)?\d\d-\d\d {CLOCK}) )?(?P<level>[VDIWEFS])/(?P<component>[^(]*?) *"
        r"\( *(?P<pid>\d+)\): (?P<message>.*)$",
    ),
    ExpressionFormat(
        "macOS unified log",
        rf"^(?P<time>{ISO_TIME}) +0x(?P<thread>[0-9a-f]+) +(?P<level>Default|Info|Debug|Error|Fault|Activity|Signpost)"
        r" +0x(?P<activity>[0-9a-f]+) +(?P<pid>\d+) +(?:\d+ +)?(?P<component>[^:]+): (?:\((?P<library>[^)]*)\) )?"
        r"(?:\[(?P<category>[^\]]*)\] )?(?P<message>.*)$",
    ),
    ExpressionFormat(
        "macOS unified log (syslog style)",
        rf"^(?P<time>{ISO_TIME}) +(?P<host>\S+) (?P<component>[^\s\[]+)\[(?P<pid>\d+)\]: \((?P<library>[^)]*)\) "
        r"(?:\[(?P<category>[^\]]*)\] )?(?P<message>.*)$",
    ),
    ExpressionFormat(
        "Windows servicing (CBS)",
        rf"^(?P<time>\d{{4}}-\d\d-\d\d {CLOCK}), (?P<level>Info|Warning|Error|Perf) +(?:\[\w+\] +)?"
        r"(?P<component>[A-Z]{2,8}) +(?P<message>.*)$",
    ),
)
