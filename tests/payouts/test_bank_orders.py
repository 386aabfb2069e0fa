"""Bank orders: a payout that was given to the bank in one file is in no other file."""

import csv
import re
from importlib import import_module
from io import StringIO
from xml.etree import ElementTree as ET

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail import EmailMessage
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.history import read_history_line
from accounts.installation import get_installation_id
from payouts.models import Batch, Payout, PayoutAccount
from payouts.tally import tally
from payouts.transfers import send_payout
from payouts.verification import find_discrepancies
from tests.conftest import client_of
from tests.factories import NOW, make_creator, make_published_clip, make_user

pytestmark = pytest.mark.django_db

IBAN = "DE89370400440532013000"
PAYEES = {"maya": "FR1420041010050500013M02606", "noor": "GB82WEST12345698765432"}


@pytest.fixture
def as_finance() -> Client:
    user = make_user("finance@example.com", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="payouts"))
    return client_of(user)


@pytest.fixture
def batch(as_finance: Client, settings: Settings) -> Batch:
    """A planned batch with a payout to Maya and one to Noor."""
    settings.PAYOUT_DEBTOR_NAME, settings.PAYOUT_DEBTOR_ACCOUNT = "Shop", IBAN
    for handle, number in PAYEES.items():
        creator = make_creator(handle)
        make_published_clip(creator)
        PayoutAccount.objects.create(creator=creator, holder_name=handle, number=number)
    tally(now=timezone.now())
    as_finance.post("/admin/payouts/batch/plan/", {"currency": "USD"})
    return Batch.objects.get()


def payout_to(batch: Batch, handle: str) -> Payout:
    return batch.payouts.get(creator__handle=handle)


def key_of(payout: Payout) -> str:
    """Return the payout's key in files from now on."""
    return f"{get_installation_id()}-payout-{payout.pk}"


def message_of(batch: Batch, number: int) -> str:
    return f"{get_installation_id()}-batch-{batch.pk}-{number}"


def send(batch: Batch, handle: str) -> None:
    assert send_payout(payout_id=payout_to(batch, handle).pk, now=NOW)


def make_order(client: Client, batch: Batch) -> str:
    return client.post(f"/admin/payouts/batch/{batch.pk}/order/", follow=True).content.decode()


def download(client: Client, batch: Batch, number: int, name: str) -> HttpResponse:
    return client.get(f"/admin/payouts/batch/{batch.pk}/order/{number}/{name}/", follow=True)


def keys_in_table(response: HttpResponse) -> list[str]:
    content = response.content.decode()
    assert content.startswith("key,"), "The bank's programs read it."
    return [row["key"] for row in csv.DictReader(StringIO(content))]


def read_xml(response: HttpResponse) -> tuple[str | None, list[str | None]]:
    """Return the message id and the keys of the transfers."""
    root = ET.fromstring(response.content.decode().partition("?>")[2])  # noqa: S314  # our own
    return root.findtext(".//{*}MsgId"), [node.text for node in root.iterfind(".//{*}EndToEndId")]


def read_page(client: Client, batch: Batch) -> str:
    page = client.get(f"/admin/payouts/batch/{batch.pk}/change/").content.decode()
    return re.sub(r"\s+", " ", page)


def test_payout_that_is_sent_later_goes_to_the_bank_in_an_order_of_its_own(as_finance: Client, batch: Batch) -> None:
    maya, noor = payout_to(batch, "maya"), payout_to(batch, "noor")
    send(batch, "maya")
    assert "Make a bank order with 1 payout" in read_page(as_finance, batch)
    assert "Bank order 1 was made." in make_order(as_finance, batch)
    assert keys_in_table(download(as_finance, batch, 1, "file")) == [key_of(maya)]
    first_id, first_keys = read_xml(download(as_finance, batch, 1, "pain001"))
    assert (first_id, first_keys) == (message_of(batch, 1), [key_of(maya)])

    send(batch, "noor")
    page = read_page(as_finance, batch)
    assert "Make a bank order with 1 payout" in page and "Bank order 1: 1 payout, 1 without an answer" in page
    assert "Bank order 2 was made." in make_order(as_finance, batch)
    assert keys_in_table(download(as_finance, batch, 2, "file")) == [key_of(noor)]
    assert read_xml(download(as_finance, batch, 2, "pain001")) == (message_of(batch, 2), [key_of(noor)])
    assert read_xml(download(as_finance, batch, 1, "pain001")) == (first_id, first_keys)
    assert "Make a bank order" not in read_page(as_finance, batch)
    assert list(find_discrepancies()) == []


