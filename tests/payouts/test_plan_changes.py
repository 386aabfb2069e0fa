"""What may happen between planning and sending: accounts change, payouts are dropped, planned again and approved again."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from creators.models import Creator
from payouts.approvals import get_digest
from payouts.batches import find_sendable_payouts
from payouts.models import Batch, Hold, Payout, PayoutAccount
from payouts.payout_accounts import AccountDetails, set_payout_account
from payouts.tally import tally
from payouts.transfers import send_payout
from payouts.verification import find_discrepancies, get_account_totals
from tests.conftest import client_of
from tests.factories import NOW, PASSWORD, make_creator, make_published_clip, make_user

pytestmark = pytest.mark.django_db

OLD, NEW = "DE89370400440532013000", "DE02120300000000202051"


def make_finance(email: str) -> Client:
    user = make_user(email, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label__in=("payouts", "accounts")))
    client = client_of(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


@pytest.fixture
def as_finance() -> Client:
    return make_finance("finance@example.com")


@pytest.fixture
def as_second() -> Client:
    return make_finance("second@example.com")


def make_payable(handle: str, number: str = OLD) -> Creator:
    creator = make_creator(handle)
    make_published_clip(creator)
    PayoutAccount.objects.create(creator=creator, holder_name=handle.title(), number=number)
    tally(now=timezone.now())
    return creator


@pytest.fixture
def maya() -> Creator:
    return make_payable("maya")


@pytest.fixture
def batch(as_finance: Client, maya: Creator) -> Batch:
    as_finance.post("/admin/payouts/batch/plan/", {"currency": "USD"})
    return Batch.objects.get()


def post(client: Client, path: str, data: dict[str, Any] | None = None) -> str:
    return client.post(f"/admin/payouts/{path}/", data or {}, follow=True).content.decode()


def send(batch: Batch) -> list[bool]:
    """Send what the button would send, and then try every payout of the batch."""
    find_sendable_payouts(batch=batch)
    return [send_payout(payout_id=payout.pk, now=timezone.now()) for payout in batch.payouts.order_by("pk")]


def change_account(creator: Creator, number: str = NEW) -> None:
    set_payout_account(payee=creator, details=AccountDetails("Maya Meyer", number))


def test_changed_account_stops_the_payout_until_finance_confirms_it(
    as_finance: Client, batch: Batch, maya: Creator
) -> None:
    change_account(maya)
    assert send(batch) == [False]
    payout = batch.payouts.get()
    assert (payout.state, payout.number, get_account_totals(maya)) == ("planned", OLD, {"USD": 2500})
    page = post(as_finance, f"batch/{batch.pk}/send", {"seen": get_digest(batch)})
    assert "1 payout is not sent" in page and "The account was changed after this payout was planned" in page
    url = f"payout/{payout.pk}/confirm"
    page = as_finance.get(f"/admin/payouts/{url}/").content.decode()
    assert "•••• 3000" in page and "•••• 2051" in page and OLD not in page and NEW not in page
    assert "changed once more" in post(as_finance, url, {"version": "1"})
    assert send(batch) == [False]
    assert "Confirmed." in post(as_finance, url, {"version": "2"})
    assert send(batch) == [True]
    payout.refresh_from_db()
    assert (payout.state, payout.number, payout.holder_name) == ("sending", NEW, "Maya Meyer")
    assert list(find_discrepancies()) == []


def test_confirmed_account_that_changes_once_more_stops_again(as_finance: Client, batch: Batch, maya: Creator) -> None:
    change_account(maya)
    post(as_finance, f"payout/{batch.payouts.get().pk}/confirm", {"version": "2"})
    change_account(maya, OLD)
    assert send(batch) == [False]
    assert batch.payouts.get().number == NEW


def test_account_is_copied_when_the_payout_is_sent(batch: Batch) -> None:
    Payout.objects.update(number="DE00COPY", holder_name="Planned")
    assert send(batch) == [True]
    assert (batch.payouts.get().number, batch.payouts.get().holder_name) == (OLD, "Maya")


@pytest.mark.parametrize("stop", ["hold", "waiting", "no account", "no key"])
def test_what_came_up_after_planning_stops_the_payout(
    as_finance: Client, batch: Batch, maya: Creator, settings: Settings, stop: str
) -> None:
    sentences = {
        "hold": "on hold",
        "waiting": "payouts wait until",
        "no account": "no payout account any more",
        "no key": "can&#x27;t be decrypted",
    }
    if stop == "hold":
        Hold.objects.create(creator=maya, kind="click_pattern", subject="x", placed_at=NOW)
    elif stop == "waiting":
        PayoutAccount.objects.update(payouts_from=timezone.now() + timedelta(days=1))
    elif stop == "no account":
        PayoutAccount.objects.all().delete()
    else:
        settings.SECRET_KEY = "another" * 10
        client = make_finance("third@example.com")
        assert sentences[stop] in client.get(f"/admin/payouts/batch/{batch.pk}/change/").content.decode()
        assert send(batch) == [False]
        return
    assert send(batch) == [False]
    assert sentences[stop] in as_finance.get(f"/admin/payouts/batch/{batch.pk}/change/").content.decode()
    assert (Payout.objects.get().state, get_account_totals(maya)) == ("planned", {"USD": 2500})


def test_one_payee_is_removed_and_paid_by_a_later_batch(as_finance: Client, maya: Creator) -> None:
    make_payable("noor", NEW)
    post(as_finance, "batch/plan", {"currency": "USD"})
    batch = Batch.objects.get()
    first = batch.payouts.order_by("pk")[0]
    url = f"batch/{batch.pk}/drop"
    response = as_finance.post(f"/admin/payouts/{url}/", {"payouts": [first.pk], "reason": "  "})
    assert (response.status_code, batch.payouts.planned().count()) == (422, 2)
    assert "1 payout was dropped." in post(as_finance, url, {"payouts": [first.pk], "reason": "Asked us to wait."})
    first.refresh_from_db()
    assert (first.state, first.decision_reason, first.decided_by.email if first.decided_by else "") == (
        "dropped",
        "Asked us to wait.",
        "finance@example.com",
    )
    assert send(batch) == [False, True]
    assert get_account_totals(maya) == {"USD": 2500}
    post(as_finance, "batch/plan", {"currency": "USD"})
    assert [payout.creator for payout in Batch.objects.order_by("pk")[1].payouts.all()] == [maya]
    assert list(find_discrepancies()) == []


def test_sent_payout_is_not_dropped(as_finance: Client, batch: Batch) -> None:
    payout = batch.payouts.get()
    assert send(batch) == [True]
    response = as_finance.post(
        f"/admin/payouts/batch/{batch.pk}/drop/", {"payouts": [payout.pk], "reason": "Too late."}
    )
    assert response.status_code == 422
    assert batch.payouts.get().state == "sending"


def test_whole_batch_is_dropped(as_finance: Client, batch: Batch, maya: Creator) -> None:
    page = as_finance.get(f"/admin/payouts/batch/{batch.pk}/drop/").content.decode()
    assert page.count("checked") == 0, "Nobody drops a whole batch by accident."
    ids = list(batch.payouts.values_list("pk", flat=True))
    post(as_finance, f"batch/{batch.pk}/drop", {"payouts": ids, "reason": "A test."})
    assert set(batch.payouts.values_list("state", flat=True)) == {"dropped"}
    assert send(batch) == [False]


def test_batch_is_planned_again_with_new_balance_and_account(as_finance: Client, batch: Batch, maya: Creator) -> None:
    change_account(maya)
    make_published_clip(maya)
    tally(now=timezone.now())
    assert "1 payout was planned again." in post(as_finance, f"batch/{batch.pk}/replan")
    assert list(batch.payouts.order_by("pk").values_list("state", "amount_minor")) == [
        ("dropped", 2500),
        ("planned", 5000),
    ]
    assert send(batch) == [False, True]
    assert batch.payouts.order_by("pk")[1].number == NEW


def test_batch_that_nobody_can_be_paid_from_is_not_planned_again(as_finance: Client, batch: Batch) -> None:
    PayoutAccount.objects.all().delete()
    assert "Drop the batch instead" in post(as_finance, f"batch/{batch.pk}/replan")
    assert batch.payouts.get().state == "planned"


def approve(client: Client, batch: Batch) -> str:
    page = client.get(f"/admin/payouts/batch/{batch.pk}/approve/").content.decode()
    seen = page.split('name="seen" value="')[1].split('"')[0]
    return post(client, f"batch/{batch.pk}/approve", {"seen": seen})


@pytest.mark.parametrize("change", ["replan", "confirm", "drop"])
def test_approval_is_void_when_the_batch_changes(
    as_finance: Client, as_second: Client, settings: Settings, maya: Creator, change: str
) -> None:
    settings.PAYOUT_APPROVAL_ABOVE_MINOR = 2000
    noor = make_payable("noor", "GB33BUKB20201555555555")
    post(as_finance, "batch/plan", {"currency": "USD"})
    batch = Batch.objects.get()
    approve(as_second, batch)
    batch.refresh_from_db()
    assert batch.approved_by == User.objects.get(email="second@example.com")
    first = batch.payouts.get(creator=maya)
    if change == "replan":
        make_published_clip(noor)
        tally(now=timezone.now())
        post(as_finance, f"batch/{batch.pk}/replan")
    elif change == "confirm":
        change_account(maya)
        post(as_finance, f"payout/{first.pk}/confirm", {"version": "2"})
    else:
        post(as_finance, f"batch/{batch.pk}/drop", {"payouts": [first.pk], "reason": "No."})
    batch.refresh_from_db()
    assert (batch.approved_by, batch.approved_at) == (None, None)
    assert "without approval by a second person" in post(as_finance, f"batch/{batch.pk}/send")
    assert [send_payout(payout_id=payout.pk, now=timezone.now()) for payout in batch.payouts.planned()] in (
        [False],
        [False, False],
    )
    approve(as_second, batch)
    batch.refresh_from_db()
    assert True in send(batch)


def test_rest_of_a_sent_batch_that_needs_approval_again_is_on_the_first_page(
    as_finance: Client, as_second: Client, settings: Settings, maya: Creator
) -> None:
    settings.PAYOUT_APPROVAL_ABOVE_MINOR = 3000
    noor = make_payable("noor", "GB33BUKB20201555555555")
    post(as_finance, "batch/plan", {"currency": "USD"})
    batch = Batch.objects.get()
    approve(as_second, batch)
    first, second = batch.payouts.get(creator=maya), batch.payouts.get(creator=noor)
    assert send_payout(payout_id=first.pk, now=timezone.now())
    assert "Payout batches to approve" not in as_second.get("/admin/").content.decode()
    change_account(noor)
    post(as_finance, f"payout/{second.pk}/confirm", {"version": "2"})
    assert not send_payout(payout_id=second.pk, now=timezone.now())
    assert "Payout batches to approve" in as_second.get("/admin/").content.decode()


def test_changed_batch_is_not_approved_by_an_old_page(
    as_finance: Client, as_second: Client, batch: Batch, maya: Creator
) -> None:
    page = as_second.get(f"/admin/payouts/batch/{batch.pk}/approve/").content.decode()
    seen = page.split('name="seen" value="')[1].split('"')[0]
    make_published_clip(maya)
    tally(now=timezone.now())
    post(as_finance, f"batch/{batch.pk}/replan")
    assert "changed after you opened this page" in post(as_second, f"batch/{batch.pk}/approve", {"seen": seen})
    batch.refresh_from_db()
    assert batch.approved_at is None


def test_payee_does_not_confirm_their_own_account(batch: Batch, maya: Creator) -> None:
    change_account(maya)
    maya.user.is_staff = True
    maya.user.save()
    maya.user.user_permissions.set(Permission.objects.filter(content_type__app_label="payouts"))
    client = client_of(maya.user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert "pays you" in post(client, f"payout/{batch.payouts.get().pk}/confirm", {"version": "2"})
    assert send(batch) == [False]


def test_staff_without_permission_change_nothing(as_moderator: Client, batch: Batch, maya: Creator) -> None:
    change_account(maya)
    payout = batch.payouts.get()
    as_moderator.post("/accounts/reauthenticate/", {"password": PASSWORD})
    for path in (f"batch/{batch.pk}/drop", f"batch/{batch.pk}/replan", f"payout/{payout.pk}/confirm"):
        data = {"payouts": [payout.pk], "reason": "x", "version": "2"}
        assert as_moderator.post(f"/admin/payouts/{path}/", data).status_code == 403
    assert (batch.payouts.get().state, batch.payouts.get().number) == ("planned", OLD)
