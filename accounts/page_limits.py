"""Rate limits of pages. They are those of the API, and count in the same scopes."""

from types import SimpleNamespace
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.views import APIView


def is_limited(request: HttpRequest, *, scope: str) -> bool:
    """Count an attempt by the client in a scope of DEFAULT_THROTTLE_RATES, and return whether there were too many."""
    view: Any = SimpleNamespace(throttle_scope=scope)
    throttles: list[Any] = [throttle_class() for throttle_class in APIView.throttle_classes]
    return not all(throttle.allow_request(request, view) for throttle in throttles)


def explain_limit() -> str:
    return _("You tried too often. Wait a minute, and try again.")
