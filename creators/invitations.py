"""Invitations to campaigns by email: sent, renewed and withdrawn by staff, accepted once by whoever has the link."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.constraints import violated_constraint
from accounts.models import User
from creators.enrolment import enrol
from creators.invitation_mail import find_languages, mail_invitation
from creators.models import Campaign, Creator, Enrolment, Invitation, InvitationState
from creators.models.invitation import hash_token
from creators.suspensions import refuse_suspended

VALID_FOR = timedelta(days=30)


class InvitationRefused(Exception):
    """A refusal to send, withdraw or accept an invitation. Nothing was changed. The message says why."""


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
    taken = InvitationRefused(_("Somebody else has just invited one of these people. Nobody was invited. Try again."))
    wanted = sorted(set(emails))  # in one order, so that two who invite the same people do not wait for each other
    try:
        with transaction.atomic():
            unsettled = Invitation.objects.unsettled().filter(campaign=campaign, email__in=wanted)
            earlier = {row.email: row for row in unsettled.select_for_update().order_by("email")}
            languages = find_languages(wanted)
            for email in wanted:
                invitation = earlier.get(email) or Invitation(email=email, invited_by=by, created_at=now)
                if invitation.pk is not None and now < invitation.expires_at:
                    raise taken
                invitation.campaign = campaign
                _send(invitation, languages.get(email, ""), now)
            sentence = ngettext("%(count)d person invited by email.", "%(count)d people invited by email.", len(wanted))
            _record(campaign, by, sentence % {"count": len(wanted)})
    except IntegrityError as error:
        if violated_constraint(error) != "creators_invitation_one_open":
            raise
        raise taken from error
    return len(wanted)


def renew_invitation(*, invitation: Invitation, by: User, now: datetime) -> None:
    """Email a new link, valid for 30 days from now. The former link stops working. Raises InvitationRefused."""
    with transaction.atomic():
        locked = _lock(invitation)
        if refusal := find_campaign_refusal(locked.campaign, now=now):
            raise InvitationRefused(refusal)
        _send(locked, find_languages([locked.email]).get(locked.email, ""), now)
        _record(locked.campaign, by, _("An invitation by email was sent again."))


def withdraw_invitation(*, invitation: Invitation, by: User, now: datetime) -> None:
    """Make an invitation's link stop working. Raises InvitationRefused."""
    with transaction.atomic():
        locked = _lock(invitation)
        locked.withdrawn_at = now
        locked.save(update_fields=["withdrawn_at"])
        _record(locked.campaign, by, _("An invitation by email was withdrawn."))


def find_invitation(token: str) -> Invitation | None:
    """Return the invitation with this token, with its campaign and the campaign's terms, or None."""
    return Invitation.objects.with_token(token).select_related("campaign__terms").first()


def find_refusal(invitation: Invitation | None, creator: Creator | None, *, now: datetime) -> str:
    """Return why an invitation's link does not work for this viewer, or "" if it does."""
    if invitation is None:
        return _("This link is not valid. If you got several emails, use the link in the newest one.")
    state = invitation.state_at(now)
    if state == InvitationState.OPEN:
        return _find_closing(invitation.campaign, now)
    if state == InvitationState.EXPIRED:
        return _("This invitation has expired. Ask us for a new one.")
    if state == InvitationState.WITHDRAWN:
        return _("This invitation was withdrawn.")
    if creator is not None and invitation.accepted_by_id == creator.pk:
        return _("You have already joined this campaign with this invitation.")
    return _("This invitation has already been used. It works for one person only.")


def _find_closing(campaign: Campaign, now: datetime) -> str:
    """Return why a campaign cannot be joined now, or "" if it can."""
    terms = campaign.terms
    if terms is None or not campaign.is_published or (terms.closes_at is not None and terms.closes_at <= now):
        return _("This campaign is closed.")
    if now < terms.opens_at:
        day = date_format(localtime(terms.opens_at), "DATETIME_FORMAT")
        return _("This campaign opens on %(day)s. Use this link again then.") % {"day": day}
    return ""


def accept_invitation(*, token: str, creator: Creator, terms_version: int, now: datetime) -> Enrolment:
    """Accept an invitation and enrol the creator in its campaign. Of several who use one link at once, one succeeds.

    Raises InvitationRefused, EnrolmentRefused or CreatorSuspended, and changes nothing.
    """
    with transaction.atomic():
        refuse_suspended(creator.pk)
        is_accepted = Invitation.objects.with_token(token).accept(creator=creator, now=now) == 1
        invitation = find_invitation(token)
        if invitation is None or not is_accepted:
            raise InvitationRefused(find_refusal(invitation, creator, now=now))
        campaign = invitation.campaign
        if Enrolment.objects.filter(creator=creator, campaign=campaign).exists():
            raise InvitationRefused(_("You have already joined this campaign. The invitation was not used."))
        campaign.invited.add(creator)
        return enrol(creator=creator, campaign=campaign, terms_version=terms_version, now=now)


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
    """Save the invitation with a new token, and email its link."""
    token = secrets.token_urlsafe(32)
    invitation.token_hash = hash_token(token)
    invitation.sent_at, invitation.expires_at = now, now + VALID_FOR
    invitation.sent_count += 1
    invitation.save()
    mail_invitation(invitation=invitation, token=token, language=language)


def _record(campaign: Campaign, by: User, sentence: str) -> None:
    """Record in admin's history what was done, without addresses: they are erased with their owners' accounts."""
    LogEntry.objects.log_actions(by.pk, [campaign], CHANGE, change_message=sentence, single_object=True)
