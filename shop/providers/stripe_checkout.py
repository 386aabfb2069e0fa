"""Payment provider for Stripe Checkout.

The shopper pays on Stripe's page, so no card data reaches this site. Stripe reports the outcome in a webhook.

Source: docs.stripe.com/api/checkout/sessions, docs.stripe.com/webhooks, docs.stripe.com/api/idempotent_requests.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import lru_cache

import stripe

from shop.providers.port import (
    Charge,
    DisputeNews,
    Outcome,
    OutcomeState,
    ProviderMessage,
    ProviderUnavailable,
    RefundNews,
)
from shop.providers.stripe_amounts import AmountNotPayable, payable_step, to_stripe
from shop.providers.stripe_methods import methods_slower_than
from shop.providers.stripe_news import read_charge, read_dispute, read_event, read_refund, read_session

logger = logging.getLogger(__name__)

REFUSALS = (stripe.InvalidRequestError, stripe.CardError, stripe.IdempotencyError)
TIMEOUT_S = 20
LIVE_KEYS = ("sk_live_", "rk_live_")
TEST_KEYS = ("sk_test_", "rk_test_")


class EventRefused(Exception):
    """A webhook that is too old or not signed by Stripe."""


@contextmanager
def _reachable() -> Iterator[None]:
    """Turn every error of Stripe's that is no answer to the question into ProviderUnavailable."""
    try:
        yield
    except stripe.StripeError as error:
        logger.warning("Stripe did not answer: %s", error, extra={"code": error.code, "request": error.request_id})
        raise ProviderUnavailable(str(error)) from error


class StripeCheckout:
    """A payment provider that opens a Stripe Checkout session for each payment.

    The payment's key and our installation id are stored in the session and its payment intent. Webhooks contain them.
    Methods of payment whose answer takes longer than `wait_days` are not offered.
    """

    name = "stripe"
    has_payment_page = True

    def __init__(self, secret_key: str, webhook_secret: str, api_base: str, wait_days: int = 0) -> None:
        self._secret_key, self._webhook_secret, self._api_base = secret_key, webhook_secret, api_base
        self._wait_days = wait_days
        self._client = _connect(secret_key, api_base)

    def charge(self, charge: Charge) -> Outcome:
        metadata = {"key": charge.key, "installation": charge.installation}
        try:
            amount = to_stripe(charge.amount_minor, charge.currency)
        except AmountNotPayable as error:
            return Outcome(OutcomeState.FAILED, failure_text=str(error))
        params: stripe.params.checkout.SessionCreateParams = {
            "mode": "payment",
            "client_reference_id": charge.key,
            "customer_email": charge.email,
            "success_url": charge.return_url,
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
        if charge.expires_at is not None:
            params["expires_at"] = int(charge.expires_at.timestamp())
        if excluded := methods_slower_than(self._wait_days):
            params["excluded_payment_method_types"] = excluded
        with _reachable():
            try:
                session = self._client.v1.checkout.sessions.create(params, {"idempotency_key": charge.key})
            except REFUSALS as error:
                return _read_refusal(error)
        return read_session(session.to_dict())

    def look_up_payment(self, *, session: str, return_url: str, since: datetime) -> Outcome | None:
        if not session:
            session = self._find_session(return_url, since)
        if not session:
            return None
        with _reachable():
            answer = self._client.v1.checkout.sessions.retrieve(
                session, {"expand": ["payment_intent", "payment_intent.latest_charge"]}
            )
        return read_session(answer.to_dict())

    def close_payment(self, session: str) -> Outcome:
        """Expire the session. Stripe refuses if it is complete or has expired; then it says what became of it."""
        with _reachable():
            try:
                self._client.v1.checkout.sessions.expire(session)
            except stripe.InvalidRequestError as error:
                logger.info("Stripe did not expire a session: %s", error, extra={"session": session})
            answer = self._client.v1.checkout.sessions.retrieve(session, {"expand": ["payment_intent"]})
        return read_session(answer.to_dict())

    def find_fingerprint(self, payment_reference: str) -> str:
        with _reachable():
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
        with _reachable():
            try:
                refund = self._client.v1.refunds.create(params, {"idempotency_key": key})
            except REFUSALS as error:
                return _read_refusal(error)
        return read_refund(refund.to_dict()).outcome

    def list_refunds(self, payment_reference: str) -> list[RefundNews]:
        with _reachable():
            refunds = self._client.v1.refunds.list({"payment_intent": payment_reference, "limit": 100})
            return [read_refund(refund.to_dict()) for refund in refunds.auto_paging_iter()]

    def look_up_refund(self, reference: str) -> Outcome:
        with _reachable():
            refund = self._client.v1.refunds.retrieve(reference)
        return read_refund(refund.to_dict()).outcome

    def look_up_dispute(self, reference: str) -> DisputeNews:
        with _reachable():
            dispute = self._client.v1.disputes.retrieve(reference)
        return read_dispute(dispute.to_dict())

    def list_news(self, since: datetime) -> Iterator[RefundNews | DisputeNews]:
        created = int(since.timestamp())
        with _reachable():
            refunds = self._client.v1.refunds.list({"created": {"gte": created}, "limit": 100})
            yield from (read_refund(refund.to_dict()) for refund in refunds.auto_paging_iter())
            disputes = self._client.v1.disputes.list({"created": {"gte": created}, "limit": 100})
            yield from (read_dispute(dispute.to_dict()) for dispute in disputes.auto_paging_iter())

    def account(self) -> str:
        return _read_account(self._secret_key, self._api_base)

    def is_live(self) -> bool | None:
        return self._secret_key.startswith(LIVE_KEYS)

    def payable_step(self, currency: str) -> int:
        return payable_step(currency)

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

    def _find_session(self, return_url: str, since: datetime) -> str:
        """Return the id of the session that leads back to this order, or "" if none was opened around `since`.

        A payment has no session here if Stripe's answer was lost, or if an older version of this site opened it.
        """
        created = int((since - timedelta(minutes=5)).timestamp())
        with _reachable():
            sessions = self._client.v1.checkout.sessions.list(
                {"created": {"gte": created, "lte": created + 24 * 3600}, "limit": 100}
            )
            matching = (session.id for session in sessions.auto_paging_iter() if session.success_url == return_url)
            return next(matching, "")


def _read_refusal(error: stripe.StripeError) -> Outcome:
    """Return a refused charge or refund as an outcome.

    Stripe also refuses a key that was used with other parameters, as by another shop of an older version that shares
    the account. While an earlier call with the same key still runs (409), nothing is decided.
    """
    if isinstance(error, stripe.IdempotencyError) and error.http_status == 409:
        raise error
    return Outcome(OutcomeState.FAILED, failure_text=(error.user_message or "")[:300])


def _connect(secret_key: str, api_base: str) -> stripe.StripeClient:
    return stripe.StripeClient(
        secret_key,
        base_addresses={"api": api_base} if api_base else {},
        max_network_retries=1,
        http_client=stripe.new_default_http_client(timeout=TIMEOUT_S),
    )


@lru_cache(maxsize=8)
def _read_account(secret_key: str, api_base: str) -> str:
    """Return the id of the account that a key belongs to, or "" if the key may not read it. Raises ProviderUnavailable.

    A restricted key needs the permission to read accounts.
    """
    with _reachable():
        try:
            return str(_connect(secret_key, api_base).v1.accounts.retrieve_current().id)
        except stripe.PermissionError as error:
            logger.warning("The key of Stripe may not read its own account: %s", error)
            return ""
