"""A brand's page: what it sells, for whom, and the clips that show it."""

import pytest
from django.test import Client

from catalog.models import Brand, Product
from tests.conftest import client_of
from tests.factories import NOW, make_category, make_product, make_user
from tests.feed.watching import make_watchable_clip

pytestmark = pytest.mark.django_db


def test_brand_page_shows_products_on_sale_and_their_clips(client: Client) -> None:
    mug, cup = make_product("mug"), make_product("cup", is_active=False)
    other = make_product("lamp", brand=Brand.objects.create(name="South", slug="south"))
    clip = make_watchable_clip(products=[mug, other])
    page = client.get("/brands/north/").content.decode()
    assert "/p/mug/" in page and clip.get_absolute_url() in page
    assert cup.get_absolute_url() not in page and other.get_absolute_url() not in page
    assert client.post("/brands/north/").status_code == 405


def test_brand_without_anything_to_see_is_not_found(client: Client) -> None:
    wine = make_category("wine", is_age_restricted=True)
    make_product("merlot", category=wine)
    assert client.get("/brands/north/").status_code == client.get("/brands/nobody/").status_code == 404
    adult = make_user(adult_confirmed_at=NOW)
    assert "/p/merlot/" in client_of(adult).get("/brands/north/").content.decode()
    assert "/brands/north/" not in client.get("/sitemap-brands.xml").content.decode()
    Product.objects.update(is_active=False)
    assert client_of(adult).get("/brands/north/").status_code == 404


def test_brand_page_comes_in_pages(client: Client) -> None:
    for number in range(30):
        make_product(f"mug-{number}")
    first, last = (client.get(f"/brands/north/?page={number}").content.decode() for number in (1, 2))
    assert (first.count('class="card card--flush'), last.count('class="card card--flush')) == (24, 6)
    assert "30 products" in first and "/brands/north/" in client.get("/sitemap-brands.xml").content.decode()
