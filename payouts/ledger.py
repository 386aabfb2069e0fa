"""Functions that write postings to the ledger.

Each posting is balanced, is written only once and never changes. `book_posting` writes one posting. `payouts.tally`
writes many in one SQL statement. Database constraints and triggers protect the ledger in both cases.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from accounts.constraints import violated_constraint
from accounts.models import User
from catalog.models import Merchant
from creators.models import Agency, Creator
from payouts.models import Account, AccountKind, Entry, Posting, PostingKind
from shop.states import OrderState

REVERSIBLE = (PostingKind.FEE, PostingKind.COMMISSION)


class Unbalanced(Exception):
    """A posting whose amounts do not sum to zero."""


class KeyTaken(Exception):
    """A posting whose key already exists in the ledger."""


class NotReversible(Exception):
    """A refused reversal. Nothing was changed. The message says why."""


@dataclass(frozen=True)
class PostingDraft:
    """A posting to write. `amounts` maps accounts to amounts, which must sum to zero."""

    key: str
    kind: PostingKind
    currency: str
    gross_minor: int
    amounts: Mapping[Account, int]
    occurred_at: datetime
    agency_minor: int = 0
    creator: Creator | None = None
    sources: Mapping[str, Any] = field(default_factory=dict)
    """More fields of the posting by name, such as `slot`, `order_line`, `payout`, `reason` and `created_by`."""


def get_account(
    kind: AccountKind,
    currency: str,
    *,
    creator: Creator | None = None,
    agency: Agency | None = None,
    merchant: Merchant | None = None,
) -> Account:
    values: dict[str, Any] = {"creator": creator, "agency": agency, "merchant": merchant}
    return Account.objects.get_or_create(kind=kind, currency=currency, **values)[0]


def undisputed(path: str = "") -> Q:
    """Return the condition that entries, at the path, are not of a disputed order: these wait until the bank decides."""
    orders = (f"{path}posting__order_line__order", f"{path}posting__refund_share__refund__order")
    return ~Q(**{f"{orders[0]}__state": OrderState.DISPUTED}) & ~Q(**{f"{orders[1]}__state": OrderState.DISPUTED})


def get_payable_balance(account: Account) -> int:
    """Return the balance without what disputed orders brought."""
    return int(account.entries.filter(undisputed()).aggregate(total=Sum("amount_minor"))["total"] or 0)


def book_posting(draft: PostingDraft, *, now: datetime) -> Posting:
    """Write a posting with its entries and return it. Raises Unbalanced.

    If the ledger already has a posting with the same key, return that posting and write nothing.
    """
    try:
        return _write(draft, now)
    except KeyTaken:
        return Posting.objects.get(key=draft.key)


def lock_returns() -> None:
    """Wait until no other transaction books returns or reverses commissions: each must see what the other has booked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('payouts.ledger.returns'))")


@transaction.atomic
def reverse_posting(*, posting: Posting, created_by: User, reason: str, now: datetime) -> Posting:
    """Write and return a posting that reverses a fee or a commission.

    If the shopper returned some of the goods, only the rest of the commission is reversed. The slot behind a fee stays
    earned. If it were released, another clip could take it, and a mistaken reversal could not be corrected without
    exceeding the campaign's cap.

    Raises NotReversible if the reason is empty, if the posting is of another kind, or if it is already reversed.
    """
    lock_returns()
    check_reversible(posting=posting, reason=reason)
    entries = posting.entries.select_related("account")
    amounts = {entry.account: -entry.amount_minor for entry in entries}
    gross_minor, agency_minor = -posting.gross_minor, -posting.agency_minor
    for booked_return in Posting.objects.filter(kind=PostingKind.RETURN, order_line=posting.order_line_id or -1):
        gross_minor -= booked_return.gross_minor
        agency_minor -= booked_return.agency_minor
        for entry in booked_return.entries.select_related("account"):
            amounts[entry.account] -= entry.amount_minor
    draft = PostingDraft(
        key=f"reversal-{posting.pk}",
        kind=PostingKind.REVERSAL,
        currency=posting.currency,
        creator=posting.creator,
        gross_minor=gross_minor,
        agency_minor=agency_minor,
        amounts=amounts,
        occurred_at=now,
        sources={
            "reverses": posting,
            "slot": posting.slot,
            "order_line": posting.order_line,
            "merchant": posting.merchant,
            "reason": reason,
            "created_by": created_by,
        },
    )
    try:
        return _write(draft, now)
    except KeyTaken as error:
        raise NotReversible(_("This posting has already been reversed.")) from error


def check_reversible(*, posting: Posting, reason: str) -> None:
    """Raise NotReversible if the reason is empty, the posting is of another kind, or it is already reversed."""
    if not reason.strip():
        raise NotReversible(_("Enter a reason."))
    if posting.kind not in REVERSIBLE:
        raise NotReversible(_("Only fees and commissions can be reversed."))
    if not is_reversible(posting):
        raise NotReversible(_("This posting has already been reversed."))


def is_reversible(posting: Posting) -> bool:
    """Return whether the posting is a fee or commission that has not been reversed yet."""
    return posting.kind in REVERSIBLE and not Posting.objects.filter(reverses=posting).exists()


def _write(draft: PostingDraft, now: datetime) -> Posting:
    """Write a posting with its entries and return it. Raises Unbalanced, KeyTaken."""
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
                **draft.sources,
            )
            Entry.objects.bulk_create(
                Entry(posting=posting, account=account, amount_minor=amount)
                for account, amount in draft.amounts.items()
                if amount
            )
    except IntegrityError as error:
        if violated_constraint(error) != "payouts_posting_key_key":
            raise
        raise KeyTaken(draft.key) from error
    return posting
