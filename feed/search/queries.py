"""Text search for products, clips and creators. Words may be partial, misspelt, or typed without accents.

Full-text search finds correctly spelt words and their beginnings. Trigrams find misspelt words. Both use the database
function `feed_plain` (first migration), which removes accents and capitals and has indexes on its results.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection

from accounts.trigrams import MAX_WORDS, limit_words
from catalog.imports.values.text import ascii_digits
from catalog.models import Category, Product
from catalog.models.variant import make_key
from creators.models import Creator
from videos.models import Clip

MAX_PRODUCTS = 24
MAX_CLIPS = 24
MAX_CREATORS = 8
MIN_SIMILARITY = 0.5
"""Minimum word similarity in pg_trgm: "hedphones" finds "headphones" (0.67), but "mug" does not find "rug" (0.33)."""

_HAS_CODE = """product.id IN (
    SELECT product_id FROM catalog_variant WHERE sku_key = %(sku_key)s AND sku_key <> ''
    UNION ALL SELECT product_id FROM catalog_variant WHERE barcode = %(barcode)s AND barcode <> '')"""
"""SQL condition that is true if one of the product's variants has the words as its SKU or barcode."""

_NOT_BLOCKED = """NOT EXISTS (
    SELECT FROM accounts_block block WHERE (block.user_id = %(user)s AND block.blocked_user_id = creator.user_id)
                                        OR (block.blocked_user_id = %(user)s AND block.user_id = creator.user_id))"""
"""SQL condition that is true unless the searching user has blocked the creator, or the creator has blocked them."""


@dataclass(frozen=True)
class SearchQuery:
    """Search words and filters. Prices are in minor units of the shop's currency. An empty field does not filter."""

    words: str = ""
    category: str = ""
    creator: str = ""
    price_from_minor: int | None = None
    price_to_minor: int | None = None
    is_adult: bool = False
    user_id: int | None = None


@dataclass(frozen=True)
class SearchResults:
    """At most 24 products, 24 clips and 8 creators, each list with the best match first."""

    products: Sequence[Product] = field(default_factory=list)
    clips: Sequence[Clip] = field(default_factory=list)
    creators: Sequence[Creator] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.products or self.clips or self.creators)


def search(query: SearchQuery) -> SearchResults:
    """Return the best matches that pass the filters. Without search words, return the newest products and clips."""
    return SearchResults(_find_products(query), _find_clips(query), _find_creators(query))


def _find_products(query: SearchQuery) -> list[Product]:
    ids = _select_ids(
        f"""
        SELECT product.id FROM catalog_product product JOIN catalog_brand brand ON brand.id = product.brand_id
        WHERE product.is_active AND {_product_filters()}
          AND (%(creator)s = '' OR EXISTS (
              SELECT FROM videos_producttag tag JOIN videos_clip clip ON clip.id = tag.clip_id
              JOIN creators_creator creator ON creator.id = clip.creator_id
              WHERE tag.product_id = product.id AND clip.state = 'published' AND NOT clip.is_hidden
                    AND creator.handle = %(creator)s))
          AND (%(plain)s = '' OR {_matches("product.name")} OR {_matches("brand.name")} OR {_HAS_CODE}
               OR to_tsvector('simple', feed_plain(product.name || ' ' || product.description)) @@ to_tsquery('simple', %(prefixes)s))
        ORDER BY {_HAS_CODE} DESC, word_similarity(%(plain)s, feed_plain(product.name || ' ' || brand.name)) DESC,
                 product.id DESC
        LIMIT {MAX_PRODUCTS}
        """,  # noqa: S608  # only constants of this module are interpolated
        query,
    )
    products = Product.objects.with_pictures().in_bulk(ids)
    return [products[pk] for pk in ids]


