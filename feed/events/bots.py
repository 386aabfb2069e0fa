"""Bot detection, so that the ranking learns only from people."""

import re

from django.http import HttpRequest

BOTS = re.compile(
    r"bot|crawl|spider|slurp|preview|fetch|scrap|monitor|headlesschrome|lighthouse|curl|wget|python-|java/|go-http"
    r"|facebookexternalhit|whatsapp|telegram|embedly|pingdom|uptime",
    re.IGNORECASE,
)
"""Matches the user agents of search engines, link previews and HTTP libraries."""


def is_person(request: HttpRequest) -> bool:
    """Return whether a person made the request. False for bots, prefetches and requests without a user agent."""
    agent = request.headers.get("User-Agent", "")
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return bool(agent) and not BOTS.search(agent) and "prefetch" not in purpose
