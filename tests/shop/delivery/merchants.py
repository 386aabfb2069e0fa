"""Two merchants with an order of both and the house, for the tests of their orders."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from catalog.models import Merchant, MerchantRole
from shop.models import Address, Order
from tests.conftest import client_of
from tests.factories import make_member, make_merchant, make_product
from tests.shop.conftest import buy
from tests.shop.delivery.conftest import line_of


@pytest.fixture
def lamps() -> Merchant:
    return make_merchant("lamps", name="Lamp House", legal_name="Lamp House Ltd.", address="3 Mill Lane\nDublin")


@pytest.fixture
def chairs() -> Merchant:
    return make_merchant("chairs", name="Chair Makers")


@pytest.fixture
def shared_order(as_shopper: Client, saved_address: Address, lamps: Merchant, chairs: Merchant) -> Order:
    """Return a paid order of two mugs of the house, two lamps and a shade of one merchant, and a chair of another."""
    make_product("mug", stock=9, price_minor=1000)
    make_product("lamp", stock=9, price_minor=2500, merchant=lamps)
    make_product("shade", stock=9, price_minor=700, merchant=lamps)
    make_product("chair", stock=9, price_minor=9900, merchant=chairs)
    lines = [{"product": "mug", "quantity": 2}, {"product": "lamp", "quantity": 2}, {"product": "shade"}]
    buy(as_shopper, {"lines": [*lines, {"product": "chair"}]})
    return Order.objects.get()


@pytest.fixture
def owner(lamps: Merchant) -> User:
    return make_member(lamps)


@pytest.fixture
def as_lamps(owner: User) -> Client:
    return client_of(owner)


@pytest.fixture
def as_chairs(chairs: Merchant) -> Client:
    return client_of(make_member(chairs, MerchantRole.MANAGER))


def pack_as_merchant(client: Client, order: Order, **quantities: int) -> Any:
    """Pack units of the order's lines, by slug of the product. Return the response."""
    data = {f"line-{line_of(order, slug).pk}": quantity for slug, quantity in quantities.items()}
    return client.post(f"/merchant/orders/{order.code}/", data)
