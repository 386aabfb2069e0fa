"""The ledger, statement lines, payouts, holds and checks of the ledger."""

from payouts.models.check import LedgerCheck
from payouts.models.hold import Hold, HoldKind
from payouts.models.ledger import Account, AccountKind, Entry, Posting, PostingKind
from payouts.models.payout import ARRIVED, FILE_PROVIDER, WAITING, Batch, FailureCode, Payout, PayoutState
from payouts.models.payout_account import PayoutAccount
from payouts.models.statement import StatementLine, StatementLineQuerySet

__all__ = [
    "ARRIVED",
    "FILE_PROVIDER",
    "WAITING",
    "Account",
    "AccountKind",
    "Batch",
    "Entry",
    "FailureCode",
    "Hold",
    "HoldKind",
    "LedgerCheck",
    "Payout",
    "PayoutAccount",
    "PayoutState",
    "Posting",
    "PostingKind",
    "StatementLine",
    "StatementLineQuerySet",
]
