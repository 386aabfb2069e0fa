"""Functions that read and change bags, and merge a visitor's bag into the user's bag after sign-in.

A bag has one currency: that of its oldest line that can be bought. Two bags that are merged may still differ, and so may
a product whose currency was changed. Lines in another currency are shown as unavailable, and never added up.
"""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.models import Variant
from catalog.stock import MAX_QUANTITY
from shop.attribution import record_click
from shop.availability import find_problem
from shop.discounts import find_discount
from shop.models import Bag, BagLine, ClickOutcome, OutcomeKind
from shop.models.bag import MAX_LINES
from shop.quotes import Quote, quote_variants
from shop.rates import Destination
from shop.shopper import Shopper

FORGET_AFTER = timedelta(days=60)
"""How long the bag of a guest is kept after something was put in: longer than their session."""


class BagRefused(Exception):
    """A refused change to a bag. The message tells the shopper why."""


def get_bag_lines(shopper: Shopper) -> list[BagLine]:
    """Return the shopper's bag lines, oldest first, with their variants, products and images.

    If a visitor has signed in, first merge the bag that they filled before.
    """
    _merge_visitor_bag(shopper)
    lines = BagLine.objects.filter(bag__in=Bag.objects.of(shopper))
    lines = lines.select_related("variant__product__brand", "variant__product__category", "clip__creator")
    lines = lines.select_related("variant__product__merchant")
    return list(lines.prefetch_related("variant__product__images").order_by("added_at", "pk"))


def count_bag(user: User | AnonymousUser, visitor: str) -> int:
    """Return the number of units in a user's bag, or in a visitor's. It includes a visitor's bag not yet merged."""
    bags = Q(user=None, visitor=visitor) if visitor else Q(pk__in=())
    if user.is_authenticated:
        bags |= Q(user=user.pk)
    elif not visitor:
        return 0
    total = BagLine.objects.filter(bag__in=Bag.objects.filter(bags)).aggregate(total=Sum("quantity"))["total"]
    return total or 0


def quote_bag(
    lines: list[BagLine], destination: Destination, *, is_adult: bool, now: datetime, discount_code: str = ""
) -> Quote:
    """Return what the lines cost together, in the order of the lines."""
    variants = [(line.variant, line.quantity) for line in lines]
    return quote_variants(variants, destination, is_adult=is_adult, now=now, discount_code=discount_code)


def get_discount_code(shopper: Shopper) -> str:
    """Return the discount code that the shopper typed for their bag, or ""."""
    bag = Bag.objects.of(shopper).only("discount_code").first()
    return bag.discount_code if bag else ""


def set_discount_code(*, shopper: Shopper, typed: str, now: datetime) -> None:
    """Keep a discount code with the bag, or none if it is empty. Raises DiscountRefused without changing anything."""
    code = find_discount(typed, now=now).code if typed else ""
    with transaction.atomic():
        Bag.objects.filter(pk=lock_bag(shopper).pk).update(discount_code=code)


def lock_bag_lines(shopper: Shopper) -> list[BagLine]:
    """Lock the shopper's bag until the end of the transaction, and return its lines with their products."""
    bag = lock_bag(shopper)
    return list(bag.lines.select_related("variant__product").order_by("added_at", "pk"))


def add_to_bag(
    *, shopper: Shopper, variant: Variant, now: datetime, quantity: int = 1, impression_token: str = ""
) -> BagLine:
    """Add units of a variant to the shopper's bag, and return the bag line.

    `impression_token` identifies the clip from which the product was opened, if any. Raises BagRefused without changing
    anything.
    """
    with transaction.atomic():
        bag = lock_bag(shopper)
        line = bag.lines.filter(variant=variant).first() or _start_line(bag, variant)
        line.quantity += quantity
        line.merged_quantity = None
        _refuse_problem(variant, line.quantity, _find_currency(bag, variant))
        if impression_token:
            click = record_click(shopper=shopper, impression_token=impression_token, product=variant.product, now=now)
            if click is not None:
                line.clip = click.clip
                ClickOutcome.objects.create(click=click, kind=OutcomeKind.BAGGED, ready_at=now)
        line.save()
    return line