def _find_clips(query: SearchQuery) -> list[Clip]:
    ids = _select_ids(
        f"""
        SELECT clip.id FROM videos_clip clip JOIN creators_creator creator ON creator.id = clip.creator_id
        WHERE clip.state = 'published' AND NOT clip.is_hidden AND (%(adult)s OR NOT clip.is_age_restricted)
          AND (%(creator)s = '' OR creator.handle = %(creator)s) AND {_NOT_BLOCKED}
          AND (NOT %(filters_products)s OR EXISTS (
              SELECT FROM videos_producttag tag JOIN catalog_product product ON product.id = tag.product_id
              WHERE tag.clip_id = clip.id AND {_product_filters()}))
          AND (%(plain)s = '' OR {_matches("clip.caption")} OR {_matches("creator.display_name")}
               OR to_tsvector('simple', feed_plain(clip.caption)) @@ to_tsquery('simple', %(prefixes)s)
               OR EXISTS (SELECT FROM videos_producttag tag JOIN catalog_product product ON product.id = tag.product_id
                          WHERE tag.clip_id = clip.id AND {_matches("product.name")}))
        ORDER BY word_similarity(%(plain)s, feed_plain(clip.caption)) DESC, clip.published_at DESC
        LIMIT {MAX_CLIPS}
        """,  # noqa: S608  # only constants of this module are interpolated
        query,
    )
    clips = Clip.objects.published().with_interest().select_related("creator", "source").in_bulk(ids)
    return [clips[pk] for pk in ids if pk in clips]


def _find_creators(query: SearchQuery) -> list[Creator]:
    if not query.words or query.category or query.price_from_minor is not None or query.price_to_minor is not None:
        return []
    ids = _select_ids(
        f"""
        SELECT creator.id FROM creators_creator creator
        WHERE NOT creator.is_hidden AND {_NOT_BLOCKED} AND ({_matches("creator.display_name")} OR {_matches("creator.handle")}
              OR feed_plain(creator.handle) LIKE %(prefix)s OR feed_plain(creator.display_name) LIKE %(prefix)s)
        ORDER BY greatest(word_similarity(%(plain)s, feed_plain(creator.display_name)),
                          word_similarity(%(plain)s, feed_plain(creator.handle))) DESC, creator.id
        LIMIT {MAX_CREATORS}
        """,  # noqa: S608  # only constants of this module are interpolated
        query,
    )
    creators = Creator.objects.in_bulk(ids)
    return [creators[pk] for pk in ids]


def _matches(column: str) -> str:
    """Return an SQL condition that is true if the column has words similar to the query.

    It uses the operator `%>` of pg_trgm, which can use an index.
    """
    return f"(feed_plain({column}) %%> %(plain)s)"


def _product_filters() -> str:
    return """
        (%(adult)s OR NOT EXISTS (
            SELECT FROM catalog_category category WHERE category.id = product.category_id AND category.is_age_restricted))
        AND (%(categories)s::bigint[] IS NULL OR product.category_id = ANY(%(categories)s))
        AND (%(price_from)s::int IS NULL OR product.price_minor >= %(price_from)s)
        AND (%(price_to)s::int IS NULL OR product.price_minor <= %(price_to)s)
        AND (coalesce(%(price_from)s::int, %(price_to)s::int) IS NULL OR product.currency = %(currency)s)
    """


def _select_ids(statement: str, query: SearchQuery) -> list[int]:
    typed = " ".join(re.findall(r"\w+", query.words.lower())[:MAX_WORDS])
    categories = (
        list(Category.objects.branches([query.category]).values_list("pk", flat=True)) if query.category else None
    )
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
        "filters_products": categories is not None
        or query.price_from_minor is not None
        or query.price_to_minor is not None,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pg_trgm.word_similarity_threshold', %s, false), feed_plain(%s)",
            [str(MIN_SIMILARITY), typed],
        )
        # Without accents, one letter can be several signs: ⑴ is (1), which a text query would not accept.
        words = limit_words(re.findall(r"\w+", cursor.fetchone()[1]))
        plain = " ".join(words)
        parameters |= {
            "plain": plain,
            "prefixes": " & ".join(f"{word}:*" for word in words),
            "prefix": plain.replace("_", r"\_") + "%",
        }
        cursor.execute(statement, parameters)
        return [pk for (pk,) in cursor.fetchall()]
