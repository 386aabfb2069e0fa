"""Emails to creators about submissions, decisions and files that could not be processed.

There is no separate queue. Rows that are not yet marked as mailed are the queue.
"""

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.letters import write_email
from accounts.sweeps import do_each
from catalog.site import site_name
from creators.slots import GRACE_PERIOD
from videos.models import Clip, Decision, DecisionAction, Job, JobKind, JobState, Revision
from videos.review.deadlines import ReviewEstimate, estimate_review
from videos.states import ClipState


def decisions_to_mail(now: datetime) -> QuerySet[Decision]:
    """Return decisions whose grace period is over and that have not been emailed."""
    return Decision.objects.effective().filter(mailed_at=None, decided_at__lte=now - GRACE_PERIOD)


def receipts_to_mail() -> QuerySet[Revision]:
    """Return submissions whose receipt has not been emailed."""
    return Revision.objects.filter(receipt_mailed_at=None)


def failures_to_mail() -> QuerySet[Job]:
    """Return jobs that have failed for good and whose creators have not been emailed."""
    return Job.objects.filter(state=JobState.FAILED, kind=JobKind.PLAYABLE, failure_mailed_at=None)


def send_decision_emails(*, now: datetime, at_most: int = 100) -> int:
    """Email decisions whose grace period is over. Return the number of emails written.

    Each row is locked and marked as mailed in the transaction that puts its email into the outbox. Other workers skip
    locked rows. A row that fails is not marked, and keeps no other from being mailed.
    """
    waiting = decisions_to_mail(now).order_by("decided_at").values_list("pk", flat=True)[:at_most]
    return do_each(waiting, lambda pk: _mail_decision(pk, now))


def _mail_decision(decision_id: int, now: datetime) -> int:
    with transaction.atomic():
        claimed = decisions_to_mail(now).filter(pk=decision_id).select_for_update(skip_locked=True, of=("self",))
        decision = claimed.select_related("clip__creator__user", "reason", "revision").first()
        if decision is None:
            return 0
        Decision.objects.filter(pk=decision.pk).update(mailed_at=now)
        _write_decision(decision).send()
    return 1


def send_receipt_emails(*, now: datetime, at_most: int = 100) -> int:
    """Email a receipt for each new submission. Return the number of emails written.

    A receipt states the queue position, the usual review time and the due time. Rows are locked and marked as in
    `send_decision_emails`.

    No receipt is sent if the clip has been resubmitted, decided on or withdrawn since, because the queue position would
    be wrong.
    """
    waiting = receipts_to_mail().order_by("submitted_at", "pk").values_list("pk", flat=True)[:at_most]
    return do_each(waiting, lambda pk: _mail_receipt(pk, now))


def _mail_receipt(revision_id: int, now: datetime) -> int:
    with transaction.atomic():
        claimed = receipts_to_mail().filter(pk=revision_id).select_for_update(skip_locked=True, of=("self",))
        revision = claimed.select_related("clip__creator__user", "clip__enrolment__campaign").first()
        if revision is None:
            return 0
        Revision.objects.filter(pk=revision.pk).update(receipt_mailed_at=now)
        estimate = estimate_review(revision.clip)
        is_latest = not Revision.objects.filter(clip=revision.clip_id, number__gt=revision.number).exists()
        if estimate is None or not is_latest:
            return 0
        _write_receipt(revision.clip, estimate, is_resubmission=revision.number > 1).send()
    return 1


def send_failure_emails(*, now: datetime, at_most: int = 100) -> int:
    """Email creators whose files could not be processed, drafts included. Return the number of emails written.

    No email is sent if no clip has that file any more, or if the creator deleted the account.
    """
    waiting = failures_to_mail().order_by("finished_at", "pk").values_list("pk", flat=True)[:at_most]
    return do_each(waiting, lambda pk: _mail_failure(pk, now))


def _mail_failure(job_id: int, now: datetime) -> int:
    with transaction.atomic():
        job = failures_to_mail().filter(pk=job_id).select_for_update(skip_locked=True).first()
        if job is None:
            return 0
        Job.objects.filter(pk=job.pk).update(failure_mailed_at=now)
        clips = Clip.objects.filter(source=job.source_id, creator__user__erased_at=None)
        clip = clips.select_related("creator__user", "source").order_by("pk").first()
        if clip is None:
            return 0
        _write_failure(clip, job).send()
    return 1


def mail_restored(clip: Clip) -> None:
    """Tell a creator that the take-down of their clip, of which they had been told, was undone."""
    with override(preferred_language(clip)):
        context = {"clip": clip, "creator": clip.creator, "address": _clip_url(clip), "site_name": site_name()}
        subject = _("Your clip is live again: %(caption)s") % {"caption": clip.caption[:60]}
        body = render_to_string("videos/mail/restored.txt", context)
        write_email(subject, body, to=clip.creator.user.email).send()


def preferred_language(clip: Clip) -> str:
    """Return the language for emails about a clip: the creator's chosen language, or else the clip's language."""
    return clip.creator.user.language or clip.language


def _write_receipt(clip: Clip, estimate: ReviewEstimate, *, is_resubmission: bool) -> EmailMessage:
    with override(preferred_language(clip)):
        context = {
            "clip": clip,
            "creator": clip.creator,
            "estimate": estimate,
            "is_resubmission": is_resubmission,
            "address": _clip_url(clip),
            "site_name": site_name(),
        }
        subject = _("We received your clip: %(caption)s") % {"caption": clip.caption[:60]}
        body = render_to_string("videos/mail/receipt.txt", context)
        return write_email(subject, body, to=clip.creator.user.email)


def _write_failure(clip: Clip, job: Job) -> EmailMessage:
    with override(preferred_language(clip)):
        context = {
            "clip": clip,
            "creator": clip.creator,
            "reason": job.failure_text,
            "is_submitted": clip.state == ClipState.FAILED,
            "address": _clip_url(clip),
            "site_name": site_name(),
        }
        subject = _("We couldn't use your file: %(file)s") % {"file": clip.source.user_file_name if clip.source else ""}
        body = render_to_string("videos/mail/failed.txt", context)
        return write_email(subject, body, to=clip.creator.user.email)


def _write_decision(decision: Decision) -> EmailMessage:
    clip = decision.clip
    language = preferred_language(clip)
    with override(language):
        context = {
            "decision": decision,
            "clip": clip,
            "creator": clip.creator,
            "reason": decision.reason_in(language),
            "fix": decision.fix_in(language),
            "address": _clip_url(clip),
            "site_name": site_name(),
        }
        subject = f"{_decision_subject(decision)}: {clip.caption[:60]}"
        body = render_to_string("videos/mail/decision.txt", context)
        return write_email(subject, body, to=clip.creator.user.email)


def _clip_url(clip: Clip) -> str:
    return str(settings.SITE_URL) + reverse("studio-clip", args=[clip.code])


def _decision_subject(decision: Decision) -> str:
    return {
        DecisionAction.APPROVE: _("Your clip is live"),
        DecisionAction.REQUEST_CHANGES: _("Your clip needs changes"),
        DecisionAction.REJECT: _("Your clip was rejected"),
        DecisionAction.REMOVE: _("Your clip was taken down"),
    }[DecisionAction(decision.action)]
