"""What a merchant is owed: sales less fees, commissions and refunds, tallied once, paid out, and verified."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from catalog.models import Merchant, MerchantState, Product
from creators.models import Creator
from creators.slots import FINAL_AFTER
from payouts.approvals import BatchRefused
from payouts.banks import TransferResult, TransferState
from payouts.batches import find_sendable_payouts, plan_batch
from payouts.claims import find_stops
from payouts.ledger import get_payable_balance, reverse_posting
from payouts.left_out import explain_left_out
from payouts.models import Account, Batch, Payout, PayoutAccount, Posting, PostingKind
from payouts.tally import TallyCounts, tally
from payouts.trace import trace_payout
from payouts.transfers import send_payout, settle_payout
from payouts.verification import find_discrepancies
from payouts.yearly_totals import get_yearly_totals
from shop.models import Address, Order, OrderLine
from shop.refunds import plan_amount_refund, plan_refund
from tests.factories import NOW, make_member, make_published_clip, make_user
from tests.payouts.test_verify_ledger import tamper
from tests.shop.conftest import ADDRESS, buy, token_of
from tests.shop.sellers import make_sellers, order_of
from tests.shop.test_discounts import make_code

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_request_limits")]


@pytest.fixture
def sellers() -> tuple[Merchant, Merchant]:
    return make_sellers()


def end_return_period() -> TallyCounts:
    OrderLine.objects.filter(sale_booked_at=None).update(payable_at=timezone.now() - timedelta(seconds=1))
    return tally(now=timezone.now())


def refund(order: Order, **quantities: int) -> None:
    ids = dict(order.lines.values_list("product__slug", "pk"))
    chosen = {ids[slug]: quantity for slug, quantity in quantities.items()}
    plan_refund(order_id=order.pk, quantities=chosen or None, created_by=None, now=timezone.now())


def balances() -> dict[str, int]:
    """Return what is on the accounts, by merchant or kind."""
    accounts = Account.objects.select_related("merchant").filter(creator=None)
    return {account.merchant.slug if account.merchant else account.kind: sum_of(account) for account in accounts}


def sum_of(account: Account) -> int:
    return sum(account.entries.values_list("amount_minor", flat=True))


def account_of(merchant: Merchant, **fields: object) -> PayoutAccount:
    values = {"holder_name": merchant.name, "number": f"DE00{merchant.pk}", "version": 1} | fields
    return PayoutAccount.objects.create(merchant=merchant, **values)


def pay(payout: Payout) -> None:
    """Send a payout, and let the bank say that it was paid."""
    send_payout(payout_id=payout.pk, now=timezone.now())
    settle_payout(payout_id=payout.pk, result=TransferResult(TransferState.PAID, "ref-1"), now=timezone.now())


def sell_through_clip(client: Client, creator: Creator, slug: str) -> Order:
    """Sell a product through a published clip of the creator, at 10 % commission."""
    products = [Product.objects.get(slug=slug), Product.objects.get(slug="mug")]
    clip = make_published_clip(creator, products=products, now=timezone.now() - FINAL_AFTER)
    body = {"product": slug, "seen": token_of(clip, client)}
    assert buy(client, body).status_code == 201
    return Order.objects.latest("pk")


@pytest.mark.usefixtures("sellers")
def test_sale_counts_after_the_return_period_less_the_fee() -> None:
    order_of({"mug": 1, "stool": 2, "basket": 1})
    assert tally(now=timezone.now()) == TallyCounts(0, 0, 0)
    assert end_return_period() == TallyCounts(0, 0, 0, sales=2)
    assert balances() == {"oak": 10800, "reed": 3166, "sales": -15333, "sales_fees": 1367}
    assert [tally(now=timezone.now()) for _index in range(2)] == [TallyCounts(0, 0, 0)] * 2
    assert list(find_discrepancies()) == []


@pytest.mark.parametrize("is_before", [True, False])
@pytest.mark.usefixtures("sellers")
def test_refund_before_or_after_takes_the_sale_back_and_returns_the_fee(is_before: bool) -> None:
    order = order_of({"stool": 2, "basket": 1})
    if not is_before:
        end_return_period()
    refund(order, stool=1)
    end_return_period()
    assert balances() == {"oak": 5400, "reed": 3166, "sales": -9333, "sales_fees": 767}
    refund(order)
    tally(now=timezone.now())
    assert balances() == {"oak": 0, "reed": 0, "sales": 0, "sales_fees": 0}
    assert list(find_discrepancies()) == []


@pytest.mark.usefixtures("sellers")
def test_price_reduction_is_shared_and_the_fee_stays() -> None:
    order = order_of({"stool": 1, "mug": 1})
    shipping = order.shipping_minor
    plan_amount_refund(order_id=order.pk, amount_minor=1000, created_by=None, now=timezone.now(), reason="Late")
    end_return_period()
    share = round(1000 * 6000 / (8000 + shipping))
    assert balances() == {"oak": 5400 - share, "sales": share - 6000, "sales_fees": 600}
    refund(order)
    tally(now=timezone.now())
    assert balances()["oak"] == balances()["sales"] == 0
    assert list(find_discrepancies()) == []


@pytest.mark.usefixtures("sellers")
def test_house_pays_the_discount_of_its_code_to_the_merchant() -> None:
    make_code(percent_bps=5000)
    order = order_of({"stool": 1}, discount_code="SUMMER10")
    end_return_period()
    assert balances() == {"oak": 5700, "sales": -3000, "discounts": -3000, "sales_fees": 300}
    refund(order)
    tally(now=timezone.now())
    assert set(balances().values()) == {0}
    assert list(find_discrepancies()) == []


def test_merchant_pays_the_commission_on_its_sale(
    sellers: tuple[Merchant, Merchant], as_shopper: Client, shopper: User, creator: Creator
) -> None:
    Address.objects.create(user=shopper, **ADDRESS)
    order = sell_through_clip(as_shopper, creator, "stool")
    end_return_period()
    assert (balances()["oak"], "commissions" in balances()) == (6000 - 600 - 600, False)
    refund(order)
    tally(now=timezone.now())
    assert balances()["oak"] == 0
    creators = Account.objects.get(creator=creator)
    assert sum_of(creators) == 2500, "the fee for the clip alone"
    assert list(find_discrepancies()) == []


def test_reversed_commission_comes_back_to_the_merchant(
    sellers: tuple[Merchant, Merchant], as_shopper: Client, shopper: User, creator: Creator
) -> None:
    Address.objects.create(user=shopper, **ADDRESS)
    sell_through_clip(as_shopper, creator, "stool")
    end_return_period()
    posting = Posting.objects.get(kind=PostingKind.COMMISSION)
    reverse_posting(posting=posting, created_by=make_user(), reason="Bought for a friend", now=timezone.now())
    assert balances()["oak"] == 5400
    assert list(find_discrepancies()) == []


def test_disputed_order_is_not_paid_until_the_bank_decides(sellers: tuple[Merchant, Merchant]) -> None:
    order = order_of({"stool": 1})
    Order.objects.filter(pk=order.pk).update(state="disputed")
    assert end_return_period() == TallyCounts(0, 0, 0)
    Order.objects.filter(pk=order.pk).update(state="paid")
    tally(now=timezone.now())
    plan_amount_refund(order_id=order.pk, amount_minor=700, created_by=None, now=timezone.now(), reason="Late")
    tally(now=timezone.now())
    account = Account.objects.get(merchant=sellers[0])
    owed = sum_of(account)
    assert get_payable_balance(account) == owed < 5400
    Order.objects.filter(pk=order.pk).update(state="disputed")
    assert get_payable_balance(account) == 0
    account_of(sellers[0])
    with pytest.raises(BatchRefused):
        plan_batch(created_by=None, currency="USD", now=timezone.now())
    sentences = [left.sentence for left in explain_left_out(currency="USD", now=timezone.now())]
    assert sentences == ["1 payee waits for the end of a dispute about an order."]


def test_merchants_are_paid_in_the_same_batches_and_told(
    sellers: tuple[Merchant, Merchant], settings: Settings
) -> None:
    settings.PAYOUT_MINIMUM_MINOR = 1000
    oak, reed = sellers
    owner = make_member(oak)
    order_of({"stool": 2, "basket": 1})
    end_return_period()
    account_of(oak)
    account_of(reed)
    batch = plan_batch(created_by=None, currency="USD", now=NOW)
    amounts = dict(batch.payouts.values_list("merchant__slug", "amount_minor"))
    assert amounts == {"oak": 10800, "reed": 3166}
    payout = batch.payouts.get(merchant=oak)
    pay(payout)
    assert [origin.net_minor for origin in trace_payout(payout)] == [10800]
    assert balances()["oak"] == 0
    assert [message.to for message in mail.outbox if "We paid you" in message.subject] == [[owner.email]]
    assert "/merchant/earnings/" in str(mail.outbox[-1].body)
    totals = {
        str(total.payee): (total.net_minor, total.paid_minor) for total in get_yearly_totals(timezone.localdate().year)
    }
    assert totals == {"Oak": (10800, 10800), "Reed": (3166, 0)}
    assert list(find_discrepancies()) == []


def test_claim_against_a_later_sale_is_settled_by_it(sellers: tuple[Merchant, Merchant]) -> None:
    oak, _reed = sellers
    account_of(oak)
    order = order_of({"stool": 2})
    end_return_period()
    pay(plan_batch(created_by=None, currency="USD", now=NOW).payouts.get())
    refund(order, stool=1)
    tally(now=timezone.now())
    assert balances()["oak"] == -5400
    order_of({"stool": 2}, key="key-0002")
    end_return_period()
    assert plan_batch(created_by=None, currency="USD", now=timezone.now()).payouts.get().amount_minor == 5400
    assert list(find_discrepancies()) == []


def test_suspended_merchant_is_not_paid_until_it_is_restored(sellers: tuple[Merchant, Merchant]) -> None:
    oak, _reed = sellers
    account_of(oak)
    order_of({"stool": 2})
    end_return_period()
    batch = plan_batch(created_by=None, currency="USD", now=timezone.now())
    Merchant.objects.filter(pk=oak.pk).update(state=MerchantState.SUSPENDED, decision_reason="Fake lamps")
    assert find_sendable_payouts(batch=batch) == []
    assert list(find_stops(batch.payouts.all(), timezone.now()).values()) == ["The merchant is suspended: Fake lamps"]
    send_payout(payout_id=batch.payouts.get().pk, now=timezone.now())
    assert (batch.payouts.get().state, balances()["oak"]) == ("planned", 10800)
    with pytest.raises(BatchRefused):
        plan_batch(created_by=None, currency="USD", now=timezone.now())
    Merchant.objects.filter(pk=oak.pk).update(state=MerchantState.APPROVED)
    send_payout(payout_id=batch.payouts.get().pk, now=timezone.now())
    assert balances()["oak"] == 0


def test_database_requires_exactly_one_payee(sellers: tuple[Merchant, Merchant], creator: Creator) -> None:
    batch = Batch.objects.create(currency="USD", provider="demo", created_at=NOW)
    with pytest.raises(IntegrityError, match="one_payee"), transaction.atomic():
        account_of(sellers[0], creator=creator)
    with pytest.raises(IntegrityError, match="one_payee"), transaction.atomic():
        PayoutAccount.objects.create(holder_name="Oak", number="DE001")
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.create(kind="merchant", creator=creator, merchant=sellers[0], currency="USD")
    with pytest.raises(IntegrityError, match="one_payee"), transaction.atomic():
        Payout.objects.create(batch=batch, creator=creator, merchant=sellers[0], amount_minor=1, currency="USD")
    assert (Account.objects.count(), Payout.objects.count(), PayoutAccount.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("UPDATE shop_orderline SET fee_minor = fee_minor - 1 WHERE fee_minor > 0", "a merchant's sale is booked"),
        ("UPDATE shop_orderline SET sale_booked_at = NULL WHERE fee_minor > 0", "whether its sale is booked"),
        ("UPDATE shop_refundshare SET fee_minor = fee_minor - 1", "what its share says"),
        ("UPDATE payouts_posting SET gross_minor = gross_minor - 1 WHERE kind = 'sale'", "its merchant's account"),
        ("UPDATE shop_refundshare SET amount_minor = 9999, goods_minor = 9999", "no more of a refund than it is"),
        ("DELETE FROM payouts_posting WHERE kind = 'sale'", "a merchant's statement sums"),
    ],
)
@pytest.mark.usefixtures("sellers")
def test_tampering_with_a_merchants_pay_is_noticed(sql: str, message: str) -> None:
    order = order_of({"stool": 2})
    end_return_period()
    refund(order, stool=1)
    tally(now=timezone.now())
    assert list(find_discrepancies()) == []
    tamper(sql)
    assert message in "\n".join(str(discrepancy) for discrepancy in find_discrepancies())
