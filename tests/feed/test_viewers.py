"""Viewers: identified by a cookie, merged on signing in, separate after signing out, erased on request."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from accounts.models import User
from feed.models import Event, Viewer
from social.models import Follow, Hidden, Like, Save
from tests.factories import PASSWORD
from tests.feed.watching import make_watchable_clip, read_feed, send_events

pytestmark = pytest.mark.django_db


def test_anonymous_viewer_has_their_likes_at_the_next_visit(client: Client) -> None:
    clip = make_watchable_clip()
    assert client.post(f"/api/v1/clips/{clip.code}/like/").status_code == 204
    assert read_feed(client)["clips"][0]["is_liked"]
    assert not read_feed(Client())["clips"][0]["is_liked"]
    assert client.delete(f"/api/v1/clips/{clip.code}/like/").status_code == 204
    assert not read_feed(client)["clips"][0]["is_liked"]


def test_marks_and_events_from_before_signing_in_are_merged(client: Client, shopper: User) -> None:
    clip = make_watchable_clip()
    token = read_feed(client)["clips"][0]["token"]
    send_events(client, {"token": token, "kind": "impression"})
    client.post(f"/api/v1/clips/{clip.code}/save/")
    other = Client()
    other.force_login(shopper)
    other.get("/")
    other.post(f"/api/v1/clips/{clip.code}/like/")
    client.force_login(shopper)
    client.get("/")
    viewer = Viewer.objects.get(user=shopper)
    assert viewer.liked == [clip.pk] and viewer.saved == [clip.pk]
    assert set(Event.objects.values_list("viewer", flat=True)) == {viewer.pk}
    send_events(client, {"token": token, "kind": "share"})
    assert set(Event.objects.values_list("viewer", flat=True)) == {viewer.pk}


@pytest.mark.parametrize("count", [2, 1000])
def test_what_was_saved_just_before_signing_in_is_newest_and_stays(client: Client, shopper: User, count: int) -> None:
    new, again = (make_watchable_clip() for _index in range(2))
    earlier = list(range(10**6, 10**6 + count - 1))
    own = Viewer.objects.create(user=shopper, created_at=timezone.now(), saved=[again.pk, *earlier])
    for clip in (new, again):
        client.post(f"/api/v1/clips/{clip.code}/save/")
    client.force_login(shopper)
    client.get("/")
    own.refresh_from_db()
    assert own.saved == [*earlier, new.pk, again.pk][-1000:]
    assert [clip.code for clip in client.get("/saved/").context["page"].clips] == [again.code, new.code]


def test_marks_from_before_signing_in_move_to_the_account(client: Client, shopper: User) -> None:
    liked, saved, hidden = (make_watchable_clip() for _index in range(3))
    for clip, verb in ((liked, "like"), (saved, "save"), (hidden, "not-interested")):
        client.post(f"/api/v1/clips/{clip.code}/{verb}/")
    client.post(f"/api/v1/creators/{liked.creator.handle}/follow/")
    assert not Like.objects.exists()
    EmailAddress.objects.create(user=shopper, email=shopper.email, verified=True, primary=True)
    response = client.post("/accounts/login/", {"login": shopper.email, "password": PASSWORD})
    assert response.status_code == 302, response.content
    assert [mark.clip_id for mark in Like.objects.owned_by(shopper)] == [liked.pk]
    assert [mark.clip_id for mark in Save.objects.owned_by(shopper)] == [saved.pk]
    assert [mark.clip_id for mark in Hidden.objects.owned_by(shopper)] == [hidden.pk]
    assert [follow.creator_id for follow in Follow.objects.owned_by(shopper)] == [liked.creator_id]
    assert Viewer.objects.get().user == shopper
    assert next(shown for shown in read_feed(client)["clips"] if shown["code"] == liked.code)["is_liked"]


def test_next_person_in_the_same_browser_is_another_viewer(client: Client, shopper: User) -> None:
    clip = make_watchable_clip()
    client.force_login(shopper)
    client.post(f"/api/v1/clips/{clip.code}/like/")
    assert read_feed(client)["clips"][0]["is_liked"]
    client.logout()
    client.get("/")
    assert not read_feed(client)["clips"][0]["is_liked"]


def test_viewer_can_be_erased(client: Client) -> None:
    clip = make_watchable_clip()
    send_events(client, {"token": read_feed(client)["clips"][0]["token"], "kind": "impression"})
    client.post(f"/api/v1/clips/{clip.code}/like/")
    assert Event.objects.count() == 2
    assert client.post("/welcome/forget/", {"what": "everything"}).status_code == 302
    assert not Event.objects.exists()
    assert not Viewer.objects.exists()


def test_tampered_cookie_is_a_new_viewer(client: Client) -> None:
    clip = make_watchable_clip()
    client.post(f"/api/v1/clips/{clip.code}/like/")
    client.cookies["viewer"] = client.cookies["viewer"].value.replace(".0:", ".1:")
    assert not read_feed(client)["clips"][0]["is_liked"]
