"""What waits for a moderator, decisions on it, reports, and what the author hears."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.models import User
from creators.models import Creator
from social.models import Comment, CommentDecision, CommentHold, CommentState, Report
from tests.conftest import client_of
from tests.factories import make_creator, make_user
from tests.social.comments.conftest import comment_on, comments_path, count_of, read_list
from videos.models import Clip

pytestmark = pytest.mark.django_db
DESK = "/admin/social/comment/desk/"


def decide(client: Client, comment: Comment, answer: str, **fields: Any) -> Any:
    body = {"answer": answer, "words": "Against the rules", "revision": comment.revision} | fields
    return client.post(f"{DESK}{comment.pk}/decide/", body, follow=True)


def state_of(comment: Comment) -> tuple[str, str]:
    comment.refresh_from_db()
    return comment.state, comment.hold_reason


def test_first_comments_wait_until_some_are_visible(
    settings: Any, clip: Clip, ann: Creator, as_ann: Client, client: Client, as_comment_moderator: Client
) -> None:
    settings.COMMENTS_TRUSTED_AFTER = 1
    comment = comment_on(clip, "My first", by=ann)
    assert state_of(comment) == (CommentState.HELD, CommentHold.NEWCOMER)
    assert "A moderator looks at this comment before others see it." in as_ann.get(comments_path(clip)).content.decode()
    assert "My first" not in client.get(comments_path(clip)).content.decode()
    assert (read_list(client, clip), count_of(clip)) == ([], 0)
    assert "My first" in as_comment_moderator.get(comments_path(clip)).content.decode()
    assert comment_on(clip, "The author's own", by=clip.creator).state == CommentState.VISIBLE
    assert "My first" in as_comment_moderator.get(DESK).content.decode()
    assert "No comments wait" in decide(as_comment_moderator, comment, "visible").content.decode()
    assert (mail.outbox[-1].subject, mail.outbox[-1].to) == ("Your comment is visible now", [ann.user.email])
    assert comment_on(clip, "My second", by=ann).state == CommentState.VISIBLE
    assert count_of(clip) == 3


@pytest.mark.parametrize(
    ("words", "hold"),
    [
        ("It cures colds.", CommentHold.WORDING),
        ("Cheaper at www.example.com", CommentHold.WORDING),
        ("Cheaper at example.shop!", CommentHold.LINK),
        ("Call +1 (555) 010-9999", CommentHold.PHONE_NUMBER),
        ("اتصل ٠٥٥١٢٣٤٥٦٧٨", CommentHold.PHONE_NUMBER),
        ("Since 2026-11-30 it costs 1,299.00.", ""),
        ("See /p/mug/ e.g. the blue one...and that's it.", ""),
    ],
)
def test_wording_links_and_phone_numbers_wait(clip: Clip, words: str, hold: str) -> None:
    assert comment_on(clip, words).hold_reason == hold


def test_repeated_words_wait(clip: Clip, ann: Creator) -> None:
    for _number in range(3):
        last = comment_on(clip, "Nice shop, look at mine", by=ann)
        Comment.objects.update(created_at=timezone.now() - timedelta(hours=1))  # not too fast for the limit of a minute
    assert last.hold_reason == CommentHold.REPEATED


def test_visible_comment_that_is_changed_into_a_link_waits(clip: Clip, ann: Creator, as_ann: Client) -> None:
    comment = comment_on(clip, by=ann)
    url = f"/api/v1/comments/{comment.pk}/"
    as_ann.patch(url, {"words": "See example.shop"}, content_type="application/json")
    assert (state_of(comment), count_of(clip)) == ((CommentState.HELD, CommentHold.LINK), 0)
    as_ann.patch(url, {"words": "No link"}, content_type="application/json")
    assert (state_of(comment), count_of(clip)) == ((CommentState.VISIBLE, ""), 1)


def test_removal_states_its_reason_and_can_be_taken_back(
    clip: Clip, ann: Creator, as_ann: Client, client: Client, as_comment_moderator: Client
) -> None:
    comment = comment_on(clip, "www.example.com", by=ann)
    assert decide(as_comment_moderator, comment, "removed", words="").status_code == 422
    assert decide(as_comment_moderator, comment, "visible", revision=7).status_code == 422
    assert state_of(comment)[0] == CommentState.HELD and not mail.outbox
    assert "Your latest decisions" in decide(as_comment_moderator, comment, "removed").content.decode()
    assert "Against the rules" in mail.outbox[-1].body and mail.outbox[-1].subject == "Your comment was removed"
    assert "A moderator removed this comment: Against the rules" in as_ann.get(comments_path(clip)).content.decode()
    assert "www.example.com" not in client.get(comments_path(clip)).content.decode()
    edited = as_ann.patch(f"/api/v1/comments/{comment.pk}/", {"words": "x"}, content_type="application/json")
    assert edited.status_code == 422
    decision = CommentDecision.objects.get()
    as_comment_moderator.post(f"{DESK}{decision.pk}/undo/")
    assert state_of(comment) == (CommentState.HELD, CommentHold.AGAIN)
    as_comment_moderator.post(f"{DESK}{decision.pk}/undo/")
    assert state_of(comment) == (CommentState.HELD, CommentHold.AGAIN)
    assert decide(as_comment_moderator, comment, "visible").status_code == 200
    assert count_of(clip) == 1 and LogEntry.objects.count() == 3


def test_moderators_do_not_decide_on_their_own(
    clip: Clip, comment_moderator: User, as_comment_moderator: Client, as_ann: Client
) -> None:
    comment = comment_on(clip, "www.example.com", by=make_creator(user=comment_moderator))
    assert decide(as_comment_moderator, comment, "visible").status_code == 422
    assert decide(as_ann, comment, "visible").status_code in (302, 403, 200)
    assert state_of(comment)[0] == CommentState.HELD and not CommentDecision.objects.exists()


def test_list_in_admin_removes_several(clip: Clip, as_comment_moderator: Client) -> None:
    comments = [comment_on(clip, f"Number {number}") for number in range(2)]
    url = "/admin/social/comment/"
    action = {"action": "remove", "_selected_action": [str(comment.pk) for comment in comments]}
    seen = as_comment_moderator.post(url, action).context["question"].digest
    as_comment_moderator.post(url, action | {"confirmed": "yes", "seen": seen, "reason": "Spam"})
    assert count_of(clip) == 0
    assert [message.subject for message in mail.outbox] == ["Your comment was removed"] * 2


def test_reported_comment_is_removed_at_the_desk(clip: Clip, ann: Creator, as_comment_moderator: Client) -> None:
    comment = comment_on(clip, "You are all fools", by=ann)
    reporter = client_of(make_user())
    assert "Report this comment" in reporter.get(f"/report/comment/{comment.pk}/").content.decode()
    body = {"reason": "hateful", "words": "Rude"}
    sent = reporter.post(f"/api/v1/comments/{comment.pk}/report/", body, content_type="application/json")
    assert sent.status_code == 202
    assert "You are all fools" in as_comment_moderator.get("/admin/social/report/desk/?kind=comment").content.decode()
    answer = {"answer": "comment_gone", "words": "", "last_report_id": Report.objects.get().pk}
    as_comment_moderator.post(f"/admin/social/report/desk/comment/{comment.pk}/decide/", answer)
    assert (state_of(comment)[0], Report.objects.get().state, count_of(clip)) == (CommentState.REMOVED, "upheld", 0)
    assert "Hateful or abusive" in mail.outbox[-1].body
    call_command("verify_comments")
