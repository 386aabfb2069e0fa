"""What viewers choose for themselves: interests, the commerce dial, less of a reason, starting over."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from catalog.models import Category
from feed.models import Dial, Viewer

LEAST_INTERESTS = 5
LESS_FACTOR = 0.25
"""What one "less of this" leaves of a reason's weight; said twice it leaves a sixteenth."""


def offered_interests(*, is_adult: bool) -> QuerySet[Category]:
    """Return the categories that can be chosen: those in which something is on sale, by the shop's own order."""
    suitable = Category.objects.filter(products__is_active=True).distinct()
    if not is_adult:
        suitable = suitable.filter(is_age_restricted=False)
    return suitable.order_by("position", "name")


def choose_interests(*, key: uuid.UUID, categories: Sequence[Category], dial: Dial, now: datetime) -> None:
    """Keep the interests and the dial; both count for the very next page."""
    _keep(key, now, interests=[category.pk for category in categories], dial=dial, welcomed_at=now)


def want_less(*, key: uuid.UUID, reason: str, now: datetime) -> None:
    """Take weight from a reason. `reason` is the code that came with the clip."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO feed_viewer (key, created_at, less) VALUES (%(key)s, %(now)s, jsonb_build_object(%(reason)s, %(factor)s))
            ON CONFLICT (key) DO UPDATE SET less = feed_viewer.less || jsonb_build_object(
                %(reason)s, coalesce((feed_viewer.less ->> %(reason)s)::float, 1) * %(factor)s)
            """,
            {"key": key, "now": now, "reason": reason, "factor": LESS_FACTOR},
        )


def start_over(*, key: uuid.UUID, now: datetime) -> None:
    """Forget what was learned for the ranking; likes, saves and follows stay, as they are the viewer's own."""
    _keep(key, now, started_over_at=now, less={}, hidden=[], interests=[], welcomed_at=None)


def _keep(key: uuid.UUID, now: datetime, **values: Any) -> None:
    Viewer.objects.update_or_create(key=key, defaults=values, create_defaults={"created_at": now, **values})
