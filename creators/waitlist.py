"""Joining and leaving the waitlist of a full or closed campaign; no new clip overtakes one that is waiting."""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.constraints import violated_constraint
from creators.models import Enrolment, WaitlistEntry, WaitlistState


def join_waitlist(*, enrolment: Enrolment, clip_code: str, now: datetime) -> int:
    """Add a clip to the waitlist, unless it is on it, and return its number: 1 is next."""
    try:
        with transaction.atomic():
            WaitlistEntry.objects.create(enrolment=enrolment, clip_code=clip_code, joined_at=now)
    except IntegrityError as error:
        if violated_constraint(error) != "creators_waitlist_once":
            raise
    return waitlist_number(clip_code) or 1


def waitlist_number(clip_code: str) -> int | None:
    """Return a clip's number on its campaign's waitlist, or None if it is not waiting."""
    entry = WaitlistEntry.objects.waiting().filter(clip_code=clip_code).with_number().first()
    return entry.number if entry else None


def is_behind_others(*, enrolment: Enrolment, clip_code: str) -> bool:
    """Return True if another clip on the waitlist comes before this one; False if none does."""
    waiting = WaitlistEntry.objects.waiting().with_own_slots().in_campaign(enrolment.campaign_id)
    first = waiting.in_order().first()
    return first is not None and first.clip_code != clip_code


def settle_waitlist_entry(*, clip_code: str, state: WaitlistState, now: datetime) -> bool:
    """Take a clip off the waitlist. Return False if it is not waiting."""
    entry = WaitlistEntry.objects.waiting().filter(clip_code=clip_code)
    return entry.update(state=state, settled_at=now) == 1
