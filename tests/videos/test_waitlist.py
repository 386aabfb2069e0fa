"""A full campaign gives a place on a waiting list, served first come, first served, when places come free."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from creators.campaigns import publish_terms
from creators.models import Campaign, Creator, Slot, WaitlistEntry
from creators.waitlist import waitlist_number
from tests.factories import NOW, make_campaign, make_creator, make_draft, make_enrolment
from videos.models import Clip
from videos.studio.submission import Incomplete, submit_clip, withdraw_clip
from videos.studio.waitlist import send_slot_emails, serve_waitlists

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign(clips_cap=1)


@pytest.fixture
def first(campaign: Campaign) -> Clip:
    return submit_clip(clip_id=make_draft(enrolment=make_enrolment(make_creator(), campaign)).pk, now=NOW)


def draft_in(campaign: Campaign, creator: Creator | None = None) -> Clip:
    return make_draft(enrolment=make_enrolment(creator or make_creator(), campaign))


def waits(clip: Clip, minutes: int) -> list[str]:
    with pytest.raises(Incomplete) as refused:
        submit_clip(clip_id=clip.pk, now=NOW + timedelta(minutes=minutes))
    return refused.value.problems["campaign"]


def state_of(clip: Clip) -> str:
    clip.refresh_from_db()
    return clip.state


@pytest.mark.usefixtures("first")
def test_a_full_campaign_gives_a_waitlist_number(as_creator: Client, creator: Creator, campaign: Campaign) -> None:
    waits(draft_in(campaign), 1)
    clip = draft_in(campaign, creator)
    answer = as_creator.post(f"/api/v1/clips/{clip.code}/submit/")
    assert answer.status_code == 422
    assert "number 2 on the waitlist" in answer.content.decode()
    for _index in range(3):
        as_creator.post(f"/api/v1/clips/{clip.code}/submit/")
    assert (WaitlistEntry.objects.count(), Slot.objects.count(), state_of(clip)) == (2, 1, "draft")
    assert (
        "This clip is number 2 on the campaign's waitlist"
        in as_creator.get(f"/studio/clips/{clip.code}/").content.decode()
    )
    [shown] = as_creator.get("/api/v1/campaigns/").json()["results"]
    assert shown["enrolment"]["waiting"] == [clip.code]


def test_the_first_on_the_waitlist_is_served_first_and_notified_once(
    campaign: Campaign, first: Clip, mailoutbox: list[EmailMessage]
) -> None:
    second, third = draft_in(campaign), draft_in(campaign)
    waits(second, 1)
    waits(third, 2)
    assert serve_waitlists(now=NOW) == 0
    withdraw_clip(clip_id=first.pk, now=NOW)
    assert [serve_waitlists(now=NOW) for _index in range(3)] == [1, 0, 0]
    assert (state_of(second), state_of(third), waitlist_number(third.code)) == ("in_review", "draft", 1)
    assert [send_slot_emails(now=NOW) for _index in range(3)] == [1, 0, 0]
    assert mailoutbox[0].to == [second.creator.user.email]
    assert "its slot is held" in mailoutbox[0].body
    campaign.refresh_from_db()
    assert (campaign.taken_count, Slot.objects.held().count()) == (1, 1)


def test_a_new_submission_cannot_overtake_the_waitlist(campaign: Campaign, first: Clip) -> None:
    second, late = draft_in(campaign), draft_in(campaign)
    waits(second, 1)
    withdraw_clip(clip_id=first.pk, now=NOW)
    assert "Other clips are already waiting" in waits(late, 2)[0]
    assert Slot.objects.held().count() == 0
    assert serve_waitlists(now=NOW) == 1
    assert (state_of(second), state_of(late), waitlist_number(late.code)) == ("in_review", "draft", 1)


def test_a_creator_without_free_slots_does_not_block_other_creators() -> None:
    campaign = make_campaign(clips_cap=9, clips_per_creator=1)
    enrolment = make_enrolment(make_creator(), campaign)
    submit_clip(clip_id=make_draft(enrolment=enrolment).pk, now=NOW)
    waits(make_draft(enrolment=enrolment), 1)
    assert submit_clip(clip_id=draft_in(campaign).pk, now=NOW).state == "in_review"
    assert serve_waitlists(now=NOW) == 0
    assert WaitlistEntry.objects.waiting().count() == 1


def test_a_clip_that_can_no_longer_be_submitted_leaves_the_waitlist(
    campaign: Campaign, first: Clip, mailoutbox: list[EmailMessage]
) -> None:
    second, third = draft_in(campaign), draft_in(campaign)
    waits(second, 1)
    waits(third, 2)
    second.tags.all().delete()
    withdraw_clip(clip_id=first.pk, now=NOW)
    assert serve_waitlists(now=NOW) == 1
    assert (state_of(second), state_of(third)) == ("draft", "in_review")
    assert list(WaitlistEntry.objects.order_by("joined_at").values_list("state", flat=True)) == ["left", "served"]
    [email] = mailoutbox
    assert email.to == [second.creator.user.email]
    assert "is no longer on the waitlist" in email.subject
    assert f"/studio/clips/{second.code}/" in email.body
    assert "\n- Tag at least 2 products shown in your clip.\n" in email.body


def test_a_raised_cap_serves_the_waitlist(campaign: Campaign, first: Clip) -> None:
    clips = [draft_in(campaign) for _index in range(3)]
    for minutes, clip in enumerate(clips):
        waits(clip, minutes)
    Campaign.objects.update(clips_cap=3)
    assert serve_waitlists(now=NOW) == 2
    assert [state_of(clip) for clip in clips] == ["in_review", "in_review", "draft"]


def test_a_closed_campaign_has_a_waitlist_that_is_served_when_it_reopens(campaign: Campaign) -> None:
    clip, other = draft_in(campaign), draft_in(campaign)
    Campaign.objects.update(is_published=False)
    assert "closed" in waits(clip, 1)[0] and "number 2 on the waitlist" in waits(other, 2)[1]
    assert serve_waitlists(now=NOW) == 0
    assert (Slot.objects.count(), WaitlistEntry.objects.waiting().count(), state_of(clip)) == (0, 2, "draft")
    Campaign.objects.update(is_published=True)
    assert serve_waitlists(now=NOW) == 1
    assert (state_of(clip), state_of(other), waitlist_number(other.code)) == ("in_review", "draft", 1)


def test_an_extended_campaign_serves_clips_that_came_after_its_end() -> None:
    campaign = make_campaign(closes_at=NOW + timedelta(days=1))
    clip, late = draft_in(campaign), NOW + timedelta(days=2)
    assert "closed" in waits(clip, 2 * 24 * 60)[0]
    assert serve_waitlists(now=late) == 0
    assert campaign.terms is not None
    campaign.terms.closes_at = NOW + timedelta(days=9)
    publish_terms(terms=campaign.terms)
    assert serve_waitlists(now=late) == 1
    assert (state_of(clip), Slot.objects.get().terms.version) == ("in_review", 1)


def test_the_waitlist_of_a_closed_campaign_does_not_block_another_campaign(campaign: Campaign, first: Clip) -> None:
    closed = make_campaign(closes_at=NOW + timedelta(seconds=1))
    for minutes in range(3):
        waits(draft_in(closed), minutes + 1)
    second = draft_in(campaign)
    waits(second, 9)
    withdraw_clip(clip_id=first.pk, now=NOW)
    assert serve_waitlists(now=NOW + timedelta(minutes=10), at_most=1) == 1
    assert (state_of(second), WaitlistEntry.objects.waiting().count()) == ("in_review", 3)


def test_a_clip_with_a_slot_can_be_resubmitted_after_the_campaign_closed(campaign: Campaign, first: Clip) -> None:
    Clip.objects.update(state="changes_requested")
    Campaign.objects.update(is_published=False)
    assert submit_clip(clip_id=first.pk, now=NOW).state == "in_review"
    assert (Slot.objects.held().count(), WaitlistEntry.objects.count()) == (1, 0)


def test_staff_can_see_the_waitlist_but_not_change_it(admin_client: Client, campaign: Campaign, first: Clip) -> None:
    second, third = draft_in(campaign), draft_in(campaign)
    waits(second, 1)
    waits(third, 2)
    page = admin_client.get("/admin/creators/waitlistentry/", {"q": third.code}).content.decode()
    assert third.code in page and second.code not in page
    assert 'class="field-number">2<' in page
    assert (
        "2 clips are on the waitlist"
        in admin_client.get(f"/admin/creators/campaign/{campaign.pk}/change/").content.decode()
    )
    row = WaitlistEntry.objects.get(clip_code=third.code)
    assert third.code in admin_client.get(f"/admin/creators/waitlistentry/{row.pk}/change/").content.decode()
    for change in ("change", "delete"):
        assert (
            admin_client.post(f"/admin/creators/waitlistentry/{row.pk}/{change}/", {"post": "yes"}).status_code == 403
        )
    assert admin_client.get("/admin/creators/waitlistentry/add/").status_code == 403
    assert [waitlist_number(clip.code) for clip in (second, third)] == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_ten_concurrent_sweeps_serve_one_free_slot_once(campaign: Campaign, first: Clip) -> None:
    from tests.concurrency.crowd import run_at_once

    clips = [draft_in(campaign) for _index in range(3)]
    for minutes, clip in enumerate(clips):
        waits(clip, minutes)
    withdraw_clip(clip_id=first.pk, now=NOW)
    happened: list[Any] = run_at_once([partial(serve_waitlists, now=NOW)] * 10, threads=5, processes=2)
    assert [one.trace for one in happened if one.error] == []
    campaign.refresh_from_db()
    assert (sum(one.result for one in happened), campaign.taken_count) == (1, 1)
    assert Slot.objects.held().count() == 1
