"""Appeals at the same moment: one appeal for each removal, one decision on each appeal, and what it says holds."""

from functools import partial
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from accounts.transitions import TransitionQuerySet
from social.models import Comment, CommentState, Removal, RemovalReason, RemovalState
from social.refusals import ModerationRefused
from social.removals.appeals import AppealRefused, appeal_removal, decide_appeal
from social.removals.records import record_removal
from tests.concurrency.crowd import Meeting, run_at_once
from tests.factories import NOW, make_creator, make_published_clip, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def make_removal() -> Removal:
    clip, author = make_published_clip(), make_creator()
    values = {"state": CommentState.REMOVED, "removal_reason": "Rude", "created_at": NOW}
    comment = Comment.objects.create(clip=clip, author=author, words="Hello", **values)
    return record_removal(
        subject=comment,
        owner=author.user,
        reason=RemovalReason.HATEFUL,
        words="",
        by=make_user(is_staff=True),
        now=timezone.now(),
        before={"is_pinned": False},
    )


def appeal(removal: Removal, words: str) -> bool:
    try:
        appeal_removal(removal=Removal.objects.get(pk=removal.pk), words=words, now=timezone.now())
    except AppealRefused:
        return False
    return True


def decide(removal: Removal, moderator: User, *, is_granted: bool) -> bool:
    values: dict[str, Any] = {"words": "Because.", "moderator": moderator, "now": timezone.now()}
    try:
        decide_appeal(removal_id=removal.pk, is_granted=is_granted, **values)
    except ModerationRefused:
        return False
    return True


def results(calls: list[Any], **options: int) -> list[Any]:
    outcomes = run_at_once(calls, **options)
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    return [outcome.result for outcome in outcomes]


def decide_at_once(removal: Removal) -> list[bool]:
    moderators = [make_user(is_staff=True) for _number in range(6)]
    calls = [
        partial(decide, removal, moderator, is_granted=bool(number % 2)) for number, moderator in enumerate(moderators)
    ]
    return results(calls, threads=1)


def test_many_decisions_on_one_appeal_are_one() -> None:
    removal = make_removal()
    assert results([partial(appeal, removal, f"Number {number}") for number in range(6)]).count(True) == 1
    assert decide_at_once(removal).count(True) == 1
    removal.refresh_from_db()
    assert removal.comment is not None
    is_visible = removal.comment.state == CommentState.VISIBLE
    assert removal.state == (RemovalState.RESTORED if is_visible else RemovalState.UPHELD)
    call_command("verify_comments")


def test_without_compare_and_set_several_decisions_are_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    removal, meeting = make_removal(), Meeting(6, patience_s=20)
    assert appeal(removal, "Look again.")

    def move_anyway(self: Any, row_id: int, old: str, new: str, **values: Any) -> bool:
        if self.model is Removal:
            meeting.wait()
        return bool(self.filter(pk=row_id).update(state=new, **values))

    monkeypatch.setattr(TransitionQuerySet, "move", move_anyway)
    moderators = [make_user(is_staff=True) for _number in range(6)]
    calls = [partial(decide, removal, moderator, is_granted=False) for moderator in moderators]
    assert results(calls, threads=1).count(True) > 1
