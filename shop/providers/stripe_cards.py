"""Cards that Stripe keeps for our customers.

A card is kept only if the shopper ticked that it should be. Its number never comes here.

Source: docs.stripe.com/api/customers, docs.stripe.com/api/payment_methods, docs.stripe.com/payments/checkout/save-during-payment.
"""

from datetime import datetime, timedelta

import stripe

from shop.providers.port import CardFacts, CustomerGone
from shop.providers.stripe_connection import connect, is_gone, reachable, search
from shop.providers.stripe_intents import is_attached
from shop.providers.stripe_news import read_card


class StripeCards:
    """Implements `CardKeeper`."""

    def __init__(self, secret_key: str, api_base: str, timeout_s: float) -> None:
        self._client, self._timeout_s = connect(secret_key, api_base, timeout_s), timeout_s

    def create_customer(self, *, key: str, installation: str, email: str) -> str:
        metadata = {"key": key, "installation": installation}
        with reachable():
            customer = self._client.v1.customers.create(
                {"email": email, "metadata": metadata}, {"idempotency_key": key}
            )
        return customer.id

    def find_customer(self, *, key: str, since: datetime) -> str:
        created = int((since - timedelta(minutes=5)).timestamp())
        with reachable():
            customers = self._client.v1.customers.list(
                {"created": {"gte": created, "lte": created + 24 * 3600}, "limit": 100}
            )
            for customer in search(customers, self._timeout_s):
                answer = customer.to_dict()
                if (answer.get("metadata") or {}).get("key") == key:
                    return str(answer["id"])
        return ""

    def list_cards(self, customer: str) -> list[CardFacts]:
        with reachable():
            try:
                cards = self._client.v1.customers.payment_methods.list(customer, {"type": "card", "limit": 100})
                return [read_card(card.to_dict()) for card in cards.auto_paging_iter()]
            except stripe.InvalidRequestError as error:
                if is_gone(error):
                    raise CustomerGone(customer) from error
                raise

    def remove_card(self, card: str) -> None:
        """Detach the card. Stripe refuses if it is detached already."""
        with reachable():
            try:
                self._client.v1.payment_methods.detach(card)
            except stripe.InvalidRequestError:
                if is_attached(self._client, card):
                    raise

    def delete_customer(self, customer: str) -> None:
        with reachable():
            try:
                self._client.v1.customers.delete(customer)
            except stripe.InvalidRequestError as error:
                if not is_gone(error):
                    raise
