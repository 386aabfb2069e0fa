"""Merchants list products: what they write waits for review, and prices and stock do not."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import User
from catalog.merchants.listing_reviews import ListingDecisionRefused, approve_change, decline_change
from catalog.models import (
    Brand,
    ChangeState,
    ListingChange,
    Merchant,
    MerchantRole,
    Product,
    ProductImage,
    StockMovement,
    Variant,
)
from tests.conftest import client_of
from tests.factories import NOW, make_category, make_member, make_merchant, make_product, make_user, variant_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def lamps() -> Merchant:
    return make_merchant("lamps", name="Lamp House")


@pytest.fixture
def owner(lamps: Merchant) -> User:
    return make_member(lamps)


@pytest.fixture
def client(owner: User) -> Client:
    return client_of(owner)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def reviewer() -> User:
    return make_user()


def a_picture() -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (400, 300), "red").save(file, "PNG")
    return SimpleUploadedFile("lamp.png", file.getvalue(), "image/png")


def new_product(**fields: str) -> dict[str, str]:
    form = {
        "name": "Desk lamp",
        "brand_name": "Luma",
        "category": str(make_category("home").pk),
        "description": "Warm.",
    }
    form |= {"first-sku": "L-1", "first-price_minor": "25.00", "first-opening_stock": "4", "first-is_counted": "on"}
    return form | fields


def text_of(product: Product, **fields: Any) -> dict[str, Any]:
    """Return the form of a product's page as it is rendered, with changes."""
    shown = {"name": product.name, "brand_name": product.brand.name, "category": str(product.category_id)}
    shown["description"] = product.description
    form = {f"initial-{name}": value for name, value in shown.items()} | shown
    for place in range(3):
        name = product.option_names[place] if place < len(product.option_names) else ""
        form |= {f"option_names_{place}": name, f"initial-option_names_{place}": name}
    return form | fields


def wait_for(product: Product) -> ListingChange:
    return ListingChange.objects.get(product=product, state=ChangeState.IN_REVIEW)


def approve(product: Product, by: User) -> None:
    change = wait_for(product)
    approve_change(change_id=change.pk, version=change.version, decided_by=by, now=NOW)


def is_public(product: Product) -> bool:
    """Return whether anybody finds the product: by its page, the API, search, its brand, or by ordering it."""
    anybody = Client()
    answers = [anybody.get(f"/p/{product.slug}/"), anybody.get(f"/api/v1/products/{product.slug}/")]
    slugs = [row["slug"] for row in anybody.get("/api/v1/products/").json()["results"]]
    opened = {answer.status_code == 200 for answer in answers} | {product.slug in slugs}
    for address in (f"/search/?q={product.name}", "/sitemap-products.xml", f"/brands/{product.brand.slug}/"):
        opened.add(f"/p/{product.slug}/" in anybody.get(address).content.decode())
    order = {"items": [{"product": product.slug, "quantity": 1}], "email": "a@example.com"}
    opened.add(product.name in anybody.post("/api/v1/checkout/", order, "application/json").content.decode())
    bag = anybody.post("/bag/", {"product": product.slug, "quantity": "1"}, follow=True)
    opened.add(product.name in bag.content.decode())
    assert len(opened - {False}) < 2
    return True in opened


def test_a_new_product_is_public_once_it_is_approved(
    client: Client, lamps: Merchant, owner: User, reviewer: User
) -> None:
    answer = client.post("/merchant/new-product/", new_product(new_picture=a_picture()))  # type: ignore[arg-type]
    product = Product.objects.get(name="Desk lamp")
    assert answer["Location"] == f"/merchant/products/{product.slug}/"
    assert (product.merchant, product.is_listed, product.is_reviewed, product.is_active) == (lamps, True, False, False)
    assert Client().get(f"/p/{product.slug}/").status_code != 200
    assert not Brand.objects.filter(name="Luma").exists()
    change = wait_for(product)
    assert (change.is_new, change.values, change.sent_by) == (True, {"brand": "Luma"}, owner)
    variant = variant_of(product)
    assert (variant.merchant, variant.sku, variant.price_minor, variant.stock) == (lamps, "L-1", 2500, 4)
    assert StockMovement.objects.get(variant=variant).created_by == owner

    approve(product, reviewer)
    product.refresh_from_db()
    assert (product.is_active, product.brand.name, product.images.count()) == (True, "Luma", 1)
    assert Client().get(f"/p/{product.slug}/").status_code == 200


def test_nobody_learns_of_a_product_that_is_not_reviewed(lamps: Merchant) -> None:
    product = make_product("secret-lamp", name="Secret lamp", merchant=lamps)
    assert is_public(product)
    Product.objects.filter(pk=product.pk).update(is_reviewed=False)
    assert not is_public(product)


