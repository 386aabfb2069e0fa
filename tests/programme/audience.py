"""What an audience does with posts, as rows of events, and the counting of it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from feed.models import Event, EventKind, Viewer
from programme.day_counts import count_days
from programme.models import AudienceCount, CountedDay, Measure
from programme.suppression import FEWEST_PEOPLE
from videos.models import Clip

DAY = date(2026, 11, 2)
"""A Monday. The shop of the tests is in UTC."""


def moment(day: date, seconds: int = 0) -> datetime:
    return datetime.combine(day, time(9), UTC) + timedelta(seconds=seconds)


def make_viewers(number: int, *, network: str = "") -> list[Viewer]:
    rows = [Viewer(created_at=moment(DAY), network=network) for _index in range(number)]
    return Viewer.objects.bulk_create(rows)


def act(
    clip: Clip | None,
    viewers: Sequence[Viewer],
    day: date = DAY,
    *,
    kind: EventKind = EventKind.IMPRESSION,
    value: int = 1,
    loops: int = 0,
    subject: int = 0,
    seconds: int = 0,
) -> None:
    """Let viewers do something with a post once each."""
    Event.objects.bulk_create(
        Event(
            viewer=viewer.pk,
            served_at=moment(day, seconds),
            clip_id=clip.pk if clip else 0,
            kind=kind,
            subject_id=subject,
            value=value,
            loops=loops,
            position=0,
            reasons="",
            at=moment(day, seconds),
        )
        for viewer in viewers
    )


def count_until(day: date, *, since: date = DAY) -> None:
    """Count all days from the first one until this one."""
    if not CountedDay.objects.exists():
        CountedDay.objects.create(on=since)
    count_days(now=moment(day + timedelta(days=3)), at_most=400)


def counts_of(clip: Clip, measure: int = Measure.VIEWS) -> dict[date, int]:
    return dict(AudienceCount.objects.filter(clip=clip, measure=measure).values_list("on", "people"))


def is_answer(number: int) -> bool:
    """Return whether a number of people may be an answer, or the difference of two of which one contains the other."""
    return number == 0 or number >= FEWEST_PEOPLE
