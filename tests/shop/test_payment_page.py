"""The way to the page on which shoppers pay, as far as it can be seen without a browser."""

import pytest
from django.test import Client
from pytest_django import Settings

from shop.models import Address, Order
from tests.factories import make_product
from tests.html_forms import read_form
from tests.shop.conftest import ADDRESS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stripe")]
PAGE = "https://pay.example/cs_test_1"


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
    assert check_out(as_shopper)[:2] == (302, PAGE)
    response = as_shopper.post(f"/orders/{Order.objects.get().code}/pay/")
    assert response.headers["Location"] == PAGE


def test_any_other_page_is_reached_by_a_page_in_between(as_shopper: Client, saved_address: Address) -> None:
    status, _location, page = check_out(as_shopper)
    assert status == 200
    assert f'<meta http-equiv="refresh" content="0; url={PAGE}">' in page
    assert f'href="{PAGE}"' in page
    again = as_shopper.post(f"/orders/{Order.objects.get().code}/pay/").content.decode()
    assert f'href="{PAGE}"' in again
