"""The bank's results in the forms in which banks and spreadsheets write them, and what could not be matched."""

from pathlib import Path

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Proposal
from accounts.proposals import approve_proposal
from payouts.bank_results import import_bank_results
from payouts.models import Batch, PayoutAccount
from payouts.tally import tally
from payouts.transfers import send_payout
from payouts.verification import find_discrepancies
from tests.conftest import client_of
from tests.factories import NOW, make_creator, make_published_clip, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_finance() -> Client:
    user = make_user("finance@example.com", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="payouts"))
    return client_of(user)


@pytest.fixture
def batch(as_finance: Client) -> Batch:
    for handle in ("maya", "noor"):
        creator = make_creator(handle)
        make_published_clip(creator)
        PayoutAccount.objects.create(creator=creator, holder_name=handle, number=f"DE00{handle}")
    tally(now=timezone.now())
    as_finance.post("/admin/payouts/batch/plan/", {"currency": "USD"})
    batch = Batch.objects.get()
    for payout in batch.payouts.all():
        send_payout(payout_id=payout.pk, now=NOW)
    return batch


def keys(batch: Batch) -> list[str]:
    return [payout.key for payout in batch.payouts.order_by("pk")]


def upload(client: Client, batch: Batch, content: bytes) -> HttpResponse:
    file = SimpleUploadedFile("results.csv", content)
    return client.post(f"/admin/payouts/batch/{batch.pk}/results/", {"results": file}, follow=True)


