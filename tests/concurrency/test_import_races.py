"""Imports beside each other and beside orders: each row has one effect, and no unit is lost."""

from functools import partial
from typing import Any
from unittest.mock import patch

import pytest
from django.db import transaction
from django.db.models import F, Sum

from catalog.imports import runs
from catalog.imports.chunks import Chunk
from catalog.imports.runs import run_import, start_import
from catalog.models import Import, ImportRow, ImportState, Product, StockMovement, Variant
from catalog.stock_movements import lock_variants, take_stock
from tests.catalog.imports.readings import shopify
from tests.catalog.imports.runs import check_bytes, counts_of, import_text
from tests.concurrency.crowd import Meeting, run_at_once
from tests.factories import NOW

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_folders")]
ROWS = 12


def catalogue(stock: int) -> str:
    return shopify(*({"Variant Inventory Qty": str(stock)} for _row in range(ROWS)))


def write_without_the_guard(meeting: Meeting, run: Import, importer: Any, chunk: Chunk) -> bool:
    """Write a chunk whatever the position is, after another worker has come as far."""
    meeting.wait()
    with transaction.atomic():
        counts = importer.take(chunk)
        Import.objects.filter(pk=run.pk).update(created=F("created") + counts["created"])
    return True


def run_without_the_guard(meeting: Meeting, run_id: int) -> None:
    with patch.object(runs, "_write", partial(write_without_the_guard, meeting)):
        run_import(run_id=run_id)


def test_two_workers_write_rows_twice_only_without_the_guard() -> None:
    run = check_bytes(catalogue(5).encode())
    start_import(run_id=run.pk, now=NOW)
    meeting = Meeting(2)
    outcomes = run_at_once([partial(run_without_the_guard, meeting, run.pk) for _worker in range(2)])
    assert any(outcome.error for outcome in outcomes) or Import.objects.get(pk=run.pk).created > ROWS
    Product.objects.all().delete()
    ImportRow.objects.all().delete()
    Import.objects.update(state=ImportState.RUNNING, position=0, created=0)
    outcomes = run_at_once([partial(run_import, run_id=run.pk) for _worker in range(4)])
    assert not any(outcome.error for outcome in outcomes)
    run.refresh_from_db()
    assert (counts_of(run), Product.objects.count(), ImportRow.objects.count()) == ((ROWS, 0, 0, 0), ROWS, ROWS)


def order_two_of_each(code: str) -> None:
    with transaction.atomic():
        for variant_id in lock_variants(Variant.objects.values_list("pk", flat=True)):
            assert take_stock(variant_id, 2, order_code=code, now=NOW)


def test_orders_during_an_import_lose_no_unit_and_do_not_deadlock() -> None:
    import_text(catalogue(50))
    run = check_bytes(catalogue(60).encode())
    start_import(run_id=run.pk, now=NOW)
    orders = [partial(order_two_of_each, f"A{number}") for number in range(8)]
    outcomes = run_at_once([*orders[:4], partial(run_import, run_id=run.pk), *orders[4:]])
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert set(Variant.objects.values_list("stock", flat=True)) == {60 - 16}
    sums = StockMovement.objects.values("variant").annotate(sum=Sum("change")).values_list("sum", flat=True)
    assert set(sums) == {60 - 16}