def test_the_present_text_stays_until_a_change_is_approved(
    client: Client, lamps: Merchant, owner: User, reviewer: User
) -> None:
    product = make_product(merchant=lamps, name="Desk lamp", description="Warm.")
    client.post(f"/merchant/products/{product.slug}/", text_of(product, name="Floor lamp", brand_name="Luma"))
    product.refresh_from_db()
    assert (product.name, product.brand.name, product.is_active) == ("Desk lamp", "North", True)
    assert wait_for(product).values == {"name": "Floor lamp", "brand": "Luma"}
    page = client.get(f"/merchant/products/{product.slug}/").content.decode()
    assert 'value="Floor lamp"' in page and "Changes wait for review" in page

    approve(product, reviewer)
    product.refresh_from_db()
    assert (product.name, product.brand.name, product.description) == ("Floor lamp", "Luma", "Warm.")
    assert ListingChange.objects.get().previous == {"name": "Desk lamp", "brand": "North", "pictures": []}


def test_two_members_change_different_fields_and_both_wait(client: Client, lamps: Merchant) -> None:
    product = make_product(merchant=lamps, name="Desk lamp", description="Warm.")
    stale = text_of(product)
    client.post(f"/merchant/products/{product.slug}/", stale | {"name": "Floor lamp"})
    other = client_of(make_member(lamps, MerchantRole.MANAGER))
    assert other.post(f"/merchant/products/{product.slug}/", stale | {"description": "Bright."}).status_code == 302
    assert wait_for(product).values == {"name": "Floor lamp", "description": "Bright."}
    assert other.post(f"/merchant/products/{product.slug}/", stale | {"name": "Lamp"}).status_code == 422
    assert wait_for(product).values["name"] == "Floor lamp"


def test_taking_a_change_back_leaves_nothing_to_review(client: Client, lamps: Merchant) -> None:
    product = make_product(merchant=lamps, name="Desk lamp")
    address = f"/merchant/products/{product.slug}/"
    client.post(address, text_of(product, name="Floor lamp"))
    client.post(address, text_of(product) | {"initial-name": "Floor lamp"})
    assert not ListingChange.objects.exists()


def test_a_declined_product_is_sent_again_by_changing_it(client: Client, reviewer: User) -> None:
    client.post("/merchant/new-product/", new_product())
    product, change = Product.objects.get(), wait_for(Product.objects.get())
    decline_change(change_id=change.pk, version=change.version, reason="Name the size.", decided_by=reviewer, now=NOW)
    assert "Name the size." in client.get(f"/merchant/products/{product.slug}/").content.decode()
    assert "Name the size." in client.get("/merchant/products/?show=declined").content.decode()
    form = text_of(product, description="40 cm.") | {"brand_name": "Luma", "initial-brand_name": product.brand.name}
    client.post(f"/merchant/products/{product.slug}/", form)
    product.refresh_from_db()
    assert product.description == "40 cm."
    assert wait_for(product).is_new
    approve(product, reviewer)
    product.refresh_from_db()
    assert (product.is_active, product.brand.name) == (True, "Luma")


def test_a_decision_is_about_what_its_maker_saw(client: Client, lamps: Merchant, reviewer: User) -> None:
    product = make_product(merchant=lamps, name="Desk lamp")
    address = f"/merchant/products/{product.slug}/"
    client.post(address, text_of(product, name="Floor lamp"))
    seen = wait_for(product)
    client.post(address, text_of(product, name="Buy elsewhere") | {"initial-name": "Floor lamp"})
    with pytest.raises(ListingDecisionRefused):
        approve_change(change_id=seen.pk, version=seen.version, decided_by=reviewer, now=NOW)
    product.refresh_from_db()
    assert product.name == "Desk lamp"
    approve(product, reviewer)
    with pytest.raises(ListingDecisionRefused):
        decline_change(change_id=seen.pk, version=2, reason="No.", decided_by=reviewer, now=NOW)


def test_a_picture_is_shown_once_it_is_approved_and_deleted_if_declined(
    client: Client, lamps: Merchant, reviewer: User, media: Path, django_capture_on_commit_callbacks: Any
) -> None:
    product = make_product(merchant=lamps)
    address = f"/merchant/products/{product.slug}/"
    client.post(address, text_of(product, new_picture=a_picture()))
    assert product.images.count() == 0
    assert "-320." not in Client().get(f"/p/{product.slug}/").content.decode()
    change = wait_for(product)
    with django_capture_on_commit_callbacks(execute=True):
        decline_change(change_id=change.pk, version=1, reason="Blurred.", decided_by=reviewer, now=NOW)
    assert not ProductImage.with_waiting.exists() and not list(media.rglob("*.webp"))
    client.post(address, text_of(product, new_picture=a_picture()))
    approve(product, reviewer)
    assert product.images.count() == 1


