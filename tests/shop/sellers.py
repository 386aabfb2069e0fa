"""Orders of goods of the house and of merchants, for tests about what each seller gets."""

from collections.abc import Mapping
from typing import Any

from django.test import Client

from catalog.models import Merchant
from shop.models import Order
from tests.factories import make_category, make_merchant, make_product
from tests.shop.conftest import ADDRESS, buy

EMAIL = "guest@example.com"


def make_sellers(**fields: Any) -> tuple[Merchant, Merchant]:
    """Return two merchants, oak (10 % fee) and reed (5 %), each with a product; the house sells a mug."""
    values = {"address": "2 Side Street\nCork", "legal_name": "Oak Goods Ltd", "email": "oak@example.com"}
    oak = make_merchant("oak", **{"fee_bps": 1000, "vat_number": "IE6388047V", **values, **fields})
    reed = make_merchant("reed", fee_bps=500, address="3 Back Street")
    category = make_category("beauty", commission_rate_bps=1000)
    make_product("mug", price_minor=2000, stock=50, category=category)
    make_product("stool", price_minor=6000, stock=50, category=category, merchant=oak)
    make_product("basket", price_minor=3333, stock=50, category=category, merchant=reed)
    return oak, reed


def order_of(goods: Mapping[str, int], *, client: Client | None = None, key: str = "key-0001", **body: Any) -> Order:
    """Let a guest, or a client, buy these quantities by slug, and return the order, which is paid."""
    values = {} if client else {"email": EMAIL}
    client = client or Client()
    for slug, quantity in goods.items():
        client.post("/api/v1/bag/", {"product": slug, "quantity": quantity}, content_type="application/json")
    response = buy(client, {"address": ADDRESS, **values, **body}, key=key)
    assert response.status_code == 201, response.content
    return Order.objects.get(code=response.json()["code"])
