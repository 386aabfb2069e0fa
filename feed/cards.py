"""Clips ready to be shown: what is kept in memory of them, with what may change at any moment, read in one statement.

Live are: whether the clip is still published, price and stock of its products, and whether the viewer has done
anything since.
"""

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from django.db import connection
from django.utils.translation import get_language, override

from catalog.prices import format_money
from feed.faces import Face, Offer, Version, dump, faces_of
from videos.drift import is_past_limit, price_text
from videos.labels import ad_label

LOW_STOCK = 5
_LIVE = "SELECT version, shown, offers FROM feed_live(%s::uuid, %s::bigint[], %s, %s::bigint[])"


@dataclass(frozen=True)
class Asked:
    """Clips to be shown, each with the ids of its products; `clips` and `offers` name them all as PostgreSQL reads it."""

    products: Mapping[int, Sequence[int]]
    clips: str
    offers: str

    @classmethod
    def of(cls, products: Mapping[int, Sequence[int]]) -> Self:
        offers = {one for some in products.values() for one in some}
        return cls(products, f"{{{','.join(map(str, products))}}}", f"{{{','.join(map(str, offers))}}}")


@dataclass(frozen=True)
class Live:
    """What is true now. `clips` are the published ones, with when each was changed; `seen` is the viewer's version."""

    viewer_version: str | None
    clips: Mapping[int, float]
    offers: Mapping[int, Offer]
    changed: Mapping[int, float]

    def version_of(self, clip_id: int, product_ids: Iterable[int]) -> Version:
        return (self.clips[clip_id], *(self.changed.get(one, 0.0) for one in product_ids))


@dataclass(frozen=True)
class Card:
    """One clip. `head` is JSON, an object left open within its creator: the viewer's own part follows."""

    clip_id: int
    creator_id: int
    creator_name: str
    head: bytes


def read_live(*, viewer: uuid.UUID, asked: Asked, is_adult: bool) -> Live:
    """Read what may have changed, by the function `feed_live` of the first migration: its plans are kept."""
    with connection.cursor() as cursor:
        cursor.execute(_LIVE, [str(viewer), asked.clips, is_adult, asked.offers])
        version, clips, offers = cursor.fetchone()
    rows = json.loads(offers) if offers else []
    return Live(
        version,
        dict(json.loads(clips)) if clips else {},
        {one[0]: (one[1], one[2], one[3], one[4]) for one in rows},
        {one[0]: one[5] for one in rows},
    )


def cards_of(live: Live, asked: Asked) -> dict[int, Card]:
    """Return the cards of those clips that are published and have something to play: no query when warm."""
    faces = faces_of({one: live.version_of(one, ids) for one, ids in asked.products.items() if one in live.clips})
    language = get_language() or "en"
    return {
        clip_id: Card(clip_id, face.creator_id, face.creator_name, _head_of(face, live.offers, language))
        for clip_id, face in faces.items()
    }


def _head_of(face: Face, offers: Mapping[int, Offer], language: str) -> bytes:
    """Put price and stock into a face; a product that is gone is left out."""
    now = tuple(offers.get(tag.product_id) for tag in face.tags)
    kept = face.shown.get(language)
    if kept is not None and kept[0] == now:
        return kept[1]
    tags = [
        tag.plain + _offer_words(offer, tag.filmed_minor, language)
        for tag, offer in zip(face.tags, now, strict=True)
        if offer is not None
    ]
    head = b"".join(
        [face.plain, b',"ad_label":', dump(ad_label()), b',"tags":[', b",".join(tags), b'],"creator":', face.creator]
    )
    face.shown[language] = now, head
    return head


@lru_cache(maxsize=20_000)
def _offer_words(offer: Offer, filmed_minor: int | None, language: str) -> bytes:
    """Return the rest of a product and of its tag: price and stock, and what it cost when it was filmed."""
    price, currency, stock, is_on_sale = offer
    available = stock if is_on_sale else 0
    with override(language):
        text = format_money(price, currency)
        drift = price_text(filmed_minor, price, currency) if filmed_minor and is_past_limit(filmed_minor, price) else ""
    rest = {
        "price": {"amount_minor": price, "currency": currency, "text": text},
        "is_in_stock": available > 0,
        "stock_left": available if available <= LOW_STOCK else None,
        "drift": drift,
    }
    return b"," + dump(rest)[1:] + b"}"
