"""Invitations to campaigns by email, sent, renewed and withdrawn by staff."""

import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.utils import make_msgid

from django.contrib.admin.models import CHANGE, LogEntry
from django.core.mail import DNS_NAME
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.constraints import violated_constraint
from accounts.history import history_line, ngettext_noop
from accounts.models import User
from accounts.outbox import discard_emails
from creators.invitation_mail import find_languages, mail_invitation
from creators.models import Campaign, Invitation
from creators.models.invitation import hash_token

VALID_FOR = timedelta(days=30)


class InvitationRefused(Exception):
    """A refusal to send, withdraw or answer an invitation. Nothing was changed. The message says why."""


def find_campaign_refusal(campaign: Campaign, *, now: datetime) -> str:
    """Return why nobody can be invited to a campaign, or "" if people can."""
    if campaign.terms is None:
        return _("This campaign has no terms yet. Publish them first, because invitations say what it pays.")
    if not campaign.is_published:
        return _("This campaign is not published, so nobody could join it. Publish it first.")
    if campaign.terms.closes_at is not None and campaign.terms.closes_at <= now:
        return _("This campaign is closed, so nobody could join it.")
    return ""


def invite(*, campaign: Campaign, emails: Collection[str], by: User, now: datetime) -> int:
    """Email an invitation to each of these lower-case addresses, and return how many. Expired ones are renewed.

    Raises InvitationRefused, and invites nobody, if the campaign takes nobody or an address has an open invitation.
    """
    if refusal := find_campaign_refusal(campaign, now=now):
        raise InvitationRefused(refusal)
    wanted = sorted(set(emails))  # in one order, so that two who invite the same people do not wait for each other
    with _refusing_a_second():
        unsettled = Invitation.objects.unsettled().filter(campaign=campaign, email__in=wanted)
        earlier = {row.email: row for row in unsettled.select_for_update().order_by("email")}
        languages = find_languages(wanted)
        for email in wanted:
            invitation = earlier.get(email) or Invitation(email=email, invited_by=by, created_at=now)
            if invitation.pk is not None and now < invitation.expires_at:
                raise _already_invited()
            invitation.campaign = campaign
            _send(invitation, languages.get(email, ""), now)
        words = ngettext_noop("%(count)d person invited by email.", "%(count)d people invited by email.")
        _record(campaign, by, history_line(words, count=len(wanted)))
    return len(wanted)


def renew_invitation(*, invitation: Invitation, by: User, now: datetime) -> None:
    """Email a new link, valid for 30 days from now. The former link stops working. Raises InvitationRefused.

    Who declined can be asked again like this.
    """
    with _refusing_a_second():
        locked = _lock(invitation)
        locked.declined_at = None
        if refusal := find_campaign_refusal(locked.campaign, now=now):
            raise InvitationRefused(refusal)
        _send(locked, find_languages([locked.email]).get(locked.email, ""), now)
        _record(locked.campaign, by, gettext_noop("An invitation by email was sent again."))


def withdraw_invitation(*, invitation: Invitation, by: User, now: datetime) -> None:
    """Make an invitation's link stop working. Raises InvitationRefused."""
    with transaction.atomic():
        locked = _lock(invitation)
        if locked.declined_at is not None:
            raise InvitationRefused(_("This invitation has been declined. Nothing was changed."))
        locked.withdrawn_at = now
        locked.save(update_fields=["withdrawn_at"])
        discard_emails([locked.message_id])
        _record(locked.campaign, by, gettext_noop("An invitation by email was withdrawn."))


@contextmanager
def _refusing_a_second() -> Iterator[None]:
    """Open a transaction that is refused if somebody has an open invitation to the campaign already."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if violated_constraint(error) != "creators_invitation_one_open":
            raise
        raise _already_invited() from error


def _already_invited() -> InvitationRefused:
    return InvitationRefused(_("Somebody else has just invited one of these people. Nobody was invited. Try again."))


def _lock(invitation: Invitation) -> Invitation:
    """Lock an invitation and return it, with its campaign. Raises InvitationRefused if it was accepted or withdrawn."""
    rows = Invitation.objects.select_related("campaign__terms").select_for_update(of=("self",))
    locked = rows.get(pk=invitation.pk)
    if locked.accepted_at is not None:
        raise InvitationRefused(_("This invitation has been accepted. Nothing was changed."))
    if locked.withdrawn_at is not None:
        raise InvitationRefused(_("This invitation has been withdrawn. Nothing was changed."))
    return locked


def _send(invitation: Invitation, language: str, now: datetime) -> None:
    """Save the invitation with a new token, and email its link. A former link that was not sent yet never is."""
    discard_emails([invitation.message_id])
    token = secrets.token_urlsafe(32)
    invitation.token_hash = hash_token(token)
    invitation.message_id = make_msgid(domain=str(DNS_NAME))
    invitation.sent_at, invitation.expires_at = now, now + VALID_FOR
    invitation.sent_count += 1
    invitation.save()
    mail_invitation(invitation=invitation, token=token, language=language)


def _record(campaign: Campaign, by: User, sentence: str) -> None:
    """Record in admin's history what was done, without addresses: they are erased with their owners' accounts."""
    LogEntry.objects.log_actions(by.pk, [campaign], CHANGE, change_message=sentence, single_object=True)
