"""Slots that are hoarded: one file holds one slot, and a slot in review is never lost to a slow desk."""

from datetime import timedelta
from functools import partial

import pytest
from django.test import Client
from pytest_django import Settings

from creators.models import Campaign, Creator, Enrolment, Slot, WaitlistEntry
from tests.attacks.crowd import at_once
from tests.factories import (
    NOW,
    approve,
    make_campaign,
    make_creator,
    make_draft,
    make_enrolment,
    make_waiting_clip,
)
from videos.models import Clip, FootageMatch, Source
from videos.review.deadlines import expire_held_slots
from videos.studio.submission import Incomplete, submit_clip, withdraw_clip
from videos.studio.waitlist import serve_waitlists

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=5)
"""More than twice as late as clips should be reviewed."""


def copy_of(clip: Clip, enrolment: Enrolment | None = None) -> Clip:
    """Return a draft of the same creator with a new upload of the same file."""
    draft = make_draft(enrolment=enrolment or clip.enrolment)
    assert clip.source is not None
    Source.objects.filter(pk=draft.source_id).update(sha256=clip.source.sha256)
    return draft


def slots_held(creator: Creator) -> int:
    return Slot.objects.held().filter(enrolment__creator=creator).count()


def test_one_file_sent_again_and_again_holds_one_slot(as_creator: Client, creator: Creator) -> None:
    first = make_waiting_clip(creator)
    for _time in range(5):
        again = copy_of(first)
        answer = as_creator.post(f"/api/v1/clips/{again.code}/submit/")
        assert answer.status_code == 422
        sentence = f"You have already submitted this video, as clip {first.code}. Choose another file."
        assert answer.json() == {"file": [sentence]}
        again.refresh_from_db()
        assert (again.state, again.revisions.count()) == ("draft", 0)
    assert (slots_held(creator), Campaign.objects.get().taken_count) == (1, 1)


def test_one_file_holds_no_second_slot_in_another_campaign(creator: Creator) -> None:
    again = copy_of(make_waiting_clip(creator), make_enrolment(creator))
    with pytest.raises(Incomplete):
        submit_clip(clip_id=again.pk, now=NOW)
    assert slots_held(creator) == 1


def test_footage_that_looks_the_same_is_for_the_desk_to_judge(creator: Creator) -> None:
    """The parts of a series that is filmed from a tripod look the same."""
    first = make_waiting_clip(creator)
    again = make_draft(enrolment=first.enrolment)
    FootageMatch.objects.create(earlier=first.source, later=again.source)
    assert submit_clip(clip_id=again.pk, now=NOW).state == "in_review"
    assert slots_held(creator) == 2


def test_a_file_may_be_sent_again_after_its_clip_was_withdrawn(creator: Creator) -> None:
    first = make_waiting_clip(creator)
    withdraw_clip(clip_id=first.pk, now=NOW)
    again = copy_of(first)
    assert submit_clip(clip_id=again.pk, now=NOW).state == "in_review"
    assert slots_held(creator) == 1


def test_a_file_that_has_earned_its_slot_holds_at_most_one_more(creator: Creator) -> None:
    first = make_waiting_clip(creator)
    approve(first)
    assert submit_clip(clip_id=copy_of(first).pk, now=NOW).state == "in_review"
    with pytest.raises(Incomplete):
        submit_clip(clip_id=copy_of(first).pk, now=NOW)
    assert slots_held(creator) == 1


def test_another_creators_file_is_for_the_desk_to_judge(creator: Creator) -> None:
    """Otherwise whoever sends somebody's file first could keep them from sending it."""
    first, other = make_waiting_clip(creator), make_creator()
    theirs = copy_of(first, make_enrolment(other, first.enrolment.campaign if first.enrolment else None))
    assert submit_clip(clip_id=theirs.pk, now=NOW).state == "in_review"


def test_a_slot_in_review_outlasts_any_delay_of_the_desk(creator: Creator) -> None:
    clip = make_waiting_clip(creator)
    assert expire_held_slots(now=NOW + timedelta(days=2000)) == 0
    clip.refresh_from_db()
    assert (clip.state, slots_held(creator)) == ("in_review", 1)


