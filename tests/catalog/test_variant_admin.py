"""Variants in admin: the catalogue manager adds, changes and deletes them, and names what they differ in."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from accounts.models import User
from catalog.models import Product, Variant
from shop.models import Address
from tests.conftest import client_of
from tests.factories import make_product, make_variants, variant_of
from tests.html_forms import read_form
from tests.shop.conftest import buy, saved_address

__all__ = ["saved_address"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(merchant: User) -> Client:
    return client_of(merchant)


@pytest.fixture
def shirt() -> Product:
    product = make_product("shirt", price_minor=2000, stock=5)
    make_variants(product, "S", "M")
    return product


def submit(client: Client, url: str, **typed: Any) -> Any:
    """Open a form, type into it, and send it."""
    form = read_form(client.get(url).content.decode())
    return client.post(url, {**form, **typed})


def add_url(product: Product) -> str:
    return f"/admin/catalog/variant/add/?product={product.pk}"


def change_url(variant: Variant) -> str:
    return f"/admin/catalog/variant/{variant.pk}/change/"


def test_price_typed_while_a_colleague_adds_a_variant_is_refused(manager: Client) -> None:
    product = make_product("mug", price_minor=2000)
    url = f"/admin/catalog/product/{product.pk}/change/"
    form = read_form(manager.get(url).content.decode())
    make_variants(product, "S", "M")
    response = manager.post(url, form | {"price_minor": "25.00", "name": "Large mug"})
    assert (response.status_code, Product.objects.get().name) == (200, "Mug")
    page = response.content.decode()
    assert "The price was not saved: this product has several variants by now." in page and "Large mug" in page
    assert set(product.variants.values_list("price_minor", flat=True)) == {2000}
    assert submit(manager, url, name="Large mug").status_code == 302
    assert Product.objects.get().name == "Large mug"


def test_variant_is_added_to_its_product(manager: Client, shirt: Product) -> None:
    typed = {"option_values_0": " L ", "sku": "shirt-l", "price_minor": "24.00", "opening_stock": "3"}
    answer = submit(manager, add_url(shirt), barcode="4006381333931", weight_g="180", **typed)
    assert answer.status_code == 302, answer.content.decode()
    variant = Variant.objects.get(sku="shirt-l")
    assert (variant.product, variant.option_values, variant.price_minor, variant.stock) == (shirt, ["L"], 2400, 3)
    assert (variant.barcode, variant.weight_g, variant.is_active) == ("4006381333931", 180, True)
    assert variant.stock_movements.get().kind == "received"
    shirt.refresh_from_db()
    assert (shirt.prices_vary, shirt.stock) == (True, 13)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"option_values_0": ""}, "Enter a value for each option."),
        ({"option_values_0": "m"}, "Another variant of this product has these options."),
        ({"sku": " LAMP-1"}, "Lamp has this SKU already."),
        ({"barcode": "4006381333932"}, "This is not a barcode"),
        ({"price_minor": "0"}, "0 is intended"),
    ],
)
def test_variant_with_a_mistake_is_refused_with_a_sentence(
    manager: Client, shirt: Product, typed: dict[str, str], sentence: str
) -> None:
    lamp = variant_of(make_product("lamp"))
    lamp.sku = "lamp-1"
    lamp.save()
    answer = submit(manager, add_url(shirt), **({"option_values_0": "L", "price_minor": "24.00"} | typed))
    assert (answer.status_code, sentence in answer.content.decode()) == (200, True)
    assert Variant.objects.filter(product=shirt).count() == 2


def test_options_are_named_before_a_variant_is_added(manager: Client) -> None:
    product = make_product("mug")
    answer = manager.get(add_url(product), follow=True)
    assert answer.redirect_chain == [(f"/admin/catalog/product/{product.pk}/change/", 302)]
    assert "First enter what the variants of this product differ in" in answer.content.decode()
    url = f"/admin/catalog/product/{product.pk}/change/"
    refused = submit(manager, url, option_names_0="Size", option_names_1=" SIZE")
    assert "Two options have the same name." in refused.content.decode()
    assert submit(manager, url, option_names_0="Colour", option_names_2="Size").status_code == 302
    product.refresh_from_db()
    assert product.option_names == ["Colour", "Size"]
    assert "Another variant" not in manager.get(add_url(product)).content.decode()
    answer = submit(manager, change_url(variant_of(product)), option_values_0="Blue", option_values_1="S")
    assert (answer.status_code, variant_of(product).options_text) == (302, "Blue / S")


def test_options_with_values_are_not_dropped(manager: Client, shirt: Product) -> None:
    url = f"/admin/catalog/product/{shirt.pk}/change/"
    refused = submit(manager, url, option_names_0="")
    assert "Its variants have values for 1 options." in refused.content.decode()
    shirt.refresh_from_db()
    assert shirt.option_names == ["Size"]
    assert submit(manager, url, option_names_0="Grösse").status_code == 302


def test_change_writes_what_was_changed_and_is_in_the_history(manager: Client, shirt: Product) -> None:
    small, _medium = shirt.variants.in_order()
    url = change_url(small)
    form = read_form(manager.get(url).content.decode())
    Variant.objects.filter(pk=small.pk).update(weight_g=90)
    assert manager.post(url, form | {"sku": "s-1", "compare_at_minor": "30"}).status_code == 302
    small.refresh_from_db()
    assert (small.sku, small.sku_key, small.compare_at_minor, small.weight_g) == ("s-1", "s-1", 3000, 90)
    assert (small.option_values, small.price_minor, small.stock) == (["S"], 2000, 5)
    assert "SKU" in LogEntry.objects.get(object_id=str(small.pk)).get_change_message()
    page = manager.get(url).content.decode()
    assert "$20.00" in page and f"/admin/catalog/product/{shirt.pk}/stock/{small.pk}/" in page


def test_page_of_a_variant_lists_its_latest_prices(manager: Client, shirt: Product) -> None:
    small, medium = shirt.variants.in_order()
    Variant.objects.filter(pk=medium.pk).update(price_minor=9900)
    for price_minor in range(3000, 3060):
        Variant.objects.filter(pk=small.pk).update(price_minor=price_minor)
    page = manager.get(change_url(small)).content.decode()
    assert page.count("$30.") == 50 and "$99.00" not in page


def test_price_of_a_product_with_several_variants_is_not_on_its_form(manager: Client, shirt: Product) -> None:
    url = f"/admin/catalog/product/{shirt.pk}/change/"
    page = manager.get(url).content.decode()
    assert 'name="price_minor"' not in page and f"/admin/catalog/variant/?product__id__exact={shirt.pk}" in page
    assert submit(manager, url, name="Linen shirt", price_minor="1.00").status_code == 200
    assert submit(manager, url, name="Linen shirt").status_code == 302
    shirt.refresh_from_db()
    assert (shirt.name, shirt.price_minor) == ("Linen shirt", 2000)
    assert (
        'name="price_minor"' in manager.get(f"/admin/catalog/product/{make_product('mug').pk}/change/").content.decode()
    )


def test_products_and_variants_are_found_by_sku(manager: Client, shirt: Product) -> None:
    make_product("mug")
    small = shirt.variants.in_order()[0]
    small.sku = "S-1"
    small.save()
    page = manager.get("/admin/catalog/product/?q=s-1").content.decode()
    assert "Shirt" in page and "Mug" not in page
    assert change_url(small) in manager.get("/admin/catalog/variant/?q=s-1").content.decode()


def test_variant_that_was_ordered_stays(
    manager: Client, as_shopper: Client, saved_address: Address, shirt: Product
) -> None:
    small, medium = shirt.variants.in_order()
    assert buy(as_shopper, {"product": "shirt", "variant": small.pk}).status_code == 201
    answer = manager.post(f"/admin/catalog/variant/{small.pk}/delete/", {"post": "yes"}, follow=True)
    assert "This variant was ordered, so it stays. Take it off sale instead." in answer.content.decode()
    assert manager.post(f"/admin/catalog/variant/{medium.pk}/delete/", {"post": "yes"}).status_code == 302
    assert list(shirt.variants.all()) == [small]


def test_only_variant_of_a_product_stays(manager: Client) -> None:
    mug = variant_of(make_product("mug"))
    answer = manager.post(f"/admin/catalog/variant/{mug.pk}/delete/", {"post": "yes"}, follow=True)
    assert "A product has one variant at least." in answer.content.decode()
    assert Variant.objects.filter(pk=mug.pk).exists()


def test_moderator_adds_no_variants(as_moderator: Client, shirt: Product) -> None:
    assert as_moderator.get(add_url(shirt)).status_code == 403
