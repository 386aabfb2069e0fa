"""Posts sent, and share links opened, at the same moment: limits hold and counts add up, and only without the guard they don't."""

import uuid
from functools import partial

import pytest

from accounts.blocks import Blocked
from creators.models import Creator
from social.blocks import set_block
from social.models import Follow, SentPost, ShareLinkDay
from social.sharing.links import Opener, count_open, create_link
from social.sharing.sent_posts import MOST_TO_ONE_A_DAY, NotFriends, TooManySent, send_post
from tests.concurrency.crowd import Meeting, run_at_once
from tests.factories import NOW, make_creator, make_published_clip
from videos.models import Clip

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 8


@pytest.fixture
def friends() -> tuple[Creator, Creator]:
    ann, ben = make_creator("ann"), make_creator("ben")
    Follow.objects.create(user=ann.user, creator=ben, created_at=NOW)
    Follow.objects.create(user=ben.user, creator=ann, created_at=NOW)
    return ann, ben


def send_by_check_then_insert(meeting: Meeting, sender: Creator, recipient: Creator, clip: Clip) -> None:
    """Send a post without the guard: compare the count first, then insert."""
    sent = SentPost.objects.filter(sender=sender.user, recipient=recipient.user).count()
    meeting.wait()
    if sent >= MOST_TO_ONE_A_DAY:
        raise TooManySent
    SentPost.objects.create(sender=sender.user, recipient=recipient.user, clip=clip, sent_at=NOW)


def test_posts_sent_at_once_exceed_the_limit_only_without_the_guard(friends: tuple[Creator, Creator]) -> None:
    ann, ben = friends
    clips = [make_published_clip() for _number in range(AT_ONCE)]
    meeting = Meeting(AT_ONCE)
    run_at_once([partial(send_by_check_then_insert, meeting, ann, ben, clip) for clip in clips])
    assert SentPost.objects.count() == AT_ONCE > MOST_TO_ONE_A_DAY
    SentPost.objects.all().delete()
    outcomes = run_at_once([partial(send_post, user=ann.user, clip=clip, recipient=ben, now=NOW) for clip in clips])
    assert {outcome.error for outcome in outcomes} == {"", TooManySent.__name__}
    assert SentPost.objects.count() == MOST_TO_ONE_A_DAY


def test_one_post_sent_many_times_at_once_arrives_once(friends: tuple[Creator, Creator]) -> None:
    ann, ben = friends
    send = partial(send_post, user=ann.user, clip=make_published_clip(), recipient=ben, now=NOW)
    assert [outcome.trace for outcome in run_at_once([send] * AT_ONCE) if outcome.error] == []
    assert SentPost.objects.count() == 1


def test_nothing_that_was_sent_outlasts_a_block_at_the_same_moment(friends: tuple[Creator, Creator]) -> None:
    ann, ben = friends
    clips = [make_published_clip() for _number in range(4)]
    sends = [partial(send_post, user=ann.user, clip=clip, recipient=ben, now=NOW) for clip in clips]
    block = partial(set_block, user=ben.user, other=ann.user, is_on=True, now=NOW)
    outcomes = run_at_once([*sends, block])
    assert {outcome.error for outcome in outcomes} <= {"", Blocked.__name__, NotFriends.__name__}
    assert not SentPost.objects.exists()


def test_opens_at_the_same_moment_add_up() -> None:
    clip = make_published_clip()
    link = create_link(user=make_creator().user, clip=clip, now=NOW)
    openers = [Opener(None, uuid.uuid4(), f"network-{number}") for number in range(16)]
    opens = [partial(count_open, code=link.code, clip=clip, opener=opener, now=NOW) for opener in openers * 2]
    outcomes = run_at_once(opens)
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert sum(outcome.result for outcome in outcomes) == ShareLinkDay.objects.get().opens == 16
