"""Banks. The setting PAYOUT_PROVIDER names the one that is used for new batches."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from payouts.banks.bank_file import BankFile
from payouts.banks.port import Bank, BankRefusal, BankUnavailable, Transfer, TransferResult, TransferState

__all__ = ["Bank", "BankRefusal", "BankUnavailable", "Transfer", "TransferResult", "TransferState", "get_bank"]


def get_bank(name: str = "") -> Bank:
    """Return the bank called `name`. If `name` is empty, return the one named in the settings.

    Raises ImproperlyConfigured if there is no bank with this name.
    """
    match name or settings.PAYOUT_PROVIDER:
        case "csv":
            return BankFile()
        case "stripe":
            from payouts.banks.stripe_connect import StripeConnect

            return StripeConnect(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)
        case unknown:
            raise ImproperlyConfigured(f"PAYOUT_PROVIDER is “{unknown}”; it can be csv or stripe.")
