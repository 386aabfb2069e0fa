"""What becomes of the sponsorships of somebody who deletes their account."""

from datetime import datetime

from accounts.models import User
from feed.models import SponsoredPlace
from social.models import EndReason, Sponsorship, SponsorshipState
from social.sponsorships.lifecycle import end


def erase_bookings(*, user: User, now: datetime) -> None:
    """End what the user booked for themselves, and take their account off every booking.

    The bookings stay, as the books and the archive of sponsored posts require. What is left of a budget is refunded to the
    card that paid.
    """
    own = Sponsorship.objects.filter(booked_by=user, merchant=None).exclude(state=SponsorshipState.DONE)
    for sponsorship_id in own.values_list("pk", flat=True):
        end(sponsorship_id=sponsorship_id, reason=EndReason.BOOKER, now=now)
    Sponsorship.objects.filter(booked_by=user).update(booked_by=None)
    SponsoredPlace.objects.filter(booked_by=user).update(booked_by=None)
