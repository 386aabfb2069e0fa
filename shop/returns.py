"""Return requests: how many units of each line a shopper can still return, and why no more.

Staff accept or refuse a request; accepting it plans a refund. See `shop.refunds`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Sum
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shop.delivery.arrivals import find_arrivals
from shop.digital.downloads import find_downloaded
from shop.models import Order, OrderLine, Refund, RefundLine
from shop.refunds import Quantities, RefundRefused, check_undisputed
from shop.states import OPEN_RETURNS, RefundState


class ReturnRefused(RefundRefused):
    """A refused return request. Nothing was changed. `problems` says why, by the id of the order line."""

    def __init__(self, problems: Mapping[OrderLine, str]) -> None:
        self.problems = {line.pk: sentence for line, sentence in problems.items()}
        super().__init__(" ".join(f"{line.local_name}: {sentence}" for line, sentence in problems.items()))


@dataclass(frozen=True)
class ReturnableLine:
    """An order line, how many units the shopper has, and how many they asked to return, last at `requested_at`.

    The return period ends at `ends_at`, or is open while other units of the order are still to be sent.
    """

    line: OrderLine
    now: datetime
    in_hand: int
    ends_at: datetime | None
    is_downloaded: bool = False
    requested: int = 0
    requested_at: datetime | None = None

    @property
    def is_in_period(self) -> bool:
        """Return whether the last day of the period is not over. It ends with the day, as the EU's right of withdrawal does."""
        if self.ends_at is None:
            return True
        zone = timezone.get_default_timezone()
        return timezone.localdate(self.now, zone) <= timezone.localdate(self.ends_at, zone)

    @property
    def returnable(self) -> int:
        return max(0, self.in_hand - self.requested) if self.is_in_period and not self.is_downloaded else 0

    def explain_refusal(self, quantity: int) -> str:
        """Return why this many units cannot be returned, or "" if they can."""
        if quantity <= self.returnable:
            return ""
        if self.line.refundable_quantity == 0:
            return _("There is nothing left to return: everything was refunded.")
        if self.is_downloaded:
            return _("You agreed that this can't be returned once its download began.")
        if self.requested and self.requested_at is not None:
            words = {"count": self.requested, "date": _format_date(self.requested_at)}
            requested = ngettext(
                "You asked to return %(count)d unit on %(date)s. We will reply by email.",
                "You asked to return %(count)d units on %(date)s. We will reply by email.",
                self.requested,
            )
            return requested % words if self.returnable == 0 else f"{requested % words} {self._explain_most()}"
        if self.in_hand == 0:
            return _("This has not been delivered yet. You can return it after it arrives.")
        if self.ends_at is not None and not self.is_in_period:
            return _("The return period ended on %(date)s.") % {"date": _format_date(self.ends_at)}
        return self._explain_most()

    def _explain_most(self) -> str:
        return _("You can return at most %(most)d.") % {"most": self.returnable}


def list_returnable_lines(order: Order, *, now: datetime) -> list[ReturnableLine]:
    """Return each line of a paid order with what can be returned of it. Empty for an order that is not paid."""
    if not order.is_settled:
        return []
    open_lines = RefundLine.objects.filter(refund__order=order, refund__state__in=OPEN_RETURNS)
    requested = {
        row["order_line_id"]: (row["units"], row["latest_at"])
        for row in open_lines.values("order_line_id").annotate(
            units=Sum("quantity"), latest_at=Max("refund__created_at")
        )
    }
    lines = list(order.lines.select_related("product").order_by("pk"))
    arrivals, downloaded = find_arrivals(order, lines, now=now), find_downloaded(order)
    return [
        ReturnableLine(
            line,
            now,
            arrivals.in_hand[line.pk],
            arrivals.ends_at[line.pk],
            line.pk in downloaded,
            *requested.get(line.pk, ()),
        )
        for line in lines
    ]


def request_return(*, order: Order, quantities: Quantities, reason: str, now: datetime) -> Refund:
    """Record a shopper's request to return units of an order. Return it as a refund in the state REQUESTED.

    What several merchants sold goes back to each of them: there is a return for each, and the first is returned.

    Raises ReturnRefused if a line has fewer units to return, and RefundRefused for other reasons.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order.pk)
        check_undisputed(order)
        lines = {returnable.line.pk: returnable for returnable in list_returnable_lines(order, now=now)}
        if not lines:
            raise RefundRefused(_("This order has not been paid."))
        chosen = {lines[line_id]: quantity for line_id, quantity in quantities.items() if line_id in lines and quantity}
        if not chosen or len(chosen) < len(quantities) or min(chosen.values()) < 0:
            raise RefundRefused(_("Enter how many you want to return."))
        sentences = {returnable.line: returnable.explain_refusal(quantity) for returnable, quantity in chosen.items()}
        problems = {line: sentence for line, sentence in sentences.items() if sentence}
        if problems:
            raise ReturnRefused(problems)
        by_merchant: dict[int | None, list[tuple[ReturnableLine, int]]] = {}
        for returnable, quantity in chosen.items():
            by_merchant.setdefault(returnable.line.merchant_id, []).append((returnable, quantity))
        returns = [_record_request(order, items, reason, now) for items in by_merchant.values()]
    return returns[0]


def _record_request(order: Order, items: Iterable[tuple[ReturnableLine, int]], reason: str, now: datetime) -> Refund:
    refund = Refund.objects.create(
        order=order, state=RefundState.REQUESTED, currency=order.currency, reason=reason, created_at=now, send_after=now
    )
    RefundLine.objects.bulk_create(
        RefundLine(refund=refund, order_line=item.line, quantity=quantity, amount_minor=0, commission_minor=0)
        for item, quantity in items
    )
    return refund


def _format_date(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATE_FORMAT")
