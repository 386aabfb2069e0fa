"""Users can download their data and delete their account; only accounting records are kept."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from creators.invitations import invite
from feed.models import Event, Viewer
from payouts.tally import tally
from shop.models import Address, Bag, BrowserAccount, CommissionHold, Order
from social.models import Follow, Like
from tests.conftest import client_of
from tests.factories import NOW, PASSWORD, make_campaign, make_creator, make_product, make_published_clip, make_user
from tests.photo_posts import make_photo_draft
from tests.shop.conftest import ADDRESS, buy
from tests.shop.related import ELSEWHERE, make_earning_clip, order_through
from videos.intake.tus import start_upload

pytestmark = pytest.mark.django_db


def sign_in(user: User) -> Client:
    """Sign in and enter the password again, as both pages require."""
    client = client_of(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


@pytest.fixture
def active_shopper(shopper: User) -> Client:
    """Return the client of a shopper with an order, an address, a bag, a like, a follow and events."""
    clip = make_published_clip(make_creator("maya"), products=[make_product("mug"), make_product("lamp")])
    Address.objects.create(user=shopper, **ADDRESS)
    client = sign_in(shopper)
    assert buy(client, {"product": "mug"}).status_code < 300
    client.post("/api/v1/bag/", {"product": "lamp"}, content_type="application/json")
    client.post(f"/api/v1/clips/{clip.code}/like/")
    client.post("/api/v1/creators/maya/follow/")
    return client


def test_the_download_holds_everything_stored_about_a_shopper(active_shopper: Client, shopper: User) -> None:
    answer = active_shopper.get("/accounts/data/")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="my-data-')
    data: dict[str, Any] = json.loads(answer.content)
    assert data["account"]["email"] == shopper.email
    assert [order["code"] for order in data["orders"]] == [Order.objects.get().code]
    assert [line["product_slug"] for line in data["order_lines"]] == ["mug"]
    assert [line["product_slug"] for line in data["bag"]] == ["lamp"]
    assert data["address"][0]["street"] == "1 Main Street"
    assert [follow["handle"] for follow in data["follows"]] == ["maya"]
    assert len(data["likes"]) == 1
    assert {event["kind"] for event in data["events"]} >= {"like", "follow"}


def test_the_download_of_a_creator_holds_clips_and_statement() -> None:
    creator = make_creator("maya")
    clip = make_published_clip(creator)
    tally(now=NOW + timedelta(hours=1))
    start_upload(creator=creator, clip_code="", file_name="holiday.mp4", size_bytes=2000, now=timezone.now())
    data = json.loads(sign_in(creator.user).get("/accounts/data/").content)
    assert [row["code"] for row in data["clips"]] == [clip.code]
    assert [(row["user_file_name"], row["size_bytes"]) for row in data["uploads"]] == [("holiday.mp4", 2000)]
    assert data["creator"][0]["handle"] == "maya"
    assert clip.code in {line["clip_code"] for line in data["statement"]}


def test_the_download_holds_photos_with_their_words() -> None:
    creator = make_creator("maya")
    clip = make_photo_draft(creator, photo_count=1)
    [photo] = json.loads(sign_in(creator.user).get("/accounts/data/").content)["photos"]
    assert (photo["clip_code"], photo["alternative_text"], photo["width_px"]) == (clip.code, "A mug on a table", 1200)
    assert photo["url"] == clip.photos.get().address(1600)


def test_the_download_holds_invitations_to_campaigns(shopper: User) -> None:
    emails = [shopper.email, "other@example.com"]
    invite(campaign=make_campaign("autumn"), emails=emails, by=make_user(is_staff=True), now=timezone.now())
    [invitation] = json.loads(sign_in(shopper).get("/accounts/data/").content)["invitations"]
    assert (invitation["email"], invitation["campaign_slug"]) == (shopper.email, "autumn")
    assert "token_hash" not in invitation


def make_held_commission(shopper: User) -> CommissionHold:
    """Let the shopper buy from a creator at the creator's address, in a browser that the creator had used."""
    clip = make_earning_clip(make_creator("maya"))
    Address.objects.create(user=clip.creator.user, **ELSEWHERE)
    line = order_through(clip, client_of(shopper), address=ELSEWHERE)
    BrowserAccount.objects.create(order=line.order, user=clip.creator.user, recorded_at=NOW)
    return line.commission_holds.get()


def test_the_download_of_a_creator_holds_held_commissions_without_the_buyer(shopper: User) -> None:
    hold = make_held_commission(shopper)
    assert hold.line.creator is not None
    data = json.loads(sign_in(hold.line.creator.user).get("/accounts/data/").content)
    [row] = data["held_commissions"]
    assert (row["state"], row["commission_minor"], row["currency"]) == ("held", 200, "USD")
    assert [list(row) for row in data["browsers"]] == [["recorded_at"]]
    assert hold.line.order.code not in json.dumps(data) and "signals" not in row


def test_erasing_the_creator_deletes_likes_and_the_browser_and_address_that_were_compared(shopper: User) -> None:
    hold = make_held_commission(shopper)
    assert hold.line.creator is not None
    client = sign_in(hold.line.creator.user)
    assert hold.line.clip is not None
    client.post(f"/api/v1/clips/{hold.line.clip.code}/like/")
    assert Like.objects.count() == 1
    answer = client.post("/accounts/leave/", {"gives_up_pay": "on"})
    assert answer.status_code == 302
    assert Like.objects.count() == 0
    assert (BrowserAccount.objects.count(), Address.objects.filter(user=hold.line.creator.user).count()) == (0, 0)
    hold.refresh_from_db()
    assert hold.signals == [{"signal": "address", "source": "", "note": "unit_missing"}]


def test_erasing_the_buyer_leaves_evidence_that_names_nobody(shopper: User) -> None:
    hold = make_held_commission(shopper)
    assert sign_in(shopper).post("/accounts/leave/").status_code == 302
    hold.refresh_from_db()
    assert (hold.state, hold.line.order.user, hold.line.order.visitor) == ("held", None, "")
    assert ELSEWHERE["street"] not in json.dumps(hold.signals)


def test_the_download_holds_no_other_users_data(active_shopper: Client) -> None:
    stranger = make_user("stranger@example.com")
    data = json.loads(sign_in(stranger).get("/accounts/data/").content)
    assert data.pop("account")["email"] == stranger.email
    assert [rows for rows in data.values() if rows and rows[0].get("interests") is None] == []


@pytest.mark.parametrize("address", ["/accounts/data/", "/accounts/leave/"])
def test_both_pages_require_a_recent_sign_in(shopper: User, address: str) -> None:
    assert "/login/" in Client().get(address).headers["Location"]
    assert "/reauthenticate/" in client_of(shopper).get(address).headers["Location"]
    assert User.objects.filter(pk=shopper.pk).exists()


def test_deleting_the_account_erases_the_user_and_keeps_the_order(active_shopper: Client, shopper: User) -> None:
    assert "This can't be undone" in active_shopper.get("/accounts/leave/").content.decode()
    answer = active_shopper.post("/accounts/leave/", follow=True)
    assert answer.redirect_chain == [("/", 302)]
    assert not User.objects.filter(email=shopper.email).exists()
    for rows in (Address, Bag, Like, Follow, Event):
        assert rows.objects.count() == 0, rows
    assert not Viewer.objects.filter(user__isnull=False).exists()
    order = Order.objects.get()
    assert (order.state, order.user, order.visitor) == ("paid", None, "")
    assert active_shopper.get("/accounts/").status_code == 302
    assert active_shopper.get(f"/orders/{order.code}/").status_code == 404
