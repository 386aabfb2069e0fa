"""Bank that sends money through Stripe Connect.

Sources: docs.stripe.com/api/transfers, docs.stripe.com/api/idempotent_requests, docs.stripe.com/api/pagination,
docs.stripe.com/error-codes.
"""

from collections.abc import Iterator

import stripe
from django.utils.translation import gettext as _

from accounts.installation import get_installation_id
from payouts.banks.port import BankRefusal, BankUnavailable, Transfer, TransferResult, TransferState
from payouts.models import FailureCode
from shop.providers.stripe_amounts import AmountNotPayable, payable_step, to_stripe

PAGE_SIZE = 100
PAYEE_ERRORS = ("account_closed", "account_invalid", "insufficient_capabilities_for_transfer")
"""Codes of errors that are about the account of the payee, as are all about the parameter `destination`."""


class StripeConnect:
    """A bank that sends money to accounts connected to Stripe.

    The `number` of a transfer is the id of such an account (acct_…). Keys of payouts are unique in one database only, and
    other shops may share the Stripe account. So our key there begins with the installation's id. It is the idempotency
    key, the transfer group, and the `key` in the metadata, by which alone a transfer is recognized as ours.
    """

    name = "stripe"

    def __init__(self, secret_key: str, api_base: str) -> None:
        self._client = stripe.StripeClient(
            secret_key, base_addresses={"api": api_base} if api_base else {}, max_network_retries=0
        )

    def send(self, transfer: Transfer) -> TransferResult:
        key = _stripe_key(transfer)
        try:
            amount = to_stripe(transfer.amount_minor, transfer.currency)
        except AmountNotPayable as error:
            return TransferResult(TransferState.FAILED, failure_text=str(error), failure_code=FailureCode.AMOUNT)
        try:
            created = self._client.v1.transfers.create(
                {
                    "amount": amount,
                    "currency": transfer.currency.lower(),
                    "destination": transfer.number,
                    "transfer_group": key,
                    "metadata": {"key": key},
                },
                # Stripe repeats its answer to a key for a day, even "insufficient funds" when there is money again.
                {"idempotency_key": f"{key}-{transfer.refused_count}" if transfer.refused_count else key},
            )
        except (stripe.InvalidRequestError, stripe.PermissionError, stripe.AuthenticationError) as error:
            text = error.user_message or str(error)
            if _is_about_payee(error):
                return TransferResult(TransferState.FAILED, failure_text=text, failure_code=FailureCode.ACCOUNT)
            raise BankRefusal(text) from error
        except stripe.StripeError as error:
            raise BankUnavailable(str(error)) from error
        return TransferResult(TransferState.PAID, reference=created.id)

    def payable_step(self, currency: str) -> int:
        return payable_step(currency) or 1

    def look_up(self, transfer: Transfer) -> TransferResult:
        key = _stripe_key(transfer)
        try:
            ours = [candidate for candidate in self._list(key) if _key_of(candidate) == key]
            # Versions before 0.3 sent no metadata, and the payout's key as the group.
            unmarked = [
                candidate
                for candidate in self._list(transfer.key)
                if not _key_of(candidate) and _fits(candidate, transfer)
            ]
        except stripe.StripeError as error:
            raise BankUnavailable(str(error)) from error
        if len(ours) == 1 and _fits(ours[0], transfer) and not ours[0].amount_reversed:
            return TransferResult(TransferState.PAID, ours[0].id)
        ids = ", ".join(candidate.id for candidate in ours or unmarked)
        if ours:
            text = _("Stripe has %(ids)s under this payout's key, but not as it was sent. Look at it in Stripe.")
            return TransferResult(TransferState.UNCLEAR, failure_text=text % {"ids": ids})
        if unmarked:
            text = _("Stripe has %(ids)s to this account, of this amount, but without this shop's key. Is it this one?")
            return TransferResult(TransferState.UNCLEAR, failure_text=text % {"ids": ids})
        return TransferResult(TransferState.NOT_FOUND)

    def _list(self, group: str) -> Iterator[stripe.Transfer]:
        """Return all transfers of a group, from every page."""
        return self._client.v1.transfers.list({"transfer_group": group, "limit": PAGE_SIZE}).auto_paging_iter()


def _is_about_payee(error: stripe.StripeError) -> bool:
    return error.code in PAYEE_ERRORS or str(getattr(error, "param", "")) == "destination"


def _stripe_key(transfer: Transfer) -> str:
    return f"{get_installation_id()}-{transfer.key}"


def _key_of(candidate: stripe.Transfer) -> str:
    return str(getattr(candidate.metadata, "key", None) or "")


def _fits(candidate: stripe.Transfer, transfer: Transfer) -> bool:
    """Return whether destination, amount and currency are those of our transfer."""
    destination = (
        candidate.destination if isinstance(candidate.destination, str) else getattr(candidate.destination, "id", "")
    )
    return (destination, candidate.amount, candidate.currency.upper()) == (
        transfer.number,
        to_stripe(transfer.amount_minor, transfer.currency),
        transfer.currency,
    )
