"""Stripe: the shopper pays on Stripe's own page, so no card data touches us; webhooks tell how it ended.

Source: docs.stripe.com/api/checkout/sessions, docs.stripe.com/webhooks, docs.stripe.com/api/idempotent_requests.
"""

from dataclasses import dataclass
from typing import Any

import stripe

from shop.payments.port import Charge, Outcome, OutcomeState, ProviderUnavailable


class EventRefused(Exception):
    """The webhook is not signed by Stripe, or is too old."""


@dataclass(frozen=True)
class PaymentEvent:
    """What a webhook says about one payment of ours; `outcome` is None for events that concern us not."""

    event_id: str
    kind: str
    payment_key: str
    outcome: Outcome | None


class StripeCheckout:
    """A session for each payment; its payment intent carries our key, so that webhooks lead back to the row."""

    name = "stripe"

    def __init__(self, secret_key: str, webhook_secret: str, api_base: str) -> None:
        self._webhook_secret = webhook_secret
        self._client = stripe.StripeClient(
            secret_key, base_addresses={"api": api_base} if api_base else {}, max_network_retries=1
        )

    def charge(self, charge: Charge) -> Outcome:
        try:
            session = self._client.v1.checkout.sessions.create(
                {
                    "mode": "payment",
                    "customer_email": charge.email,
                    "success_url": charge.return_url,
                    "cancel_url": charge.return_url,
                    "payment_intent_data": {"metadata": {"key": charge.key}},
                    "line_items": [
                        {
                            "quantity": 1,
                            "price_data": {
                                "currency": charge.currency.lower(),
                                "unit_amount": charge.amount_minor,
                                "product_data": {"name": charge.order_code},
                            },
                        }
                    ],
                },
                {"idempotency_key": charge.key},
            )
        except (stripe.InvalidRequestError, stripe.CardError) as error:
            return Outcome(OutcomeState.FAILED, failure_text=error.user_message or "")
        except stripe.StripeError as error:
            raise ProviderUnavailable(str(error)) from error
        return Outcome(OutcomeState.WAITING, next_url=session.url or "")

    def refund(self, *, key: str, payment_reference: str, amount_minor: int, currency: str) -> Outcome:
        try:
            refund = self._client.v1.refunds.create(
                {"payment_intent": payment_reference, "amount": amount_minor}, {"idempotency_key": key}
            )
        except (stripe.InvalidRequestError, stripe.CardError) as error:
            return Outcome(OutcomeState.FAILED, failure_text=error.user_message or "")
        except stripe.StripeError as error:
            raise ProviderUnavailable(str(error)) from error
        state = OutcomeState.SUCCEEDED if refund.status in ("succeeded", "pending") else OutcomeState.FAILED
        return Outcome(state, reference=refund.id)

    def read_event(self, body: bytes, signature: str) -> PaymentEvent:
        """Check a webhook's signature and age and say what it means. Raises EventRefused."""
        try:
            event = self._client.construct_event(body, signature, self._webhook_secret)
        except (ValueError, stripe.SignatureVerificationError) as error:
            raise EventRefused(str(error)) from error
        intent: dict[str, Any] = event.data.object.to_dict()
        key = str((intent.get("metadata") or {}).get("key", ""))
        return PaymentEvent(event.id, event.type, key, _outcome_of(event.type, intent))


def _outcome_of(kind: str, intent: dict[str, Any]) -> Outcome | None:
    """Only money that arrived settles a payment: after a failed try the shopper may try again on the same page."""
    if kind != "payment_intent.succeeded":
        return None
    card = str(intent.get("payment_method") or "")
    return Outcome(OutcomeState.SUCCEEDED, reference=str(intent["id"]), fingerprint=card)
