"""Days are counted once, in order, and nothing below five people becomes a count."""

import random
from datetime import timedelta
from itertools import pairwise

import pytest

from creators.models import Creator
from feed.events.viewer_merge import erase_viewers
from feed.models import EventKind, Viewer
from programme.day_counts import count_days
from programme.models import FIRST_BUCKET, AudienceCount, CountedDay, Measure
from social.models import Comment
from tests.factories import make_creator, make_published_clip
from tests.programme.audience import DAY, act, count_until, counts_of, is_answer, make_viewers, moment
from videos.models import Clip

pytestmark = pytest.mark.django_db
NEXT = DAY + timedelta(days=1)


@pytest.fixture
def clip(creator: Creator) -> Clip:
    return make_published_clip(creator, now=moment(DAY))


def test_five_viewers_of_a_day_are_counted_and_four_wait_for_a_fifth(clip: Clip) -> None:
    four = make_viewers(4)
    act(clip, four)
    act(clip, four, NEXT)
    count_until(NEXT)
    assert counts_of(clip) == {}
    third = NEXT + timedelta(days=1)
    act(clip, make_viewers(1), third)
    act(clip, make_viewers(7), third + timedelta(days=1))
    count_until(third + timedelta(days=1))
    assert counts_of(clip) == {third: 5, third + timedelta(days=1): 7}


def test_who_waits_for_longer_than_four_weeks_is_left_out(clip: Clip) -> None:
    act(clip, make_viewers(4))
    late = DAY + timedelta(days=28)
    act(clip, make_viewers(4), late)
    count_until(late)
    assert counts_of(clip) == {}


def test_a_day_is_counted_when_late_events_can_no_longer_arrive_and_then_never_again(clip: Clip) -> None:
    act(clip, make_viewers(6))
    CountedDay.objects.create(on=DAY - timedelta(days=1), counted_at=moment(DAY))
    assert count_days(now=moment(DAY + timedelta(days=2))) == 0
    act(clip, make_viewers(2), seconds=60)  # reported late
    assert count_days(now=moment(DAY + timedelta(days=3))) == 1
    act(clip, make_viewers(3), seconds=120)
    assert count_days(now=moment(DAY + timedelta(days=3))) == 0
    assert counts_of(clip) == {DAY: 8}


def test_first_run_begins_with_the_day_of_the_first_post(clip: Clip) -> None:
    act(clip, make_viewers(5))
    assert count_days(now=moment(DAY + timedelta(days=5))) == 3
    assert CountedDay.objects.earliest("on").on == DAY
    assert counts_of(clip) == {DAY: 5}


def test_a_shop_without_posts_counts_nothing() -> None:
    assert count_days(now=moment(DAY)) == 0
    assert not CountedDay.objects.exists()


def test_own_views_do_not_count(clip: Clip, creator: Creator) -> None:
    own = Viewer.objects.create(user=creator.user, created_at=moment(DAY))
    act(clip, [own, *make_viewers(4)])
    count_until(DAY)
    assert counts_of(clip) == {}


def test_new_viewers_of_one_network_wait_as_one_person_and_count_as_five(clip: Clip) -> None:
    act(clip, make_viewers(40, network="a" * 16))
    act(clip, make_viewers(3))
    count_until(DAY)
    assert counts_of(clip) == {}
    act(clip, make_viewers(1), NEXT)
    count_until(NEXT)
    assert counts_of(clip) == {NEXT: 9}


def test_viewers_who_came_on_three_days_count_in_full(clip: Clip) -> None:
    other = make_published_clip(make_creator(), now=moment(DAY))
    known = make_viewers(9, network="a" * 16)
    for number in range(3):
        act(other, known, DAY + timedelta(days=number))
    last = DAY + timedelta(days=2)
    act(clip, known, last)
    count_until(last)
    assert counts_of(clip) == {last: 9}


def test_undone_likes_do_not_count(clip: Clip) -> None:
    viewers = make_viewers(7)
    act(clip, viewers, kind=EventKind.LIKE)
    act(clip, viewers[:1], kind=EventKind.LIKE, value=0, seconds=5)
    count_until(DAY)
    assert counts_of(clip, Measure.LIKES) == {DAY: 6}


