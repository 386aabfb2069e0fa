"""Variants: what products say about them, what is stored twice, and what processes of the version before may write."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client

from catalog.models import PriceChange, Product, Variant
from tests.factories import make_product, make_variants, variant_of

pytestmark = pytest.mark.django_db


def sums_of(product: Product) -> tuple[int, bool, int]:
    product.refresh_from_db()
    return product.price_minor, product.prices_vary, product.stock


def age_prices(days: int) -> None:
    """Let all prices be this much older."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_pricechange SET changed_at = changed_at - make_interval(days => %s)", [days])


def test_new_product_has_a_variant_with_its_price_and_stock() -> None:
    product = make_product("mug", price_minor=1500, stock=4)
    variant = variant_of(product)
    assert (variant.price_minor, variant.stock, variant.full_name) == (1500, 4, "Mug")
    assert list(variant.stock_movements.values_list("kind", "change", "stock_after")) == [("opening", 4, 4)]


def test_product_says_the_lowest_price_that_can_be_bought() -> None:
    product = make_product("shirt", price_minor=2000, stock=3)
    small, medium, large = make_variants(product, "S", "M", "L")
    assert sums_of(product) == (2000, False, 9)
    Variant.objects.filter(pk=small.pk).update(price_minor=1500)
    assert sums_of(product) == (1500, True, 9)
    Variant.objects.filter(pk=small.pk).update(stock=0)
    assert sums_of(product) == (2000, False, 6)  # the cheapest is sold out
    Variant.objects.filter(pk=medium.pk).update(is_active=False)
    assert sums_of(product) == (2000, False, 3)
    Variant.objects.filter(pk=large.pk).update(is_counted=False)
    assert sums_of(product)[2] == 1_000_000_000
    Variant.objects.filter(pk=large.pk).update(is_counted=True, stock=0)
    assert sums_of(product) == (1500, True, 0)  # all sold out: the lowest price of those on sale
    large.delete()
    assert sums_of(product) == (1500, False, 0)


def test_price_and_stock_of_the_only_variant_can_be_written_through_the_product() -> None:
    product = make_product("mug", price_minor=1500, stock=4)
    Product.objects.filter(pk=product.pk).update(price_minor=1700, stock=3)
    variant = variant_of(product)
    assert (variant.price_minor, variant.stock) == (1700, 3)
    make_variants(product, "S", "M")
    with pytest.raises(IntegrityError, match="those of its variants"), transaction.atomic():
        Product.objects.filter(pk=product.pk).update(price_minor=100)
    assert sums_of(product) == (1700, False, 6)


@pytest.mark.parametrize("sku", ["AB-1", " ab-1 ", "Ab-1\u200b"])
def test_sku_belongs_to_one_variant(sku: str) -> None:
    first, second = make_variants(make_product("shirt"), "S", "M")
    first.sku = "AB-1"
    first.save()
    second.sku = sku
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save()
    assert Variant.objects.get(pk=second.pk).sku == ""


def test_options_are_unique_within_a_product() -> None:
    product = make_product("shirt")
    make_variants(product, "S", "M")
    with pytest.raises(IntegrityError), transaction.atomic():
        Variant.objects.create(product=product, option_values=[" s"], price_minor=100)
    assert product.variants.count() == 2


def test_reference_is_the_lowest_price_of_thirty_days_that_could_be_paid() -> None:
    variant = variant_of(make_product("mug", price_minor=8000))

    def set_price(minor: int) -> int | None:
        Variant.objects.filter(pk=variant.pk).update(price_minor=minor)
        return Variant.objects.get(pk=variant.pk).reference_minor

    age_prices(10)
    assert set_price(10_000) is None  # dearer: no reduction
    age_prices(5)
    assert set_price(9_000) == 8_000  # the shop asked 80 two weeks ago
    age_prices(40)
    assert set_price(9_000) == 8_000  # unchanged: no row, same reference
    assert PriceChange.objects.filter(variant=variant).count() == 3
    assert set_price(8_500) == 9_000  # 80 is older than 30 days


def test_prices_that_nobody_could_pay_are_no_reference() -> None:
    product = make_product("mug", price_minor=1_000, is_active=False)
    variant = variant_of(product)
    age_prices(3)
    Variant.objects.filter(pk=variant.pk).update(price_minor=10_000)
    Product.objects.filter(pk=product.pk).update(is_active=True)
    age_prices(3)
    Variant.objects.filter(pk=variant.pk).update(price_minor=9_000)
    assert Variant.objects.get(pk=variant.pk).reference_minor == 10_000


def test_verify_stock_names_what_differs() -> None:
    variant = variant_of(make_product("mug", stock=4))
    call_command("verify_stock", stdout=StringIO())
    Variant.objects.filter(pk=variant.pk).update(stock=3)
    out = StringIO()
    with pytest.raises(CommandError, match="1"):
        call_command("verify_stock", stdout=out)
    assert "3 in stock, but its movements add up to 4" in out.getvalue()


def test_api_lists_the_variants_on_sale(client: Client) -> None:
    product = make_product("shirt", price_minor=2000, stock=3)
    small, medium, large = make_variants(product, "S", "M", "L")
    Variant.objects.filter(pk=medium.pk).update(is_active=False)
    Variant.objects.filter(pk=large.pk).update(stock=0, price_minor=2500)
    body = client.get("/api/v1/products/shirt/").json()
    assert (body["option_names"], body["price"]["amount_minor"], body["prices_vary"]) == (["Size"], 2000, False)
    assert [(row["id"], row["options"], row["is_in_stock"], row["stock"]) for row in body["variants"]] == [
        (small.pk, ["S"], True, 3),
        (large.pk, ["L"], False, 0),
    ]
