"""Posts that are published, hidden and taken down at once: each hashtag has one row, and counts stay exact."""

import random
from functools import partial

import pytest
from django.utils import timezone

from accounts.models import User
from tests.concurrency.crowd import Meeting, run_at_once
from tests.factories import make_creator, make_published_clip, make_reason, make_user, make_waiting_clip
from videos.models import Clip, Decision, DecisionAction, Hashtag
from videos.review.decisions import decide
from videos.review.hashtag_verification import find_discrepancies
from videos.review.take_downs import take_down, undo_take_down

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 12
CAPTIONS = ("#b #a first", "#a #B second", "#A #c and #b")


def count_by_read_and_write(meeting: Meeting) -> None:
    """Count a post without the trigger: read the number, then write it one higher."""
    number = Hashtag.objects.get(key="loose").post_count
    meeting.wait()
    Hashtag.objects.filter(key="loose").update(post_count=number + 1)


def test_counts_are_lost_without_the_trigger() -> None:
    Hashtag.objects.create(key="loose", name="loose")
    meeting = Meeting(AT_ONCE)
    run_at_once([partial(count_by_read_and_write, meeting) for _post in range(AT_ONCE)])
    assert Hashtag.objects.get().post_count < AT_ONCE


def test_posts_published_at_once_share_hashtags_and_are_counted_exactly() -> None:
    moderator = make_user("desk@example.com", is_staff=True)
    clips = [make_waiting_clip(caption=CAPTIONS[number % 3]) for number in range(AT_ONCE)]
    approvals = [
        partial(
            decide,
            revision=clip.revisions.get(),
            moderator=moderator,
            action=DecisionAction.APPROVE,
            now=timezone.now(),
        )
        for clip in clips
    ]
    assert {outcome.error for outcome in run_at_once(approvals)} == {""}
    counts = dict(Hashtag.objects.values_list("key", "post_count"))
    assert counts == {"a": AT_ONCE, "b": AT_ONCE, "c": AT_ONCE // 3}
    assert list(find_discrepancies()) == []


def set_active(user_id: int, is_active: bool) -> None:
    User.objects.filter(pk=user_id).update(is_active=is_active)


def take_down_and_back(clip: Clip, moderator: User) -> None:
    now = timezone.now()
    take_down(clips=[clip], moderator=moderator, reason=make_reason(), words="", now=now)
    decision = Decision.objects.filter(clip=clip, action=DecisionAction.REMOVE, undone_at=None).first()
    if decision is not None:
        undo_take_down(decision=decision, moderator=moderator, now=now)


def test_take_downs_among_hidden_creators_are_counted_exactly() -> None:
    moderator = make_user("remover@example.com", is_staff=True)
    make_reason()
    creators = [make_creator() for _creator in range(3)]
    clips = [make_published_clip(creator, caption=caption) for creator in creators for caption in CAPTIONS]
    acts = [partial(take_down_and_back, clip, moderator) for clip in clips for _time in range(2)]
    acts += [partial(set_active, creator.user_id, on) for creator in creators for on in [False, True] * 4]
    random.Random(7).shuffle(acts)
    assert {outcome.error for outcome in run_at_once(acts)} == {""}
    assert list(find_discrepancies()) == []
