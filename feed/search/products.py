"""The statement that finds products. Each kind of match reads an index and gives some products; only those are ranked.

So a search costs much the same however many products have its words. Its indexes: feed/migrations/0011_search_options.py.
"""

MAX_PRODUCTS = 24
MAX_RANKED = 120
"""Of each kind of match: the newest, or the most similar."""

_TITLE = "feed_plain(product.name || ' ' || product.option_words)"
_TEXT = "feed_plain(product.name || ' ' || product.option_words || ' ' || product.description)"
_BY_CREATOR = """
    (%(creator)s = '' OR EXISTS (
        SELECT FROM videos_producttag tag JOIN videos_clip clip ON clip.id = tag.clip_id
        JOIN creators_creator creator ON creator.id = clip.creator_id
        WHERE tag.product_id = product.id AND clip.state = 'published' AND NOT clip.is_hidden
            AND creator.handle = %(creator)s))
"""


def matches(column: str) -> str:
    """Return an SQL condition that is true if the column has words similar to the query.

    It uses the operator `%>` of pg_trgm, which can use an index.
    """
    return f"(feed_plain({column}) %%> %(plain)s)"


def product_filters() -> str:
    return """
        (%(adult)s OR NOT EXISTS (
            SELECT FROM catalog_category category WHERE category.id = product.category_id AND category.is_age_restricted))
        AND (%(categories)s::bigint[] IS NULL OR product.category_id = ANY(%(categories)s))
        AND (%(price_from)s::int IS NULL OR product.price_minor >= %(price_from)s)
        AND (%(price_to)s::int IS NULL OR product.price_minor <= %(price_to)s)
        AND (%(near)s::bigint[] IS NULL OR (product.can_be_picked_up AND product.merchant_id = ANY(%(near)s)))
        AND (coalesce(%(price_from)s::int, %(price_to)s::int) IS NULL OR product.currency = %(currency)s)
    """


_SHOWN = f"product.is_active AND {product_filters()} AND {_BY_CREATOR}"


_NEAREST = "array_position(%(near)s::bigint[], product.merchant_id)"
"""The place of the product's seller among those that are near. Null if the search is not for a place."""


def newest_products(*, is_near: bool) -> str:
    """Return the statement for a query without words. Near a place, the nearest products come first."""
    order = f"{_NEAREST}, product.id DESC" if is_near else "product.id DESC"
    return f"SELECT product.id FROM catalog_product product WHERE {_SHOWN} ORDER BY {order} LIMIT {MAX_PRODUCTS}"  # noqa: S608  # only constants


def matching_products() -> str:
    """Return the statement for a query with words.

    Of products whose title and options have all words, the newest are ranked, and so are those of brands with a similar
    name. Their text counts if there are fewer, and titles that are only similar, as of misspelt words, if there are few.
    """
    newest = f"ORDER BY product.id + 0 DESC LIMIT {MAX_RANKED}"  # + 0: from the index of the words, not of the keys
    return f"""
        WITH coded AS (
            SELECT product_id AS id FROM catalog_variant WHERE sku_key = %(sku_key)s AND sku_key <> ''
            UNION ALL SELECT product_id FROM catalog_variant WHERE barcode = %(barcode)s AND barcode <> ''
        ), titled AS (
            SELECT product.id FROM catalog_product product
            WHERE to_tsvector('simple', {_TITLE}) @@ to_tsquery('simple', %(prefixes)s) AND {_SHOWN} {newest}
        ), described AS (
            SELECT product.id FROM catalog_product product
            WHERE (SELECT count(*) FROM titled) < {MAX_RANKED}
                AND to_tsvector('simple', {_TEXT}) @@ to_tsquery('simple', %(prefixes)s) AND {_SHOWN} {newest}
        ), branded AS (
            SELECT product.id FROM catalog_brand brand JOIN catalog_product product ON product.brand_id = brand.id
            WHERE {matches("brand.name")} AND {_SHOWN} {newest}
        ), similar_titles AS (
            SELECT product.id FROM catalog_product product
            WHERE (SELECT count(*) FROM titled) < {MAX_PRODUCTS} AND {matches("product.name")} AND {_SHOWN}
            ORDER BY word_similarity(%(plain)s, feed_plain(product.name)) DESC LIMIT {MAX_RANKED}
        )
        SELECT product.id FROM (
            SELECT id FROM coded UNION SELECT id FROM titled UNION SELECT id FROM described
            UNION SELECT id FROM branded UNION SELECT id FROM similar_titles
        ) matched JOIN catalog_product product ON product.id = matched.id
        JOIN catalog_brand brand ON brand.id = product.brand_id
        WHERE {_SHOWN}
        ORDER BY {_NEAREST}, product.id IN (SELECT id FROM coded) DESC,
            word_similarity(%(plain)s, feed_plain(product.name || ' ' || brand.name || ' ' || product.option_words)) DESC,
            product.id DESC
        LIMIT {MAX_PRODUCTS}
    """  # noqa: S608  # only constants of this module are interpolated
