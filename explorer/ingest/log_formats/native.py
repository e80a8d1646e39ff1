"""What programs in Go, Rust, Ruby and .NET write by default."""

from __future__ import annotations

from explorer.ingest.log_formats.base import ExpressionFormat
from explorer.ingest.log_parts import CLOCK, ISO_TIME, LEVEL

_RUST_PATH = r"[A-Za-z_][\w-]*(?:::[\w-]+)*"
_SERILOG = "VRB|DBG|INF|WRN|ERR|FTL|Verbose|Debug|Information|Warning|Error|Fatal"

FORMATS = (
    ExpressionFormat(
        "klog",
        rf"^(?P<level>[IWEF])(?P<time>\d{{4}} {CLOCK}) +(?P<thread>\d+) (?P<component>[^\s:\]]+):(?P<place>\d+)\] ?"
        r"(?P<message>.*)$",
    ),
    ExpressionFormat(
        "zap console",
        rf"^(?P<time>{ISO_TIME})\t(?P<level>{LEVEL})\t(?:(?P<logger>[\w.-]+)\t)??(?P<component>[\w./@-]+:\d+)\t"
        r"(?P<message>.*)$",
    ),
    ExpressionFormat(
        "Go log",
        rf"^(?:(?P<component_1>[A-Za-z_][\w-]*):? )?(?P<time>\d{{4}}/\d\d/\d\d {CLOCK}) "
        rf"(?:(?P<component_2>[\w./-]+\.go:\d+): )?(?:\[(?P<level_1>{LEVEL})\] |(?P<level_2>{LEVEL}):? )?"
        r"(?P<message>.*)$",
    ),
    ExpressionFormat(
        "logrus",
        rf"^(?P<level>TRAC|DEBU|INFO|WARN|ERRO|FATA|PANI)\[(?P<time>\d+|{ISO_TIME})\] (?P<message>.*)$",
    ),
    ExpressionFormat(
        "Ruby Logger",
        rf"^[DIWEFA], \[(?P<time>{ISO_TIME})(?: #(?P<pid>\d+))?\] +(?P<level>DEBUG|INFO|WARN|ERROR|FATAL|ANY) -- "
        r"(?P<component>[^:]*): (?P<message>.*)$",
    ),
    ExpressionFormat(
        "Rust env_logger",
        rf"^\[(?P<time>{ISO_TIME}) (?P<level>{LEVEL}) +(?P<component>{_RUST_PATH})\] (?P<message>.*)$",
    ),
    ExpressionFormat(
        "Rust tracing",
        rf"^(?P<time>\d{{4}}-\d\d-\d\dT{CLOCK}Z) +(?P<level>TRACE|DEBUG|INFO|WARN|ERROR) "
        r"(?:(?P<thread>ThreadId\(\d+\)) )?"
        rf"(?:(?P<span>\S+\{{[^}}]*\}}(?::\S+\{{[^}}]*\}})*): )?(?P<component>{_RUST_PATH}): (?P<message>.*)$",
    ),
    ExpressionFormat(
        ".NET console",
        rf"^(?:\[?(?P<time>{ISO_TIME}|{CLOCK})\]? )?(?P<level>trce|dbug|info|warn|fail|crit): "
        r"(?P<component>[\w.`+<>-]+)\[(?P<event>-?\d+)\](?: (?P<message>.*))?$",
    ),
    ExpressionFormat(
        "Serilog",
        rf"^\[?(?P<time>{ISO_TIME}|{CLOCK})\]? \[?(?P<level>{_SERILOG})\] (?:\[(?P<thread>\d+)\] )?"
        r"(?:[<\[](?P<component>[\w.+-]+)[>\]] )?(?P<message>.*)$",
    ),
    ExpressionFormat(
        "NLog",
        rf"^(?P<time>{ISO_TIME})\|(?:(?P<event>\d+)\|)?(?P<level>{LEVEL})\|(?P<component>[^|\s]+)\|(?P<message>.*)$",
    ),
)
