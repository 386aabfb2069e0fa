"""Races of merchants' listings: buying and adding while the merchant is suspended, and deciding while it is changed."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from catalog.merchants import listing_reviews
from catalog.merchants.listing_reviews import ListingDecisionRefused, approve_change
from catalog.merchants.listings import change_listing
from catalog.models import ChangeState, ListingChange, Merchant, MerchantState, Product, Variant
from shop.models import OrderLine
from tests.concurrency.crowd import Meeting, run_at_once
from tests.concurrency.test_variant_race import buy
from tests.factories import make_merchant, make_product, make_user, variant_of

pytestmark = pytest.mark.django_db(transaction=True)
FOLLOW = "ALTER TABLE catalog_merchant {} TRIGGER catalog_follow_merchant"


@pytest.fixture
def lamps() -> Merchant:
    return make_merchant("lamps")


@pytest.fixture
def unguarded() -> Iterator[None]:
    """Suspend merchants without taking their products off sale."""
    with connection.cursor() as cursor:
        cursor.execute(FOLLOW.format("DISABLE"))
    yield
    with connection.cursor() as cursor:
        cursor.execute(FOLLOW.format("ENABLE"))


def suspend(merchant: Merchant) -> bool:
    return Merchant.objects.move(merchant.pk, MerchantState.APPROVED, MerchantState.SUSPENDED)


def suspend_and_note(merchant: Merchant) -> str:
    """Suspend a merchant, and return when that was done."""
    suspend(merchant)
    return timezone.now().isoformat()


def buy_and_note(number: int, variants: list[Variant]) -> tuple[str, str]:
    """Return when buying began, and the order's code or the refusal."""
    return timezone.now().isoformat(), buy(number, variants)


def sold_after_suspension(lamps: Merchant) -> list[str]:
    """Let many buy while the merchant is suspended. Return orders that were begun after that."""
    variants = [variant_of(make_product(slug, merchant=lamps, stock=100)) for slug in ("lamp", "vase")]
    calls = [partial(buy_and_note, number, variants[:: 1 if number % 2 else -1]) for number in range(40)]
    outcomes = run_at_once([*calls[:20], partial(suspend_and_note, lamps), *calls[20:]])
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    suspended_at = outcomes[20].result
    codes = set(OrderLine.objects.values_list("order__code", flat=True))
    answers = [outcome.result for place, outcome in enumerate(outcomes) if place != 20]
    return [
        code for began_at, code in [*answers, buy_and_note(99, variants)] if code in codes and began_at > suspended_at
    ]


def test_nothing_is_bought_of_a_merchant_once_it_is_suspended(lamps: Merchant) -> None:
    assert sold_after_suspension(lamps) == []


@pytest.mark.usefixtures("unguarded")
def test_it_is_bought_after_that_without_the_guard(lamps: Merchant) -> None:
    variant = variant_of(make_product("lamp", merchant=lamps))
    suspend(lamps)
    assert buy(1, [variant]) == OrderLine.objects.get().order.code


def test_products_that_are_added_during_a_suspension_are_off_sale(lamps: Merchant) -> None:
    adding = [partial(make_product, f"lamp-{number}", merchant=lamps) for number in range(16)]
    outcomes = run_at_once([*adding[:8], partial(suspend, lamps), *adding[8:]])
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert Product.objects.count() == 16 and not Product.objects.filter(is_active=True).exists()


def change(product: Product, user: User, meeting: Meeting) -> None:
    meeting.wait()
    change_listing(product_id=product.pk, values={"name": "Buy elsewhere"}, sent_by=user, now=timezone.now())


def approve(row: ListingChange, user: User, meeting: Meeting) -> str:
    meeting.wait()
    try:
        approve_change(change_id=row.pk, version=row.version, decided_by=user, now=timezone.now())
    except ListingDecisionRefused as refusal:
        return str(refusal)
    return "approved"


def change_while_it_is_approved(lamps: Merchant) -> Product:
    """Change what waits while it is approved, and return the product."""
    product = make_product("lamp", name="Lamp", merchant=lamps)
    now = timezone.now() - timedelta(hours=1)
    user = make_user()
    row = change_listing(product_id=product.pk, values={"name": "Floor lamp"}, sent_by=user, now=now)
    assert row is not None
    meeting = Meeting(2)
    outcomes = run_at_once([partial(change, product, user, meeting), partial(approve, row, user, meeting)])
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    return Product.objects.get()


def test_what_nobody_saw_is_never_public(lamps: Merchant) -> None:
    product = change_while_it_is_approved(lamps)
    assert product.name in ("Lamp", "Floor lamp")
    assert ListingChange.objects.get(state=ChangeState.IN_REVIEW).values == {"name": "Buy elsewhere"}


def test_an_unseen_change_is_public_without_the_guard(lamps: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    def lock_whatever_waits(change_id: int, version: int, decided_by: User) -> tuple[ListingChange, Product]:
        row = ListingChange.objects.select_related("product").get(pk=change_id)
        return row, row.product

    monkeypatch.setattr(listing_reviews, "_lock", lock_whatever_waits)
    product = make_product("lamp", name="Lamp", merchant=lamps)
    sent_by, now = make_user(), timezone.now()
    row = change_listing(product_id=product.pk, values={"name": "Floor lamp"}, sent_by=sent_by, now=now)
    assert row is not None
    change_listing(product_id=product.pk, values={"name": "Buy elsewhere"}, sent_by=sent_by, now=now)
    approve_change(change_id=row.pk, version=row.version, decided_by=sent_by, now=now)
    assert Product.objects.get().name == "Buy elsewhere"
