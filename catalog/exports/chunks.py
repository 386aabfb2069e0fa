"""Products read in chunks, so that an export of any size takes the same memory."""

from collections.abc import Iterator

from django.db import connection

from catalog.models import Product, ProductQuerySet

CHUNK_PRODUCTS = 500


def product_chunks(products: ProductQuerySet) -> Iterator[list[Product]]:
    """Yield the products in the order of their keys.

    Between two chunks no connection is held: a long response is made by several threads, with pauses as long as its client
    makes.
    """
    last = 0
    while chunk := list(products.filter(pk__gt=last).order_by("pk")[:CHUNK_PRODUCTS]):
        last = chunk[-1].pk
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
        yield chunk
