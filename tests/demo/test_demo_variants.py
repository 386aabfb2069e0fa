"""Goods of the demo shop in several sizes and colours."""

import pytest
from django.core.management import call_command

from catalog.models import Product, Variant
from catalog.reductions import find_reductions
from demo.catalogue import create_variants
from demo.datasets import PRODUCTS
from demo.records import DemoProduct
from tests.factories import make_product

pytestmark = pytest.mark.django_db


def create(record: DemoProduct) -> Product:
    product = make_product(record.slug, price_minor=record.price_minor, stock=0, option_names=list(record.option_names))
    create_variants(product, record.variants)
    product.refresh_from_db()
    return product


def test_goods_have_variants_some_sold_out_and_one_reduced() -> None:
    records = [record for record in PRODUCTS if record.variants]
    products = [create(record) for record in records]
    assert [product.stock for product in products] == [record.stock for record in records]
    assert [product.price_minor for product in products] == [record.price_minor for record in records]
    variants = Variant.objects.filter(product__in=products).select_related("product")
    assert variants.filter(stock=0).count() == 2
    [reduction] = find_reductions(variants).values()
    assert (reduction.is_proven, reduction.percent) == (True, 11)
    call_command("verify_stock")
