"""A suspended merchant's products are off sale everywhere at once, and back exactly as they were when it is restored."""

import pytest
from django.test import Client

from catalog.models import Merchant, MerchantState, PriceChange, Product
from feed.page.cache import clear_caches
from tests.catalog.merchants.test_listings import is_public
from tests.conftest import client_of
from tests.factories import make_member, make_merchant, make_product, variant_of
from tests.feed.watching import make_watchable_clip, read_feed

pytestmark = pytest.mark.django_db


@pytest.fixture
def lamps() -> Merchant:
    return make_merchant("lamps")


def move(merchant: Merchant, state: MerchantState) -> None:
    old = Merchant.objects.values_list("state", flat=True).get(pk=merchant.pk)
    assert Merchant.objects.move(merchant.pk, old, state)


def suspend(merchant: Merchant) -> None:
    move(merchant, MerchantState.SUSPENDED)


def restore(merchant: Merchant) -> None:
    move(merchant, MerchantState.APPROVED)


def on_sale() -> dict[str, bool]:
    return dict(Product.objects.values_list("slug", "is_active"))


def read_tags() -> dict[str, bool]:
    """Return whether the products of the feed's only clip can be bought, by slug."""
    clear_caches()
    (clip,) = read_feed(Client())["clips"]
    return {tag["product"]["slug"]: tag["product"]["is_in_stock"] for tag in clip["tags"]}


def test_everything_of_a_suspended_merchant_is_off_sale_at_once(lamps: Merchant) -> None:
    lamp, vase = make_product("lamp", name="Brass lamp", merchant=lamps), make_product("vase")
    assert is_public(lamp)
    buyer = Client()
    assert "Brass lamp" in buyer.post("/bag/", {"product": "lamp", "quantity": "1"}, follow=True).content.decode()
    suspend(lamps)
    lamp.refresh_from_db()
    assert (lamp.is_active, lamp.is_listed, Product.objects.get(pk=vase.pk).is_active) == (False, True, True)
    anybody = Client()
    assert anybody.get("/p/lamp/").status_code == anybody.get("/api/v1/products/lamp/").status_code == 404
    assert "/p/lamp/" not in anybody.get("/search/?q=brass").content.decode()
    line = buyer.get("/api/v1/bag/").json()["lines"][0]
    assert (line["is_available"], bool(line["problem"])) == (False, True)
    order = {"items": [{"product": "lamp", "quantity": 1}], "email": "a@example.com"}
    assert anybody.post("/api/v1/checkout/", order, "application/json").status_code >= 400
    assert variant_of(lamp).stock == 10


def test_cards_in_the_feed_say_that_it_is_not_available(lamps: Merchant) -> None:
    make_watchable_clip(products=[make_product("lamp", merchant=lamps), make_product("vase")])
    before = read_tags()
    suspend(lamps)
    assert (before, read_tags()) == ({"lamp": True, "vase": True}, {"lamp": False, "vase": True})


def test_restoring_puts_on_sale_what_was_on_sale_and_what_members_put_on_sale_since(lamps: Merchant) -> None:
    for slug, is_listed in [("on", True), ("off", False), ("taken-off", True), ("put-on", False)]:
        make_product(slug, merchant=lamps, is_listed=is_listed)
    make_product("unreviewed", merchant=lamps, is_reviewed=False)
    before = on_sale()
    assert before == {"on": True, "off": False, "taken-off": True, "put-on": False, "unreviewed": False}
    suspend(lamps)
    assert set(on_sale().values()) == {False}
    owner = client_of(make_member(lamps))
    owner.post("/merchant/products/taken-off/sale/", {"sale": "off"})
    owner.post("/merchant/products/put-on/sale/", {"sale": "on"})
    assert set(on_sale().values()) == {False}
    restore(lamps)
    assert on_sale() == before | {"taken-off": False, "put-on": True}


def test_a_product_that_is_added_or_saved_meanwhile_is_off_sale(lamps: Merchant) -> None:
    lamp = make_product("lamp", merchant=lamps)
    stale = Product.objects.get(pk=lamp.pk)
    suspend(lamps)
    stale.description = "Brass."
    stale.save()
    make_product("later", merchant=lamps)
    assert on_sale() == {"lamp": False, "later": False}
    restore(lamps)
    assert on_sale() == {"lamp": True, "later": True}


def test_prices_of_a_suspension_were_not_offered(lamps: Merchant) -> None:
    lamp = make_product("lamp", merchant=lamps)
    suspend(lamps)
    restore(lamps)
    offered = PriceChange.objects.filter(variant__product=lamp).order_by("pk").values_list("was_offered", flat=True)
    assert list(offered) == [True, False, True]
