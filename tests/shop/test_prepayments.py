"""Prepayments at the payment provider: the page, its events, disputes and refunds, as for orders."""

import random

import pytest
from django.test import Client
from django.utils import timezone

from shop.models import Dispute, Payment, Prepayment, Refund
from shop.reconciliation import reconcile
from shop.refund_dispatch import send_refund
from social.models import EndReason, Sponsorship
from social.sponsorships.lifecycle import approve, end
from social.sponsorships.sweep import advance_sponsorships
from tests.conftest import client_of, make_staff
from tests.factories import make_user
from tests.shop.stripe import StandInStripe, deliver, deliver_all
from tests.sponsors import make_sponsorship, reload

pytestmark = pytest.mark.django_db


@pytest.fixture
def sponsorship(stripe: StandInStripe) -> Sponsorship:
    """Return a draft whose payment of $100.00 waits on the provider's page."""
    sponsorship = make_sponsorship()
    assert sponsorship.booked_by is not None
    response = client_of(sponsorship.booked_by).post(f"/sponsor/{sponsorship.code}/pay/")
    assert "https://pay.example/cs_test_" in response.content.decode()
    return reload(sponsorship)


@pytest.fixture
def paid(client: Client, sponsorship: Sponsorship, stripe: StandInStripe) -> Sponsorship:
    stripe.pay(Payment.objects.get().session)
    deliver(client, stripe)
    advance_sponsorships(now=timezone.now())
    sponsorship = reload(sponsorship)
    assert sponsorship.state == "in_review"
    return sponsorship


def run(sponsorship: Sponsorship) -> Sponsorship:
    approve(sponsorship_id=sponsorship.pk, approved_by=make_user(is_staff=True), now=timezone.now())
    return reload(sponsorship)


def sweep(sponsorship: Sponsorship) -> tuple[str, str]:
    advance_sponsorships(now=timezone.now())
    row = reload(sponsorship)
    return row.state, row.pause_reason or row.end_reason


def test_paying_twice_is_one_payment(client: Client, sponsorship: Sponsorship, stripe: StandInStripe) -> None:
    assert sponsorship.booked_by is not None
    client_of(sponsorship.booked_by).post(f"/sponsor/{sponsorship.code}/pay/")
    assert Payment.objects.count() == 1
    stripe.pay(Payment.objects.get().session)
    deliver_all(client, stripe, rng=random.Random(1))
    deliver_all(client, stripe, rng=random.Random(1))
    assert Prepayment.objects.get().state == "paid"
    assert sweep(sponsorship)[0] == "in_review"


def test_payer_who_comes_back_sees_that_it_is_paid(sponsorship: Sponsorship, stripe: StandInStripe) -> None:
    stripe.pay(Payment.objects.get().session)
    assert sponsorship.booked_by is not None
    page = client_of(sponsorship.booked_by).get(f"/sponsor/{sponsorship.code}/?returned=1", follow=True)
    assert "In review" in page.content.decode()


def test_lost_event_is_made_up_for_by_asking(sponsorship: Sponsorship, stripe: StandInStripe) -> None:
    stripe.pay(Payment.objects.get().session)
    Payment.objects.update(ask_after=timezone.now())
    reconcile(now=timezone.now())
    assert sweep(sponsorship)[0] == "in_review"


def test_payment_after_the_end_is_refunded(client: Client, sponsorship: Sponsorship, stripe: StandInStripe) -> None:
    end(sponsorship_id=sponsorship.pk, reason=EndReason.BOOKER, now=timezone.now())
    stripe.pay(Payment.objects.get().session)
    deliver(client, stripe)
    prepayment, refund = Prepayment.objects.get(), Refund.objects.get()
    assert (prepayment.state, prepayment.refunded_minor, refund.amount_minor) == ("cancelled", 10_000, 10_000)
    assert send_refund(refund_id=refund.pk, now=timezone.now())
    assert sweep(sponsorship)[0] == "done"
    assert Refund.objects.count() == 1


def test_remainder_goes_back_to_the_card(paid: Sponsorship, stripe: StandInStripe, client: Client) -> None:
    sponsorship = run(paid)
    assert sponsorship.place is not None
    sponsorship.place.spent_milli = 3_000_999
    sponsorship.place.save()
    end(sponsorship_id=sponsorship.pk, reason=EndReason.BOOKER, now=timezone.now())
    refund = Refund.objects.get()
    assert send_refund(refund_id=refund.pk, now=timezone.now())
    deliver_all(client, stripe, rng=random.Random(1))
    refund.refresh_from_db()
    assert (refund.amount_minor, refund.state) == (7000, "done")
    assert Refund.objects.count() == 1


def test_dispute_pauses_and_a_lost_one_ends(client: Client, paid: Sponsorship, stripe: StandInStripe) -> None:
    sponsorship = run(paid)
    dispute = stripe.open_dispute(Payment.objects.get().reference)
    deliver(client, stripe)
    assert sweep(sponsorship) == ("paused", "disputed")
    stripe.close_dispute(dispute["id"], "lost")
    deliver(client, stripe)
    assert (Dispute.objects.get().state, Prepayment.objects.get().state) == ("lost", "refunded")
    assert sweep(sponsorship) == ("done", "refunded")
    assert Refund.objects.get().is_made_at_provider


def test_dispute_that_is_won_lets_it_run_again(client: Client, paid: Sponsorship, stripe: StandInStripe) -> None:
    sponsorship = run(paid)
    dispute = stripe.open_dispute(Payment.objects.get().reference)
    deliver(client, stripe)
    assert sweep(sponsorship) == ("paused", "disputed")
    stripe.close_dispute(dispute["id"], "won")
    deliver(client, stripe)
    assert sweep(sponsorship) == ("running", "")


def test_finance_sees_prepayments_in_admin(paid: Sponsorship) -> None:
    staff = client_of(make_staff("finance@example.com", "shop"))
    prepayment, payment = Prepayment.objects.get(), Payment.objects.get()
    assert prepayment.code in staff.get("/admin/shop/payment/").content.decode()
    assert prepayment.code in staff.get(f"/admin/shop/payment/{payment.pk}/change/").content.decode()
    page = staff.get(f"/admin/shop/prepayment/{prepayment.pk}/change/").content.decode()
    assert f"Sponsorship {paid.code}" in page
    end(sponsorship_id=paid.pk, reason=EndReason.BOOKER, now=timezone.now())
    assert prepayment.code in staff.get("/admin/shop/refund/").content.decode()
    assert staff.get(f"/admin/shop/refund/{Refund.objects.get().pk}/change/").status_code == 200
