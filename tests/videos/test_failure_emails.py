"""Creators hear by email when a file can't be processed for good, drafts included; one bad row holds up nobody."""

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone

from accounts.models import User
from accounts.sweeps import do_each
from creators.models import Creator
from tests.factories import NOW, make_creator, make_draft, make_waiting_clip
from videos.models import Clip, Job
from videos.pipeline.job_states import claim_job, fail_job, retry_failed_job
from videos.review.mail import send_failure_emails, send_receipt_emails
from videos.studio.submission import submit_clip

pytestmark = pytest.mark.django_db


def fail(clip: Clip) -> Job:
    job = Job.objects.get(source=clip.source)
    claim = claim_job(job_id=job.pk, now=NOW)
    assert claim and fail_job(claim, code="not_a_video", text="This file is not a video.", now=NOW)
    return job


def test_a_draft_whose_file_failed_is_told_once(creator: Creator, mailoutbox: list[EmailMessage]) -> None:
    clip = make_draft(creator, is_ready=False)
    fail(clip)
    assert [send_failure_emails(now=NOW), send_failure_emails(now=NOW)] == [1, 0]
    [mail] = mailoutbox
    assert mail.to == [creator.user.email]
    assert mail.subject == "We couldn't use your file: holiday.mp4"
    assert "This file is not a video." in mail.body and f"/studio/clips/{clip.code}/" in mail.body
    assert "slot" not in mail.body


def test_a_submitted_clip_is_told_that_its_slot_was_released_and_again_after_a_retry(
    creator: Creator, mailoutbox: list[EmailMessage]
) -> None:
    clip = submit_clip(clip_id=make_draft(creator, is_ready=False).pk, now=NOW)
    job = fail(clip)
    send_failure_emails(now=NOW)
    assert "Your clip's slot in the campaign was released." in mailoutbox[0].body
    assert retry_failed_job(job_id=job.pk, now=NOW)
    assert send_failure_emails(now=NOW) == 0
    fail(clip)
    assert send_failure_emails(now=NOW) == 1


def test_the_reason_and_the_email_are_in_the_creators_language(
    creator: Creator, mailoutbox: list[EmailMessage]
) -> None:
    User.objects.filter(pk=creator.user_id).update(language="he")
    fail(make_draft(creator, is_ready=False))
    send_failure_emails(now=NOW)
    assert mailoutbox[0].extra_headers["Content-Language"] == "he"


def test_nobody_is_told_of_a_file_that_no_clip_has_any_more(creator: Creator, mailoutbox: list[EmailMessage]) -> None:
    clip = make_draft(creator, is_ready=False)
    fail(clip)
    Clip.objects.filter(pk=clip.pk).update(source=None)
    assert send_failure_emails(now=NOW) == 0
    assert (mailoutbox, Job.objects.filter(failure_mailed_at=None).count()) == ([], 0)


def test_a_caption_of_several_lines_holds_up_no_email(mailoutbox: list[EmailMessage]) -> None:
    first, second = make_waiting_clip(), make_waiting_clip(make_creator("lou"))
    Clip.objects.filter(pk=first.pk).update(caption="Two\nlines\r\nBcc: a@b.test")
    assert send_receipt_emails(now=timezone.now()) == 2
    assert {mail.to[0] for mail in mailoutbox} == {first.creator.user.email, second.creator.user.email}
    assert all("\n" not in mail.subject for mail in mailoutbox)


def test_a_row_that_fails_keeps_none_of_the_others_waiting(mailoutbox: list[EmailMessage]) -> None:
    """An address with a line break can't be written into a header, whatever put it there."""
    first, second, third = (make_waiting_clip(make_creator(handle)) for handle in ("ann", "bob", "cleo"))
    for clip in (first, third):
        User.objects.filter(creator=clip.creator).update(email=f"bad\n{clip.pk}@example.com")
    with pytest.raises(ValueError, match="eader"):
        send_receipt_emails(now=timezone.now())
    assert [mail.to for mail in mailoutbox] == [[second.creator.user.email]]
    User.objects.filter(creator=first.creator).update(email="good@example.com")
    with pytest.raises(ValueError, match="eader"):
        send_receipt_emails(now=timezone.now())
    assert [mail.to for mail in mailoutbox][1:] == [["good@example.com"]]


def test_each_row_is_tried_in_order_and_every_failure_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    tried: list[int] = []

    def act(number: int) -> int:
        tried.append(number)
        if number % 2:
            raise ValueError(number)
        return number

    with pytest.raises(ValueError, match="3"):
        do_each(range(5), act)
    assert tried == [0, 1, 2, 3, 4]
    reported = [str(record.exc_info[1]) for record in caplog.records if record.exc_info]
    assert reported == ["1", "3"]
    assert do_each([0, 2, 4], act) == 6
