"""Changes of stock, each with a row: by staff, by orders, and by imports of catalogue files."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F, Max
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.models import StockMovement, StockMovementKind, Variant
from catalog.stock import LARGEST_STOCK


class MovementRefused(Exception):
    """A refused movement. The stock was not changed. The message says why."""


def move_stock(
    *,
    variant_id: int,
    kind: StockMovementKind,
    number: int,
    reason: str,
    created_by: User,
    now: datetime,
    seen_stock: int | None = None,
    seen_movement: int | None = None,
) -> StockMovement:
    """Change a variant's stock, and return the movement.

    `number` is how many were received, how many were counted, or the correction (negative to take away). `seen_stock`
    is the stock that the counter was shown. A recount is refused if it has changed since, because what was sold in
    between may or may not have been counted. `seen_movement` is the id of the latest movement, or 0, that the user was
    shown. A newer one refuses theirs, which may be the same delivery.

    Raises MovementRefused.
    """
    with transaction.atomic():
        variant = Variant.objects.select_for_update().get(pk=variant_id)
        if seen_movement is not None and (sentence := explain_newer_movement(variant, seen_movement)):
            raise MovementRefused(sentence)
        if kind == StockMovementKind.RECOUNTED and seen_stock not in (None, variant.stock):
            sentence = _("The stock changed from %(seen)d to %(now)d while you had the form open. Count again.")
            raise MovementRefused(sentence % {"seen": seen_stock, "now": variant.stock})
        change = number - variant.stock if kind == StockMovementKind.RECOUNTED else number
        _require_possible(variant, kind, change)
        movement = StockMovement.objects.create(
            product_id=variant.product_id,
            variant=variant,
            kind=kind,
            change=change,
            stock_after=variant.stock + change,
            reason=reason,
            created_by=created_by,
            created_at=now,
        )
        Variant.objects.filter(pk=variant_id).update(stock=movement.stock_after)
    return movement


def take_stock(variant_id: int, quantity: int, *, order_code: str, now: datetime) -> bool:
    """Reduce a variant's stock for an order with one conditional UPDATE, and return whether that was possible.

    False if too few are left, the variant or its product is off sale, or another shop sells it. Of a variant that is
    not counted there are always enough. Lock the variants of an order first: see `lock_variants`.
    """
    buyable = Variant.objects.buyable().filter(pk=variant_id)
    if buyable.filter(is_counted=True, stock__gte=quantity).update(stock=F("stock") - quantity):
        _record(variant_id, StockMovementKind.SOLD, -quantity, order_code, now)
        return True
    return buyable.filter(is_counted=False).exists()


def return_stock(variant_id: int, quantity: int, *, kind: StockMovementKind, order_code: str, now: datetime) -> None:
    """Increase a variant's stock by units of an order that was cancelled or came back. Not counted ones stay as they are."""
    if Variant.objects.filter(pk=variant_id, is_counted=True).update(stock=F("stock") + quantity):
        _record(variant_id, kind, quantity, order_code, now)


def lock_variants(variant_ids: Iterable[int]) -> list[int]:
    """Lock variants until the end of the transaction, and return their ids in the order in which to change them.

    A change of a variant also locks its product. Whoever changes several variants locks them all first, by product:
    otherwise two orders of two sizes of one product would each wait for the other.
    """
    variants = Variant.objects.filter(pk__in=variant_ids).select_for_update().order_by("product_id", "pk")
    return list(variants.values_list("pk", flat=True))


def _record(variant_id: int, kind: StockMovementKind, change: int, order_code: str, now: datetime) -> None:
    product_id, stock = Variant.objects.values_list("product_id", "stock").get(pk=variant_id)
    StockMovement.objects.create(
        product_id=product_id,
        variant_id=variant_id,
        kind=kind,
        change=change,
        stock_after=stock,
        reason=order_code,
        created_at=now,
    )


def find_latest_movement(variant: Variant) -> int:
    """Return the id of the variant's latest movement by staff, or 0 if it has none."""
    return variant.stock_movements.filter(created_by__isnull=False).aggregate(latest=Max("pk"))["latest"] or 0


def explain_newer_movement(variant: Variant, seen_movement: int) -> str:
    """Return who changed the stock, how and when after the user saw `seen_movement` as the latest, or "" if nobody did."""
    movements = variant.stock_movements.filter(pk__gt=seen_movement).filter(created_by__isnull=False)
    newer = movements.select_related("created_by").order_by("-pk").first()
    if newer is None:
        return ""
    sentence = _(
        "%(who)s changed the stock by %(change)s on %(when)s: %(reason)s. Your page was older, so nothing more was changed. "
        "If yours is another change, send it again."
    )
    when = date_format(localtime(newer.created_at), "DATETIME_FORMAT")
    return sentence % {"who": newer.created_by, "change": f"{newer.change:+d}", "when": when, "reason": newer.reason}


def _require_possible(variant: Variant, kind: StockMovementKind, change: int) -> None:
    if kind == StockMovementKind.RECEIVED and change <= 0:
        raise MovementRefused(_("Enter how many were received: 1 or more."))
    if kind == StockMovementKind.CORRECTED and change == 0:
        raise MovementRefused(_("Enter how many to add, or a negative number to take away."))
    if kind == StockMovementKind.RECOUNTED and variant.stock + change < 0:
        raise MovementRefused(_("A recount cannot be negative. Enter how many can be sold: 0 or more."))
    if variant.stock + change < 0:
        raise MovementRefused(_("Only %(stock)d are in stock.") % {"stock": variant.stock})
    if variant.stock + change > LARGEST_STOCK:
        raise MovementRefused(_("The stock cannot be larger than %(most)d.") % {"most": LARGEST_STOCK})
