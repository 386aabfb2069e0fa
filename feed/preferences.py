"""Viewers' own choices: interests, the commerce dial, "less of this", and starting over."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from catalog.models import Category
from feed.models import Dial, Viewer

MIN_INTERESTS = 5
LESS_FACTOR = 0.25
"""Each "less of this" multiplies the weight of a reason by this factor. Two of them leave a sixteenth."""


def offered_interests(*, is_adult: bool) -> QuerySet[Category]:
    """Return the categories that have products on sale, in the order set by the shop.

    Age-restricted categories are included only for adults.
    """
    suitable = Category.objects.filter(products__is_active=True).distinct()
    if not is_adult:
        suitable = suitable.filter(is_age_restricted=False)
    return suitable.order_by("position", "name")


def choose_interests(*, key: uuid.UUID, categories: Sequence[Category], dial: Dial, now: datetime) -> None:
    """Store the interests and the commerce dial. Both take effect on the next page."""
    _update(key, now, interests=[category.pk for category in categories], dial=dial, welcomed_at=now)


def reduce_reason(*, key: uuid.UUID, code: str, now: datetime) -> None:
    """Reduce the weight of a reason for this viewer. `code` is a reason code from a card."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO feed_viewer (key, created_at, reason_factors)
            VALUES (%(key)s, %(now)s, jsonb_build_object(%(code)s, %(factor)s))
            ON CONFLICT (key) DO UPDATE SET reason_factors = feed_viewer.reason_factors || jsonb_build_object(
                %(code)s, coalesce((feed_viewer.reason_factors ->> %(code)s)::float, 1) * %(factor)s)
            """,
            {"key": key, "now": now, "code": code, "factor": LESS_FACTOR},
        )


def start_over(*, key: uuid.UUID, now: datetime) -> None:
    """Forget the viewer's chosen interests and what the ranking has learned. Likes, saves and follows stay."""
    _update(key, now, started_over_at=now, reason_factors={}, hidden=[], interests=[], welcomed_at=None)


def _update(key: uuid.UUID, now: datetime, **values: Any) -> None:
    Viewer.objects.update_or_create(key=key, defaults=values, create_defaults={"created_at": now, **values})
