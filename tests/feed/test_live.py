"""What is read for every page: the way through the pool of a web process says what a cursor says."""

import uuid
from types import SimpleNamespace

import pytest
from django.db import connection
from psycopg_pool import ConnectionPool

from catalog.models import Product
from feed.page.live import Asked, read_live
from tests.factories import make_product
from tests.feed.watching import make_watchable_clip


@pytest.mark.django_db(transaction=True)
def test_a_pooled_connection_answers_as_a_cursor_does(monkeypatch: pytest.MonkeyPatch) -> None:
    products = [make_product("cup", price_minor=1999), make_product("book")]
    clip = make_watchable_clip(products=products)
    asked = Asked.of({clip.pk: [one.pk for one in products]})
    viewer = uuid.uuid4()
    told = read_live(viewer=viewer, asked=asked, is_adult=False)
    assert told is not None
    assert list(told.clips) == [clip.pk] and told.offers[products[0].pk][0] == 1999
    settings = connection.get_connection_params() | {"autocommit": True}  # type: ignore[attr-defined]  # PostgreSQL's
    with ConnectionPool(kwargs=settings, min_size=1, max_size=1) as pool, monkeypatch.context() as patched:
        patched.setattr("feed.page.live.connection", SimpleNamespace(pool=pool, connection=None))
        assert read_live(viewer=viewer, asked=asked, is_adult=False) == told
        assert read_live(viewer=viewer, asked=asked, is_adult=False, known=told.stamp) is None
    Product.objects.filter(pk=products[0].pk).update(price_minor=2999)
    changed = read_live(viewer=viewer, asked=asked, is_adult=False, known=told.stamp)
    assert changed is not None
    assert changed.offers[products[0].pk][0] == 2999
