"""Writing, answering, changing and deleting comments, on pages and through the API."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.blocks import Block
from accounts.models import User
from creators.models import Creator
from feedsite.account_erasure import erase_account
from feedsite.personal_data import collect_data
from social.comments.authorship import forget_deleted
from social.models import Comment, CommentLike, CommentState, Follow, Mention
from tests.conftest import client_of
from tests.factories import make_creator, make_product, make_published_clip
from tests.social.comments.conftest import comment_on, comments_path, count_of, read_list, send
from videos.models import Clip
from videos.states import ClipState

pytestmark = pytest.mark.django_db


def edit(client: Client, comment: Comment, words: str) -> Any:
    return client.patch(f"/api/v1/comments/{comment.pk}/", {"words": words}, content_type="application/json")


def test_comment_and_reply_without_javascript(clip: Clip, ann: Creator, as_ann: Client) -> None:
    page = as_ann.post(comments_path(clip), {"words": "Does it drip? مرحبا"}, follow=True).content.decode()
    assert "Your comment is on the page." in page and "Does it drip?" in page and "1 comment" in page
    comment = Comment.objects.get()
    thread = f"{comments_path(clip)}{comment.pk}/"
    answered = client_of(clip.creator.user).post(thread, {"words": "Never."}, follow=True)
    assert answered.status_code == 200 and "Never." in answered.content.decode()
    reply = comment.replies.get()
    assert (reply.author, count_of(clip)) == (clip.creator, 2)
    comment.refresh_from_db()
    assert comment.reply_count == 1
    assert send(as_ann, clip, "Deeper", reply).status_code == 409, "There is one level of replies."
    assert Comment.objects.count() == 2
    call_command("verify_comments")


def test_visitors_and_people_without_a_profile_read_only(clip: Clip, client: Client, as_stranger: Client) -> None:
    comment_on(clip)
    assert "Sign in to comment" in client.get(comments_path(clip)).content.decode()
    assert "/accounts/login/" in client.post(comments_path(clip), {"words": "Hi"})["Location"]
    assert send(client, clip, "Hi").status_code == 403
    assert "Make a profile" in as_stranger.get(comments_path(clip)).content.decode()
    refused = as_stranger.post(comments_path(clip), {"words": "Hi"})
    assert (refused.status_code, count_of(clip)) == (422, 1)


@pytest.mark.parametrize("words", ["", " \u200b ", "x" * 501])
def test_unusable_words_are_refused_and_kept(clip: Clip, as_ann: Client, words: str) -> None:
    assert as_ann.post(comments_path(clip), {"words": words}).status_code == 422
    assert send(as_ann, clip, words).status_code == 400
    assert count_of(clip) == 0


def test_same_request_twice_writes_once(clip: Clip, as_ann: Client) -> None:
    options: dict[str, Any] = {"content_type": "application/json", "headers": {"Idempotency-Key": "key-1"}}
    url = f"/api/v1/clips/{clip.code}/comments/"
    first, again = (as_ann.post(url, {"words": "Once"}, **options) for _number in range(2))
    assert (first.status_code, first.content) == (201, again.content)
    assert as_ann.post(url, {"words": "Twice"}, **options).status_code == 422
    assert count_of(clip) == 1


def test_taken_down_post_keeps_what_was_typed(clip: Clip, as_ann: Client) -> None:
    Clip.objects.filter(pk=clip.pk).update(state=ClipState.REMOVED)
    page = as_ann.post(comments_path(clip), {"words": "Typed for long"})
    assert page.status_code == 409
    assert "This post is no longer available" in page.content.decode() and "Typed for long" in page.content.decode()
    assert send(as_ann, clip, "Typed").status_code == 409
    assert as_ann.get(comments_path(clip)).status_code == 404
    assert not Comment.objects.exists()


def test_adult_posts_have_no_comments_for_others(clip: Clip, ann: Creator, as_ann: Client) -> None:
    Clip.objects.filter(pk=clip.pk).update(is_age_restricted=True)
    User.objects.filter(pk=ann.user_id).update(adult_confirmed_at=None)
    assert [as_ann.get(comments_path(clip)).status_code, send(as_ann, clip, "Hi").status_code] == [404, 404]
    User.objects.filter(pk=ann.user_id).update(adult_confirmed_at=timezone.now())
    assert send(client_of(User.objects.get(pk=ann.user_id)), clip, "Hi").status_code == 201


def test_words_change_within_five_minutes(clip: Clip, ann: Creator, as_ann: Client, as_stranger: Client) -> None:
    comment = comment_on(clip, by=ann)
    assert edit(as_stranger, comment, "Not mine").status_code == 404
    assert edit(as_ann, comment, "Does it leak?").json()["comment"]["words"] == "Does it leak?"
    page = as_ann.post(f"/comments/{comment.pk}/edit/", {"words": "Does it spill?"}, follow=True).content.decode()
    assert "Does it spill?" in page and "edited" in page
    Comment.objects.filter(pk=comment.pk).update(created_at=timezone.now() - timedelta(minutes=6))
    assert edit(as_ann, comment, "Too late").status_code == 422
    assert as_ann.post(f"/comments/{comment.pk}/edit/", {"words": "Too late"}).status_code == 422
    comment.refresh_from_db()
    assert (comment.words, comment.revision) == ("Does it spill?", 3)


def test_deleted_comment_leaves_its_replies(clip: Clip, ann: Creator, as_ann: Client, client: Client) -> None:
    comment = comment_on(clip, "Delete me", by=ann)
    comment_on(clip, "An answer", parent=comment)
    assert client_of(clip.creator.user).delete(f"/api/v1/comments/{comment.pk}/").status_code == 404
    as_ann.post(f"/comments/{comment.pk}/change/", {"change": "delete"})
    [listed] = read_list(client, clip)
    assert (listed["is_shown"], listed["words"], listed["author"]) == (False, "", None)
    assert [reply["words"] for reply in listed["replies"]] == ["An answer"]
    assert "This comment is not shown." in client.get(comments_path(clip)).content.decode()
    assert count_of(clip) == 1
    lone = comment_on(clip, "Alone", by=ann)
    assert as_ann.delete(f"/api/v1/comments/{lone.pk}/").status_code == 204
    assert forget_deleted(now=timezone.now()) == 0
    assert forget_deleted(now=timezone.now() + timedelta(hours=2)) == 1
    assert Comment.objects.get(pk=comment.pk).author is None
    call_command("verify_comments")


def test_mentions_are_linked_and_text_is_escaped(clip: Clip, client: Client, as_ann: Client) -> None:
    make_creator("ben"), make_product("mug", name="Blue mug")
    words = "@Ben @nobody <b>look</b> http://testserver/p/mug/ x@ben.example\nMore"
    comment = comment_on(clip, words.replace("http://testserver", ""))
    assert sorted(Mention.objects.values_list("key", flat=True)) == ["ben", "mug"]
    page = client.get(comments_path(clip)).content.decode()
    assert '<a\n  href="/@ben/" rel="nofollow"><bdi>@Ben</bdi></a> @nobody &lt;b&gt;look&lt;/b&gt; <a' in page
    assert "<bdi>Blue mug</bdi></a> x@ben.example<br>More" in page
    [listed] = read_list(client, clip)
    assert [(mention["kind"], mention["url"]) for mention in listed["mentions"]] == [
        ("person", "/@ben/"),
        ("product", "/p/mug/"),
    ]
    for number in range(6):
        make_creator(f"friend{number}")
    crowd = " ".join(f"@friend{number}" for number in range(6))
    refused = send(as_ann, clip, crowd)
    assert (refused.status_code, refused.json()["detail"]) == (422, "Mention at most 5 people in a comment.")
    assert Comment.objects.get() == comment


def test_blocked_people_neither_see_nor_write(clip: Clip, ann: Creator, as_ann: Client, client: Client) -> None:
    ben = make_creator("ben")
    comment = comment_on(clip, "By Ben @ann", by=ben)
    Block.objects.create(user=ben.user, blocked_user=ann.user, created_at=timezone.now())
    assert read_list(as_ann, clip) == []
    assert "By Ben" not in as_ann.get(comments_path(clip)).content.decode()
    assert as_ann.get(f"{comments_path(clip)}{comment.pk}/").status_code == 404
    assert send(as_ann, clip, "Hey", comment).status_code == 404
    assert as_ann.post(f"/api/v1/comments/{comment.pk}/like/").status_code == 404
    assert as_ann.get(f"/report/comment/{comment.pk}/").status_code == 404
    comment_on(clip, "Hello @ben", by=ann)
    assert Mention.objects.filter(person=ben).count() == 0
    assert len(read_list(client, clip)) == 2
    Block.objects.create(user=clip.creator.user, blocked_user=ann.user, created_at=timezone.now())
    assert send(as_ann, clip, "Hey").status_code == 404
    assert count_of(clip) == 2 and not CommentLike.objects.exists()


def test_hidden_profiles_comments_vanish(clip: Clip, ann: Creator, client: Client) -> None:
    comment_on(clip, by=ann)
    User.objects.filter(pk=ann.user_id).update(is_active=False)
    assert (read_list(client, clip), count_of(clip)) == ([], 0)
    call_command("verify_comments")
    User.objects.filter(pk=ann.user_id).update(is_active=True)
    assert (len(read_list(client, clip)), count_of(clip)) == (1, 1)


def test_author_of_the_post_closes_and_slows_comments(
    clip: Clip, ann: Creator, as_ann: Client, as_author: Client
) -> None:
    url = f"/api/v1/clips/{clip.code}/comments/settings/"
    settings = {"comment_audience": "followers", "comment_pause_s": 60}
    assert as_ann.patch(url, settings, content_type="application/json").status_code == 403
    assert as_author.patch(url, settings, content_type="application/json").json() == settings
    assert (
        send(as_ann, clip, "Hi").json()["detail"]
        == f"Only people who follow @{clip.creator.handle} can comment on this post."
    )
    Follow.objects.create(user=ann.user, creator=clip.creator, created_at=timezone.now())
    assert send(as_ann, clip, "Hi").status_code == 201
    slowed = send(as_ann, clip, "Hi again")
    assert slowed.status_code == 429 and "Slow mode is on here." in slowed.json()["detail"]
    as_author.post(f"{comments_path(clip)}settings/", {"comment_audience": "nobody", "comment_pause_s": "0"})
    assert "Comments on this post are closed." in as_ann.get(comments_path(clip)).content.decode()
    assert send(as_ann, clip, "Hi again").status_code == 422
    assert send(as_author, clip, "I may").status_code == 201
    assert count_of(clip) == 2


def test_limits_answer_429_and_deleting_makes_no_room(clip: Clip, ann: Creator, as_ann: Client) -> None:
    comments = [comment_on(clip, f"Number {number}", by=ann) for number in range(10)]
    assert as_ann.delete(f"/api/v1/comments/{comments[0].pk}/").status_code == 204
    refused = send(as_ann, clip, "Number 10")
    assert (refused.status_code, refused.json()["detail"]) == (
        429,
        "You have written a lot of comments. Wait a little, and try again.",
    )
    page = as_ann.post(comments_path(clip), {"words": "Number 10"})
    assert page.status_code == 429 and "Number 10" in page.content.decode()
    Comment.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    assert send(as_ann, clip, "Number 10").status_code == 201
    assert send(as_ann, make_published_clip(), "Number 10").json()["detail"] == "You have just written the same."
    assert count_of(clip) == 10


def test_data_download_and_deletion(clip: Clip, ann: Creator, as_ann: Client) -> None:
    mine, other = comment_on(clip, "Mine", by=ann), comment_on(clip, "Hello @ann")
    answer = comment_on(clip, "An answer", parent=mine)
    comment_on(clip, "Mine as well", by=ann)
    as_ann.post(f"/api/v1/comments/{other.pk}/like/")
    data = collect_data(ann.user)
    assert [row["words"] for row in data["comments"]] == ["Mine", "Mine as well"]
    assert [row["clip_code"] for row in data["comment_likes"]] == [clip.code]
    erase_account(user=ann.user, gives_up_pay=True)
    mine.refresh_from_db()
    assert (mine.author, mine.words, mine.state) == (None, "", CommentState.REMOVED)
    assert set(Comment.objects.values_list("pk", flat=True)) == {mine.pk, other.pk, answer.pk}
    assert not CommentLike.objects.exists() and not Mention.objects.exists()
    assert count_of(clip) == 2 and not mail.outbox
    call_command("verify_comments")
