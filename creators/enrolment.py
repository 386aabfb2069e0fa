"""Functions that turn users into creators, and enrol creators in campaigns."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from creators.models import Campaign, Creator, Enrolment, Invitation
from creators.profiles import create_profile
from creators.suspensions import refuse_suspended


class NotAnAdult(Exception):
    """A refusal because the user has not confirmed that they are 18 or over."""


class EnrolmentRefused(Exception):
    """A refused enrolment. The message is shown to the creator."""


def become_creator(
    *, user: User, handle: str, display_name: str, bio: str = "", confirms_adult: bool, now: datetime
) -> Creator:
    """Create and return a creator profile for a user. A user who already is a creator stays the one they are.

    `confirms_adult` says whether the user has just confirmed that they are 18 or over. Raises NotAnAdult if the user
    has never confirmed this. Raises HandleTaken if the handle is in use.
    """
    if not (confirms_adult or user.is_known_adult):
        raise NotAnAdult(_("Creators must be 18 or over."))
    with transaction.atomic():
        creator = create_profile(user=user, handle=handle, display_name=display_name, bio=bio)
        user.confirm_adult(now=now)
        return creator


def enrol(*, creator: Creator, campaign: Campaign, terms_version: int, now: datetime) -> Enrolment:
    """Enrol a creator in a campaign and return the enrolment.

    If the creator is already enrolled, change nothing and return the existing enrolment. Raises EnrolmentRefused if
    `terms_version`, which the creator accepted, is not the current one, if the campaign is closed, or if it is by
    invitation and the creator has none, or if the creator has not confirmed to be 18 or over. Raises CreatorSuspended.
    """
    existing = Enrolment.objects.filter(creator=creator, campaign=campaign).first()
    if existing is not None:
        return existing
    if not creator.user.is_known_adult:
        raise EnrolmentRefused(
            _("Campaigns are for adults. Confirm in your account that you are 18 or over, then join.")
        )
    terms = campaign.terms
    if terms is None or not campaign.is_published or not terms.is_open_at(now):
        raise EnrolmentRefused(_("This campaign is closed."))
    if terms.version != terms_version:
        raise EnrolmentRefused(_("The terms have changed since you opened this page. Read the new terms, then join."))
    with transaction.atomic():
        refuse_suspended(creator.pk)
        _use_own_invitation(creator, campaign, now)
        enrolment, _created = Enrolment.objects.get_or_create(
            creator=creator,
            campaign=campaign,
            defaults={"terms": terms, "accepted_at": now, "clips_cap": terms.clips_per_creator},
        )
    return enrolment


def _use_own_invitation(creator: Creator, campaign: Campaign, now: datetime) -> None:
    """Accept invitations to addresses that the creator has verified. Raises EnrolmentRefused if one is missing or used."""
    if Invitation.objects.filter(campaign=campaign).sent_to(creator).accept(creator=creator, now=now):
        campaign.invited.add(creator)
    elif campaign.is_by_invitation and not campaign.invited.filter(pk=creator.pk).exists():
        raise EnrolmentRefused(_("This campaign is by invitation, and you have no open invitation to it."))
