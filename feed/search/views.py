"""The search page, which finds products, clips and creators in one search."""

from decimal import Decimal, InvalidOperation

from babel.numbers import get_currency_precision
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import is_adult
from catalog.nearby import RADII_KM, PlaceUnknown, read_vicinity
from feed.preferences import offered_interests
from feed.search.queries import SearchQuery, SearchResults, search

MAX_CHARACTERS = 100


@require_safe
def show_search(request: HttpRequest) -> HttpResponse:
    """Show what matches. Of a place that is not known, nothing does, and a sentence says why."""
    try:
        vicinity, problem = read_vicinity(request.GET), ""
    except PlaceUnknown as refusal:
        vicinity, problem = None, str(refusal)
    query = SearchQuery(
        words=_clean(request.GET.get("q", "")),
        category=_clean(request.GET.get("category", "")),
        creator=_clean(request.GET.get("creator", "")).removeprefix("@").lower(),
        price_from_minor=_read_price(request.GET.get("from", "")),
        price_to_minor=_read_price(request.GET.get("to", "")),
        near=vicinity.find_sellers() if vicinity else None,
        is_adult=is_adult(request.user),
        user_id=request.user.pk,
    )
    context = {
        "query": query,
        "filters": request.GET,
        "results": SearchResults() if problem else search(query),
        "place_problem": problem,
        "vicinity": vicinity,
        "radii": RADII_KM,
        "categories": offered_interests(is_adult=query.is_adult),
    }
    return render(request, "feed/search.html", context)


def _clean(text: str) -> str:
    """Return the input trimmed, cut to MAX_CHARACTERS, and without NUL, which PostgreSQL does not accept."""
    return text.replace("\0", "").strip()[:MAX_CHARACTERS]


def _read_price(text: str) -> int | None:
    """Return the price in minor units, or None if the text is not a price. Accepts a decimal point or comma."""
    try:
        amount = Decimal(text.replace(",", ".").strip()).scaleb(get_currency_precision(settings.CURRENCY))
        return int(amount) if 0 <= amount < 2**31 else None
    except (InvalidOperation, ValueError):
        return None
