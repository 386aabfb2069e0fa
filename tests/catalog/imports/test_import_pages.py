"""The catalogue manager uploads a catalogue in admin, looks at what it would do, and starts it."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from catalog.models import CatalogueSource, CategoryMapping, Import, ImportState, InStockMeaning, Product
from catalog.tasks import do_import
from tests.catalog.imports.readings import FEEDS, item, rss, shopify
from tests.catalog.imports.runs import check_bytes, import_text, make_source
from tests.conftest import client_of
from tests.factories import make_category

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]
UPLOAD = "/admin/catalog/import/upload/"


@pytest.fixture
def as_merchant(merchant: User) -> Client:
    return client_of(merchant)


@pytest.fixture
def works(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do the work of imports at once instead of enqueuing it."""
    for name in ("admin.imports", "import_actions"):
        monkeypatch.setattr(f"catalog.{name}.enqueue_import", do_import)


def url_of(run: Import, end: str = "change/") -> str:
    return f"/admin/catalog/import/{run.pk}/{end}"


def upload(client: Client, data: bytes, source: CatalogueSource) -> Any:
    file = SimpleUploadedFile("spring.csv", data)
    return client.post(UPLOAD, {"source": source.pk, "file": file}, follow=True)


@pytest.mark.usefixtures("works")
def test_upload_is_checked_shown_and_started(as_merchant: Client) -> None:
    data = shopify({"Type": "Pans"}, {"Type": "Pans", "Variant Price": "soon"}).encode()
    page = upload(as_merchant, data, make_source()).content.decode()
    run = Import.objects.get()
    assert (run.state, run.file_name) == (ImportState.CHECKED, "spring.csv")
    assert "Nothing has been changed yet" in page and "Created: 1" in page and "Refused: 1" in page
    assert not Product.objects.exists()
    page = as_merchant.post(url_of(run, "do/start/"), follow=True).content.decode()
    assert "<h2>Done</h2>" in page and "1 category of the source waits to be assigned." in page
    assert not Product.objects.get().is_active
    refused = as_merchant.get(url_of(run, "refused.csv")).content.decode()
    assert "“soon” is not a price." in refused


@pytest.mark.usefixtures("works")
def test_assigned_category_puts_on_sale_what_waited_and_is_remembered(as_merchant: Client) -> None:
    data = shopify({"Type": "Pans"}, {"Type": "Pans", "Status": "draft"}, {"Type": "Pots"}).encode()
    upload(as_merchant, data, make_source())
    as_merchant.post(url_of(Import.objects.get(), "do/start/"))
    assert not Product.objects.filter(is_active=True).exists()
    pans = CategoryMapping.objects.get(words="Pans")
    books = make_category("books")
    response = as_merchant.post(f"/admin/catalog/categorymapping/{pans.pk}/change/", {"category": books.pk})
    assert response.status_code == 302
    assert list(Product.objects.order_by("pk").values_list("category__slug", "is_active")) == [
        *(("books", True), ("books", False), ("not-yet-sorted", False)),
    ]
    upload(as_merchant, data, make_source())
    run = Import.objects.latest("pk")
    assert (run.created, run.changed, run.unchanged) == (0, 0, 3)


def test_file_that_is_no_catalogue_says_so_on_its_page(as_merchant: Client) -> None:
    run = check_bytes((FEEDS / "login_page.csv").read_bytes())
    page = as_merchant.get(url_of(run)).content.decode()
    assert "This is a web page, not a catalogue." in page and "Start the import" not in page


def test_large_drop_asks_on_the_page(as_merchant: Client) -> None:
    import_text(shopify(*({} for _row in range(5))))
    run = check_bytes(shopify({}).encode())
    assert "4 variants that the source had are missing" in as_merchant.get(url_of(run)).content.decode()
    page = as_merchant.post(url_of(run, "do/start/"), follow=True).content.decode()
    run.refresh_from_db()
    assert "Say whether they go off sale." in page and run.state == ImportState.CHECKED
    as_merchant.post(url_of(run, "do/start/"), {"missing": "keep"})
    run.refresh_from_db()
    assert (run.state, run.takes_off_missing) == (ImportState.RUNNING, False)


def test_in_stock_asks_on_the_page(as_merchant: Client) -> None:
    run = check_bytes(rss(item("A")).encode(), make_source("Feed", in_stock_means=InStockMeaning.OPEN))
    assert "“in stock” without a number" in as_merchant.get(url_of(run)).content.decode()


def test_run_is_paused_resumed_and_discarded(as_merchant: Client) -> None:
    run = check_bytes(shopify({}).encode())
    for action, state in (
        *(("pause", "checked"), ("start", "running"), ("discard", "running"), ("pause", "paused")),
        *(("resume", "running"), ("pause", "paused"), ("discard", "failed"), ("start", "failed"), ("leap", "failed")),
    ):
        assert as_merchant.post(url_of(run, f"do/{action}/")).status_code == 302
        run.refresh_from_db()
        assert (action, run.state) == (action, state)


def test_others_may_not_import(as_moderator: Client, as_shopper: Client) -> None:
    run = check_bytes(shopify({}).encode())
    for client, status in ((as_moderator, 403), (as_shopper, 302), (Client(), 302)):
        assert client.post(UPLOAD, {"source": run.source_id}).status_code == status
        assert client.post(url_of(run, "do/start/")).status_code == status
        assert client.get(url_of(run, "refused.csv")).status_code == status
    run.refresh_from_db()
    assert (run.state, Import.objects.count()) == (ImportState.CHECKED, 1)
