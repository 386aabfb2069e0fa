"""What people paste into a purchase contains characters that nobody sees, and spellings that mean the same."""

from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from shop.mail import mail_orders
from shop.models import Order
from tests.factories import make_product
from tests.shop.conftest import ADDRESS, buy

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_earlier_lookups() -> None:
    cache.clear()


def order_as_guest(*, email: str = "guest@example.com", **address: str) -> Any:
    make_product("mug", stock=5)
    return buy(Client(), {"product": "mug", "email": email, "address": {**ADDRESS, **address}})


@pytest.mark.parametrize(
    "pasted",
    [
        "guest@example.com\u200b",
        "\u202aguest@example.com\u202c",
        "guest@exa\u00admple.com",
        "guest@example.com\ufeff",
        "\u2066guest@example.com\u2069",
    ],
)
def test_email_address_is_kept_without_invisible_characters(pasted: str) -> None:
    order_as_guest(email=pasted)
    order = Order.objects.get()
    assert order.email == "guest@example.com"
    found = Client().post(
        "/api/v1/orders/find/", {"code": order.code, "email": pasted}, content_type="application/json"
    )
    assert found.status_code == 200


def test_guest_finds_an_order_by_either_spelling_of_a_domain_with_other_letters() -> None:
    order_as_guest(email="guest@m\u00fcnchen.example")
    order = Order.objects.get()
    mail_orders(now=timezone.now())
    assert [message.to for message in mail.outbox] == [["guest@m\u00fcnchen.example"]]
    for email in ("guest@xn--mnchen-3ya.example", "Guest@M\u00dcNCHEN.example"):
        device = Client()
        assert device.post("/orders/find/", {"code": order.code, "email": email}).status_code == 302
        assert device.get(f"/orders/{order.code}/").status_code == 200


@pytest.mark.parametrize("email", ["guest@exam\u2024ple..com", f"guest@{'\u00fc' * 70}.example", "guest@\u200b"])
def test_address_to_which_no_email_can_be_sent_is_refused_at_its_field(email: str) -> None:
    refused = order_as_guest(email=email)
    assert refused.status_code == 400 and list(refused.json()) == ["email"]
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("pasted", "column", "kept"),
    [
        ({"phone": "\u202a+971 50 123 4567\u202c"}, "phone", "+971501234567"),
        ({"phone": "+49 (0)30 123456"}, "phone", "+4930123456"),
        ({"phone": "+49\u201130\u201112345"}, "phone", "+493012345"),
        ({"postal_code": "\u202d62701\u202c"}, "postal_code", "62701"),
        ({"postal_code": "62701\u200b"}, "postal_code", "62701"),
        ({"region": "Illinois\u200e"}, "region", "IL"),
        (
            {"country_code": "BR", "region": "Sao Paulo", "city": "Santos", "postal_code": "11010100"},
            "region",
            "SP",
        ),
        ({"country_code": "CA", "region": "QUE\u0301BEC", "city": "Laval", "postal_code": "h7a1a1"}, "region", "QC"),
    ],
)
def test_address_is_read_as_it_looks(pasted: dict[str, str], column: str, kept: str) -> None:
    answer = order_as_guest(**pasted)
    assert answer.status_code == 201, answer.content
    assert getattr(Order.objects.get(), column) == kept


@pytest.mark.parametrize(
    "typed", [{"phone": "+1" + "2" * 30}, {"postal_code": "\ufdfa" * 10}, {"postal_code": "1" * 40}]
)
@pytest.mark.parametrize("country_code", ["US", "SA", "AO"])
def test_what_is_too_long_to_be_stored_is_refused_at_its_field(typed: dict[str, str], country_code: str) -> None:
    refused = order_as_guest(**{"city": "Riyadh", "region": "", "country_code": country_code, **typed})
    if "postal_code" in typed and len(typed["postal_code"]) <= 16 and country_code == "AO":
        assert (refused.status_code, Order.objects.get().postal_code) == (201, typed["postal_code"])
        return
    assert refused.status_code == 400
    assert set(typed) <= set(refused.json()["address"]) <= {*typed, "region", "postal_code"}
    assert not Order.objects.exists()


@pytest.mark.parametrize("name", ["\u200b", "\u2800\u3164", "\u202e \u2060"])
def test_name_that_nobody_sees_is_missing(name: str) -> None:
    refused = order_as_guest(name=name)
    assert refused.status_code == 400 and "name" in refused.json()["address"]
    assert not Order.objects.exists()