def test_answered_payout_leaves_its_order_and_the_message_id_stays(as_finance: Client, batch: Batch) -> None:
    maya, noor = payout_to(batch, "maya"), payout_to(batch, "noor")
    send(batch, "maya")
    send(batch, "noor")
    make_order(as_finance, batch)
    for answered, left in ((maya, [key_of(noor)]), (noor, [])):
        answers = SimpleUploadedFile("a.csv", f"key,status\n{key_of(answered)},paid\n".encode())
        as_finance.post(f"/admin/payouts/batch/{batch.pk}/results/", {"results": answers})
        if left:
            assert read_xml(download(as_finance, batch, 1, "pain001")) == (message_of(batch, 1), left)
            assert keys_in_table(download(as_finance, batch, 1, "file")) == left
            assert "Bank order 1: 2 payouts, 1 without an answer" in read_page(as_finance, batch)
    page = read_page(as_finance, batch)
    assert "Bank order 1: 2 payouts, 0 without an answer" in page and "/order/1/" not in page
    for name in ("file", "pain001"):
        refused = download(as_finance, batch, 1, name).content.decode()
        assert "No payout of this bank order waits for the bank." in refused


def test_file_names_and_history_have_the_number(as_finance: Client, batch: Batch) -> None:
    send(batch, "maya")
    make_order(as_finance, batch)
    names = {"file": "csv", "pain001": "xml"}
    for name, extension in names.items():
        header = download(as_finance, batch, 1, name).headers["Content-Disposition"]
        assert header == f'attachment; filename="payouts-{batch.pk}-1.{extension}"'
    entries = LogEntry.objects.filter(change_message__contains="bank order").order_by("pk")
    assert [(read_history_line(entry.change_message), entry.object_id) for entry in entries] == [
        ("Made bank order 1 with 1 payout", str(batch.pk)),
        ("Downloaded bank order 1 as CSV", str(batch.pk)),
        ("Downloaded bank order 1 as pain.001", str(batch.pk)),
    ]
    history = as_finance.get(f"/admin/payouts/batch/{batch.pk}/history/").content.decode()
    assert "<td>Made bank order 1 with 1 payout</td>" in history


def test_order_without_a_new_payout_is_refused(as_finance: Client, batch: Batch) -> None:
    sentence = "Every payout that waits for the bank is in a bank order already."
    assert sentence in make_order(as_finance, batch)
    send(batch, "maya")
    make_order(as_finance, batch)
    for _index in range(2):
        assert sentence in make_order(as_finance, batch)
    orders = dict(batch.payouts.values_list("creator__handle", "bank_order"))
    assert orders == {"maya": 1, "noor": 0}
    assert LogEntry.objects.filter(change_message__contains="Made").count() == 1


@pytest.mark.parametrize("number", [0, 2, 10**30])
def test_what_is_in_no_order_can_not_be_downloaded(as_finance: Client, batch: Batch, number: int) -> None:
    send(batch, "maya")
    make_order(as_finance, batch)
    send(batch, "noor")
    for name in ("file", "pain001"):
        page = download(as_finance, batch, number, name)
        assert "No payout of this bank order waits for the bank." in page.content.decode()
    assert not LogEntry.objects.filter(change_message__contains="Downloaded").exists()


def test_an_order_is_made_by_post_alone(as_finance: Client, batch: Batch) -> None:
    send(batch, "maya")
    assert as_finance.get(f"/admin/payouts/batch/{batch.pk}/order/").status_code == 302
    assert set(batch.payouts.values_list("bank_order", flat=True)) == {0}


@pytest.mark.parametrize(("provider", "orders"), [("csv", {"maya": 1, "noor": 0}), ("stripe", {"maya": 0, "noor": 0})])
def test_migration_takes_what_waits_for_a_bank_as_downloaded(
    as_finance: Client, batch: Batch, provider: str, orders: dict[str, int]
) -> None:
    send(batch, "maya")
    Batch.objects.update(provider=provider)
    with connection.cursor() as cursor:
        cursor.execute(import_module("payouts.migrations.0010_bank_orders").MARK_DOWNLOADED)
    assert dict(batch.payouts.values_list("creator__handle", "bank_order")) == orders
    if provider == "csv":
        send(batch, "noor")
        assert "Bank order 2 was made." in make_order(as_finance, batch)
        assert keys_in_table(download(as_finance, batch, 2, "file")) == [payout_to(batch, "noor").bank_key]


