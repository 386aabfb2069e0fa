"""Payment providers behind one port; PAYMENT_PROVIDER names the one that the shop uses."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from shop.payments.demo import DemoProvider
from shop.payments.port import Charge, Outcome, OutcomeState, PaymentProvider, ProviderUnavailable

__all__ = ["Charge", "Outcome", "OutcomeState", "PaymentProvider", "ProviderUnavailable", "payment_provider"]


def payment_provider(name: str = "") -> PaymentProvider:
    """Return the provider of that name, or the shop's own. Raises ImproperlyConfigured."""
    match name or settings.PAYMENT_PROVIDER:
        case "demo":
            return DemoProvider()
        case unknown:
            raise ImproperlyConfigured(f"PAYMENT_PROVIDER is “{unknown}”; it can be demo.")
