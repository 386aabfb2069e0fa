"""Many submissions of one creator at once: the limit of open clips holds, and is passed only without the guard."""

from functools import partial

import pytest

from creators.models import Campaign, Enrolment, Slot, WaitlistEntry, WaitlistState
from creators.slots import TooManyOpen, hold_slot
from creators.waitlist import join_waitlist
from tests.concurrency.crowd import run_at_once
from tests.factories import NOW, make_campaign, make_draft, make_enrolment
from videos.studio.submission import Incomplete, submit_clip

pytestmark = pytest.mark.django_db(transaction=True)

OPEN = 5
AT_ONCE = 32


@pytest.fixture
def enrolment() -> Enrolment:
    enrolment = make_enrolment(campaign=make_campaign(open_clips_cap=OPEN))
    return Enrolment.objects.select_related("campaign", "terms").get(pk=enrolment.pk)


def hold_by_check_then_hold(enrolment: Enrolment, clip_code: str) -> None:
    """Hold a slot without the guard: compare the count first, then hold."""
    if Enrolment.objects.get(pk=enrolment.pk).held_count >= OPEN:
        raise TooManyOpen
    hold_slot(enrolment=enrolment, clip_code=clip_code, now=NOW, is_new=False)


def join_by_check_then_insert(enrolment: Enrolment, clip_code: str) -> None:
    """Join the waitlist without the guard: compare the count first, then insert."""
    if WaitlistEntry.objects.waiting().filter(enrolment=enrolment).count() >= OPEN:
        raise TooManyOpen
    WaitlistEntry.objects.create(enrolment=enrolment, clip_code=clip_code, state=WaitlistState.WAITING, joined_at=NOW)


def test_the_limit_is_passed_without_the_guard(enrolment: Enrolment) -> None:
    open_counts = []
    for run in range(5):
        Slot.objects.all().delete()
        Enrolment.objects.update(held_count=0)
        Campaign.objects.update(taken_count=0)
        run_at_once([partial(hold_by_check_then_hold, enrolment, f"c{run}-{n}") for n in range(AT_ONCE)])
        open_counts.append(Slot.objects.count())
    assert max(open_counts) > OPEN, open_counts


def test_submissions_at_once_never_exceed_the_limit(enrolment: Enrolment) -> None:
    clips = [make_draft(enrolment=enrolment) for _index in range(AT_ONCE)]
    outcomes = run_at_once([partial(submit_clip, clip_id=clip.pk, now=NOW) for clip in clips])
    assert {outcome.error for outcome in outcomes} == {"", Incomplete.__name__}
    assert sum(not outcome.error for outcome in outcomes) == OPEN
    enrolment.refresh_from_db()
    taken = Campaign.objects.get().taken_count
    assert enrolment.held_count == taken == Slot.objects.held().count() == OPEN
    assert WaitlistEntry.objects.count() == 0


def test_a_waitlist_joined_at_once_is_longer_only_without_the_guard(enrolment: Enrolment) -> None:
    lengths = []
    for run in range(5):
        WaitlistEntry.objects.all().delete()
        run_at_once([partial(join_by_check_then_insert, enrolment, f"c{run}-{n}") for n in range(AT_ONCE)])
        lengths.append(WaitlistEntry.objects.count())
    assert max(lengths) > OPEN, lengths
    WaitlistEntry.objects.all().delete()
    joins = [partial(join_waitlist, enrolment=enrolment, clip_code=f"c{n}", now=NOW) for n in range(AT_ONCE)]
    assert {outcome.error for outcome in run_at_once(joins)} == {"", TooManyOpen.__name__}
    assert WaitlistEntry.objects.count() == OPEN
