"""Merchants pack while shoppers cancel and while colleagues pack; owners remove each other; staff decide at once."""

from collections.abc import Callable
from functools import partial

import pytest
from django.utils import timezone

from accounts.models import User
from catalog.merchants import members
from catalog.merchants.applications import ApplicationRefused, apply_as_merchant
from catalog.merchants.members import MemberRefused, remove_member
from catalog.merchants.names import is_name_taken
from catalog.models import Merchant, MerchantMember
from shop.checkout import check_out
from shop.delivery.order_changes import OrderChangeRefused, cancel_units
from shop.delivery.parcels import PackingRefused, pack_parcel
from shop.models import Order, OrderLine, Parcel, ParcelLine
from shop.orders import RequestedItem
from tests.catalog.merchants.conftest import APPLICATION, verify
from tests.concurrency.crowd import Meeting, run_at_once
from tests.concurrency.test_shop_race import buyer
from tests.factories import make_member, make_merchant, make_product, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order() -> Order:
    """Return a paid order of a lamp of one merchant and a chair of another."""
    make_product("lamp", merchant=make_merchant("lamps"))
    make_product("chair", merchant=make_merchant("chairs"))
    items = [RequestedItem("lamp", 1), RequestedItem("chair", 1)]
    return check_out(buyer=buyer(1), items=items, key="key-00001", now=timezone.now()).order


def pack(order: Order, slugs: tuple[str, ...], merchant: str = "", by: User | None = None) -> bool:
    quantities = {line.pk: 1 for line in order.lines.filter(product__slug__in=slugs)}
    merchant_id = Merchant.objects.get(slug=merchant).pk if merchant else None
    try:
        pack_parcel(
            order_id=order.pk, quantities=quantities, created_by=by, now=timezone.now(), merchant_id=merchant_id
        )
    except PackingRefused:
        return False
    return True


def cancel(order: Order) -> bool:
    line = order.lines.get(product__slug="lamp")
    try:
        cancel_units(order_id=order.pk, quantities={line.pk: 1}, created_by=None, now=timezone.now())
    except OrderChangeRefused:
        return False
    return True


def cancel_by_check_then_write(order: Order) -> bool:
    """Cancel without the guard: look whether the unit is packed, then count it as refunded, without a lock."""
    line = OrderLine.objects.get(order=order, product__slug="lamp")
    if not line.unpacked_quantity:
        return False
    OrderLine.objects.filter(pk=line.pk).update(refunded_quantity=1, returned_quantity=1)
    return True


def pack_by_check_then_insert(order: Order) -> bool:
    """Pack without the guard: look what is left, then record the parcel."""
    line = OrderLine.objects.get(order=order, product__slug="lamp")
    if not line.unpacked_quantity:
        return False
    parcel = Parcel.objects.create(order=order, merchant=line.merchant, packed_at=timezone.now())
    ParcelLine.objects.create(parcel=parcel, order_line=line, quantity=1)
    OrderLine.objects.filter(pk=line.pk).update(packed_quantity=1)
    return True


def count_successes(*calls: Callable[[], bool]) -> int:
    outcomes = run_at_once(list(calls))
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    return sum(outcome.result for outcome in outcomes)


def test_without_the_guard_two_members_pack_the_same_unit(order: Order) -> None:
    packed = []
    for _run in range(5):
        ParcelLine.objects.all().delete()
        Parcel.objects.all().delete()
        OrderLine.objects.update(packed_quantity=0)
        packed.append(count_successes(*[partial(pack_by_check_then_insert, order)] * 10))
    assert max(packed) > 1, packed


def test_of_ten_members_who_pack_the_same_unit_one_does(order: Order) -> None:
    people = [make_member(Merchant.objects.get(slug="lamps")) for _number in range(10)]
    assert count_successes(*(partial(pack, order, ("lamp",), "lamps", person) for person in people)) == 1
    assert ParcelLine.objects.count() == 1


