"""Functions that note views of sponsored places and charge for them.

Noting is one INSERT beside the events. Charging follows in the background, a view at a time, so that a busy place never
holds up what players report. A view costs nothing if the budget or the day's cap is used up by then.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection, transaction
from django.db.models import Q, Sum
from django.utils import timezone

from accounts.sweeps import do_each
from catalog.models import MerchantMember
from feed.models import Event, EventKind, Viewer
from feed.ranking.trust import KNOWN, MOST_OF_NETWORK, weigh_viewers
from feed.sponsored.models import SponsoredPlace, SponsoredView
from videos.playback.impressions import Serving

VIEW_MS = 2000
"""How long a post has to be watched to count as viewed."""
WEIGHED_PERIOD = timedelta(days=90)
KEPT = timedelta(days=90)
"""How long it is kept who was shown what. What it cost is kept by day."""
CODE = "sponsored"

_CHARGE = """
    UPDATE feed_sponsoredplace
    SET spent_milli = spent_milli + bid_minor, day = %(day)s,
        spent_today_milli = CASE WHEN day = %(day)s THEN spent_today_milli ELSE 0 END + bid_minor
    WHERE id = %(place)s AND is_running AND (day IS NULL OR day <= %(day)s)
      AND spent_milli + bid_minor <= budget_minor * 1000
      AND CASE WHEN day = %(day)s THEN spent_today_milli ELSE 0 END + bid_minor <= daily_cap_minor * 1000
    RETURNING bid_minor
"""
_COUNT = """
    INSERT INTO feed_sponsoredday (place_id, day, view_count, charged_count, spent_milli)
    VALUES (%(place)s, %(day)s, 1, %(charged)s, %(spent)s)
    ON CONFLICT (place_id, day) DO UPDATE SET view_count = feed_sponsoredday.view_count + 1,
        charged_count = feed_sponsoredday.charged_count + excluded.charged_count,
        spent_milli = feed_sponsoredday.spent_milli + excluded.spent_milli
"""
_REACH = """
    UPDATE feed_sponsoredplace place SET last_shown_at = greatest(place.last_shown_at, %(at)s),
        reached_count = reached_count + CASE WHEN EXISTS (
            SELECT FROM feed_sponsoredview earlier WHERE earlier.place_id = place.id
                AND earlier.viewer = %(viewer)s AND earlier.id < %(view)s) THEN 0 ELSE 1 END
    WHERE place.id = %(place)s
"""


def place_of(reasons: str) -> int | None:
    """Return the id of the sponsored place that a serving's reasons name, or None."""
    term, _colon, subject = reasons.partition(" ")[0].partition(":")
    return int(subject) if term == CODE and subject.isdigit() else None


def note_views(watched: Iterable[tuple[Serving, int]], *, now: datetime, network: str) -> None:
    """Note the views of sponsored places among what was watched, each with its milliseconds. Once per viewer and day."""
    views = [
        (place_id, serving.viewer)
        for serving, value in watched
        if value >= VIEW_MS and (place_id := place_of(serving.reasons)) is not None
    ]
    if not views:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO feed_sponsoredview (place_id, viewer, day, at, network)
            SELECT DISTINCT place.id, coalesce(known.merged_into_id, sent.viewer), %s::date, %s::timestamptz, %s
            FROM unnest(%s::bigint[], %s::uuid[]) AS sent (place, viewer)
            JOIN feed_sponsoredplace place ON place.id = sent.place
            LEFT JOIN feed_viewer known ON known.key = sent.viewer
            ORDER BY 1, 2 ON CONFLICT DO NOTHING
            """,
            [timezone.localdate(now), now, network, [view[0] for view in views], [view[1] for view in views]],
        )


def charge_views(*, now: datetime, at_most: int = 5000) -> int:
    """Charge for the views that were not weighed yet, oldest first. Return how many cost something."""
    waiting = SponsoredView.objects.filter(charged_milli=None).order_by("pk").values_list("pk", flat=True)
    return do_each(waiting[:at_most], lambda view_id: charge_view(view_id=view_id, now=now))


def charge_view(*, view_id: int, now: datetime) -> bool:
    """Weigh a view and charge for it. Return False if it costs nothing, or another worker has it."""
    with transaction.atomic():
        waiting = SponsoredView.objects.select_for_update(skip_locked=True, of=("self",)).filter(charged_milli=None)
        view = waiting.select_related("place__clip__creator").filter(pk=view_id).first()
        if view is None:
            return False
        weight = 0.0 if _is_insider(view) else _weigh(view.viewer, now)
        charged_milli = _charge(view.place_id, now) if weight and _counts(view, weight) else 0
        SponsoredView.objects.filter(pk=view_id).update(charged_milli=charged_milli, weight=weight)
        _count(view, charged_milli, now)
    return charged_milli > 0


def forget_views(*, now: datetime) -> int:
    """Forget who was shown what long ago. Return how many rows were deleted."""
    return SponsoredView.objects.filter(at__lt=now - KEPT).exclude(charged_milli=None).delete()[0]


def _charge(place_id: int, now: datetime) -> int:
    """Take the price of a view from the budget. Return it, or 0 if the budget or the day's cap does not suffice."""
    with connection.cursor() as cursor:
        cursor.execute(_CHARGE, {"place": place_id, "day": timezone.localdate(now)})
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def _count(view: SponsoredView, charged_milli: int, now: datetime) -> None:
    values: dict[str, Any] = {
        "place": view.place_id,
        "day": timezone.localdate(now),
        "viewer": view.viewer,
        "view": view.pk,
    }
    values |= {"charged": int(charged_milli > 0), "spent": charged_milli, "at": view.at}
    with connection.cursor() as cursor:
        cursor.execute(_REACH, values)
        cursor.execute(_COUNT, values)


def _is_insider(view: SponsoredView) -> bool:
    """Return whether the viewer booked the place, made the post, or acts for the merchant that pays."""
    user_id = Viewer.objects.filter(key=view.viewer).values_list("user", flat=True).first()
    place: SponsoredPlace = view.place
    if user_id is None:
        return False
    if user_id in (place.booked_by_id, place.clip.creator.user_id):
        return True
    return MerchantMember.objects.filter(merchant=place.merchant_id, user=user_id).exists()


def _weigh(viewer: UUID, now: datetime) -> float:
    """Return what the viewer counts, by the rule with which the ranking learns (`feed.ranking.trust`)."""
    events = Event.objects.filter(viewer=viewer, served_at__gt=now - WEIGHED_PERIOD)
    days = len(set(events.values_list("served_at__date", flat=True)))
    has_bought = events.filter(kind=EventKind.PURCHASE, value__gt=0).exists()
    return float(weigh_viewers(np.array([days]), np.array([has_bought]))[0])


def _counts(view: SponsoredView, weight: float) -> bool:
    """Return whether the view carries weight: the new viewers of one network together count as one known viewer at most."""
    if weight >= KNOWN or not view.network:
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"sponsored {view.place_id} {view.network}"])
    is_new = Q(weight__lt=KNOWN, charged_milli__gt=0)
    others = SponsoredView.objects.filter(is_new, place=view.place_id, day=view.day, network=view.network)
    counted = others.aggregate(total=Sum("weight"))["total"] or 0.0
    return bool(round(counted + weight, 6) <= MOST_OF_NETWORK)
