"""What the shop's tests share: an address and a way to buy."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from shop.models import Address

ADDRESS = {
    "name": "Sam Shopper",
    "street": "1 Main Street",
    "extra": "",
    "city": "Springfield",
    "region": "IL",
    "postal_code": "62701",
    "country_code": "US",
}


@pytest.fixture
def address() -> dict[str, str]:
    return dict(ADDRESS)


@pytest.fixture
def at_home(shopper: User) -> Address:
    return Address.objects.create(user=shopper, **ADDRESS)


def buy(client: Client, body: dict[str, Any], key: str = "key-0001") -> Any:
    return client.post("/api/v1/checkout/", body, content_type="application/json", headers={"Idempotency-Key": key})
