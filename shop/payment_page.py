"""The way to the page on which shoppers pay, which is at the payment provider's address."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from shop.providers import ProviderUnavailable


def redirect_to_payment(request: HttpRequest, address: str) -> HttpResponse:
    """Send the browser from a submitted form to the page on which the shopper pays.

    Browsers apply the policy `form-action` to each redirect of a submitted form. A page in between leads to addresses
    that the policy does not name, such as a shop's own domain at the provider.
    """
    parts = urlsplit(address)
    if f"{parts.scheme}://{parts.netloc}" in settings.PAYMENT_PAGES:
        return redirect(address)
    return render(request, "shop/payment.html", {"address": address})


def describe_payment_failure(failure: Exception) -> str:
    """Return what to tell a shopper whose order was placed but not paid."""
    if isinstance(failure, ProviderUnavailable):
        return _(
            "The payment service is not responding. "
            "We are holding your order for a short time, so please try paying again."
        )
    return _("%(reason)s We are holding your order for a short time, so please try paying again.") % {"reason": failure}
