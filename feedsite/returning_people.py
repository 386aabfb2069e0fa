"""Looks for people who were suspended and have come back under another profile."""

from collections.abc import Iterator
from datetime import datetime

from django.db import connection

from accounts.models import User
from creators.models import LinkSign, Suspension, SuspensionLink
from payouts.models import PayoutAccount

_MAILBOX = {
    name: f"""CASE WHEN split_part(lower({name}.email), '@', 2) IN ('gmail.com', 'googlemail.com')
        THEN replace(split_part(split_part(lower({name}.email), '@', 1), '+', 1), '.', '') || '@gmail.com'
        ELSE split_part(split_part(lower({name}.email), '@', 1), '+', 1) || '@' || split_part(lower({name}.email), '@', 2) END"""
    for name in ("newer", "held")
}
_HASHED = {name: f"encode(sha256(convert_to({mailbox}, 'UTF8')), 'hex')" for name, mailbox in _MAILBOX.items()}
_SAME_MAILBOX = f"({_MAILBOX['newer']} = {_MAILBOX['held']} OR held.erased_mailbox = {_HASHED['newer']})"
_SAME_NETWORK = """EXISTS (SELECT FROM feed_viewer one JOIN feed_viewer two USING (network)
    WHERE network <> '' AND one.user_id = newer.id AND two.user_id = held.id)"""
_HASH_SUSPENDED = """
    SELECT {hashed} FROM accounts_user held
    JOIN creators_creator profile ON profile.user_id = held.id
    JOIN creators_suspension suspension ON suspension.creator_id = profile.id AND suspension.lifted_at IS NULL
    WHERE held.id = %s
"""
_NOTE = """
    INSERT INTO creators_suspensionlink (creator_id, suspension_id, sign, noted_at)
    SELECT profile.id, suspension.id, %(sign)s, %(now)s
    FROM creators_suspension suspension
    JOIN creators_creator suspended ON suspended.id = suspension.creator_id
    JOIN accounts_user held ON held.id = suspended.user_id
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


def hash_suspended_mailbox(user: User) -> str:
    """Return a hash of the user's mailbox while they are suspended, or "". Their deleted account keeps it, and nothing else."""
    with connection.cursor() as cursor:
        cursor.execute(_HASH_SUSPENDED.format(hashed=_HASHED["held"]), [user.pk])
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def _same_accounts() -> Iterator[tuple[Suspension, int, LinkSign]]:
    """Yield the active suspensions with each newer profile that is paid to the same account."""
    suspensions = Suspension.objects.active().select_related("creator__payout_account")
    for suspension in suspensions.filter(creator__payout_account__isnull=False):
        number = suspension.creator.payout_account.number
        accounts = PayoutAccount.objects.filter(number=number, creator__joined_at__gt=suspension.suspended_at)
        for creator_id in accounts.exclude(creator=suspension.creator).values_list("creator", flat=True):
            yield suspension, creator_id, LinkSign.PAYOUT_ACCOUNT
