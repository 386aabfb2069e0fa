"""Sales with a start and an end move the price when their time comes."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from catalog.imports.sale_prices import move_sale_prices
from catalog.models import SourcedVariant, Variant
from catalog.scheduled_prices import move_scheduled_prices, schedule_price
from tests.catalog.imports.readings import item, rss
from tests.catalog.imports.runs import import_feed, import_text, variant_by
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]
BEFORE = datetime(2099, 11, 30, 23, 59, tzinfo=UTC)
DURING = datetime(2099, 12, 1, tzinfo=UTC)
AFTER = datetime(2099, 12, 8, tzinfo=UTC)
PERIOD = "2099-12-01/2099-12-07"


@pytest.fixture
def variant() -> Variant:
    sale = f"<g:sale_price>4.00 USD</g:sale_price><g:sale_price_effective_date>{PERIOD}</g:sale_price_effective_date>"
    import_text(rss(item("A", extra=sale)))
    return Variant.objects.get()


def prices_at(now: datetime, variant: Variant) -> tuple[int, int | None]:
    move_sale_prices(now=now)
    variant.refresh_from_db()
    return variant.price_minor, variant.compare_at_minor


def test_sale_begins_and_ends(variant: Variant) -> None:
    assert prices_at(BEFORE, variant) == (500, None)
    assert prices_at(DURING, variant) == (400, 500)
    assert prices_at(DURING, variant) == (400, 500)
    assert prices_at(AFTER, variant) == (500, None)
    assert SourcedVariant.objects.get().next_price_at is None


def test_price_that_staff_edited_stays_during_a_sale(variant: Variant) -> None:
    Variant.objects.update(price_minor=450)
    assert prices_at(DURING, variant) == (450, None)
    assert prices_at(AFTER, variant) == (450, None)


def test_sale_without_dates_runs_now() -> None:
    import_feed("google_prices.xml")
    sale = variant_by("GP-Q")
    assert (sale.price_minor, sale.compare_at_minor) == (2400, 3000)
    assert not variant_by("GP-K").product.is_active


def test_price_that_a_source_changed_during_a_scheduled_price_comes_afterwards() -> None:
    import_text(rss(item("A")))
    variant, now = Variant.objects.select_related("product").get(), timezone.now()
    values = {"price_minor": 300, "starts_at": now, "ends_at": now + timedelta(days=1), "created_by": make_user()}
    schedule_price(variant=variant, now=now - timedelta(days=1), **values)
    move_scheduled_prices(now=now)
    import_text(rss(item("A", price="7.00 USD")))
    assert Variant.objects.get().price_minor == 300
    move_scheduled_prices(now=now + timedelta(days=1))
    assert Variant.objects.get().price_minor == 700
    import_text(rss(item("A", price="8.00 USD")))
    assert Variant.objects.get().price_minor == 800, "It follows its source again."
