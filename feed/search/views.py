"""The search page: one box, three kinds of things."""

from decimal import Decimal, InvalidOperation

from babel.numbers import get_currency_precision
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import is_adult
from feed.preferences import offered_interests
from feed.search.queries import Query, search

MOST_LETTERS = 100


@require_safe
def show_search(request: HttpRequest) -> HttpResponse:
    asked = request.GET
    query = Query(
        words=_plain(asked.get("q", "")),
        category=_plain(asked.get("category", "")),
        creator=_plain(asked.get("creator", "")).removeprefix("@").lower(),
        price_from_minor=_minor(asked.get("from", "")),
        price_to_minor=_minor(asked.get("to", "")),
        is_adult=is_adult(request.user),
    )
    context = {
        "query": query,
        "asked": asked,
        "found": search(query),
        "categories": offered_interests(is_adult=is_adult(request.user)),
    }
    return render(request, "feed/search.html", context)


def _plain(text: str) -> str:
    """Cut what was typed to a sane length; PostgreSQL takes no NUL."""
    return text.replace("\0", "").strip()[:MOST_LETTERS]


def _minor(text: str) -> int | None:
    """Read a price as people type it, with a point or a comma; what is no price filters nothing."""
    try:
        amount = Decimal(text.replace(",", ".").strip()).scaleb(get_currency_precision(settings.CURRENCY))
        return int(amount) if 0 <= amount < 2**31 else None
    except (InvalidOperation, ValueError):
        return None
