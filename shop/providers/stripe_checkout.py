"""Payment provider for Stripe Checkout.

The shopper pays on Stripe's page, so no card data reaches this site. Stripe reports the outcome in a webhook.

Source: docs.stripe.com/api/checkout/sessions, docs.stripe.com/webhooks, docs.stripe.com/api/idempotent_requests.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

import stripe

from shop.providers.port import (
    Charge,
    Decline,
    DisputeNews,
    Outcome,
    OutcomeState,
    ProviderMessage,
    RefundNews,
)
from shop.providers.stripe_amounts import AmountNotPayable, least_payable, most_payable, payable_step, to_stripe
from shop.providers.stripe_connection import REFUSALS, TIMEOUT_S, connect, reachable, read_account, read_refusal, search
from shop.providers.stripe_intents import cancel_intent, charge_card, find_intent, is_intent, retrieve_intent
from shop.providers.stripe_methods import methods_slower_than
from shop.providers.stripe_news import read_charge, read_dispute, read_event, read_refund, read_session

logger = logging.getLogger(__name__)

LIVE_KEYS = ("sk_live_", "rk_live_")
TEST_KEYS = ("sk_test_", "rk_test_")


class EventRefused(Exception):
    """A webhook that is too old or not signed by Stripe."""


class StripeCheckout:
    """A payment provider that opens a Stripe Checkout session for each payment.

    The payment's key and our installation id are stored in the session and its payment intent. Webhooks contain them.
    Methods of payment whose answer takes longer than `wait_days` are not offered.
    """

    name = "stripe"
    has_payment_page = True

    def __init__(
        self, secret_key: str, webhook_secret: str, api_base: str, wait_days: int = 0, timeout_s: float = TIMEOUT_S
    ) -> None:
        self._secret_key, self._webhook_secret, self._api_base = secret_key, webhook_secret, api_base
        self._wait_days, self._timeout_s = wait_days, timeout_s
        self._client = connect(secret_key, api_base, timeout_s)

    def charge(self, charge: Charge) -> Outcome:
        metadata = {"key": charge.key, "installation": charge.installation}
        try:
            amount = to_stripe(charge.amount_minor, charge.currency)
        except AmountNotPayable as error:
            return Outcome(OutcomeState.FAILED, failure_text=str(error), decline=Decline.REFUSED)
        if charge.card:
            return charge_card(self._client, charge, amount)
        params: stripe.params.checkout.SessionCreateParams = {
            "mode": "payment",
            "client_reference_id": charge.key,
            "success_url": charge.paid_url,
            "cancel_url": charge.return_url,
            "metadata": metadata,
            "payment_intent_data": {"metadata": metadata},
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": charge.currency.lower(),
                        "unit_amount": amount,
                        "product_data": {"name": charge.order_code},
                    },
                }
            ],
        }
        if charge.keeps_card:  # only cards are kept; the other methods of payment stay on offer
            params["customer"] = charge.customer
            params["payment_method_options"] = {"card": {"setup_future_usage": "on_session"}}
        else:
            params["customer_email"] = charge.email
        if charge.expires_at is not None:
            params["expires_at"] = int(charge.expires_at.timestamp())
        if excluded := methods_slower_than(self._wait_days):
            params["excluded_payment_method_types"] = excluded
        with reachable():
            try:
                session = self._client.v1.checkout.sessions.create(params, {"idempotency_key": charge.key})
            except REFUSALS as error:
                return read_refusal(error)
        return read_session(session.to_dict())

    def look_up_payment(self, charge: Charge, *, session: str, since: datetime) -> Outcome | None:
        if is_intent(session):
            return retrieve_intent(self._client, session)
        if not session and charge.card:
            return find_intent(self._client, charge, since, self._timeout_s)
        session = session or self._find_session(charge, since)
        if not session:
            return None
        with reachable():
            answer = self._client.v1.checkout.sessions.retrieve(
                session, {"expand": ["payment_intent", "payment_intent.latest_charge"]}
            )
        return read_session(answer.to_dict())

    def close_payment(self, session: str) -> Outcome:
        """Expire the session. Stripe refuses if it is complete or has expired; then it says what became of it."""
        if is_intent(session):
            return cancel_intent(self._client, session)
        with reachable():
            try:
                self._client.v1.checkout.sessions.expire(session)
            except stripe.InvalidRequestError as error:
                logger.info("Stripe did not expire a session: %s", error, extra={"session": session})
            answer = self._client.v1.checkout.sessions.retrieve(session, {"expand": ["payment_intent"]})
        return read_session(answer.to_dict())

    def find_fingerprint(self, payment_reference: str) -> str:
        with reachable():
            intent = self._client.v1.payment_intents.retrieve(payment_reference, {"expand": ["latest_charge"]})
        charge = intent.to_dict().get("latest_charge")
        return read_charge(charge).fingerprint if isinstance(charge, dict) else ""

    def refund(
        self, *, key: str, installation: str, payment_reference: str, amount_minor: int, currency: str
    ) -> Outcome:
        try:
            amount = to_stripe(amount_minor, currency)
        except AmountNotPayable as error:
            return Outcome(OutcomeState.FAILED, failure_text=str(error))
        params: stripe.params.RefundCreateParams = {
            "payment_intent": payment_reference,
            "amount": amount,
            "metadata": {"key": key, "installation": installation},
        }
        with reachable():
            try:
                refund = self._client.v1.refunds.create(params, {"idempotency_key": key})
            except REFUSALS as error:
                return read_refusal(error)
        return read_refund(refund.to_dict()).outcome

    def list_refunds(self, payment_reference: str) -> list[RefundNews]:
        with reachable():
            refunds = self._client.v1.refunds.list({"payment_intent": payment_reference, "limit": 100})
            return [read_refund(refund.to_dict()) for refund in refunds.auto_paging_iter()]

    def look_up_refund(self, reference: str) -> Outcome:
        with reachable():
            refund = self._client.v1.refunds.retrieve(reference)
        return read_refund(refund.to_dict()).outcome

    def look_up_dispute(self, reference: str) -> DisputeNews:
        with reachable():
            dispute = self._client.v1.disputes.retrieve(reference)
        return read_dispute(dispute.to_dict())

    def list_news(self, since: datetime) -> Iterator[RefundNews | DisputeNews]:
        created = int(since.timestamp())
        with reachable():
            refunds = self._client.v1.refunds.list({"created": {"gte": created}, "limit": 100})
            yield from (read_refund(refund.to_dict()) for refund in refunds.auto_paging_iter())
            disputes = self._client.v1.disputes.list({"created": {"gte": created}, "limit": 100})
            yield from (read_dispute(dispute.to_dict()) for dispute in disputes.auto_paging_iter())

    def account(self) -> str:
        return read_account(self._secret_key, self._api_base)

    def is_live(self) -> bool | None:
        return self._secret_key.startswith(LIVE_KEYS)

    def payable_step(self, currency: str) -> int:
        return payable_step(currency)

    def least_payable(self, currency: str) -> int:
        return least_payable(currency)

    def most_payable(self, currency: str) -> int:
        return most_payable(currency)

    def read_event(self, body: bytes, signature: str) -> ProviderMessage:
        """Check a webhook's signature and age, and return its event. Raises EventRefused.

        Without a secret every webhook is refused, because anyone could sign with an empty one.
        """
        if not self._webhook_secret:
            raise EventRefused("STRIPE_WEBHOOK_SECRET is not set.")
        try:
            event = self._client.construct_event(body, signature, self._webhook_secret)
        except (ValueError, stripe.SignatureVerificationError) as error:
            raise EventRefused(str(error)) from error
        return read_event(event.to_dict())

    def _find_session(self, charge: Charge, since: datetime) -> str:
        """Return the id of this payment's session, or "" if none was opened around `since`.

        A payment has no session here if Stripe's answer was lost, or if an older version of this site opened it. Such
        a session may have no key: then it leads back to the same order. Another payment of the order has another key.
        """
        created = int((since - timedelta(minutes=5)).timestamp())
        with reachable():
            sessions = self._client.v1.checkout.sessions.list(
                {"created": {"gte": created, "lte": created + 24 * 3600}, "limit": 100}
            )
            addresses = (charge.paid_url, charge.return_url)  # the latter in sessions of an older version
            for session in search(sessions, self._timeout_s):
                if session.success_url in addresses and session.client_reference_id in (None, "", charge.key):
                    return session.id
        return ""