def test_without_the_guard_a_unit_is_packed_and_cancelled(order: Order) -> None:
    both = []
    for _run in range(5):
        ParcelLine.objects.all().delete()
        Parcel.objects.all().delete()
        OrderLine.objects.update(packed_quantity=0, refunded_quantity=0, returned_quantity=0)
        OrderLine.objects.update(packed_quantity=0)
        calls = [partial(pack_by_check_then_insert, order), partial(cancel_by_check_then_write, order)] * 4
        outcomes = run_at_once(calls)
        packs = sum(bool(outcome.result) for outcome in outcomes[::2])
        cancels = sum(bool(outcome.result) for outcome in outcomes[1::2])
        both.append(bool(packs and cancels) or packs > 1)
    assert any(both)


def test_a_unit_is_packed_or_cancelled_never_both(order: Order) -> None:
    assert count_successes(partial(pack, order, ("lamp",), "lamps"), partial(cancel, order)) == 1
    line = OrderLine.objects.get(product__slug="lamp")
    assert (line.packed_quantity, line.refunded_quantity) in {(1, 0), (0, 1)}
    assert Parcel.objects.count() == line.packed_quantity


def test_no_parcel_has_units_of_two_merchants(order: Order) -> None:
    mixed, lamps = partial(pack, order, ("lamp", "chair")), partial(pack, order, ("lamp", "chair"), "lamps")
    assert count_successes(mixed, lamps, partial(pack, order, ("lamp", "chair"), "chairs"), mixed) == 2
    rows = ParcelLine.objects.order_by("order_line").values_list("order_line__merchant__slug", "parcel__merchant__slug")
    assert list(rows) == [("lamps", "lamps"), ("chairs", "chairs")]


def remove(member: MerchantMember) -> bool:
    try:
        remove_member(merchant_id=member.merchant_id, member_id=member.pk, now=timezone.now())
    except MemberRefused:
        return False
    return True


def make_owners() -> list[MerchantMember]:
    merchant = make_merchant()
    for _number in range(2):
        make_member(merchant)
    return list(merchant.members.order_by("pk"))


def remove_all(owners: list[MerchantMember]) -> int:
    return count_successes(*(partial(remove, owner) for owner in owners))


def test_two_owners_who_leave_at_once_leave_one() -> None:
    assert [remove_all(make_owners()) for _run in range(3)] == [1] * 3


def test_without_the_lock_both_owners_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    owners, meeting, check = make_owners(), Meeting(2), members._refuse_last_owner

    def check_and_wait(merchant: Merchant, member: MerchantMember) -> None:
        check(merchant, member)
        meeting.wait()

    monkeypatch.setattr(members, "_refuse_last_owner", check_and_wait)
    monkeypatch.setattr(type(Merchant.objects), "select_for_update", lambda *_args, **_options: Merchant.objects.all())
    assert remove_all(owners) == 2


def apply(user: User, number: int, name: str = "") -> bool:
    profile = {name: value for name, value in APPLICATION.items() if name not in ("sells", "accepts_terms")}
    profile["name"] = name or f"Shop {'abcdefgh'[number] * 3}"
    try:
        apply_as_merchant(user=user, profile=profile, sells="x", now=timezone.now())
    except ApplicationRefused:
        return False
    return True


def test_of_eight_applications_of_one_person_one_waits() -> None:
    user = verify(make_user())
    assert count_successes(*(partial(apply, user, number) for number in range(8))) == 1
    assert Merchant.objects.filter(applicant=user).count() == 1


def apply_under_similar_names(meeting: Meeting | None, monkeypatch: pytest.MonkeyPatch) -> int:
    """Let two people apply at once. With a meeting, each sees that the name is free before the other has taken it."""

    def is_taken_and_wait(name: str, *, merchant_id: int | None) -> bool:
        is_taken = is_name_taken(name, merchant_id=merchant_id)
        if meeting:
            meeting.wait()
        return is_taken

    monkeypatch.setattr("catalog.merchants.applications.is_name_taken", is_taken_and_wait)
    people = [verify(make_user()) for _number in range(2)]
    return count_successes(partial(apply, people[0], 0, "Lamp House"), partial(apply, people[1], 0, "Lamp  H0use"))


def test_of_two_similar_names_that_are_taken_at_once_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert apply_under_similar_names(None, monkeypatch) == 1
    assert Merchant.objects.filter(state="applied").count() == 1


def test_without_the_lock_both_take_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.merchants.applications.lock_names", lambda: None)
    assert apply_under_similar_names(Meeting(2), monkeypatch) == 2
