"""Creators read the reason, time, broken rule and fix of a decision: on the page, by email and over the API."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from creators.models import Creator
from tests.factories import NOW, make_waiting_clip
from tests.videos.test_transcript import CUT
from videos.models import Clip, DecisionAction, Reason
from videos.review.appeals import appeal_decision
from videos.review.decisions import decide
from videos.review.mail import send_decision_emails

pytestmark = pytest.mark.django_db
FIX = "Leave out the claim and describe your own experience."


def refuse(clip: Clip, moderator: User, action: DecisionAction) -> None:
    decide(
        revision=clip.revisions.get(),
        moderator=moderator,
        action=action,
        reason=Reason.objects.get(code="claims"),
        words="At the end.",
        at_ms=4000,
        now=NOW,
    )


def test_a_request_for_changes_says_how_to_fix_the_clip(as_creator: Client, creator: Creator, moderator: User) -> None:
    clip = make_waiting_clip(creator, is_speechless=False, captions_vtt=CUT)
    refuse(clip, moderator, DecisionAction.REQUEST_CHANGES)
    page = as_creator.get(f"/studio/clips/{clip.code}/").content.decode()
    for words in ("A claim about health", FIX, "At the end.", 'data-seek-ms="4000"', "Fix and resubmit"):
        assert words in page
    assert "“lowest\nprice”</strong> Prices change" in page
    assert 'data-seek-ms="500"' in page
    decision = as_creator.get(f"/api/v1/clips/{clip.code}/").json()["decision"]
    assert (decision["fix"], decision["at_ms"], decision["words"]) == (FIX, 4000, "At the end.")
    assert send_decision_emails(now=NOW + timedelta(minutes=1)) == 1
    assert f"How to fix it: {FIX}" in mail.outbox[0].body


def test_a_rejection_shows_its_reason_and_the_appeal_form(
    as_creator: Client, creator: Creator, moderator: User
) -> None:
    clip = make_waiting_clip(creator)
    refuse(clip, moderator, DecisionAction.REJECT)
    page = as_creator.get(f"/studio/clips/{clip.code}/").content.decode()
    assert "A claim about health" in page
    assert FIX not in page
    assert 'id="appeal"' in page
    appeal_decision(clip_id=clip.pk, words="I made no claim.", now=NOW)
    page = as_creator.get(f"/studio/clips/{clip.code}/").content.decode()
    assert "I made no claim." in page
    assert "Your appeal (" in page
    assert 'id="appeal"' not in page


def test_every_initial_reason_has_a_fix_in_every_language() -> None:
    assert [reason.code for reason in Reason.objects.all() if set(reason.fix) != {"en", "ar", "he"}] == []
    assert Reason(code="new", text={"en": "New"}).fix_in("he") == ""
