"""Functions that hold, earn and release slots. Only they change the counters that the caps limit.

Each function runs one SQL statement, which updates the slot and the counters. CHECK constraints enforce the caps. The
counters are stored. If the slots were counted instead, two creators could take the last one at the same time. See
docs/decisions/0004-slots.md.

Slots are held and earned often, so both are database functions, whose statements a connection plans only once.

To prevent deadlocks, rows are always locked in the same order: slot, enrolment, campaign. All creators compete for the
lock on the campaign. Earning a slot does not need that lock, because it does not change the campaign's counter.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.constraints import violated_constraint
from creators.models import Enrolment, SlotReason

GRACE_PERIOD = timedelta(seconds=30)
"""How long a decision can be undone. All code that waits for this time or displays it reads this constant."""

FINAL_AFTER = GRACE_PERIOD + timedelta(seconds=15)
"""The age from which a decision counts as final. Fees are posted only then, so they never need to be undone.

It is 15 seconds longer than the grace period. No transaction takes that long.
"""


class SlotRefused(Exception):
    """A slot that could not be held. The message is shown to the creator."""


class CampaignClosed(SlotRefused):
    """A slot that was refused because the campaign is not open."""


class CampaignFull(SlotRefused):
    """A slot that was refused because all slots in the campaign are held or earned."""


class CreatorFull(SlotRefused):
    """A slot that was refused because the creator's own slots in the campaign are all held or earned."""


class TooManyOpen(SlotRefused):
    """A slot that was refused because too many of the creator's clips in the campaign are not decided on yet."""


_HOLD = "SELECT creators_hold_slot(%(enrolment)s, %(clip)s, %(now)s, %(is_new)s)"
"""SQL that holds a slot.

The database function first checks, without a lock, whether a slot is free. All creators compete for the lock on the
campaign's row, so the function takes that lock last, just before the commit. If another creator took the last slot in
between, a CHECK constraint fails and the whole statement is rolled back.
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


def hold_slot(*, enrolment: Enrolment, clip_code: str, now: datetime, is_new: bool = True) -> int:
    """Hold a slot for a clip and return the slot's id.

    Only new submissions count against the campaign's cap of open clips. A clip whose slot was released, and that goes back
    to where it was, is not new.

    Raises CampaignClosed, CreatorFull, TooManyOpen or CampaignFull. The caller must then roll back its transaction, because the
    database may have aborted it. Raises IntegrityError if the clip already has a held or earned slot.
    """
    if not enrolment.is_open_at(now):
        raise CampaignClosed(_("This campaign is closed, so no new clips can be submitted to it."))
    try:
        with connection.cursor() as cursor:
            cursor.execute(_HOLD, {"enrolment": enrolment.pk, "clip": clip_code, "now": now, "is_new": is_new})
            [slot_id] = cursor.fetchone()
    except IntegrityError as error:
        if violated_constraint(error) != "creators_campaign_within_cap":
            raise
        raise CampaignFull(_FULL) from error
    if slot_id is None:
        raise _refuse(Enrolment.objects.select_related("campaign").get(pk=enrolment.pk), is_new)
    return int(slot_id)


def refuse_open(count: int) -> TooManyOpen:
    """Return the refusal of one more clip, with the number of clips that are open and what the creator can do."""
    sentence = ngettext(
        "%(count)d of your clips is open in this campaign, which is as many as can be at a time. Your clip was not submitted. "
        "Wait for a decision, make the changes that were requested, or withdraw a clip.",
        "%(count)d of your clips are open in this campaign, which is as many as can be at a time. Your clip was not submitted. "
        "Wait for a decision, make the changes that were requested, or withdraw a clip.",
        count,
    )
    return TooManyOpen(sentence % {"count": count})


_FULL = gettext_lazy("All slots in this campaign are taken. Your clip was not submitted.")


def _refuse(enrolment: Enrolment, is_new: bool) -> SlotRefused:
    if enrolment.free_count <= 0:
        return CreatorFull(_("You have used all of your slots in this campaign. Your clip was not submitted."))
    if is_new and enrolment.held_count >= enrolment.campaign.open_clips_cap:
        return refuse_open(enrolment.held_count)
    return CampaignFull(_FULL)


def earn_slot(*, slot_id: int, now: datetime) -> bool:
    """Change a held slot to earned. Return False if it is no longer held."""
    with connection.cursor() as cursor:
        cursor.execute(_EARN, {"slot": slot_id, "now": now})
        [is_earned] = cursor.fetchone()
    return bool(is_earned)


def revert_earned_slot(*, slot_id: int, now: datetime) -> bool:
    """Change an earned slot back to held. Return False if it is not earned or its grace period is over."""
    with connection.cursor() as cursor:
        cursor.execute(_REVERT, {"slot": slot_id, "since": now - GRACE_PERIOD})
        return bool(cursor.rowcount == 1)


def release_slot(*, slot_id: int, reason: SlotReason, now: datetime) -> bool:
    """Release a held slot. It no longer counts towards the creator's cap or the campaign's cap.

    Return False if it is not held.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RELEASE, {"slot": slot_id, "reason": reason, "now": now})
        return bool(cursor.rowcount == 1)
