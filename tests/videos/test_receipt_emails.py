"""After a submission the creator gets one email with queue position, usual time and due time."""

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


def test_a_submission_gets_one_receipt_with_position_usual_time_and_due_time(creator: Creator) -> None:
    approve(make_waiting_clip(), now=NOW + timedelta(hours=3))
    make_waiting_clip()
    clip = make_waiting_clip(creator, caption="Two lamps")
    assert send_receipt_emails(now=NOW) == 2
    assert send_receipt_emails(now=NOW) == 0
    (sent,) = (message for message in mail.outbox if message.to == [creator.user.email])
    assert sent.subject == "We received your clip: Two lamps"
    for words in (
        "Position in the queue: 2",
        "Usual review time: 3\xa0hours",
        "Due: Nov. 4, 2026, 12:00 PM",
        f"/studio/clips/{clip.code}/",
    ):
        assert words in sent.body


def test_only_the_latest_of_several_revisions_gets_a_receipt(creator: Creator) -> None:
    clip = make_waiting_clip(creator)
    change(clip)
    assert send_receipt_emails(now=NOW) == 1
    assert "We received your changes" in mail.outbox[0].body
    assert Revision.objects.filter(receipt_mailed_at=None).count() == 0


def test_a_clip_decided_or_withdrawn_meanwhile_gets_no_receipt(creator: Creator) -> None:
    enrolment = make_enrolment(creator)
    approve(make_waiting_clip(enrolment=enrolment))
    withdraw_clip(clip_id=make_waiting_clip(enrolment=enrolment).pk, now=NOW)
    assert send_receipt_emails(now=NOW) == 0
    assert mail.outbox == []
    assert Revision.objects.filter(receipt_mailed_at=None).count() == 0
