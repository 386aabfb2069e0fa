"""What becomes of an invitation's link: it is accepted or declined once, by whoever has it, or says why it can't be."""

from datetime import datetime

from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from creators.enrolment import enrol
from creators.invitations import InvitationRefused
from creators.models import Campaign, Creator, Enrolment, Invitation, InvitationState
from creators.suspensions import refuse_suspended


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
    if state == InvitationState.DECLINED:
        return _("This invitation was declined. If you have changed your mind, ask us for a new one.")
    if creator is not None and invitation.accepted_by_id == creator.pk:
        return _("You have already joined this campaign with this invitation.")
    return _("This invitation has already been used. It works for one person only.")


def _find_closing(campaign: Campaign, now: datetime) -> str:
    """Return why a campaign cannot be joined now, or "" if it can."""
    terms = campaign.terms
    if terms is not None and campaign.is_published and now < terms.opens_at:
        day = date_format(localtime(terms.opens_at), "DATETIME_FORMAT")
        return _("This campaign opens on %(day)s. Use this link again then.") % {"day": day}
    is_open = terms is not None and campaign.is_published and terms.is_open_at(now)
    return "" if is_open else _("This campaign is closed.")


def accept_invitation(*, token: str, creator: Creator, terms_version: int, now: datetime) -> Enrolment:
    """Accept an invitation and enrol the creator in its campaign. Of several who use one link at once, one succeeds.

    Raises InvitationRefused, EnrolmentRefused or CreatorSuspended, and changes nothing.
    """
    with transaction.atomic():
        refuse_suspended(creator.pk)
        count = Invitation.objects.with_token(token).accept(creator=creator, now=now)
        invitation = find_invitation(token)
        if invitation is None or count == 0:
            raise InvitationRefused(find_refusal(invitation, creator, now=now))
        campaign = invitation.campaign
        if Enrolment.objects.filter(creator=creator, campaign=campaign).exists():
            raise InvitationRefused(_("You have already joined this campaign. The invitation was not used."))
        campaign.invited.add(creator)
        return enrol(creator=creator, campaign=campaign, terms_version=terms_version, now=now)


def decline_invitation(*, token: str, now: datetime) -> None:
    """Decline an invitation for good; only staff can open it again. Raises InvitationRefused if it is not open."""
    if Invitation.objects.with_token(token).decline(now=now) != 1:
        raise InvitationRefused(find_refusal(find_invitation(token), None, now=now))