def test_price_stock_and_sale_change_at_once(client: Client, lamps: Merchant) -> None:
    product = make_product(merchant=lamps)
    variant = variant_of(product)
    address = f"/merchant/products/{product.slug}/variants/{variant.pk}/"
    form = {"sku": "NEW", "price_minor": "15.00", "is_counted": "on", "is_active": "on"}
    assert client.post(address, form).status_code == 302
    movement = {"kind": "received", "number": "5", "reason": "Delivery", "seen_stock": "10", "seen_movement": "0"}
    assert client.post(f"{address}stock/", movement).status_code == 302
    client.post(f"/merchant/products/{product.slug}/sale/", {"sale": "off"})
    product.refresh_from_db()
    assert (product.price_minor, product.stock, product.is_listed, product.is_active) == (1500, 15, False, False)
    client.post(f"/merchant/products/{product.slug}/sale/", {"sale": "on"})
    product.refresh_from_db()
    assert product.is_active and not ListingChange.objects.exists()


def test_new_variants_and_changed_options_wait(client: Client, lamps: Merchant, reviewer: User) -> None:
    product = make_product(merchant=lamps, option_names=["Size"])
    first = variant_of(product)
    Variant.objects.filter(pk=first.pk).update(option_values=["S"], options_key="s")
    address = f"/merchant/products/{product.slug}/variants/"
    values = {"price_minor": "19.99", "is_counted": "on", "is_active": "on"}
    client.post(f"{address}{first.pk}/", values | {"option_values_0": "M"})
    client.post(f"{address}new/", values | {"option_values_0": "L", "opening_stock": "2"})
    new = product.variants.exclude(pk=first.pk).get()
    first.refresh_from_db()
    assert first.option_values == ["S"] and (new.is_active, new.is_reviewed, new.stock) == (False, False, 2)
    assert wait_for(product).values == {"options": {str(first.pk): ["M"]}}
    client.post(f"{address}{new.pk}/", values | {"option_values_0": "L"})
    assert not Variant.objects.get(pk=new.pk).is_active
    approve(product, reviewer)
    shown = [tuple(v.option_values) for v in product.variants.filter(is_active=True).in_order()]
    assert shown == [("M",), ("L",)]


def test_two_merchants_have_the_same_sku_and_one_has_it_once(client: Client, lamps: Merchant) -> None:
    rival = make_product(merchant=make_merchant("rival"))
    variant = variant_of(rival)
    variant.sku = "L-1"
    variant.save()
    assert client.post("/merchant/new-product/", new_product()).status_code == 302
    answer = client.post("/merchant/new-product/", new_product(name="Second lamp"))
    assert answer.status_code == 422 and "Desk lamp has this SKU already." in answer.content.decode()
    assert sorted(Variant.objects.filter(sku="L-1").values_list("merchant__slug", flat=True)) == ["lamps", "rival"]


def test_a_merchant_opens_products_of_nobody_else(client: Client, lamps: Merchant) -> None:
    own, rival = make_product(merchant=lamps), make_product(merchant=make_merchant("rival"), name="Rival lamp")
    for other in (rival, make_product(name="House lamp")):
        address, variant = f"/merchant/products/{other.slug}/", variant_of(other)
        pages = [address, f"{address}variants/{variant.pk}/", f"{address}variants/{variant.pk}/stock/"]
        pages += [f"{address}variants/new/", f"/merchant/products/{own.slug}/variants/{variant.pk}/"]
        assert {client.get(page).status_code for page in pages} == {404}
        assert client.post(address, text_of(other, name="Mine")).status_code == 404
        assert client.post(f"{address}sale/", {"sale": "off"}).status_code == 404
        other.refresh_from_db()
        assert other.is_active and other.name != "Mine"
    page = client.get("/merchant/products/").content.decode()
    assert own.name in page and "Rival lamp" not in page and "House lamp" not in page
    assert "Rival" not in client.get("/merchant/products/products.csv").content.decode()


def test_packers_have_no_part_in_products(lamps: Merchant) -> None:
    product, packer = make_product(merchant=lamps), client_of(make_member(lamps, MerchantRole.PACKER))
    for page in ("", f"{product.slug}/", "products.csv"):
        assert packer.get(f"/merchant/products/{page}").status_code == 403
    assert packer.post("/merchant/new-product/", new_product()).status_code == 403
    assert Product.objects.get() == product
