"""Suspending a creator, and lifting it, across all apps: clips, slots, pay, sessions, email and admin's history."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext, override

from accounts.history import history_line
from accounts.letters import write_email
from accounts.models import User
from accounts.sessions import end_sessions
from catalog.site import site_name
from creators.models import Creator, Suspension
from creators.suspensions import SuspensionRefused, end_suspension, start_suspension
from payouts.suspension_holds import hold_pay, lift_hold
from social.models import Removal, RemovalReason
from social.refusals import ModerationRefused
from social.removals.records import end_removals, record_removal
from videos.studio.suspension import pause_clips, resume_clips


@dataclass(frozen=True)
class Lifted:
    """A lifted suspension: how many clips went back to where they were, and how many found no slot."""

    suspension: Suspension
    resumed_count: int
    stranded_count: int


def suspend_creator(
    *, creator: Creator, reason: str, hides_clips: bool, is_for_fraud: bool, by: User, now: datetime
) -> Suspension:
    """Suspend a creator and return the suspension.

    Clips that wait are paused and their slots released, all sessions end, and the creator is told the reason by email.
    `hides_clips` hides the published clips and the storefront, `is_for_fraud` holds the pay. Raises SuspensionRefused,
    and changes nothing.
    """
    with transaction.atomic():
        suspension = start_suspension(
            creator=creator, reason=reason, hides_clips=hides_clips, is_for_fraud=is_for_fraud, by=by, now=now
        )
        paused_count = pause_clips(suspension=suspension, now=now)
        hold_pay(suspension=suspension, now=now)
        end_sessions(user=creator.user)
        _record(creator, by, history_line(gettext_noop("Suspended. Reason: %(reason)s"), reason=reason))
        removal = record_removal(
            subject=suspension,
            owner=creator.user,
            reason=RemovalReason.FRAUD if is_for_fraud else RemovalReason.OTHER,
            words=reason,
            by=by,
            now=now,
        )
        _mail(suspension, "suspended", paused_count=paused_count, removal=removal)
    return suspension


def lift_suspension(*, creator: Creator, by: User, now: datetime, ends_removals: bool = True) -> Lifted:
    """Lift a creator's suspension: clips come back, paused ones to where they were, and its hold is released.

    A paused clip whose campaign has no free slot any more stays a draft. `ends_removals` says that there is nothing left
    to appeal. Raises SuspensionRefused, and changes nothing.
    """
    with transaction.atomic():
        suspension = end_suspension(creator=creator, by=by, now=now)
        if ends_removals:
            end_removals(suspension=suspension)
        User.objects.filter(pk=suspension.creator.user_id).update(erased_mailbox="")
        is_erased = suspension.creator.user.erased_at is not None
        resumed, stranded = (0, 0) if is_erased else resume_clips(suspension=suspension, now=now)
        lift_hold(suspension=suspension, lifted_by=by, now=now)
        _record(creator, by, gettext_noop("Suspension lifted."))
        if not is_erased:
            _mail(suspension, "lifted", stranded_count=stranded)
    return Lifted(suspension, resumed, stranded)


def restore_suspended(removal: Removal, moderator: User, now: datetime) -> None:
    """Lift the suspension whose appeal is granted. Raises ModerationRefused."""
    if removal.suspension is None:
        raise ModerationRefused(_("This suspension is gone."))
    try:
        lift_suspension(creator=removal.suspension.creator, by=moderator, now=now, ends_removals=False)
    except SuspensionRefused as refusal:
        raise ModerationRefused(str(refusal)) from refusal


def describe_lifted(lifted: Lifted) -> str:
    """Return what became of the clips that were paused, or "" if there were none."""
    words = []
    if lifted.resumed_count:
        words.append(
            ngettext(
                "%(count)d clip went back to where it was.",
                "%(count)d clips went back to where they were.",
                lifted.resumed_count,
            )
            % {"count": lifted.resumed_count}
        )
    if lifted.stranded_count:
        words.append(
            ngettext(
                "%(count)d clip found no free slot in its campaign.",
                "%(count)d clips found no free slot in their campaigns.",
                lifted.stranded_count,
            )
            % {"count": lifted.stranded_count}
        )
    return " ".join(words)


def _record(creator: Creator, by: User, sentence: str) -> None:
    LogEntry.objects.log_actions(by.pk, [creator], CHANGE, change_message=sentence, single_object=True)


def _mail(suspension: Suspension, kind: str, **details: Any) -> None:
    creator = suspension.creator
    context = {"creator": creator, "suspension": suspension, "kind": kind, "site_name": site_name(), **details}
    with override(creator.user.language or settings.LANGUAGE_CODE):
        is_lifted = kind == "lifted"
        subject = _("Your suspension was lifted") if is_lifted else _("You were suspended as a creator")
        text = render_to_string("creators/mail/suspension.txt", context | {"site_url": settings.SITE_URL})
        write_email(subject, text, to=creator.user.email).send()
