"""E-mails to creators about submissions and decisions.

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

from catalog.site import site_name
from creators.slots import GRACE_PERIOD
from videos.models import Clip, Decision, DecisionAction, Revision
from videos.review.deadlines import ReviewEstimate, estimate_review


def decisions_to_mail(now: datetime) -> QuerySet[Decision]:
    """Return decisions whose grace period is over and that have not been e-mailed."""
    return Decision.objects.effective().filter(mailed_at=None, decided_at__lte=now - GRACE_PERIOD)


def receipts_to_mail() -> QuerySet[Revision]:
    """Return submissions whose receipt has not been e-mailed."""
    return Revision.objects.filter(receipt_mailed_at=None)


def send_decision_emails(*, now: datetime, at_most: int = 100) -> int:
    """E-mail decisions whose grace period is over. Return the number of e-mails sent.

    Each row is locked and marked as mailed in the transaction that sends its e-mail. Other workers skip locked rows. If
    the mail server refuses the e-mail, the row is not marked. If the worker crashes after sending, at most one e-mail
    is sent twice.
    """
    sent = 0
    while sent < at_most:
        with transaction.atomic():
            claimed = decisions_to_mail(now).select_for_update(skip_locked=True, of=("self",)).order_by("decided_at")
            decision = claimed.select_related("clip__creator__user", "reason", "revision").first()
            if decision is None:
                return sent
            Decision.objects.filter(pk=decision.pk).update(mailed_at=now)
            _write_decision(decision).send()
        sent += 1
    return sent


def send_receipt_emails(*, now: datetime, at_most: int = 100) -> int:
    """E-mail a receipt for each new submission. Return the number of e-mails sent.

    A receipt states the queue position, the usual review time and the due time. Rows are locked and marked as in
    `send_decision_emails`.

    No receipt is sent if the clip has been resubmitted, decided on or withdrawn since, because the queue position would
    be wrong.
    """
    sent = 0
    for _index in range(at_most):
        with transaction.atomic():
            unsent = receipts_to_mail().order_by("submitted_at", "pk")
            claimed = unsent.select_for_update(skip_locked=True, of=("self",))
            revision = claimed.select_related("clip__creator__user", "clip__enrolment__campaign").first()
            if revision is None:
                return sent
            Revision.objects.filter(pk=revision.pk).update(receipt_mailed_at=now)
            estimate = estimate_review(revision.clip)
            is_latest = not Revision.objects.filter(clip=revision.clip_id, number__gt=revision.number).exists()
            if estimate is not None and is_latest:
                _write_receipt(revision.clip, estimate, is_resubmission=revision.number > 1).send()
                sent += 1
    return sent


def mail_restored(clip: Clip) -> None:
    """Tell a creator that the take-down of their clip, of which they had been told, was undone."""
    with override(preferred_language(clip)):
        context = {"clip": clip, "creator": clip.creator, "address": _clip_url(clip), "site_name": site_name()}
        subject = _("Your clip is live again: %(caption)s") % {"caption": clip.caption[:60]}
        body = render_to_string("videos/mail/restored.txt", context)
        EmailMessage(subject, body, to=[clip.creator.user.email]).send()


def preferred_language(clip: Clip) -> str:
    """Return the language for e-mails about a clip: the creator's chosen language, or else the clip's language."""
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
        return EmailMessage(subject, body, to=[clip.creator.user.email])


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
        return EmailMessage(subject, body, to=[clip.creator.user.email])


def _clip_url(clip: Clip) -> str:
    return str(settings.SITE_URL) + reverse("studio-clip", args=[clip.code])


def _decision_subject(decision: Decision) -> str:
    return {
        DecisionAction.APPROVE: _("Your clip is live"),
        DecisionAction.REQUEST_CHANGES: _("Your clip needs changes"),
        DecisionAction.REJECT: _("Your clip was rejected"),
        DecisionAction.REMOVE: _("Your clip was taken down"),
    }[DecisionAction(decision.action)]
