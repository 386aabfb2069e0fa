"""Functions that add clips to a campaign's waitlist and remove them. Waiting clips are submitted before new ones."""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.constraints import violated_constraint
from creators.models import Enrolment, WaitlistEntry, WaitlistState


def join_waitlist(*, enrolment: Enrolment, clip_code: str, now: datetime) -> int:
    """Add a clip to its campaign's waitlist. Return its position, starting at 1.

    A clip that is already on the waitlist keeps its position.
    """
    try:
        with transaction.atomic():
            WaitlistEntry.objects.create(enrolment=enrolment, clip_code=clip_code, joined_at=now)
    except IntegrityError as error:
        if violated_constraint(error) != "creators_waitlist_once":
            raise
    return waitlist_number(clip_code) or 1


def waitlist_number(clip_code: str) -> int | None:
    """Return a clip's position on its campaign's waitlist, starting at 1, or None if it is not waiting."""
    entry = WaitlistEntry.objects.waiting().filter(clip_code=clip_code).with_number().first()
    return entry.number if entry else None


def is_behind_others(*, enrolment: Enrolment, clip_code: str) -> bool:
    """Return whether other clips on the campaign's waitlist must be submitted before this one.

    Clips whose creators have reached their own caps do not count.
    """
    waiting = WaitlistEntry.objects.waiting().with_free_slots().in_campaign(enrolment.campaign_id)
    first = waiting.in_order().first()
    return first is not None and first.clip_code != clip_code


def settle_waitlist_entry(*, clip_code: str, state: WaitlistState, now: datetime) -> bool:
    """Remove a clip from the waitlist. `state` is SERVED or LEFT. Return False if the clip is not waiting."""
    entry = WaitlistEntry.objects.waiting().filter(clip_code=clip_code)
    return entry.update(state=state, settled_at=now) == 1
