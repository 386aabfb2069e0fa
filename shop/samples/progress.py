"""What parcels and dates make of samples. A sweep reads it from the orders, so that no step of a parcel can be missed."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from accounts.sweeps import do_each
from creators.models import Sample, SampleState
from shop.models import Order, SampleOrder
from shop.samples.mail import mail_sample
from shop.states import SENT_PARCELS, OrderState


def follow_samples(*, now: datetime) -> int:
    """Move every sample that was sent, has arrived, or whose clip is overdue. Return how many were moved."""
    under_way = SampleOrder.objects.filter(sample__state__in=(SampleState.APPROVED, SampleState.SENT))
    followed = under_way.select_related("order", "sample__creator__user", "sample__variant__product")
    moved = do_each(followed.order_by("pk"), lambda row: _follow(row.sample, row.order, now))
    due = Sample.objects.filter(state=SampleState.DUE, due_on__lt=timezone.localdate(now)).with_names()
    return moved + do_each(due.order_by("pk"), _move_overdue)


def _follow(sample: Sample, order: Order, now: datetime) -> int:
    if order.state in (OrderState.CANCELLED, OrderState.REFUNDED):
        return int(Sample.objects.move(sample.pk, sample.state, SampleState.WITHDRAWN))
    sent_at, arrived_at = find_dates(order)
    if sample.state == SampleState.APPROVED:
        return int(sent_at is not None and Sample.objects.move(sample.pk, sample.state, SampleState.SENT))
    if arrived_at is None or arrived_at > now:
        return 0
    due_on = timezone.localdate(arrived_at) + timedelta(days=settings.SAMPLE_DAYS)
    is_moved = Sample.objects.move(sample.pk, sample.state, SampleState.DUE, due_on=due_on)
    if is_moved:
        sample.due_on = due_on
        mail_sample(sample=sample, kind="due")
    return int(is_moved)


def _move_overdue(sample: Sample) -> int:
    is_moved = Sample.objects.move(sample.pk, SampleState.DUE, SampleState.OVERDUE)
    if is_moved:
        mail_sample(sample=sample, kind="overdue")
    return int(is_moved)


def find_dates(order: Order) -> tuple[datetime | None, datetime | None]:
    """Return when the sample was sent, and when it arrived or counts as delivered. None: not yet.

    Where parcels are not recorded, it counts as sent when the order was placed, and as delivered some days later.
    """
    if not order.records_parcels:
        days = timedelta(days=settings.DELIVERED_AFTER_DAYS)
        return order.paid_at, order.paid_at + days if order.paid_at else None
    parcels = [parcel for parcel in order.parcels.order_by("pk") if parcel.state in SENT_PARCELS]
    if not parcels:
        return None, None
    return parcels[-1].sent_at or parcels[-1].delivered_at, parcels[-1].assumed_delivered_at
