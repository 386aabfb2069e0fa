"""Fixtures and helpers of the shop's tests."""

import uuid
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from shop.models import Address
from videos.models import Clip
from videos.playback.impressions import Serving, issue_token

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
def saved_address(shopper: User) -> Address:
    return Address.objects.create(user=shopper, **ADDRESS)


def quote(client: Client, body: dict[str, Any]) -> Any:
    """Return what an order would cost, as the API answers."""
    return client.post("/api/v1/quote/", body, content_type="application/json")


def buy(client: Client, body: dict[str, Any], key: str = "key-0001") -> Any:
    """Order through the API. Unless the body says otherwise, the shopper confirms the total of today."""
    if "expected_total_minor" not in body:
        total = quote(client, body).json().get("total", {"amount_minor": 0, "currency": "USD"})
        body = {**body, "expected_total_minor": total["amount_minor"], "expected_currency": total["currency"]}
    return client.post("/api/v1/checkout/", body, content_type="application/json", headers={"Idempotency-Key": key})


def token_of(clip: Clip, at: datetime | None = None) -> str:
    """Return the token that the feed issues with a clip."""
    return issue_token(Serving(uuid.uuid4(), clip.pk, at or timezone.now(), 0, ""))
