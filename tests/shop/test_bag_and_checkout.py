"""Bag, checkout and order pages without JavaScript."""

import pytest
from django.core import mail
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import Product
from shop.mail import mail_orders
from shop.models import Address, BagLine, Order
from tests.factories import NOW, make_product, make_published_clip
from tests.html_forms import read_form
from tests.shop.conftest import buy, token_of

pytestmark = pytest.mark.django_db


def checkout_form(client: Client, **typed: str) -> dict[str, str]:
    """Return the form of the checkout page with its key and total, and what is typed into it."""
    return read_form(client.get("/checkout/").content.decode(), field="key") | typed


def test_guest_buys_from_the_product_page(client: Client, address: dict[str, str]) -> None:
    make_product("mug", price_minor=4000)
    response = client.post("/bag/", {"product": "mug", "quantity": "1", "then": "checkout"})
    assert response.headers["Location"] == "/checkout/"
    form = checkout_form(client, email="guest@example.com", **address)
    response = client.post("/checkout/", form, follow=True)
    order = Order.objects.get()
    assert response.redirect_chain == [(f"/orders/{order.code}/", 302)]
    assert "Thank you" in response.content.decode()
    assert (order.state, order.total_minor, BagLine.objects.count()) == ("paid", 4000, 0)


def test_double_click_on_buy_makes_one_order(client: Client, address: dict[str, str]) -> None:
    make_product("mug", stock=5)
    client.post("/bag/", {"product": "mug", "quantity": "1"})
    form = checkout_form(client, email="guest@example.com", **address)
    first, second = client.post("/checkout/", form), client.post("/checkout/", form)
    assert first.headers["Location"] == second.headers["Location"] == f"/orders/{Order.objects.get().code}/"
    assert Product.objects.get().stock == 4


def test_invalid_form_keeps_its_values(client: Client, address: dict[str, str]) -> None:
    make_product("mug")
    client.post("/bag/", {"product": "mug", "quantity": "1"})
    response = client.post("/checkout/", checkout_form(client, email="guest", **(address | {"street": ""})))
    page = response.content.decode()
    assert "Sam Shopper" in page and 'value="guest"' in page and "This field is required." in page
    assert Order.objects.count() == 0


def test_product_sold_out_during_checkout_is_reported_and_the_form_is_kept(
    client: Client, address: dict[str, str]
) -> None:
    make_product("mug", stock=1)
    client.post("/bag/", {"product": "mug", "quantity": "1"})
    form = checkout_form(client, email="g@example.com", **address)
    Product.objects.update(stock=0)
    page = client.post("/checkout/", form).content.decode()
    assert "Mug is sold out. Your order was not placed." in page and "Sam Shopper" in page
    assert (Order.objects.count(), BagLine.objects.count()) == (0, 1)


def test_bag_refuses_more_than_the_stock(client: Client) -> None:
    make_product("mug", stock=2)
    client.post("/bag/", {"product": "mug", "quantity": "2"})
    page = client.post("/bag/", {"product": "mug", "quantity": "1"}, follow=True).content.decode()
    assert "Mug: only 2 left in stock." in page
    assert BagLine.objects.get().quantity == 2


def test_quantity_0_removes_a_product(client: Client) -> None:
    make_product("mug", stock=9)
    client.post("/bag/", {"product": "mug", "quantity": "1"})
    client.post("/bag/", {"product": "mug", "quantity": "4", "then": "change"})
    assert BagLine.objects.get().quantity == 4
    client.post("/bag/", {"product": "mug", "quantity": "0", "then": "change"})
    assert BagLine.objects.count() == 0


def test_visitors_bag_is_merged_after_signing_in(client: Client, shopper: User) -> None:
    clip = make_published_clip()
    mug = clip.products.order_by("pk").first()
    assert mug is not None
    client.post("/bag/", {"product": mug.slug, "quantity": "1", "seen": token_of(clip, client)})
    client.force_login(shopper)
    assert mug.name in client.get("/bag/").content.decode()
    line = BagLine.objects.get()
    assert (line.bag.user, line.clip) == (shopper, clip)