def change_quantity(*, shopper: Shopper, variant: Variant, quantity: int) -> None:
    """Set a variant's quantity in the bag. 0 removes it. Raises BagRefused without changing anything."""
    with transaction.atomic():
        bag = lock_bag(shopper)
        lines = bag.lines.filter(variant=variant)
        if quantity == 0:
            lines.delete()
            return
        _refuse_problem(variant, quantity, _find_currency(bag, variant))
        lines.update(quantity=quantity, merged_quantity=None)


def _start_line(bag: Bag, variant: Variant) -> BagLine:
    """Return an empty line for one more variant. Raises BagRefused if the bag is full."""
    if not count_free_lines(bag):
        raise BagRefused(explain_full_bag())
    return BagLine(bag=bag, product=variant.product, variant=variant, quantity=0)


def explain_full_bag() -> str:
    sentence = _("A bag holds at most %(most)d different products. Order these first, or remove one.")
    return sentence % {"most": MAX_LINES}


def count_free_lines(bag: Bag) -> int:
    """Return how many more variants fit into a locked bag."""
    return max(0, MAX_LINES - bag.lines.count())


def _refuse_problem(variant: Variant, quantity: int, currency: str) -> None:
    """Raise BagRefused if this quantity of the variant cannot be in a bag of this currency. Ages are checked before."""
    if problem := find_problem(variant, quantity, currency=currency):
        raise BagRefused(problem)


def _find_currency(bag: Bag, variant: Variant) -> str:
    """Return the currency of the bag without this variant, or "" if nothing else in it can be bought."""
    others = bag.lines.exclude(variant=variant).select_related("variant__product__category").order_by("added_at", "pk")
    return next((line.variant.product.currency for line in others if line.is_available), "")


def lock_bag(shopper: Shopper) -> Bag:
    """Merge the visitor's bag, if there is one. Lock and return the shopper's bag, which is created if there is none.

    While this waits for a visitor's bag, another request of theirs may merge it into an account's: then it is created
    again.
    """
    _merge_visitor_bag(shopper)
    owner: dict[str, Any] = {"user": shopper.user} if shopper.user else {"user": None, "visitor": shopper.visitor}
    while True:
        bag, _is_new = Bag.objects.get_or_create(**owner)
        if locked := Bag.objects.select_for_update().filter(pk=bag.pk).first():
            return locked


def _merge_visitor_bag(shopper: Shopper) -> None:
    """Move what a visitor put into their bag to their account's bag after they signed in, and add up the quantities.

    A line that adds up to more than can be bought gets the most that can be. Its `merged_quantity` then says how many
    there were. If not everything fits, the variants that were added last come along. The visitor's bag is locked first
    and deleted last, so that two requests cannot add it twice.
    """
    if shopper.user is None or not shopper.visitor:
        return
    if not Bag.objects.filter(user=None, visitor=shopper.visitor).exists():
        return
    with transaction.atomic():
        visitor_bag = Bag.objects.select_for_update().filter(user=None, visitor=shopper.visitor).first()
        if visitor_bag is None:
            return
        bag, _is_new = Bag.objects.get_or_create(user=shopper.user)
        Bag.objects.select_for_update().get(pk=bag.pk)
        own, free = {line.variant_id: line for line in bag.lines.all()}, count_free_lines(bag)
        for line in visitor_bag.lines.select_related("variant").order_by("-added_at", "-pk"):
            if line.variant_id in own:
                _add_up(line, own[line.variant_id])
            elif free:
                free -= 1
                BagLine.objects.filter(pk=line.pk).update(bag=bag)
        if visitor_bag.discount_code:
            Bag.objects.filter(pk=bag.pk).update(discount_code=visitor_bag.discount_code)
        visitor_bag.delete()


def _add_up(line: BagLine, own: BagLine) -> None:
    """Add a visitor's line to the user's own line of the same variant."""
    together = own.quantity + line.quantity
    own.quantity = max(1, min(together, MAX_QUANTITY, line.variant.sellable))
    own.merged_quantity = together if together > own.quantity else None
    own.clip_id = own.clip_id or line.clip_id
    own.save(update_fields=["quantity", "merged_quantity", "clip"])


def forget_visitor_bags(*, now: datetime, at_most: int = 10_000) -> int:
    """Delete bags of guests who have not come back for long. Return how many."""
    since = now - FORGET_AFTER
    old = Bag.objects.filter(user=None, changed_at__lt=since).exclude(lines__added_at__gte=since)
    return Bag.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:at_most])).delete()[1].get("shop.Bag", 0)
