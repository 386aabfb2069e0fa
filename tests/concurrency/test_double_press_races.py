"""Two people, tabs or presses confirm the same page at once: without the guard money or stock moves twice, with it once."""

from functools import partial

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.models import Product, StockMovement, StockMovementKind
from catalog.stock_movements import MovementRefused, move_stock
from shop.checkout import check_out
from shop.models import Order, Refund
from shop.orders import RequestedItem
from shop.refund_proposals import RefundRequest, refund_by_staff
from shop.refunds import RefundRefused
from tests.concurrency.crowd import run_at_once
from tests.concurrency.test_shop_race import buyer
from tests.conftest import client_of
from tests.factories import make_product, make_user, variant_of
from tests.html_forms import read_form

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def staff() -> list[User]:
    return [make_user(f"staff{number}@example.com", is_staff=True, is_superuser=True) for number in range(2)]


@pytest.fixture
def order() -> Order:
    """Return a paid order of two mugs at $19.99."""
    make_product("mug", stock=10)
    return check_out(buyer=buyer(1), items=[RequestedItem("mug", 2)], key="key-00001", now=timezone.now()).order


def refund(order: Order, user: User, seen_refund: int | None) -> bool:
    request = RefundRequest(order_id=order.pk, reason="late parcel", amount_minor=1200)
    try:
        refund_by_staff(request=request, user=user, now=timezone.now(), seen_refund=seen_refund)
    except RefundRefused:
        return False
    return True


def test_without_the_guard_two_people_refund_the_same_twice(order: Order, staff: list[User]) -> None:
    run_at_once([partial(refund, order, user, None) for user in staff])
    assert (Refund.objects.count(), Order.objects.get().refunded_minor) == (2, 2400)


def test_with_the_guard_two_people_refund_it_once(order: Order, staff: list[User]) -> None:
    outcomes = run_at_once([partial(refund, order, user, 0) for user in staff])
    assert [outcome.error for outcome in outcomes] == ["", ""]
    assert (sum(outcome.result for outcome in outcomes), Refund.objects.count()) == (1, 1)


def press(client: Client, url: str, form: dict[str, str]) -> int:
    return client.post(url, form).status_code


def test_two_presses_of_one_confirmation_at_once_refund_once(order: Order, staff: list[User]) -> None:
    client, url = client_of(staff[0]), f"/admin/shop/order/{order.pk}/refund/"
    page = client.post(url, {"amount": "12", "reason": "late parcel"}).content.decode()
    form = read_form(page, field="confirmed_minor")
    outcomes = run_at_once([partial(press, client, url, form) for _press in range(4)])
    assert sorted(outcome.result for outcome in outcomes) == [302, 422, 422, 422]
    assert (Refund.objects.count(), Order.objects.get().refunded_minor) == (1, 1200)


def receive(product: Product, user: User, seen_movement: int | None) -> bool:
    try:
        move_stock(
            variant_id=variant_of(product).pk,
            kind=StockMovementKind.RECEIVED,
            number=10,
            reason="Delivery 2",
            created_by=user,
            now=timezone.now(),
            seen_movement=seen_movement,
        )
    except MovementRefused:
        return False
    return True


@pytest.mark.parametrize(("seen_movement", "booked"), [(None, 2), (0, 1)])
def test_one_delivery_is_booked_twice_only_without_the_guard(
    staff: list[User], seen_movement: int | None, booked: int
) -> None:
    product = make_product("lamp", stock=10)
    outcomes = run_at_once([partial(receive, product, user, seen_movement) for user in staff])
    assert [outcome.error for outcome in outcomes] == ["", ""]
    assert (StockMovement.objects.filter(created_by__isnull=False).count(), Product.objects.get().stock) == (
        booked,
        10 + 10 * booked,
    )
