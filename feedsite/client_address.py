"""Whose request it is: the client's address, from the proxies that the operator trusts and from nobody else."""

import logging
import re
from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

WITH_PORT = re.compile(r"\[(?P<v6>[^\]]+)\](:\d+)?|(?P<v4>[\d.]+):\d+")
"""Some proxies add the client's port: 203.0.113.7:5010 or [2001:db8::1]:5010."""
logger = logging.getLogger(__name__)


class ClientAddress:
    """Middleware that puts the client's address into REMOTE_ADDR and removes the headers that nobody vouches for.

    With NUM_PROXIES = n, the n-th address from the right of X-Forwarded-For is the one that our outermost proxy saw.
    Everything left of it was sent by the client. allauth, REST framework and the logs then all read REMOTE_ADDR.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        forwarded = [address for address in request.META.pop("HTTP_X_FORWARDED_FOR", "").split(",") if address.strip()]
        proxies = int(str(settings.REST_FRAMEWORK["NUM_PROXIES"]))
        if not proxies:
            request.META.pop("HTTP_X_FORWARDED_PROTO", None)
        elif len(forwarded) < proxies:
            logger.warning("X-Forwarded-For has fewer addresses than NUM_PROXIES: the proxy counts as the client.")
        elif address := parse_address(forwarded[-proxies]):
            request.META["REMOTE_ADDR"] = address
        return self.get_response(request)


def parse_address(text: str) -> str:
    """Return an IP address without its port, or "" if the text has none."""
    text = text.strip()
    if match := WITH_PORT.fullmatch(text):
        text = match["v6"] or match["v4"]
    try:
        return str(ip_address(text))
    except ValueError:
        return ""
