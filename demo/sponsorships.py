"""A demo sponsorship: the demo's merchant pays for a clip with its product, or the first author for their own."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from demo.clips import own_clips
from demo.progress import Progress
from social.models import Sponsorship
from social.sponsorships.bookings import Booker, Booking, SponsorshipRefused, book
from social.sponsorships.lifecycle import approve, pay


def sponsor_clip(moderator: User, progress: Progress, *, now: datetime) -> None:
    """Book, pay and approve one sponsorship, unless there is one."""
    clip = own_clips().published().select_related("creator__user").order_by("pk").first()
    if clip is None or Sponsorship.objects.exists():
        return
    today = timezone.localdate(now)
    booking = Booking(
        budget_minor=20_000,
        bid_minor=1500,
        daily_cap_minor=4000,
        starts_on=today,
        ends_on=today + timedelta(days=29),
    )
    try:
        sponsorship = book(booker=Booker(clip.creator.user, None), clip=clip, booking=booking, now=now)
        pay(sponsorship_id=sponsorship.pk, user=clip.creator.user, now=now)
        approve(sponsorship_id=sponsorship.pk, approved_by=moderator, now=now)
    except SponsorshipRefused as refusal:
        progress.note(f"The sponsorship of the clip {clip.code} was not made: {refusal}")
