"""The way to the page on which shoppers pay, as far as it can be seen without a browser."""

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import Settings

from shop.models import Address, Order
from tests.factories import make_product
from tests.html_forms import read_form
from tests.shop.conftest import ADDRESS
from tests.shop.stand_in_stripe import running_stand_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stripe(settings: Settings) -> Iterator[None]:
    with running_stand_in() as address:
        settings.PAYMENT_PROVIDER = "stripe"
        settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = "sk_test", "whsec_test"
        settings.STRIPE_API_BASE = address
        yield


def check_out(client: Client) -> tuple[int, str, str]:
    make_product("mug", stock=5)
    client.post("/api/v1/bag/", {"product": "mug"}, "application/json")
    form = read_form(client.get("/checkout/").content.decode(), field="key")
    response = client.post("/checkout/", form | {**ADDRESS, "address": "new"})
    return response.status_code, response.headers.get("Location", ""), response.content.decode()


def test_the_providers_own_page_is_reached_directly(
    as_shopper: Client, saved_address: Address, settings: Settings
) -> None:
    settings.PAYMENT_PAGES = ["https://pay.example"]
    assert check_out(as_shopper)[:2] == (302, "https://pay.example/1")
    response = as_shopper.post(f"/orders/{Order.objects.get().code}/pay/")
    assert response.headers["Location"] == "https://pay.example/1"


def test_any_other_page_is_reached_by_a_page_in_between(as_shopper: Client, saved_address: Address) -> None:
    status, _location, page = check_out(as_shopper)
    assert status == 200
    assert '<meta http-equiv="refresh" content="0; url=https://pay.example/1">' in page
    assert 'href="https://pay.example/1"' in page
    again = as_shopper.post(f"/orders/{Order.objects.get().code}/pay/").content.decode()
    assert 'href="https://pay.example/1"' in again
