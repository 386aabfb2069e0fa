"""The options that somebody bought last."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Variant
from shop.models import Address, Order
from shop.refunds import plan_refund
from tests.factories import make_product, make_variants
from tests.shop.conftest import buy

pytestmark = pytest.mark.django_db


def make_sized(slug: str, *sizes: str, option: str = "Size") -> list[Variant]:
    product = make_product(slug, stock=9)
    variants = make_variants(product, *sizes)
    type(product).objects.filter(pk=product.pk).update(option_names=[option])
    return variants


def buy_variant(client: Client, variant: Variant, key: str) -> Order:
    body = {"product": variant.product.slug, "variant": variant.pk, "quantity": 1}
    assert client.post("/api/v1/bag/", body, content_type="application/json").status_code == 200
    return Order.objects.get(code=buy(client, {}, key=key).json()["code"])


def read(client: Client) -> Any:
    return client.get("/api/v1/viewer/options/").json()


def options_of_page(client: Client, slug: str) -> Any:
    page = client.get(f"/p/{slug}/").content.decode()
    data = re.search(r'<script id="variants" type="application/json">(.*?)</script>', page)
    assert data
    return json.loads(data[1])["lastOptions"]


def test_last_options_are_those_of_kept_orders_the_newest_first(
    as_shopper: Client, saved_address: Address, client: Client
) -> None:
    shirt, shoe = make_sized("shirt", "S", "M"), make_sized("shoe", "42", "43", option=" SIZE ")
    assert read(as_shopper) == {}
    buy_variant(as_shopper, shirt[1], "key-0001")
    order = buy_variant(as_shopper, shoe[0], "key-0002")
    assert read(as_shopper) == options_of_page(as_shopper, "shirt") == {"size": ["42", "M"]}
    assert (client.get("/api/v1/viewer/options/").status_code, options_of_page(Client(), "shirt")) == (403, {})
    line = order.lines.get()
    plan_refund(order_id=order.pk, quantities={line.pk: 1}, created_by=None, now=timezone.now())
    assert read(as_shopper) == {"size": ["M"]}
