"""Plain functions that create sponsorships for tests."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.models import User
from catalog.models import Merchant
from feed.models import SponsoredPlace, SponsoredView, Viewer
from social.models import Sponsorship
from social.sponsorships.bookings import Booker, Booking, book
from social.sponsorships.lifecycle import approve, pay
from tests.factories import make_user
from tests.feed.watching import make_watchable_clip
from videos.models import Clip


def confirm_address(user: User) -> User:
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    return user


def make_booking(**fields: Any) -> Booking:
    today = timezone.localdate()
    values: dict[str, Any] = {"budget_minor": 10_000, "bid_minor": 2000, "daily_cap_minor": 5000}
    values |= {"starts_on": today, "ends_on": today + timedelta(days=6)}
    return Booking(**values | fields)


def make_sponsorship(clip: Clip | None = None, *, merchant: Merchant | None = None, **fields: Any) -> Sponsorship:
    """Return a draft: by the author of the post, or by its author for a merchant."""
    clip = clip or make_watchable_clip()
    booker = Booker(confirm_address(clip.creator.user), merchant)
    return book(booker=booker, clip=clip, booking=make_booking(**fields), now=timezone.now())


def make_paid_sponsorship(*args: Any, **kwargs: Any) -> Sponsorship:
    """Return a sponsorship in review."""
    sponsorship = make_sponsorship(*args, **kwargs)
    user = sponsorship.booked_by
    assert user is not None
    pay(sponsorship_id=sponsorship.pk, user=user, now=timezone.now())
    return reload(sponsorship)


def make_running_sponsorship(*args: Any, **kwargs: Any) -> Sponsorship:
    sponsorship = make_paid_sponsorship(*args, **kwargs)
    approve(sponsorship_id=sponsorship.pk, approved_by=make_user(is_staff=True), now=timezone.now())
    return reload(sponsorship)


def reload(sponsorship: Sponsorship) -> Sponsorship:
    related = ("clip__creator", "place", "prepayment", "refund", "merchant")
    return Sponsorship.objects.select_related(*related).get(pk=sponsorship.pk)


def make_view(place: SponsoredPlace, viewer: UUID | None = None, *, network: str = "", **fields: Any) -> SponsoredView:
    """Return a view that is not weighed yet."""
    key = viewer or uuid4()
    Viewer.objects.get_or_create(key=key, defaults={"created_at": timezone.now()})
    values: dict[str, Any] = {"day": timezone.localdate(), "at": timezone.now()} | fields
    return SponsoredView.objects.create(place=place, viewer=key, network=network, **values)
