"""Card content that rarely changes: files or photos, caption, creator, products and product pictures.

Content is cached until the clip or one of its products changes. Prices and stock are read separately, in `live`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import orjson
from django.contrib.postgres.expressions import ArraySubquery
from django.core.files.storage import default_storage
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.text import Truncator

from catalog.models import ProductImage
from catalog.stars import average_stars
from feed.page.cache import Cache
from feed.page.card_pictures import dump_json, film_fields, photo_fields, photo_rows
from videos.models import Clip, ProductTag
from videos.playback.caption_links import link_rows, split_caption

type Version = tuple[float, ...]
"""Unix times in seconds: when the clip last changed, then when each of its products last changed."""


@dataclass(frozen=True)
class TaggedProduct:
    """A product that is tagged in a clip.

    A film shows the product from `start_ms` to `end_ms`, a photo post at (`x`, `y`) on a photo; see videos.models.ProductTag.
    `approved_price_minor` is the price at the time when the
    clip was approved, in minor units, or None if it was not recorded. `product` holds the product's fields on the card,
    and `name_translations` its names by language code.
    """

    product_id: int
    where: Mapping[str, Any]
    approved_price_minor: int | None
    product: Mapping[str, Any]
    name_translations: Mapping[str, str]


@dataclass(frozen=True)
class CardContent:
    """The content of one card. Some values in `fields` are fragments of JSON that are already encoded."""

    clip_id: int
    version: Version
    creator_id: int
    creator_name: str
    interest: str
    is_sponsored: bool
    short_caption: str
    fields: Mapping[str, Any]
    creator: Mapping[str, Any]
    tags: tuple[TaggedProduct, ...]


_contents: Cache[int, CardContent] = Cache("card contents")


def cached_caption(clip_id: int) -> str:
    """Return the first words of a clip's caption, or an empty string if the clip's content is not cached."""
    content = _contents.get(clip_id)
    return content.short_caption if content else ""


def read_contents(versions: Mapping[int, Version]) -> dict[int, CardContent]:
    """Return the content of each clip by clip id. Clips without a playable file are left out.

    `versions` maps each clip to its current version. Content that is not cached in that version is read in one query.
    """
    cached = {clip_id: _contents.get(clip_id) for clip_id in versions}
    contents = {
        clip_id: content for clip_id, content in cached.items() if content and content.version == versions[clip_id]
    }
    missing = {clip_id: version for clip_id, version in versions.items() if clip_id not in contents}
    return contents | _query_contents(missing) if missing else contents


def _query_contents(versions: Mapping[int, Version]) -> dict[int, CardContent]:
    contents = {}
    clips = (
        Clip.objects.filter(pk__in=versions)
        .select_related("creator", "source")
        .with_interest()
        .annotate(tag_rows=_tag_rows(), photo_rows=photo_rows(), **link_rows())
    )
    for clip in clips:
        content = _content_of(clip, versions[clip.pk])
        if content is not None:
            contents[clip.pk] = content
            _contents.set(clip.pk, content)
    return contents


def _tag_rows() -> ArraySubquery:
    """Return a subquery for a clip's tags and their products, in the format that `_tag_content` reads."""
    pictures = ProductImage.objects.filter(product=OuterRef("product")).order_by("position", "pk")
    picture = JSONObject(stem="stem", text="alternative_text")
    tag = JSONObject(
        start_ms="start_ms",
        end_ms="end_ms",
        photo="photo_id",
        x="x",
        y="y",
        id="product_id",
        approved_price_minor="approved_price_minor",
        slug="product__slug",
        name="product__name",
        name_translations="product__name_translations",
        brand="product__brand__name",
        outbound_url="product__outbound_url",
        rating_sum="product__rating_sum",
        rating_count="product__rating_count",
        prices_vary="product__prices_vary",
        pictures=ArraySubquery(pictures.values_list(picture)),
    )
    tags = ProductTag.objects.filter(clip=OuterRef("pk")).order_by("photo__position", "start_ms", "pk")
    return ArraySubquery(tags.values_list(tag))


def _content_of(clip: Any, version: Version) -> CardContent | None:
    """Return the content of an annotated clip, or None if it has nothing to show."""
    pictures = photo_fields(clip) if clip.is_photos else film_fields(clip)
    if pictures is None:
        return None
    fields = {
        "code": clip.code,
        "url": clip.get_absolute_url(),
        "caption": clip.caption,
        "caption_parts": [asdict(segment) for segment in split_caption(clip)],
        "language": clip.language,
        "kind": clip.kind,
        "published_at": clip.published_at,
        "medium": clip.medium,
        "is_speechless": clip.is_speechless,
        "is_sponsored": clip.is_sponsored,
        **pictures,
    }
    creator = {
        "handle": clip.creator.handle,
        "name": clip.creator.display_name,
        "url": clip.creator.get_absolute_url(),
        "avatar": clip.creator.avatar_url,
    }
    return CardContent(
        clip_id=clip.pk,
        version=version,
        creator_id=clip.creator_id,
        creator_name=clip.creator.display_name,
        interest=clip.interest,
        is_sponsored=clip.is_sponsored,
        short_caption=Truncator(clip.caption).words(6),
        fields=fields,
        creator=creator,
        tags=tuple(_tag_content(row) for row in clip.tag_rows),
    )


def _tag_content(row: dict[str, Any]) -> TaggedProduct:
    pictures = [
        {
            "text": picture["text"],
            "small": str(default_storage.url(f"{picture['stem']}-320.webp")),
            "large": str(default_storage.url(f"{picture['stem']}-640.webp")),
        }
        for picture in row["pictures"]
    ]
    product = {
        "id": row["id"],
        "slug": row["slug"],
        "name": row["name"],
        "brand": row["brand"],
        "is_outbound": bool(row["outbound_url"]),
        "rating_average": average_stars(row["rating_sum"], row["rating_count"]),
        "rating_count": row["rating_count"],
        "prices_vary": row["prices_vary"],
        "url": reverse("product", args=[row["slug"]]),
        "pictures": orjson.Fragment(dump_json(pictures)),
    }
    where = {name: row[name] for name in ("start_ms", "end_ms", "photo", "x", "y")}
    return TaggedProduct(row["id"], where, row["approved_price_minor"], product, row["name_translations"])
