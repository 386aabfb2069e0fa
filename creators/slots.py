"""Holding, earning and releasing slots: the one place where the caps' counters move.

Each move is one SQL statement that changes the counters and the slot's row, under CHECK constraints. Locks are always
taken in the order slot, enrolment, campaign, so that no two moves can deadlock. Only taking a place and giving it back
touch the campaign's row, for which everybody queues: an approval turns a held place into an earned one and leaves the
campaign's counter alone. Counters are kept in rows, not counted, because 35,000 places are shared by every creator: see
docs/decisions/0004-slots.md.
"""

from datetime import datetime
from typing import Any

from django.db import connection
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
WITH locked AS (
    SELECT id, creator_id, campaign_id, terms_id FROM creators_enrolment
    WHERE id = %(enrolment)s AND held_count + earned_count < clips_cap
    FOR NO KEY UPDATE
), shared AS (
    UPDATE creators_campaign campaign SET taken_count = campaign.taken_count + 1
    FROM locked
    WHERE campaign.id = locked.campaign_id AND campaign.taken_count < campaign.clips_cap
    RETURNING campaign.id
), mine AS (
    UPDATE creators_enrolment enrolment SET held_count = enrolment.held_count + 1
    FROM locked JOIN shared ON shared.id = locked.campaign_id
    WHERE enrolment.id = locked.id
    RETURNING enrolment.id, locked.creator_id, locked.terms_id
), agreed AS (
    SELECT agency_id, share_bps FROM mine JOIN creators_representation USING (creator_id)
    WHERE starts_at <= %(now)s AND (ends_at IS NULL OR ends_at > %(now)s)
    ORDER BY starts_at DESC LIMIT 1
), held AS (
    INSERT INTO creators_slot (
        enrolment_id, terms_id, clip_code, fee_minor, currency, agency_id, agency_share_bps, agency_minor,
        state, reason, held_at
    )
    SELECT mine.id, terms.id, %(clip)s, terms.fee_minor, terms.currency, agreed.agency_id, coalesce(share.bps, 0),
        coalesce(terms.fee_minor::bigint * share.bps / 10000, 0), 'held', '', %(now)s
    FROM mine
    JOIN creators_terms terms ON terms.id = mine.terms_id
    LEFT JOIN agreed ON true
    LEFT JOIN LATERAL (SELECT LEAST(agreed.share_bps, terms.agency_cap_bps)) share (bps) ON agreed.agency_id IS NOT NULL
    RETURNING id
)
SELECT (SELECT id FROM held), EXISTS (SELECT FROM locked)
"""
"""Whole or nothing by itself: the creator's counter moves only where the campaign's did, and either waits its turn."""

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
    Raises CampaignClosed, CreatorFull or CampaignFull, and then nothing has changed.
    """
    if not enrolment.is_open_at(now):
        raise CampaignClosed(_("This campaign is closed, so no new clips can be submitted to it."))
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, {"enrolment": enrolment.pk, "clip": clip_code, "now": now})
        slot_id, creator_had_room = cursor.fetchone()
    if slot_id is None:
        if creator_had_room:
            raise CampaignFull(_("Every place in this campaign is taken. Nothing was submitted."))
        raise CreatorFull(_("All of your places in this campaign are taken. Nothing was submitted."))
    return int(slot_id)


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
