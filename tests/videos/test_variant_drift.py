"""Drift of products with several variants: what sells out is no change of price."""

import pytest

from catalog.models import Product, Variant
from tests.factories import NOW, make_product, make_published_clip, make_variants
from videos.models import Clip, Flag
from videos.review.drift import find_drift, flag_drift

pytestmark = pytest.mark.django_db


@pytest.fixture
def sizes() -> list[Variant]:
    return make_variants(make_product("shirt", price_minor=1900), "S", "L")


@pytest.fixture
def clip(sizes: list[Variant]) -> Clip:
    """A clip of the shirt that was approved when S cost 19.00 and L 29.00."""
    Variant.objects.filter(pk=sizes[1].pk).update(price_minor=2900)
    return make_published_clip(products=[Product.objects.get(slug="shirt"), make_product()])


def test_cheapest_size_that_sells_out_flags_no_clip(clip: Clip, sizes: list[Variant]) -> None:
    Variant.objects.filter(pk=sizes[0].pk).update(stock=0)
    assert Product.objects.get(slug="shirt").price_minor == 2900
    assert (flag_drift(now=NOW), Flag.objects.count()) == (0, 0)
    assert find_drift(clip.tags.select_related("product").get(product__slug="shirt")) is None
    Variant.objects.filter(pk=sizes[0].pk).update(stock=3)
    assert flag_drift(now=NOW) == 0


def test_filmed_price_that_no_size_has_any_more_is_flagged(clip: Clip, sizes: list[Variant]) -> None:
    Variant.objects.filter(pk=sizes[0].pk).update(price_minor=2500)
    assert flag_drift(now=NOW) == 1
    drift = find_drift(clip.tags.select_related("product").get(product__slug="shirt"))
    assert drift is not None and drift.text == "filmed at $19.00, now $25.00"


def test_size_that_was_taken_off_sale_does_not_count(clip: Clip, sizes: list[Variant]) -> None:
    Variant.objects.filter(pk=sizes[0].pk).update(is_active=False)
    assert flag_drift(now=NOW) == 1


def test_large_prices_are_compared_too() -> None:
    product = make_product("watch", price_minor=900_000_000)
    make_published_clip(products=[product, make_product()])
    Product.objects.filter(pk=product.pk).update(price_minor=2_000_000_000)
    assert flag_drift(now=NOW) == 1
