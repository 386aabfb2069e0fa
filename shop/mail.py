"""Emails to shoppers about orders, parcels and refunds, and to staff about disputes.

The queue consists of the orders, parcels, refunds and disputes that are not marked as mailed. Each row is locked, mailed in the order's
language and then marked, in one transaction with the row of the outbox.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts.access import staff_with_permission
from accounts.letters import write_email
from accounts.sweeps import do_each
from catalog.merchants.sellers import list_sender
from catalog.site import site_name
from shop.delivery.mail import mail_merchants, mail_merchants_of_refund, mail_parcel
from shop.models import Dispute, Invoice, Order, Parcel, Refund
from shop.models.payment import GIVEN_UP
from shop.models.refund import RefundNotice
from shop.order_letters import email_shopper
from shop.states import SETTLED, OrderState, RefundState

NOTICES = {
    RefundState.REQUESTED: RefundNotice.REQUESTED,
    RefundState.ACCEPTED: RefundNotice.ACCEPTED,
    RefundState.RECEIVED: RefundNotice.RECEIVED,
    RefundState.REFUSED: RefundNotice.DECLINED,
    RefundState.PENDING: RefundNotice.REFUNDED,
    RefundState.DONE: RefundNotice.REFUNDED,
    RefundState.FAILED: RefundNotice.FAILED,
}


def confirmations_to_mail() -> QuerySet[Order]:
    """Return paid orders whose confirmation has not been emailed."""
    return Order.objects.filter(state__in=SETTLED, mailed_at=None)


def cancellations_to_mail() -> QuerySet[Order]:
    """Return cancelled orders whose shopper has not been emailed."""
    return Order.objects.filter(state=OrderState.CANCELLED, cancellation_mailed_at=None)


def mail_orders(*, now: datetime, at_most: int = 100) -> int:
    """Email what is due: confirmations, cancellations, refunds, parcels, and disputes to staff. Return how many rows.

    At most `at_most` emails of each kind are sent, oldest first.
    """
    queues: tuple[tuple[QuerySet[Any], Callable[[Any, datetime], None]], ...] = (
        (confirmations_to_mail().order_by("paid_at"), _mail_confirmation),
        (cancellations_to_mail().order_by("cancelled_at"), _mail_cancellation),
        (Refund.objects.with_notice_due().order_by("created_at"), _mail_refund_notice),
        (Parcel.objects.with_notice_due().order_by("packed_at"), mail_parcel),
        (Dispute.objects.with_notice_due().order_by("opened_at"), _mail_dispute),
    )
    waiting = [(rows, write, pk) for rows, write in queues for pk in rows.values_list("pk", flat=True)[:at_most]]
    return do_each(waiting, lambda item: _mail_one(*item, now))


def _mail_one(rows: QuerySet[Any], write: Callable[[Any, datetime], None], row_id: int, now: datetime) -> int:
    with transaction.atomic():
        row = rows.select_for_update(skip_locked=True).filter(pk=row_id).first()
        if row is None:
            return 0
        write(row, now)
    return 1


def _mail_confirmation(order: Order, now: datetime) -> None:
    lines = list(order.lines.select_related("order", "product", "pickup_place").order_by("pk"))
    context = {"lines": lines, "invoices": list(order.invoices.filter(refund=None).order_by("pk"))}
    context["pickup_places"] = list(dict.fromkeys(line.pickup_place for line in lines if line.pickup_place))
    email_shopper(gettext_lazy("Your order %(code)s at %(site)s"), "order", order, **context)
    mail_merchants(order)
    Order.objects.filter(pk=order.pk).update(mailed_at=now)


def _mail_cancellation(order: Order, now: datetime) -> None:
    is_given_up = order.payments.filter(failure_text=GIVEN_UP).exists()
    email_shopper(gettext_lazy("Your order %(code)s was cancelled"), "cancelled", order, is_given_up=is_given_up)
    Order.objects.filter(pk=order.pk).update(cancellation_mailed_at=now)


def _mail_refund_notice(refund: Refund, now: datetime) -> None:
    notice = RefundNotice.ELSEWHERE if refund.is_paid_elsewhere else NOTICES[RefundState(refund.state)]
    subject = {
        RefundNotice.REQUESTED: gettext_lazy("Your return request for order %(code)s"),
        RefundNotice.ACCEPTED: gettext_lazy("Your return for order %(code)s was accepted"),
        RefundNotice.RECEIVED: gettext_lazy("We received your return for order %(code)s"),
        RefundNotice.DECLINED: gettext_lazy("Your return for order %(code)s was declined"),
        RefundNotice.REFUNDED: gettext_lazy("Your refund for order %(code)s"),
        RefundNotice.FAILED: gettext_lazy("Your refund for order %(code)s could not be paid"),
        RefundNotice.ELSEWHERE: gettext_lazy("Your refund for order %(code)s was paid in another way"),
    }[notice]
    lines = list(refund.lines.select_related("order_line__product", "order_line__merchant"))
    seller = lines[0].order_line.merchant if lines else None
    context = {"refund": refund, "notice": notice, "lines": lines}
    context["returned_to"] = list_sender(seller) if seller is not None and not seller.is_house else []
    notes = list(Invoice.objects.filter(refund=refund).order_by("pk"))
    email_shopper(subject, "refund", refund.order, credit_notes=notes, **context)
    if notice in (RefundNotice.REQUESTED, RefundNotice.REFUNDED, RefundNotice.ELSEWHERE):
        mail_merchants_of_refund(refund)
    Refund.objects.filter(pk=refund.pk).update(last_notice=notice)


def _mail_dispute(dispute: Dispute, now: datetime) -> None:
    """Email everybody on staff who deals with refunds, each in their own language."""
    purchase = dispute.payment.purchase
    context = {"dispute": dispute, "order": purchase, "site_url": settings.SITE_URL, "site_name": site_name()}
    for user in staff_with_permission("shop.add_refund"):
        with override(user.language or settings.LANGUAGE_CODE):
            subject = _("Dispute of order %(code)s") % {"code": purchase.code}
            write_email(subject, render_to_string("shop/mail/dispute.txt", context), to=user.email).send()
    Dispute.objects.filter(pk=dispute.pk).update(notified_state=dispute.state)
