"""The public face of clips, as the feed, the share page and the API show it.

What rarely changes (files, caption, creator, names and pictures of products) is kept in memory by the clip's version;
whether the clip is still published, prices and stock are read every time.
"""

import json
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from threading import Lock
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import get_language, override

from catalog.models import ProductImage
from catalog.prices import format_money
from videos.drift import is_past_limit, price_text
from videos.models import Clip, ProductTag
from videos.playing import read_playback

KEPT_FACES = 20_000
LOW_STOCK = 5


# Plain SQL, as putting this one together from parts costs more than answering it.
_LIVE = """
    SELECT clip.id, greatest(clip.updated_at, clip.state_changed_at), coalesce(json_agg(json_build_array(
               product.id, product.price_minor, product.currency, product.stock, product.is_active, tag.approved_price_minor)
               ) FILTER (WHERE product.id IS NOT NULL), '[]')::text
    FROM videos_clip clip
    LEFT JOIN videos_producttag tag ON tag.clip_id = clip.id
    LEFT JOIN catalog_product product ON product.id = tag.product_id
    WHERE clip.id = ANY(%s) AND clip.state = 'published' AND (%s OR NOT clip.is_age_restricted)
    GROUP BY clip.id
"""


@dataclass(frozen=True)
class Live:
    """What may change at any moment, of one clip. `offers` is (price, currency, stock, on sale, approved price) by product."""

    clip_id: int
    version: datetime
    offers: dict[int, tuple[int, str, int, bool, int | None]]


@dataclass(frozen=True)
class Card:
    """One clip, ready to be shown. `face` is JSON for the API; `tags` inside it carry live price and stock."""

    clip_id: int
    creator_id: int
    face: dict[str, Any]

    @property
    def product_ids(self) -> list[int]:
        return [tag["product"]["id"] for tag in self.face["tags"]]


class _Faces:
    """The faces of clips, least recently used last out; shared by the threads of a process."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, tuple[datetime, int, dict[str, Any]]] = OrderedDict()
        self._lock = Lock()

    def get(self, clip_id: int, version: datetime) -> tuple[int, dict[str, Any]] | None:
        kept = self._kept.get(clip_id)
        if kept is None or kept[0] != version:
            return None
        return kept[1], kept[2]

    def put(self, clip_id: int, version: datetime, creator_id: int, face: dict[str, Any]) -> None:
        with self._lock:
            self._kept[clip_id] = (version, creator_id, face)
            while len(self._kept) > KEPT_FACES:
                self._kept.popitem(last=False)

    def caption(self, clip_id: int) -> str:
        kept = self._kept.get(clip_id)
        return str(kept[2]["caption"]) if kept else ""


_faces = _Faces()


def known_caption(clip_id: int) -> str:
    """Return the caption of a clip whose face is in memory, cut to a few words; otherwise nothing."""
    return Truncator(_faces.caption(clip_id)).words(6)


def cards_of(clip_ids: Sequence[int], *, is_adult: bool) -> list[Card]:
    """Return the cards of those clips that are published and playable, in the order given: one query when warm."""
    live = _read_live(clip_ids, is_adult=is_adult)
    _fill_faces([one for one in live.values() if _faces.get(one.clip_id, one.version) is None])
    cards = []
    for clip_id in clip_ids:
        found = live.get(clip_id)
        kept = _faces.get(clip_id, found.version) if found else None
        if found and kept:
            cards.append(Card(clip_id, kept[0], kept[1] | {"tags": _with_offers(kept[1]["tags"], found)}))
    return cards


def _read_live(clip_ids: Sequence[int], *, is_adult: bool) -> dict[int, Live]:
    with connection.cursor() as cursor:
        cursor.execute(_LIVE, [list(clip_ids), is_adult])
        rows = cursor.fetchall()
    return {
        pk: Live(pk, version, {one[0]: (one[1], one[2], one[3], one[4], one[5]) for one in json.loads(offers)})
        for pk, version, offers in rows
    }


def _with_offers(tags: Iterable[dict[str, Any]], live: Live) -> list[dict[str, Any]]:
    """Put price and stock on each tag; a product that is no longer in the clip's tags is left out."""
    shown = []
    language = get_language() or "en"
    for tag in tags:
        offer = live.offers.get(tag["product"]["id"])
        if offer is None:
            continue
        price, currency, stock, is_on_sale, filmed = offer
        available = stock if is_on_sale else 0
        now = {
            "price": {"amount_minor": price, "currency": currency, "text": _price_text(price, currency, language)},
            "is_in_stock": available > 0,
            "stock_left": available if available <= LOW_STOCK else None,
            "drift": price_text(filmed, price, currency) if filmed and is_past_limit(filmed, price) else "",
        }
        shown.append(tag | {"product": tag["product"] | now})
    return shown


