"""Slots change both counters together, and never exceed a cap."""

import pytest

from creators.models import Campaign, Enrolment, Slot, SlotReason
from creators.slots import CampaignClosed, CampaignFull, CreatorFull, earn_slot, hold_slot, release_slot
from tests.factories import NOW, make_campaign, make_creator, make_enrolment

pytestmark = pytest.mark.django_db


def counts(enrolment: Enrolment) -> tuple[int, int, int, int]:
    """Return the creator's held and earned slots, then the campaign's; check that its counter is their sum."""
    own = Enrolment.objects.get(pk=enrolment.pk)
    shared = Campaign.objects.with_counts().get(pk=enrolment.campaign_id)
    assert shared.taken_count == shared.held_count + shared.earned_count == Slot.objects.active().count()
    return own.held_count, own.earned_count, shared.held_count, shared.earned_count


def test_a_held_slot_copies_the_fee_and_counts_under_both_caps() -> None:
    enrolment = make_enrolment()
    slot = Slot.objects.get(pk=hold_slot(enrolment=enrolment, clip_code="abc", now=NOW))
    assert (slot.state, slot.fee_minor, slot.currency, slot.terms_id) == ("held", 2500, "USD", enrolment.terms_id)
    assert counts(enrolment) == (1, 0, 1, 0)


def test_an_earned_slot_cannot_be_earned_or_released_again() -> None:
    enrolment = make_enrolment()
    slot_id = hold_slot(enrolment=enrolment, clip_code="abc", now=NOW)
    assert earn_slot(slot_id=slot_id, now=NOW)
    assert not earn_slot(slot_id=slot_id, now=NOW)
    assert not release_slot(slot_id=slot_id, reason=SlotReason.REJECTED, now=NOW)
    assert counts(enrolment) == (0, 1, 0, 1)


def test_a_released_slot_can_be_held_again() -> None:
    enrolment = make_enrolment()
    slot_id = hold_slot(enrolment=enrolment, clip_code="abc", now=NOW)
    assert release_slot(slot_id=slot_id, reason=SlotReason.WITHDRAWN, now=NOW)
    assert counts(enrolment) == (0, 0, 0, 0)
    assert hold_slot(enrolment=enrolment, clip_code="abc", now=NOW)


def test_the_creators_cap_refuses_the_next_clip_and_changes_nothing() -> None:
    enrolment = make_enrolment(campaign=make_campaign(clips_per_creator=1))
    hold_slot(enrolment=enrolment, clip_code="one", now=NOW)
    with pytest.raises(CreatorFull):
        hold_slot(enrolment=enrolment, clip_code="two", now=NOW)
    assert counts(enrolment) == (1, 0, 1, 0)
    assert Slot.objects.count() == 1


def test_the_campaigns_cap_refuses_another_creator_and_changes_nothing() -> None:
    campaign = make_campaign(clips_cap=1)
    hold_slot(enrolment=make_enrolment(campaign=campaign), clip_code="one", now=NOW)
    late = make_enrolment(make_creator(), campaign)
    with pytest.raises(CampaignFull):
        hold_slot(enrolment=late, clip_code="two", now=NOW)
    assert counts(late) == (0, 0, 1, 0)
    assert Slot.objects.count() == 1


def test_a_closed_campaign_accepts_no_clips() -> None:
    enrolment = make_enrolment()
    Campaign.objects.update(is_published=False)
    enrolment.refresh_from_db()
    with pytest.raises(CampaignClosed):
        hold_slot(enrolment=enrolment, clip_code="one", now=NOW)
    assert Slot.objects.count() == 0
