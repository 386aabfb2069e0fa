"""What may be said about earlier prices: crossed-out prices and percentages, on pages and in the API."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from catalog.models import PriceChange, Product, Variant
from tests.factories import make_product, make_variants, variant_of

pytestmark = pytest.mark.django_db


def set_price(variant: Variant, minor: int, **columns: Any) -> None:
    Variant.objects.filter(pk=variant.pk).update(price_minor=minor, **columns)


def pass_days(days: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_pricechange SET changed_at = changed_at - make_interval(days => %s)", [days])


def read_variant(client: Client, variant: Variant) -> tuple[int | None, int | None, int]:
    rows = client.get(f"/api/v1/products/{variant.product.slug}/").json()["variants"]
    row = next(row for row in rows if row["id"] == variant.pk)
    amounts = [row[name] and row[name]["amount_minor"] for name in ("compare_at", "lowest_30_days")]
    return amounts[0], amounts[1], row["reduction_percent"]


def read_page(client: Client, slug: str) -> str:
    return client.get(f"/p/{slug}/").content.decode()


def test_reduction_refers_to_the_lowest_price_of_thirty_days(client: Client) -> None:
    variant = variant_of(make_product("lamp", price_minor=10_000))
    pass_days(10)
    set_price(variant, 8_999, compare_at_minor=12_000)
    assert read_variant(client, variant) == (12_000, 10_000, 10)  # 10.01 %, rounded down, and not the seller's 25 %
    page = read_page(client, "lamp")
    assert "<s>$100.00</s>" in page and "−10%" in page and "$120.00" not in page


def test_sale_that_is_dearer_than_before_is_none(client: Client) -> None:
    variant = variant_of(make_product("lamp", price_minor=8_000))
    pass_days(10)
    set_price(variant, 10_000)
    pass_days(5)
    set_price(variant, 9_000, compare_at_minor=10_000)
    assert read_variant(client, variant) == (10_000, 8_000, 0)
    page = read_page(client, "lamp")
    assert "<s>$" not in page and "%" not in page.split("product__offer")[1].split("</form>")[0]
    assert "The seller's price before: $100.00" in page.replace("&#x27;", "'")
    assert "Lowest price in the 30 days before: $80.00" in page


def test_sale_inside_a_sale_refers_to_the_first_sale(client: Client) -> None:
    variant = variant_of(make_product("lamp", price_minor=10_000))
    pass_days(10)
    set_price(variant, 9_000, compare_at_minor=10_000)
    pass_days(5)
    set_price(variant, 7_200)
    assert read_variant(client, variant) == (10_000, 9_000, 20)


def test_price_saved_unchanged_leaves_no_line_and_the_same_reference(client: Client) -> None:
    variant = variant_of(make_product("lamp", price_minor=10_000))
    pass_days(10)
    set_price(variant, 9_000, compare_at_minor=10_000)
    pass_days(40)
    set_price(variant, 9_000)
    assert read_variant(client, variant) == (10_000, 10_000, 10)
    assert PriceChange.objects.count() == 2


def test_price_that_was_only_meant_for_later_never_counts(client: Client) -> None:
    product = make_product("lamp", price_minor=5_000, is_active=False)
    variant = variant_of(product)
    set_price(variant, 10_000)  # the lower price never began
    Product.objects.filter(pk=product.pk).update(is_active=True)
    pass_days(3)
    set_price(variant, 9_000, compare_at_minor=10_000)
    assert read_variant(client, variant) == (10_000, 10_000, 10)


def test_new_product_has_no_reduction(client: Client) -> None:
    variant = variant_of(make_product("lamp", price_minor=9_000))
    set_price(variant, 9_000, compare_at_minor=20_000)
    assert read_variant(client, variant) == (20_000, 9_000, 0)
    assert "<s>$" not in read_page(client, "lamp")


def test_lowest_price_is_looked_up_where_the_price_never_fell(client: Client) -> None:
    variant = variant_of(make_product("lamp", price_minor=8_000))
    pass_days(10)
    set_price(variant, 9_000, compare_at_minor=10_000)
    assert read_variant(client, variant) == (10_000, 8_000, 0)
    pass_days(40)
    assert read_variant(client, variant) == (10_000, 9_000, 0)


@pytest.mark.parametrize("compare_at_minor", [9_000, 100, None])
def test_compare_at_price_that_is_not_higher_says_nothing(client: Client, compare_at_minor: int | None) -> None:
    variant = variant_of(make_product("lamp", price_minor=10_000))
    pass_days(10)
    set_price(variant, 9_000, compare_at_minor=compare_at_minor)
    assert read_variant(client, variant) == (None, None, 0)
    page = read_page(client, "lamp")
    assert "<s>$" not in page and "price before" not in page


def test_reduction_below_one_percent_has_no_percentage(client: Client) -> None:
    variant = variant_of(make_product("lamp", price_minor=10_000))
    pass_days(10)
    set_price(variant, 9_999, compare_at_minor=10_000)
    assert read_variant(client, variant) == (10_000, 10_000, 0)
    page = read_page(client, "lamp")
    assert "<s>$100.00</s>" in page and "−0" not in page


def test_reduction_of_one_variant_never_stands_beside_the_price_of_another(client: Client) -> None:
    product = make_product("shirt", price_minor=3_000)
    small, medium = make_variants(product, "S", "M")
    pass_days(10)
    set_price(medium, 4_000)
    set_price(small, 2_900)
    pass_days(10)
    set_price(medium, 3_500, compare_at_minor=4_000)
    assert read_variant(client, small) == (None, None, 0)
    assert read_variant(client, medium) == (4_000, 3_000, 0)  # 30.00 was asked 20 days ago
    page = read_page(client, "shirt")
    assert "from $29.00" in page and "<s>$" not in page


def test_from_price_is_the_cheapest_that_can_be_bought(client: Client) -> None:
    product = make_product("shirt", price_minor=3_000)
    small, medium, large = make_variants(product, "S", "M", "L")
    set_price(small, 1_000)
    set_price(medium, 2_000)

    def read_price() -> str:
        return str(client.get("/api/v1/products/").json()["results"][0]["price_text"])

    assert read_price() == "from $10.00"
    Variant.objects.filter(pk=small.pk).update(stock=0)
    assert read_price() == "from $20.00"
    Variant.objects.filter(pk=medium.pk).update(is_active=False)
    assert read_price() == "$30.00"
    Variant.objects.filter(pk=large.pk).update(stock=0)
    assert read_price() == "from $10.00"  # all sold out: the lowest of those on sale, and never 0.00
    assert "from $10.00" in client.get("/search/?q=shirt").content.decode()
