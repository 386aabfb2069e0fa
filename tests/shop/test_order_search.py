"""Staff find orders by their total, typed as they read it, and by several words together."""

import pytest
from django.test import Client

from shop.models import Address, Order
from tests.factories import make_product
from tests.shop.conftest import buy

pytestmark = pytest.mark.django_db
ORDERS = "/admin/shop/order/"


@pytest.fixture
def order(as_shopper: Client, saved_address: Address) -> Order:
    make_product("mug", stock=5, price_minor=122_001)
    buy(as_shopper, {"product": "mug", "quantity": 1})
    order = Order.objects.get()
    assert order.total_minor == 122_001
    return order


@pytest.mark.parametrize("text", ["1220.01", "$1,220.01", "1,220.01", "sam 1220.01", "$1220.01 mug"])
def test_order_is_found_by_its_total(admin_client: Client, order: Order, text: str) -> None:
    assert order.code in admin_client.get(ORDERS, {"q": text}).content.decode()


@pytest.mark.parametrize("text", ["1220.02", "1220", "€1220.01", "1220,01", "nobody 1220.01", "-1220.01", "9" * 30])
def test_another_amount_finds_nothing(admin_client: Client, order: Order, text: str) -> None:
    page = admin_client.get(ORDERS, {"q": text})
    assert page.status_code == 200 and order.code not in page.content.decode()


def test_amount_is_read_in_the_readers_language(admin_client: Client, order: Order) -> None:
    arabic = admin_client.get(ORDERS, {"q": "١٢٢٠٫٠١"}, headers={"Accept-Language": "ar"})
    assert order.code in arabic.content.decode()
