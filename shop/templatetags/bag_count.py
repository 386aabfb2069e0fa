"""`{% load bag_count %}`: how many units are in the bag, for the site's header."""

from typing import Any

from django import template

from shop.bags import count_bag
from shop.shopper import VISITOR_KEY

register = template.Library()


@register.simple_tag(takes_context=True)
def bag_count(context: dict[str, Any]) -> int:
    """Return the number of units in the bag of whoever sees the page. Whoever has no bag costs no query."""
    request = context.get("request")
    if request is None or not hasattr(request, "session"):
        return 0
    return count_bag(request.user, request.session.get(VISITOR_KEY, ""))
