"""Products over JSON: current price and stock, subcategories included, nothing that is off sale."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.factories import NOW, make_category, make_product, make_user

pytestmark = pytest.mark.django_db


def slugs(answer: Any) -> list[str]:
    return [product["slug"] for product in answer.json()["results"]]


def test_a_product_shows_its_current_price_and_stock(client: Client) -> None:
    make_product("mug", price_minor=1250, stock=3)
    answer = client.get("/api/v1/products/mug/").json()
    assert answer["price"] == {"amount_minor": 1250, "currency": "USD", "text": "$12.50"}
    assert (answer["stock"], answer["is_in_stock"]) == (3, True)


def test_a_product_off_sale_is_not_found(client: Client) -> None:
    make_product("mug", is_active=False)
    assert client.get("/api/v1/products/mug/").status_code == 404
    assert client.get("/p/mug/").status_code == 404


def test_a_category_lists_products_of_its_subcategories(client: Client) -> None:
    home = make_category("home")
    lamps = make_category("lamps", parent=home)
    make_product("lamp", category=lamps)
    make_product("book")
    assert slugs(client.get("/api/v1/products/?category=home")) == ["lamp"]


def test_every_word_of_a_search_must_match_name_or_brand(client: Client) -> None:
    make_product("blue-mug")
    make_product("blue-lamp")
    assert slugs(client.get("/api/v1/products/?q=north mug")) == ["blue-mug"]


def test_age_restricted_products_are_hidden_until_the_age_is_confirmed(client: Client) -> None:
    wine = make_category("wine", is_age_restricted=True)
    make_product("red-wine", category=wine)
    assert slugs(client.get("/api/v1/products/")) == []
    assert client.get("/p/red-wine/").status_code == 404
    client.force_login(make_user(adult_confirmed_at=NOW))
    assert slugs(client.get("/api/v1/products/")) == ["red-wine"]
    assert client.get("/p/red-wine/").status_code == 200


@pytest.mark.parametrize("count", [1, 12])
def test_a_list_of_products_takes_two_queries_at_any_length(
    client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _index in range(count):
        make_product()
    with django_assert_num_queries(2):
        assert len(slugs(client.get("/api/v1/products/"))) == count
