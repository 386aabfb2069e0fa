"""Changes of slots, which can be held, earned and released. No other code changes the counters of the caps.

Each change is one SQL statement that updates the counters and the slot's row under CHECK constraints. Holding and
earning are the most frequent changes, so they call database functions, which each connection plans only once. Locks are
always acquired in the order slot (unless it is new), enrolment, campaign, so that changes cannot deadlock. Only holding
and releasing lock the campaign's row, for which all creators contend; earning leaves its counter alone. The counts are
stored, not computed, because all creators share 35,000 slots: see docs/decisions/0004-slots.md.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, connection
from django.utils.translation import gettext as _

from accounts.constraints import violated_constraint
from creators.models import Enrolment, SlotReason

GRACE_PERIOD = timedelta(seconds=30)
"""The time in which a decision can be undone. All code that waits for it or mentions it reads this constant."""

FINAL_AFTER = GRACE_PERIOD + timedelta(seconds=15)
"""The age at which a decision is final, so that a posted fee is never undone. Exceeds the longest transaction."""


class SlotRefused(Exception):
    """No slot can be held; the message is shown to the creator."""


class CampaignClosed(SlotRefused):
    """The campaign is not open."""


class CampaignFull(SlotRefused):
    """Every slot of the campaign is held or earned."""


class CreatorFull(SlotRefused):
    """Every slot of this creator in the campaign is held or earned."""


_HOLD = "SELECT creators_hold_slot(%(enrolment)s, %(clip)s, %(now)s)"
"""The function locks the campaign's row last, just before the commit, because all creators contend for it.

It first checks, without a lock, that a slot is free. If another creator takes the last slot in between, the CHECK
constraint fails and the whole statement is rolled back.
"""

_EARN = "SELECT creators_earn_slot(%(slot)s, %(now)s)"

_REVERT = """
WITH slot AS (
    UPDATE creators_slot SET state = 'held', settled_at = NULL
    WHERE id = %(slot)s AND state = 'earned' AND settled_at >= %(since)s
    RETURNING enrolment_id
)
UPDATE creators_enrolment enrolment
SET held_count = enrolment.held_count + 1, earned_count = enrolment.earned_count - 1
FROM slot WHERE enrolment.id = slot.enrolment_id
"""

_RELEASE = """
WITH slot AS (
    UPDATE creators_slot SET state = 'released', reason = %(reason)s, settled_at = %(now)s
    WHERE id = %(slot)s AND state = 'held'
    RETURNING enrolment_id
), own AS (
    UPDATE creators_enrolment enrolment SET held_count = enrolment.held_count - 1
    FROM slot WHERE enrolment.id = slot.enrolment_id
    RETURNING enrolment.campaign_id
)
UPDATE creators_campaign campaign SET taken_count = campaign.taken_count - 1
FROM own WHERE campaign.id = own.campaign_id
"""


def hold_slot(*, enrolment: Enrolment, clip_code: str, now: datetime) -> int:
    """Hold a slot for one clip with one statement, and return the slot's id.

    Raises CampaignClosed, CreatorFull or CampaignFull. The caller must then roll back its transaction, which the
    database may have aborted. Raises IntegrityError if the clip already has a held or earned slot.
    """
    if not enrolment.is_open_at(now):
        raise CampaignClosed(_("This campaign is closed, so no new clips can be submitted to it."))
    try:
        with connection.cursor() as cursor:
            cursor.execute(_HOLD, {"enrolment": enrolment.pk, "clip": clip_code, "now": now})
            [slot_id] = cursor.fetchone()
    except IntegrityError as error:
        if violated_constraint(error) != "creators_campaign_within_cap":
            raise
        raise _refusal() from error
    if slot_id is None:
        is_creator_full = not Enrolment.objects.filter(pk=enrolment.pk).with_free_slots().exists()
        raise _refusal(is_creator_full=is_creator_full)
    return int(slot_id)


def _refusal(*, is_creator_full: bool = False) -> SlotRefused:
    if is_creator_full:
        return CreatorFull(_("All of your slots in this campaign are taken. Nothing was submitted."))
    return CampaignFull(_("All slots in this campaign are taken. Nothing was submitted."))


def earn_slot(*, slot_id: int, now: datetime) -> bool:
    """Turn a held slot into an earned one. Return False if it is no longer held."""
    with connection.cursor() as cursor:
        cursor.execute(_EARN, {"slot": slot_id, "now": now})
        [is_earned] = cursor.fetchone()
    return bool(is_earned)


def revert_earned_slot(*, slot_id: int, now: datetime) -> bool:
    """Turn an earned slot back into a held one. Return False if it is not earned or its grace period is over."""
    with connection.cursor() as cursor:
        cursor.execute(_REVERT, {"slot": slot_id, "since": now - GRACE_PERIOD})
        return bool(cursor.rowcount == 1)


def release_slot(*, slot_id: int, reason: SlotReason, now: datetime) -> bool:
    """Release a held slot, which frees it under both caps. Return False if it is no longer held."""
    with connection.cursor() as cursor:
        cursor.execute(_RELEASE, {"slot": slot_id, "reason": reason, "now": now})
        return bool(cursor.rowcount == 1)
