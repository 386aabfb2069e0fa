"""Storms of follows and unfollows, and blocks among them: counts stay exact, and no follow outlives a block."""

import random
from functools import partial

import pytest

from accounts.blocks import Block
from creators.models import Creator
from social.blocks import set_block
from social.follow_verification import find_discrepancies
from social.marks import set_follow
from social.models import Follow, FollowCount
from tests.concurrency.crowd import Meeting, run_at_once
from tests.factories import NOW, make_creator, make_user

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 24


def count_by_read_and_write(creator: Creator, meeting: Meeting) -> None:
    """Count a follow without the trigger: read the number, then write it one higher."""
    number = FollowCount.objects.get(creator=creator).followers
    meeting.wait()
    FollowCount.objects.filter(creator=creator).update(followers=number + 1)


def test_a_thousand_follows_and_unfollows_are_counted_exactly() -> None:
    popular = make_creator("popular")
    fans = [make_user() for _fan in range(AT_ONCE)]
    FollowCount.objects.create(creator=popular)
    meeting = Meeting(AT_ONCE)
    run_at_once([partial(count_by_read_and_write, popular, meeting) for _fan in fans])
    assert FollowCount.objects.get().followers < AT_ONCE, "Without the trigger some are lost."
    FollowCount.objects.update(followers=0)
    storm = [
        partial(set_follow, user=fan, creator=popular, is_on=is_on, now=NOW)
        for fan in fans
        for is_on in [True, False] * 20
    ]
    random.Random(7).shuffle(storm)
    storm += [partial(set_follow, user=fan, creator=popular, is_on=True, now=NOW) for fan in fans]
    assert {outcome.error for outcome in run_at_once(storm)} == {""}
    assert FollowCount.objects.get().followers == Follow.objects.count()
    assert list(find_discrepancies()) == []


def test_blocks_among_follows_leave_no_follow_through_a_block() -> None:
    people = [make_creator() for _person in range(6)]
    acts = []
    for person in people:
        for other in people:
            if person != other:
                acts += [partial(set_follow, user=person.user, creator=other, is_on=True, now=NOW)] * 6
                acts += [
                    partial(set_block, user=person.user, other=other.user, is_on=on, now=NOW) for on in (True, False)
                ]
    acts += [partial(set_block, user=people[0].user, other=other.user, is_on=True, now=NOW) for other in people[1:]]
    random.Random(7).shuffle(acts)
    assert {outcome.error for outcome in run_at_once(acts)} <= {"", "Blocked"}
    assert list(find_discrepancies()) == []
    assert Follow.objects.exists() or Block.objects.exists()
