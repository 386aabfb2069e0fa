"""Products of other shops: signed links lead only to the stored URL, and the products are never sold here."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.signing import TimestampSigner
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.models import Product
from catalog.outbound import outbound_address
from shop.models import Address, BagLine, Click, Order
from tests.factories import make_category, make_product, make_published_clip, make_waiting_clip
from tests.shop.conftest import buy, token_of
from videos.models import Clip
from videos.playback.impressions import Serving, issue_token
from videos.playback.viewer_cookie import make_key_for_one_request

pytestmark = pytest.mark.django_db
SHOP = "https://plants.example/monstera?from=clips"


@pytest.fixture
def plant() -> Product:
    return make_product("monstera", name="Monstera", outbound_url=SHOP)


@pytest.fixture
def clip(plant: Product) -> Clip:
    return make_published_clip(products=[plant, make_product()])


def test_link_leads_to_the_stored_url_and_records_the_click(
    as_shopper: Client, shopper: User, plant: Product, clip: Clip
) -> None:
    token = token_of(clip, as_shopper)
    link = as_shopper.get("/api/v1/products/monstera/", {"seen": token}).json()["outbound"]
    assert link.startswith("/out/")
    response = as_shopper.get(link + "?url=https://evil.example/&next=https://evil.example/")
    assert (response.status_code, response["Location"]) == (302, SHOP)
    assert "no-store" in response["Cache-Control"] and "noindex" in response["X-Robots-Tag"]
    click = Click.objects.get()
    assert (click.clip, click.product, click.user, click.revision) == (clip, plant, shopper, clip.revisions.get())


def test_changed_url_is_used_at_once(client: Client, plant: Product, clip: Clip) -> None:
    link = outbound_address(plant.pk, seen=token_of(clip, client))
    Product.objects.filter(pk=plant.pk).update(outbound_url="https://garden.example/")
    assert client.get(link)["Location"] == "https://garden.example/"


def test_no_click_is_recorded_without_a_clip_or_for_head(client: Client, plant: Product, clip: Clip) -> None:
    assert client.get(outbound_address(plant.pk))["Location"] == SHOP
    assert client.head(outbound_address(plant.pk, seen=token_of(clip, client))).status_code == 302
    assert client.get(outbound_address(plant.pk, seen="made-up"))["Location"] == SHOP
    assert Click.objects.count() == 0


def test_unpublished_clip_is_not_credited(client: Client, plant: Product) -> None:
    hidden = make_waiting_clip(products=[plant, make_product()])
    assert client.get(outbound_address(plant.pk, seen=token_of(hidden, client))).status_code == 302
    assert Click.objects.count() == 0


@pytest.mark.parametrize(
    "change", [lambda link: link[:-3] + "xx/", lambda link: "/out/https://evil.example/", str.upper]
)
def test_tampered_link_is_404(client: Client, plant: Product, clip: Clip, change: Any) -> None:
    assert client.get(change(outbound_address(plant.pk, seen=token_of(clip, client)))).status_code == 404
    assert Click.objects.count() == 0


def test_token_signed_for_another_purpose_is_404(client: Client, plant: Product) -> None:
    foreign = TimestampSigner(salt="something.else").sign_object([plant.pk, ""])
    assert client.get(f"/out/{foreign}/").status_code == 404


def test_link_expires(client: Client, plant: Product, clip: Clip, monkeypatch: pytest.MonkeyPatch) -> None:
    link = outbound_address(plant.pk, seen=token_of(clip, client))
    monkeypatch.setattr("catalog.outbound.VALID_FOR", timedelta(seconds=-1))
    assert client.get(link).status_code == 404
    assert Click.objects.count() == 0


@pytest.mark.parametrize("fields", [{"is_active": False}, {"outbound_url": ""}, {"category": "adults"}])
def test_product_no_longer_on_offer_is_404(client: Client, plant: Product, clip: Clip, fields: dict[str, Any]) -> None:
    if fields.get("category"):
        fields = {"category": make_category("adults", is_age_restricted=True)}
    link = outbound_address(plant.pk, seen=token_of(clip, client))
    Product.objects.filter(pk=plant.pk).update(**fields)
    assert client.get(link).status_code == 404
    assert Click.objects.count() == 0


def test_product_of_another_shop_cannot_be_added_to_the_bag(as_shopper: Client, plant: Product) -> None:
    message = "Monstera is sold by another shop. You can't buy it here."
    response = as_shopper.post("/bag/", {"product": "monstera", "quantity": 1, "then": "checkout"}, follow=True)
    assert message in unescape(response.content.decode())
    response = as_shopper.post("/api/v1/bag/", {"product": "monstera", "quantity": 1}, content_type="application/json")
    assert (response.status_code, response.json()["detail"]) == (409, message)
    assert BagLine.objects.count() == 0


def test_it_cannot_be_bought(as_shopper: Client, saved_address: Address, plant: Product, clip: Clip) -> None:
    response = buy(as_shopper, {"product": "monstera", "quantity": 1, "seen": token_of(clip, as_shopper)})
    assert (response.status_code, response.json()["detail"]) == (
        409,
        "Monstera is sold by another shop. You can't buy it here.",
    )
    plant.refresh_from_db()
    assert (Order.objects.count(), plant.stock) == (0, 10)


def test_what_lay_in_the_bag_before_is_not_sold_either(as_shopper: Client, saved_address: Address) -> None:
    mug = make_product("mug")
    as_shopper.post("/bag/", {"product": "mug", "quantity": 1})
    Product.objects.filter(pk=mug.pk).update(outbound_url=SHOP)
    assert "Now sold by another shop" in as_shopper.get("/bag/").content.decode()
    assert buy(as_shopper, {}).status_code == 409
    assert Order.objects.count() == 0


def test_pages_offer_the_other_shop_instead_of_buying(client: Client, plant: Product, clip: Clip) -> None:
    token = token_of(clip, client)
    page = unescape(client.get("/p/monstera/", {"seen": token}).content.decode())
    assert "Go to shop" in page and "Buy now" not in page
    link = page.split('href="/out/')[1].split('"')[0]
    assert client.get(f"/out/{link}")["Location"] == SHOP
    assert Click.objects.get().clip == clip


def test_only_an_https_address_is_taken(admin_client: Client, plant: Product) -> None:
    form = {
        "name": plant.name, "slug": plant.slug, "brand": plant.brand_id, "category": plant.category_id,
        "description": "", "price_minor": 1999, "currency": "USD", "stock": 3, "is_listed": "on",
        "images-TOTAL_FORMS": 0, "images-INITIAL_FORMS": 0,
    }  # fmt: skip
    address = f"/admin/catalog/product/{plant.pk}/change/"
    for bad in ("http://plants.example/", "javascript:alert(1)", "ftp://plants.example/"):
        assert "errorlist" in admin_client.post(address, {**form, "outbound_url": bad}).content.decode()
        with pytest.raises(IntegrityError), transaction.atomic():
            Product.objects.filter(pk=plant.pk).update(outbound_url=bad)
    plant.refresh_from_db()
    assert plant.outbound_url == SHOP
    assert admin_client.post(address, {**form, "outbound_url": "https://other.example/"}).status_code == 302
    plant.refresh_from_db()
    assert plant.outbound_url == "https://other.example/"


def test_feed_says_that_another_shop_sells_it(client: Client, plant: Product) -> None:
    from tests.feed.watching import make_watchable_clip

    make_watchable_clip(None, None, [plant, make_product("mug")])
    page = client.get("/")
    assert "/out/" in page.content.decode() and "Go to shop" in page.content.decode()
    [clip] = client.get("/api/v1/feed/").json()["clips"]
    assert [tag["product"]["is_outbound"] for tag in clip["tags"]] == [True, False]


def test_click_by_the_signed_way_is_as_old_as_it_is(client: Client, plant: Product, clip: Clip) -> None:
    old = token_of(clip, client, timezone.now() - timedelta(days=3))
    assert client.get(outbound_address(plant.pk, seen=old)).status_code == 302
    assert Click.objects.count() == 0


def test_link_on_a_page_of_another_site_leads_there_and_earns_nothing(
    as_shopper: Client, plant: Product, clip: Clip
) -> None:
    link = outbound_address(plant.pk, seen=token_of(clip, as_shopper))
    for site in ("cross-site", "same-site"):
        assert as_shopper.get(link, headers={"sec-fetch-site": site})["Location"] == SHOP
    assert Click.objects.count() == 0
    assert as_shopper.get(link, headers={"sec-fetch-site": "same-origin"})["Location"] == SHOP
    assert Click.objects.count() == 1


@pytest.mark.parametrize("site", ["cross-site", "same-origin", "none"])
def test_link_with_a_token_that_names_nobody_earns_nothing(
    client: Client, as_shopper: Client, plant: Product, clip: Clip, settings: Any, site: str
) -> None:
    """Before consent, anybody gets such tokens, and could let others follow the link, also by way of our sign-in page."""
    settings.FEED_ASKS_CONSENT = True
    serving = Serving(make_key_for_one_request(), clip.pk, timezone.now(), 0, "")
    link = client.get("/api/v1/products/monstera/", {"seen": issue_token(serving)}).json()["outbound"]
    assert as_shopper.get(link, headers={"sec-fetch-site": site})["Location"] == SHOP
    assert Click.objects.count() == 0
