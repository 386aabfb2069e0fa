"""Payment providers. The setting PAYMENT_PROVIDER names the one that is used for new payments."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from shop.providers.demo import DemoCards, DemoProvider
from shop.providers.port import CardKeeper, Charge, Outcome, OutcomeState, PaymentProvider, ProviderUnavailable
from shop.providers.stripe_cards import StripeCards
from shop.providers.stripe_checkout import StripeCheckout
from shop.providers.stripe_connection import TIMEOUT_S

__all__ = [
    "CardKeeper",
    "Charge",
    "Outcome",
    "OutcomeState",
    "PaymentProvider",
    "ProviderUnavailable",
    "find_card_keeper",
    "get_payment_provider",
    "get_stripe_checkout",
]


def get_payment_provider(name: str = "", *, timeout_s: float = TIMEOUT_S) -> PaymentProvider:
    """Return the provider called `name`. If `name` is empty, return the one named in the settings.

    It is waited for `timeout_s` seconds. Raises ImproperlyConfigured if there is no provider with this name.
    """
    match name or settings.PAYMENT_PROVIDER:
        case "demo":
            return DemoProvider()
        case "stripe":
            return get_stripe_checkout(timeout_s=timeout_s)
        case unknown:
            raise ImproperlyConfigured(f"PAYMENT_PROVIDER is “{unknown}”; it can be none, demo or stripe.")


def find_card_keeper(name: str = "", *, timeout_s: float = TIMEOUT_S) -> CardKeeper | None:
    """Return the part of the provider called `name` that keeps cards, or None if it keeps none."""
    match name or settings.PAYMENT_PROVIDER:
        case "demo":
            return DemoCards()
        case "stripe":
            return StripeCards(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE, timeout_s)
    return None


def get_stripe_checkout(*, timeout_s: float = TIMEOUT_S) -> StripeCheckout:
    return StripeCheckout(
        settings.STRIPE_SECRET_KEY,
        settings.STRIPE_WEBHOOK_SECRET,
        settings.STRIPE_API_BASE,
        settings.PAYMENT_WAIT_DAYS,
        timeout_s,
    )
