"""Answers of staff to return requests, until the refund: accept, refuse, and record what arrived."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from shop.models import Order, Refund
from shop.refunds import RefundRefused
from shop.states import OPEN_RETURNS, RefundState


def accept_return(*, refund_id: int, created_by: User, now: datetime) -> bool:
    """Accept a return request: the shopper sends the goods back. Return False if it was already answered."""
    return Refund.objects.move(refund_id, RefundState.REQUESTED, RefundState.ACCEPTED, created_by=created_by)


def refuse_return(
    *,
    refund_id: int,
    created_by: User,
    now: datetime,
    reason: str = "",
    states: Iterable[RefundState] = OPEN_RETURNS,
) -> bool:
    """Refuse a return in one of these states, for a reason that the shopper reads. Return False if it is in another."""
    values = {"created_by": created_by, "decline_reason": reason, "settled_at": now}
    return any(Refund.objects.move(refund_id, state, RefundState.REFUSED, **values) for state in states)


def receive_return(*, refund_id: int, quantities: Mapping[int, int], is_restocked: bool, now: datetime) -> None:
    """Record how many units arrived, by refund line id. Their refund is planned afterwards, by `refund_return`.

    Raises RefundRefused if the return is not awaited, if none arrived, or if more did than were announced.
    """
    with transaction.atomic():
        Order.objects.select_for_update(of=("self",)).get(refunds=refund_id)
        lines = list(Refund.objects.get(pk=refund_id).lines.all())
        if set(quantities) - {line.pk for line in lines} or not any(quantities.values()):
            raise RefundRefused(_("Enter how many arrived. If none did, decline the return."))
        for line in lines:
            line.received_quantity = quantities.get(line.pk, 0)
            if not 0 <= line.received_quantity <= line.quantity:
                raise RefundRefused(_("More can't be recorded than the shopper announced."))
            line.save(update_fields=["received_quantity"])
        values = {"received_at": now, "is_restocked": is_restocked}
        if not Refund.objects.move(refund_id, RefundState.ACCEPTED, RefundState.RECEIVED, **values):
            raise RefundRefused(_("This return is not awaited, or has been received already."))
