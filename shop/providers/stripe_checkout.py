"""Payment provider for Stripe Checkout.

The shopper pays on Stripe's page, so no card data reaches this site. Stripe reports the outcome in a webhook.

Source: docs.stripe.com/api/checkout/sessions, docs.stripe.com/webhooks, docs.stripe.com/api/idempotent_requests.
"""

from dataclasses import dataclass
from typing import Any

import stripe

from shop.providers.port import Charge, Outcome, OutcomeState, ProviderUnavailable


class EventRefused(Exception):
    """A webhook that is too old or not signed by Stripe."""


@dataclass(frozen=True)
class PaymentEvent:
    """A webhook event about a payment or a refund, which `key` identifies.

    `outcome` is None if the event does not settle the payment or refund.
    """

    event_id: str
    kind: str
    key: str
    outcome: Outcome | None


class StripeCheckout:
    """A payment provider that opens a Stripe Checkout session for each payment.

    The payment's key is stored in Stripe's payment intent. Webhooks contain it, so they can be matched to the payment.
    """

    name = "stripe"
    has_payment_page = True

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
                {"payment_intent": payment_reference, "amount": amount_minor, "metadata": {"key": key}},
                {"idempotency_key": key},
            )
        except (stripe.InvalidRequestError, stripe.CardError) as error:
            return Outcome(OutcomeState.FAILED, failure_text=error.user_message or "")
        except stripe.StripeError as error:
            raise ProviderUnavailable(str(error)) from error
        return _parse_refund(refund.to_dict())

    def look_up_refund(self, reference: str) -> Outcome:
        try:
            refund = self._client.v1.refunds.retrieve(reference)
        except stripe.StripeError as error:
            raise ProviderUnavailable(str(error)) from error
        return _parse_refund(refund.to_dict())

    def read_event(self, body: bytes, signature: str) -> PaymentEvent:
        """Check a webhook's signature and age, and return its event. Raises EventRefused.

        Without a secret every webhook is refused, because anyone could sign with an empty one.
        """
        if not self._webhook_secret:
            raise EventRefused("STRIPE_WEBHOOK_SECRET is not set.")
        try:
            event = self._client.construct_event(body, signature, self._webhook_secret)
        except (ValueError, stripe.SignatureVerificationError) as error:
            raise EventRefused(str(error)) from error
        payload: dict[str, Any] = event.data.object.to_dict()
        key = str((payload.get("metadata") or {}).get("key", ""))
        return PaymentEvent(event.id, event.type, key, _parse_outcome(event.type, payload))


def _parse_outcome(kind: str, payload: dict[str, Any]) -> Outcome | None:
    """Return the outcome that a webhook event reports, or None if it reports none.

    A failed attempt to pay is not an outcome, because the shopper can try again.
    """
    if kind == "payment_intent.succeeded":
        card = str(payload.get("payment_method") or "")
        return Outcome(OutcomeState.SUCCEEDED, reference=str(payload["id"]), fingerprint=card)
    return _parse_refund(payload) if payload.get("object") == "refund" else None


def _parse_refund(refund: dict[str, Any]) -> Outcome:
    """Return the outcome of a refund, as read from Stripe's refund object.

    Source: docs.stripe.com/api/refunds/object, `status` and `failure_reason`.
    """
    match refund["status"]:
        case "succeeded":
            return Outcome(OutcomeState.SUCCEEDED, reference=refund["id"])
        case "pending" | "requires_action":
            return Outcome(OutcomeState.WAITING, reference=refund["id"])
        case status:
            return Outcome(
                OutcomeState.FAILED, reference=refund["id"], failure_text=str(refund.get("failure_reason") or status)
            )
