"""Buyers who are paid to the same bank account, or under the same name, as those who would earn from their order."""

import unicodedata
from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from creators.models import Representation
from payouts.encryption import normalize
from payouts.models import PayoutAccount
from shop.browser_accounts import forget_browser_accounts
from shop.commission_holds import MARGIN, assess_pending
from shop.models import OrderLine, SignalKind
from shop.related_buyers import Signal

LINES_AT_ONCE = 5000


def find_payee_signals(line_ids: Collection[int], *, now: datetime) -> list[Signal]:
    """Return the order lines whose buyer shares a payout account, or its holder's name, with the creator or agency.

    Accounts are compared decrypted, so that it does not matter which keys encrypted them.
    """
    lines = OrderLine.objects.filter(pk__in=line_ids, order__user__isnull=False, creator__isnull=False)
    is_payee = Q(order__user__creator__isnull=False) | Q(order__user__agency__isnull=False)
    columns = ("pk", "creator", "order__user", "order__placed_at")
    rows = list(lines.filter(is_payee).values_list(*columns))
    if not rows:
        return []
    users = {user_id for _line, _creator, user_id, _placed in rows}
    creators = {creator_id for _line, creator_id, _user, _placed in rows}
    represented = Representation.objects.filter(creator__in=creators, starts_at__lte=now)
    agencies = list(represented.values_list("creator", "agency", "ends_at"))
    accounts = PayoutAccount.objects.filter(
        Q(creator__in=creators)
        | Q(creator__user__in=users)
        | Q(agency__in={agency_id for _creator, agency_id, _ends in agencies})
        | Q(agency__user__in=users)
    ).select_related("creator", "agency")
    readable = [account for account in accounts if account.is_readable]
    by_user: dict[int | None, list[PayoutAccount]] = {}
    for account in readable:
        owner = account.creator or account.agency
        by_user.setdefault(owner.user_id if owner else None, []).append(account)
    signals = []
    for line_id, creator_id, user_id, placed_at in rows:
        agency_ids = {
            agency_id
            for owner_id, agency_id, ends_at in agencies
            if owner_id == creator_id and (ends_at is None or ends_at > placed_at)
        }
        earning = [
            account for account in readable if account.creator_id == creator_id or account.agency_id in agency_ids
        ]
        signals += [Signal(line_id, kind) for kind in _compare(by_user.get(user_id, []), earning)]
    return signals


def assess_commissions(*, now: datetime) -> None:
    """Assess all commissions that are not due yet, for signals that came late. Then forget old browsers."""
    pending = OrderLine.objects.filter(payable_at__gt=now + MARGIN, creator__isnull=False, commission_minor__gt=0)
    last_id = 0
    while ids := list(pending.filter(pk__gt=last_id).order_by("pk").values_list("pk", flat=True)[:LINES_AT_ONCE]):
        more = find_payee_signals(ids, now=now)
        assess_pending(lines=Q(pk__in=ids), now=now, more=more)
        last_id = ids[-1]
    forget_browser_accounts(now=now)


def _compare(buying: list[PayoutAccount], earning: list[PayoutAccount]) -> list[SignalKind]:
    """Return what the accounts have in common. The account of a creator who bought from themselves does not count."""
    pairs = [(account, other) for account in buying for other in earning if account.pk != other.pk]
    kinds = []
    if any(normalize(account.number) == normalize(other.number) for account, other in pairs):
        kinds.append(SignalKind.PAYOUT_ACCOUNT)
    if any(_read_name(account.holder_name) == _read_name(other.holder_name) for account, other in pairs):
        kinds.append(SignalKind.PAYOUT_HOLDER)
    return kinds


def _read_name(name: str) -> list[str]:
    """Return the words of a name in order, without case and accents."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return sorted("".join(letter for letter in plain if not unicodedata.combining(letter)).replace(",", " ").split())
