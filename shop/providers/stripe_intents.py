"""Charges of cards that Stripe keeps: payment intents that are confirmed when they are made.

The name of such an intent also serves as its session. The bank may ask the shopper to confirm the charge (3-D Secure) on
a page to which they are sent, and from which they come back.

Source: docs.stripe.com/payments/payment-intents, docs.stripe.com/payments/3d-secure, docs.stripe.com/api/payment_intents.
"""

import logging
from dataclasses import replace
from datetime import datetime, timedelta

import stripe

from shop.providers.port import Charge, Decline, Outcome
from shop.providers.stripe_connection import REFUSALS, is_gone, reachable, read_refusal, search
from shop.providers.stripe_news import read_intent_answer

logger = logging.getLogger(__name__)


def is_intent(session: str) -> bool:
    return session.startswith("pi_")


def charge_card(client: stripe.StripeClient, charge: Charge, amount: int) -> Outcome:
    """Charge a kept card while the shopper is here, and return the outcome. `amount` is in Stripe's units.

    A card that is declined leaves an intent behind, whose name the refusal has. It is not tried again.
    Raises ProviderUnavailable.
    """
    params: stripe.params.PaymentIntentCreateParams = {
        "amount": amount,
        "currency": charge.currency.lower(),
        "customer": charge.customer,
        "payment_method": charge.card,
        "allowed_payment_method_types": ["card"],
        "confirm": True,
        "return_url": charge.paid_url,
        "description": charge.order_code,
        "metadata": {"key": charge.key, "installation": charge.installation},
        "expand": ["latest_charge"],
    }
    with reachable():
        try:
            intent = client.v1.payment_intents.create(params, {"idempotency_key": charge.key})
        except REFUSALS as error:
            logger.info("Stripe refused a kept card: %s", error, extra={"code": error.code, "payment": charge.key})
            outcome = read_refusal(error)
            is_invalid = isinstance(error, stripe.InvalidRequestError)
            is_lost = is_invalid and not is_attached(client, charge.card)
            return replace(outcome, decline=Decline.GONE) if is_lost else outcome
    return read_intent_answer(intent.to_dict())


def is_attached(client: stripe.StripeClient, card: str) -> bool:
    """Return whether a card belongs to a customer. One that was detached can never be used again."""
    try:
        return bool(client.v1.payment_methods.retrieve(card).customer)
    except stripe.InvalidRequestError as error:
        if is_gone(error):
            return False
        raise


def retrieve_intent(client: stripe.StripeClient, name: str) -> Outcome:
    with reachable():
        intent = client.v1.payment_intents.retrieve(name, {"expand": ["latest_charge"]})
    return read_intent_answer(intent.to_dict())


def cancel_intent(client: stripe.StripeClient, name: str) -> Outcome:
    """Cancel an intent. Stripe refuses if it has succeeded, is processed or cancelled; then it says what became of it."""
    with reachable():
        try:
            client.v1.payment_intents.cancel(name)
        except stripe.InvalidRequestError as error:
            logger.info("Stripe did not cancel an intent: %s", error, extra={"session": name})
    return retrieve_intent(client, name)


def find_intent(client: stripe.StripeClient, charge: Charge, since: datetime, timeout_s: float) -> Outcome | None:
    """Return what became of a charge whose answer was lost, or None if it did not arrive."""
    created = int((since - timedelta(minutes=5)).timestamp())
    with reachable():
        intents = client.v1.payment_intents.list(
            {"customer": charge.customer, "created": {"gte": created}, "limit": 100, "expand": ["data.latest_charge"]}
        )
        for intent in search(intents, timeout_s):
            answer = intent.to_dict()
            if (answer.get("metadata") or {}).get("key") == charge.key:
                return read_intent_answer(answer)
    return None
