"""The files in tests/data/feeds, imported into an empty shop: each has the products of expected.json, and no others."""

import json
from typing import Any

import pytest

from catalog.models import ImportState, PriceChange, Product, RowOutcome, SourcedVariant, StockMovement, Variant
from catalog.stock_checks import find_wrong_stock, find_wrong_sums
from tests.catalog.imports.readings import FEEDS
from tests.catalog.imports.runs import import_feed, rows_of, variant_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]
EXPECTED: dict[str, Any] = json.loads((FEEDS / "expected.json").read_text())
STOPPED = sorted(name for name, expected in EXPECTED.items() if expected["stopped"])
READ = sorted(name for name, expected in EXPECTED.items() if not expected["stopped"])


def value_of(name: str, variant: Variant) -> Any:
    """Return a value as expected.json calls it."""
    product = variant.product
    values: dict[str, Any] = {
        "price": SourcedVariant.objects.get(variant=variant).regular_minor,
        "compare": variant.compare_at_minor,
        "stock": variant.stock,
        "tracked": variant.is_counted,
        "options": variant.option_values,
        "barcode": variant.barcode,
        "status": "on_sale" if product.is_active else "off_sale",
        "title": product.name,
    }
    return values[name]


@pytest.mark.parametrize("name", READ)
def test_file_brings_its_products_and_changes_nothing_once_more(name: str, settings: Any) -> None:
    expected = EXPECTED[name]
    settings.CURRENCY = expected["currency"]
    run = import_feed(name)
    assert run.state == ImportState.DONE
    assert (Product.objects.count(), Variant.objects.count()) == (expected["products"], expected["variants"])
    assert rows_of(run, RowOutcome.REFUSED) == sorted(expected["refused"], key=float)
    assert (run.created, run.changed, run.unchanged) == (expected["variants"], 0, 0)
    for sku, values in expected["values"].items():
        shown = {name: value for name, value in values.items() if name in ("price", "options", "barcode", "title")}
        if Variant.objects.filter(sku=sku).exists():
            assert {name: value_of(name, variant_by(sku)) for name in shown} == shown
    assert [*find_wrong_stock(), *find_wrong_sums()] == []
    assert run.rows == run.created + run.refused + run.skipped
    tables = [model.objects.order_by("pk").values() for model in (Product, Variant, PriceChange, StockMovement)]
    before = [list(table) for table in tables]
    again = import_feed(name)
    assert (again.state, again.created, again.changed, again.unchanged) == (ImportState.DONE, 0, 0, run.created)
    assert [list(table.all()) for table in tables] == before


@pytest.mark.parametrize("name", [*STOPPED, "empty.csv", "really_xlsx.csv", "login_page.csv", "gzip_bomb.csv.gz"])
def test_file_that_is_no_catalogue_fails_with_a_sentence(name: str) -> None:
    run = import_feed(name)
    assert run.state == ImportState.FAILED
    assert len(run.sentences) == 1 and run.sentences[0].endswith(".")
    assert not Product.objects.exists()