FORMS = {
    "semicolons": ("key;status;reference;reason\n{0};paid;B1;\n{1};failed;;Closed\n", "utf-8"),
    "tabs": ("key\tstatus\treference\treason\n{0}\tpaid\tB1\t\n{1}\tfailed\t\tClosed\n", "utf-8"),
    "pipes": ("key|status|reference|reason\n{0}|paid|B1|\n{1}|failed||Closed\n", "utf-8"),
    "byte order mark": ("key,status,reference,reason\n{0},paid,B1,\n{1},failed,,Closed\n", "utf-8-sig"),
    "UTF-16": ("key;status;reference;reason\n{0};paid;B1;\n{1};failed;;Closed\n", "utf-16"),
    "UTF-16 without mark": ("key;status;reference;reason\n{0};paid;B1;\n{1};failed;;Closed\n", "utf-16-le"),
    "Windows-1252": ("Key;Status;Reference;Reason;Hinweis\n{0};paid;B1;;schön\n{1};failed;;Closed;\n", "cp1252"),
    "any case and spaces": (
        " KEY , Status , REFERENCE , Reason\n {0} , PAID , B1 ,\n{1},Failed , , Closed \n",
        "utf-8",
    ),
    "invisible characters": (
        "\u200bkey;status;reference;reason\n\u202a{0}\u202c;\u200epaid\u2069;B1;\n{1}\u200b;failed\u00ad;;Closed\n",
        "utf-8",
    ),
    "quotes": ('"key";"status";"reference";"reason"\n"{0}";"paid";"B1";""\n"{1}";"failed";"";"Closed"\n', "utf-8"),
    "more columns in another order": (
        "date,status,amount,currency,reason,key,reference\n2026-11-29,paid,25.00,USD,,{0},B1\n"
        '2026-11-29,failed,"25,00",usd,Closed,{1},\n',
        "utf-8",
    ),
    "Excel's hint and empty lines": (
        "sep=;\r\nkey;status;reference;reason\r\n\r\n{0};paid;B1;\r\n;;;\r\n{1};failed;;Closed\r\n",
        "utf-8",
    ),
    "minor units": (
        "key,status,amount_minor,reference,reason\n{0},paid,2500,B1,\n{1},failed,2500,,Closed\n",
        "utf-8",
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_results_are_read_in_every_form(as_finance: Client, batch: Batch, form: str) -> None:
    text, encoding = FORMS[form]
    page = upload(as_finance, batch, text.format(*keys(batch)).encode(encoding)).content.decode()
    assert "2 payouts were settled." in page
    assert list(batch.payouts.order_by("pk").values_list("state", "reference", "failure_text")) == [
        ("paid", "B1", ""),
        ("failed", "", "Closed"),
    ]
    assert list(find_discrepancies()) == []


UNMATCHED = {
    "payout-999999,paid,,": "There is no payout with this key.",
    "{0},perhaps,,": "It must be “paid” or “failed”.",
    ",paid,,": "The key is missing.",
    "{0},paid,24.00,": "The amount is 24.00, but the payout is $25.00.",
    "{0},paid,25.00,EUR": "The currency is EUR, but the payout is in USD.",
    "{0},paid,0,": "The amount is 0, but the payout is $25.00.",
}


@pytest.mark.parametrize("row", UNMATCHED)
def test_unmatched_row_is_listed_with_line_and_reason_and_settles_nothing(
    as_finance: Client, batch: Batch, row: str
) -> None:
    text = "key,status,amount,currency\n\n" + row.format(*keys(batch)) + "\n"
    response = upload(as_finance, batch, text.encode())
    page = response.content.decode()
    assert response.status_code == 422
    assert "No payout was settled." in page and "were settled" not in page
    assert "<td>3</td>" in page and UNMATCHED[row] in page
    assert set(batch.payouts.values_list("state", flat=True)) == {"sending"}


def test_batch_that_is_paid_by_calls_has_no_files(as_finance: Client, batch: Batch, settings: Settings) -> None:
    """A file for the bank would pay such a payout twice, and a result that says "failed" would free it to be paid again."""
    settings.PAYOUT_DEBTOR_NAME, settings.PAYOUT_DEBTOR_ACCOUNT = "Shop", "DE89370400440532013000"
    Batch.objects.update(provider="stripe")
    pages = [
        as_finance.get(f"/admin/payouts/batch/{batch.pk}/{name}/", follow=True)
        for name in ("order/1/file", "order/1/pain001")
    ]
    pages.append(as_finance.post(f"/admin/payouts/batch/{batch.pk}/order/", follow=True))
    pages.append(upload(as_finance, batch, f"key,status\n{keys(batch)[0]},failed\n".encode()))
    for page in pages:
        assert page.headers["Content-Type"].startswith("text/html")
        assert "This batch is not paid by a file" in page.content.decode()
    assert set(batch.payouts.values_list("state", flat=True)) == {"sending"}
    assert set(batch.payouts.values_list("bank_order", flat=True)) == {0}
    assert not LogEntry.objects.filter(change_message__contains="bank").exists()


def test_file_of_which_a_part_fits_settles_that_part_and_lists_the_rest(as_finance: Client, batch: Batch) -> None:
    first, second = keys(batch)
    text = f"key;status\n{first};paid\n{second};unknown\n{first.upper()};paid\n"
    page = upload(as_finance, batch, text.encode()).content.decode()
    assert "1 payout was settled." in page and "<td>3</td>" in page and "settled already" in page
    assert list(batch.payouts.order_by("pk").values_list("state", flat=True)) == ["paid", "sending"]


def test_rows_that_contradict_each_other_settle_nothing(batch: Batch) -> None:
    first, _second = keys(batch)
    content = f"key,status\n{first},paid\n{first},failed\n".encode()
    outcome = import_bank_results(batch=batch, content=content, user=make_user(), now=NOW)
    assert (outcome.settled, [row.line for row in outcome.unmatched]) == (0, [2, 3])
    assert set(batch.payouts.values_list("state", flat=True)) == {"sending"}


def test_nobody_settles_a_payout_to_themselves_with_a_file(batch: Batch) -> None:
    payout = batch.payouts.order_by("pk")[0]
    assert payout.creator is not None
    user = payout.creator.user
    user.is_staff = True
    user.save()
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="payouts"))
    for status in ("paid", "failed"):
        page = upload(client_of(user), batch, f"key,status\n{payout.key},{status}\n".encode())
        assert page.status_code == 422 and "A colleague has to upload this answer" in page.content.decode()
    assert set(batch.payouts.values_list("state", flat=True)) == {"sending"}
    assert list(find_discrepancies()) == []


