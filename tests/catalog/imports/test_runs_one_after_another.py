"""One run after another: the source moves on, shoppers buy and staff edit in between."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from catalog.imports.retention import forget_old_imports
from catalog.imports.runs import (
    ImportRefused,
    check_import,
    pause_import,
    receive_import,
    resume_import,
    run_import,
    start_import,
)
from catalog.models import (
    Import,
    ImportRow,
    ImportState,
    InStockMeaning,
    PriceChange,
    Product,
    RowOutcome,
    StockMovement,
    Variant,
)
from catalog.stock_checks import find_wrong_stock, find_wrong_sums
from catalog.stock_movements import take_stock
from tests.catalog.imports.readings import FEEDS, item, rss, shopify
from tests.catalog.imports.runs import (
    check_bytes,
    counts_of,
    import_feed,
    import_text,
    make_source,
    rows_of,
    sentences_of,
    variant_by,
)
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]


def product_of(sku: str) -> Product:
    return variant_by(sku).product


@pytest.fixture
def second_run() -> Import:
    """The second run, after a shopper bought two of R-1 and staff edited R-2, R-3 and R-8."""
    import_feed("run_1.csv")
    assert take_stock(variant_by("R-1").pk, 2, order_code="A1", now=NOW)
    Product.objects.filter(pk=product_of("R-2").pk).update(name="Big soup bowl")
    Variant.objects.filter(sku="R-3").update(price_minor=2100)
    Product.objects.filter(pk=product_of("R-8").pk).update(is_active=False)
    return import_feed("run_2.csv")


def test_second_run_changes_what_the_source_changed_and_keeps_what_staff_edited(second_run: Import) -> None:
    assert counts_of(second_run) == (2, 3, 3, 1)
    assert rows_of(second_run, RowOutcome.REFUSED) == ["9"]
    bowl = variant_by("R-1")
    assert (bowl.price_minor, bowl.compare_at_minor, bowl.stock) == (1800, 2000, 8)
    assert list(PriceChange.objects.filter(variant=bowl).values_list("price_minor", flat=True)) == [2000, 1800]
    assert (product_of("R-2").name, variant_by("R-2").stock) == ("Big soup bowl", 6)
    assert any("Soup bowl, deep" in sentence for sentence in sentences_of(second_run, "7"))
    assert variant_by("R-3").price_minor == 2100
    assert any("25.00" in sentence for sentence in sentences_of(second_run, "4"))
    assert not product_of("R-4").is_active
    dish = product_of("R-5")
    assert (dish.slug, dish.name) == ("r-5", "Butter bell")
    assert [(v.sku, v.is_active) for v in product_of("R-6-S").variants.order_by("sku")] == [
        *(("R-6-L", True), ("R-6-M", False), ("R-6-S", True)),
    ]
    trivet = variant_by("R-8")
    assert (trivet.stock, trivet.product.is_active) == (1, False)
    assert [*find_wrong_stock(), *find_wrong_sums()] == []


def test_second_run_once_more_changes_nothing(second_run: Import) -> None:
    before = list(Variant.objects.order_by("pk").values()), list(Product.objects.order_by("pk").values())
    counts = PriceChange.objects.count(), StockMovement.objects.count()
    assert counts_of(import_feed("run_2.csv")) == (0, 0, 8, 1)
    assert (list(Variant.objects.order_by("pk").values()), list(Product.objects.order_by("pk").values())) == before
    assert (PriceChange.objects.count(), StockMovement.objects.count()) == counts


def test_what_comes_back_goes_on_sale_again_unless_staff_took_it_off(second_run: Import) -> None:
    import_feed("run_1.csv", takes_off_missing=False)
    assert product_of("R-4").is_active and variant_by("R-6-M").is_active
    assert not product_of("R-8").is_active


def test_file_that_ends_early_takes_nothing_off_sale() -> None:
    names = [f"TR-{n}" for n in range(1, 11)]
    import_text(rss(*(item(name) for name in names)))
    run = import_feed("google_cut_off.xml")
    assert run.state == ImportState.DONE and "ends early" in run.sentences[0]
    assert Product.objects.filter(is_active=True).count() == 10


def test_source_that_lacks_much_stops_and_asks() -> None:
    import_text(shopify(*({} for _row in range(6))))
    few = shopify({}, {})
    run = check_bytes(few.encode())
    assert (run.missing, run.takes_off_missing) == (4, None)
    with pytest.raises(ImportRefused, match="4 products or variants are missing"):
        start_import(run_id=run.pk, now=NOW)
    assert Product.objects.filter(is_active=True).count() == 6
    start_import(run_id=run.pk, now=NOW, takes_off_missing=True)
    run_import(run_id=run.pk)
    assert Product.objects.filter(is_active=True).count() == 2


def test_refused_row_is_not_missing() -> None:
    import_text(shopify({}, {}))
    run = import_text(shopify({}, {"Variant Price": "soon"}))
    assert (run.missing, rows_of(run, RowOutcome.REFUSED)) == (0, ["2"])
    assert Product.objects.filter(is_active=True).count() == 2


def test_killed_and_paused_run_goes_on_and_each_row_has_one_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.imports.chunks.CHUNK_ROWS", 3)
    rows = [{"Variant Inventory Qty": "4", "Variant Barcode": "1"} for _n in range(10)]
    rows[4]["Variant Price"] = "?"
    run = check_bytes(shopify(*rows).encode())
    start_import(run_id=run.pk, now=NOW)
    assert run_import(run_id=run.pk, slice_s=0)
    pause_import(run_id=run.pk, now=NOW)
    assert not run_import(run_id=run.pk)
    assert Product.objects.count() == 3
    resume_import(run_id=run.pk, now=NOW)
    with monkeypatch.context() as patch:
        patch.setattr("catalog.imports.chunk_import.ImportRow.objects.bulk_create", _die)
        with pytest.raises(KeyboardInterrupt):
            run_import(run_id=run.pk)
    assert Product.objects.count() == 3
    assert not run_import(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, counts_of(run), run.rows) == (ImportState.DONE, (9, 0, 0, 1), 10)
    assert ImportRow.objects.filter(run=run).count() == 10
    assert StockMovement.objects.count() == Product.objects.count() == 9


def _die(*_args: Any, **_kwargs: Any) -> None:
    raise KeyboardInterrupt


def test_two_runs_of_one_source_do_not_run_at_once() -> None:
    first, second = (check_bytes(shopify({}, {}).encode()) for _n in range(2))
    start_import(run_id=first.pk, now=NOW)
    with pytest.raises(ImportRefused, match="Another import of this source is running"):
        start_import(run_id=second.pk, now=NOW)
    run_import(run_id=first.pk)
    start_import(run_id=second.pk, now=NOW)
    run_import(run_id=second.pk)
    second.refresh_from_db()
    assert counts_of(second) == (0, 0, 2, 0)
    assert Product.objects.count() == 2


def test_older_file_is_not_imported_after_a_newer_one() -> None:
    older, newer = (check_bytes(shopify({"Variant Price": price}).encode()) for price in ("5.00", "6.00"))
    start_import(run_id=newer.pk, now=NOW)
    run_import(run_id=newer.pk)
    with pytest.raises(ImportRefused, match="newer file"):
        start_import(run_id=older.pk, now=NOW)
    assert Variant.objects.get().price_minor == 600


def test_title_that_staff_change_between_check_and_run_stays() -> None:
    import_text(shopify({"Title": "Pan"}))
    run = check_bytes(shopify({"Title": "Frying pan"}).encode())
    Product.objects.update(name="Our pan")
    start_import(run_id=run.pk, now=NOW)
    run_import(run_id=run.pk)
    assert Product.objects.get().name == "Our pan"
    assert any("Frying pan" in sentence for sentence in sentences_of(run, "1"))


def test_stock_moves_by_what_the_source_changed_and_never_below_zero() -> None:
    import_text(shopify({"Variant Inventory Qty": "10"}))
    variant = Variant.objects.get()
    assert take_stock(variant.pk, 8, order_code="A1", now=NOW)
    import_text(shopify({"Variant Inventory Qty": "9"}))
    variant.refresh_from_db()
    assert variant.stock == 1
    run = import_text(shopify({"Variant Inventory Qty": "2"}))
    variant.refresh_from_db()
    assert (variant.stock, list(find_wrong_stock())) == (0, [])
    assert any("only 1 are in stock" in sentence for sentence in sentences_of(run, "1"))


def test_same_names_make_one_brand_and_different_addresses() -> None:
    rows = [{"Handle": "", "Title": "T-shirt", "Vendor": name} for name in ("North Sea", "NORTH  sea", " north sea ")]
    google = [item(f"T-{n}", title="T-shirt", brand=row["Vendor"]) for n, row in enumerate(rows * 14)]
    import_text(rss(*google))
    slugs = list(Product.objects.values_list("slug", flat=True))
    assert len(slugs) == len(set(slugs)) == 42
    assert all(slug.startswith("t-shirt") for slug in slugs)
    assert Product.objects.values("brand").distinct().count() == 1


def test_in_stock_without_a_number_asks_once_and_does_not_overwrite_counted_stock() -> None:
    source = make_source("Feed", in_stock_means=InStockMeaning.OPEN)
    run = check_bytes((FEEDS / "google_availability.txt").read_bytes(), source)
    assert run.asks_in_stock
    with pytest.raises(ImportRefused, match="in stock"):
        start_import(run_id=run.pk, now=NOW)
    source.in_stock_means, source.in_stock_units = InStockMeaning.NUMBER, 5
    source.save()
    start_import(run_id=run.pk, now=NOW)
    run_import(run_id=run.pk)
    stocks = dict(Variant.objects.values_list("sku", "stock"))
    assert (stocks["AV-1"], stocks["AV-4"], stocks["AV-5"], stocks["AV-6"], stocks["AV-11"]) == (5, 0, 0, 0, 3)
    assert take_stock(variant_by("AV-1").pk, 2, order_code="A1", now=NOW)
    import_feed("google_availability.txt", source)
    assert variant_by("AV-1").stock == 3


def test_old_imports_keep_their_counts_and_lose_file_and_rows(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    run, waiting = import_text(shopify({})), check_bytes(shopify({}).encode())
    path = run.file.path
    with django_capture_on_commit_callbacks(execute=True):
        assert forget_old_imports(now=NOW) == 0
        assert forget_old_imports(now=timezone.now() + timedelta(days=31)) == 2
    assert (counts_of(run), ImportRow.objects.count(), Path(path).exists()) == ((1, 0, 0, 0), 0, False)
    with pytest.raises(ImportRefused, match="not waiting for a start"):
        start_import(run_id=waiting.pk, now=NOW)


def test_rows_with_very_long_handles_are_imported_once() -> None:
    text = shopify({"Handle": "ق" * 5_000, "Variant SKU": ""}, {"Handle": "ق" * 5_000 + "x", "Variant SKU": ""})
    assert counts_of(import_text(text)) == (2, 0, 0, 0)
    assert counts_of(import_text(text)) == (0, 0, 2, 0)


def test_import_whose_file_is_gone_says_so() -> None:
    source = make_source()
    file = ContentFile(shopify({}).encode(), name="a")
    run = receive_import(source=source, file=file, file_name="a", created_by=None, now=NOW)
    Path(run.file.path).unlink()
    check_import(run_id=run.pk, now=NOW)
    run.refresh_from_db()
    assert (run.state, run.sentences) == (ImportState.FAILED, ["The file is no longer here. Send it again."])
    running = check_bytes(shopify({}).encode())
    start_import(run_id=running.pk, now=NOW)
    Path(running.file.path).unlink()
    assert not run_import(run_id=running.pk)
    running.refresh_from_db()
    assert (running.state, Product.objects.count()) == (ImportState.PAUSED, 0)
