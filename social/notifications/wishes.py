"""Wishes of shoppers: to be told when a variant is back in stock, or costs less than now."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.models import Product, Variant
from social.models import Wish, WishReason

MOST_WISHES = 200


class WishRefused(Exception):
    """The wish was not stored. The message says why."""


@transaction.atomic
def make_wish(*, user: User, variant: Variant, now: datetime) -> Wish:
    """Tell the user once when a variant is back in stock or, if it is in stock, when it costs less than now.

    An earlier wish for it ends. Raises WishRefused if there are too many.
    """
    others = Wish.objects.owned_by(user).exclude(variant=variant)
    if others.open().count() >= MOST_WISHES:
        raise WishRefused(
            _("You wait for %(most)d products already. Take some off your list first.") % {"most": MOST_WISHES}
        )
    waits_for = WishReason.PRICE if variant.sellable > 0 else WishReason.STOCK
    values = {"waits_for": waits_for, "price_minor": variant.price_minor, "created_at": now}
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # the same wish in another tab waits
    Wish.objects.owned_by(user).filter(variant=variant).delete()
    return Wish.objects.create(user=user, variant=variant, **values)


def end_wish(*, user: User, variant: Variant) -> None:
    """Forget a wish. Repeating a call changes nothing."""
    Wish.objects.owned_by(user).filter(variant=variant).delete()


def list_wishes(user: User, product: Product | None = None) -> Sequence[Wish]:
    """Return the open wishes of a user, latest first: all of them, or those for one product."""
    wishes = Wish.objects.owned_by(user).open().select_related("variant__product")
    return list((wishes if product is None else wishes.filter(variant__product=product)).order_by("-pk"))
