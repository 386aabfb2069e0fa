"""The ratings on a product's page: `{% load ratings %}`, then `{% product_ratings product %}`."""

from typing import Any

from django import template
from django.template import RequestContext

from accounts.models import User
from catalog.models import Product
from social.cursors import InvalidCursor
from social.models import Rating
from social.models.rating import STARS
from social.ratings.authorship import find_own_rating
from social.ratings.lists import SORTS, Filters, for_readers, read_page
from social.ratings.requests import stop_path

register = template.Library()


@register.inclusion_tag("social/ratings.html", takes_context=True)
def product_ratings(context: RequestContext, product: Product) -> dict[str, Any]:
    """Render the summary of a product's ratings, one page of their list, and the reader's own rating.

    The address has the filters. With `rating` it names one that comes first, as after a vote for it.
    """
    request, user = context["request"], context["request"].user
    filters, after = Filters.read(request.GET), request.GET.get("after", "")
    try:
        page = read_page(product, filters, user=user, after=after)
    except InvalidCursor:
        page = read_page(product, filters, user=user)
    counts = Rating.objects.public().filter(product=product).count_by_stars() if product.rating_count else {}
    return {
        "request": request,
        "user": user,
        "csrf_token": context.get("csrf_token"),
        "site_name": context["site_name"],
        "product": product,
        "page": page,
        "filters": filters,
        "sorts": SORTS,
        "named": _find_named(request.GET.get("rating", ""), product, user, page.ratings),
        "bars": [(stars, count, 100 * count // max(product.rating_count, 1)) for stars, count in counts.items()],
        "own": find_own_rating(user, product),
    }


@register.simple_tag
def rating_emails_path(user: User) -> str:
    return stop_path(user)


@register.filter
def as_stars(number: int) -> str:
    """Return so many full stars, and empty ones up to five."""
    return "★" * number + "☆" * (len(STARS) - number)


def _find_named(named: str, product: Product, user: User, shown: Any) -> Rating | None:
    """Return the rating that an address names, unless it is among those shown or nobody may see it."""
    if not (named.isascii() and named.isdigit() and len(named) < 10) or any(row.pk == int(named) for row in shown):
        return None
    return for_readers(Rating.objects.public().filter(product=product), user).filter(pk=int(named)).first()
