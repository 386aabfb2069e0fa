"""Booking, paying and following a sponsorship, through its pages and the API."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.models import MerchantRole, MerchantState
from creators.models import Creator
from shop.models import Payment, Refund
from social.models import Sponsorship
from tests.conftest import client_of, make_staff
from tests.factories import make_creator, make_member, make_merchant, make_product
from tests.feed.watching import make_watchable_clip
from tests.sponsors import confirm_address, make_paid_sponsorship, make_running_sponsorship, make_sponsorship, reload
from videos.models import Clip

pytestmark = pytest.mark.django_db


@pytest.fixture
def author() -> User:
    return confirm_address(make_creator("nora").user)


@pytest.fixture
def post(author: User) -> Clip:
    return make_watchable_clip(Creator.objects.get(user=author))


def days() -> dict[str, str]:
    today = timezone.localdate()
    return {"starts_on": today.isoformat(), "ends_on": (today + timedelta(days=6)).isoformat()}


def form(**fields: Any) -> dict[str, Any]:
    return {"budget_minor": "100", "bid_minor": "20", "daily_cap_minor": "50", **days(), **fields}


def body(post: Clip, **fields: Any) -> dict[str, Any]:
    return {"post": post.code, "budget_minor": 10_000, "bid_minor": 2000, "daily_cap_minor": 5000, **days(), **fields}


def test_member_books_and_pays_for_their_own_post(author: User, post: Clip) -> None:
    client = client_of(author)
    assert f"/sponsor/new/{post.code}/" in client.get("/sponsor/").content.decode()
    url = f"/sponsor/new/{post.code}/?for="
    estimate = client.post(url, form(estimate="1"))
    assert "About 5,000 views" in estimate.content.decode()
    assert not Sponsorship.objects.exists()
    response = client.post(url, form())
    sponsorship = Sponsorship.objects.get()
    assert response.headers["Location"] == f"/sponsor/{sponsorship.code}/"
    assert (sponsorship.budget_minor, sponsorship.state, sponsorship.merchant) == (10_000, "draft", None)
    page = client.post(f"/sponsor/{sponsorship.code}/pay/", follow=True).content.decode()
    assert "In review" in page
    payment = Payment.objects.get()
    assert (payment.order, payment.amount_minor, payment.state) == (None, 10_000, "succeeded")
    client.post(f"/sponsor/{sponsorship.code}/pay/")
    assert Payment.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"daily_cap_minor": "150"}, "The daily cap can&#x27;t be more than the budget."),
        ({"bid_minor": "0"}, "Enter 0.01 or more."),
        ({"starts_on": "2020-01-01"}, "Choose a first day from today on, within a year."),
        ({"ends_on": "2020-01-01"}, "Choose a last day on or after the first day, at most a year later."),
    ],
)
def test_bookings_that_do_not_fit_are_refused(author: User, post: Clip, fields: Any, sentence: str) -> None:
    response = client_of(author).post(f"/sponsor/new/{post.code}/", form(**fields))
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Sponsorship.objects.exists()


def test_only_own_published_posts_can_be_booked(author: User, post: Clip, as_shopper: Client) -> None:
    foreign = make_watchable_clip()
    assert client_of(author).post(f"/sponsor/new/{foreign.code}/", form()).status_code == 409
    assert as_shopper.post(f"/sponsor/new/{post.code}/", form()).status_code == 409
    Clip.objects.filter(pk=post.pk).update(state="removed")
    assert client_of(author).post(f"/sponsor/new/{post.code}/", form()).status_code == 404
    assert not Sponsorship.objects.exists()


def test_merchants_book_posts_with_their_products(post: Clip) -> None:
    merchant = make_merchant("north", legal_name="North Ltd")
    clip = make_watchable_clip(None, None, [make_product(merchant=merchant), make_product()])
    manager = confirm_address(make_member(merchant, MerchantRole.MANAGER))
    packer = confirm_address(make_member(merchant, MerchantRole.PACKER))
    assert client_of(packer).post(f"/sponsor/new/{clip.code}/", form()).status_code == 409
    assert client_of(manager).post(f"/sponsor/new/{post.code}/?for=north", form()).status_code == 409
    assert client_of(manager).post(f"/sponsor/new/{clip.code}/?for=north", form()).status_code == 302
    sponsorship = Sponsorship.objects.get()
    assert (sponsorship.merchant, sponsorship.sponsor, sponsorship.payer) == (merchant, "North", "North Ltd")
    assert client_of(packer).get(f"/sponsor/{sponsorship.code}/").status_code == 404
    owner = make_member(merchant)
    assert client_of(owner).get(f"/sponsor/{sponsorship.code}/").status_code == 200
    merchant.state = MerchantState.SUSPENDED
    merchant.save()
    assert client_of(manager).post(f"/sponsor/new/{clip.code}/", form()).status_code == 409


def test_staff_book_for_the_house(post: Clip) -> None:
    staff = confirm_address(make_staff("campaigns@example.com", "social"))
    assert client_of(staff).post(f"/sponsor/new/{post.code}/", form()).status_code == 302
    sponsorship = Sponsorship.objects.get()
    assert sponsorship.merchant is not None
    assert sponsorship.merchant.is_house
    assert client_of(staff).get(f"/sponsor/{sponsorship.code}/").status_code == 200


def test_sponsorships_of_others_are_not_found(as_shopper: Client) -> None:
    sponsorship = make_running_sponsorship()
    for path in ("", "statement.csv"):
        assert as_shopper.get(f"/sponsor/{sponsorship.code}/{path}").status_code == 404
        assert Client().get(f"/sponsor/{sponsorship.code}/{path}").status_code == 302
    for path in ("pay/", "change/"):
        assert as_shopper.post(f"/sponsor/{sponsorship.code}/{path}", {"change": "end"}).status_code == 404
    api = f"/api/v1/sponsorships/{sponsorship.code}/"
    assert as_shopper.get(api).status_code == 404
    assert as_shopper.post(api, {"change": "end"}).status_code == 404
    assert as_shopper.post(f"{api}pay/").status_code == 404
    assert Client().get(api).status_code in (401, 403)
    assert reload(sponsorship).state == "running"


def test_sponsor_pauses_resumes_and_ends_and_gets_back_what_is_left() -> None:
    sponsorship = make_running_sponsorship()
    assert sponsorship.booked_by is not None
    client, url = client_of(sponsorship.booked_by), f"/sponsor/{sponsorship.code}/change/"
    client.post(url, {"change": "pause"})
    sponsorship = reload(sponsorship)
    assert sponsorship.place is not None
    assert (sponsorship.state, sponsorship.pause_reason) == ("paused", "booker")
    assert (sponsorship.place.is_running, sponsorship.clip.is_sponsored) == (False, False)
    client.post(url, {"change": "resume"})
    sponsorship = reload(sponsorship)
    assert sponsorship.place is not None
    assert (sponsorship.state, sponsorship.place.is_running, sponsorship.clip.is_sponsored) == ("running", True, True)
    sponsorship.place.spent_milli = 1_234_567
    sponsorship.place.save()
    client.post(url, {"change": "end"})
    client.post(url, {"change": "end"})
    sponsorship = reload(sponsorship)
    refund = Refund.objects.get()
    assert (sponsorship.state, sponsorship.refund, refund.amount_minor) == ("done", refund, 10_000 - 1234)
    assert sponsorship.prepayment is not None
    assert (sponsorship.prepayment.state, sponsorship.prepayment.refunded_minor) == ("partly_refunded", 8766)


def test_draft_that_is_given_up_can_not_be_paid() -> None:
    sponsorship = make_sponsorship()
    assert sponsorship.booked_by is not None
    client = client_of(sponsorship.booked_by)
    client.post(f"/sponsor/{sponsorship.code}/change/", {"change": "end"})
    client.post(f"/sponsor/{sponsorship.code}/pay/")
    assert reload(sponsorship).state == "done"
    assert not Payment.objects.exists()


def test_what_is_in_review_is_refunded_in_full() -> None:
    sponsorship = make_paid_sponsorship()
    assert sponsorship.booked_by is not None
    client_of(sponsorship.booked_by).post(f"/sponsor/{sponsorship.code}/change/", {"change": "end"})
    assert Refund.objects.get().amount_minor == 10_000


def test_api_books_pays_and_changes(author: User, post: Clip) -> None:
    client = client_of(author)
    url = "/api/v1/sponsorships/"
    headers = {"Idempotency-Key": "a"}
    first = client.post(url, body(post), "application/json", headers=headers)
    again = client.post(url, body(post), "application/json", headers=headers)
    assert (first.status_code, again.json()) == (201, first.json())
    other = client.post(url, body(post, budget_minor=20_000), "application/json", headers=headers)
    assert other.status_code == 422
    sponsorship = Sponsorship.objects.get()
    refused = client.post(url, body(post, daily_cap_minor=20_000), "application/json")
    assert refused.status_code == 400
    assert "daily_cap_minor" in refused.json()
    paid = client.post(f"{url}{sponsorship.code}/pay/")
    assert paid.json() == {"state": "in_review", "next_url": ""}
    assert client.post(f"{url}{sponsorship.code}/", {"change": "pause"}, "application/json").status_code == 409
    ended = client.post(f"{url}{sponsorship.code}/", {"change": "end"}, "application/json")
    assert (ended.json()["state"], ended.json()["statement"]["days"]) == ("done", [])
    assert [row["code"] for row in client.get(url).json()["results"]] == [sponsorship.code]
