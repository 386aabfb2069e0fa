"""Merchants import their own catalogues. Nothing is public before it is reviewed, and nothing of others is touched."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from catalog.merchants.listing_reviews import approve_change, decline_change
from catalog.models import (
    Brand,
    CatalogueSource,
    ChangeState,
    Import,
    ImportState,
    ListingChange,
    Merchant,
    MerchantRole,
    Product,
    Variant,
)
from catalog.tasks import do_import
from tests.catalog.imports.readings import shopify
from tests.catalog.imports.runs import import_text, make_source, sentences_of
from tests.conftest import client_of
from tests.factories import NOW, make_category, make_member, make_merchant, make_product, make_user, variant_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]


@pytest.fixture
def lamps() -> Merchant:
    return make_merchant("lamps")


@pytest.fixture
def source(lamps: Merchant) -> CatalogueSource:
    return make_source("Lamp stock", merchant=lamps)


@pytest.fixture
def client(lamps: Merchant) -> Client:
    return client_of(make_member(lamps))


@pytest.fixture
def reviewer() -> User:
    return make_user()


@pytest.fixture
def works(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do the work of imports at once instead of enqueuing it."""
    for name in ("merchants.import_pages", "import_actions"):
        monkeypatch.setattr(f"catalog.{name}.enqueue_import", do_import)


def wait_for(product: Product) -> ListingChange:
    return ListingChange.objects.get(product=product, state=ChangeState.IN_REVIEW)


def approve_all(reviewer: User) -> None:
    for change in ListingChange.objects.filter(state=ChangeState.IN_REVIEW):
        approve_change(change_id=change.pk, version=change.version, decided_by=reviewer, now=NOW)


def lamp(**cells: str) -> dict[str, str]:
    return {"Handle": "lamp", "Title": "Lamp", "Vendor": "Luma", "Variant SKU": "L-1", "Variant Price": "5.00"} | cells


@pytest.mark.usefixtures("works")
def test_a_member_uploads_checks_maps_and_starts_an_import(client: Client, lamps: Merchant, reviewer: User) -> None:
    file = SimpleUploadedFile(
        "spring.csv",
        shopify(lamp(Type="Lamps"), lamp(Handle="vase", **{"Variant SKU": "L-2", "Variant Price": "soon"})).encode(),
    )
    page = client.post("/merchant/imports/", {"new_source": "Lamp stock", "file": file}, follow=True).content.decode()
    run = Import.objects.get()
    assert (run.state, run.source.merchant, run.source.name) == (ImportState.CHECKED, lamps, "Lamp stock")
    assert "Nothing has been changed yet" in page and "wait for the shop" in page and not Product.objects.exists()
    page = client.post(f"/merchant/imports/{run.pk}/start/", follow=True).content.decode()
    assert "Done" in page and "1 category of the source waits" in page
    assert "“soon” is not a price." in client.get(f"/merchant/imports/{run.pk}/refused.csv").content.decode()
    product, mapping = Product.objects.get(), run.source.mappings.get()
    assert (product.merchant, product.is_reviewed, product.is_listed) == (lamps, False, False)
    choice = {f"category-{mapping.pk}": make_category("home").pk, "save_categories": "1"}
    assert client.post(f"/merchant/imports/sources/{run.source.pk}/", choice).status_code == 302
    product.refresh_from_db()
    assert (product.category.slug, product.is_listed, product.is_active) == ("home", True, False)
    assert not Brand.objects.filter(name="Luma").exists()
    approve_all(reviewer)
    product.refresh_from_db()
    assert (product.is_active, product.brand.name) == (True, "Luma")


def test_text_of_public_products_waits_while_prices_and_stock_change(source: CatalogueSource, reviewer: User) -> None:
    import_text(shopify(lamp()), source)
    approve_all(reviewer)
    run = import_text(shopify(lamp(Title="Floor lamp", **{"Variant Price": "6.00"})), source)
    product = Product.objects.get()
    assert (product.name, product.price_minor, product.is_active) == ("Lamp", 600, True)
    assert wait_for(product).values == {"name": "Floor lamp"}
    assert "Text, options and pictures wait for the shop's review." in sentences_of(run, "1")
    run = import_text(shopify(lamp(Title="Floor lamp", **{"Variant Price": "6.00"})), source)
    assert (run.changed, run.unchanged, wait_for(product).version) == (0, 1, 1)
    approve_all(reviewer)
    assert Product.objects.get().name == "Floor lamp"


def test_a_declined_text_is_not_sent_again_until_the_source_says_something_else(
    source: CatalogueSource, reviewer: User
) -> None:
    import_text(shopify(lamp()), source)
    approve_all(reviewer)
    import_text(shopify(lamp(Title="BEST LAMP")), source)
    change = wait_for(Product.objects.get())
    decline_change(change_id=change.pk, version=1, reason="No capitals.", decided_by=reviewer, now=NOW)
    import_text(shopify(lamp(Title="BEST LAMP")), source)
    assert not ListingChange.objects.filter(state=ChangeState.IN_REVIEW).exists()
    import_text(shopify(lamp(Title="Best lamp")), source)
    assert wait_for(Product.objects.get()).values == {"name": "Best lamp"}


