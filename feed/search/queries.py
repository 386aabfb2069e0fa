"""Text search for products, clips, creators and hashtags. Words may be partial, misspelt, or typed without accents.

Full-text search finds correctly spelt words and their beginnings. Trigrams find misspelt words. Both use the database
function `feed_plain` (first migration), which removes accents and capitals and has indexes on its results.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from accounts.trigrams import MAX_WORDS, limit_words
from catalog.imports.values.text import ascii_digits
from catalog.models import Category, Product
from catalog.models.variant import make_key
from catalog.nearby import filter_near
from creators.models import Creator
from feed.search.hashtags import find_hashtags
from feed.search.products import matches, matching_products, newest_products, product_filters
from videos.models import Clip, Hashtag

MAX_CLIPS = 24
MAX_CREATORS = 8
MIN_SIMILARITY = 0.5
"""Minimum word similarity in pg_trgm: "hedphones" finds "headphones" (0.67), but "mug" does not find "rug" (0.33)."""

_NOT_BLOCKED = """NOT EXISTS (
    SELECT FROM accounts_block block WHERE (block.user_id = %(user)s AND block.blocked_user_id = creator.user_id)
                                        OR (block.blocked_user_id = %(user)s AND block.user_id = creator.user_id))"""
"""SQL condition that is true unless the searching user has blocked the creator, or the creator has blocked them."""


@dataclass(frozen=True)
class SearchQuery:
    """Search words and filters. Prices are in minor units of the shop's currency. An empty field does not filter.

    `near` has the distances in metres to sellers at which products are picked up, the nearest first.
    """

    words: str = ""
    category: str = ""
    creator: str = ""
    price_from_minor: int | None = None
    price_to_minor: int | None = None
    near: Mapping[int, int] | None = None
    is_adult: bool = False
    user_id: int | None = None


@dataclass(frozen=True)
class SearchResults:
    """At most 24 products, 24 clips, 8 creators and 8 hashtags, each list with the best match first."""

    products: Sequence[Product] = field(default_factory=list)
    clips: Sequence[Clip] = field(default_factory=list)
    creators: Sequence[Creator] = field(default_factory=list)
    hashtags: Sequence[Hashtag] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.products or self.clips or self.creators or self.hashtags)


def search(query: SearchQuery) -> SearchResults:
    """Return the best matches that pass the filters. Without search words, return the newest products and clips."""
    parameters = _read_parameters(query)
    products, clips = _find_products(query, parameters), _find_clips(parameters)
    is_filtered = query.creator or parameters["filters_products"]
    hashtags = [] if is_filtered else find_hashtags(query.words)
    return SearchResults(products, clips, _find_creators(query, parameters), hashtags)


def _find_products(query: SearchQuery, parameters: Mapping[str, Any]) -> list[Product]:
    if parameters["plain"]:
        with transaction.atomic(), connection.cursor() as cursor:
            # PostgreSQL takes text functions for cheap, and would read a word that most products have without its index.
            cursor.execute("SELECT set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true)")
            ids = _select_ids(matching_products(), parameters)
    else:
        ids = _select_ids(newest_products(is_near=parameters["near"] is not None), parameters)
    shown = Product.objects.with_pictures()
    products = (filter_near(shown, query.near) if query.near else shown).in_bulk(ids)
    return [products[pk] for pk in ids if pk in products]


def _find_clips(parameters: Mapping[str, Any]) -> list[Clip]:
    ids = _select_ids(
        f"""
        SELECT clip.id FROM videos_clip clip JOIN creators_creator creator ON creator.id = clip.creator_id
        WHERE clip.state = 'published' AND NOT clip.is_hidden AND (%(adult)s OR NOT clip.is_age_restricted)
          AND (%(creator)s = '' OR creator.handle = %(creator)s) AND {_NOT_BLOCKED}
          AND (NOT %(filters_products)s OR EXISTS (
              SELECT FROM videos_producttag tag JOIN catalog_product product ON product.id = tag.product_id
              WHERE tag.clip_id = clip.id AND {product_filters()}))
          AND (%(plain)s = '' OR {matches("clip.caption")} OR {matches("creator.display_name")}
               OR to_tsvector('simple', feed_plain(clip.caption)) @@ to_tsquery('simple', %(prefixes)s)
               OR EXISTS (SELECT FROM videos_producttag tag JOIN catalog_product product ON product.id = tag.product_id
                          WHERE tag.clip_id = clip.id AND {matches("product.name")}))
        ORDER BY word_similarity(%(plain)s, feed_plain(clip.caption)) DESC, clip.published_at DESC
        LIMIT {MAX_CLIPS}
        """,  # noqa: S608  # only constants of this module are interpolated
        parameters,
    )
    clips = Clip.objects.published().with_interest().select_related("creator", "source").in_bulk(ids)
    return [clips[pk] for pk in ids if pk in clips]


def _find_creators(query: SearchQuery, parameters: Mapping[str, Any]) -> list[Creator]:
    if not query.words or parameters["filters_products"]:
        return []
    ids = _select_ids(
        f"""
        SELECT creator.id FROM creators_creator creator
        WHERE NOT creator.is_hidden AND {_NOT_BLOCKED} AND ({matches("creator.display_name")} OR {matches("creator.handle")}
              OR feed_plain(creator.handle) LIKE %(prefix)s OR feed_plain(creator.display_name) LIKE %(prefix)s)
        ORDER BY greatest(word_similarity(%(plain)s, feed_plain(creator.display_name)),
                          word_similarity(%(plain)s, feed_plain(creator.handle))) DESC, creator.id
        LIMIT {MAX_CREATORS}
        """,  # noqa: S608  # only constants of this module are interpolated
        parameters,
    )
    creators = Creator.objects.in_bulk(ids)
    return [creators[pk] for pk in ids]


def _select_ids(statement: str, parameters: Mapping[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [pk for (pk,) in cursor.fetchall()]


def _read_parameters(query: SearchQuery) -> dict[str, Any]:
    """Return what the statements take, and set how similar words must be."""
    typed = " ".join(re.findall(r"\w+", query.words.lower())[:MAX_WORDS])
    categories = (
        list(Category.objects.branches([query.category]).values_list("pk", flat=True)) if query.category else None
    )
    near = None if query.near is None else list(query.near)
    parameters: dict[str, Any] = {
        "adult": query.is_adult,
        "user": query.user_id,
        "categories": categories,
        "creator": query.creator,
        "sku_key": make_key([query.words]),
        "barcode": ascii_digits(query.words),
        "price_from": query.price_from_minor,
        "price_to": query.price_to_minor,
        "currency": settings.CURRENCY,
        "near": near,
        "filters_products": any(
            value is not None for value in (categories, near, query.price_from_minor, query.price_to_minor)
        ),
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pg_trgm.word_similarity_threshold', %s, false), feed_plain(%s)",
            [str(MIN_SIMILARITY), typed],
        )
        # Without accents, one letter can be several signs: ⑴ is (1), which a text query would not accept.
        words = limit_words(re.findall(r"\w+", cursor.fetchone()[1]))
    plain = " ".join(words)
    return parameters | {
        "plain": plain,
        "prefixes": " & ".join(map(_begin_with, words)),
        "prefix": plain.replace("_", r"\_") + "%",
    }


def _begin_with(word: str) -> str:
    """Return the text query for words that begin so. A single letter, such as the size M, stands for itself."""
    return word if len(word) == 1 and word.isascii() else f"{word}:*"
