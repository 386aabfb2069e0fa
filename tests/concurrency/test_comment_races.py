"""Comments, likes, decisions, pins and take-downs at the same moment: every number stays exact, and no limit is passed."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from creators.models import Creator
from social.comments import authorship, limits
from social.comments.authorship import create_comment, delete_comment
from social.comments.decisions import decide_comment
from social.comments.likes import set_comment_like, set_pin
from social.comments.refusals import CommentRefused
from social.models import Comment, CommentLike, CommentState
from social.refusals import ModerationRefused
from tests.concurrency.crowd import Meeting, run_at_once
from tests.factories import make_creator, make_published_clip, make_user
from videos.models import Clip
from videos.states import ClipState

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def trusted_from_the_start(settings: Any) -> None:
    settings.COMMENTS_TRUSTED_AFTER = 0


def write(author: Creator, clip: Clip, words: str, parent_id: int | None = None) -> bool:
    """Return whether the comment was stored."""
    try:
        create_comment(user=author.user, clip=clip, words=words, parent_id=parent_id, now=timezone.now())
    except CommentRefused:
        return False
    return True


def assert_no_errors(calls: list[Callable[[], Any]], *, threads: int = 4) -> list[Any]:
    outcomes = run_at_once(calls, threads=threads)
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    return [outcome.result for outcome in outcomes]


def test_thirty_likes_of_one_person_count_once() -> None:
    clip, liker = make_published_clip(), make_user()
    assert write(make_creator(), clip, "Hello")
    comment = Comment.objects.get()
    like = partial(set_comment_like, user=liker, comment=comment, is_on=True, now=timezone.now())
    assert_no_errors([like] * 30)
    comment.refresh_from_db()
    assert (comment.like_count, CommentLike.objects.count()) == (1, 1)


def test_all_at_once_add_up() -> None:
    clip, moderator = make_published_clip(), make_user(is_staff=True)
    people = [make_creator() for _number in range(6)]
    for person in people:
        assert write(person, clip, "Hello")
    comments = list(Comment.objects.select_related("author__user", "clip__creator__user").order_by("pk"))

    def decide(comment: Comment, state: CommentState) -> None:
        try:
            decide_comment(
                comment_id=comment.pk, revision=1, state=state, words="Rude", moderator=moderator, now=timezone.now()
            )
        except ModerationRefused:
            return

    def pin(comment: Comment) -> None:
        try:
            set_pin(user=clip.creator.user, comment=comment, is_on=True)
        except CommentRefused:
            return

    def like(comment: Comment, person: Creator) -> None:
        try:
            set_comment_like(user=person.user, comment=comment, is_on=True, now=timezone.now())
        except CommentRefused:
            return

    def hide(person: Creator, *, is_hidden: bool) -> None:
        Creator.objects.filter(pk=person.pk).update(is_hidden=is_hidden)

    calls: list[Callable[[], Any]] = []
    for comment, person in zip(comments, [*people[1:], people[0]], strict=True):
        calls += [partial(write, person, clip, f"Reply {number}", comment.pk) for number in range(2)]
        calls += [partial(like, comment, person), partial(pin, comment), partial(decide, comment, CommentState.REMOVED)]
        calls += [partial(hide, person, is_hidden=True), partial(hide, person, is_hidden=False)]
    calls.append(partial(delete_comment, user=people[0].user, comment=comments[0], now=timezone.now()))
    assert_no_errors(calls)
    call_command("verify_comments")


def test_take_down_while_many_write() -> None:
    clip, people = make_published_clip(), [make_creator() for _number in range(8)]

    def take_down() -> None:
        Clip.objects.filter(pk=clip.pk).update(state=ClipState.REMOVED)

    stored = assert_no_errors([*(partial(write, person, clip, "Hello") for person in people), take_down])
    clip.refresh_from_db()
    assert clip.comment_count == Comment.objects.count() == stored.count(True)
    assert not write(people[0], clip, "Later")


def test_limit_holds_for_one_person_with_many_tabs() -> None:
    clip, person = make_published_clip(), make_creator()
    stored = assert_no_errors([partial(write, person, clip, f"Number {number}") for number in range(16)])
    assert (stored.count(True), Comment.objects.count()) == (10, 10)


def test_without_the_lock_the_limit_is_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    clip, person, meeting = make_published_clip(), make_creator(), Meeting(12)
    check = limits.check_pace

    def check_and_meet(*args: Any, **values: Any) -> None:
        check(*args, **values)
        meeting.wait()

    monkeypatch.setattr(authorship, "check_pace", check_and_meet)
    monkeypatch.setattr(authorship, "_lock_author", lambda user: Creator.objects.get(user=user))
    assert_no_errors([partial(write, person, clip, f"Number {number}") for number in range(12)], threads=2)
    assert Comment.objects.count() == 12


def test_without_the_trigger_the_numbers_are_wrong() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE social_comment DISABLE TRIGGER social_counting_of_new_comments")
    try:
        assert write(make_creator(), make_published_clip(), "Hello")
        with pytest.raises(CommandError):
            call_command("verify_comments")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE social_comment ENABLE TRIGGER social_counting_of_new_comments")