def upload(client: Client, batch: Batch, text: str) -> str:
    file = SimpleUploadedFile("answers", text.encode())
    page = client.post(f"/admin/payouts/batch/{batch.pk}/results/", {"results": file}, follow=True)
    return page.content.decode()


def states(batch: Batch) -> list[str]:
    return list(batch.payouts.order_by("pk").values_list("state", flat=True))


@pytest.fixture
def ordered(as_finance: Client, batch: Batch) -> Batch:
    """A batch of which a bank has the order."""
    send(batch, "maya")
    send(batch, "noor")
    make_order(as_finance, batch)
    return batch


def test_answer_with_a_key_of_another_shop_or_of_a_copy_settles_nothing(as_finance: Client, ordered: Batch) -> None:
    maya = payout_to(ordered, "maya")
    for key in (f"{'f' * 12}-{maya.key}", maya.key):
        assert "of another shop, or of a copy of this shop" in upload(as_finance, ordered, f"key,status\n{key},paid\n")
    assert states(ordered) == ["sending", "sending"]
    assert "1 payout was settled." in upload(as_finance, ordered, f"key,status\n{key_of(maya).upper()},paid\n")


def test_order_from_before_the_installation_id_keeps_its_names(as_finance: Client, ordered: Batch) -> None:
    Payout.objects.update(bank_prefix="")
    maya, noor = payout_to(ordered, "maya"), payout_to(ordered, "noor")
    message, keys = read_xml(download(as_finance, ordered, 1, "pain001"))
    assert (message, keys) == (f"batch-{ordered.pk}-1", [maya.key, noor.key])
    assert "1 payout was settled." in upload(as_finance, ordered, f"key,status\n{maya.key},paid\n")
    assert "1 payout was settled." in upload(as_finance, ordered, REFUSAL.format(f"batch-{ordered.pk}-1", "RJCT", ""))
    assert states(ordered) == ["paid", "failed"]


REFUSAL = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt><OrgnlGrpInfAndSts>
<OrgnlMsgId>{}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId><GrpSts>{}</GrpSts>
<StsRsnInf><Rsn><Cd>AM04</Cd></Rsn></StsRsnInf></OrgnlGrpInfAndSts>{}</CstmrPmtStsRpt></Document>"""


def test_refusal_of_a_whole_file_fails_each_of_its_payouts(
    as_finance: Client, batch: Batch, mailoutbox: list[EmailMessage]
) -> None:
    send(batch, "maya")
    make_order(as_finance, batch)
    send(batch, "noor")
    make_order(as_finance, batch)
    refusal = REFUSAL.format(message_of(batch, 1).upper(), "RJCT", "")
    mailoutbox.clear()
    assert "1 payout was settled." in upload(as_finance, batch, refusal)
    assert [payout_to(batch, handle).state for handle in PAYEES] == ["failed", "sending"]
    assert payout_to(batch, "maya").failure_text == "AM04"
    [mail] = mailoutbox
    assert "The money was not sent." in mail.body and "You need not do anything." in mail.body
    assert "AM04" not in mail.body and "/studio/earnings/account/" not in mail.body
    assert "settled already" in upload(as_finance, batch, refusal)
    assert list(find_discrepancies()) == []


@pytest.mark.parametrize(
    ("name", "status", "rest"),
    [
        ("batch-{pk}-1", "RJCT", ""),
        ("ffffffffffff-batch-{pk}-1", "RJCT", ""),
        ("{id}-batch-{pk}-2", "RJCT", ""),
        ("{id}-batch-{pk}-1", "ACTC", ""),
        ("{id}-batch-{pk}-1", "PART", ""),
        ("", "RJCT", ""),
        ("{id}-batch-{pk}-1", "RJCT", "<OrgnlPmtInfAndSts><PmtInfSts>ACSC</PmtInfSts></OrgnlPmtInfAndSts>"),
    ],
)
def test_report_without_transfers_that_is_no_refusal_of_an_order_settles_nothing(
    as_finance: Client, ordered: Batch, name: str, status: str, rest: str
) -> None:
    text = REFUSAL.format(name.format(pk=ordered.pk, id=get_installation_id()), status, rest)
    assert "could not be read" in upload(as_finance, ordered, text)
    assert states(ordered) == ["sending", "sending"]
