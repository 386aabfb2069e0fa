"""Telling creators of decisions by e-mail; the decision's row is the queue."""

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from creators.unearning import GRACE
from videos.models import Decision, DecisionAction


def mail_waiting_decisions(*, now: datetime, at_most: int = 100) -> int:
    """Send what is past its moment of grace; return how many were sent.

    Each is claimed under a row lock that other workers skip, and marked in the same transaction as it is sent: a mail
    server that refuses leaves it waiting, and a crash after sending repeats one mail at the most.
    """
    sent = 0
    while sent < at_most:
        with transaction.atomic():
            waiting = Decision.objects.standing().filter(mailed_at=None, decided_at__lte=now - GRACE)
            claimed = waiting.select_for_update(skip_locked=True, of=("self",)).order_by("decided_at")
            decision = claimed.select_related("clip__creator__user", "reason", "revision").first()
            if decision is None:
                return sent
            Decision.objects.filter(pk=decision.pk).update(mailed_at=now)
            _write(decision).send()
        sent += 1
    return sent


def _write(decision: Decision) -> EmailMessage:
    clip = decision.clip
    language = clip.creator.user.language or clip.language
    with override(language):
        address = settings.SITE_URL + reverse("studio-clip", args=[clip.code])
        context = {
            "decision": decision,
            "clip": clip,
            "creator": clip.creator,
            "reason": decision.reason.text_in(language) if decision.reason else "",
            "address": address,
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
