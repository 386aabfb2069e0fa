"""Staff put products on sale and take them off, many at once, from admin's list."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from accounts.models import User
from catalog.models import Product
from tests.conftest import client_of
from tests.factories import make_merchant, make_product
from tests.html_forms import read_form

pytestmark = pytest.mark.django_db
PRODUCTS = "/admin/catalog/product/"


@pytest.fixture
def as_merchant(merchant: User) -> Client:
    return client_of(merchant)


def ask(client: Client, action: str, products: list[Product], **values: str) -> str:
    body = {"action": action, "_selected_action": [product.pk for product in products], **values}
    return client.post(PRODUCTS, body, follow=True).content.decode()


def confirm(client: Client, action: str, products: list[Product], **values: str) -> str:
    form = read_form(ask(client, action, products, **values))
    form.pop("_selected_action", None)
    return ask(client, action, products, **{name: str(value) for name, value in form.items() if name != "action"})


def active() -> list[bool]:
    return list(Product.objects.order_by("pk").values_list("is_active", flat=True))


def test_taking_off_sale_asks_reports_and_records(as_merchant: Client) -> None:
    products = [make_product("mug"), make_product("vase"), make_product("lamp", is_active=False)]
    page = ask(as_merchant, "take_off_sale", products)
    assert "Take 2 products off sale?" in page and "1 was left alone: it is not on sale." in page
    assert (active(), LogEntry.objects.count()) == ([True, True, False], 0)
    page = confirm(as_merchant, "take_off_sale", products)
    assert "2 products are off sale." in page and "1 was left alone" in page
    assert (active(), LogEntry.objects.count()) == ([False, False, False], 2)


def test_putting_on_sale_names_what_has_no_price_or_stock(as_merchant: Client) -> None:
    free = make_product("free", price_minor=0, is_active=False)
    empty = make_product("empty", stock=0, is_active=False)
    page = ask(as_merchant, "put_on_sale", [free, empty])
    assert "no price" in page and "none in stock" in page
    assert "2 of them have no price or no stock." in page
    assert (active(), LogEntry.objects.count()) == ([False, False], 0)
    assert "2 products are on sale." in confirm(as_merchant, "put_on_sale", [free, empty])
    assert (active(), LogEntry.objects.count()) == ([True, True], 2)


def test_rows_that_changed_since_the_page_are_asked_about_again(as_merchant: Client) -> None:
    products = [make_product("mug"), make_product("vase")]
    form = read_form(ask(as_merchant, "take_off_sale", products))
    Product.objects.filter(slug="vase").update(is_active=False)
    form |= {"_selected_action": [product.pk for product in products]}  # type: ignore[dict-item]  # a list is posted
    response = as_merchant.post(PRODUCTS, form)
    assert response.status_code == 422 and "have changed" in response.content.decode()
    assert (active(), LogEntry.objects.count()) == ([True, False], 0)


def test_all_pages_of_the_list_are_confirmed_together(as_merchant: Client) -> None:
    products = [make_product(f"mug-{number}") for number in range(60)]
    page = confirm(as_merchant, "take_off_sale", products[:50], select_across="1")
    assert "60 products are off sale." in page
    assert not any(active())


def test_what_a_suspended_merchant_lists_is_not_said_to_be_on_sale(as_merchant: Client) -> None:
    lamp = make_product("lamp", merchant=make_merchant("lamps", state="suspended"), is_active=False)
    page = confirm(as_merchant, "put_on_sale", [lamp])
    assert "1 was left alone: it is listed, but waits for review, or its merchant is suspended." in page
    assert "is on sale." not in page
    lamp.refresh_from_db()
    assert (lamp.is_listed, lamp.is_active) == (True, False)
