"""Telling creators by e-mail: that a clip has arrived, and what was decided on it. The rows are the queue."""

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from creators.slots import GRACE_PERIOD
from videos.models import Clip, Decision, DecisionAction, Revision
from videos.review.deadlines import ReviewEstimate, estimate_review


def send_decision_emails(*, now: datetime, at_most: int = 100) -> int:
    """Send what is past its moment of grace; return how many were sent.

    Each is claimed under a row lock that other workers skip, and marked in the same transaction as it is sent: a mail
    server that refuses leaves it waiting, and a crash after sending repeats one mail at the most.
    """
    sent = 0
    while sent < at_most:
        with transaction.atomic():
            waiting = Decision.objects.effective().filter(mailed_at=None, decided_at__lte=now - GRACE_PERIOD)
            claimed = waiting.select_for_update(skip_locked=True, of=("self",)).order_by("decided_at")
            decision = claimed.select_related("clip__creator__user", "reason", "revision").first()
            if decision is None:
                return sent
            Decision.objects.filter(pk=decision.pk).update(mailed_at=now)
            _write(decision).send()
        sent += 1
    return sent


def send_receipt_emails(*, now: datetime, at_most: int = 100) -> int:
    """Tell creators of place, usual time and due time of what they have submitted; return how many were told.

    Claimed and marked as decisions are. Who has submitted again meanwhile, or whose clip has been decided on or
    withdrawn, is told nothing about the place that it had.
    """
    sent = 0
    for _index in range(at_most):
        with transaction.atomic():
            waiting = Revision.objects.filter(receipt_mailed_at=None).order_by("submitted_at", "pk")
            claimed = waiting.select_for_update(skip_locked=True, of=("self",))
            revision = claimed.select_related("clip__creator__user", "clip__enrolment__campaign").first()
            if revision is None:
                return sent
            Revision.objects.filter(pk=revision.pk).update(receipt_mailed_at=now)
            clock = estimate_review(revision.clip)
            is_latest = not Revision.objects.filter(clip=revision.clip_id, number__gt=revision.number).exists()
            if clock is not None and is_latest:
                _write_receipt(revision.clip, clock, is_again=revision.number > 1).send()
                sent += 1
    return sent


def _write_receipt(clip: Clip, clock: ReviewEstimate, *, is_again: bool) -> EmailMessage:
    with override(preferred_language(clip)):
        context = {
            "clip": clip,
            "creator": clip.creator,
            "clock": clock,
            "is_again": is_again,
            "address": _address_of(clip),
            "site_name": settings.SITE_NAME,
        }
        subject = _("Your clip has arrived: %(caption)s") % {"caption": clip.caption[:60]}
        return EmailMessage(subject, render_to_string("videos/mail/receipt.txt", context), to=[clip.creator.user.email])


def preferred_language(clip: Clip) -> str:
    """Return the language that the creator reads: the one chosen, or else the one spoken in the clip."""
    return clip.creator.user.language or clip.language


def _address_of(clip: Clip) -> str:
    return settings.SITE_URL + reverse("studio-clip", args=[clip.code])


def _write(decision: Decision) -> EmailMessage:
    clip = decision.clip
    language = preferred_language(clip)
    with override(language):
        context = {
            "decision": decision,
            "clip": clip,
            "creator": clip.creator,
            "reason": decision.reason_in(language),
            "fix": decision.fix_in(language),
            "address": _address_of(clip),
            "site_name": settings.SITE_NAME,
        }
        subject = f"{_subject_of(decision)}: {clip.caption[:60]}"
        return EmailMessage(
            subject, render_to_string("videos/mail/decision.txt", context), to=[clip.creator.user.email]
        )


def _subject_of(decision: Decision) -> str:
    return {
        DecisionAction.APPROVE: _("Your clip is live"),
        DecisionAction.REQUEST_CHANGES: _("Your clip needs a change"),
        DecisionAction.REJECT: _("Your clip was not accepted"),
        DecisionAction.REMOVE: _("Your clip was taken down"),
    }[DecisionAction(decision.action)]
