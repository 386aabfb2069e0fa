"""Changes of stock by staff: goods received, a recount, a correction. Each is one row with its reason."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.models import Product, StockMovement, StockMovementKind

LARGEST_STOCK = 1_000_000_000


class MovementRefused(Exception):
    """A refused movement. The stock was not changed. The message says why."""


def move_stock(
    *,
    product_id: int,
    kind: StockMovementKind,
    number: int,
    reason: str,
    created_by: User,
    now: datetime,
    seen_stock: int | None = None,
    seen_movement: int | None = None,
) -> StockMovement:
    """Change a product's stock, and return the movement.

    `number` is how many were received, how many were counted, or the correction (negative to take away). `seen_stock`
    is the stock that the counter was shown. A recount is refused if it has changed since, because what was sold in
    between may or may not have been counted. `seen_movement` is the id of the latest movement, or 0, that the user was
    shown. A newer one refuses theirs, which may be the same delivery.

    Raises MovementRefused.
    """
    with transaction.atomic():
        product = Product.objects.select_for_update(of=("self",)).get(pk=product_id)
        if seen_movement is not None and (sentence := explain_newer_movement(product, seen_movement)):
            raise MovementRefused(sentence)
        if kind == StockMovementKind.RECOUNTED and seen_stock not in (None, product.stock):
            sentence = _("The stock changed from %(seen)d to %(now)d while you had the form open. Count again.")
            raise MovementRefused(sentence % {"seen": seen_stock, "now": product.stock})
        change = number - product.stock if kind == StockMovementKind.RECOUNTED else number
        _require_possible(product, kind, change)
        movement = StockMovement.objects.create(
            product=product,
            kind=kind,
            change=change,
            stock_after=product.stock + change,
            reason=reason,
            created_by=created_by,
            created_at=now,
        )
        Product.objects.filter(pk=product_id).update(stock=movement.stock_after, updated_at=now)
    return movement


def find_latest_movement(product: Product) -> int:
    """Return the id of the product's latest movement, or 0 if it has none."""
    return product.stock_movements.aggregate(latest=Max("pk"))["latest"] or 0


def explain_newer_movement(product: Product, seen_movement: int) -> str:
    """Return who changed the stock, how and when after the user saw `seen_movement` as the latest, or "" if nobody did."""
    movements = product.stock_movements.filter(pk__gt=seen_movement).select_related("created_by")
    newer = movements.order_by("-pk").first()
    if newer is None:
        return ""
    sentence = _(
        "%(who)s changed the stock by %(change)s on %(when)s: %(reason)s. Your page was older, so nothing more was changed. "
        "If yours is another change, send it again."
    )
    when = date_format(localtime(newer.created_at), "DATETIME_FORMAT")
    return sentence % {"who": newer.created_by, "change": f"{newer.change:+d}", "when": when, "reason": newer.reason}


def _require_possible(product: Product, kind: StockMovementKind, change: int) -> None:
    if kind == StockMovementKind.RECEIVED and change <= 0:
        raise MovementRefused(_("Enter how many were received: 1 or more."))
    if kind == StockMovementKind.CORRECTED and change == 0:
        raise MovementRefused(_("Enter how many to add, or a negative number to take away."))
    if kind == StockMovementKind.RECOUNTED and product.stock + change < 0:
        raise MovementRefused(_("A recount cannot be negative. Enter how many can be sold: 0 or more."))
    if product.stock + change < 0:
        raise MovementRefused(_("Only %(stock)d are in stock.") % {"stock": product.stock})
    if product.stock + change > LARGEST_STOCK:
        raise MovementRefused(_("The stock cannot be larger than %(most)d.") % {"most": LARGEST_STOCK})
