"""Finance looks at the evidence for a held commission and releases or refuses it, with a reason."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from creators.models import Creator
from feedsite.roles import sync_roles
from payouts.related_payees import assess_commissions
from payouts.tally import tally
from shop.commission_holds import CommissionDecisionRefused, decide_hold
from shop.models import Address, CommissionHold, Order, OrderLine, Payment, RefundLine
from shop.refunds import plan_refund
from tests.conftest import client_of
from tests.factories import make_creator, make_user
from tests.shop.related import ELSEWHERE, make_earning_clip, mature, order_through, represent, state_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def finance() -> User:
    sync_roles()
    user = make_user("finance@example.com", is_staff=True)
    user.groups.add(Group.objects.get(name="Finance"))
    return user


@pytest.fixture
def as_finance(finance: User) -> Client:
    return client_of(finance)


@pytest.fixture
def maya() -> Creator:
    return make_creator("maya")


@pytest.fixture
def line(maya: Creator) -> OrderLine:
    """Return a line whose commission of $2.00 is held, because @maya saved the address that it was sent to."""
    Address.objects.create(user=maya.user, **ELSEWHERE)
    line = order_through(make_earning_clip(maya))
    assert state_of(line) == ("held", "", 200)
    return line


def decide_page(line: OrderLine) -> str:
    return f"/admin/shop/commissionhold/{line.commission_holds.latest('pk').pk}/decide/"


def test_work_waits_on_the_first_page_and_in_the_list(as_finance: Client, line: OrderLine) -> None:
    assert "Commissions to decide on" in as_finance.get("/admin/").content.decode()
    page = as_finance.get("/admin/shop/commissionhold/?state__exact=held").content.decode()
    assert "@maya" in page and "$2.00" in page and "Same address" in page
    detail = as_finance.get(f"/admin/shop/commissionhold/{line.commission_holds.get().pk}/change/").content.decode()
    assert f"/admin/shop/order/{line.order_id}/change/" in detail and "Decide" in detail


def test_evidence_names_orders_and_no_cards_addresses_or_numbers(as_finance: Client, maya: Creator) -> None:
    own = order_through(make_earning_clip(), client_of(maya.user), address=ELSEWHERE | {"phone": "+12175550123"})
    line = order_through(make_earning_clip(maya), address=ELSEWHERE | {"phone": "+12175550123"})
    page = as_finance.get(decide_page(line)).content.decode()
    assert f"/admin/shop/order/{own.order_id}/change/" in page and f"order {own.order.code}" in page
    assert "Same phone number" in page and "the same house" in page
    for secret in ("+12175550123", "99 Far Road", "60601"):
        assert secret not in page and secret not in str(line.commission_holds.get().signals)
    Payment.objects.update(fingerprint="card-of-maya")
    assess_commissions(now=timezone.now())
    assert state_of(line) == ("refused", "related_buyer", 0)
    page = as_finance.get(decide_page(line)).content.decode()
    assert "Paid with a card" in page and "card-of-maya" not in page


def test_released_commission_is_paid_in_full(as_finance: Client, finance: User, line: OrderLine) -> None:
    mature(line)
    assert tally(now=timezone.now()).commissions == 0
    answer = as_finance.post(decide_page(line), {"reason": "Neighbours, see mail of 3 May", "release": ""})
    assert answer.status_code == 302
    hold = line.commission_holds.get()
    assert (hold.state, hold.decided_by, hold.reason) == ("released", finance, "Neighbours, see mail of 3 May")
    assert LogEntry.objects.filter(object_id=str(hold.pk), user=finance, change_message__contains="Neighbours").exists()
    assess_commissions(now=timezone.now())
    assert tally(now=timezone.now()).commissions == 1
    posting = line.postings.get()
    assert posting.gross_minor == 200 and posting.occurred_at == hold.decided_at


def test_refused_commission_is_never_paid(as_finance: Client, line: OrderLine) -> None:
    assert as_finance.post(decide_page(line), {"reason": "Same household", "refuse": ""}).status_code == 302
    assert state_of(line) == ("refused", "related_buyer", 0)
    mature(line)
    assert tally(now=timezone.now()).commissions == 0


@pytest.mark.parametrize("is_certain", [False, True])
def test_refused_commission_can_be_released_without_what_was_returned(
    as_finance: Client, finance: User, maya: Creator, line: OrderLine, is_certain: bool
) -> None:
    many = order_through(make_earning_clip(maya), quantity=3)
    assert state_of(many) == ("held", "", 600)
    refund(many, 1)
    if is_certain:
        Order.objects.filter(pk=many.order_id).update(email=maya.user.email)
        assess_commissions(now=timezone.now())
    else:
        as_finance.post(decide_page(many), {"reason": "Same household", "refuse": ""})
    assert state_of(many)[2] == 0
    refund(many, 1)
    page = as_finance.get(decide_page(many)).content.decode()
    assert 'name="release"' in page and 'name="refuse"' not in page
    as_finance.post(decide_page(many), {"reason": "They have moved out", "release": ""})
    assert state_of(many) == ("released", "", 600)
    mature(many)
    counts = tally(now=timezone.now())
    assert (counts.commissions, counts.returns) == (1, 2)
    assert sum(posting.gross_minor for posting in many.postings.all()) == 200


def refund(line: OrderLine, quantity: int) -> None:
    plan_refund(order_id=line.order_id, quantities={line.pk: quantity}, created_by=None, now=timezone.now())
    assert RefundLine.objects.filter(order_line=line).exists()


def test_decision_needs_a_reason_and_keeps_what_was_typed(as_finance: Client, line: OrderLine) -> None:
    answer = as_finance.post(decide_page(line), {"reason": "  ", "release": ""})
    assert answer.status_code == 422 and "This field is required." in answer.content.decode()
    assert state_of(line) == ("held", "", 200)
    decide_hold(
        hold_id=line.commission_holds.get().pk,
        is_released=True,
        decided_by=make_user(),
        reason="Fine",
        now=timezone.now(),
    )
    answer = as_finance.post(decide_page(line), {"reason": "Not so fine", "refuse": ""})
    page = answer.content.decode()
    assert answer.status_code == 422 and "already decided" in page and "Not so fine" in page
    assert state_of(line) == ("released", "", 200)


def test_nobody_decides_on_money_of_their_own(finance: User, maya: Creator, line: OrderLine) -> None:
    agency = represent(maya)
    assert agency.user is not None
    buyer = make_user()
    Order.objects.filter(pk=line.order_id).update(user=buyer)
    for person in (maya.user, agency.user, buyer):
        with pytest.raises(CommissionDecisionRefused, match="your own"):
            decide_hold(
                hold_id=line.commission_holds.get().pk,
                is_released=True,
                decided_by=person,
                reason="It is fine",
                now=timezone.now(),
            )
    assert state_of(line) == ("held", "", 200)


@pytest.mark.parametrize("role", ["Moderator", "Campaign manager", "Catalogue manager"])
def test_other_roles_cannot_decide(line: OrderLine, role: str) -> None:
    sync_roles()
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    answers = [client_of(user).get(decide_page(line)), client_of(user).post(decide_page(line), {"reason": "x"})]
    assert {answer.status_code for answer in answers} == {403}
    assert state_of(line) == ("held", "", 200)


def test_new_evidence_after_a_release_holds_again_and_the_old_does_not(
    finance: User, maya: Creator, line: OrderLine
) -> None:
    hold = line.commission_holds.get()
    decide_hold(hold_id=hold.pk, is_released=True, decided_by=finance, reason="Neighbours", now=timezone.now())
    assess_commissions(now=timezone.now())
    assert state_of(line)[0] == "released"
    Order.objects.filter(pk=line.order_id).update(email=maya.user.email)
    assess_commissions(now=timezone.now())
    assert state_of(line) == ("held", "", 200)
    assert [row.kinds for row in line.commission_holds.order_by("pk")] == [["address"], ["email"]]


def test_returned_goods_are_no_work(as_finance: Client, line: OrderLine) -> None:
    refund(line, 1)
    assert "Commissions to decide on" not in as_finance.get("/admin/").content.decode()


def test_pages_take_the_same_queries_for_many_holds(as_finance: Client, maya: Creator, line: OrderLine) -> None:
    def count(page: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert as_finance.get(page).status_code == 200
            return len(queries)

    as_finance.get("/admin/shop/commissionhold/")
    first = count("/admin/shop/commissionhold/")
    for _index in range(4):
        order_through(make_earning_clip(maya))
    assert CommissionHold.objects.count() == 5
    assert count("/admin/shop/commissionhold/") == first <= 12
