"""Notifications on the site: who is told what, what is hidden, what is read, and preferences."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from creators.models import Creator
from feedsite.account_erasure import erase_account
from feedsite.personal_data import collect_data
from social.comments.decisions import decide_comment
from social.models import CommentState, MailChoice, Notification, NotificationChoice, NotificationKind
from social.notifications.lists import forget_old_notifications
from social.notifications.sources import announce_posts, notify_of_decisions
from tests.conftest import client_of
from tests.factories import approve, make_creator, make_published_clip, make_user, make_waiting_clip
from videos.models import Clip
from videos.states import ClipState

pytestmark = pytest.mark.django_db
API = "/api/v1/notifications/"


@pytest.fixture(autouse=True)
def comments_of_everybody(settings: Any) -> None:
    settings.COMMENTS_TRUSTED_AFTER = 0


@pytest.fixture
def maya() -> Creator:
    return make_creator("maya", display_name="Maya")


@pytest.fixture
def zoe() -> Creator:
    return make_creator("zoe", display_name="Zoe")


def texts(person: Creator) -> list[str]:
    """Return what a person is told, newest first, without the marks that isolate names."""
    rows = client_of(person.user).get(API).json()["results"]
    return [row["text"].replace("\u2068", "").replace("\u2069", "") for row in rows]


def comment(author: Creator, clip: Clip, words: str, reply_to: int | None = None) -> int:
    body = {"words": words} | ({"reply_to": reply_to} if reply_to else {})
    answer = client_of(author.user).post(f"/api/v1/clips/{clip.code}/comments/", body, content_type="application/json")
    assert answer.status_code == 201, answer.content
    return int(answer.json()["comment"]["id"])


def like(person: Creator, clip: Clip) -> None:
    assert client_of(person.user).post(f"/api/v1/clips/{clip.code}/like/").status_code == 204


def test_people_are_told_of_likes_follows_comments_replies_and_mentions(maya: Creator, zoe: Creator) -> None:
    clip = make_published_clip(maya)
    like(zoe, clip)
    assert client_of(zoe.user).post("/api/v1/creators/maya/follow/").status_code == 204
    first = comment(zoe, clip, "Hello")
    comment(maya, clip, "Thank you, @zoe", first)
    assert texts(maya) == ["Zoe commented on your post", "Zoe follows you", "Zoe likes your post"]
    assert texts(zoe) == ["Maya replied to your comment"]
    anna = make_creator("anna", display_name="Anna")
    comment(anna, clip, "Look, @zoe")
    assert texts(zoe)[0] == "Anna mentioned you in a comment"
    assert client_of(anna.user).post(f"/api/v1/comments/{first}/like/").status_code == 204
    assert texts(zoe)[0] == "Anna likes your comment"


def test_likes_are_one_row_with_the_number_of_now(maya: Creator) -> None:
    clip = make_published_clip(maya)
    people = [make_creator(display_name=f"Person {number}") for number in range(3)]
    for person in people:
        like(person, clip)
    client_of(make_user()).post(f"/api/v1/clips/{clip.code}/like/")
    assert texts(maya) == ["Person 2 and 3 others like your post"]
    client_of(people[2].user).delete(f"/api/v1/clips/{clip.code}/like/")
    assert texts(maya) == ["Person 1 and 2 others like your post"]
    assert Notification.objects.filter(kind=NotificationKind.LIKES).count() == 1
    for person in people:
        client_of(person.user).delete(f"/api/v1/clips/{clip.code}/like/")
    assert texts(maya) == ["1 person likes your post"]


def test_more_likes_make_a_read_row_unread_again_but_not_at_once(maya: Creator, zoe: Creator) -> None:
    clip = make_published_clip(maya)
    like(zoe, clip)
    client = client_of(maya.user)
    client.post(f"{API}read/", {}, content_type="application/json")
    like(make_creator(), clip)
    assert client.get(API).json()["unread_count"] == 0
    Notification.objects.update(happened_at=timezone.now() - timedelta(hours=2))
    like(make_creator(), clip)
    assert client.get(API).json()["unread_count"] == 1


def test_nobody_is_told_of_their_own_doing(maya: Creator) -> None:
    clip = make_published_clip(maya)
    like(maya, clip)
    first = comment(maya, clip, "First, says @maya")
    comment(maya, clip, "And more", first)
    assert not Notification.objects.exists()


@pytest.mark.parametrize("verb", ["block", "mute"])
def test_hidden_people_cause_none_and_their_old_ones_are_covered(maya: Creator, zoe: Creator, verb: str) -> None:
    clip, client = make_published_clip(maya), client_of(maya.user)
    comment(zoe, clip, "Hello")
    like(zoe, clip)
    assert client.get(API).json()["unread_count"] == 2
    assert client.post(f"/api/v1/creators/zoe/{verb}/").status_code == 204
    assert texts(maya) == [] and client.get(API).json()["unread_count"] == 0
    if verb == "mute":
        Notification.objects.all().delete()
        comment(zoe, clip, "Hello again")
        assert not Notification.objects.exists()
        client.delete("/api/v1/creators/zoe/mute/")
        assert texts(maya) == []
    else:
        client.delete("/api/v1/creators/zoe/block/")
        assert len(texts(maya)) == 2


def test_what_is_gone_is_not_shown(maya: Creator, zoe: Creator) -> None:
    clip, client = make_published_clip(maya), client_of(maya.user)
    pk = comment(zoe, clip, "Hello")
    row = Notification.objects.get()
    assert client.get(f"/notifications/{row.pk}/").headers["Location"].startswith(f"/c/{clip.code}/comments/{pk}/")
    assert client_of(zoe.user).delete(f"/api/v1/comments/{pk}/").status_code == 204
    assert texts(maya) == [] and client.get(f"/notifications/{row.pk}/").status_code == 404
    comment(zoe, clip, "Again")
    assert len(texts(maya)) == 1
    Clip.objects.update(state=ClipState.REMOVED)
    assert texts(maya) == [] and client.get(API).json()["unread_count"] == 0


def test_followers_are_told_of_a_new_post_once(maya: Creator, zoe: Creator) -> None:
    client_of(zoe.user).post("/api/v1/creators/maya/follow/")
    now = timezone.now()
    clip = make_published_clip(maya, now=now)
    assert [announce_posts(now=now), announce_posts(now=now)] == [1, 0]
    assert texts(zoe) == ["Maya posted something new"]
    row = client_of(zoe.user).get(API).json()["results"][0]
    assert (row["url"], row["person"]["handle"]) == (f"/c/{clip.code}/", "maya")
    Notification.objects.all().delete()
    Clip.objects.update(published_at=now + timedelta(minutes=1))
    assert announce_posts(now=now + timedelta(hours=1)) == 0


def test_old_posts_and_those_taken_down_are_not_announced(maya: Creator, zoe: Creator) -> None:
    client_of(zoe.user).post("/api/v1/creators/maya/follow/")
    now = timezone.now()
    make_published_clip(maya, now=now - timedelta(days=3))
    make_published_clip(maya, now=now)
    Clip.objects.filter(published_at=now).update(state=ClipState.REMOVED)
    assert announce_posts(now=now) == 0 and texts(zoe) == []


def test_author_is_told_of_a_decision_once_it_cannot_be_undone(maya: Creator) -> None:
    clip, now = make_waiting_clip(maya), timezone.now()
    approve(clip, now=now)
    assert notify_of_decisions(now=now) == 0
    later = now + timedelta(minutes=1)
    assert [notify_of_decisions(now=later), notify_of_decisions(now=later)] == [1, 0]
    assert texts(maya) == ["Your post was approved"]


def test_page_shows_the_bell_leads_on_and_marks_as_read(maya: Creator, zoe: Creator) -> None:
    clip, client = make_published_clip(maya), client_of(maya.user)
    comment(zoe, clip, "Hello")
    like(zoe, clip)
    page = client.get("/notifications/").content.decode()
    assert "commented on your post" in page and "Mark all as read" in page
    assert 'class="site-nav__count"><span class="visually-hidden">Unread:</span> 2' in page
    row = Notification.objects.get(kind=NotificationKind.COMMENT)
    assert client.head(f"/notifications/{row.pk}/").status_code == 302
    assert client.get(API).json()["unread_count"] == 2
    assert client.get(f"/notifications/{row.pk}/").status_code == 302
    assert client.get(API).json()["unread_count"] == 1
    assert client_of(zoe.user).get(f"/notifications/{row.pk}/").status_code == 404
    assert client.post("/notifications/").status_code == 302
    assert "Mark all as read" not in client.get("/notifications/").content.decode()
    assert "Nothing yet" in client_of(make_user()).get("/notifications/").content.decode()


def test_list_has_pages_and_takes_few_queries(maya: Creator, django_assert_max_num_queries: Any) -> None:
    clip, client = make_published_clip(maya), client_of(maya.user)
    for number in range(5):
        comment(make_creator(display_name=f"Person {number}"), clip, "Hello")
    first = client.get(f"{API}?limit=3").json()
    second = client.get(f"{API}?limit=3&after={first['after']}").json()
    assert [row["person"]["display_name"] for row in first["results"] + second["results"]] == [
        f"Person {number}" for number in (4, 3, 2, 1, 0)
    ]
    assert second["after"] == ""
    with django_assert_max_num_queries(10):
        client.get("/notifications/")
    assert client.get(f"{API}?after=x&limit=0").status_code == 200


def test_visitors_have_no_notifications(client: Client) -> None:
    assert client.get("/notifications/").headers["Location"].startswith("/accounts/login/")
    assert client.get(API).status_code in (401, 403)
    assert "/notifications/" not in client.get("/search/").content.decode()


def test_preferences_hold_for_what_comes(maya: Creator, zoe: Creator) -> None:
    clip, client = make_published_clip(maya), client_of(maya.user)
    page = client.get("/notifications/settings/").content.decode()
    assert "Comments on your posts" in page and "comment-mail" in page and "parcel-mail" not in page
    body = {f"{kind}-mail": "off" for kind in NotificationKind} | {"likes-on_site": "on", "time_zone": "Asia/Dubai"}
    assert client.post("/notifications/settings/", body).status_code == 302
    maya.user.refresh_from_db()
    assert maya.user.time_zone == "Asia/Dubai"
    comment(zoe, clip, "Hello")
    assert not Notification.objects.exists()
    like(zoe, clip)
    assert Notification.objects.get().kind == NotificationKind.LIKES
    wrong = body | {"likes-mail": "hourly", "time_zone": "Mars/Olympus"}
    assert client.post("/notifications/settings/", wrong).status_code == 422
    assert NotificationChoice.objects.get(user=maya.user, kind="likes").mail == MailChoice.OFF


def test_api_of_preferences_changes_what_it_names(maya: Creator) -> None:
    client = client_of(maya.user)
    row = {"kind": "comment", "on_site": True, "mail": "instant", "push": False}
    answer = client.patch(f"{API}settings/", {"kinds": [row]}, content_type="application/json")
    assert answer.status_code == 200 and row in answer.json()["kinds"] and answer.json()["time_zone"] == ""
    assert len(answer.json()["kinds"]) == len(NotificationKind)
    mailed = {"kind": "parcel", "on_site": True, "mail": "daily", "push": True}
    answer = client.patch(f"{API}settings/", {"kinds": [mailed]}, content_type="application/json")
    assert mailed | {"mail": "off"} in answer.json()["kinds"]
    for body in ({"time_zone": "Mars/Olympus"}, {"kinds": [row | {"mail": "hourly"}]}, {"kinds": [row] * 13}):
        assert client.patch(f"{API}settings/", body, content_type="application/json").status_code == 400
    assert NotificationChoice.objects.count() == 2


def test_download_has_what_somebody_was_told_and_deletion_takes_it_along(maya: Creator, zoe: Creator) -> None:
    clip = make_published_clip(maya)
    comment(zoe, clip, "Hello")
    comment(maya, clip, "Hello @zoe")
    client_of(zoe.user).post("/notifications/settings/", {f"{kind}-mail": "off" for kind in NotificationKind})
    assert [row["kind"] for row in collect_data(zoe.user)["notifications"]] == ["mention"]
    erase_account(user=zoe.user, gives_up_pay=True)
    assert not Notification.objects.exists() and not NotificationChoice.objects.exists()
    assert texts(maya) == []


def test_old_notifications_are_forgotten(maya: Creator, zoe: Creator) -> None:
    clip, now = make_published_clip(maya), timezone.now()
    comment(zoe, clip, "Hello")
    like(zoe, clip)
    Notification.objects.filter(kind=NotificationKind.LIKES).update(happened_at=now - timedelta(days=91))
    assert [forget_old_notifications(now=now), forget_old_notifications(now=now)] == [1, 0]
    assert Notification.objects.get().kind == NotificationKind.COMMENT


def test_held_comments_tell_nobody_until_a_moderator_shows_them(maya: Creator, zoe: Creator, settings: Any) -> None:
    settings.COMMENTS_TRUSTED_AFTER = 3
    pk = comment(zoe, make_published_clip(maya), "Hello")
    assert not Notification.objects.exists()
    decide_comment(
        comment_id=pk,
        revision=1,
        state=CommentState.VISIBLE,
        words="",
        moderator=make_user(is_staff=True),
        now=timezone.now(),
    )
    assert texts(maya) == ["Zoe commented on your post"]
