"""E-mails to shoppers about orders and refunds, and to staff about disputes.

The queue consists of the orders, refunds and disputes that are not marked as mailed. Each row is locked, mailed in the order's
language and then marked. If the process crashes in between, an e-mail may be sent twice, but none is lost.
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

from accounts.access import staff_with_permission
from catalog.site import site_name
from shop.models import Dispute, Order, Refund
from shop.models.refund import RefundNotice
from shop.states import SETTLED, OrderState, RefundState

NOTICES = {
    RefundState.REQUESTED: RefundNotice.REQUESTED,
    RefundState.REFUSED: RefundNotice.DECLINED,
    RefundState.PENDING: RefundNotice.REFUNDED,
    RefundState.DONE: RefundNotice.REFUNDED,
}


def confirmations_to_mail() -> QuerySet[Order]:
    """Return paid orders whose confirmation has not been e-mailed."""
    return Order.objects.filter(state__in=SETTLED, mailed_at=None)


def cancellations_to_mail() -> QuerySet[Order]:
    """Return cancelled orders whose shopper has not been e-mailed."""
    return Order.objects.filter(state=OrderState.CANCELLED, cancellation_mailed_at=None)


def mail_orders(*, now: datetime, at_most: int = 100) -> int:
    """E-mail what is due: confirmations, cancellations, refund notices, and disputes to staff. Return how many rows.

    At most `at_most` e-mails of each kind are sent, oldest first.
    """
    paid = confirmations_to_mail().order_by("paid_at")
    cancelled = cancellations_to_mail().order_by("cancelled_at")
    refunds = Refund.objects.with_notice_due().order_by("created_at")
    disputes = Dispute.objects.with_notice_due().order_by("opened_at")
    return (
        _mail_each(paid, _mail_confirmation, now, at_most)
        + _mail_each(cancelled, _mail_cancellation, now, at_most)
        + _mail_each(refunds, _mail_refund_notice, now, at_most)
        + _mail_each(disputes, _mail_dispute, now, at_most)
    )


def _mail_each(waiting: QuerySet[Any], write: Callable[[Any, datetime], None], now: datetime, at_most: int) -> int:
    sent = 0
    for row_id in list(waiting.values_list("pk", flat=True)[:at_most]):
        with transaction.atomic():
            row = waiting.select_for_update(skip_locked=True).filter(pk=row_id).first()
            if row is None:
                continue
            with override(_language_of(row)):
                write(row, now)
            sent += 1
    return sent


def _language_of(row: Order | Refund | Dispute) -> str:
    """Return the language of an order's shopper. Staff read of disputes in the shop's own."""
    if isinstance(row, Dispute):
        return settings.LANGUAGE_CODE
    return (row.order if isinstance(row, Refund) else row).language


def _mail_confirmation(order: Order, now: datetime) -> None:
    lines = list(order.lines.select_related("order", "product").order_by("pk"))
    _send(_("Your order %(code)s at %(site)s"), "order", order, lines=lines)
    Order.objects.filter(pk=order.pk).update(mailed_at=now)


def _mail_cancellation(order: Order, now: datetime) -> None:
    _send(_("Your order %(code)s was cancelled"), "cancelled", order)
    Order.objects.filter(pk=order.pk).update(cancellation_mailed_at=now)


def _mail_refund_notice(refund: Refund, now: datetime) -> None:
    notice = NOTICES[RefundState(refund.state)]
    subject = {
        RefundNotice.REQUESTED: _("Your return request for order %(code)s"),
        RefundNotice.DECLINED: _("Your return for order %(code)s was declined"),
        RefundNotice.REFUNDED: _("Your refund for order %(code)s"),
    }[notice]
    lines = list(refund.lines.select_related("order_line__product"))
    _send(subject, "refund", refund.order, refund=refund, notice=notice, lines=lines)
    Refund.objects.filter(pk=refund.pk).update(last_notice=notice)


def _mail_dispute(dispute: Dispute, now: datetime) -> None:
    """E-mail everybody on staff who may see disputes."""
    order = dispute.payment.order
    subject = _("Dispute of order %(code)s") % {"code": order.code}
    context = {"dispute": dispute, "order": order, "site_url": settings.SITE_URL, "site_name": site_name()}
    text = render_to_string("shop/mail/dispute.txt", context)
    for user in staff_with_permission("shop.view_dispute"):
        EmailMessage(subject, text, to=[user.email]).send()
    Dispute.objects.filter(pk=dispute.pk).update(notified_state=dispute.state)


def _send(subject: str, template: str, order: Order, **context: Any) -> None:
    context |= {"order": order, "site_url": settings.SITE_URL, "site_name": site_name()}
    text = render_to_string(f"shop/mail/{template}.txt", context)
    EmailMessage(subject % {"code": order.code, "site": site_name()}, text, to=[order.email]).send()
