"""Prices that begin and end by themselves: planning, cancelling, and moving them when their time comes."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.models import ScheduledPrice, ScheduledPriceState, SourcedVariant, Variant

BATCH = 500
FARTHEST = timedelta(days=366)


class ScheduleRefused(Exception):
    """A scheduled price that was refused. Nothing was changed. The message says why."""


@transaction.atomic
def schedule_price(
    *, variant: Variant, price_minor: int, starts_at: datetime, ends_at: datetime, created_by: User, now: datetime
) -> ScheduledPrice:
    """Plan a lower price of a variant. Raises ScheduleRefused."""
    locked = Variant.objects.select_for_update(no_key=True).get(pk=variant.pk)
    if ends_at <= max(starts_at, now):
        raise ScheduleRefused(_("The end must be later than the start, and in the future."))
    if starts_at > now + FARTHEST:
        raise ScheduleRefused(_("The start can be at most a year ahead."))
    planned = ScheduledPrice.objects.filter(variant=locked).open()
    if planned.filter(starts_at__lt=ends_at, ends_at__gt=starts_at).exists():
        raise ScheduleRefused(_("Another scheduled price of this variant is in the same period. Cancel it first."))
    running = planned.filter(state=ScheduledPriceState.RUNNING).first()
    regular = running.regular_minor if running else locked.price_minor
    if not 0 < price_minor < (regular or 0):
        raise ScheduleRefused(_("The scheduled price must be above 0 and below the present price."))
    return ScheduledPrice.objects.create(
        variant=locked, price_minor=price_minor, starts_at=starts_at, ends_at=ends_at, created_by=created_by
    )


@transaction.atomic
def cancel_scheduled_price(*, scheduled: ScheduledPrice) -> None:
    """Cancel a planned price, or end a running one now. Raises ScheduleRefused if it is over."""
    variant = Variant.objects.select_for_update(no_key=True).get(pk=scheduled.variant_id)
    row = ScheduledPrice.objects.select_for_update().get(pk=scheduled.pk)
    if row.state == ScheduledPriceState.PLANNED:
        ScheduledPrice.objects.move(row.pk, row.state, ScheduledPriceState.CANCELLED)
    elif row.state == ScheduledPriceState.RUNNING:
        _end(row, variant)
    else:
        raise ScheduleRefused(_("This price is over already."))


def move_scheduled_prices(*, now: datetime) -> int:
    """End and begin the scheduled prices that are due, at most 500 of each, and return how many moved.

    Ends come first, so that the next price of a variant finds the regular one. A price whose whole time was missed does
    not begin any more.
    """
    rows = ScheduledPrice.objects.order_by("pk").values_list("pk", "variant_id")
    ending = rows.filter(state=ScheduledPriceState.RUNNING, ends_at__lte=now)[:BATCH]
    beginning = rows.filter(state=ScheduledPriceState.PLANNED, starts_at__lte=now)[:BATCH]
    return sum(_move(*row, now) for row in [*ending, *beginning])


@transaction.atomic
def _move(row_id: int, variant_id: int, now: datetime) -> bool:
    variant = Variant.objects.select_for_update(no_key=True).get(pk=variant_id)
    row = ScheduledPrice.objects.select_for_update().get(pk=row_id)
    if row.state == ScheduledPriceState.RUNNING:
        return _end(row, variant)
    return row.state == ScheduledPriceState.PLANNED and _begin(row, variant, now)


def _begin(row: ScheduledPrice, variant: Variant, now: datetime) -> bool:
    if row.ends_at <= now:
        return ScheduledPrice.objects.move(row.pk, row.state, ScheduledPriceState.MISSED)
    if variant.price_minor <= row.price_minor:
        return ScheduledPrice.objects.move(row.pk, row.state, ScheduledPriceState.NOT_LOWER)
    regular = {"regular_minor": variant.price_minor, "regular_compare_at_minor": variant.compare_at_minor}
    prices = (variant.price_minor, variant.compare_at_minor)
    records = SourcedVariant.objects.filter(variant=variant).order_by("pk")
    followed = next((record.source_id for record in records if _prices_of(record) == prices), None)
    values = {**regular, "followed_source": followed}
    has_begun = ScheduledPrice.objects.move(row.pk, row.state, ScheduledPriceState.RUNNING, **values)
    variant.compare_at_minor = max(variant.price_minor, variant.compare_at_minor or 0)
    variant.price_minor = row.price_minor
    variant.save(update_fields=["price_minor", "compare_at_minor"])
    return has_begun


def _end(row: ScheduledPrice, variant: Variant) -> bool:
    """Bring the regular price back, or what its source says by now, unless somebody has changed the price meanwhile."""
    if variant.price_minor == row.price_minor:
        record = SourcedVariant.objects.filter(variant=variant, source=row.followed_source_id).first()
        regular = (row.regular_minor or 0, row.regular_compare_at_minor)
        variant.price_minor, variant.compare_at_minor = _prices_of(record) if record else regular
        variant.save(update_fields=["price_minor", "compare_at_minor"])
    return ScheduledPrice.objects.move(row.pk, row.state, ScheduledPriceState.ENDED)


def _prices_of(record: SourcedVariant) -> tuple[int, int | None]:
    """Return the price and the compare-at price that a source stated last."""
    return record.stated["price"], record.stated.get("compare_at")
