"""Find products, clips and creators by words: whole, begun or misspelt, with or without accents.

Full text with prefixes finds what is spelt right; trigrams find the rest. `feed_plain` (see the first migration) takes
accents and capitals away and is indexed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from catalog.models import Category, Product
from creators.models import Creator
from videos.models import Clip

MOST_PRODUCTS = 24
MOST_CLIPS = 24
MOST_CREATORS = 8
LIKENESS = 0.5
"""Least word similarity of pg_trgm: "hedphones" finds "headphones" (0.67), "mug" does not find "rug" (0.33)."""


@dataclass(frozen=True)
class Query:
    """What is looked for. Prices in minor units; an empty part asks for nothing."""

    words: str = ""
    category: str = ""
    creator: str = ""
    price_from_minor: int | None = None
    price_to_minor: int | None = None
    is_adult: bool = False

    @property
    def is_empty(self) -> bool:
        prices = self.price_from_minor is not None or self.price_to_minor is not None
        return not (self.words or self.category or self.creator or prices)


@dataclass(frozen=True)
class Found:
    """Best first, at most 24, 24 and 8."""

    products: Sequence[Product] = field(default_factory=list)
    clips: Sequence[Clip] = field(default_factory=list)
    creators: Sequence[Creator] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.products or self.clips or self.creators)


def search(query: Query) -> Found:
    """Return what fits; without words the newest that pass the filters."""
    return Found(_products(query), _clips(query), _creators(query))


def _products(query: Query) -> list[Product]:
    ids = _rows(
        f"""
        SELECT product.id FROM catalog_product product JOIN catalog_brand brand ON brand.id = product.brand_id
        WHERE product.is_active AND {_product_filters()}
          AND (%(creator)s = '' OR EXISTS (
              SELECT FROM videos_producttag tag JOIN videos_clip clip ON clip.id = tag.clip_id
              JOIN creators_creator creator ON creator.id = clip.creator_id
              WHERE tag.product_id = product.id AND clip.state = 'published' AND creator.handle = %(creator)s))
          AND (%(plain)s = '' OR {_matches("product.name")} OR {_matches("brand.name")}
               OR to_tsvector('simple', feed_plain(product.name || ' ' || product.description)) @@ to_tsquery('simple', %(prefixes)s))
        ORDER BY word_similarity(%(plain)s, feed_plain(product.name || ' ' || brand.name)) DESC, product.id DESC
        LIMIT {MOST_PRODUCTS}
        """,  # noqa: S608  # the parts are constants of this module
        query,
    )
    found = Product.objects.with_pictures().in_bulk(ids)
    return [found[pk] for pk in ids]


def _clips(query: Query) -> list[Clip]:
    ids = _rows(
        f"""
        SELECT clip.id FROM videos_clip clip JOIN creators_creator creator ON creator.id = clip.creator_id
        WHERE clip.state = 'published' AND (%(adult)s OR NOT clip.is_age_restricted)
          AND (%(creator)s = '' OR creator.handle = %(creator)s)
          AND (NOT %(filters_products)s OR EXISTS (
              SELECT FROM videos_producttag tag JOIN catalog_product product ON product.id = tag.product_id
              WHERE tag.clip_id = clip.id AND {_product_filters()}))
          AND (%(plain)s = '' OR {_matches("clip.caption")} OR {_matches("creator.display_name")}
               OR to_tsvector('simple', feed_plain(clip.caption)) @@ to_tsquery('simple', %(prefixes)s)
               OR EXISTS (SELECT FROM videos_producttag tag JOIN catalog_product product ON product.id = tag.product_id
                          WHERE tag.clip_id = clip.id AND {_matches("product.name")}))
        ORDER BY word_similarity(%(plain)s, feed_plain(clip.caption)) DESC, clip.published_at DESC
        LIMIT {MOST_CLIPS}
        """,  # noqa: S608  # the parts are constants of this module
        query,
    )
    found = Clip.objects.published().select_related("creator", "source").in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def _creators(query: Query) -> list[Creator]:
    if not query.words or query.category or query.price_from_minor is not None or query.price_to_minor is not None:
        return []
    ids = _rows(
        f"""
        SELECT creator.id FROM creators_creator creator
        WHERE {_matches("creator.display_name")} OR {_matches("creator.handle")}
              OR feed_plain(creator.handle) LIKE %(begun)s OR feed_plain(creator.display_name) LIKE %(begun)s
        ORDER BY greatest(word_similarity(%(plain)s, feed_plain(creator.display_name)),
                          word_similarity(%(plain)s, feed_plain(creator.handle))) DESC, creator.id
        LIMIT {MOST_CREATORS}
        """,  # noqa: S608  # the parts are constants of this module
        query,
    )
    found = Creator.objects.in_bulk(ids)
    return [found[pk] for pk in ids]


def _matches(column: str) -> str:
    """`%%>`: the column has a stretch of words like the ones asked for, by pg_trgm's threshold, from the index."""
    return f"(feed_plain({column}) %%> %(plain)s)"


def _product_filters() -> str:
    return """
        (%(adult)s OR NOT EXISTS (
            SELECT FROM catalog_category own WHERE own.id = product.category_id AND own.is_age_restricted))
        AND (%(categories)s::bigint[] IS NULL OR product.category_id = ANY(%(categories)s))
        AND (%(price_from)s::int IS NULL OR product.price_minor >= %(price_from)s)
        AND (%(price_to)s::int IS NULL OR product.price_minor <= %(price_to)s)
    """


def _rows(statement: str, query: Query) -> list[int]:
    words = re.findall(r"\w+", query.words.lower())[:8]
    chosen = list(Category.objects.branches([query.category]).values_list("pk", flat=True)) if query.category else None
    values: dict[str, Any] = {
        "adult": query.is_adult,
        "categories": chosen,
        "creator": query.creator,
        "price_from": query.price_from_minor,
        "price_to": query.price_to_minor,
        "filters_products": chosen is not None
        or query.price_from_minor is not None
        or query.price_to_minor is not None,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pg_trgm.word_similarity_threshold', %s, false), feed_plain(%s)",
            [str(LIKENESS), " ".join(words)],
        )
        plain: str = cursor.fetchone()[1]
        values |= {
            "plain": plain,
            "prefixes": " & ".join(f"{word}:*" for word in plain.split()),
            "begun": plain.replace("\\", "").replace("_", r"\_") + "%",
        }
        cursor.execute(statement, values)
        return [pk for (pk,) in cursor.fetchall()]
