"""The shop's own CSV: exported and imported again, it changes nothing; edited in a spreadsheet, only what was edited."""

import csv
import io

import pytest
from django.test import Client

from accounts.models import User
from catalog.models import PriceChange, Product, StockMovement, Variant
from tests.catalog.imports.runs import counts_of, import_feed, import_text, make_source, variant_by
from tests.conftest import client_of
from tests.factories import make_category, make_product, make_variants

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]
FILES = ("formula_cells.csv", "options_conflicts.csv", "html_in_descriptions.csv", "sku_identity.csv", "barcodes.csv")


@pytest.fixture
def exported(merchant: User) -> str:
    for name in FILES:
        import_feed(name, make_source(name))
    make_variants(
        make_product("mug", description="Holds 1 < 2 l.\n\nWash & dry.", category=make_category("cups")), "S", "M"
    )
    make_product("vase", name="'=1+1", description="=2+2\n-3", is_active=False)
    return export(client_of(merchant))


def export(client: Client) -> str:
    return client.get("/admin/catalog/import/products.csv").getvalue().decode()


def shop() -> list[object]:
    models = (Product, Variant, PriceChange, StockMovement)
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_unchanged_file_changes_nothing_in_any_order(exported: str) -> None:
    before, count = shop(), Variant.objects.count()
    own = make_source("Own")
    assert counts_of(import_text(exported, own)) == (0, 0, count, 0)
    assert shop() == before
    columns, *rows = csv.reader(io.StringIO(exported.removeprefix("\ufeff")))
    text = io.StringIO()
    csv.writer(text).writerows([columns, *sorted(rows, key=lambda row: row[2])])
    assert counts_of(import_text(text.getvalue(), own)) == (0, 0, count, 0)
    assert shop() == before


def test_edited_cell_is_the_only_change(exported: str) -> None:
    assert exported.count("on_sale,") > 5
    own = make_source("Own")
    line = next(line for line in exported.splitlines() if line.startswith("0017,"))
    run = import_text(exported.replace(line, line.replace("on_sale", "off_sale")), own)
    assert (run.created, run.changed, run.refused) == (0, 1, 0)
    assert not variant_by("0017").product.is_active
    run = import_text(exported, own)
    assert (run.changed, variant_by("0017").product.is_active) == (1, True)


def test_others_may_not_export(as_moderator: Client, as_shopper: Client) -> None:
    urls = [client.get("/admin/catalog/import/products.csv").status_code for client in (as_moderator, as_shopper)]
    assert urls == [403, 302]
