"""Functions that read and change bags, and merge a visitor's bag into the user's bag after sign-in."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.closed_shop import explain_closed_shop, takes_orders
from catalog.models import Product
from catalog.stock import MAX_QUANTITY
from shop.attribution import record_click
from shop.models import Bag, BagLine
from shop.shopper import Shopper


class BagRefused(Exception):
    """A refused change to a bag. The message tells the shopper why."""


def get_bag_lines(shopper: Shopper) -> list[BagLine]:
    """Return the shopper's bag lines, oldest first, with their products and images prefetched.

    If a visitor has signed in, first merge the bag that they filled before.
    """
    _merge_visitor_bag(shopper)
    lines = BagLine.objects.filter(bag__in=Bag.objects.of(shopper)).select_related(
        "product__brand", "product__category", "clip__creator"
    )
    return list(lines.prefetch_related("product__images").order_by("added_at", "pk"))


def add_to_bag(
    *, shopper: Shopper, product: Product, now: datetime, quantity: int = 1, impression_token: str = ""
) -> BagLine:
    """Add units of a product to the shopper's bag, and return the bag line.

    `impression_token` identifies the clip from which the product was opened, if any. Raises BagRefused without changing
    anything.
    """
    with transaction.atomic():
        bag = _lock_bag(shopper)
        line = bag.lines.filter(product=product).first() or BagLine(bag=bag, product=product, quantity=0)
        line.quantity += quantity
        _check_availability(product, line.quantity)
        if impression_token:
            click = record_click(shopper=shopper, impression_token=impression_token, product=product, now=now)
            line.clip = click.clip if click else line.clip
        line.save()
    return line


def change_quantity(*, shopper: Shopper, product: Product, quantity: int) -> None:
    """Set a product's quantity in the bag. 0 removes the product. Raises BagRefused without changing anything."""
    lines = BagLine.objects.filter(bag__in=Bag.objects.of(shopper), product=product)
    if quantity == 0:
        lines.delete()
        return
    _check_availability(product, quantity)
    lines.update(quantity=quantity)


def _check_availability(product: Product, quantity: int) -> None:
    """Raise BagRefused if this quantity of the product cannot be bought here."""
    if product.is_outbound:
        raise BagRefused(
            _("%(product)s is sold by another shop. You can't buy it here.") % {"product": product.local_name}
        )
    if not takes_orders():
        raise BagRefused(explain_closed_shop())
    if not product.is_in_stock:
        raise BagRefused(_("%(product)s is sold out.") % {"product": product.local_name})
    if not 1 <= quantity <= MAX_QUANTITY:
        raise BagRefused(_("Choose a quantity from 1 to %(most)d.") % {"most": MAX_QUANTITY})
    if quantity > product.stock:
        raise BagRefused(
            _("%(product)s: only %(left)d left in stock.") % {"left": product.stock, "product": product.local_name}
        )


def _lock_bag(shopper: Shopper) -> Bag:
    _merge_visitor_bag(shopper)
    owner: dict[str, Any] = {"user": shopper.user} if shopper.user else {"user": None, "visitor": shopper.visitor}
    bag, _is_new = Bag.objects.get_or_create(**owner)
    return Bag.objects.select_for_update().get(pk=bag.pk)


def _merge_visitor_bag(shopper: Shopper) -> None:
    """Move the visitor's bag lines to the user's bag. Do nothing if the shopper is not signed in.

    A line is dropped if its product is already in the user's bag.
    """
    if shopper.user is None or not shopper.visitor:
        return
    with transaction.atomic():
        visitor_bag = Bag.objects.select_for_update().filter(user=None, visitor=shopper.visitor).first()
        if visitor_bag is None:
            return
        bag, _is_new = Bag.objects.get_or_create(user=shopper.user)
        visitor_bag.lines.exclude(product__in=bag.lines.values("product")).update(bag=bag)
        visitor_bag.delete()
