"""What Kubernetes and Docker put before each line of a container's output."""

from __future__ import annotations

from explorer.ingest.log_formats.base import ExpressionFormat

_RFC3339 = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)"

FORMATS = (
    ExpressionFormat(
        "Kubernetes (CRI)",
        rf"^(?P<time>{_RFC3339}) (?P<stream>stdout|stderr) (?P<part>[FP])(?: (?P<message>.*))?$",
    ),
    ExpressionFormat(
        "kubectl --prefix",
        rf"^\[(?P<component>pod/[^\]\s]+)\] (?:(?P<time>{_RFC3339}) )?(?P<message>.*)$",
    ),
    ExpressionFormat(
        "Docker Compose",
        rf"^(?P<component>[A-Za-z0-9][\w.-]*) +\| (?:(?P<time>{_RFC3339}) )?(?P<message>.*)$",
    ),
)
#: Prefixes so plain that other lines may look like them: they are one only before lines of a known format.
UNSURE = (
    ExpressionFormat(
        "kubectl or docker logs with timestamps",
        r"^(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7,9}(?:Z|[+-]\d\d:\d\d)) (?P<message>.*)$",
    ),
    ExpressionFormat(
        "stern",
        r"^(?P<component>[a-z0-9][a-z0-9.]*(?:-[a-z0-9]+)+) (?P<container>[a-z][a-z0-9-]*) (?P<message>\S.*)$",
    ),
)
