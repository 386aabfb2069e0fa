"""Pages on which owners of a merchant manage its endpoints and read what became of deliveries."""

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.merchants.access import merchant_required
from catalog.models import MerchantMember, MerchantRole
from programme.webhooks.endpoints import (
    MOST_ENDPOINTS,
    TooManyEndpoints,
    create_endpoint,
    delete_endpoint,
    rotate_secret,
    set_state,
)
from programme.webhooks.fan_out import send_test_event
from programme.webhooks.forms import EndpointForm
from programme.webhooks.models import DeliveryState, EndpointState, WebhookEndpoint

SHOWN_DELIVERIES = 50
STATES = {"pause": EndpointState.PAUSED, "resume": EndpointState.ACTIVE, "off": EndpointState.OFF}


@require_safe
@merchant_required(MerchantRole.OWNER)
def endpoints_page(request: HttpRequest, member: MerchantMember) -> HttpResponseBase:
    waiting = Count("deliveries", filter=Q(deliveries__state=DeliveryState.WAITING))
    endpoints = WebhookEndpoint.objects.filter(merchant=member.merchant).annotate(waiting_count=waiting).order_by("pk")
    return render(request, "merchant/webhooks.html", {"member": member, "here": "webhooks", "endpoints": endpoints})


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(MerchantRole.OWNER)
@never_cache
def new_endpoint_page(request: HttpRequest, member: MerchantMember) -> HttpResponseBase:
    """Show the form. On POST, make the endpoint and show its secret, this once."""
    form, status = EndpointForm(request.POST if request.method == "POST" else None), 200
    if form.is_bound and form.is_valid():
        try:
            endpoint = create_endpoint(merchant=member.merchant, by=member.user, **form.cleaned_data)
        except TooManyEndpoints:
            form.add_error(None, _("You can have %(count)d endpoints. Delete one first.") % {"count": MOST_ENDPOINTS})
            status = 409
        else:
            return _show_secret(request, member, endpoint, endpoint.secret)
    context = {"member": member, "here": "webhooks", "form": form}
    status = 422 if form.errors and status == 200 else status
    return render(request, "merchant/webhook_form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(MerchantRole.OWNER)
@transaction.atomic
def endpoint_page(request: HttpRequest, member: MerchantMember, pk: int) -> HttpResponseBase:
    """Show an endpoint with its latest deliveries. On POST, change it."""
    endpoint = get_object_or_404(WebhookEndpoint, merchant=member.merchant, pk=pk)
    form = EndpointForm(request.POST if request.method == "POST" else None, instance=endpoint)
    if form.is_bound and form.is_valid():
        form.save_changes()
        messages.success(request, _("Saved."))
        return redirect("merchant-webhook", pk)
    deliveries = endpoint.deliveries.select_related("event").prefetch_related("attempts").order_by("-pk")
    context = {"member": member, "here": "webhooks", "form": form, "endpoint": endpoint}
    context["deliveries"] = deliveries[:SHOWN_DELIVERIES]
    return render(request, "merchant/webhook.html", context, status=422 if form.errors else 200)


@require_POST
@merchant_required(MerchantRole.OWNER)
@never_cache
def change_endpoint(request: HttpRequest, member: MerchantMember, pk: int, action: str) -> HttpResponseBase:
    """Pause, resume, switch off, test or delete an endpoint, or give it a new secret."""
    endpoint = get_object_or_404(WebhookEndpoint, merchant=member.merchant, pk=pk)
    match action:
        case "rotate":
            secret = rotate_secret(endpoint=endpoint, by=member.user, now=timezone.now())
            return _show_secret(request, member, endpoint, secret, is_rotated=True)
        case "test":
            send_test_event(endpoint=endpoint, now=timezone.now())
            messages.success(request, _("A test event is on its way. Load this page again in a moment."))
        case "delete":
            delete_endpoint(endpoint=endpoint, by=member.user)
            messages.success(request, _("Deleted."))
            return redirect("merchant-webhooks")
        case "pause" | "resume" | "off":
            set_state(endpoint=endpoint, state=STATES[action], by=member.user)
        case _:
            raise Http404
    return redirect("merchant-webhook", pk)


def _show_secret(
    request: HttpRequest, member: MerchantMember, endpoint: WebhookEndpoint, secret: str, *, is_rotated: bool = False
) -> HttpResponseBase:
    context = {"member": member, "here": "webhooks", "endpoint": endpoint, "secret": secret}
    context["is_rotated"] = is_rotated
    return render(request, "merchant/webhook_secret.html", context)
