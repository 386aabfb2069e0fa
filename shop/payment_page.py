"""The way to the page on which shoppers pay, which is at the payment provider's address."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from shop.order_payment import CardRefused
from shop.payments import PaymentRefused
from shop.providers import Outcome, ProviderUnavailable


def redirect_to_payment(request: HttpRequest, outcome: Outcome) -> HttpResponse:
    """Send the browser from a submitted form to the page on which the shopper pays, or confirms the payment.

    Browsers apply the policy `form-action` to each redirect of a submitted form. A page in between leads to addresses
    that the policy does not name, such as a shop's own domain at the provider, or the bank's.
    """
    address = outcome.next_url
    parts = urlsplit(address)
    if f"{parts.scheme}://{parts.netloc}" in settings.PAYMENT_PAGES:
        return redirect(address)
    context = {"address": address, "is_confirmation": outcome.is_confirmation}
    return render(request, "shop/payment.html", context)


def offer_payment_page(request: HttpRequest, failure: CardRefused) -> HttpResponse:
    """Say why a kept card was not charged, and offer the page on which the shopper can pay in another way."""
    if not failure.next_url:
        messages.error(request, describe_payment_failure(failure))
        return redirect(failure.order)
    context = {"address": failure.next_url, "refusal": str(failure), "order": failure.order}
    return render(request, "shop/payment.html", context, status=402)


def describe_payment_failure(failure: Exception) -> str:
    """Return what to tell a shopper whose order was placed but not paid, and whether to try again."""
    if isinstance(failure, ProviderUnavailable):
        return _(
            "The payment service is not responding. "
            "We are holding your order for a short time, so please try paying again."
        )
    if isinstance(failure, PaymentRefused) and not failure.can_try_again:
        return str(failure)
    return _("%(reason)s We are holding your order for a short time, so please try paying again.") % {"reason": failure}
