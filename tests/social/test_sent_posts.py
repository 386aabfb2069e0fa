"""Posts sent to friends: only to people who follow each other, within limits, without words, and never past a block."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from creators.models import Creator
from feedsite.personal_data import collect_data
from social.blocks import set_block, set_mute
from social.models import Follow, SentPost
from social.sharing import sent_api, sent_posts
from tests.conftest import client_of
from tests.factories import NOW, make_creator
from tests.feed.watching import make_watchable_clip
from videos.models import Clip

pytestmark = pytest.mark.django_db
RECEIVED = "/api/v1/viewer/received/"


def follow(user: User, creator: Creator) -> None:
    Follow.objects.create(user=user, creator=creator, created_at=NOW)


def befriend(one: Creator, other: Creator) -> None:
    follow(one.user, other)
    follow(other.user, one)


@pytest.fixture
def ann() -> Creator:
    return make_creator("ann", display_name="Ann")


@pytest.fixture
def ben(ann: Creator) -> Creator:
    ben = make_creator("ben", display_name="Ben")
    befriend(ann, ben)
    return ben


def send(sender: Creator, clip: Clip, to: str) -> int:
    body = {"to": to}
    answer = client_of(sender.user).post(f"/api/v1/clips/{clip.code}/send/", body, "application/json")
    return int(answer.status_code)


def received(creator: Creator) -> list[str]:
    rows = client_of(creator.user).get(RECEIVED).json()["results"]
    return [f"{row['sender']['handle']}: {row['clip_code']}" for row in rows]


def test_friend_receives_a_post_once_and_removes_it(ann: Creator, ben: Creator) -> None:
    clip = make_watchable_clip(caption="Tea")
    assert send(ann, clip, "BEN") == send(ann, clip, "ben") == 204
    assert received(ben) == [f"ann: {clip.code}"] and received(ann) == []
    row = SentPost.objects.get()
    assert client_of(ann.user).delete(f"{RECEIVED}{row.pk}/").status_code == 404
    assert client_of(ben.user).delete(f"{RECEIVED}{row.pk}/").status_code == 204
    assert client_of(ben.user).delete(f"{RECEIVED}{row.pk}/").status_code == 404
    assert send(ann, clip, "ben") == 204, "The sender does not learn that it was removed."
    assert received(ben) == []


def test_pages_do_the_same_without_scripts(ann: Creator, ben: Creator) -> None:
    clip = make_watchable_clip(caption="Tea")
    sender, recipient = client_of(ann.user), client_of(ben.user)
    page = f"/c/{clip.code}/share/"
    assert '<option value="ben">Ben (@ben)</option>' in sender.get(page).content.decode()
    answer = sender.post(page, {"change": "send", "to": "ben"}, follow=True)
    assert "Sent to Ben." in answer.content.decode()
    html = recipient.get("/shared/").content.decode()
    assert "Tea" in html and "Ann" in html and 'href="/report/creator/ann/"' in html
    for wrong in ("", "x", "9" * 30, "٣"):
        assert recipient.post("/shared/", {"post": wrong}).status_code == 302
    assert received(ben)
    recipient.post("/shared/", {"post": SentPost.objects.get().pk})
    assert "Nothing has been sent to you yet" in recipient.get("/shared/").content.decode()


def test_nobody_sends_to_whom_they_are_not_friends_with(ann: Creator, ben: Creator, shopper: User) -> None:
    clip, cat = make_watchable_clip(), make_creator("cat")
    assert send(ann, clip, "cat") == 422
    follow(ann.user, cat)
    assert send(ann, clip, "cat") == send(cat, clip, "ann") == send(ann, clip, "ann") == 422
    assert send(ann, clip, "nobody") == 404
    follow(shopper, ben)
    body = {"to": "ben"}
    assert client_of(shopper).post(f"/api/v1/clips/{clip.code}/send/", body, "application/json").status_code == 422
    answer = client_of(ann.user).post(f"/c/{clip.code}/share/", {"change": "send", "to": "cat"}, follow=True)
    assert "You can send posts to people who follow you" in answer.content.decode()
    assert Client().post(f"/api/v1/clips/{clip.code}/send/", body, "application/json").status_code in (401, 403)
    Clip.objects.update(state="removed")
    assert send(ann, clip, "ben") == 404
    assert not SentPost.objects.exists()


def test_friends_are_those_who_follow_each_other(ann: Creator, ben: Creator) -> None:
    cat, dan = make_creator("cat"), make_creator("dan")
    follow(ann.user, cat)
    befriend(ann, dan)

    def friends() -> list[str]:
        return [row["handle"] for row in client_of(ann.user).get("/api/v1/viewer/friends/").json()]

    assert friends() == ["ben", "dan"]
    set_block(user=dan.user, other=ann.user, is_on=True, now=timezone.now())
    Creator.objects.filter(pk=ben.pk).update(is_hidden=True)
    assert friends() == []


def test_block_ends_it_and_removes_what_was_sent(ann: Creator, ben: Creator) -> None:
    clip = make_watchable_clip()
    send(ann, clip, "ben")
    set_block(user=ben.user, other=ann.user, is_on=True, now=timezone.now())
    assert not SentPost.objects.exists()
    assert send(ann, make_watchable_clip(), "ben") == 404
    assert not SentPost.objects.exists()


def test_what_a_muted_or_hidden_person_sends_and_what_is_taken_down_is_not_shown(ann: Creator, ben: Creator) -> None:
    first, second = make_watchable_clip(), make_watchable_clip()
    for clip in (first, second):
        assert send(ann, clip, "ben") == 204
    set_mute(user=ben.user, other=ann.user, is_on=True, now=timezone.now())
    assert received(ben) == [] and send(ann, make_watchable_clip(), "ben") == 204
    set_mute(user=ben.user, other=ann.user, is_on=False, now=timezone.now())
    Clip.objects.filter(pk=first.pk).update(state="removed")
    Clip.objects.filter(pk=second.pk).update(is_age_restricted=True)
    User.objects.filter(pk=ben.user_id).update(adult_confirmed_at=None)
    assert len(received(ben)) == 1
    User.objects.filter(pk=ann.user_id).update(is_active=False)
    assert received(ben) == []


def test_limits_of_a_day(ann: Creator, ben: Creator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sent_posts, "MOST_A_DAY", 3)
    monkeypatch.setattr(sent_posts, "MOST_TO_ONE_A_DAY", 2)
    cat = make_creator("cat")
    befriend(ann, cat)
    clips = [make_watchable_clip() for _number in range(3)]
    assert [send(ann, clip, "ben") for clip in clips] == [204, 204, 429]
    SentPost.objects.update(removed_at=NOW)
    assert [send(ann, clip, "cat") for clip in clips[:2]] == [204, 429]
    assert SentPost.objects.count() == 3
    SentPost.objects.update(sent_at=timezone.now() - timedelta(days=1, minutes=1))
    assert send(ann, clips[2], "ben") == 204


def test_list_goes_on_with_a_cursor(ann: Creator, ben: Creator, monkeypatch: pytest.MonkeyPatch) -> None:
    clips = [make_watchable_clip() for _number in range(3)]
    SentPost.objects.bulk_create(SentPost(sender=ann.user, recipient=ben.user, clip=clip) for clip in clips)
    monkeypatch.setattr(sent_api, "PAGE_SIZE", 2)
    client = client_of(ben.user)
    first = client.get(RECEIVED).json()
    rest = client.get(RECEIVED, {"cursor": first["cursor"]}).json()
    codes = [row["clip_code"] for page in (first, rest) for row in page["results"]]
    assert codes == [clip.code for clip in reversed(clips)] and rest["cursor"] == ""
    assert client.get(RECEIVED, {"cursor": "x"}).status_code == 404


def test_both_have_it_in_their_download(ann: Creator, ben: Creator) -> None:
    clip = make_watchable_clip()
    send(ann, clip, "ben")
    (sent,), (got,) = collect_data(ann.user)["sent_posts"], collect_data(ben.user)["received_posts"]
    assert (sent["handle"], got["handle"], sent["clip_code"]) == ("ben", "ann", clip.code)
