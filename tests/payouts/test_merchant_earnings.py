"""A merchant's pages and API about its money: the same lines everywhere, for its owners alone."""

import csv
from datetime import timedelta
from html import unescape
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.proposals import ProposalRefused
from catalog.models import Merchant, MerchantRole
from payouts.account_proposals import propose_account
from payouts.approvals import BatchRefused
from payouts.batches import approve_batch, find_sendable_payouts, plan_batch
from payouts.merchant_files import build_merchant_rows
from payouts.merchant_statements import find_merchant_postings, read_lines
from payouts.models import PayoutAccount
from payouts.payout_accounts import AccountDetails
from payouts.tally import tally
from payouts.transfers import send_payout
from shop.models import Invoice, Order, OrderLine
from shop.refunds import plan_refund
from tests.conftest import client_of
from tests.factories import NOW, PASSWORD, make_member, make_user
from tests.shop.sellers import make_sellers, order_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_request_limits")]
IBAN = "DE89370400440532013000"


@pytest.fixture
def sellers() -> tuple[Merchant, Merchant]:
    return make_sellers()


@pytest.fixture
def owner(sellers: tuple[Merchant, Merchant]) -> User:
    return make_member(sellers[0])


@pytest.fixture
def as_owner(owner: User) -> Client:
    return client_of(owner)


def sell_and_tally() -> Order:
    """Sell two stools and a basket, take a stool back, and book it all."""
    order = order_of({"stool": 2, "basket": 1})
    end_return_period()
    [line] = order.lines.filter(product__slug="stool")
    plan_refund(order_id=order.pk, quantities={line.pk: 1}, created_by=None, now=timezone.now())
    tally(now=timezone.now())
    return order


def end_return_period() -> None:
    OrderLine.objects.update(payable_at=timezone.now() - timedelta(seconds=1))
    tally(now=timezone.now())


def text_of(client: Client, address: str = "/merchant/earnings/") -> str:
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    return unescape(response.content.decode())


def month() -> str:
    return timezone.localtime().strftime("%Y-%-m")


def test_every_line_is_explained_alike_on_the_page_in_the_files_and_in_the_api(
    sellers: tuple[Merchant, Merchant], as_owner: Client
) -> None:
    order = sell_and_tally()
    page = text_of(as_owner)
    for words in (
        "2 × Stool were sold",
        "$120.00 was paid, tax included. Our fee is 10% of $120.00, excluding tax and shipping.",
        f"Refund of order {order.code}",
        "1 × Stool. Our fee on them comes back to you.",
        "$54.00",
    ):
        assert words in page, words
    assert "Basket" not in page
    rows = list(csv.DictReader(StringIO(as_owner.get(f"/merchant/earnings/{month()}.csv").content.decode("utf-8-sig"))))
    assert [(row["kind"], row["sale"], row["fee"], row["net"]) for row in rows] == [
        ("refund", "-60.00", "6.00", "-54.00"),
        ("sale", "120.00", "-12.00", "108.00"),
    ]
    assert {row["order"] for row in rows} == {order.code}
    answer = as_owner.get("/api/v1/merchants/oak/earnings/").json()
    assert answer["balances"] == [{"currency": "USD", "owed_minor": 5400, "pending_minor": 0, "paid_minor": 0}]
    described = [(line["what"], line["rule"], line["net_minor"]) for line in answer["results"]]
    assert described == [(row["what"], row["rule"], int(row["net"].replace(".", ""))) for row in rows]
    drawn = [cells for cells, _is_bold in build_merchant_rows(read_lines(find_merchant_postings(sellers[0])))]
    assert drawn[-1][-1] == "$54.00"
    pdf = as_owner.get(f"/merchant/earnings/{month()}.pdf")
    assert pdf.content.startswith(b"%PDF")


def test_sale_is_pending_until_its_return_period_ends(as_owner: Client) -> None:
    assert "No sales yet" in text_of(as_owner)
    order_of({"stool": 1})
    page = text_of(as_owner)
    assert "It counts when the return period ends." in page and "$54.00" in page
    [balance] = as_owner.get("/api/v1/merchants/oak/earnings/").json()["balances"]
    assert (balance["owed_minor"], balance["pending_minor"]) == (0, 5400)
    plan_refund(order_id=Order.objects.get().pk, created_by=None, now=timezone.now())
    [balance] = as_owner.get("/api/v1/merchants/oak/earnings/").json()["balances"]
    assert (balance["owed_minor"], balance["pending_minor"]) == (0, 0)


