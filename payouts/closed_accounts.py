"""Pay that is still owed to creators who deleted their accounts, and the bank details that are kept until it is paid."""

from dataclasses import dataclass

from django.db.models import F, Sum

from accounts.sweeps import do_each
from catalog.prices import Price
from creators.models import Creator, Slot
from payouts.models import PayoutAccount
from payouts.statements import get_balances


@dataclass(frozen=True)
class OpenPay:
    """What a creator will still be paid, by currency, and the account that it goes to, if they have given one."""

    amounts: tuple[Price, ...]
    account: PayoutAccount | None


def get_open_pay(*, creator: Creator) -> OpenPay:
    """Return the creator's earned pay that was not sent yet, sales within the return window included.

    Slots that are only held do not count: they are released when the account is deleted.
    """
    held = Slot.objects.held().filter(enrolment__creator=creator).values_list("currency")
    only_held = dict(held.annotate(net=Sum(F("fee_minor") - F("agency_minor"))))
    amounts = []
    for balance in get_balances(creator=creator):
        earned_minor = balance.owed_minor + balance.held_minor + balance.pending_minor + balance.checking_minor
        earned_minor -= only_held.get(balance.currency, 0)
        if earned_minor > 0:
            amounts.append(Price(earned_minor, balance.currency))
    return OpenPay(tuple(amounts), PayoutAccount.objects.filter(creator=creator).first())


def forget_paid_accounts() -> int:
    """Delete the bank details of erased creators to whom nothing is owed any more. Return how many were deleted."""
    accounts = PayoutAccount.objects.filter(creator__user__erased_at__isnull=False).select_related("creator")
    return do_each(accounts, _forget_if_paid)


def _forget_if_paid(account: PayoutAccount) -> int:
    assert account.creator is not None
    in_flight = account.creator.payouts.filter(state__in=("planned", "sending", "unknown"))
    if get_open_pay(creator=account.creator).amounts or in_flight.exists():
        return 0
    return account.delete()[0]
