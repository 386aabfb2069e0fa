"""The waiting list of a full or closed campaign: first come, first served, and nobody new is let past who waits."""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.constraints import violated_constraint
from creators.models import Enrolment, Waiting, WaitingState


def join_waiting_list(*, enrolment: Enrolment, clip_code: str, now: datetime) -> int:
    """Put a clip on the list, unless it is there, and return its number: 1 is next."""
    try:
        with transaction.atomic():
            Waiting.objects.create(enrolment=enrolment, clip_code=clip_code, asked_at=now)
    except IntegrityError as error:
        if violated_constraint(error) != "creators_waiting_once_per_clip":
            raise
    return number_of(clip_code) or 1


def number_of(clip_code: str) -> int | None:
    """Return a clip's number on its campaign's list; None when it does not wait."""
    mine = Waiting.objects.waiting().filter(clip_code=clip_code).with_number().first()
    return mine.number if mine else None


def is_behind_others(*, enrolment: Enrolment, clip_code: str) -> bool:
    """Tell whether somebody else's turn comes before this clip's."""
    first = Waiting.objects.waiting().able().in_campaign(enrolment.campaign_id).first_come().first()
    return first is not None and first.clip_code != clip_code


def settle_waiting(*, clip_code: str, state: WaitingState, now: datetime) -> bool:
    """Take a clip off the list; False when it does not wait."""
    mine = Waiting.objects.waiting().filter(clip_code=clip_code)
    return mine.update(state=state, settled_at=now) == 1
