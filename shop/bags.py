"""Filling a bag."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.models import Product
from catalog.stock import MAX_QUANTITY
from shop.attribution import record_click
from shop.models import Bag, BagLine
from shop.shopper import Shopper


class BagRefused(Exception):
    """The product cannot be put into the bag; the message is a sentence for the shopper."""


def get_bag_lines(shopper: Shopper) -> list[BagLine]:
    """Return what is in the shopper's bag, oldest first, with products and pictures."""
    _merge_visitor_bag(shopper)
    lines = BagLine.objects.filter(bag__in=Bag.objects.of(shopper)).select_related("product__brand", "clip__creator")
    return list(lines.prefetch_related("product__images").order_by("added_at", "pk"))


def add_to_bag(*, shopper: Shopper, product: Product, now: datetime, quantity: int = 1, seen: str = "") -> BagLine:
    """Add some of a product; `seen` tells by which clip it was found. Raises BagRefused, changing nothing."""
    with transaction.atomic():
        bag = _lock_bag(shopper)
        line = bag.lines.filter(product=product).first() or BagLine(bag=bag, product=product, quantity=0)
        line.quantity += quantity
        _check(product, line.quantity)
        click = record_click(shopper=shopper, seen=seen, product=product, now=now) if seen else None
        line.clip = click.clip if click else line.clip
        line.save()
    return line


def change_quantity(*, shopper: Shopper, product: Product, quantity: int) -> None:
    """Set how many of a product are in the bag; 0 takes it out. Raises BagRefused, changing nothing."""
    lines = BagLine.objects.filter(bag__in=Bag.objects.of(shopper), product=product)
    if quantity == 0:
        lines.delete()
        return
    _check(product, quantity)
    lines.update(quantity=quantity)


def _check(product: Product, quantity: int) -> None:
    if product.is_outbound:
        raise BagRefused(
            _("%(product)s is sold by another shop and cannot be bought here.") % {"product": product.name}
        )
    if not product.is_in_stock:
        raise BagRefused(_("%(product)s is sold out.") % {"product": product.name})
    if not 1 <= quantity <= MAX_QUANTITY:
        raise BagRefused(_("Choose between 1 and %(most)d of one product.") % {"most": MAX_QUANTITY})
    if quantity > product.stock:
        raise BagRefused(_("Only %(left)d of %(product)s are left.") % {"left": product.stock, "product": product.name})


def _lock_bag(shopper: Shopper) -> Bag:
    _merge_visitor_bag(shopper)
    owner: dict[str, Any] = {"user": shopper.user} if shopper.user else {"user": None, "visitor": shopper.visitor}
    bag, _is_new = Bag.objects.get_or_create(**owner)
    return Bag.objects.select_for_update().get(pk=bag.pk)


def _merge_visitor_bag(shopper: Shopper) -> None:
    """Move what a visitor had picked into the bag of the user that the visitor signed in as."""
    if shopper.user is None or not shopper.visitor:
        return
    with transaction.atomic():
        earlier = Bag.objects.select_for_update().filter(user=None, visitor=shopper.visitor).first()
        if earlier is None:
            return
        bag, _is_new = Bag.objects.get_or_create(user=shopper.user)
        earlier.lines.exclude(product__in=bag.lines.values("product")).update(bag=bag)
        earlier.delete()
