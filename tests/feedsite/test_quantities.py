"""The feed, the bag and the product page share one maximum quantity and one threshold for "only a few left"."""

import pytest
from django.test import Client

from catalog.stock import FEW_LEFT, MAX_QUANTITY, few_left
from tests.factories import make_product

pytestmark = pytest.mark.django_db


def test_feed_and_bag_allow_the_same_quantity(client: Client) -> None:
    make_product("mug", stock=100)
    client.post("/bag/", {"product": "mug", "quantity": MAX_QUANTITY, "then": "bag"})
    assert f'max="{MAX_QUANTITY}" value="{MAX_QUANTITY}"' in " ".join(client.get("/bag/").content.decode().split())
    feed = " ".join(client.get("/").content.decode().split())
    assert f'data-max-quantity="{MAX_QUANTITY}" data-few-left="{FEW_LEFT}"' in feed
    answer = client.post("/api/v1/bag/", {"product": "mug", "quantity": MAX_QUANTITY + 1}, "application/json")
    assert answer.status_code == 400


@pytest.mark.parametrize(("stock", "expected"), [(0, 0), (FEW_LEFT, FEW_LEFT), (FEW_LEFT + 1, None)])
def test_only_a_small_stock_is_counted_out(stock: int, expected: int | None) -> None:
    assert few_left(stock) == expected


@pytest.mark.parametrize(("stock", "badge"), [(FEW_LEFT, f"Only {FEW_LEFT} left"), (FEW_LEFT + 1, "In stock")])
def test_product_page_shows_how_many_are_left(client: Client, stock: int, badge: str) -> None:
    make_product("mug", stock=stock)
    assert badge in client.get("/p/mug/").content.decode()
