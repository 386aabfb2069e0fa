"""Bank that sends money through Stripe Connect.

Sources: docs.stripe.com/api/transfers, docs.stripe.com/api/idempotent_requests.
"""

import stripe

from payouts.banks.port import BankUnavailable, Transfer, TransferResult, TransferState


class StripeConnect:
    """A bank that sends money to accounts connected to Stripe.

    The `number` of a transfer is the id of such an account (acct_…). The `key` becomes Stripe's transfer group, so that
    the transfer can be looked up by it.
    """

    name = "stripe"

    def __init__(self, secret_key: str, api_base: str) -> None:
        self._client = stripe.StripeClient(
            secret_key, base_addresses={"api": api_base} if api_base else {}, max_network_retries=0
        )

    def send(self, transfer: Transfer) -> TransferResult:
        try:
            created = self._client.v1.transfers.create(
                {
                    "amount": transfer.amount_minor,
                    "currency": transfer.currency.lower(),
                    "destination": transfer.number,
                    "transfer_group": transfer.key,
                },
                {"idempotency_key": transfer.key},
            )
        except (stripe.InvalidRequestError, stripe.CardError, stripe.PermissionError) as error:
            return TransferResult(TransferState.FAILED, failure_text=error.user_message or str(error))
        except stripe.StripeError as error:
            raise BankUnavailable(str(error)) from error
        return TransferResult(TransferState.PAID, reference=created.id)

    def look_up(self, key: str) -> TransferResult:
        try:
            transfers = self._client.v1.transfers.list({"transfer_group": key, "limit": 1})
        except stripe.StripeError as error:
            raise BankUnavailable(str(error)) from error
        return (
            TransferResult(TransferState.PAID, transfers.data[0].id)
            if transfers.data
            else TransferResult(TransferState.NOT_FOUND)
        )
