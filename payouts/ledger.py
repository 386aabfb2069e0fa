"""Writing postings: what balances is written once under its key; what is written is never changed.

`book` writes one posting; payouts.tally writes many in one statement. Both rely on the same guards in the database.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.constraints import violated_constraint
from accounts.models import User
from creators.models import Agency, Creator
from payouts.models import Account, AccountKind, Entry, Posting, PostingKind


class Unbalanced(Exception):
    """The amounts of a posting do not sum to zero."""


class NotReversible(Exception):
    """Only pay that was booked can be corrected, and only once."""


@dataclass(frozen=True)
class PostingDraft:
    """A posting to be: `amounts` by account, summing to zero."""

    key: str
    kind: PostingKind
    currency: str
    gross_minor: int
    amounts: Mapping[Account, int]
    occurred_at: datetime
    agency_minor: int = 0
    creator: Creator | None = None
    about: Mapping[str, Any] = field(default_factory=dict)


def get_account(
    kind: AccountKind, currency: str, *, creator: Creator | None = None, agency: Agency | None = None
) -> Account:
    return Account.objects.get_or_create(kind=kind, currency=currency, creator=creator, agency=agency)[0]


def get_balance(account: Account) -> int:
    return int(account.entries.aggregate(total=Sum("amount_minor"))["total"] or 0)


def book_posting(draft: PostingDraft, *, now: datetime) -> Posting:
    """Write a posting with its entries; a key that is in the ledger already returns what stands there.

    Raises Unbalanced.
    """
    if sum(draft.amounts.values()) != 0:
        raise Unbalanced(draft.key)
    try:
        with transaction.atomic():
            posting = Posting.objects.create(
                key=draft.key,
                kind=draft.kind,
                creator=draft.creator,
                occurred_at=draft.occurred_at,
                booked_at=now,
                currency=draft.currency,
                gross_minor=draft.gross_minor,
                agency_minor=draft.agency_minor,
                **draft.about,
            )
            Entry.objects.bulk_create(
                Entry(posting=posting, account=account, amount_minor=amount)
                for account, amount in draft.amounts.items()
                if amount
            )
    except IntegrityError as error:
        if violated_constraint(error) != "payouts_posting_key_key":
            raise
        return Posting.objects.get(key=draft.key)
    return posting


def reverse_posting(*, posting: Posting, created_by: User, reason: str, now: datetime) -> Posting:
    """Take back a booked fee or commission by a new posting with the opposite amounts, once.

    A reversal does not give the slot's place back: its clip was approved, and the place was used. Otherwise pay that is
    taken back after the campaign had filled would let it be exceeded, should the reversal itself be a mistake.
    Raises NotReversible.
    """
    if posting.kind not in (PostingKind.FEE, PostingKind.COMMISSION):
        raise NotReversible(_("Only a fee or a commission can be corrected."))
    entries = posting.entries.select_related("account")
    amounts = {entry.account: -entry.amount_minor for entry in entries}
    gross_minor, agency_minor = -posting.gross_minor, -posting.agency_minor
    for taken in Posting.objects.filter(kind=PostingKind.RETURN, order_line=posting.order_line_id or -1):
        gross_minor, agency_minor = gross_minor - taken.gross_minor, agency_minor - taken.agency_minor
        for entry in taken.entries.select_related("account"):
            amounts[entry.account] -= entry.amount_minor
    return book_posting(
        PostingDraft(
            key=f"reversal-{posting.pk}",
            kind=PostingKind.REVERSAL,
            currency=posting.currency,
            creator=posting.creator,
            gross_minor=gross_minor,
            agency_minor=agency_minor,
            amounts=amounts,
            occurred_at=now,
            about={
                "reverses": posting,
                "slot": posting.slot,
                "order_line": posting.order_line,
                "reason": reason,
                "created_by": created_by,
            },
        ),
        now=now,
    )
