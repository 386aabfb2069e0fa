"""Celery tasks for the shop. They find their work in the database."""

from celery import shared_task
from django.utils import timezone

from shop.bags import forget_visitor_bags
from shop.delivery.uncollected import cancel_uncollected
from shop.mail import mail_orders
from shop.models import Refund
from shop.reconciliation import reconcile
from shop.refund_dispatch import send_refund
from shop.release import expire_orders
from shop.reservations import forget_networks
from shop.samples.progress import follow_samples


@shared_task
def expire_unpaid_orders() -> None:
    """Cancel orders that were not paid in time, and release their stock. Forget the networks of older ones."""
    expire_orders(now=timezone.now())
    forget_networks(now=timezone.now())


@shared_task
def cancel_uncollected_parcels() -> None:
    """Cancel and refund parcels that nobody picked up in time."""
    cancel_uncollected(now=timezone.now())


@shared_task
def forget_bags() -> None:
    """Delete bags of guests who have not come back for long."""
    forget_visitor_bags(now=timezone.now())


@shared_task
def mail_waiting_orders() -> None:
    """Email shoppers about their orders, cancellations and refunds."""
    mail_orders(now=timezone.now())


@shared_task
def send_refund_by_id(refund_id: int) -> None:
    """Send one refund, or look it up if it is pending. If the provider does not answer, another task retries later."""
    send_refund(refund_id=refund_id, now=timezone.now())


@shared_task
def send_waiting_refunds() -> None:
    """Enqueue a task for each refund that is due to be sent or looked up."""
    for refund_id in Refund.objects.unsettled_at(timezone.now()).values_list("pk", flat=True)[:200]:
        send_refund_by_id.delay(refund_id)


@shared_task
def follow_sample_parcels() -> None:
    """Move samples on that were sent or have arrived, and those whose clip is overdue."""
    follow_samples(now=timezone.now())


@shared_task
def reconcile_payments() -> None:
    """Ask the payment provider about whatever is open here, and what it did that no event told."""
    reconcile(now=timezone.now())
