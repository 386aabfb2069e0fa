"""Live state: what is read for every page."""

import uuid
from types import SimpleNamespace

import pytest
from django.db import connection
from psycopg_pool import ConnectionPool

from catalog.models import Product
from feed.page.live import Selection, read_live
from tests.factories import make_product
from tests.feed.watching import make_watchable_clip


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("has_pool", [False, True])
def test_unchanged_rows_return_the_known_state_and_changed_ones_a_new_one(
    monkeypatch: pytest.MonkeyPatch, has_pool: bool
) -> None:
    products = [make_product("cup", price_minor=1999), make_product("book")]
    clip = make_watchable_clip(products=products)
    selection = Selection.of({clip.pk: [product.pk for product in products]}, {clip.pk: ["new"]})
    viewer = uuid.uuid4()
    settings = connection.get_connection_params() | {"autocommit": True}  # type: ignore[attr-defined]  # PostgreSQL's
    with ConnectionPool(kwargs=settings, min_size=1, max_size=1) as pool:
        if has_pool:
            monkeypatch.setattr("feed.page.live.connection", SimpleNamespace(pool=pool, connection=None))
        live = read_live(viewer=viewer, selection=selection, is_adult=False)
        assert list(live.clips) == [clip.pk]
        assert live.offers[products[0].pk].price_minor == 1999
        assert read_live(viewer=viewer, selection=selection, is_adult=False, cached=live) is live
        Product.objects.filter(pk=products[0].pk).update(price_minor=2999)
        changed = read_live(viewer=viewer, selection=selection, is_adult=False, cached=live)
    assert changed.stamp != live.stamp
    assert changed.offers[products[0].pk].price_minor == 2999
