"""Creators see held commissions on their statement, in words that say nothing about the buyer."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from creators.models import Creator
from payouts.closed_accounts import get_open_pay
from payouts.models import StatementLine
from payouts.statements import get_balances
from payouts.tally import tally
from payouts.verification import find_discrepancies
from shop.commission_holds import decide_hold
from shop.models import Address, CommissionHold, OrderLine
from shop.refunds import plan_refund
from tests.conftest import client_of
from tests.factories import make_creator, make_user
from tests.shop.related import ELSEWHERE, make_earning_clip, mature, order_through, represent, state_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def maya() -> Creator:
    return make_creator("maya")


@pytest.fixture
def line(maya: Creator) -> OrderLine:
    """Return a line of @maya with a held commission of $2.00, of which her agency gets 10 %."""
    represent(maya)
    Address.objects.create(user=maya.user, **ELSEWHERE)
    line = order_through(make_earning_clip(maya))
    assert state_of(line) == ("held", "", 200)
    return line


def decide(line: OrderLine, *, is_released: bool) -> None:
    decide_hold(
        hold_id=line.commission_holds.get().pk,
        is_released=is_released,
        decided_by=make_user(is_staff=True),
        reason="We looked into it, order abc",
        now=timezone.now(),
    )


def read_lines(creator: Creator) -> list[tuple[str, int, int]]:
    lines = StatementLine.objects.of(creator).filter(order_line__isnull=False).newest_first()
    return list(lines.values_list("kind", "net_minor", "pending_minor"))


def read_balance(creator: Creator) -> tuple[int, int, int]:
    [balance] = [balance for balance in get_balances(creator=creator) if balance.currency == "USD"]
    return (balance.owed_minor, balance.pending_minor, balance.checking_minor)


@pytest.mark.parametrize("is_mature", [False, True])
def test_held_commission_is_a_line_of_its_own(maya: Creator, line: OrderLine, is_mature: bool) -> None:
    if is_mature:
        OrderLine.objects.update(payable_at=timezone.now() - timedelta(days=45))
    tally(now=timezone.now())
    assert read_lines(maya) == [("held", 0, 180)]
    owed, pending, checking = read_balance(maya)
    assert (pending, checking) == (0, 180)
    assert get_open_pay(creator=maya).amounts[0].amount_minor == owed + 180
    assert list(find_discrepancies()) == []


def test_page_api_and_files_say_that_the_sale_is_checked_and_nothing_about_the_buyer(
    maya: Creator, line: OrderLine
) -> None:
    client = client_of(maya.user)
    page = client.get("/studio/earnings/").content.decode()
    month = timezone.localtime(line.order.paid_at)
    answers = [
        page,
        client.get("/api/v1/earnings/").content.decode(),
        client.get(f"/studio/earnings/{month:%Y-%m}.csv").content.decode("utf-8-sig"),
    ]
    for answer in answers:
        assert "We are checking whether this sale may earn it." in answer
        for secret in ("99 Far Road", "buyer@elsewhere.example", "Elsa", "ddress", line.order.code):
            assert secret not in answer.replace("address bar", ""), secret
    assert "Commissions being checked" in page and "being checked</span>" in page


def test_released_commission_returns_to_the_pending_ones_and_is_booked(maya: Creator, line: OrderLine) -> None:
    decide(line, is_released=True)
    assert read_lines(maya) == [("pending", 0, 180)]
    assert read_balance(maya)[1:] == (180, 0)
    mature(line)
    tally(now=timezone.now())
    assert [row[:2] for row in read_lines(maya)] == [("commission", 180)]
    assert list(find_discrepancies()) == []


def test_commission_that_is_released_later_is_dated_in_the_month_of_the_release(maya: Creator, line: OrderLine) -> None:
    OrderLine.objects.update(payable_at=timezone.now() - timedelta(days=45))
    tally(now=timezone.now())
    decide(line, is_released=True)
    tally(now=timezone.now())
    posting = line.postings.get()
    assert posting.occurred_at == line.commission_holds.get().decided_at


@pytest.mark.parametrize("is_certain", [False, True])
def test_refused_commission_is_a_line_of_zero_that_says_why(maya: Creator, line: OrderLine, is_certain: bool) -> None:
    if is_certain:
        line = order_through(make_earning_clip(maya), client_of(maya.user))
        CommissionHold.objects.filter(state="held").delete()
        OrderLine.objects.exclude(pk=line.pk).update(
            creator=None, clip=None, click=None, commission_minor=0, agency_minor=0
        )
    else:
        decide(line, is_released=False)
    assert read_lines(maya) == [("unpaid", 0, 0)]
    assert read_balance(maya)[1:] == (0, 0)
    page = client_of(maya.user).get("/studio/earnings/").content.decode()
    reason = "You bought this yourself" if is_certain else "your agency or your household earn no commission"
    assert reason in page and "order abc" not in page


def test_partly_returned_line_that_is_refused_leaves_no_negative_balance(maya: Creator, line: OrderLine) -> None:
    many = order_through(make_earning_clip(maya), quantity=2)
    plan_refund(order_id=many.order_id, quantities={many.pk: 1}, created_by=None, now=timezone.now())
    assert read_balance(maya)[2] == 180 + 180
    decide(many, is_released=False)
    decide(line, is_released=False)
    assert read_balance(maya)[1:] == (0, 0)
    assert list(find_discrepancies()) == []


def test_statement_takes_the_same_queries_for_many_held_lines(maya: Creator, line: OrderLine) -> None:
    client = client_of(maya.user)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/studio/earnings/").status_code == 200
            return len(queries)

    count()
    first = count()
    clip = make_earning_clip(maya)
    for _index in range(4):
        order_through(clip)
    assert CommissionHold.objects.count() == 5
    assert count() == first


def test_statement_and_lists_of_ten_thousand_commissions_take_constant_queries(
    as_stranger: Client, maya: Creator, line: OrderLine, django_assert_max_num_queries: Any
) -> None:
    """The lines are copied in the database; a tenth of them is held."""
    with connection.cursor() as cursor:
        columns = [field.column for field in OrderLine._meta.local_fields if field.column != "id"]
        names = ", ".join(columns)
        sql = f"INSERT INTO shop_orderline ({names}) SELECT {names} FROM shop_orderline, generate_series(1, 9999)"  # noqa: S608
        cursor.execute(f"{sql} WHERE shop_orderline.id = %s", [line.pk])
        cursor.execute(
            """INSERT INTO shop_commissionhold (line_id, state, signals, commission_minor, agency_minor, placed_at, reason)
            SELECT id, 'held', '[]', 200, 20, now(), '' FROM shop_orderline WHERE id %% 10 = 0 AND id <> %s""",
            [line.pk],
        )
    client = client_of(maya.user)
    client.get("/studio/earnings/")
    with django_assert_max_num_queries(7):  # one counts the bag
        page = client.get("/studio/earnings/")
    assert page.content.decode().count("statement__line ") == 50
    assert list(find_discrepancies()) == []


def test_pages_show_every_line_although_some_are_held(
    maya: Creator, line: OrderLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("payouts.views.LINES_PER_PAGE", 2)
    elsewhere = make_earning_clip(maya)
    for _index in range(4):
        order_through(elsewhere, email="other@elsewhere.example", address=ELSEWHERE | {"street": "99 Far Road"})
    client, link, shown = client_of(maya.user), "", 0
    for _page in range(3):
        page = client.get(f"/studio/earnings/{link}").content.decode()
        shown += page.count("statement__line ")
        older = re.search(r'href="([^"]+)" rel="next">Older', page)
        link = unescape(older[1]) if older else ""
    assert CommissionHold.objects.exists()
    assert (shown, link) == (StatementLine.objects.of(maya).count(), "")
    whole = client.get("/api/v1/earnings/", {"limit": 2}).json()
    assert whole["next"]
