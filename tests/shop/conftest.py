"""Fixtures and helpers of the shop's tests."""

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.models import Product
from feed.events.identity import Identity
from shop.models import Address, KeptCard, Order
from tests.factories import make_product
from tests.shop.stripe import StandInStripe, deliver, running_stripe
from videos.models import Clip
from videos.playback.impressions import Serving, issue_token
from videos.playback.viewer_cookie import COOKIE, read_cookie

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


def token_of(clip: Clip, client: Client, at: datetime | None = None) -> str:
    """Return the token that the feed issues with a clip to this browser."""
    if COOKIE not in client.cookies:
        client.cookies[COOKIE] = Identity(uuid.uuid4()).as_cookie()
    viewer = uuid.UUID(read_cookie(client.cookies[COOKIE].value)[0])
    return issue_token(Serving(viewer, clip.pk, at or timezone.now(), 0, ""))


@pytest.fixture
def stripe(settings: Any) -> Iterator[StandInStripe]:
    """Let the shop take payments through the stand-in for Stripe."""
    with running_stripe() as stand_in:
        settings.PAYMENT_PROVIDER = "stripe"
        settings.STRIPE_SECRET_KEY = stand_in.secret_key
        settings.STRIPE_WEBHOOK_SECRET = stand_in.webhook_secret
        settings.STRIPE_API_BASE = stand_in.url
        yield stand_in


@pytest.fixture
def order(as_shopper: Client, saved_address: Address, stripe: StandInStripe) -> Order:
    """Return an order of one mug for $24.99 in all, which waits for its payment at the stand-in."""
    make_product("mug", stock=5, price_minor=2000)
    response = buy(as_shopper, {"product": "mug"})
    assert response.status_code == 201, response.content
    assert response.json()["next_url"].startswith("https://pay.example/cs_test_")
    return Order.objects.get()


def page_of(order: Order) -> str:
    """Return the id of the page on which the order can be paid."""
    return order.payments.get(state="started").session


def intent_of(order: Order) -> str:
    """Return Stripe's name of the payment that succeeded."""
    return order.payments.get(state="succeeded").reference


@pytest.fixture
def paid_order(client: Client, order: Order, stripe: StandInStripe) -> Order:
    stripe.pay(page_of(order))
    deliver(client, stripe)
    order.refresh_from_db()
    assert order.state == "paid"
    return order


@pytest.fixture
def mug(saved_address: Address) -> Product:
    return make_product("mug", stock=9, price_minor=2000)


def keep(client: Client, stripe: StandInStripe, key: str = "keep-0001", **card: str) -> KeptCard:
    """Order with the tick, pay on the page, and return the card that is kept since."""
    response = buy(client, {"product": "mug", "keep_card": True}, key)
    assert response.status_code in (200, 201), response.content
    stripe.pay(page_of(Order.objects.get(code=response.json()["code"])), **card)  # type: ignore[arg-type]
    deliver(client, stripe)
    return KeptCard.objects.filter(removed_at=None).latest("pk")


@pytest.fixture
def card(as_shopper: Client, mug: Product, stripe: StandInStripe) -> KeptCard:
    return keep(as_shopper, stripe)


def pay_with(client: Client, card: KeptCard, key: str = "card-0001") -> Any:
    return buy(client, {"product": "mug", "card_id": card.pk}, key)
