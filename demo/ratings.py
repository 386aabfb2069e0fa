"""Demo ratings: by people with accounts of their own, and by the demo shopper of what they bought."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.text import slugify

from accounts.models import User
from catalog.models import Product
from demo.accounts import get_or_create_user
from demo.datasets import RATINGS
from demo.records import DemoRating
from shop.models import OrderLine
from social.models import Rating
from social.ratings.authorship import save_rating
from social.ratings.content import RatingContent

MEMBER_FOR = timedelta(days=200)
"""How old the accounts are made, so that their ratings do not wait for a moderator. One waits because of its wording."""
BOUGHT = RatingContent(4, "Just as in the clip. The box had a dent, the product did not.", "Robin")


def rate_products(shopper: User, *, now: datetime, ratings: Sequence[DemoRating] = RATINGS) -> None:
    """Create the ratings that are missing, of products that are in the shop."""
    products = Product.objects.in_bulk({rating.product for rating in ratings}, field_name="slug")
    for rating in ratings:
        if rating.product in products:
            content = RatingContent(rating.stars, rating.words, rating.name)
            _rate(_get_or_create_member(rating.name, now=now), products[rating.product], content, now=now)
    line = (
        OrderLine.objects.filter(order__user=shopper, clip__isnull=False)
        .select_related("product")
        .order_by("pk")
        .first()
    )
    if line is not None:
        _rate(shopper, line.product, BOUGHT, now=now)


def _rate(user: User, product: Product, content: RatingContent, *, now: datetime) -> None:
    if not Rating.objects.filter(user=user, product=product).exists():
        save_rating(user=user, product=product, content=content, now=now)


def _get_or_create_member(name: str, *, now: datetime) -> User:
    user = get_or_create_user(f"{slugify(name)}@demo.example", now=now)
    if user.date_joined > now - MEMBER_FOR:
        user.date_joined = now - MEMBER_FOR
        user.save(update_fields=["date_joined"])
    return user
