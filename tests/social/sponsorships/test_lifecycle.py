"""Approval by staff, pauses that follow from what can be shown, the end, remainders, statements and the archive."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Proposal
from accounts.proposals import approve_proposal
from catalog.models import Product
from feed.models import SponsoredPlace
from feed.sponsored.charges import charge_views
from payouts.models import Entry, Posting
from payouts.tally import tally
from payouts.verification import find_discrepancies
from shop.models import Payment, Prepayment, Refund
from social.models import EndReason, PauseReason, Sponsorship
from social.sponsorships.lifecycle import end, pause
from social.sponsorships.remainders import propose_remainder
from social.sponsorships.sweep import advance_sponsorships
from tests.conftest import client_of, make_staff
from tests.factories import make_merchant, make_product
from tests.feed.watching import make_watchable_clip
from tests.sponsors import make_paid_sponsorship, make_running_sponsorship, make_view, reload
from videos.models import Clip

pytestmark = pytest.mark.django_db


def act(client: Client, action: str, *rows: Sponsorship, **fields: Any) -> str:
    """Choose an action in admin, and confirm it. Return the page that asks."""
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    asked = client.post("/admin/social/sponsorship/", data)
    seen = (asked.context or {}).get("question")
    confirmed = {**data, "confirmed": "1", "seen": seen.digest if seen else "", **fields}
    client.post("/admin/social/sponsorship/", confirmed)
    return asked.content.decode()


def sweep(days: int = 0) -> None:
    advance_sponsorships(now=timezone.now() + timedelta(days=days))


def state_of(sponsorship: Sponsorship) -> tuple[str, str]:
    row = reload(sponsorship)
    assert row.place is None or row.place.is_running == (row.state == "running")
    return row.state, row.pause_reason or row.end_reason


def test_staff_approve_what_others_booked() -> None:
    staff = make_staff("ads@example.com", "social")
    sponsorship, own = make_paid_sponsorship(), make_paid_sponsorship()
    Sponsorship.objects.filter(pk=own.pk).update(booked_by=staff)
    assert "shown for money" in act(client_of(staff), "approve", sponsorship, own)
    assert (state_of(sponsorship)[0], state_of(own)[0]) == ("running", "in_review")
    place = SponsoredPlace.objects.get()
    assert (place.budget_minor, place.is_running, place.clip.is_sponsored) == (10_000, True, True)


def test_whoever_may_not_approve_changes_nothing() -> None:
    sponsorship = make_paid_sponsorship()
    act(client_of(make_staff("shop@example.com", "shop")), "approve", sponsorship)
    assert state_of(sponsorship)[0] == "in_review"


def test_declining_needs_a_reason_and_refunds_everything() -> None:
    staff, sponsorship = client_of(make_staff("ads@example.com", "social")), make_paid_sponsorship()
    act(staff, "refuse", sponsorship)
    assert state_of(sponsorship)[0] == "in_review"
    act(staff, "refuse", sponsorship, reason="It promises a cure.")
    assert state_of(sponsorship) == ("done", "refused")
    assert Refund.objects.get().amount_minor == 10_000
    assert sponsorship.booked_by is not None
    page = client_of(sponsorship.booked_by).get(f"/sponsor/{sponsorship.code}/").content.decode()
    assert "It promises a cure." in page


def test_only_one_sponsorship_of_a_post_runs() -> None:
    first = make_running_sponsorship()
    second = make_paid_sponsorship(first.clip)
    act(client_of(make_staff("ads@example.com", "social")), "approve", second)
    assert state_of(second)[0] == "in_review"


@pytest.mark.parametrize("reason", ["removed", "profile", "merchant", "off_sale", "sold_out", "disputed"])
def test_what_can_not_be_shown_pauses_and_resumes(reason: str) -> None:
    merchant = make_merchant()
    clip = make_watchable_clip(None, None, [make_product(merchant=merchant), make_product()])
    sponsorship = make_running_sponsorship(clip, merchant=merchant)

    def set_obstacle(*, is_on: bool) -> None:
        if reason == "removed":
            Clip.objects.filter(pk=clip.pk).update(state="removed" if is_on else "published")
        elif reason == "profile":
            Clip.objects.filter(pk=clip.pk).update(is_hidden=is_on)
        elif reason == "merchant":
            merchant.__class__.objects.filter(pk=merchant.pk).update(state="suspended" if is_on else "approved")
        elif reason == "off_sale":
            Product.objects.filter(merchant=merchant).update(is_listed=not is_on)
        elif reason == "sold_out":
            Product.objects.filter(merchant=merchant).update(stock=0 if is_on else 5)
        else:
            Prepayment.objects.update(state="disputed" if is_on else "paid")

    set_obstacle(is_on=True)
    sweep()
    assert state_of(sponsorship) == ("paused", reason)
    sweep()
    assert state_of(sponsorship) == ("paused", reason)
    set_obstacle(is_on=False)
    sweep()
    assert state_of(sponsorship) == ("running", "")


def test_what_people_paused_is_resumed_by_people() -> None:
    sponsorship = make_running_sponsorship()
    pause(sponsorship_id=sponsorship.pk, reason=PauseReason.STAFF, now=timezone.now())
    sweep()
    assert sponsorship.booked_by is not None
    client_of(sponsorship.booked_by).post(f"/sponsor/{sponsorship.code}/change/", {"change": "resume"})
    assert state_of(sponsorship) == ("paused", "staff")
    act(client_of(make_staff("ads@example.com", "social")), "resume", sponsorship)
    assert state_of(sponsorship) == ("running", "")


def test_sponsorships_end_with_their_dates_or_their_budget() -> None:
    late, spent = make_running_sponsorship(), make_running_sponsorship()
    SponsoredPlace.objects.filter(pk=spent.place_id).update(spent_milli=9_999_000)
    sweep(days=6)
    assert (state_of(late), state_of(spent)) == (("running", ""), ("done", "spent"))
    sweep(days=7)
    assert state_of(late) == ("done", "dates")
    assert sorted(Refund.objects.values_list("amount_minor", flat=True)) == [1, 10_000]


def test_what_was_refunded_elsewhere_is_shown_no_more() -> None:
    sponsorship = make_running_sponsorship()
    Prepayment.objects.update(refunded_minor=4000, state="partly_refunded")
    SponsoredPlace.objects.update(spent_milli=1_000_000)
    sweep()
    assert state_of(sponsorship) == ("done", "refunded")
    assert Refund.objects.get().amount_minor == 5000


def test_large_remainder_needs_a_second_person(settings: Any) -> None:
    settings.REFUND_APPROVAL_ABOVE_MINOR = 5000
    sponsorship = make_running_sponsorship()
    first, second = make_staff("a@example.com", "shop"), make_staff("b@example.com", "shop")
    end(sponsorship_id=sponsorship.pk, reason=EndReason.STAFF, now=timezone.now())
    sweep()
    assert not Refund.objects.exists()
    proposal = propose_remainder(sponsorship=reload(sponsorship), user=first, reason="Over.", now=timezone.now())
    approve_proposal(proposal_id=proposal.pk, approved_by=second, now=timezone.now())
    sweep()
    assert Refund.objects.get().amount_minor == 10_000
    assert Proposal.objects.get().state == "approved"


def test_spending_is_booked_once_for_each_day() -> None:
    sponsorship = make_running_sponsorship(bid_minor=1500)  # a view costs 1.5 of a cent
    assert sponsorship.place is not None
    now = timezone.now()
    for day in (0, 1):
        for _viewer in range(5):
            make_view(sponsorship.place)
        charge_views(now=now + timedelta(days=day))
    tally(now=now + timedelta(days=1))
    tally(now=now + timedelta(days=2))
    tally(now=now + timedelta(days=2))
    postings = Posting.objects.filter(kind="sponsored").order_by("key")
    assert list(postings.values_list("gross_minor", flat=True)) == [7, 8]
    assert sum(Entry.objects.filter(account__kind="sponsored").values_list("amount_minor", flat=True)) == 15
    assert sum(Entry.objects.filter(account__kind="prepaid").values_list("amount_minor", flat=True)) == -15
    assert list(find_discrepancies()) == []
    call_command("verify_sponsorships")
    SponsoredPlace.objects.update(spent_milli=14_000)
    assert [row.check for row in find_discrepancies()] == ["a sponsored place's spending is the sum of its days"]
    with pytest.raises(Exception, match="discrepancies"):
        call_command("verify_sponsorships")


def test_statement_tells_nothing_about_fewer_than_five_people() -> None:
    sponsorship = make_running_sponsorship()
    assert sponsorship.place is not None
    assert sponsorship.booked_by is not None
    now, client = timezone.now(), client_of(sponsorship.booked_by)
    for _viewer in range(4):
        make_view(sponsorship.place)
    charge_views(now=now)
    detail = client.get(f"/api/v1/sponsorships/{sponsorship.code}/").json()["statement"]
    assert (detail["reached"], detail["views"], detail["days"][0]["spent_minor"]) == (None, None, None)
    assert "People reached" not in client.get(f"/sponsor/{sponsorship.code}/").content.decode()
    make_view(sponsorship.place)
    charge_views(now=now)
    detail = client.get(f"/api/v1/sponsorships/{sponsorship.code}/").json()["statement"]
    assert (detail["reached"], detail["views"], detail["days"][0]["spent_minor"]) == (5, 5, 10)
    rows = b"".join(client.get(f"/sponsor/{sponsorship.code}/statement.csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert f"{timezone.localdate(now).isoformat()},5,5,0.10,USD,," in rows
    assert "<meter" in client.get(f"/sponsor/{sponsorship.code}/").content.decode()


def test_archive_says_who_paid_for_what(client: Client) -> None:
    sponsorship = make_running_sponsorship(languages=["en"])
    make_paid_sponsorship()
    page = client.get("/sponsored/").content.decode()
    assert sponsorship.clip.caption in page
    assert (sponsorship.sponsor in page, "English" in page, "Fewer than five" in page) == (True, True, True)
    (row,) = client.get("/api/v1/sponsored/").json()["results"]
    assert (row["post"], row["payer"], row["reached"]) == (sponsorship.clip.code, sponsorship.payer, None)
    Clip.objects.filter(pk=sponsorship.clip_id).update(state="removed")
    sweep()
    SponsoredPlace.objects.update(last_shown_at=timezone.now() - timedelta(days=364))
    page = client.get("/sponsored/").content.decode()
    assert (sponsorship.clip.caption in page, sponsorship.sponsor in page) == (False, True)
    assert client.get("/api/v1/sponsored/").json()["results"][0]["post"] == ""
    SponsoredPlace.objects.update(last_shown_at=timezone.now() - timedelta(days=366))
    assert client.get("/api/v1/sponsored/").json()["results"] == []


def test_payment_belongs_to_exactly_one_purchase() -> None:
    make_paid_sponsorship()

    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.update(prepayment=None)
