"""Payment providers. The setting PAYMENT_PROVIDER names the one that is used for new payments."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from shop.providers.demo import DemoProvider
from shop.providers.port import Charge, Outcome, OutcomeState, PaymentProvider, ProviderUnavailable
from shop.providers.stripe_checkout import StripeCheckout

__all__ = [
    "Charge",
    "Outcome",
    "OutcomeState",
    "PaymentProvider",
    "ProviderUnavailable",
    "get_payment_provider",
    "get_stripe_checkout",
]


def get_payment_provider(name: str = "") -> PaymentProvider:
    """Return the provider called `name`. If `name` is empty, return the one named in the settings.

    Raises ImproperlyConfigured if there is no provider with this name.
    """
    match name or settings.PAYMENT_PROVIDER:
        case "demo":
            return DemoProvider()
        case "stripe":
            return get_stripe_checkout()
        case unknown:
            raise ImproperlyConfigured(f"PAYMENT_PROVIDER is “{unknown}”; it can be none, demo or stripe.")


def get_stripe_checkout() -> StripeCheckout:
    return StripeCheckout(
        settings.STRIPE_SECRET_KEY,
        settings.STRIPE_WEBHOOK_SECRET,
        settings.STRIPE_API_BASE,
        settings.PAYMENT_WAIT_DAYS,
    )
