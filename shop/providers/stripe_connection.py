"""The connection to Stripe, and what its errors mean."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import stripe

from shop.providers.port import Decline, Outcome, OutcomeState, ProviderUnavailable, SearchTooLong
from shop.providers.stripe_news import read_decline

logger = logging.getLogger(__name__)

MOST_LISTED = 1000
"""How many objects a search for one looks at: ten pages."""
REFUSALS = (stripe.InvalidRequestError, stripe.CardError, stripe.IdempotencyError)
TIMEOUT_S = 20


@contextmanager
def reachable() -> Iterator[None]:
    """Turn every error of Stripe's that is no answer to the question into ProviderUnavailable."""
    try:
        yield
    except stripe.StripeError as error:
        logger.warning("Stripe did not answer: %s", error, extra={"code": error.code, "request": error.request_id})
        raise ProviderUnavailable(str(error)) from error


def search[Row: stripe.StripeObject](listed: stripe.ListObject[Row], timeout_s: float) -> Iterator[Row]:
    """Yield what Stripe lists, page by page, while somebody may wait for it. Raises SearchTooLong.

    A page that was asked for is waited for, so that the whole takes at most twice `timeout_s`.
    """
    ends_at = time.monotonic() + timeout_s
    for count, row in enumerate(listed.auto_paging_iter(), start=1):
        if count > MOST_LISTED or time.monotonic() > ends_at:
            raise SearchTooLong("Stripe lists more than can be looked through now.")
        yield row


def connect(secret_key: str, api_base: str, timeout_s: float = TIMEOUT_S) -> stripe.StripeClient:
    """Return a client. One that may wait for a short time only does not try again."""
    return stripe.StripeClient(
        secret_key,
        base_addresses={"api": api_base} if api_base else {},
        max_network_retries=1 if timeout_s >= TIMEOUT_S else 0,
        http_client=stripe.new_default_http_client(timeout=timeout_s),
    )


def read_refusal(error: stripe.StripeError) -> Outcome:
    """Return a refused charge or refund as an outcome.

    Stripe also refuses a key that was used with other parameters, as by another shop of an older version that shares
    the account. While an earlier call with the same key still runs (409), nothing is decided.
    """
    if isinstance(error, stripe.IdempotencyError) and error.http_status == 409:
        raise error
    text = (error.user_message or "")[:300]
    return Outcome(OutcomeState.FAILED, failure_text=text, decline=_read_decline(error))


def is_gone(error: stripe.StripeError) -> bool:
    """Return whether Stripe has no such object."""
    return isinstance(error, stripe.InvalidRequestError) and error.code == "resource_missing"


def _read_decline(error: stripe.StripeError) -> Decline | None:
    if isinstance(error, stripe.CardError):
        details = error.error
        return read_decline(error.code or "", str(getattr(details, "decline_code", "") or ""))
    return Decline.GONE if is_gone(error) else Decline.REFUSED


@lru_cache(maxsize=8)
def read_account(secret_key: str, api_base: str) -> str:
    """Return the id of the account that a key belongs to, or "" if the key may not read it. Raises ProviderUnavailable.

    A restricted key needs the permission to read accounts.
    """
    with reachable():
        try:
            return str(connect(secret_key, api_base).v1.accounts.retrieve_current().id)
        except stripe.PermissionError as error:
            logger.warning("The key of Stripe may not read its own account: %s", error)
            return ""
