"""Staff change stock by movements: what arrived, what was counted, what was wrong."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from catalog.models import Product, StockMovement
from catalog.stock_movements import take_stock
from tests.conftest import client_of, make_staff
from tests.factories import NOW, make_product, make_variants, variant_of
from tests.html_forms import read_form

pytestmark = pytest.mark.django_db


@pytest.fixture
def product() -> Product:
    return make_product("lamp", stock=10)


@pytest.fixture
def as_merchant(merchant: User) -> Client:
    return client_of(merchant)


def url_of(product: Product) -> str:
    return f"/admin/catalog/product/{product.pk}/stock/{variant_of(product).pk}/"


@pytest.mark.parametrize(
    ("kind", "number", "change", "stock"),
    [("received", 5, 5, 15), ("recounted", 7, -3, 7), ("recounted", 10, 0, 10), ("corrected", -2, -2, 8)],
)
def test_movement_changes_the_stock_and_is_kept(
    as_merchant: Client, product: Product, merchant: User, kind: str, number: int, change: int, stock: int
) -> None:
    page = as_merchant.get(url_of(product)).content.decode()
    data = read_form(page) | {"kind": kind, "number": number, "reason": "Delivery 4"}
    assert as_merchant.post(url_of(product), data).status_code == 302
    product.refresh_from_db()
    movement = StockMovement.objects.get(created_by__isnull=False)
    assert (product.stock, movement.change, movement.stock_after) == (stock, change, stock)
    assert (movement.reason, movement.created_by) == ("Delivery 4", merchant)
    assert "Delivery 4" in as_merchant.get(url_of(product)).content.decode()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"kind": "received", "number": 0}, "1 or more"),
        ({"kind": "received", "number": -3}, "1 or more"),
        ({"kind": "corrected", "number": 0}, "negative number to take away"),
        ({"kind": "corrected", "number": -11}, "Only 10 are in stock."),
        ({"kind": "recounted", "number": -1}, "A recount cannot be negative."),
        ({"kind": "corrected", "number": 999_999_999}, "cannot be larger"),
        ({"kind": "received", "number": 10**20}, "less than or equal"),
        ({"kind": "received", "number": 5, "reason": " "}, "This field is required."),
        ({"kind": "stolen", "number": 5}, "Select a valid choice"),
    ],
)
def test_impossible_movement_is_refused(
    as_merchant: Client, product: Product, data: dict[str, Any], sentence: str
) -> None:
    if data.get("number") == 999_999_999:
        Product.objects.update(stock=999_999_999)
    before = Product.objects.get().stock
    response = as_merchant.post(url_of(product), {"reason": "Typed reason"} | data)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert (Product.objects.get().stock, StockMovement.objects.exclude(kind="opening").count()) == (before, 0)


def test_recount_is_refused_if_something_was_sold_meanwhile(as_merchant: Client, product: Product) -> None:
    data = read_form(as_merchant.get(url_of(product)).content.decode())
    take_stock(variant_of(product).pk, 1, order_code="A", now=NOW)
    data |= {"kind": "recounted", "number": "8", "reason": "Shelf"}
    response = as_merchant.post(url_of(product), data)
    assert "changed from 10 to 9" in response.content.decode()
    assert Product.objects.get().stock == 9
    again = read_form(response.content.decode())
    assert (again["number"], again["reason"], again["kind"]) == ("8", "Shelf", "recounted")
    assert as_merchant.post(url_of(product), again).status_code == 302
    assert Product.objects.get().stock == 8


def test_received_goods_are_added_to_what_is_left(as_merchant: Client, product: Product) -> None:
    data = read_form(as_merchant.get(url_of(product)).content.decode())
    take_stock(variant_of(product).pk, 4, order_code="A", now=NOW)
    as_merchant.post(url_of(product), data | {"kind": "received", "number": 5, "reason": "Delivery"})
    assert Product.objects.get().stock == 11


def test_product_form_shows_stock_read_only(as_merchant: Client, product: Product) -> None:
    url = f"/admin/catalog/product/{product.pk}/change/"
    page = as_merchant.get(url).content.decode()
    assert f"/admin/catalog/product/{product.pk}/stock/" in page and 'name="stock"' not in page
    data = read_form(page) | {"stock": "99", "opening_stock": "99"}
    assert as_merchant.post(url, data).status_code == 302
    assert (Product.objects.get().stock, StockMovement.objects.exclude(kind="opening").count()) == (10, 0)


def test_new_product_has_an_opening_stock(as_merchant: Client, product: Product) -> None:
    data = read_form(as_merchant.get("/admin/catalog/product/add/").content.decode())
    data |= {"name": "Vase", "slug": "vase", "brand": product.brand_id, "category": product.category_id}
    data |= {"price_minor": "25", "opening_stock": "6", "is_listed": "on"}
    assert as_merchant.post("/admin/catalog/product/add/", data).status_code == 302
    vase = Product.objects.get(slug="vase")
    assert (vase.price_minor, vase.currency, vase.stock) == (2500, "USD", 6)
    assert vase.stock_movements.get().reason == "Opening stock"


def test_moving_stock_needs_the_permission(as_stranger: Client, product: Product) -> None:
    viewer = make_staff("viewer@example.com", "videos")
    for client in (as_stranger, client_of(viewer)):
        response = client.post(url_of(product), {"kind": "received", "number": 5, "reason": "Mine"})
        assert response.status_code in (302, 403)
    assert (Product.objects.get().stock, StockMovement.objects.exclude(kind="opening").count()) == (10, 0)


def test_delivery_that_two_tabs_book_is_booked_once(as_merchant: Client, product: Product, merchant: User) -> None:
    typed = {"kind": "received", "number": "10", "reason": "Delivery 2"}
    tabs = [read_form(as_merchant.get(url_of(product)).content.decode()) | typed for _tab in range(2)]
    assert as_merchant.post(url_of(product), tabs[0]).status_code == 302
    answer = as_merchant.post(url_of(product), tabs[1])
    page = answer.content.decode()
    assert answer.status_code == 422 and f"{merchant.email} changed the stock by +10 on" in page
    assert (Product.objects.get().stock, StockMovement.objects.exclude(kind="opening").count()) == (20, 1)
    again = read_form(page)
    assert (again["kind"], again["number"], again["reason"]) == ("received", "10", "Delivery 2")
    assert as_merchant.post(url_of(product), again).status_code == 302
    assert (Product.objects.get().stock, StockMovement.objects.exclude(kind="opening").count()) == (30, 2)


def test_recount_of_nothing_is_asked_about(as_merchant: Client, product: Product) -> None:
    form = read_form(as_merchant.get(url_of(product)).content.decode())
    form |= {"kind": "recounted", "number": "0", "reason": "Shelf"}
    answer = as_merchant.post(url_of(product), form)
    assert answer.status_code == 422 and "0 is intended" in answer.content.decode()
    assert (Product.objects.get().stock, StockMovement.objects.exclude(kind="opening").count()) == (10, 0)
    again = read_form(answer.content.decode()) | {"confirms_zero": "on"}
    assert as_merchant.post(url_of(product), again).status_code == 302
    assert Product.objects.get().stock == 0


def test_product_with_several_variants_lists_their_stock(as_merchant: Client, shopper: User, product: Product) -> None:
    address = f"/admin/catalog/product/{product.pk}/stock/"
    assert as_merchant.get(address).headers["Location"] == url_of(product)
    small, _large = make_variants(product, "S", "L")
    page = as_merchant.get(address).content.decode()
    assert f"{address}{small.pk}/" in page and ">S</a>" in page
    assert as_merchant.get(f"/admin/catalog/product/{product.pk + 1}/stock/{small.pk}/").status_code == 404
    assert client_of(shopper).get(address).status_code != 200
