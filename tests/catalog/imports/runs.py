"""Imports for tests: files that are received, checked and run."""

from typing import Any

from django.core.files.base import ContentFile

from catalog.imports.runs import check_import, receive_import, run_import, start_import
from catalog.models import CatalogueSource, Import, ImportRow, ImportState, InStockMeaning, RowOutcome, Variant
from tests.catalog.imports.readings import FEEDS
from tests.factories import NOW, make_category


def make_source(name: str = "Warehouse", **fields: Any) -> CatalogueSource:
    values = {"in_stock_means": InStockMeaning.UNCOUNTED} | fields
    return CatalogueSource.objects.get_or_create(name=name, defaults=values)[0]


def check_bytes(data: bytes, source: CatalogueSource | None = None) -> Import:
    """Return a checked import of a file. Its categories are the shop's books."""
    source = source or make_source()
    file = ContentFile(data, name="catalogue")
    run = receive_import(source=source, file=file, file_name="catalogue", created_by=None, now=NOW)
    check_import(run_id=run.pk, now=NOW)
    source.mappings.filter(category=None).update(category=make_category("books"))
    run.refresh_from_db()
    return run


def import_bytes(data: bytes, source: CatalogueSource | None = None, **answers: Any) -> Import:
    """Return an import that is done, or that failed at its check."""
    run = check_bytes(data, source)
    if run.state == ImportState.CHECKED:
        start_import(run_id=run.pk, now=NOW, **answers)
        run_import(run_id=run.pk)
    run.refresh_from_db()
    return run


def import_feed(name: str, source: CatalogueSource | None = None, **answers: Any) -> Import:
    return import_bytes((FEEDS / name).read_bytes(), source, **answers)


def import_text(text: str, source: CatalogueSource | None = None, **answers: Any) -> Import:
    return import_bytes(text.encode(), source, **answers)


def rows_of(run: Import, outcome: RowOutcome) -> list[str]:
    """Return the numbers of rows with an outcome, as people see them."""
    rows = ImportRow.objects.filter(run=run, outcome=outcome).order_by("row", "part")
    return [row.number for row in rows]


def sentences_of(run: Import, number: str) -> list[str]:
    row, _dot, part = number.partition(".")
    return ImportRow.objects.get(run=run, row=row, part=part or 0).sentences


def variant_by(sku: str) -> Variant:
    return Variant.objects.select_related("product").get(sku_key=sku.lower())


def counts_of(run: Import) -> tuple[int, int, int, int]:
    """Return how many rows were created, changed, kept and refused."""
    return run.created, run.changed, run.unchanged, run.refused
