"""Bells for the shop: the rows are the queue."""

from celery import shared_task
from django.utils import timezone

from shop.mail import mail_orders
from shop.models import Refund
from shop.orders import expire_orders
from shop.refund_dispatch import send_refund


@shared_task
def expire_unpaid_orders() -> None:
    """Give the stock of orders back that were not paid in time."""
    expire_orders(now=timezone.now())


@shared_task
def mail_waiting_orders() -> None:
    """Send the confirmation of every paid order that has none."""
    mail_orders(now=timezone.now())


@shared_task
def send_refund_by_id(refund_id: int) -> None:
    """Send or look up one refund; when the provider does not answer, the sweep asks again."""
    send_refund(refund_id=refund_id, now=timezone.now())


@shared_task
def send_waiting_refunds() -> None:
    """Ring again for refunds that were planned, claimed or taken by the provider, and never settled."""
    for refund_id in Refund.objects.unsettled_at(timezone.now()).values_list("pk", flat=True)[:200]:
        send_refund_by_id.delay(refund_id)
