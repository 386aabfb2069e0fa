"""Prices that begin and end by themselves: on merchants' and staff's pages, in the API, and when their time comes."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from catalog.models import Product, ScheduledPrice, Variant
from catalog.models import ScheduledPriceState as State
from catalog.scheduled_prices import move_scheduled_prices, schedule_price
from feedsite.roles import sync_roles
from tests.conftest import client_of
from tests.factories import make_member, make_merchant, make_product, make_user, variant_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def stool() -> Product:
    return make_product("stool", price_minor=6000, merchant=make_merchant("oak"))


@pytest.fixture
def seller(stool: Product) -> Client:
    return client_of(make_member(stool.merchant))


def path_of(product: Product) -> str:
    return f"/api/v1/merchants/oak/products/{product.slug}/variants/{variant_of(product).pk}/prices/"


def post(client: Client, product: Product, price: Any = 4500, start: Any = None, end: Any = None) -> Any:
    body = {
        "price_minor": price,
        "starts_at": start or timezone.now() + DAY,
        "ends_at": end or timezone.now() + 3 * DAY,
    }
    return client.post(
        path_of(product), body, content_type="application/json", headers={"Idempotency-Key": f"key-{price}"}
    )


def plan(product: Product, price: int, start: datetime, end: datetime) -> ScheduledPrice:
    """Schedule a price as if long before its start."""
    values = {"created_by": make_user(), "now": start - DAY}
    return schedule_price(variant=variant_of(product), price_minor=price, starts_at=start, ends_at=end, **values)  # type: ignore[arg-type]


def price_of(product: Product) -> tuple[int, int | None]:
    return Variant.objects.values_list("price_minor", "compare_at_minor").get(product=product)


def test_price_begins_and_ends_at_its_times(seller: Client, stool: Product) -> None:
    start, end = timezone.now() + DAY, timezone.now() + 3 * DAY
    answer = post(seller, stool, start=start, end=end)
    assert (answer.status_code, answer.json()["state"]) == (201, "planned")
    assert move_scheduled_prices(now=start - timedelta(seconds=1)) == 0
    assert price_of(stool) == (6000, None)
    assert move_scheduled_prices(now=start) == 1
    assert price_of(stool) == (4500, 6000)
    assert "$45.00" in Client().get("/p/stool/").content.decode()
    assert move_scheduled_prices(now=end) == 1
    assert move_scheduled_prices(now=end) == 0
    assert price_of(stool) == (6000, None)
    assert [row["state"] for row in seller.get(path_of(stool)).json()] == ["ended"]
    prices = variant_of(stool).price_changes.order_by("pk").values_list("price_minor", flat=True)
    assert list(prices) == [6000, 4500, 6000], "The history has both moves."


def test_what_somebody_changed_meanwhile_stays(stool: Product) -> None:
    now = timezone.now()
    plan(stool, 4500, now, now + DAY)
    move_scheduled_prices(now=now)
    Variant.objects.filter(product=stool).update(price_minor=5500)
    move_scheduled_prices(now=now + DAY)
    assert price_of(stool)[0] == 5500
    assert ScheduledPrice.objects.get().state == State.ENDED


def test_one_ends_before_the_next_begins(stool: Product) -> None:
    now = timezone.now()
    plan(stool, 4500, now, now + DAY)
    plan(stool, 3000, now + DAY, now + 2 * DAY)
    move_scheduled_prices(now=now)
    move_scheduled_prices(now=now + DAY)
    assert price_of(stool) == (3000, 6000)
    move_scheduled_prices(now=now + 2 * DAY)
    assert price_of(stool) == (6000, None)


def test_price_that_was_missed_or_is_not_lower_any_more_does_not_begin(stool: Product) -> None:
    now = timezone.now()
    missed = plan(stool, 4500, now, now + DAY)
    dearer = plan(stool, 5000, now + 2 * DAY, now + 3 * DAY)
    assert move_scheduled_prices(now=now + DAY) == 1
    Variant.objects.filter(product=stool).update(price_minor=5000)
    assert move_scheduled_prices(now=now + 2 * DAY) == 1
    assert price_of(stool) == (5000, None)
    states = dict(ScheduledPrice.objects.values_list("pk", "state"))
    assert states == {missed.pk: State.MISSED, dearer.pk: State.NOT_LOWER}


@pytest.mark.parametrize(
    ("price", "start", "days", "code"),
    [
        *((price, DAY, 2, 409) for price in (6000, 9000)),
        *((price, DAY, 2, 400) for price in (0, -1, None, "x", 3_000_000_000)),
        *((4500, start, days, 409) for start, days in ((DAY, 0), (DAY, -1), (-3 * DAY, 2), (400 * DAY, 2))),
    ],
)
def test_wrong_prices_and_periods_are_refused(
    seller: Client, stool: Product, price: Any, start: timedelta, days: int, code: int
) -> None:
    starts_at = timezone.now() + start
    assert post(seller, stool, price, starts_at, starts_at + timedelta(days=days)).status_code == code
    assert not ScheduledPrice.objects.exists()


def test_periods_of_a_variant_do_not_overlap(seller: Client, stool: Product) -> None:
    now = timezone.now()
    assert post(seller, stool, 4500, now + DAY, now + 3 * DAY).status_code == 201
    refused = post(seller, stool, 4400, now + 2 * DAY, now + 4 * DAY)
    assert (refused.status_code, "same period" in refused.json()["detail"]) == (409, True)
    assert post(seller, stool, 4300, now + 3 * DAY, now + 4 * DAY).status_code == 201
    first = ScheduledPrice.objects.earliest("pk")
    assert seller.delete(f"{path_of(stool)}{first.pk}/").status_code == 204
    assert seller.delete(f"{path_of(stool)}{first.pk}/").status_code == 409
    assert post(seller, stool, 4200, now + DAY, now + 3 * DAY).status_code == 201


def test_running_price_is_ended_on_the_page(seller: Client, stool: Product) -> None:
    variant, now = variant_of(stool), timezone.now()
    page = f"/merchant/products/stool/variants/{variant.pk}/prices/"
    form = {"price_minor": "45.00", "starts_at": f"{timezone.localtime(now + DAY):%Y-%m-%dT%H:%M}"}
    assert seller.post(page, form).status_code == 422, "Without an end."
    form["ends_at"] = f"{timezone.localtime(now + 2 * DAY):%Y-%m-%dT%H:%M}"
    assert seller.post(page, form | {"price_minor": "61"}).status_code == 422
    assert not ScheduledPrice.objects.exists()
    assert seller.post(page, form).status_code == 302
    move_scheduled_prices(now=now + DAY)
    assert price_of(stool) == (4500, 6000)
    shown = seller.get(page).content.decode()
    assert "End now" in shown and "Price now: $45.00" in shown and ">$45.00<" in shown
    assert seller.post(page, {"cancel": ScheduledPrice.objects.get().pk}).status_code == 302
    assert price_of(stool) == (6000, None)
    assert [seller.post(page, {"cancel": number}).status_code for number in ("0", "x", "9" * 30)] == [200, 200, 200]


def test_only_the_seller_and_catalogue_managers_schedule(seller: Client, stool: Product) -> None:
    sync_roles()
    variant = variant_of(stool)
    manager = make_user(is_staff=True)
    manager.groups.add(Group.objects.get(name="Catalogue manager"))
    addresses = (
        f"/admin/catalog/product/{stool.pk}/prices/{variant.pk}/",
        f"/merchant/products/stool/variants/{variant.pk}/prices/",
    )
    others = (
        Client(),
        client_of(make_user()),
        client_of(make_member(make_merchant("reed"))),
        client_of(make_user(is_staff=True)),
    )
    form = {"price_minor": "45.00", "starts_at": "2099-01-01T00:00", "ends_at": "2099-01-02T00:00"}
    for client in others:
        assert post(client, stool).status_code in (403, 404)
        assert all(client.post(address, form).status_code in (302, 403, 404) for address in addresses)
    assert not ScheduledPrice.objects.exists()
    now = timezone.localtime() + DAY
    form |= {"starts_at": f"{now:%Y-%m-%dT%H:%M}", "ends_at": f"{now + DAY:%Y-%m-%dT%H:%M}"}
    assert client_of(manager).post(addresses[0], form).status_code == 302
    assert ScheduledPrice.objects.get().created_by == manager
