"""Web servers: Apache and nginx, their access and error logs."""

from __future__ import annotations

from explorer.ingest.log_formats.base import ExpressionFormat
from explorer.ingest.log_parts import CLF_TIME, CLOCK, ISO_TIME, LEVEL, LONG_TIME

_QUOTED = r"(?:[^\"\\]|\\.)*"
_ACCESS = (
    r"^(?:(?P<vhost>[\w.*-]+:\d{1,5}) )?(?P<client>[\w.:%,-]+) (?P<ident>\S+) (?P<user>\S+|\"[^\"]*\") "
    rf"\[(?P<time>{CLF_TIME})\] \"(?P<message>{_QUOTED})\" (?P<status>\d{{3}}|-) (?P<bytes>\d+|-)"
)

FORMATS = (
    ExpressionFormat(
        "access log (combined)",
        rf"{_ACCESS} \"(?P<referrer>{_QUOTED})\" \"(?P<agent>{_QUOTED})\"(?: (?P<more>.*))?$",
        nil="-",
    ),
    ExpressionFormat("access log (common)", rf"{_ACCESS}(?: (?P<more>.*))?$", nil="-"),
    ExpressionFormat(
        "AWS load balancer",
        rf"^(?:(?P<type>https?|h2|grpcs|wss?) )?(?P<time>{ISO_TIME}) (?P<component>\S+) (?P<client>[\d.a-f:]+:\d+) "
        r"(?P<target>\S+:\d+|-) (?:-1|[\d.]+) (?P<seconds>-1|[\d.]+) (?:-1|[\d.]+) (?P<status>\d{3}|-) "
        rf"(?P<target_status>\d{{3}}|-) (?P<received>\d+) (?P<bytes>\d+) \"(?P<message>{_QUOTED})\"(?: (?P<more>.*))?$",
        nil="-",
    ),
    ExpressionFormat(
        "Squid",
        r"^(?P<time>\d{10}\.\d{3}) +(?P<milliseconds>\d+) (?P<client>\S+) (?P<cache>[A-Z_]+)/(?P<status>\d{3}) "
        r"(?P<bytes>\d+) (?P<message>[A-Z_]+ \S+) (?P<user>\S+) (?P<hierarchy>[A-Z_]+/\S+) (?P<type>\S+)$",
        nil="-",
    ),
    ExpressionFormat(
        "Apache error log",
        rf"^\[(?P<time>{LONG_TIME})\] \[(?:(?P<component>\w*):)?(?P<level>{LEVEL}|trace\d)\] "
        r"(?:\[pid (?P<pid>\d+)(?::tid (?P<thread>\d+))?\] )?(?:\[(?:client|remote) (?P<client>[^\]]*)\] )?"
        r"(?P<message>.*)$",
    ),
    ExpressionFormat(
        "nginx error log",
        rf"^(?P<time>\d{{4}}/\d\d/\d\d {CLOCK}) \[(?P<level>{LEVEL})\] (?P<pid>\d+)#(?P<thread>\d+): "
        r"(?:\*(?P<connection>\d+) )?(?P<message>.*)$",
    ),
)
