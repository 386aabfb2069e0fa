"""The running sponsored places, as each process has them in memory."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from django.utils import timezone

from feed.sponsored.models import MILLI, SponsoredPlace

HOURS = 24


@dataclass(frozen=True)
class RunningPlace:
    """What the feed needs to know about a running place. `spent_milli` is what it cost so far, on `day` and in all."""

    place_id: int
    clip_id: int
    sponsor: str
    bid_minor: int
    budget_minor: int
    daily_cap_minor: int
    categories: frozenset[int]
    languages: frozenset[str]
    starts_at: datetime
    ends_at: datetime
    spent_milli: int
    day: date | None
    spent_today_milli: int

    @classmethod
    def of(cls, place: SponsoredPlace) -> Self:
        return cls(
            place_id=place.pk,
            clip_id=place.clip_id,
            sponsor=place.sponsor,
            bid_minor=place.bid_minor,
            budget_minor=place.budget_minor,
            daily_cap_minor=place.daily_cap_minor,
            categories=frozenset(place.categories),
            languages=frozenset(place.languages),
            starts_at=place.starts_at,
            ends_at=place.ends_at,
            spent_milli=place.spent_milli,
            day=place.day,
            spent_today_milli=place.spent_today_milli,
        )

    def is_open_at(self, now: datetime) -> bool:
        """Return whether the place may be shown: within its dates, its budget, and its pace over the day.

        The pace is even: until the end of each hour, at most as large a part of the day's cap is spent as has passed of
        the day. What is left of the budget is the cap if it is less.
        """
        if not self.starts_at <= now < self.ends_at:
            return False
        local = timezone.localtime(now)
        spent_today_milli = self.spent_today_milli if self.day == local.date() else 0
        left_milli = self.budget_minor * MILLI - self.spent_milli + spent_today_milli
        cap_milli = min(self.daily_cap_minor * MILLI, left_milli)
        allowed_milli = cap_milli * (local.hour + 1) // HOURS
        fits_day = spent_today_milli + self.bid_minor <= cap_milli
        return fits_day and spent_today_milli < allowed_milli


def read_places() -> tuple[RunningPlace, ...]:
    """Return the running places, also those whose dates have not come yet, in the order of their ids."""
    return tuple(RunningPlace.of(place) for place in SponsoredPlace.objects.filter(is_running=True).order_by("pk"))
