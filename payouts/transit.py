"""Postings that move a payout between the payee's balance, the way to the bank, and the bank, and back."""

from datetime import datetime

from payouts.ledger import PostingDraft, book_posting, get_account
from payouts.models import Account, AccountKind, Payout, PayoutState, PostingKind
from payouts.models.payee import column_of


def get_payee_account(payout: Payout) -> Account:
    return get_account(AccountKind(column_of(payout.payee)), payout.currency, **payout.payee_columns)


def book_outcome(payout: Payout, new: PayoutState, now: datetime) -> None:
    """Book a failed or returned payout back to the payee's balance, and any other to the bank."""
    if new == PayoutState.FAILED:
        returned = {get_payee_account(payout): payout.amount_minor}
        book_transit(payout, PostingKind.PAYOUT_FAILED, returned, now)
    elif new == PayoutState.RETURNED:
        returned = {get_payee_account(payout): payout.amount_minor}
        book_transit(payout, PostingKind.PAYOUT_RETURN, returned, now, against=AccountKind.BANK)
    else:
        arrived = {get_account(AccountKind.BANK, payout.currency): payout.amount_minor}
        book_transit(payout, PostingKind.PAYOUT_PAID, arrived, now)


def book_transit(
    payout: Payout,
    kind: PostingKind,
    amounts: dict[Account, int],
    now: datetime,
    against: AccountKind = AccountKind.IN_TRANSIT,
) -> None:
    """Book `amounts` on their accounts, and the opposite amount on the account `against`."""
    amount_minor = sum(amounts.values())
    is_shown = kind != PostingKind.PAYOUT_PAID
    book_posting(
        PostingDraft(
            key=f"{payout.key}-{kind}",
            kind=kind,
            currency=payout.currency,
            creator=payout.creator if is_shown else None,
            gross_minor=amount_minor,
            amounts={**amounts, get_account(against, payout.currency): -amount_minor},
            occurred_at=now,
            sources={"payout": payout, "merchant": payout.merchant if is_shown else None},
        ),
        now=now,
    )
