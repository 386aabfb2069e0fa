"""manage.py verify_ledger finds whatever is tampered with, says it, and fails; untouched books pass."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from creators.models import Creator
from payouts import csv_export, serializers, verification
from payouts.batches import plan_batch
from payouts.models import PayoutAccount
from payouts.statements import Balance
from payouts.tally import tally
from payouts.transfers import send_payout
from payouts.verification import CHECKS
from shop.models import Address
from shop.refunds import plan_refund
from tests.factories import NOW
from tests.payouts.test_statement import after_the_return_window, sell
from tests.shop.conftest import ADDRESS

pytestmark = pytest.mark.django_db


@pytest.fixture
def books(as_shopper: Client, shopper: User, creator: Creator) -> Creator:
    """A creator with a fee, a commission, a return of a part of it, and a payout under way."""
    Address.objects.create(user=shopper, **ADDRESS)
    order = sell(as_shopper, creator, quantity=3)
    after_the_return_window(order)
    plan_refund(order_id=order.pk, quantities={order.lines.get().pk: 1}, created_by=None, now=timezone.now())
    tally(now=timezone.now())
    PayoutAccount.objects.create(creator=creator, holder_name="Maya", number="DE001")
    send_payout(payout_id=plan_batch(created_by=None, currency="USD", now=NOW).payouts.get().pk, now=NOW)
    return creator


def tamper(sql: str) -> None:
    """Change rows as somebody with the database's password could: behind every trigger and constraint."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql)
        assert cursor.rowcount > 0, sql
        cursor.execute("SET session_replication_role = origin")


@pytest.mark.usefixtures("books")
def test_untouched_books_pass(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify_ledger")
    assert capsys.readouterr().out == f"{len(CHECKS)} checks over 8 entries: nothing differs.\n"


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE payouts_entry SET amount_minor = amount_minor + 1 WHERE amount_minor = 600", "sum to zero"),
        ("DELETE FROM payouts_entry WHERE amount_minor = -600", "sum to zero"),
        ("UPDATE payouts_posting SET gross_minor = 700 WHERE kind = 'commission'", "what is entered"),
        ("UPDATE payouts_posting SET agency_minor = 5 WHERE kind = 'fee'", "fees booked"),
        ("UPDATE creators_slot SET fee_minor = 2600 WHERE state = 'earned'", "fees booked"),
        ("UPDATE creators_slot SET agency_minor = 1 WHERE state = 'earned'", "fees booked"),
        ("UPDATE creators_slot SET state = 'released', reason = 'rejected'", "fees booked"),
        ("UPDATE shop_orderline SET commission_minor = 601", "commissions booked"),
        ("UPDATE shop_orderline SET payable_at = NULL", "commissions booked"),
        ("UPDATE payouts_posting SET gross_minor = -601 WHERE kind = 'return'", "gives back more"),
        ("UPDATE creators_campaign SET taken_count = 7", "a campaign's counter"),
        ("UPDATE creators_campaign SET taken_count = 0", "a campaign's counter"),
        ("UPDATE creators_enrolment SET held_count = 1", "an enrolment's counters"),
        ("UPDATE payouts_payout SET amount_minor = amount_minor + 1", "payouts sent are payouts booked"),
        ("UPDATE payouts_payout SET state = 'failed'", "payouts sent are payouts booked"),
        ("UPDATE shop_order SET refunded_minor = refunded_minor + 1", "orders are refunded"),
        ("UPDATE shop_refund SET amount_minor = amount_minor - 1", "orders are refunded"),
        ("UPDATE payouts_account SET currency = 'EUR' WHERE kind = 'creator'", "what is entered"),
        ("DELETE FROM payouts_posting WHERE kind = 'fee'", "a statement sums"),
    ],
)
@pytest.mark.usefixtures("books")
def test_what_is_tampered_with_is_found(sql: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    tamper(sql)
    with pytest.raises(CommandError, match="difference"):
        call_command("verify_ledger")
    assert said in capsys.readouterr().out


@pytest.mark.usefixtures("books")
def test_a_posting_given_to_another_creator_is_found(capsys: pytest.CaptureFixture[str], stranger: User) -> None:
    other = Creator.objects.create(user=stranger, handle="other", display_name="Other")
    tamper(f"UPDATE payouts_posting SET creator_id = {other.pk} WHERE kind = 'commission'")  # noqa: S608
    with pytest.raises(CommandError):
        call_command("verify_ledger")
    assert "what a posting says its creator gets" in capsys.readouterr().out


def cent_short(amount_minor: int, currency: str) -> str:
    return f"{(amount_minor - 1) / 100:.2f}"


def page_that_lies(*, creator: Creator, now: object) -> list[Balance]:
    return [Balance("USD", 99, 0, 0, 0)]


@pytest.mark.parametrize(
    ("where", "name", "lie", "door"),
    [
        (csv_export, "plain_decimal", cent_short, "CSV"),
        (
            serializers.PriceSerializer,
            "to_representation",
            lambda *_args: {"amount_minor": 1, "currency": "USD"},
            "API",
        ),
        (verification, "get_balances", page_that_lies, "page"),
    ],
)
@pytest.mark.usefixtures("books")
def test_a_door_that_says_something_else_is_found(
    where: Any, name: str, lie: Any, door: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(where, name, lie)
    with pytest.raises(CommandError, match="1 difference"):
        call_command("verify_ledger")
    assert f"the {door} sums to the account: @maya USD" in capsys.readouterr().out
