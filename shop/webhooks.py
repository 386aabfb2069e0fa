"""Webhook endpoints for payment providers."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from shop.payments import handle_payment_event
from shop.providers import get_stripe_checkout
from shop.providers.stripe_checkout import EventRefused


@csrf_exempt
@require_POST
def receive_stripe_event(request: HttpRequest) -> HttpResponse:
    """Handle a webhook from Stripe. Respond with 200 if it is genuine, so that Stripe does not send it again.

    Respond with 400 if it is not genuine.
    """
    provider = get_stripe_checkout()
    try:
        event = provider.read_event(request.body, request.headers.get("Stripe-Signature", ""))
    except EventRefused:
        return HttpResponse(status=400)
    handle_payment_event(provider=provider.name, event=event, now=timezone.now())
    return HttpResponse(status=200)
