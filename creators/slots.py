"""Holding, earning and releasing slots: the one place where the caps' counters move.

Each move is one SQL statement that changes the counters and the slot's row, under CHECK constraints; holding and
earning, which happen most, call functions of the first migration, planned once by each connection. Locks are always
taken in the order slot (unless it is new), enrolment, campaign, so that no two moves can deadlock. Only taking a place
and giving it back touch the campaign's row, for which everybody queues: an approval turns a held place into an earned
one and leaves the campaign's counter alone. Counters are kept in rows, not counted, because 35,000 places are shared by
every creator: see docs/decisions/0004-slots.md.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, connection
from django.utils.translation import gettext as _

from accounts.constraints import violated_constraint
from creators.models import Enrolment, SlotReason

GRACE_PERIOD = timedelta(seconds=30)
"""How long a decision can be undone. Defined only here; everything that waits for it or mentions it reads it from here."""

FINAL_AFTER = GRACE_PERIOD + timedelta(seconds=15)
"""When a decision counts as final, so that a booked fee is never reversed. The margin exceeds the longest transaction."""


class SlotRefused(Exception):
    """No slot can be held; the message is a sentence for the creator."""


class CampaignClosed(SlotRefused):
    """The campaign is not open at this time."""


class CampaignFull(SlotRefused):
    """Every place of the campaign is held or earned."""


class CreatorFull(SlotRefused):
    """The creator's own places in the campaign are all held or earned."""


_HOLD = "SELECT creators_hold_slot(%(enrolment)s, %(clip)s, %(now)s)"
"""Everybody queues for the campaign's row, so it comes last: what is held under its lock is little more than the commit.

That there is room is looked up first, without a lock. Who loses the last place to somebody meanwhile meets the CHECK,
which undoes the whole statement.
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
), mine AS (
    UPDATE creators_enrolment enrolment SET held_count = enrolment.held_count - 1
    FROM slot WHERE enrolment.id = slot.enrolment_id
    RETURNING enrolment.campaign_id
)
UPDATE creators_campaign campaign SET taken_count = campaign.taken_count - 1
FROM mine WHERE campaign.id = mine.campaign_id
"""


def hold_slot(*, enrolment: Enrolment, clip_code: str, now: datetime) -> int:
    """Hold a place for one clip, in one statement, and return the slot's id.

    A clip has at most one held or earned slot (a unique constraint): a second hold raises IntegrityError.
    Raises CampaignClosed, CreatorFull or CampaignFull; then nothing has changed, and the caller's transaction has to be
    rolled back, as the database may have refused it.
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
        has_own_places = Enrolment.objects.filter(pk=enrolment.pk).with_free_slots().exists()
        raise _refusal(has_own_places=has_own_places)
    return int(slot_id)


def _refusal(*, has_own_places: bool = True) -> SlotRefused:
    if has_own_places:
        return CampaignFull(_("Every place in this campaign is taken. Nothing was submitted."))
    return CreatorFull(_("All of your places in this campaign are taken. Nothing was submitted."))


def earn_slot(*, slot_id: int, now: datetime) -> bool:
    """Turn a held slot into an earned one; False when it was not held any more."""
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
    """Give a held slot back to both caps; False when it was not held any more."""
    with connection.cursor() as cursor:
        cursor.execute(_RELEASE, {"slot": slot_id, "reason": reason, "now": now})
        return bool(cursor.rowcount == 1)
