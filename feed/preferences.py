"""Viewers' own choices: interests, the commerce dial, "less of this", and starting over."""

import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from catalog.models import Category, Product, ProductImage
from feed.models import Dial, Viewer

MIN_INTERESTS = 5
LESS_FACTOR = 0.25
"""Each "less of this" multiplies the weight of a reason by this factor. Two of them leave a sixteenth."""
LEAST_FACTOR = LESS_FACTOR**8
MOST_REASONS = 300
"""How many reasons a viewer may have reduced. Past that, those that were reduced least are forgotten."""
REASON_CODE = r"[a-z_]{1,20}(:[0-9]{1,18})?"
"""A term of the score and, for many, the id of a clip, category or creator."""


def offered_interests(*, is_adult: bool) -> QuerySet[Category]:
    """Return the categories that have products on sale, in the order set by the shop.

    Age-restricted categories are included only for adults.
    """
    suitable = Category.objects.filter(Exists(Product.objects.on_sale().filter(category=OuterRef("pk"))))
    if not is_adult:
        suitable = suitable.filter(is_age_restricted=False)
    return suitable.order_by("position", "name")


def pictures_of(categories: Iterable[Category]) -> dict[int, ProductImage]:
    """Return a picture of a product on sale in each category, by category. Some may have none."""
    of_category = ProductImage.objects.filter(product__category=OuterRef("pk"), product__is_active=True)
    first = Subquery(of_category.values("pk")[:1])
    chosen = Category.objects.filter(pk__in=[category.pk for category in categories]).annotate(picture=first)
    pictures = dict(chosen.exclude(picture=None).values_list("pk", "picture"))
    images = ProductImage.objects.in_bulk(pictures.values())
    return {category: images[picture] for category, picture in pictures.items() if picture in images}


def choose_interests(*, key: uuid.UUID, categories: Sequence[Category], dial: Dial, now: datetime) -> None:
    """Store the interests and the commerce dial. Both take effect on the next page."""
    _update(key, now, interests=[category.pk for category in categories], dial=dial, welcomed_at=now)


def skip_interests(*, key: uuid.UUID, now: datetime) -> None:
    """Note that the viewer was asked for interests and chose none, so that they are not asked again."""
    _update(key, now, welcomed_at=now)


def reduce_reason(*, key: uuid.UUID, code: str, now: datetime) -> None:
    """Reduce the weight of a reason for this viewer. `code` is a reason code from a card."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO feed_viewer (key, created_at, reason_factors)
            VALUES (%(key)s, %(now)s, jsonb_build_object(%(code)s, %(factor)s))
            ON CONFLICT (key) DO UPDATE SET reason_factors = (
                SELECT jsonb_object_agg(kept.key, kept.value) FROM (
                    SELECT key, value FROM jsonb_each(feed_viewer.reason_factors || jsonb_build_object(%(code)s,
                        greatest(coalesce((feed_viewer.reason_factors ->> %(code)s)::float, 1) * %(factor)s, %(least)s)))
                    ORDER BY key = %(code)s DESC, value LIMIT %(most)s) AS kept)
            """,
            {
                "key": key,
                "now": now,
                "code": code,
                "factor": LESS_FACTOR,
                "least": LEAST_FACTOR,
                "most": MOST_REASONS,
            },
        )


def read_factors(stored: object) -> dict[str, float]:
    """Return the factors of reasons in a viewer's row, without anything that no page can have stored."""
    entries = stored.items() if isinstance(stored, dict) else ()
    return {
        code: float(factor)
        for code, factor in entries
        if re.fullmatch(REASON_CODE, code) and isinstance(factor, (int, float)) and 0 < factor <= 1
    }


def restore_reason(*, key: uuid.UUID, code: str) -> None:
    """Give a reason its full weight again. The row changes, so the next page is ranked anew."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE feed_viewer SET reason_factors = reason_factors - %s WHERE key = %s", [code, key])


def hide_creator(*, key: uuid.UUID, creator_id: int, is_hidden: bool, now: datetime) -> None:
    """Show no more clips by a creator, or show them again. Repeating a call changes nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO feed_viewer (key, created_at, hidden_creators) VALUES (%(key)s, %(now)s, %(initial)s)
            ON CONFLICT (key) DO UPDATE SET hidden_creators =
                array_remove(feed_viewer.hidden_creators, %(creator)s) || excluded.hidden_creators
            """,
            {"key": key, "now": now, "creator": creator_id, "initial": [creator_id] if is_hidden else []},
        )


def refresh_viewers(unfollowed: Mapping[int, int]) -> None:
    """Rank the next page of these users anew. `unfollowed` has the id of a creator whom each no longer follows, or 0.

    Call it when somebody blocks or mutes another. Rows are locked in the order of their keys, as events lock them.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH locked AS (
                SELECT viewer.key, sent.creator_id FROM feed_viewer viewer
                JOIN unnest(%s::bigint[], %s::bigint[]) AS sent (user_id, creator_id) ON sent.user_id = viewer.user_id
                ORDER BY viewer.key FOR UPDATE OF viewer)
            UPDATE feed_viewer SET followed = array_remove(followed, locked.creator_id)
            FROM locked WHERE feed_viewer.key = locked.key
            """,
            [list(unfollowed), list(unfollowed.values())],
        )


def start_over(*, key: uuid.UUID, now: datetime) -> None:
    """Forget the viewer's chosen interests and what the ranking has learned. Likes, saves and follows stay."""
    _update(
        key, now, started_over_at=now, reason_factors={}, hidden=[], hidden_creators=[], interests=[], welcomed_at=None
    )


def _update(key: uuid.UUID, now: datetime, **values: Any) -> None:
    Viewer.objects.update_or_create(key=key, defaults=values, create_defaults={"created_at": now, **values})
