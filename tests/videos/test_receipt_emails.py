"""At submission the creator is told: place in the queue, usual time, due time."""

from datetime import timedelta

import pytest
from django.core import mail

from creators.models import Creator
from tests.factories import NOW, approve, make_enrolment, make_waiting_clip
from videos.models import Clip, Revision
from videos.review.mail import send_receipt_emails
from videos.studio.drafts import ClipContent, TagContent
from videos.studio.submission import revise_clip, withdraw_clip

pytestmark = pytest.mark.django_db


def change(clip: Clip) -> None:
    tags = [TagContent(tag.product_id, tag.start_ms, tag.end_ms) for tag in clip.tags.all()]
    revise_clip(clip_id=clip.pk, content=ClipContent("New words", "review", "mixed", "en", True, "", tags), now=NOW)


def test_a_submission_is_answered_once_with_place_usual_time_and_due_time(creator: Creator) -> None:
    approve(make_waiting_clip(), now=NOW + timedelta(hours=3))
    make_waiting_clip()
    clip = make_waiting_clip(creator, caption="Two lamps")
    assert send_receipt_emails(now=NOW) == 2
    assert send_receipt_emails(now=NOW) == 0
    (sent,) = (one for one in mail.outbox if one.to == [creator.user.email])
    assert sent.subject == "Your clip has arrived: Two lamps"
    for words in (
        "Place in the queue: 2",
        "Usual time: 3\xa0hours",
        "Due: Nov. 4, 2026, noon",
        f"/studio/clips/{clip.code}/",
    ):
        assert words in sent.body


def test_only_the_latest_of_several_changes_is_answered(creator: Creator) -> None:
    clip = make_waiting_clip(creator)
    change(clip)
    assert send_receipt_emails(now=NOW) == 1
    assert "your change has arrived" in mail.outbox[0].body
    assert Revision.objects.filter(receipt_mailed_at=None).count() == 0


def test_what_was_decided_or_withdrawn_meanwhile_is_not_answered(creator: Creator) -> None:
    enrolment = make_enrolment(creator)
    approve(make_waiting_clip(enrolment=enrolment))
    withdraw_clip(clip_id=make_waiting_clip(enrolment=enrolment).pk, now=NOW)
    assert send_receipt_emails(now=NOW) == 0
    assert mail.outbox == []
    assert Revision.objects.filter(receipt_mailed_at=None).count() == 0