def test_years_say_what_was_earned_and_paid(sellers: tuple[Merchant, Merchant], as_owner: Client) -> None:
    sell_and_tally()
    PayoutAccount.objects.create(merchant=sellers[0], holder_name="Oak", number="DE001")
    send_payout(payout_id=plan_batch(created_by=None, currency="USD", now=NOW).payouts.get().pk, now=timezone.now())
    page = text_of(as_owner)
    assert f">{timezone.localdate().year}</th>" in page
    assert "Payout on its way" in page and "To your account ending in E001" in page


ADDRESSES = (
    "/merchant/earnings/",
    "/merchant/earnings/{month}.csv",
    "/merchant/earnings/{month}.pdf",
    "/merchant/earnings/account/",
    "/merchant/invoices/",
    "/merchant/invoices/{number}/",
    "/api/v1/merchants/oak/earnings/",
    "/api/v1/merchants/oak/payout-account/",
)


def test_money_of_a_merchant_is_for_its_owners_alone(sellers: tuple[Merchant, Merchant], owner: User) -> None:
    oak, reed = sellers
    sell_and_tally()
    PayoutAccount.objects.create(merchant=oak, holder_name="Oak Secret", number=IBAN)
    number = Invoice.objects.filter(merchant=oak)[0].number
    clients = {
        "owner": client_of(owner),
        "manager": client_of(make_member(oak, MerchantRole.MANAGER)),
        "packer": client_of(make_member(oak, MerchantRole.PACKER)),
        "owner of another": client_of(make_member(reed)),
        "shopper": client_of(make_user()),
        "nobody": Client(),
    }
    clients["owner"].post("/accounts/reauthenticate/", {"password": PASSWORD})
    clients["owner of another"].post("/accounts/reauthenticate/", {"password": PASSWORD})
    for address in ADDRESSES:
        path = address.format(number=number, month=f"{timezone.localdate():%Y-%m}")
        for who, client in clients.items():
            answer = client.get(path)
            content = b"".join(answer) if answer.streaming else answer.content  # type: ignore[arg-type]
            assert (answer.status_code == 200) == (who == "owner") or "another" in who, (who, path)
            assert who == "owner" or not any(word in content for word in (b"Stool", b"Oak", b"3000")), (who, path)
    assert clients["owner of another"].get(f"/merchant/invoices/{number}/").status_code == 404
    before = PayoutAccount.objects.values().get()
    body = {"holder_name": "Thief", "number": "GB82WEST12345698765432"}
    for who in ("manager", "packer", "shopper", "owner of another"):
        clients[who].post("/accounts/reauthenticate/", {"password": PASSWORD})
        answer = clients[who].put("/api/v1/merchants/oak/payout-account/", body, content_type="application/json")
        assert answer.status_code in (403, 404), who
    clients["manager"].post("/merchant/earnings/account/", body)
    assert PayoutAccount.objects.values().get() == before


def test_owner_enters_an_account_and_all_owners_hear_of_it(
    sellers: tuple[Merchant, Merchant], owner: User, as_owner: Client
) -> None:
    other = make_member(sellers[0])
    EmailAddress.objects.create(user=other, email=other.email, primary=True, verified=True)
    body = {"holder_name": "Oak Goods", "number": IBAN}
    assert (
        as_owner.post("/merchant/earnings/account/", body).headers["Location"].startswith("/accounts/reauthenticate/")
    )
    assert not PayoutAccount.objects.exists()
    as_owner.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert as_owner.post("/merchant/earnings/account/", body).status_code == 302
    assert PayoutAccount.objects.get().merchant == sellers[0]
    page = text_of(as_owner, "/merchant/earnings/account/")
    assert "•••• 3000" in page and IBAN not in page
    assert {message.to[0] for message in mail.outbox} == {owner.email, other.email}
    assert "/merchant/earnings/account/" in str(mail.outbox[0].body)
    changed = as_owner.put(
        "/api/v1/merchants/oak/payout-account/",
        {"holder_name": "Oak Goods", "number": "GB82WEST12345698765432"},
        content_type="application/json",
    )
    assert (changed.status_code, changed.json()["number"]) == (200, "•••• 5432")


