"""Telling shoppers about their orders by e-mail; `mailed_at` is the queue."""

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from shop.models import Order
from shop.states import SETTLED


def mail_orders(*, now: datetime, at_most: int = 100) -> int:
    """Send the confirmation of paid orders that have none yet, oldest first, and return how many were sent.

    Each is claimed under its row's lock and marked after sending: a crash between the two sends a second copy, never
    none.
    """
    waiting = Order.objects.filter(state__in=SETTLED, mailed_at=None).order_by("paid_at").values_list("pk", flat=True)
    return sum(_mail_order(order_id, now) for order_id in list(waiting[:at_most]))


def _mail_order(order_id: int, now: datetime) -> bool:
    with transaction.atomic():
        order = Order.objects.select_for_update(skip_locked=True).filter(pk=order_id, mailed_at=None).first()
        if order is None:
            return False
        with override(order.language):
            _write(order).send()
        order.mailed_at = now
        order.save(update_fields=["mailed_at"])
    return True


def _write(order: Order) -> EmailMessage:
    lines = list(order.lines.select_related("order").order_by("pk"))
    words = {"order": order, "lines": lines, "site_url": settings.SITE_URL, "site_name": settings.SITE_NAME}
    subject = _("Your order %(code)s at %(site)s") % {"code": order.code, "site": settings.SITE_NAME}
    return EmailMessage(subject, render_to_string("shop/mail/order.txt", words), to=[order.email])