@pytest.mark.django_db(transaction=True)
def test_ten_clips_with_one_file_at_once_hold_one_slot(creator: Creator) -> None:
    enrolment = make_enrolment(creator)
    drafts = [make_draft(enrolment=enrolment) for _number in range(10)]
    Source.objects.update(sha256="0" * 64)
    answers = at_once([partial(is_submitted, draft.pk) for draft in drafts])
    assert (answers.count(True), slots_held(creator)) == (1, 1)


def is_submitted(clip_id: int) -> bool:
    try:
        submit_clip(clip_id=clip_id, now=NOW)
    except Incomplete:
        return False
    return True


def submit_in_new_campaign(creator: Creator) -> Clip:
    return submit_clip(clip_id=make_draft(enrolment=make_enrolment(creator)).pk, now=NOW)


def test_a_new_creator_holds_few_slots_in_all_campaigns_together(creator: Creator, settings: Settings) -> None:
    clips = [submit_in_new_campaign(creator) for _number in range(5)]
    with pytest.raises(Incomplete) as refusal:
        submit_in_new_campaign(creator)
    assert refusal.value.problems["campaign"][0].startswith(
        "5 of your clips are open, which is as many as you can have"
    )
    assert (slots_held(creator), WaitlistEntry.objects.count()) == (5, 0)
    approve(clips[0])  # 4 are open, and 7 may be
    for _number in range(3):
        submit_in_new_campaign(creator)
    with pytest.raises(Incomplete):
        submit_in_new_campaign(creator)
    assert slots_held(creator) == 7
    settings.OPEN_CLIPS_WITHOUT_APPROVALS = 100  # without the guard
    assert submit_in_new_campaign(creator).state == "in_review"


def test_waiting_clips_of_a_new_creator_are_few_and_keep_nobody_waiting(creator: Creator) -> None:
    full = make_campaign(clips_cap=1)
    make_waiting_clip(enrolment=make_enrolment(make_creator(), full))
    other = make_creator()
    own, theirs = make_enrolment(creator, full), make_enrolment(other, full)
    for enrolment in (own, own, theirs):
        with pytest.raises(Incomplete, match="on the waitlist"):
            submit_clip(clip_id=make_draft(enrolment=enrolment).pk, now=NOW)
    for _number in range(5):
        submit_in_new_campaign(creator)
    with pytest.raises(Incomplete, match="5 of your clips are open"):
        submit_clip(clip_id=make_draft(enrolment=own).pk, now=NOW)
    Campaign.objects.filter(pk=full.pk).update(clips_cap=9)
    assert serve_waitlists(now=NOW) == 1
    assert (slots_held(creator), slots_held(other), WaitlistEntry.objects.waiting().count()) == (5, 1, 2)


@pytest.mark.django_db(transaction=True)
def test_ten_campaigns_at_once_give_a_new_creator_no_more_slots(creator: Creator) -> None:
    drafts = [make_draft(enrolment=make_enrolment(creator)) for _number in range(10)]
    answers = at_once([partial(is_submitted, draft.pk) for draft in drafts])
    assert (answers.count(True), slots_held(creator)) == (5, 5)


def test_while_the_desk_is_far_behind_only_approved_creators_get_slots(creator: Creator) -> None:
    campaign, approved = make_campaign(), make_creator()
    approve(make_waiting_clip(enrolment=make_enrolment(approved, campaign)))
    for _number in range(2):
        crowd = make_enrolment(make_creator(), campaign)
        for _clip in range(5):
            submit_clip(clip_id=make_draft(enrolment=crowd).pk, now=NOW)
    late = make_draft(enrolment=make_enrolment(creator, campaign))
    with pytest.raises(Incomplete) as refusal:
        submit_clip(clip_id=late.pk, now=LATER)
    first, second = refusal.value.problems["campaign"]
    assert first.startswith("Our moderators are far behind") and "number 1 on the waitlist" in second
    assert slots_held(creator) == 0
    with_approval = make_draft(enrolment=Enrolment.objects.get(creator=approved))
    assert submit_clip(clip_id=with_approval.pk, now=LATER).state == "in_review"
    assert (serve_waitlists(now=LATER), WaitlistEntry.objects.waiting().count()) == (0, 1)
    assert Slot.objects.held().count() == 11  # nobody lost one for the delay
    approve(Clip.objects.filter(state="in_review").order_by("pk")[0])
    approve(Clip.objects.filter(state="in_review").order_by("pk")[0])
    assert (serve_waitlists(now=LATER), slots_held(creator)) == (1, 1)
