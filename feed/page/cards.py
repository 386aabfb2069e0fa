"""Clips ready to be shown: what is kept in memory of them, with what may change at any moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import get_language, override

from catalog.prices import format_money
from catalog.stock import few_left
from feed.page.faces import Face, Offer, dump, faces_of
from feed.page.live import Asked, Live
from videos.models import Clip
from videos.review.drift import describe_price_change, exceeds_drift_limit


@dataclass(frozen=True)
class Card:
    """One clip. `head` is JSON, an object left open within its creator: the viewer's own part follows."""

    clip_id: int
    creator_id: int
    creator_name: str
    head: bytes


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
        [
            face.plain,
            b',"ad_label":',
            dump(Clip.ad_label()),
            b',"tags":[',
            b",".join(tags),
            b'],"creator":',
            face.creator,
        ]
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
        drift = (
            describe_price_change(filmed_minor, price, currency)
            if filmed_minor and exceeds_drift_limit(filmed_minor, price)
            else ""
        )
    rest = {
        "price": {"amount_minor": price, "currency": currency, "text": text},
        "is_in_stock": available > 0,
        "stock_left": few_left(available),
        "drift": drift,
    }
    return b"," + dump(rest)[1:] + b"}"
