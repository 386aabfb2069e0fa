"""Finance plans, approves and sends a batch and imports the bank's results in Django admin."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import User
from creators.models import Creator
from payouts.models import Batch, Hold, Payout, PayoutAccount
from payouts.tally import tally
from payouts.transfers import send_payout
from tests.conftest import client_of
from tests.factories import NOW, PASSWORD, make_creator, make_published_clip, make_user

pytestmark = pytest.mark.django_db


def make_finance(email: str) -> User:
    user = make_user(email, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="payouts"))
    return user


@pytest.fixture
def as_finance() -> Client:
    return client_of(make_finance("finance@example.com"))


@pytest.fixture
def batch(as_finance: Client) -> Batch:
    creator = make_creator("maya")
    make_published_clip(creator)
    tally(now=timezone.now())
    PayoutAccount.objects.create(creator=creator, holder_name="Maya", number="DE001")
    as_finance.post("/admin/payouts/batch/plan/", {"currency": "USD"})
    return Batch.objects.get()


def test_admin_pages_open(as_finance: Client, batch: Batch) -> None:
    payout = batch.payouts.get()
    for path in ("account", "posting", "batch", "payout", "hold", "payoutaccount", f"batch/{batch.pk}/change"):
        assert as_finance.get(f"/admin/payouts/{path}/").status_code == 200, path
    assert "$25.00" in as_finance.get(f"/admin/payouts/batch/{batch.pk}/change/").content.decode()
    page = as_finance.get(f"/admin/payouts/payout/{payout.pk}/change/").content.decode()
    assert "desk@example.com" in page


def test_batch_is_downloaded_and_settled_by_the_results_file(as_finance: Client, batch: Batch) -> None:
    payout = batch.payouts.get()
    send_payout(payout_id=payout.pk, now=NOW)
    as_finance.post(f"/admin/payouts/batch/{batch.pk}/order/")
    file = as_finance.get(f"/admin/payouts/batch/{batch.pk}/order/1/file/").content.decode()
    payout.refresh_from_db()
    assert f"{payout.bank_key},Maya,DE001,25.00,2500,USD" in file

    results = SimpleUploadedFile("a.csv", f"key,status\n{payout.bank_key},paid\n".encode())
    as_finance.post(f"/admin/payouts/batch/{batch.pk}/results/", {"results": results})
    assert Payout.objects.get().state == "paid"


def test_results_that_are_too_large_are_refused_with_a_sentence(
    as_finance: Client, batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("payouts.admin.bank_files.RESULTS_MAX_BYTES", 2_000_000)
    payout = batch.payouts.get()
    send_payout(payout_id=payout.pk, now=NOW)
    page = as_finance.get(f"/admin/payouts/batch/{batch.pk}/change/").content.decode()
    assert 'data-too-large="It is larger than 1.9' in page and "payouts/file-size" in page
    results = SimpleUploadedFile("a.csv", f"key,status\n{payout.key},paid\n".encode() + b"\n" * 2_000_000)
    answer = as_finance.post(f"/admin/payouts/batch/{batch.pk}/results/", {"results": results}, follow=True)
    assert "The file could not be read: It is larger than 1.9" in answer.content.decode()
    assert Payout.objects.get().state == "sending"


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("batch/{pk}/results/", "/admin/payouts/batch/{pk}/change/"),
        ("batch/{pk}/order/", "/admin/payouts/batch/{pk}/change/"),
        ("batch/plan/", "/admin/payouts/batch/"),
    ],
)
def test_address_of_a_form_leads_back_to_its_page(as_finance: Client, batch: Batch, address: str, page: str) -> None:
    answer = as_finance.get(f"/admin/payouts/{address.format(pk=batch.pk)}")
    assert (answer.status_code, answer["Location"]) == (302, page.format(pk=batch.pk))
    assert Batch.objects.count() == 1


def test_approval_requires_a_fresh_sign_in_and_another_person(batch: Batch, as_finance: Client) -> None:
    url = f"/admin/payouts/batch/{batch.pk}/approve/"
    second = Client()
    second.force_login(make_finance("second@example.com"))
    response = second.post(url)
    assert response.status_code == 302 and "reauthenticate" in response.headers["Location"]
    assert Batch.objects.get().approved_at is None
    second.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert second.get(url).status_code == 200
    second.post(url)
    assert Batch.objects.get().approved_by == User.objects.get(email="second@example.com")


def test_staff_without_permission_cannot_touch_batches(as_moderator: Client, batch: Batch) -> None:
    assert as_moderator.post("/admin/payouts/batch/plan/", {"currency": "USD"}).status_code == 403
    assert as_moderator.post(f"/admin/payouts/batch/{batch.pk}/order/").status_code == 403
    for name in ("file", "pain001"):
        assert as_moderator.get(f"/admin/payouts/batch/{batch.pk}/order/1/{name}/").status_code == 403
    assert as_moderator.post(f"/admin/payouts/batch/{batch.pk}/send/").status_code == 403
    assert as_moderator.post(f"/admin/payouts/batch/{batch.pk}/results/").status_code == 403
    assert Payout.objects.get().state == "planned"


@pytest.mark.django_db(transaction=True)
def test_sending_asks_first_and_holds_only_for_what_was_shown(as_finance: Client, batch: Batch) -> None:
    url = f"/admin/payouts/batch/{batch.pk}/send/"
    page = as_finance.get(url)
    content = page.content.decode()
    assert "Send $25.00 from" in content and "Maya" in content
    for seen in ("", "0" * 16):
        answer = as_finance.post(url, {"seen": seen}, follow=True)
        assert "The batch was changed after you opened this page." in answer.content.decode()
        assert Payout.objects.get().state == "planned"

    Payout.objects.update(amount_minor=2400)
    as_finance.post(url, {"seen": page.context["seen"]})
    assert Payout.objects.get().state == "planned", "The amount is not the one that was shown."
    Payout.objects.update(amount_minor=2500)

    answer = as_finance.post(url, {"seen": page.context["seen"]}, follow=True)
    assert "1 payout is being sent." in answer.content.decode()


PLAN = "/admin/payouts/batch/plan/"


def earn(handle: str) -> Creator:
    creator = make_creator(handle)
    make_published_clip(creator)
    tally(now=timezone.now())
    return creator


def plan(client: Client, currency: str = "USD") -> str:
    return client.post(PLAN, {"currency": currency}, follow=True).content.decode()


def test_refused_batch_names_each_reason_with_a_link(as_finance: Client, settings: Any) -> None:
    earn("lacks")
    held, waits = earn("held"), earn("waits")
    Hold.objects.create(creator=held, kind="click_pattern", subject="1", placed_at=NOW)
    later = timezone.now() + timedelta(days=2)
    PayoutAccount.objects.create(creator=waits, holder_name="W", number="DE002", payouts_from=later)
    page = plan(as_finance)
    assert "No payee can be paid in this currency now." in page
    assert "1 payee has no payout account." in page
    link = "/admin/payouts/account/?payout_account=missing&currency=USD"
    assert f'href="{link.replace("&", "&amp;")}"' in page
    listed = as_finance.get(link).content.decode()
    assert "@lacks USD" in listed and "@held USD" in listed and "@waits" not in listed
    assert "1 payee is on hold." in page and 'href="/admin/payouts/hold/?released_at__isempty=1"' in page
    assert "1 payee waits after a change of the payout account." in page
    assert (Batch.objects.count(), Payout.objects.count(), LogEntry.objects.count()) == (0, 0, 0)
    PayoutAccount.objects.update(payouts_from=None)
    settings.PAYOUT_MINIMUM_MINOR = 5000
    assert "1 payee is owed less than $50.00." in plan(as_finance)
    assert Batch.objects.count() == 0


def test_planned_batch_names_who_was_left_out(as_finance: Client, batch: Batch) -> None:
    earn("lacks")
    paid = earn("second")
    PayoutAccount.objects.create(creator=paid, holder_name="S", number="DE003")
    page = plan(as_finance)
    assert Batch.objects.latest("pk").payouts.get().creator == paid
    assert "1 payee has no payout account." in page and "1 payee has a payout that is still open." in page
    assert LogEntry.objects.filter(content_type__model="batch").count() == 2


def test_only_currencies_in_which_something_is_owed_are_offered(as_finance: Client) -> None:
    assert "Nothing is owed to payees now." in as_finance.get("/admin/payouts/batch/").content.decode()
    earn("maya")
    assert "<option>USD</option>" in as_finance.get("/admin/payouts/batch/").content.decode()
    for currency in ("EUR", "usd", "", "U\0D"):
        assert "Choose a currency in which payees have earned something." in plan(as_finance, currency)
    assert Batch.objects.count() == 0
