"""Payment orders as ISO 20022 pain.001, checked against the schema."""

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone
from pytest_django import Settings
from sepaxml.validation import try_valid_xml

from payouts.account_numbers import parse_debtor
from payouts.bank_letters import write_bank_text
from payouts.banks import Transfer
from payouts.banks.payment_order import SCHEMA, Debtor, PaymentOrderInvalid, write_payment_order
from payouts.models import Batch, PayoutAccount
from payouts.tally import tally
from payouts.transfers import send_payout
from tests.conftest import client_of
from tests.factories import make_creator, make_published_clip, make_user

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
IBAN = "DE89370400440532013000"
DEBTORS = {
    "IBAN": Debtor("Shop", parse_debtor(IBAN, "COBADEFFXXX")),
    "IBAN without BIC": Debtor("Shop", parse_debtor(IBAN, "")),
    "routing number": Debtor("Shop", parse_debtor("021000021/123456789", "")),
}
PAYEES = {
    "IBAN": {"number": "FR1420041010050500013M02606"},
    "IBAN and BIC": {"number": IBAN, "bank_code": "COBADEFFXXX"},
    "IBAN outside SEPA": {"number": "AE070331234567890123456"},
    "routing number": {"number": "123456789", "bank_code": "021000021", "country_code": "US"},
    "sort code": {"number": "12345678", "bank_code": "062000", "country_code": "AU"},
    "BIC": {"number": "12345678", "bank_code": "HDFCINBB", "country_code": "IN"},
    "number only, from an old version": {"number": "DE001"},
}
AMOUNTS = {"EUR": "25.00", "USD": "25.00", "JPY": "2500", "KWD": "2.500", "ISK": "2500"}


def write(transfers: list[Transfer], debtor: Debtor) -> ET.Element:
    content = write_payment_order(transfers, debtor=debtor, order_id="batch-7", text="Shop", now=NOW)
    return ET.fromstring(content.decode().partition("?>")[2])  # noqa: S314  # our own


@pytest.mark.parametrize("debtor", DEBTORS)
@pytest.mark.parametrize("currency", AMOUNTS)
def test_order_is_valid_for_every_kind_of_account_and_currency(debtor: str, currency: str) -> None:
    for payee, account in PAYEES.items():
        transfer = Transfer("payout-1", "Maya", amount_minor=2500, currency=currency, **account)
        content = write_payment_order([transfer], debtor=DEBTORS[debtor], order_id="batch-7", text="Shop", now=NOW)
        root = ET.fromstring(content.decode().partition("?>")[2])  # noqa: S314  # our own
        amount = root.find(".//{*}InstdAmt")
        assert amount is not None
        assert (amount.text, amount.get("Ccy")) == (AMOUNTS[currency], currency)
        assert root.findtext(".//{*}EndToEndId") == "payout-1"
        is_sepa = currency == "EUR" and payee in ("IBAN", "IBAN and BIC") and debtor != "routing number"
        assert root.findtext(".//{*}SvcLvl/{*}Cd") == ("SEPA" if is_sepa else None)
    try_valid_xml(content, SCHEMA)


def test_transfers_in_and_outside_sepa_are_summed_apart() -> None:
    transfers = [
        Transfer("payout-1", "Maya", IBAN, 2500, "EUR"),
        Transfer("payout-2", "Noor", "AE070331234567890123456", 1, "EUR"),
        Transfer("payout-3", "Zoe", IBAN, 100, "EUR"),
    ]
    root = write(transfers, DEBTORS["IBAN"])
    sums = [(node.findtext("{*}NbOfTxs"), node.findtext("{*}CtrlSum")) for node in root.iterfind(".//{*}PmtInf")]
    assert sums == [("2", "26.00"), ("1", "0.01")]
    assert root.findtext(".//{*}GrpHdr/{*}CtrlSum") == "26.01"


def test_ids_are_those_of_the_order_whatever_is_left_in_it() -> None:
    transfers = [Transfer("payout-1", "Maya", IBAN, 2500, "EUR"), Transfer("payout-2", "Noor", IBAN, 1, "EUR")]
    for rest in (transfers, transfers[:1]):
        root = write(rest, DEBTORS["IBAN"])
        assert (root.findtext(".//{*}MsgId"), root.findtext(".//{*}PmtInfId")) == ("batch-7", "batch-7-1")


def test_longest_id_fits_into_the_schema() -> None:
    transfers = [Transfer("payout-1", "Maya", "AE070331234567890123456", 2500, "EUR")]
    order_id = f"batch-{10**19 - 1}-32767"
    content = write_payment_order(transfers, debtor=DEBTORS["IBAN"], order_id=order_id, text="Shop", now=NOW)
    try_valid_xml(content, SCHEMA)
    assert f"<PmtInfId>{order_id}-2</PmtInfId>" in content.decode()


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("José Müller", "Jose Muller"),
        ("<Maya & Söhne>", "Maya Sohne"),
        ("ليلى", "-"),
        ("Nguyễn Łukasz Ærø", "Nguyen Lukasz AEro"),
        ("", "-"),
        ("x" * 99, "x" * 70),
    ],
)
def test_names_are_written_in_the_letters_of_banks(text: str, clean: str) -> None:
    assert write_bank_text(text, 70) == clean
    write([Transfer("payout-1", text, IBAN, 2500, "EUR")], DEBTORS["IBAN"])


def test_order_that_the_schema_refuses_is_not_written() -> None:
    with pytest.raises(PaymentOrderInvalid):
        write([Transfer("payout-1", "Maya", "1" * 50, 2500, "EUR")], DEBTORS["IBAN"])


@pytest.mark.django_db
def test_finance_downloads_the_order_of_a_batch(settings: Settings) -> None:
    user = make_user("finance@example.com", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="payouts"))
    client, creator = client_of(user), make_creator("maya")
    make_published_clip(creator)
    tally(now=timezone.now())
    PayoutAccount.objects.create(creator=creator, holder_name="Maya", number=IBAN)
    client.post("/admin/payouts/batch/plan/", {"currency": "USD"})
    batch = Batch.objects.get()
    url = f"/admin/payouts/batch/{batch.pk}/order/1/pain001/"
    assert "own account is not set" in client.get(url, follow=True).content.decode()
    settings.PAYOUT_DEBTOR_NAME, settings.PAYOUT_DEBTOR_ACCOUNT = "Shop", IBAN
    assert "No payout of this bank order waits" in client.get(url, follow=True).content.decode()
    send_payout(payout_id=batch.payouts.get().pk, now=timezone.now())
    client.post(f"/admin/payouts/batch/{batch.pk}/order/")
    response = client.get(url)
    assert response.headers["Content-Type"] == "application/xml"
    try_valid_xml(response.content, SCHEMA)
    assert f"<IBAN>{IBAN}</IBAN>" in response.content.decode()
