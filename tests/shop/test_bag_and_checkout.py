"""The shop's pages without any script: bag, checkout, orders."""

import re

import pytest
from django.core import mail
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import Product
from shop.mail import mail_orders
from shop.models import Address, BagLine, Order
from tests.factories import NOW, make_product, make_published_clip
from tests.shop.conftest import buy, seen

pytestmark = pytest.mark.django_db


def checkout_key(client: Client) -> str:
    found = re.search(r'name="key" value="(\w+)"', client.get("/checkout/").content.decode())
    assert found
    return found[1]


def test_a_guest_walks_from_the_product_page_to_an_order(client: Client, address: dict[str, str]) -> None:
    make_product("mug", price_minor=4000)
    answer = client.post("/bag/", {"product": "mug", "quantity": "1", "then": "checkout"})
    assert answer.headers["Location"] == "/checkout/"
    form = address | {"email": "guest@example.com", "key": checkout_key(client), "total_minor": "4000"}
    answer = client.post("/checkout/", form, follow=True)
    order = Order.objects.get()
    assert answer.redirect_chain == [(f"/orders/{order.code}/", 302)]
    assert "Thank you" in answer.content.decode()
    assert (order.state, order.total_minor, BagLine.objects.count()) == ("paid", 4000, 0)


def test_a_double_click_on_buy_makes_one_order(client: Client, address: dict[str, str]) -> None:
    make_product("mug", stock=5)
    client.post("/bag/", {"product": "mug", "quantity": "1"})
    form = address | {"email": "guest@example.com", "key": checkout_key(client)}
    first, second = client.post("/checkout/", form), client.post("/checkout/", form)
    assert first.headers["Location"] == second.headers["Location"] == f"/orders/{Order.objects.get().code}/"
    assert Product.objects.get().stock == 4


def test_a_form_with_mistakes_keeps_what_was_typed(client: Client, address: dict[str, str]) -> None:
    make_product("mug")
    client.post("/bag/", {"product": "mug", "quantity": "1"})
    answer = client.post("/checkout/", address | {"email": "guest", "street": "", "key": "abc12345"})
    page = answer.content.decode()
    assert "Sam Shopper" in page and 'value="guest"' in page and "This field is required." in page
    assert Order.objects.count() == 0


def test_something_sold_out_meanwhile_is_said_and_nothing_is_lost(client: Client, address: dict[str, str]) -> None:
    make_product("mug", stock=1)
    client.post("/bag/", {"product": "mug", "quantity": "1"})
    key = checkout_key(client)
    Product.objects.update(stock=0)
    page = client.post("/checkout/", address | {"email": "g@example.com", "key": key}).content.decode()
    assert "Mug is sold out. Nothing was ordered." in page and "Sam Shopper" in page
    assert (Order.objects.count(), BagLine.objects.count()) == (0, 1)


def test_the_bag_refuses_more_than_there_is(client: Client) -> None:
    make_product("mug", stock=2)
    client.post("/bag/", {"product": "mug", "quantity": "2"})
    page = client.post("/bag/", {"product": "mug", "quantity": "1"}, follow=True).content.decode()
    assert "Only 2 of Mug are left." in page
    assert BagLine.objects.get().quantity == 2


def test_quantities_change_and_0_takes_a_product_out(client: Client) -> None:
    make_product("mug", stock=9)
    client.post("/bag/", {"product": "mug", "quantity": "1"})
    client.post("/bag/", {"product": "mug", "quantity": "4", "then": "change"})
    assert BagLine.objects.get().quantity == 4
    client.post("/bag/", {"product": "mug", "quantity": "0", "then": "change"})
    assert BagLine.objects.count() == 0


def test_what_a_visitor_picked_is_in_the_bag_after_signing_in(client: Client, shopper: User) -> None:
    clip = make_published_clip()
    mug = clip.products.order_by("pk").first()
    assert mug is not None
    client.post("/bag/", {"product": mug.slug, "quantity": "1", "seen": seen(clip)})
    client.force_login(shopper)
    assert mug.name in client.get("/bag/").content.decode()
    line = BagLine.objects.get()
    assert (line.bag.user, line.clip) == (shopper, clip)


def test_looking_around_leaves_no_rows_and_no_cookie(client: Client) -> None:
    for path in ("/bag/", "/orders/", "/api/v1/bag/", "/api/v1/orders/"):
        assert client.get(path).status_code == 200
    assert "sessionid" not in client.cookies


def test_the_bag_speaks_json(client: Client) -> None:
    make_product("mug", price_minor=500, stock=3)
    added = client.post("/api/v1/bag/", {"product": "mug", "quantity": 2}, content_type="application/json").json()
    assert (added["count"], added["lines"][0]["amount"]["amount_minor"]) == (2, 1000)
    gone = client.patch("/api/v1/bag/", {"product": "mug", "quantity": 0}, content_type="application/json").json()
    assert gone == {"count": 0, "lines": []}


def test_the_whole_bag_is_bought_over_http(as_shopper: Client, at_home: Address) -> None:
    for slug in ("mug", "cup"):
        make_product(slug)
        as_shopper.post("/api/v1/bag/", {"product": slug}, content_type="application/json")
    assert {line["product"] for line in buy(as_shopper, {}).json()["lines"]} == {"mug", "cup"}
    assert BagLine.objects.count() == 0
    assert buy(as_shopper, {}).status_code == 200
    assert buy(as_shopper, {}, key="another-key").status_code == 409


def test_every_paid_order_is_confirmed_by_one_mail(as_shopper: Client, at_home: Address, shopper: User) -> None:
    make_product("mug", price_minor=1999)
    code = buy(as_shopper, {"product": "mug"}).json()["code"]
    assert (mail_orders(now=NOW), mail_orders(now=NOW)) == (1, 0)
    assert [message.to for message in mail.outbox] == [[shopper.email]]
    assert "1 × Mug  $19.99" in mail.outbox[0].body and f"/orders/{code}/" in mail.outbox[0].body


def test_lists_of_orders_take_few_queries(
    as_shopper: Client, at_home: Address, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        make_product(f"mug-{number}")
        buy(as_shopper, {"product": f"mug-{number}"}, key=f"key-000{number}")
    with django_assert_max_num_queries(7):
        page = as_shopper.get("/api/v1/orders/").json()
    assert [order["lines"][0]["product"] for order in page["results"]] == [f"mug-{n}" for n in (4, 3, 2, 1, 0)]
    with django_assert_max_num_queries(8):
        assert as_shopper.get("/orders/").status_code == 200


def test_countries_are_chosen_by_their_names_in_the_readers_language(as_shopper: Client) -> None:
    make_product("mug")
    as_shopper.post("/api/v1/bag/", {"product": "mug"}, content_type="application/json")
    assert '<option value="DE">Germany</option>' in as_shopper.get("/checkout/").content.decode()
    page = as_shopper.get("/checkout/", headers={"Accept-Language": "ar"}).content.decode()
    assert '<option value="DE">ألمانيا</option>' in page
    assert '<option value="EU">' not in page


def test_what_is_no_country_is_not_sent_to(as_shopper: Client, address: dict[str, str]) -> None:
    make_product("mug")
    as_shopper.post("/api/v1/bag/", {"product": "mug"}, content_type="application/json")
    page = as_shopper.post("/checkout/", address | {"country_code": "ZZ", "key": checkout_key(as_shopper)})
    assert (page.status_code, Order.objects.count()) == (200, 0)
    as_shopper.post("/checkout/", address | {"country_code": "de", "key": checkout_key(as_shopper)})
    assert Order.objects.get().country_code == "DE"
