"""The way to the page on which shoppers pay, which is at the payment provider's address."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render


def redirect_to_payment(request: HttpRequest, address: str) -> HttpResponse:
    """Send the browser from a submitted form to the page on which the shopper pays.

    Browsers apply the policy `form-action` to each redirect of a submitted form. A page in between leads to addresses
    that the policy does not name, such as a shop's own domain at the provider.
    """
    parts = urlsplit(address)
    if f"{parts.scheme}://{parts.netloc}" in settings.PAYMENT_PAGES:
        return redirect(address)
    return render(request, "shop/payment.html", {"address": address})
