"""Error reports to Sentry or a compatible server, without anything about a person.

A report says where the code failed and in which request: exception types, stack frames without variables, the view, the
request's id. Addresses, headers, cookies, bodies, users, log parameters and breadcrumbs are left out.
"""

import re
from typing import TYPE_CHECKING, Any

import sentry_sdk
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.logging import ignore_logger

from feedsite.monitoring.request_ids import current_request_id
from feedsite.version import read_version

if TYPE_CHECKING:
    from sentry_sdk._types import Event, Hint

EVENT_FIELDS = frozenset(
    {
        *("event_id", "timestamp", "platform", "level", "logger", "release", "environment", "server_name", "sdk"),
        *("transaction", "transaction_info", "exception"),
    }
)
FRAME_FIELDS = frozenset(
    {"filename", "abs_path", "function", "module", "lineno", "pre_context", "context_line", "post_context", "in_app"}
)
_PRIVATE = re.compile(r"[^\s@'\"(]+@[^\s@'\")]+|'[^']*'|\d{5,}|\?\S+")


def start(dsn: str) -> None:
    """Report this process's unhandled exceptions and logged errors."""
    sentry_sdk.init(
        dsn,
        release=f"feedsite@{read_version()}",
        integrations=[DjangoIntegration(transaction_style="function_name"), CeleryIntegration()],
        auto_enabling_integrations=False,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        before_send=without_personal_data,
    )
    ignore_logger("django.security.DisallowedHost")  # bots that send a wrong Host header


def without_personal_data(event: "Event", _hint: "Hint") -> "Event":
    """Return an event with only what is known to be about the code."""
    source: dict[str, Any] = dict(event)
    report = {name: value for name, value in source.items() if name in EVENT_FIELDS}
    if method := (source.get("request") or {}).get("method"):
        report["request"] = {"method": method}
    if template := (source.get("logentry") or {}).get("message"):
        report["logentry"] = {"message": template}
    if exception := report.get("exception"):
        report["exception"] = {"values": [_without_values(value) for value in exception["values"]]}
    if request_id := current_request_id():
        report["tags"] = {"request_id": request_id}
    return report  # type: ignore[return-value]  # a TypedDict with fewer keys


def mask(message: str) -> str:
    """Return the first line of a message with addresses, quoted values, long numbers and queries masked.

    PostgreSQL gives values of a row in further lines.
    """
    return _PRIVATE.sub("…", message.partition("\n")[0])


def _without_values(exception: dict[str, Any]) -> dict[str, Any]:
    frames = (exception.get("stacktrace") or {}).get("frames", [])
    return {
        "type": exception.get("type"),
        "module": exception.get("module"),
        "value": mask(str(exception.get("value") or "")),
        "mechanism": {"type": "generic", "handled": (exception.get("mechanism") or {}).get("handled", True)},
        "stacktrace": {"frames": [{name: frame[name] for name in FRAME_FIELDS if name in frame} for frame in frames]},
    }
