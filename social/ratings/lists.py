"""What a product's page and the API show of its ratings: how many of each number of stars, and pages of a list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import BooleanField, Exists, OuterRef, Value
from django.utils.translation import gettext_lazy as _

from accounts.blocks import hidden_from
from accounts.models import User
from catalog.models import Product
from social.cursors import rows_after, write_cursor
from social.models import HelpfulVote, Rating
from social.models.rating import STARS, RatingQuerySet

SORTS = {"helpful": _("Most helpful"), "newest": _("Newest"), "critical": _("Most critical")}
ORDERS: Mapping[str, Sequence[str]] = {
    "helpful": ("-helpful_count", "-pk"),
    "newest": ("-pk",),
    "critical": ("stars", "-helpful_count", "-pk"),
}
"""The order of each sort. All columns are numbers, which a cursor holds, joined by dots."""
PAGE_SIZE = 10


@dataclass(frozen=True)
class Filters:
    """How a list is sorted, a key of SORTS, and the number of stars that it is limited to, or None."""

    sort: str = "helpful"
    stars: int | None = None

    @classmethod
    def read(cls, parameters: Mapping[str, str]) -> "Filters":
        """Return the filters of an address. What is not understood is left out."""
        sort, stars = parameters.get("sort", ""), parameters.get("stars", "")
        return cls(sort if sort in SORTS else "helpful", int(stars) if stars in map(str, STARS) else None)


@dataclass(frozen=True)
class RatingPage:
    """Ratings with `is_bought_here` and `is_helpful`, and the cursor of the next page, or "" at the end."""

    ratings: Sequence[Rating]
    cursor: str


def read_page(
    product: Product, filters: Filters, *, user: object, after: str = "", limit: int = PAGE_SIZE
) -> RatingPage:
    """Return one page of a product's public ratings. Takes two queries. Raises InvalidCursor."""
    order = ORDERS[filters.sort]
    ratings = for_readers(Rating.objects.public().filter(product=product), user)
    if filters.stars:
        ratings = ratings.filter(stars=filters.stars)
    if after:
        ratings = ratings.filter(rows_after(after, order))
    rows = list(ratings.order_by(*order)[: limit + 1])
    has_more = len(rows) > limit
    return RatingPage(rows[:limit], write_cursor(rows[limit - 1], order) if has_more else "")


def for_readers(ratings: RatingQuerySet, user: object) -> RatingQuerySet:
    """Leave out those of blocked and muted people, annotate `is_bought_here` and `is_helpful`, and prefetch the pictures.

    `is_helpful` is whether the user voted so.
    """
    is_helpful: Exists | Value = Value(False, output_field=BooleanField())
    if isinstance(user, User):
        ratings = ratings.exclude(hidden_from(user.pk))
        is_helpful = Exists(HelpfulVote.objects.filter(rating=OuterRef("pk"), user=user))
    return (
        ratings.with_purchase()
        .annotate(is_helpful=is_helpful)
        .select_related("product", "replied_for")
        .prefetch_related("pictures")
    )
