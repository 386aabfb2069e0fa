"""What one person may send within 24 hours, however the batches are cut. The rest needs a second person."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from creators.models import Creator
from payouts.models import Batch, Payout
from payouts.transfers import send_payout
from tests.payouts.test_plan_changes import approve, as_finance, as_second, make_payable, maya, post, send

__all__ = ["as_finance", "as_second", "maya"]
pytestmark = pytest.mark.django_db


def test_planner_of_a_large_batch_is_not_offered_to_approve_it(
    as_finance: Client, as_second: Client, settings: Settings, maya: Creator
) -> None:
    settings.PAYOUT_APPROVAL_ABOVE_MINOR = 2000
    post(as_finance, "batch/plan", {"currency": "USD"})
    batch = Batch.objects.get()
    link = f'href="/admin/payouts/batch/{batch.pk}/approve/"'
    page = as_finance.get(f"/admin/payouts/batch/{batch.pk}/change/").content.decode()
    assert link not in page and "approve a batch that you planned" in page
    assert (
        "approve a batch that you planned"
        in as_finance.get(f"/admin/payouts/batch/{batch.pk}/approve/", follow=True).content.decode()
    )
    assert link in as_second.get(f"/admin/payouts/batch/{batch.pk}/change/").content.decode()


def test_rest_of_a_batch_is_not_sent_alone_after_a_drop(as_finance: Client, settings: Settings, maya: Creator) -> None:
    """One person drops half of a large batch, sends the rest, plans what was dropped, and sends that, too."""
    settings.PAYOUT_APPROVAL_ABOVE_MINOR = 3000
    noor = make_payable("noor", "GB33BUKB20201555555555")
    post(as_finance, "batch/plan", {"currency": "USD"})
    batch = Batch.objects.get()
    post(as_finance, f"batch/{batch.pk}/drop", {"payouts": [batch.payouts.get(creator=noor).pk], "reason": "Later."})
    assert send(batch) == [True, False]
    post(as_finance, "batch/plan", {"currency": "USD"})
    rest = Batch.objects.exclude(pk=batch.pk).get()
    assert "more than $30.00 would be sent in 24 hours" in post(as_finance, f"batch/{rest.pk}/send")
    assert (
        "A second person must sign in again"
        in as_finance.get(f"/admin/payouts/batch/{rest.pk}/change/").content.decode()
    )
    assert not send_payout(payout_id=rest.payouts.get().pk, now=timezone.now())
    assert rest.payouts.get().state == "planned"


def test_small_batches_count_for_a_day_and_approved_ones_do_not(
    as_finance: Client, as_second: Client, settings: Settings, maya: Creator
) -> None:
    settings.PAYOUT_APPROVAL_ABOVE_MINOR = 3000
    post(as_finance, "batch/plan", {"currency": "USD"})
    first = Batch.objects.get()
    assert send(first) == [True]
    make_payable("noor", "GB33BUKB20201555555555")
    post(as_finance, "batch/plan", {"currency": "USD"})
    second = Batch.objects.exclude(pk=first.pk).get()
    assert not send_payout(payout_id=second.payouts.get().pk, now=timezone.now())
    assert "Payout batches to approve" in as_second.get("/admin/").content.decode()
    Payout.objects.filter(batch=first).update(claimed_at=timezone.now() - timedelta(hours=25))
    assert "Payout batches to approve" not in as_second.get("/admin/").content.decode()
    Payout.objects.filter(batch=first).update(claimed_at=timezone.now())
    approve(as_second, first)
    assert send(second) == [True]