def test_new_variants_of_public_products_wait(source: CatalogueSource, reviewer: User) -> None:
    sizes: list[dict[str, str]] = [
        lamp(**{"Option1 Name": "Size", "Option1 Value": size, "Variant SKU": f"L-{size}"}) for size in ("S", "M", "L")
    ]
    import_text(shopify(*sizes[:2]), source)
    approve_all(reviewer)
    import_text(shopify(*sizes), source)
    assert [v.is_active for v in Variant.objects.order_by("pk")] == [True, True, False]
    run = import_text(shopify(*sizes), source)
    assert (run.unchanged, Variant.objects.get(sku="L-L").is_reviewed) == (3, False)
    approve_all(reviewer)
    assert [v.is_active for v in Variant.objects.order_by("pk")] == [True, True, True]


def own_csv(**cells: str) -> str:
    row = {"sku": "L-1", "handle": "", "title": "Lamp", "category": "books", "price": "5.00", "stock": "3"} | cells
    return f"{','.join(row)}\n{','.join(row.values())}\n"


@pytest.mark.parametrize("is_house", [True, False])
@pytest.mark.parametrize("way", ["sku", "barcode", "slug", "handle", "key"])
def test_an_import_touches_nothing_of_others(source: CatalogueSource, is_house: bool, way: str) -> None:
    others: dict[str, Any] = {} if is_house else {"merchant": make_merchant("rival")}
    make_category("books")
    if way in ("handle", "key"):
        import_text(shopify(lamp(Handle="brass-lamp")), make_source("Theirs", **others))
        theirs = Product.objects.get()
    else:
        theirs = make_product("brass-lamp", name="Brass lamp", **others)
        variant = variant_of(theirs)
        variant.sku, variant.barcode = "L-1", "9520000006013"
        variant.save()
    before = (Product.objects.filter(pk=theirs.pk).values().get(), list(theirs.variants.values()))
    files = {
        "sku": shopify(lamp(Title="Mine")),
        "barcode": shopify(lamp(Title="Mine", **{"Variant SKU": "B", "Variant Barcode": "9520000006013"})),
        "slug": own_csv(handle="brass-lamp", title="Mine"),
        "handle": shopify(lamp(Handle="brass-lamp", Title="Mine")),
        "key": shopify(lamp(Handle="brass-lamp", Title="Mine", **{"Variant Price": "1.00"})),
    }
    run = import_text(files[way], source)
    assert (run.created, run.changed, run.refused) == (1, 0, 0)
    assert (Product.objects.filter(pk=theirs.pk).values().get(), list(theirs.variants.values())) == before
    mine = Product.objects.exclude(pk=theirs.pk).get()
    assert (mine.merchant_id, mine.slug != theirs.slug) == (source.merchant_id, True)
    assert theirs.name not in " ".join(sentences_of(run, "1"))


def test_the_house_leaves_goods_of_merchants_alone(source: CatalogueSource) -> None:
    import_text(shopify(lamp()), source)
    run = import_text(shopify(lamp(Title="House lamp")), make_source("House stock"))
    assert run.created == 1
    assert dict(Product.objects.values_list("name", "merchant__slug")) == {"Lamp": "lamps", "House lamp": "house"}


def test_exported_products_of_a_merchant_come_back_unchanged(
    client: Client, source: CatalogueSource, reviewer: User
) -> None:
    make_product("house-lamp", name="House lamp")
    import_text(shopify(lamp(), lamp(Handle="vase", Title="Vase", **{"Variant SKU": "V"})), source)
    approve_all(reviewer)
    exported = client.get("/merchant/products/products.csv").content.decode()
    assert "Vase" in exported and "House lamp" not in exported
    run = import_text(exported, source)
    assert (run.created, run.changed, run.unchanged, ListingChange.objects.filter(state="in_review").count()) == (
        *(0, 0, 2),
        0,
    )


def test_members_open_imports_of_nobody_else(client: Client, lamps: Merchant) -> None:
    rival = make_source("Theirs", merchant=make_merchant("rival"))
    for other in (rival, make_source("House stock")):
        run = import_text(shopify(lamp()), other)
        for page in (f"{run.pk}/", f"{run.pk}/refused.csv", f"sources/{other.pk}/"):
            assert client.get(f"/merchant/imports/{page}").status_code == 404
        assert client.post(f"/merchant/imports/{run.pk}/start/").status_code == 404
        file = SimpleUploadedFile("a.csv", shopify(lamp()).encode())
        assert client.post("/merchant/imports/", {"source": other.pk, "file": file}).status_code == 422
    assert "Theirs" not in client.get("/merchant/imports/").content.decode()
    packer = client_of(make_member(lamps, MerchantRole.PACKER))
    assert packer.get("/merchant/imports/").status_code == 403


def test_two_merchants_name_their_sources_alike(client: Client) -> None:
    make_source("Warehouse")
    file = SimpleUploadedFile("a.csv", shopify(lamp()).encode())
    assert client.post("/merchant/imports/", {"new_source": "Warehouse", "file": file}).status_code == 302
    assert sorted(CatalogueSource.objects.values_list("merchant__slug", flat=True)) == ["house", "lamps"]


@pytest.mark.usefixtures("works")
def test_a_merchant_lists_nothing_that_another_shop_sells(source: CatalogueSource) -> None:
    text = (
        "ID,Type,SKU,Name,Published,Regular price,External URL\n1,external,S-1,Stove,1,5.00,https://stoves.example/s1\n"
    )
    run = import_text(text, source)
    assert sentences_of(run, "1") == ["It is sold by another shop. What you sell here is bought here."]
    assert (run.refused, Product.objects.count()) == (1, 0)
