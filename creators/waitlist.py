"""Functions that add clips to a campaign's waitlist and remove them. Waiting clips are submitted before new ones."""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.constraints import violated_constraint
from creators.models import Enrolment, WaitlistEntry, WaitlistState
from creators.open_clips import refuse_too_many
from creators.slots import refuse_open


def join_waitlist(*, enrolment: Enrolment, clip_code: str, now: datetime) -> int:
    """Add a clip to its campaign's waitlist. Return its position, starting at 1.

    A clip that is already on the waitlist keeps its position. Clips that wait count as open: raises TooManyOpen.
    """
    try:
        with transaction.atomic():
            _check_open_clips(enrolment, clip_code)
            WaitlistEntry.objects.create(enrolment=enrolment, clip_code=clip_code, joined_at=now)
    except IntegrityError as error:
        if violated_constraint(error) != "creators_waitlist_once":
            raise
    return waitlist_number(clip_code) or 1


def _check_open_clips(enrolment: Enrolment, clip_code: str) -> None:
    """Lock the enrolment, so that two clips do not join under the same count. Raises TooManyOpen."""
    refuse_too_many(creator_id=enrolment.creator_id, with_waiting_except=clip_code)
    locked = Enrolment.objects.select_for_update(of=("self",)).select_related("campaign").get(pk=enrolment.pk)
    waiting = WaitlistEntry.objects.waiting().filter(enrolment=enrolment).exclude(clip_code=clip_code).count()
    if locked.held_count + waiting >= locked.campaign.open_clips_cap:
        raise refuse_open(locked.held_count + waiting)


def waitlist_number(clip_code: str) -> int | None:
    """Return a clip's position on its campaign's waitlist, starting at 1, or None if it is not waiting."""
    entry = WaitlistEntry.objects.waiting().filter(clip_code=clip_code).with_number().first()
    return entry.number if entry else None


def is_behind_others(*, enrolment: Enrolment, clip_code: str, only_approved: bool = False) -> bool:
    """Return whether other clips on the campaign's waitlist must be submitted before this one.

    Clips whose creators have reached their own caps do not count and, with `only_approved`, neither do those of creators
    without an approved clip.
    """
    waiting = WaitlistEntry.objects.waiting().with_free_slots().in_campaign(enrolment.campaign_id)
    if only_approved:
        waiting = waiting.of_approved_creators()
    first = waiting.in_order().first()
    return first is not None and first.clip_code != clip_code


def settle_waitlist_entry(*, clip_code: str, state: WaitlistState, now: datetime) -> bool:
    """Remove a clip from the waitlist. `state` is SERVED or LEFT. Return False if the clip is not waiting."""
    entry = WaitlistEntry.objects.waiting().filter(clip_code=clip_code)
    return entry.update(state=state, settled_at=now) == 1
