"""Functions that store and settle reports, and email reporters the outcome."""

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.constraints import violated_constraint
from accounts.letters import write_email
from accounts.models import User
from accounts.sweeps import do_each
from catalog.site import site_name
from creators.slots import FINAL_AFTER
from social.models import Report, ReportReason, ReportState
from social.models.report import Subject
from social.report_weights import flag_reported_clip
from videos.models import Decision, DecisionAction


def report_subject(*, user: User | None, subject: Subject, reason: ReportReason, words: str, now: datetime) -> Report:
    """Report a clip, product, creator, rating or comment to the moderators, and return the report.

    If the user already has an open report on the same subject, change nothing and return that report.
    """
    target = {subject._meta.model_name or "": subject}
    row = Report(user=user, reason=reason, words=words, created_at=now, **target)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if not violated_constraint(error).endswith("_once_open"):
            raise
        return Report.objects.get(user=user, state=ReportState.OPEN, **target)
    flag_reported_clip(report=row, user=user, now=now)
    return row


def settle_report(*, report_id: int, state: ReportState, now: datetime) -> bool:
    """Settle an open report as upheld or dismissed. Return False if it was already settled."""
    return Report.objects.open().filter(pk=report_id).update(state=state, settled_at=now) == 1


def settle_reports_by_decisions(*, now: datetime) -> int:
    """Settle open reports on clips that a moderator has since decided on. Return how many reports were settled.

    If the moderator approved the clip, its reports are dismissed. After any other decision they are upheld.
    """
    final = Decision.objects.effective().by_moderators().filter(decided_at__lte=now - FINAL_AFTER)
    answers = final.filter(clip=OuterRef("clip"), decided_at__gt=OuterRef("created_at")).order_by("decided_at")
    decided = Report.objects.open().exclude(clip=None).annotate(action=Subquery(answers.values("action")[:1]))
    rows = decided.exclude(action=None).order_by("created_at").values_list("pk", "action")[:500]
    return do_each(rows, lambda row: _settle(*row, now))


def _settle(report_id: int, action: str, now: datetime) -> int:
    state = ReportState.DISMISSED if action == DecisionAction.APPROVE else ReportState.UPHELD
    return settle_report(report_id=report_id, state=state, now=now)


def outcomes_to_mail() -> QuerySet[Report]:
    """Return settled reports whose reporter has not been emailed the outcome."""
    return Report.objects.filter(notified_at=None, settled_at__isnull=False, user__isnull=False)


def notify_reporters(*, now: datetime, at_most: int = 100) -> int:
    """Email reporters the outcomes of their settled reports. Return how many emails were sent.

    The queue consists of the settled reports without `notified_at`. At most `at_most` are handled per call.
    """
    waiting = outcomes_to_mail().order_by("settled_at", "pk").values_list("pk", flat=True)[:at_most]
    return do_each(waiting, lambda pk: _notify(pk, now))


def _notify(report_id: int, now: datetime) -> int:
    with transaction.atomic():
        claimed = outcomes_to_mail().filter(pk=report_id).select_for_update(skip_locked=True, of=("self",))
        row = claimed.select_related("user", "clip", "product", "creator", "rating__product", "comment").first()
        if row is None or row.user is None:
            return 0
        Report.objects.filter(pk=row.pk).update(notified_at=now)
        _build_email(row, row.user).send()
    return 1


def _build_email(row: Report, user: User) -> EmailMessage:
    with override(user.language or settings.LANGUAGE_CODE):
        context = {"report": row, "site_url": settings.SITE_URL, "site_name": site_name()}
        subject = _("Your report was reviewed")
        return write_email(subject, render_to_string("social/mail/outcome.txt", context), to=user.email)
