"""Bot detection, so that the ranking learns only from people."""

import functools
import re

from crawleruseragents import is_crawler
from django.http import HttpRequest

LONGEST_AGENT = 512
"""Longer user agents are cut before they are looked up."""
IN_APP = re.compile(r"(?<=.)\s(?:WhatsApp|Viber)/\S+")
"""What these apps add to the user agent of their own browsers. Alone, it is that of their link previews."""
NAMES_ITS_PAGE = re.compile(r"\+https?://")
"""Robots name the page about them in this way, also those that no list has yet."""


def is_person(request: HttpRequest) -> bool:
    """Return whether a person made the request. False for bots, prefetches and requests without a user agent."""
    agent = request.headers.get("User-Agent", "")[:LONGEST_AGENT]
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return bool(agent) and not is_bot(agent) and "prefetch" not in purpose


@functools.lru_cache(4096)
def is_bot(agent: str) -> bool:
    """Return whether a user agent is that of a search engine, a link preview, a monitor or an HTTP library.

    Source: the maintained list of the package crawler-user-agents. Parts of words say nothing: CUBOT makes phones.
    """
    return bool(NAMES_ITS_PAGE.search(agent)) or is_crawler(IN_APP.sub("", agent))
