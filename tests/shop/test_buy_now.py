"""“Buy now”: one request with a product, the saved address, and a key, so that it happens once."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import IdempotencyKey, User
from catalog.models import Product
from shop.models import Address, Click, CommissionHold, Order, OrderLine, Payment
from shop.providers import Outcome, OutcomeState
from shop.providers.demo import DemoProvider
from tests.factories import make_category, make_creator, make_product, make_published_clip, make_user
from tests.shop.conftest import ADDRESS, buy, token_of

pytestmark = pytest.mark.django_db


def nothing_changed(product: Product) -> bool:
    stock = Product.objects.get(pk=product.pk).stock
    return (stock, Order.objects.count(), Payment.objects.count(), IdempotencyKey.objects.count()) == (
        product.stock,
        0,
        0,
        0,
    )


def test_product_is_bought_at_the_shops_price(as_shopper: Client, saved_address: Address) -> None:
    make_product("mug", price_minor=1250, stock=3)
    response = buy(as_shopper, {"product": "mug", "quantity": 2})
    assert response.status_code == 201
    order = response.json()
    assert order["state"] == "paid"
    assert [(line["product"], line["quantity"], line["amount"]["amount_minor"]) for line in order["lines"]] == [
        ("mug", 2, 2500)
    ]
    assert order["total"] == {"amount_minor": 2999, "currency": "USD", "text": "$29.99"}
    assert (order["goods"]["amount_minor"], order["shipping"]["amount_minor"], order["tax"]["amount_minor"]) == (
        2500,
        499,
        0,
    )
    assert Product.objects.get(slug="mug").stock == 1


def test_same_key_buys_once(as_shopper: Client, saved_address: Address) -> None:
    make_product("mug", stock=3)
    first = buy(as_shopper, {"product": "mug"})
    again = buy(as_shopper, {"product": "mug"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["code"] == again.json()["code"]
    assert Order.objects.count() == Payment.objects.count() == 1
    assert Product.objects.get(slug="mug").stock == 2


def test_same_key_with_another_body_is_refused(as_shopper: Client, saved_address: Address) -> None:
    make_product("mug", stock=3)
    buy(as_shopper, {"product": "mug"})
    response = buy(as_shopper, {"product": "mug", "quantity": 2})
    assert response.status_code == 422
    assert response.json()["detail"] == "This Idempotency-Key was already used with a different request."
    assert Order.objects.count() == 1
    assert Product.objects.get(slug="mug").stock == 2


def test_order_needs_a_key(as_shopper: Client, saved_address: Address) -> None:
    product = make_product("mug")
    assert buy(as_shopper, {"product": "mug"}, key="").status_code == 400
    assert nothing_changed(product)


@pytest.mark.parametrize(
    ("stock", "message"),
    [
        (0, "Mug is sold out. Your order was not placed."),
        (1, "Mug: only 1 left in stock. Your order was not placed."),
    ],
)
def test_product_without_enough_stock_cannot_be_bought(
    as_shopper: Client, saved_address: Address, stock: int, message: str
) -> None:
    product = make_product("mug", stock=stock)
    response = buy(as_shopper, {"product": "mug", "quantity": 2})
    assert (response.status_code, response.json()["detail"]) == (409, message)
    assert response.json()["quote"]["lines"][0]["stock"] == stock
    assert nothing_changed(product)


def test_one_sold_out_product_leaves_the_stock_of_the_others(as_shopper: Client, saved_address: Address) -> None:
    product, _sold_out = make_product("mug"), make_product("cup", stock=0)
    response = buy(as_shopper, {"lines": [{"product": "mug"}, {"product": "cup"}]})
    assert response.status_code == 409
    assert nothing_changed(product)


@pytest.mark.parametrize(
    "tampered",
    [
        {"price_minor": 1},
        {"unit_price_minor": 1},
        {"amount_minor": 1},
        {"total_minor": 1},
        {"currency": "JPY"},
        {"commission_rate_bps": 10_000},
        {"commission_minor": 99_999},
        {"creator": "maya"},
        {"creator_id": 1},
        {"shipping_minor": 0},
        {"tax_minor": 0},
        {"state": "refunded"},
        {"paid_at": "2020-01-01T00:00:00Z"},
        {"user": 1},
        {"reserved_until": "2099-01-01T00:00:00Z"},
    ],
)
def test_prices_rates_and_creators_in_a_request_are_ignored(
    as_shopper: Client, saved_address: Address, tampered: dict[str, object]
) -> None:
    make_product("mug", price_minor=1250)
    response = buy(as_shopper, {"product": "mug"} | tampered)
    order = Order.objects.get()
    line = order.lines.get()
    assert response.status_code == 201
    assert (order.total_minor, order.currency, order.state) == (1749, "USD", "paid")
    assert (line.unit_price_minor, line.commission_minor, line.creator) == (1250, 0, None)


@pytest.mark.parametrize(
    "tampered",
    [
        {"quantity": 0},
        {"quantity": -1},
        {"quantity": 21},
        {"quantity": 1.5},
        {"quantity": "many"},
        {"product": "nothing"},
        {"product": "mug'; --"},
        {"product": ""},
        {"lines": [{"product": "mug", "quantity": -5}]},
        {"lines": [{"product": "mug", "quantity": 15}, {"product": "mug", "quantity": 15}]},
        {"lines": [{"quantity": 1}]},
        {"address": {"name": "x"}},
        {"address": ADDRESS | {"country_code": "USA"}},
        {"expected_total_minor": -1},
        {"expected_total_minor": None},
        {"expected_total_minor": "1749.0"},
        {"seen": "x" * 401},
    ],
)
def test_invalid_request_changes_nothing(
    as_shopper: Client, saved_address: Address, tampered: dict[str, object]
) -> None:
    product = make_product("mug", stock=100)
    assert buy(as_shopper, {"product": "mug"} | tampered).status_code in (400, 409)
    assert nothing_changed(product)


def test_guest_buys_with_an_email_and_an_address(client: Client, address: dict[str, str]) -> None:
    make_product("mug")
    response = buy(client, {"product": "mug", "email": "guest@example.com", "address": address})
    assert response.status_code == 201
    assert client.get(f"/api/v1/orders/{response.json()['code']}/").json()["email"] == "guest@example.com"


def test_guest_without_email_and_address_is_told_what_is_missing(client: Client) -> None:
    product = make_product("mug")
    response = buy(client, {"product": "mug"})
    assert response.status_code == 400
    assert set(response.json()) == {"email", "address"}
    assert nothing_changed(product)


def test_declined_payment_keeps_the_order_waiting(client: Client, address: dict[str, str]) -> None:
    make_product("mug", stock=1)
    response = buy(client, {"product": "mug", "email": "declined@example.com", "address": address})
    assert (response.status_code, response.json()) == (
        402,
        {"detail": "Your bank declined the card. Nothing was charged. You can pay in another way."},
    )
    assert Order.objects.get().state == "pending"
    assert Product.objects.get().stock == 0


def test_adult_products_are_sold_only_to_adults(as_shopper: Client, saved_address: Address, shopper: User) -> None:
    product = make_product("wine", category=make_category("wine", is_age_restricted=True))
    assert buy(as_shopper, {"product": "wine"}).status_code == 409
    assert nothing_changed(product)


def test_strangers_do_not_see_an_order(
    as_shopper: Client, as_stranger: Client, client: Client, saved_address: Address
) -> None:
    make_product("mug")
    code = buy(as_shopper, {"product": "mug"}).json()["code"]
    for somebody in (as_stranger, client):
        assert somebody.get(f"/api/v1/orders/{code}/").status_code == 404
        assert somebody.get(f"/orders/{code}/").status_code == 404
        assert somebody.post(f"/orders/{code}/cancel/").status_code == 404
        assert somebody.get("/api/v1/orders/").json()["results"] == []
    assert as_shopper.get(f"/orders/{code}/").status_code == 200


def test_clip_that_shows_the_product_earns_the_categorys_rate(as_shopper: Client, saved_address: Address) -> None:
    mug = make_product("mug", price_minor=2000, category=make_category("beauty", commission_rate_bps=1000))
    clip = make_published_clip(make_creator("maya"), products=[mug, make_product()])
    assert buy(as_shopper, {"product": "mug", "quantity": 2, "seen": token_of(clip, as_shopper)}).status_code == 201
    line = Order.objects.get().lines.get()
    assert (line.clip, line.creator, line.commission_rate_bps, line.commission_minor) == (clip, clip.creator, 1000, 400)
    assert line.click is not None and line.click.revision == clip.revisions.get()
    assert line.payable_at is not None and line.order.paid_at is not None
    assert line.payable_at - line.order.paid_at == timedelta(days=60), "unless it is delivered before"


def test_clip_that_does_not_show_the_product_earns_nothing(as_shopper: Client, saved_address: Address) -> None:
    make_product("mug")
    clip = make_published_clip()
    assert buy(as_shopper, {"product": "mug", "seen": token_of(clip, as_shopper)}).status_code == 201
    line = Order.objects.get().lines.get()
    assert (line.clip, line.creator, line.commission_minor) == (None, None, 0)
    assert Click.objects.count() == 0


@pytest.mark.parametrize("email", ["maya@example.com", "Maya+shop@example.com"])
def test_creators_earn_nothing_from_their_own_purchases(client: Client, address: dict[str, str], email: str) -> None:
    mug = make_product("mug")
    creator = make_creator("maya", user=make_user("maya@example.com"))
    clip = make_published_clip(creator, products=[mug, make_product()])
    buy(client, {"product": "mug", "seen": token_of(clip, client), "email": email, "address": address})
    line = Order.objects.get().lines.get()
    assert (line.creator, line.commission_minor, line.unpaid_reason) == (creator, 0, "self_purchase")


def test_purchase_sent_to_the_creators_address_waits_for_staff(as_shopper: Client, saved_address: Address) -> None:
    mug = make_product("mug")
    creator = make_creator("maya")
    Address.objects.create(user=creator.user, **(ADDRESS | {"name": "Maya", "street": "1 MAIN STREET "}))
    clip = make_published_clip(creator, products=[mug, make_product()])
    buy(as_shopper, {"product": "mug", "seen": token_of(clip, as_shopper)})
    hold = CommissionHold.objects.get()
    assert (hold.state, hold.kinds, hold.line.unpaid_reason) == ("held", ["address"], "")


@pytest.mark.parametrize(("card", "earned"), [("card-of-maya", (0, "related_buyer")), ("another-card", (200, ""))])
def test_purchase_with_the_creators_card_earns_nothing(
    client: Client,
    as_shopper: Client,
    saved_address: Address,
    monkeypatch: pytest.MonkeyPatch,
    card: str,
    earned: object,
) -> None:
    cards = iter(["card-of-maya", card])
    monkeypatch.setattr(
        DemoProvider,
        "charge",
        lambda _provider, charge: Outcome(OutcomeState.SUCCEEDED, f"demo-{charge.key}", fingerprint=next(cards)),
    )
    mug = make_product("mug", price_minor=2000, category=make_category("beauty", commission_rate_bps=1000))
    clip = make_published_clip(make_creator("maya"), products=[mug, make_product()])
    client.force_login(clip.creator.user)
    assert buy(client, {"product": "mug", "address": {**ADDRESS, "street": "2 Side Street"}}).status_code == 201
    assert buy(as_shopper, {"product": "mug", "seen": token_of(clip, as_shopper)}).status_code == 201
    line = OrderLine.objects.get(creator=clip.creator)
    assert (line.commission_minor, line.unpaid_reason) == earned
