"""Live state: data that can change at any time. It is read for every page, in one statement.

It says which clips are still published, what their products cost, how many are in stock, and whether the viewer's row
has changed.
"""

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from django.db import connection
from psycopg import Cursor

from feed.page.card_content import Version

_STATEMENT = (
    "SELECT version, stamp, shown, offers FROM feed_live(%s::uuid, %s::bigint[], %s::boolean, %s::bigint[], %s)"
)


type _Row = tuple[str | None, str, str | None, str | None]


class LiveOffer(NamedTuple):
    """A product's current price and stock, and whether it is on sale."""

    price_minor: int
    currency: str
    stock: int
    is_on_sale: bool


@dataclass(frozen=True)
class Selection:
    """The clips selected for a page, in order.

    `products` maps each clip id to product ids, and `reason_codes` maps it to reason codes. `clip_array` and
    `product_array` hold the ids of all clips and products as PostgreSQL array literals.
    """

    products: Mapping[int, Sequence[int]]
    reason_codes: Mapping[int, Sequence[str]]
    clip_array: str
    product_array: str

    @property
    def exceeds_dial(self) -> bool:
        """Whether there were too few clips that the viewer's commerce dial allows."""
        return ("beyond_dial",) in self.reason_codes.values()

    @classmethod
    def of(cls, products: Mapping[int, Sequence[int]], reason_codes: Mapping[int, Sequence[str]]) -> Self:
        product_ids = {product_id for ids in products.values() for product_id in ids}
        return cls(products, reason_codes, _array_literal(products), _array_literal(product_ids))


@dataclass(frozen=True)
class LiveState:
    """The live state of the clips in a selection.

    `clips` and `product_versions` map ids to the time of the last change, in Unix seconds. Clips that are not published
    are missing from `clips`. `stamp` changes whenever one of the rows read from the database changes. If two stamps are
    equal, so are the states.
    """

    viewer_version: str | None
    stamp: str
    clips: Mapping[int, float]
    offers: Mapping[int, LiveOffer]
    product_versions: Mapping[int, float]

    def version_of(self, clip_id: int, product_ids: Iterable[int]) -> Version:
        """Return the version of a clip and its products. Raises KeyError if the clip is not published."""
        return (self.clips[clip_id], *(self.product_versions.get(product_id, 0.0) for product_id in product_ids))


def read_live(*, viewer: uuid.UUID, selection: Selection, is_adult: bool, cached: LiveState | None = None) -> LiveState:
    """Return the live state of a selection. If nothing has changed since `cached` was read, return `cached`."""
    cached_stamp = cached.stamp if cached else ""
    version, stamp, clips, offers = _call_feed_live(
        (viewer, selection.clip_array, is_adult, selection.product_array, cached_stamp)
    )
    if cached is not None and stamp == cached.stamp:
        return cached
    rows = json.loads(offers) if offers else []
    return LiveState(
        version,
        stamp,
        dict(json.loads(clips)) if clips else {},
        {
            product_id: LiveOffer(price, currency, stock, is_on_sale)
            for product_id, price, currency, stock, is_on_sale, _ in rows
        },
        {row[0]: row[5] for row in rows},
    )


def _call_feed_live(parameters: tuple[Any, ...]) -> _Row:
    """Call the database function `feed_live`, which the first migration creates, and return its row.

    A cached page needs no other statement. Opening Django's connection would take longer than the rest of the page
    (docs/ranking.md). The statement is therefore prepared, and runs on a connection taken directly from the pool. If
    there is no pool, or if Django has already opened its connection, the statement runs on Django's cursor.
    """
    pool = connection.pool  # type: ignore[attr-defined]  # of the PostgreSQL backend
    row: Any
    if pool is None or connection.connection is not None:
        with connection.cursor() as cursor:
            cursor.execute(_STATEMENT, parameters)
            row = cursor.fetchone()
    else:
        if pool.closed:
            pool.open()
        with pool.connection() as pooled:
            pooled.prepare_threshold = 0
            row = Cursor(pooled).execute(_STATEMENT, parameters, prepare=True).fetchone()
    version, stamp, shown, offers = row
    return version, stamp, shown, offers


def _array_literal(ids: Iterable[int]) -> str:
    return "{" + ",".join(map(str, ids)) + "}"