def test_browsing_creates_no_rows_and_no_cookie(client: Client) -> None:
    for path in ("/bag/", "/orders/", "/api/v1/bag/", "/api/v1/orders/"):
        assert client.get(path).status_code == 200
    assert "sessionid" not in client.cookies


def test_bag_api(client: Client) -> None:
    make_product("mug", price_minor=500, stock=3)
    added = client.post("/api/v1/bag/", {"product": "mug", "quantity": 2}, content_type="application/json").json()
    assert (added["count"], added["lines"][0]["amount"]["amount_minor"]) == (2, 1000)
    emptied = client.patch("/api/v1/bag/", {"product": "mug", "quantity": 0}, content_type="application/json").json()
    assert emptied == {"count": 0, "lines": []}


def test_whole_bag_is_bought_through_the_api(as_shopper: Client, saved_address: Address) -> None:
    for slug in ("mug", "cup"):
        make_product(slug)
        as_shopper.post("/api/v1/bag/", {"product": slug}, content_type="application/json")
    assert {line["product"] for line in buy(as_shopper, {}).json()["lines"]} == {"mug", "cup"}
    total = {"expected_total_minor": Order.objects.get().total_minor, "expected_currency": "USD"}
    assert BagLine.objects.count() == 0
    assert buy(as_shopper, total).status_code == 200
    assert buy(as_shopper, total, key="another-key").status_code == 409


def test_each_paid_order_is_confirmed_by_one_email(as_shopper: Client, saved_address: Address, shopper: User) -> None:
    make_product("mug", price_minor=1999)
    code = buy(as_shopper, {"product": "mug"}).json()["code"]
    assert (mail_orders(now=NOW), mail_orders(now=NOW)) == (1, 0)
    assert [message.to for message in mail.outbox] == [[shopper.email]]
    assert "1 × Mug  $19.99" in mail.outbox[0].body and f"/orders/{code}/" in mail.outbox[0].body


def test_order_lists_use_few_queries(
    as_shopper: Client, saved_address: Address, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        make_product(f"mug-{number}")
        buy(as_shopper, {"product": f"mug-{number}"}, key=f"key-000{number}")
    with django_assert_max_num_queries(7):
        page = as_shopper.get("/api/v1/orders/").json()
    assert [order["lines"][0]["product"] for order in page["results"]] == [f"mug-{n}" for n in (4, 3, 2, 1, 0)]
    with django_assert_max_num_queries(10):
        assert as_shopper.get("/orders/").status_code == 200


def test_countries_are_listed_by_name_in_the_shoppers_language(as_shopper: Client) -> None:
    make_product("mug")
    as_shopper.post("/api/v1/bag/", {"product": "mug"}, content_type="application/json")
    assert '<option value="DE">Germany</option>' in as_shopper.get("/checkout/").content.decode()
    page = as_shopper.get("/checkout/", headers={"Accept-Language": "ar"}).content.decode()
    assert '<option value="DE">ألمانيا</option>' in page
    assert '<option value="EU">' not in page


def test_unknown_country_is_refused(as_shopper: Client, address: dict[str, str]) -> None:
    make_product("mug")
    as_shopper.post("/api/v1/bag/", {"product": "mug"}, content_type="application/json")
    form = checkout_form(as_shopper, **address)
    page = as_shopper.post("/checkout/", form | {"country_code": "ZZ"})
    assert (page.status_code, Order.objects.count()) == (200, 0)
    german = {"country_code": "de", "region": "", "postal_code": "10115"}
    as_shopper.post("/checkout/", form | german)
    assert Order.objects.get().country_code == "DE"


def test_bag_names_orders_that_wait_for_their_payment(client: Client, order: Order, as_shopper: Client) -> None:
    page = as_shopper.get("/bag/").content.decode()
    assert order.code in page and f'href="{order.get_absolute_url()}"' in page
    assert order.code not in client.get("/bag/").content.decode()
    as_shopper.post(f"/orders/{order.code}/cancel/")
    assert order.code not in as_shopper.get("/bag/").content.decode()
