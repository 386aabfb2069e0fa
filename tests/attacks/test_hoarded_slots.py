"""Slots that are hoarded: one file holds one slot, and a slot in review is never lost to a slow desk."""

from datetime import timedelta
from functools import partial

import pytest
from django.test import Client

from creators.models import Campaign, Creator, Enrolment, Slot
from tests.attacks.crowd import at_once
from tests.factories import NOW, approve, make_creator, make_draft, make_enrolment, make_waiting_clip
from videos.models import Clip, FootageMatch, Source
from videos.review.deadlines import expire_held_slots
from videos.studio.submission import Incomplete, submit_clip, withdraw_clip

pytestmark = pytest.mark.django_db


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


def test_the_same_footage_in_another_file_holds_no_second_slot(creator: Creator) -> None:
    first = make_waiting_clip(creator)
    again = make_draft(enrolment=first.enrolment)
    FootageMatch.objects.create(earlier=first.source, later=again.source)
    with pytest.raises(Incomplete):
        submit_clip(clip_id=again.pk, now=NOW)
    assert slots_held(creator) == 1


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
