"""Becoming a creator, and accepting a campaign's terms."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.constraints import violated_constraint
from accounts.models import User
from creators.models import Campaign, Creator, Enrolment


class NotAnAdult(Exception):
    """Creators are 18 or over."""


class HandleTaken(Exception):
    """Another creator has this handle."""


class EnrolmentRefused(Exception):
    """The campaign cannot be joined; the message is a sentence for the creator."""


def become_creator(
    *, user: User, handle: str, display_name: str, bio: str = "", confirms_adult: bool, now: datetime
) -> Creator:
    """Make a creator of a user who confirms to be 18 or over. Raises NotAnAdult or HandleTaken."""
    if not (confirms_adult or user.is_known_adult):
        raise NotAnAdult(_("Creators have to be 18 or over."))
    try:
        with transaction.atomic():
            user.confirm_adult(now=now)
            return Creator.objects.create(user=user, handle=handle.lower(), display_name=display_name, bio=bio)
    except IntegrityError as error:
        if violated_constraint(error) != "creators_creator_handle_unique":
            raise
        raise HandleTaken(_("This handle is taken. Choose another one.")) from error


def enrol(*, creator: Creator, campaign: Campaign, terms_version: int, now: datetime) -> Enrolment:
    """Accept the version of the terms that the creator was shown; enrolling again changes nothing.

    Raises EnrolmentRefused when the campaign is closed, or its terms have changed meanwhile.
    """
    existing = Enrolment.objects.filter(creator=creator, campaign=campaign).first()
    if existing is not None:
        return existing
    terms = campaign.terms
    if terms is None or not campaign.is_published or not terms.is_open_at(now):
        raise EnrolmentRefused(_("This campaign is closed."))
    if terms.version != terms_version:
        raise EnrolmentRefused(_("The terms have changed since you opened the page. Please read them again."))
    enrolment, _created = Enrolment.objects.get_or_create(
        creator=creator,
        campaign=campaign,
        defaults={"terms": terms, "accepted_at": now, "clips_cap": terms.clips_per_creator},
    )
    return enrolment