def _fill_faces(missing: Sequence[Live]) -> None:
    """Build the faces of clips that are not in memory, in one query."""
    if not missing:
        return
    versions = {one.clip_id: one.version for one in missing}
    for clip in Clip.objects.filter(pk__in=versions).select_related("creator", "source").annotate(shown=shown_tags()):
        face = face_of(clip, clip.shown)  # type: ignore[attr-defined]  # annotated above
        if face is not None:
            _faces.put(clip.pk, versions[clip.pk], clip.creator_id, face)


def shown_tags() -> ArraySubquery:
    """Return the subquery of a clip's tags with their products, in the shape that `face_of` reads."""
    pictures = ProductImage.objects.filter(product=OuterRef("product")).order_by("position", "pk")
    picture = JSONObject(stem="stem", text="alternative_text")
    tag = JSONObject(
        start_ms="start_ms",
        end_ms="end_ms",
        id="product_id",
        slug="product__slug",
        name="product__name",
        brand="product__brand__name",
        pictures=ArraySubquery(pictures.values_list(picture)),
    )
    return ArraySubquery(ProductTag.objects.filter(clip=OuterRef("pk")).order_by("start_ms", "pk").values_list(tag))


def face_of(clip: Clip, tags: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    """Return what the world may see of a clip, without price and stock; None while it has nothing to play.

    `tags` has the shape of `shown_tags`.
    """
    playback = read_playback(clip.source, clip)
    if playback is None:
        return None
    largest = playback.outputs.renditions[-1]
    return {
        "code": clip.code,
        "url": clip.get_absolute_url(),
        "caption": clip.caption,
        "language": clip.language,
        "kind": clip.kind,
        "published_at": clip.published_at,
        "duration_ms": playback.duration_ms,
        "width_px": largest.width_px,
        "height_px": largest.height_px,
        "poster": playback.poster_url,
        "captions": playback.captions_url,
        "is_speechless": clip.is_speechless,
        "renditions": [
            {
                "url": playback.url_of(one.name),
                "codecs": one.codecs,
                "width_px": one.width_px,
                "height_px": one.height_px,
                "bitrate_bps": one.bitrate_bps,
            }
            for one in (*playback.outputs.renditions, *playback.outputs.modern)
        ],
        "creator": _creator_face(clip),
        "tags": [_tag_face(tag) for tag in tags],
    }


def _creator_face(clip: Clip) -> dict[str, Any]:
    creator = clip.creator
    return {
        "handle": creator.handle,
        "name": creator.display_name,
        "url": creator.get_absolute_url(),
        "avatar": creator.avatar_url,
    }


def _tag_face(tag: dict[str, Any]) -> dict[str, Any]:
    return {
        "start_ms": tag["start_ms"],
        "end_ms": tag["end_ms"],
        "product": {
            "id": tag["id"],
            "slug": tag["slug"],
            "name": tag["name"],
            "brand": tag["brand"],
            "url": reverse("product", args=[tag["slug"]]),
            "pictures": [
                {
                    "text": one["text"],
                    "small": _address(f"{one['stem']}-320.webp"),
                    "large": _address(f"{one['stem']}-640.webp"),
                }
                for one in tag["pictures"]
            ],
        },
    }


@lru_cache(maxsize=10_000)
def _price_text(amount_minor: int, currency: str, language: str) -> str:
    with override(language):
        return format_money(amount_minor, currency)


def _address(name: str) -> str:
    return str(default_storage.url(name))
