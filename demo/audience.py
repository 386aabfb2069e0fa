"""The demo's analytics: counts of posts over the last two months, made up. The same posts always get the same ones."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.conf import settings

from demo.clips import own_clips
from programme.day_counts import last_complete_day
from programme.models import FIRST_BUCKET, RETENTION_BUCKETS, AudienceCount, CountedDay, Measure, SalesCount
from programme.suppression import FEWEST_PEOPLE
from videos.models import Clip

DAYS = 60
SHARES_OF_VIEWS = {
    Measure.LIKES: 0.2,
    Measure.COMMENTS: 0.05,
    Measure.SAVES: 0.12,
    Measure.SHARES: 0.06,
    Measure.FOLLOWS: 0.04,
    Measure.PRODUCT_OPENS: 0.3,
}


def count_audience(*, now: datetime) -> None:
    """Add the counts of published clips, unless a day has been counted already."""
    if CountedDay.objects.exists():
        return
    last = last_complete_day(now)
    days = [last - timedelta(days=number) for number in reversed(range(DAYS))]
    clips = list(own_clips().published().order_by("code").prefetch_related("tags__product__merchant"))
    AudienceCount.objects.bulk_create(count for clip in clips for count in _count_viewers(clip, days))
    SalesCount.objects.bulk_create(count for clip in clips for count in _count_buyers(clip, days))
    CountedDay.objects.bulk_create(CountedDay(on=day, counted_at=now) for day in days)


def _count_viewers(clip: Clip, days: list[date]) -> Iterator[AudienceCount]:
    chance = random.Random(clip.code)  # noqa: S311  # not a secret
    usual = chance.randint(20, 90)
    for day in days:
        views = round(usual * chance.uniform(0.6, 1.4) * (1.3 if day.weekday() >= 5 else 1))
        numbers = {
            int(measure): round(views * share * chance.uniform(0.5, 1.5)) for measure, share in SHARES_OF_VIEWS.items()
        }
        for bucket in range(RETENTION_BUCKETS):
            is_end = bucket in (0, RETENTION_BUCKETS - 1)
            numbers[FIRST_BUCKET + bucket] = round(views * (0.2 if is_end else 0.03) * chance.uniform(0.5, 1.5))
        for measure, people in {int(Measure.VIEWS): views, **numbers}.items():
            if people >= FEWEST_PEOPLE:
                yield AudienceCount(clip=clip, on=day, measure=measure, people=people)


def _count_buyers(clip: Clip, days: list[date]) -> Iterator[SalesCount]:
    chance = random.Random(f"{clip.code} orders")  # noqa: S311  # not a secret
    product = min(clip.tags.all(), key=lambda tag: tag.pk).product
    for day in days[::9]:
        people = FEWEST_PEOPLE + chance.randint(0, 4)
        sold_minor = people * (product.price_minor or 0)
        yield SalesCount(
            clip=clip,
            merchant=product.merchant,
            on=day,
            people=people,
            orders=people,
            currency=settings.CURRENCY,
            sold_minor=sold_minor,
            commission_minor=sold_minor // 20,
        )
