"""Django admin for finance staff: the ledger, payouts, payout batches and fraud holds."""

from payouts.admin.batches import BatchAdmin
from payouts.admin.holds import HoldAdmin
from payouts.admin.ledger import AccountAdmin, LedgerCheckAdmin, PostingAdmin
from payouts.admin.payout_accounts import PayoutAccountAdmin
from payouts.admin.payouts import PayoutAdmin

__all__ = [
    "AccountAdmin",
    "BatchAdmin",
    "HoldAdmin",
    "LedgerCheckAdmin",
    "PayoutAccountAdmin",
    "PayoutAdmin",
    "PostingAdmin",
]