def test_failure_above_the_limit_waits_for_a_second_person(
    as_finance: Client, batch: Batch, settings: Settings
) -> None:
    settings.PAYOUT_APPROVAL_ABOVE_MINOR = 2000
    first, second = keys(batch)
    text = f"key,status,reason\n{first},failed,Closed\n{second},paid,\n"
    for why in ("a second person has to approve", "already"):
        assert why in upload(as_finance, batch, text.encode()).content.decode()
    assert list(batch.payouts.order_by("pk").values_list("state", flat=True)) == ["sending", "paid"]
    proposal = Proposal.objects.get()
    assert (proposal.state, proposal.reason) == ("proposed", "Closed")
    approver = make_user("second@example.com", is_staff=True)
    approver.user_permissions.set(Permission.objects.all())
    approve_proposal(proposal_id=proposal.pk, approved_by=approver, answer="Seen", now=timezone.now())
    assert list(batch.payouts.order_by("pk").values_list("state", flat=True)) == ["failed", "paid"]
    assert list(find_discrepancies()) == []


def test_payout_of_another_batch_or_not_yet_sent_is_not_settled(as_finance: Client, batch: Batch) -> None:
    creator = make_creator("late")
    make_published_clip(creator)
    PayoutAccount.objects.create(creator=creator, holder_name="Late", number="DE00LATE")
    tally(now=timezone.now())
    as_finance.post("/admin/payouts/batch/plan/", {"currency": "USD"})
    later = Batch.objects.order_by("-pk")[0]
    text = f"key,status\n{keys(later)[0]},paid\n"
    for one, why in ((batch, f"another batch, number {later.pk}"), (later, "was not sent yet")):
        assert why in upload(as_finance, one, text.encode()).content.decode()
    assert later.payouts.get().state == "planned"


@pytest.mark.parametrize("content", [b"", b"\n\n", b"nonsense", b"a;b\n1;2\n", b"key,status\n", b"\x00\x01\x02\x03"])
def test_file_without_a_row_is_never_a_success(as_finance: Client, batch: Batch, content: bytes) -> None:
    page = upload(as_finance, batch, content).content.decode()
    assert "settled." not in page.replace("No payout was settled.", "")
    assert "could not be read" in page or "The file has no rows." in page


REPORT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt><OrgnlPmtInfAndSts>
<TxInfAndSts><OrgnlEndToEndId>{0}</OrgnlEndToEndId><TxSts>ACSC</TxSts><AcctSvcrRef>B1</AcctSvcrRef>
<OrgnlTxRef><Amt><InstdAmt Ccy="USD">25.00</InstdAmt></Amt></OrgnlTxRef></TxInfAndSts>
<TxInfAndSts><OrgnlEndToEndId>{1}</OrgnlEndToEndId><TxSts>{2}</TxSts>
<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>Closed</AddtlInf></StsRsnInf></TxInfAndSts>
</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"""


def test_status_report_settles_what_is_final(as_finance: Client, batch: Batch) -> None:
    page = upload(as_finance, batch, REPORT.format(*keys(batch), "ACSP").encode()).content.decode()
    assert "1 payout was settled." in page and "not finished this transfer yet (ACSP)" in page
    page = upload(as_finance, batch, REPORT.format(*keys(batch), "RJCT").encode("utf-16")).content.decode()
    assert list(batch.payouts.order_by("pk").values_list("state", "reference", "failure_text")) == [
        ("paid", "B1", ""),
        ("failed", "", "AC04 Closed"),
    ]


def test_report_with_entities_is_refused(as_finance: Client, batch: Batch) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>' + REPORT.format(*keys(batch), "RJCT")[38:]
    assert "document type" in upload(as_finance, batch, bomb.encode()).content.decode()
    assert set(batch.payouts.values_list("state", flat=True)) == {"sending"}


def test_no_other_module_writes_csv() -> None:
    """Cells are escaped in one place, so a CSV file that is written elsewhere could be executed."""
    root = Path(__file__).resolve().parents[2]
    writers = [
        path.relative_to(root).as_posix()
        for app in [
            "accounts",
            "catalog",
            "creators",
            "videos",
            "feed",
            "shop",
            "social",
            "payouts",
            "programme",
            "feedsite",
        ]
        for path in (root / app).rglob("*.py")
        if "csv.writer" in path.read_text() or "DictWriter" in path.read_text()
    ]
    assert writers == ["catalog/csv_files.py"]
