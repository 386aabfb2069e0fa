"""Holding, earning and releasing slots: the one place where the caps' counters move.

Each move is one SQL statement that changes the counters and the slot's row, under CHECK constraints. Locks are always
taken in the order slot (unless it is new), enrolment, campaign, so that no two moves can deadlock. Only taking a place
and giving it back touch the campaign's row, for which everybody queues: an approval turns a held place into an earned
one and leaves the campaign's counter alone. Counters are kept in rows, not counted, because 35,000 places are shared by
every creator: see docs/decisions/0004-slots.md.
"""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection
from django.utils.translation import gettext as _

from creators.models import Enrolment, SlotReason


class SlotRefused(Exception):
    """No slot can be held; the message is a sentence for the creator."""


class CampaignClosed(SlotRefused):
    """The campaign is not open at this time."""


class CampaignFull(SlotRefused):
    """Every place of the campaign is held or earned."""


class CreatorFull(SlotRefused):
    """The creator's own places in the campaign are all held or earned."""


_HOLD = """
WITH mine AS (
    UPDATE creators_enrolment SET held_count = held_count + 1
    WHERE id = %(enrolment)s AND held_count + earned_count < clips_cap
        AND EXISTS (SELECT FROM creators_campaign shared WHERE shared.id = campaign_id AND taken_count < shared.clips_cap)
    RETURNING id, campaign_id, creator_id
), held AS (
    INSERT INTO creators_slot (
        enrolment_id, terms_id, clip_code, fee_minor, currency, agency_id, agency_share_bps, agency_minor,
        state, reason, held_at
    )
    SELECT mine.id, %(terms)s, %(clip)s, %(fee)s, %(currency)s, agreed.agency_id, coalesce(agreed.bps, 0),
        coalesce(%(fee)s::bigint * agreed.bps / 10000, 0), 'held', '', %(now)s
    FROM mine LEFT JOIN LATERAL (
        SELECT agency_id, LEAST(share_bps, %(agency_cap)s) AS bps FROM creators_representation
        WHERE creator_id = mine.creator_id AND starts_at <= %(now)s AND (ends_at IS NULL OR ends_at > %(now)s)
        ORDER BY starts_at DESC LIMIT 1
    ) agreed ON true
    RETURNING id
)
UPDATE creators_campaign SET taken_count = taken_count + 1
FROM mine, held WHERE creators_campaign.id = mine.campaign_id
RETURNING held.id
"""
"""Everybody queues for the campaign's row, so it comes last: what is held under its lock is little more than the commit.

That there is room is looked up first, without a lock. Who loses the last place to somebody meanwhile meets the CHECK,
which undoes the whole statement.
"""

_EARN = """
WITH slot AS (
    UPDATE creators_slot SET state = 'earned', settled_at = %(now)s
    WHERE id = %(slot)s AND state = 'held'
    RETURNING enrolment_id
)
UPDATE creators_enrolment enrolment
SET held_count = enrolment.held_count - 1, earned_count = enrolment.earned_count + 1
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
    terms = enrolment.terms
    values: dict[str, Any] = {
        "enrolment": enrolment.pk,
        "clip": clip_code,
        "now": now,
        "terms": terms.pk,
        "fee": terms.fee_minor,
        "currency": terms.currency,
        "agency_cap": terms.agency_cap_bps,
    }
    try:
        with connection.cursor() as cursor:
            cursor.execute(_HOLD, values)
            held = cursor.fetchone()
    except IntegrityError as error:
        if "creators_campaign_within_cap" not in str(error):
            raise
        raise _refusal() from error
    if held is None:
        has_own_places = Enrolment.objects.filter(pk=enrolment.pk).with_places().exists()
        raise _refusal(has_own_places=has_own_places)
    return int(held[0])


def _refusal(*, has_own_places: bool = True) -> SlotRefused:
    if has_own_places:
        return CampaignFull(_("Every place in this campaign is taken. Nothing was submitted."))
    return CreatorFull(_("All of your places in this campaign are taken. Nothing was submitted."))


def earn_slot(*, slot_id: int, now: datetime) -> bool:
    """Turn a held slot into an earned one; False when it was not held any more."""
    return _settle(_EARN, slot=slot_id, now=now)


def release_slot(*, slot_id: int, reason: SlotReason, now: datetime) -> bool:
    """Give a held slot back to both caps; False when it was not held any more."""
    return _settle(_RELEASE, slot=slot_id, reason=reason, now=now)


def _settle(sql: str, **values: Any) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return bool(cursor.rowcount == 1)
