"""A seller's page: who it is, what it sells, how to reach it; and who sells, said wherever something is bought."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from catalog import site
from catalog.models import Merchant, MerchantState, Product
from tests.conftest import client_of
from tests.factories import NOW, make_category, make_merchant, make_product, make_user
from tests.feed.watching import make_watchable_clip

pytestmark = pytest.mark.django_db

LAMPS: dict[str, Any] = {
    "name": "Lamp House",
    "legal_name": "Lamp House Ltd",
    "address": "1 Mill Lane\nLeeds",
    "country": "GB",
    "place": "Leeds",
    "email": "hello@lamps.example",
    "phone": "+441132345678",
    "vat_number": "GB123456789",
    "about": "Lamps from old mills.",
    "shipping_note": "Sent on Mondays.",
    "return_note": "Keep the box.",
}


@pytest.fixture
def lamps() -> Merchant:
    return make_merchant("lamps", **LAMPS)


def read(client: Client, path: str = "/sellers/lamps/") -> str:
    return client.get(path).content.decode()


def test_page_says_who_sells_what_and_shows_its_clips(client: Client, lamps: Merchant) -> None:
    lamp, dark = make_product("lamp", merchant=lamps), make_product("dark", merchant=lamps, is_active=False)
    mug = make_product("mug")
    clip = make_watchable_clip(products=[lamp, mug])
    page = read(client)
    assert lamp.get_absolute_url() in page and clip.get_absolute_url() in page
    assert dark.get_absolute_url() not in page and mug.get_absolute_url() not in page
    for words in (*LAMPS.values(), "United Kingdom", "1 product"):
        assert str(words).replace("\n", "<br>") in page
    assert 'href="tel:+441132345678"' in page and 'href="mailto:hello@lamps.example"' in page
    assert client.post("/sellers/lamps/").status_code == 405


@pytest.mark.parametrize("state", [state for state in MerchantState if state != MerchantState.APPROVED])
def test_sellers_that_are_not_approved_are_not_found(client: Client, lamps: Merchant, state: MerchantState) -> None:
    make_product("lamp", merchant=lamps)
    Merchant.objects.filter(pk=lamps.pk).update(state=state)
    for path in ("/sellers/lamps/", "/api/v1/sellers/lamps/", "/sellers/nobody/"):
        assert client.get(path).status_code == 404
    assert "/sellers/lamps/" not in read(client, "/sitemap-sellers.xml")
    assert not client.get("/api/v1/products/?seller=lamps").json()["results"]
    assert "/sellers/lamps/" not in read(client, "/p/lamp/")


def test_its_rating_is_that_of_all_ratings_of_what_it_sells(client: Client, lamps: Merchant) -> None:
    make_product("lamp", merchant=lamps, rating_sum=15, rating_count=3)
    make_product("bulb", merchant=lamps, rating_sum=2, rating_count=2)
    make_product("gone", merchant=lamps, rating_sum=50, rating_count=10, is_active=False)
    body = client.get("/api/v1/sellers/lamps/").json()
    assert (body["rating_average"], body["rating_count"], body["product_count"]) == (3.4, 5, 2)
    assert "3.4" in read(client)


def test_products_come_sorted_and_in_pages(client: Client, lamps: Merchant) -> None:
    for number in range(25):
        make_product(
            f"lamp-{number}", merchant=lamps, price_minor=1000 + number, rating_sum=5 + number % 20, rating_count=5
        )
    Product.objects.filter(slug="lamp-0").update(rating_sum=0, rating_count=0)

    def first(sort: str) -> str:
        return re.findall(r'href="/p/([\w-]+)/"', read(client, f"/sellers/lamps/?sort={sort}"))[0]

    assert [first(sort) for sort in ("newest", "cheapest", "dearest", "x")] == [
        "lamp-24",
        "lamp-0",
        "lamp-24",
        "lamp-24",
    ]
    assert "?sort=cheapest&amp;page=2#products" in read(client, "/sellers/lamps/?sort=cheapest")
    last = read(client, "/sellers/lamps/?sort=cheapest&page=2")
    assert last.count('class="card card--flush') == 1 and "/p/lamp-24/" in last
    assert "/sellers/lamps/" in read(client, "/sitemap-sellers.xml")


def test_what_is_for_adults_is_shown_to_adults(client: Client, lamps: Merchant) -> None:
    make_product("merlot", merchant=lamps, category=make_category("wine", is_age_restricted=True))
    assert "/p/merlot/" not in read(client) and "Nothing is on sale here" in read(client)
    assert "/p/merlot/" in read(client_of(make_user(adult_confirmed_at=NOW)))
    assert "/sellers/lamps/" not in read(client, "/sitemap-sellers.xml")


def test_buttons_that_it_switched_off_are_gone_but_the_law_s_data_stay(client: Client, lamps: Merchant) -> None:
    Merchant.objects.filter(pk=lamps.pk).update(shows_phone=False, shows_email=False, takes_messages=False)
    page, body = read(client), client.get("/api/v1/sellers/lamps/").json()
    assert "tel:" not in page and "mailto:" not in page and "/sellers/lamps/message/" not in page
    assert "+441132345678" in page and "hello@lamps.example" in page
    assert body["contact"] == {"phone": "", "email": "", "takes_messages": False}
    assert body["legal"]["vat_number"] == "GB123456789"


def test_the_house_is_the_shop_of_the_settings(client: Client) -> None:
    site.keep_site(site.Site("Inspire", postal_address="9 High Street", contact_email="shop@example.com"))
    page = read(client, "/sellers/house/")
    assert "<bdi>Inspire</bdi>" in page and "9 High Street" in page and "mailto:shop@example.com" in page
    assert "tel:" not in page and "/sellers/house/message/" not in page


def test_who_sells_is_said_where_it_is_bought(client: Client, lamps: Merchant) -> None:
    make_product("lamp", merchant=lamps)
    make_product("mug")
    assert 'Sold by <a class="soft" href="/sellers/lamps/"><bdi>Lamp House</bdi></a>' in read(client, "/p/lamp/")
    for slug in ("lamp", "mug"):
        client.post("/api/v1/bag/", {"product": slug}, content_type="application/json")
    assert read(client, "/bag/").count("Sold by") == 1
    seller = {"slug": "lamps", "name": "Lamp House", "url": "/sellers/lamps/"}
    assert [line["seller"]["slug"] for line in client.get("/api/v1/bag/").json()["lines"]] == ["lamps", "house"]
    assert client.get("/api/v1/products/lamp/").json()["seller"] == seller
    [listed] = client.get("/api/v1/products/?seller=lamps").json()["results"]
    assert listed["slug"] == "lamp"
    [structured] = re.findall(r'<script type="application/ld\+json"[^>]*>(.+?)</script>', read(client, "/p/lamp/"))
    assert json.loads(structured)["offers"]["seller"]["name"] == "Lamp House"
    assert json.loads(structured)["offers"]["seller"]["url"].endswith("/sellers/lamps/")


def test_another_shop_s_goods_name_no_seller(client: Client) -> None:
    make_product("chair", outbound_url="https://shop.example/chair")
    page = read(client, "/p/chair/")
    assert "Sold by another shop" in page and "/sellers/house/" not in page and '"seller"' not in page
