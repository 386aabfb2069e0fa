"""manage.py verify_ledger prints every discrepancy and fails; an untouched ledger passes."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.prices import PriceSerializer
from creators.models import Creator
from payouts import csv_export, verification
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
def ledger(as_shopper: Client, shopper: User, creator: Creator) -> Creator:
    """Book a fee, a commission, a partial return and a payout in transit for a creator."""
    Address.objects.create(user=shopper, **ADDRESS)
    order = sell(as_shopper, creator, quantity=3)
    after_the_return_window(order)
    plan_refund(order_id=order.pk, quantities={order.lines.get().pk: 1}, created_by=None, now=timezone.now())
    tally(now=timezone.now())
    PayoutAccount.objects.create(creator=creator, holder_name="Maya", number="DE001")
    send_payout(payout_id=plan_batch(created_by=None, currency="USD", now=NOW).payouts.get().pk, now=NOW)
    return creator


def tamper(sql: str) -> None:
    """Change rows as someone with the database password could, past triggers and foreign keys. CHECKs still hold."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql)
        assert cursor.rowcount > 0, sql
        cursor.execute("SET session_replication_role = origin")


@pytest.mark.usefixtures("ledger")
def test_untouched_ledger_passes(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify_ledger")
    assert capsys.readouterr().out == f"{len(CHECKS)} checks over 8 entries: no discrepancies.\n"


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("UPDATE payouts_entry SET amount_minor = amount_minor + 1 WHERE amount_minor = 600", "sum to zero"),
        ("DELETE FROM payouts_entry WHERE amount_minor = -600", "sum to zero"),
        ("UPDATE payouts_posting SET gross_minor = 700 WHERE kind = 'commission'", "net amount is the entry"),
        ("UPDATE payouts_posting SET agency_minor = 5 WHERE kind = 'fee'", "booked fees"),
        ("UPDATE creators_slot SET fee_minor = 2600 WHERE state = 'earned'", "booked fees"),
        ("UPDATE creators_slot SET agency_minor = 1 WHERE state = 'earned'", "booked fees"),
        ("UPDATE creators_slot SET state = 'released', reason = 'rejected'", "booked fees"),
        ("UPDATE shop_orderline SET commission_minor = 601", "booked commissions"),
        ("UPDATE shop_orderline SET payable_at = NULL", "booked commissions"),
        ("UPDATE shop_orderline SET commission_booked_at = NULL", "whether its commission is booked"),
        ("UPDATE payouts_posting SET gross_minor = -601 WHERE kind = 'return'", "reverses more"),
        ("UPDATE creators_campaign SET taken_count = 7", "a campaign's counter"),
        ("UPDATE creators_campaign SET taken_count = 0", "a campaign's counter"),
        ("UPDATE creators_enrolment SET held_count = 1", "an enrolment's counters"),
        ("UPDATE payouts_payout SET amount_minor = amount_minor + 1", "sent payouts are booked payouts"),
        ("UPDATE payouts_payout SET state = 'failed'", "sent payouts are booked payouts"),
        ("UPDATE shop_order SET refunded_minor = refunded_minor + 1", "refunded amount is the sum"),
        (
            "UPDATE shop_refund SET amount_minor = amount_minor - 1, goods_minor = goods_minor - 1",
            "refunded amount is the sum",
        ),
        ("UPDATE payouts_account SET currency = 'EUR' WHERE kind = 'creator'", "net amount is the entry"),
        ("DELETE FROM payouts_posting WHERE kind = 'fee'", "a statement sums"),
    ],
)
@pytest.mark.usefixtures("ledger")
def test_tampering_is_found(sql: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    tamper(sql)
    with pytest.raises(CommandError, match="Discrepancies"):
        call_command("verify_ledger")
    assert message in capsys.readouterr().out


@pytest.mark.usefixtures("ledger")
def test_posting_moved_to_another_creator_is_found(capsys: pytest.CaptureFixture[str], stranger: User) -> None:
    other = Creator.objects.create(user=stranger, handle="other", display_name="Other")
    tamper(f"UPDATE payouts_posting SET creator_id = {other.pk} WHERE kind = 'commission'")  # noqa: S608
    with pytest.raises(CommandError):
        call_command("verify_ledger")
    assert "a posting's net amount is the entry on its creator's account" in capsys.readouterr().out


def format_one_cent_less(amount_minor: int, currency: str) -> str:
    return f"{(amount_minor - 1) / 100:.2f}"


def wrong_balances(*, creator: Creator) -> list[Balance]:
    return [Balance("USD", 99, 0, 0, 0)]


@pytest.mark.parametrize(
    ("owner", "name", "replacement", "source"),
    [
        (csv_export, "plain_decimal", format_one_cent_less, "CSV"),
        (
            PriceSerializer,
            "to_representation",
            lambda *_args: {"amount_minor": 1, "currency": "USD"},
            "API",
        ),
        (verification, "get_balances", wrong_balances, "page"),
    ],
)
@pytest.mark.usefixtures("ledger")
def test_wrong_total_of_page_csv_or_api_is_found(
    owner: Any,
    name: str,
    replacement: Any,
    source: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(owner, name, replacement)
    with pytest.raises(CommandError, match="Discrepancies: 1"):
        call_command("verify_ledger")
    assert f"the {source} sums to the account: @maya USD" in capsys.readouterr().out