def test_every_measure_is_counted_by_itself(clip: Clip) -> None:
    viewers = make_viewers(9)
    act(clip, viewers)
    for number, kind in enumerate((EventKind.SAVE, EventKind.SHARE, EventKind.PRODUCT_OPEN), start=5):
        act(clip, viewers[:number], kind=kind)
    count_until(DAY)
    counted = dict(AudienceCount.objects.filter(clip=clip).values_list("measure", "people"))
    assert counted == {Measure.VIEWS: 9, Measure.SAVES: 5, Measure.SHARES: 6, Measure.PRODUCT_OPENS: 7}


def test_a_follow_counts_for_the_post_that_was_seen_last(clip: Clip, creator: Creator) -> None:
    earlier = make_published_clip(creator, now=moment(DAY))
    viewers = make_viewers(5)
    act(earlier, viewers)
    act(clip, viewers, seconds=10)
    act(None, viewers, kind=EventKind.FOLLOW, subject=creator.pk, seconds=20)
    count_until(DAY)
    assert counts_of(clip, Measure.FOLLOWS) == {DAY: 5}
    assert counts_of(earlier, Measure.FOLLOWS) == {}


def test_comments_of_others_count_once_for_each_author(clip: Clip, creator: Creator) -> None:
    authors = [creator, *(make_creator(f"author_{number}") for number in range(4))]
    for author in authors:
        Comment.objects.create(clip=clip, author=author, words="Nice", created_at=moment(DAY))
    count_until(DAY)
    assert counts_of(clip, Measure.COMMENTS) == {}
    Comment.objects.create(clip=clip, author=make_creator("author_5"), words="Nice", created_at=moment(NEXT))
    count_until(NEXT)
    assert counts_of(clip, Measure.COMMENTS) == {NEXT: 5}


def test_viewers_are_counted_where_they_left_the_film(clip: Clip) -> None:
    assert clip.source is not None and clip.source.duration_ms == 8000
    act(clip, make_viewers(6), kind=EventKind.WATCH, value=4100)
    act(clip, make_viewers(3), kind=EventKind.WATCH, value=8000)
    act(clip, make_viewers(2), kind=EventKind.WATCH, value=300, loops=1)
    act(clip, make_viewers(4), kind=EventKind.WATCH, value=100)
    count_until(DAY)
    counted = dict(AudienceCount.objects.filter(clip=clip).values_list("measure", "people"))
    assert counted == {FIRST_BUCKET + 10: 6, FIRST_BUCKET + 19: 5}


def test_a_count_stays_when_one_of_its_people_is_erased(clip: Clip) -> None:
    viewers = make_viewers(6)
    act(clip, viewers)
    count_until(DAY)
    erase_viewers([viewers[0].pk])
    count_until(NEXT)
    assert counts_of(clip) == {DAY: 6}


def test_people_erased_before_the_count_are_not_in_it(clip: Clip) -> None:
    viewers = make_viewers(5)
    act(clip, viewers)
    erase_viewers([viewers[0].pk])
    count_until(DAY)
    assert counts_of(clip) == {}


@pytest.mark.parametrize("seed", range(3))
def test_no_answer_and_no_difference_of_answers_is_about_fewer_than_five_people(creator: Creator, seed: int) -> None:
    """Compare the counts of random audiences with every answer that a reader can get, and their differences."""
    chance = random.Random(seed)
    clips = [make_published_clip(creator, now=moment(DAY)) for _index in range(3)]
    viewers = [*make_viewers(12), *make_viewers(12, network="b" * 16)]
    days = [DAY + timedelta(days=number) for number in range(10)]
    for day in days:
        for clip in clips:
            present = chance.sample(viewers, chance.choice([0, 1, 2, 4, 5, 9]))
            act(clip, present, day)
            act(clip, present[:3], day, kind=EventKind.SAVE)
    count_until(days[-1])
    views = {clip.pk: counts_of(clip) for clip in clips}
    assert any(views.values())
    for first, last in [(first, last) for first in days for last in days if first <= last]:
        by_post = [sum(people for day, people in counts.items() if first <= day <= last) for counts in views.values()]
        assert all(is_answer(people) for people in by_post)
        assert all(is_answer(sum(by_post) - people) for people in by_post)
    running = [sum(people for counts in views.values() for on, people in counts.items() if on <= day) for day in days]
    assert all(is_answer(after - before) for before, after in pairwise([0, *running]))
