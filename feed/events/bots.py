"""Bot detection: only what people do may teach the ranking."""

import re

from django.http import HttpRequest

BOTS = re.compile(
    r"bot|crawl|spider|slurp|preview|fetch|scrap|monitor|headlesschrome|lighthouse|curl|wget|python-|java/|go-http"
    r"|facebookexternalhit|whatsapp|telegram|embedly|pingdom|uptime",
    re.IGNORECASE,
)
"""User agents of search engines, link previews and HTTP libraries."""


def is_person(request: HttpRequest) -> bool:
    """Return False for bots, requests without a user agent, and prefetching browsers."""
    agent = request.headers.get("User-Agent", "")
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return bool(agent) and not BOTS.search(agent) and "prefetch" not in purpose
