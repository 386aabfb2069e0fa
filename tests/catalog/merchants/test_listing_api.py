"""Merchants' own systems list products by the API, under the same rules as the pages."""

from typing import Any

import pytest
from django.test import Client

from catalog.models import ChangeState, ListingChange, Merchant, MerchantRole, Product, StockMovement
from tests.conftest import client_of
from tests.factories import make_category, make_member, make_merchant, make_product, variant_of

pytestmark = pytest.mark.django_db
LIST = "/api/v1/merchants/lamps/products/"


@pytest.fixture
def lamps() -> Merchant:
    return make_merchant("lamps")


@pytest.fixture
def client(lamps: Merchant) -> Client:
    return client_of(make_member(lamps, MerchantRole.MANAGER))


def send(client: Client, method: str, address: str, body: dict[str, Any], key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return getattr(client, method)(address, body, content_type="application/json", headers=headers)


def new(**fields: Any) -> dict[str, Any]:
    variant = {"sku": "L-1", "price_minor": 2500, "stock": 4}
    return {"name": "Lamp", "brand": "Luma", "category": make_category("home").slug, "variant": variant} | fields


def test_a_product_is_created_once_and_waits(client: Client, lamps: Merchant) -> None:
    answer = send(client, "post", LIST, body := new(), key="lamp")
    assert answer.status_code == 201
    row = answer.json()
    assert (row["is_listed"], row["is_on_sale"], row["is_reviewed"], row["waiting"]) == (
        *(True, False, False),
        {"brand": "Luma"},
    )
    assert (row["variants"][0]["sku"], row["variants"][0]["stock"]) == ("L-1", 4)
    assert send(client, "post", LIST, body, key="lamp").json() == row
    assert send(client, "post", LIST, new(name="Vase"), key="lamp").status_code == 422
    assert send(client, "post", LIST, new(name="Vase")).json() == {"variant": {"sku": ["Lamp has this SKU already."]}}
    assert Product.objects.get().merchant == lamps
    assert [product["slug"] for product in client.get(LIST).json()["results"]] == [row["slug"]]


def test_text_waits_and_price_stock_and_sale_change_at_once(client: Client, lamps: Merchant) -> None:
    product = make_product("lamp", name="Lamp", merchant=lamps)
    variant = variant_of(product)
    row = send(client, "patch", f"{LIST}lamp/", {"name": "Floor lamp", "is_on_sale": False}).json()
    assert (row["name"], row["waiting"], row["is_listed"]) == ("Lamp", {"name": "Floor lamp"}, False)
    address = f"{LIST}lamp/variants/{variant.pk}/"
    row = send(client, "patch", address, {"price_minor": 1500}).json()
    assert (row["price_minor"], row["variants"][0]["price_minor"]) == (1500, 1500)
    movement = {"kind": "received", "number": 3, "reason": "Delivery"}
    for _attempt in range(2):
        assert send(client, "post", f"{address}stock/", movement, key="delivery").json()["stock"] == 13
    refused = send(client, "post", f"{address}stock/", movement | {"kind": "corrected", "number": -99})
    assert (refused.status_code, StockMovement.objects.filter(variant=variant, kind="received").count()) == (409, 1)


def test_new_variants_wait_and_are_not_put_on_sale_before(client: Client, lamps: Merchant) -> None:
    make_product("lamp", merchant=lamps, option_names=["Size"])
    row = send(client, "post", f"{LIST}lamp/variants/", {"option_values": ["L"], "price_minor": 900}).json()
    new_one = row["variants"][-1]
    assert (new_one["is_on_sale"], new_one["is_reviewed"]) == (False, False)
    answer = send(client, "patch", f"{LIST}lamp/variants/{new_one['id']}/", {"is_on_sale": True})
    assert answer.status_code == 409
    assert ListingChange.objects.get().state == ChangeState.IN_REVIEW
    refused = send(client, "post", f"{LIST}lamp/variants/", {"option_values": ["l"], "price_minor": 900})
    assert refused.json() == {"option_values": ["Another variant of this product has these options."]}


def test_products_of_others_are_not_found(client: Client, lamps: Merchant) -> None:
    rival = make_product("rival-lamp", merchant=make_merchant("rival"))
    variant = variant_of(rival).pk
    for base in (LIST, "/api/v1/merchants/rival/products/", "/api/v1/merchants/house/products/"):
        for address in (f"{base}rival-lamp/", f"{base}rival-lamp/variants/{variant}/"):
            assert send(client, "patch", address, {"name": "Mine", "price_minor": 1}).status_code == 404
        assert send(client, "post", f"{base}rival-lamp/variants/{variant}/stock/", {}).status_code == 404
    assert send(client, "post", "/api/v1/merchants/rival/products/", new()).status_code == 404
    rival.refresh_from_db()
    assert (rival.price_minor, Product.objects.count(), ListingChange.objects.count()) == (1999, 1, 0)
    packer = client_of(make_member(lamps, MerchantRole.PACKER))
    assert (packer.get(LIST).status_code, Client().get(LIST).status_code) == (403, 403)