def test_planned_payout_waits_until_finance_confirms_a_new_account(
    sellers: tuple[Merchant, Merchant], as_owner: Client
) -> None:
    sell_and_tally()
    PayoutAccount.objects.create(merchant=sellers[0], holder_name="Oak", number=IBAN)
    batch = plan_batch(created_by=None, currency="USD", now=timezone.now())
    as_owner.post("/accounts/reauthenticate/", {"password": PASSWORD})
    as_owner.post("/merchant/earnings/account/", {"holder_name": "Oak", "number": "GB82WEST12345698765432"})
    assert find_sendable_payouts(batch=batch) == []
    assert batch.payouts.get().number == IBAN


def test_owner_on_staff_neither_approves_nor_proposes_their_own_money(
    sellers: tuple[Merchant, Merchant], owner: User
) -> None:
    sell_and_tally()
    PayoutAccount.objects.create(merchant=sellers[0], holder_name="Oak", number=IBAN)
    batch = plan_batch(created_by=None, currency="USD", now=timezone.now())
    with pytest.raises(BatchRefused, match="pays you"):
        approve_batch(batch=batch, approved_by=owner, now=timezone.now())
    details = AccountDetails("Oak", "GB82WEST12345698765432")
    with pytest.raises(ProposalRefused):
        propose_account(payee=sellers[0], details=details, reason="Mine", proposed_by=owner, now=timezone.now())
    batch.refresh_from_db()
    assert (batch.approved_by, PayoutAccount.objects.get().number) == (None, IBAN)


def test_owner_lists_the_invoices_in_its_name(as_owner: Client) -> None:
    sell_and_tally()
    page = text_of(as_owner, "/merchant/invoices/")
    own = list(Invoice.objects.filter(merchant__slug="oak").values_list("number", flat=True))
    assert len(own) == 2 and all(f"/merchant/invoices/{number}/" in page for number in own)
    assert "INV-" in page and not any(
        number in page for number in Invoice.objects.exclude(merchant__slug="oak").values_list("number", flat=True)
    )
    assert as_owner.get(f"/merchant/invoices/{own[0]}/").content.startswith(b"%PDF")


def test_suspended_merchant_reads_that_and_why_its_balance_is_held(
    as_owner: Client, sellers: tuple[Merchant, Merchant]
) -> None:
    sell_and_tally()
    oak, address = sellers[0], f"/api/v1/merchants/{sellers[0].slug}/earnings/"
    assert "Your balance is held" not in as_owner.get("/merchant/earnings/").content.decode()
    assert as_owner.get(address).json()["hold"] == ""
    Merchant.objects.filter(pk=oak.pk).update(state="suspended", decision_reason="Fake lamps")
    page = as_owner.get("/merchant/earnings/").content.decode()
    assert "Your balance is held while you are suspended" in page and "Fake lamps" in page
    assert as_owner.get(address).json()["hold"] == "Fake lamps"


def test_owner_reads_the_fee_and_from_when_on_another_holds(
    as_owner: Client, sellers: tuple[Merchant, Merchant]
) -> None:
    oak, starts_at = sellers[0], timezone.now() + timedelta(days=20)
    Merchant.objects.filter(pk=oak.pk).update(next_fee_bps=1250, next_fee_from=starts_at)
    page = " ".join(as_owner.get("/merchant/earnings/").content.decode().split())
    assert "Our fee is 10 % of the price without tax." in page and "on it is 12.5 %." in page
    answer = as_owner.get(f"/api/v1/merchants/{oak.slug}/earnings/").json()
    assert (answer["fee_bps"], answer["next_fee_bps"]) == (1000, 1250)
    order = order_of({"stool": 1})
    assert order.lines.get().fee_bps == 1000
    Merchant.objects.filter(pk=oak.pk).update(next_fee_from=timezone.now())
    later = order_of({"stool": 1}, key="key-0002").lines.get()
    assert (later.fee_bps, later.fee_minor) == (1250, 750)
    assert order.lines.get().fee_minor == 600
