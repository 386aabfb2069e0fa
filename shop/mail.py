"""Telling shoppers about their orders by e-mail; the rows that are not mailed yet are the queue.

Each is claimed under its row's lock, written in the order's language, and marked after sending: a crash between the
two sends a second copy, never none.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from shop.models import Order, Refund
from shop.models.refund import RefundNotice
from shop.states import SETTLED, OrderState, RefundState

LETTERS = {
    RefundState.REQUESTED: RefundNotice.ASKED,
    RefundState.REFUSED: RefundNotice.REFUSED,
    RefundState.PENDING: RefundNotice.REFUNDED,
    RefundState.DONE: RefundNotice.REFUNDED,
}


def mail_orders(*, now: datetime, at_most: int = 100) -> int:
    """Send what is waiting, oldest first, and return how many were sent: confirmations, cancellations, refunds."""
    paid = Order.objects.filter(state__in=SETTLED, mailed_at=None).order_by("paid_at")
    cancelled = Order.objects.filter(state=OrderState.CANCELLED, cancellation_mailed_at=None).order_by("cancelled_at")
    refunds = Refund.objects.with_notice_due().order_by("created_at")
    return (
        _mail_each(paid, _confirm, now, at_most)
        + _mail_each(cancelled, _say_cancelled, now, at_most)
        + _mail_each(refunds, _tell_of_refund, now, at_most)
    )


def _mail_each(waiting: QuerySet[Any], write: Callable[[Any, datetime], None], now: datetime, at_most: int) -> int:
    sent = 0
    for row_id in list(waiting.values_list("pk", flat=True)[:at_most]):
        with transaction.atomic():
            row = waiting.select_for_update(skip_locked=True).filter(pk=row_id).first()
            if row is None:
                continue
            with override((row.order if isinstance(row, Refund) else row).language):
                write(row, now)
            sent += 1
    return sent


def _confirm(order: Order, now: datetime) -> None:
    lines = list(order.lines.select_related("order").order_by("pk"))
    _send(_("Your order %(code)s at %(site)s"), "order", order, lines=lines)
    Order.objects.filter(pk=order.pk).update(mailed_at=now)


def _say_cancelled(order: Order, now: datetime) -> None:
    _send(_("Your order %(code)s was cancelled"), "cancelled", order)
    Order.objects.filter(pk=order.pk).update(cancellation_mailed_at=now)


def _tell_of_refund(refund: Refund, now: datetime) -> None:
    letter = LETTERS[RefundState(refund.state)]
    subject = {
        RefundNotice.ASKED: _("Your return of order %(code)s"),
        RefundNotice.REFUSED: _("Your return of order %(code)s was not accepted"),
        RefundNotice.REFUNDED: _("Your money for order %(code)s is on its way back"),
    }[letter]
    lines = list(refund.lines.select_related("order_line"))
    _send(subject, "refund", refund.order, refund=refund, letter=letter, lines=lines)
    Refund.objects.filter(pk=refund.pk).update(last_notice=letter)


def _send(subject: str, template: str, order: Order, **context: Any) -> None:
    context |= {"order": order, "site_url": settings.SITE_URL, "site_name": settings.SITE_NAME}
    text = render_to_string(f"shop/mail/{template}.txt", context)
    EmailMessage(subject % {"code": order.code, "site": settings.SITE_NAME}, text, to=[order.email]).send()
