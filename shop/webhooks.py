"""Webhook endpoints for payment providers."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from shop.kept_cards import sync_cards
from shop.provider_events import handle_message, try_again
from shop.providers import get_stripe_checkout
from shop.providers.stripe_checkout import EventRefused
from shop.reconciliation import review_payments


@csrf_exempt
@require_POST
def receive_stripe_event(request: HttpRequest) -> HttpResponse:
    """Handle a webhook from Stripe. Respond with 200 if it is genuine, so that Stripe does not send it again.

    Respond with 400 if it is not genuine.
    """
    provider = get_stripe_checkout()
    try:
        message = provider.read_event(request.body, request.headers.get("Stripe-Signature", ""))
    except EventRefused:
        return JsonResponse({"detail": _("This is not a message from the payment service.")}, status=400)
    now = timezone.now()
    if handle_message(provider=provider.name, message=message, now=now):
        try_again(now=now)
        review_payments(now=now, at_most=1)
        sync_cards(now=now, at_most=1)
    return HttpResponse(status=200)
