"""Forecast of when a campaign will be full, based on the recent pace of submissions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import Count
from django.db.models.functions import TruncDate

from creators.models import Campaign, Slot

CHART_WIDTH, CHART_HEIGHT = 720, 180

PACE_DAYS = 14


@dataclass(frozen=True)
class Burn:
    """The number of free slots at the end of a day."""

    day: date
    left: int


@dataclass(frozen=True)
class Forecast:
    """A forecast of when a campaign will be full.

    `burns` lists, for each day so far, how many slots were free. `per_day` is the recent pace in slots per day. `fills_on`
    is None if there were no recent submissions or if the campaign will close first.
    """

    burns: list[Burn]
    per_day: float
    fills_on: date | None


def forecast(*, campaign: Campaign, now: datetime) -> Forecast:
    """Return the forecast for a campaign. Its daily numbers start on the day of the first slot.

    The pace is the average number of slots taken per day, over the last 14 days or since the first slot if that is
    later.
    """
    daily_counts = (
        Slot.objects.active()
        .filter(enrolment__campaign=campaign)
        .values(day=TruncDate("held_at", tzinfo=UTC))
        .annotate(count=Count("pk"))
        .order_by("day")
    )
    by_day = {row["day"]: row["count"] for row in daily_counts}
    burns = _burns(by_day, campaign.clips_cap, now.date())
    return Forecast(burns, *_pace(by_day, burns, campaign, now))


def _burns(by_day: dict[date, int], cap: int, today: date) -> list[Burn]:
    if not by_day:
        return []
    left, day, burns = cap, min(by_day), []
    while day <= today:
        left -= by_day.get(day, 0)
        burns.append(Burn(day, left))
        day += timedelta(days=1)
    return burns


def _pace(
    by_day: dict[date, int], burns: Sequence[Burn], campaign: Campaign, now: datetime
) -> tuple[float, date | None]:
    if not burns:
        return 0.0, None
    days = min(PACE_DAYS, len(burns))
    since = now.date() - timedelta(days=days)
    per_day = sum(count for day, count in by_day.items() if day > since) / days
    if campaign.free_count == 0:
        return per_day, burns[-1].day
    if per_day == 0:
        return 0.0, None
    fills_on = now.date() + timedelta(days=-(-campaign.free_count // per_day))
    closes_at = campaign.terms.closes_at if campaign.terms else None
    return per_day, None if closes_at and fills_on > closes_at.date() else fills_on


def burn_down_points(burn_down: Forecast, cap: int) -> str:
    """Return the burn-down chart's line as the `points` attribute of an SVG polyline."""
    step = CHART_WIDTH / max(len(burn_down.burns), 1)
    points = [(0.0, 0.0)]
    points += [
        (round((index + 1) * step, 1), round(CHART_HEIGHT * (1 - burn.left / max(cap, 1)), 1))
        for index, burn in enumerate(burn_down.burns)
    ]
    return " ".join(f"{x},{y}" for x, y in points)
