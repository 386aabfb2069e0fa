"""Looks for people who were suspended and have come back under another profile."""

from collections.abc import Iterator
from datetime import datetime

from django.db import connection

from creators.models import LinkSign, Suspension, SuspensionLink
from payouts.models import PayoutAccount

_SAME_MAILBOX = "{newer} = {held}".format(
    **{
        name: f"""CASE WHEN split_part(lower({name}.email), '@', 2) IN ('gmail.com', 'googlemail.com')
            THEN replace(split_part(split_part(lower({name}.email), '@', 1), '+', 1), '.', '') || '@gmail.com'
            ELSE split_part(split_part(lower({name}.email), '@', 1), '+', 1) || '@' || split_part(lower({name}.email), '@', 2) END"""
        for name in ("newer", "held")
    }
)
_SAME_NETWORK = """EXISTS (SELECT FROM feed_viewer one JOIN feed_viewer two USING (network)
    WHERE network <> '' AND one.user_id = newer.id AND two.user_id = held.id)"""
_NOTE = """
    INSERT INTO creators_suspensionlink (creator_id, suspension_id, sign, noted_at)
    SELECT profile.id, suspension.id, %(sign)s, %(now)s
    FROM creators_suspension suspension
    JOIN creators_creator suspended ON suspended.id = suspension.creator_id
    JOIN accounts_user held ON held.id = suspended.user_id AND held.erased_at IS NULL
    JOIN creators_creator profile ON profile.joined_at > suspension.suspended_at
    JOIN accounts_user newer ON newer.id = profile.user_id AND newer.erased_at IS NULL
    WHERE suspension.lifted_at IS NULL AND profile.id <> suspended.id AND {is_same}
    ON CONFLICT DO NOTHING
"""


def link_returning_people(*, now: datetime) -> int:
    """Note for each active suspension the newer profiles that share a mailbox, a network or a payout account with it.

    Return how many links are new. Those that were dismissed stay so.
    """
    with connection.cursor() as cursor:
        count = 0
        for sign, is_same in ((LinkSign.EMAIL, _SAME_MAILBOX), (LinkSign.NETWORK, _SAME_NETWORK)):
            cursor.execute(_NOTE.format(is_same=is_same), {"sign": sign, "now": now})
            count += cursor.rowcount
    links = [
        SuspensionLink(creator_id=pk, suspension=row, noted_at=now, sign=sign) for row, pk, sign in _same_accounts()
    ]
    before = SuspensionLink.objects.count()
    SuspensionLink.objects.bulk_create(links, ignore_conflicts=True)
    return count + SuspensionLink.objects.count() - before


def _same_accounts() -> Iterator[tuple[Suspension, int, LinkSign]]:
    """Yield the active suspensions with each newer profile that is paid to the same account."""
    suspensions = Suspension.objects.active().select_related("creator__payout_account")
    for suspension in suspensions.filter(creator__payout_account__isnull=False):
        number = suspension.creator.payout_account.number
        accounts = PayoutAccount.objects.filter(number=number, creator__joined_at__gt=suspension.suspended_at)
        for creator_id in accounts.exclude(creator=suspension.creator).values_list("creator", flat=True):
            yield suspension, creator_id, LinkSign.PAYOUT_ACCOUNT
