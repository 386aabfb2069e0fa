"""Pages on which owners and managers say where shoppers pick up what they ordered."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from catalog.merchants.access import merchant_required
from catalog.merchants.pickup_forms import PickupPlaceForm, save_place
from catalog.models import MerchantMember, MerchantRole

MANAGING = (MerchantRole.OWNER, MerchantRole.MANAGER)


@require_safe
@merchant_required(*MANAGING)
def pickup_places_page(request: HttpRequest, member: MerchantMember) -> HttpResponseBase:
    places = member.merchant.pickup_places.order_by("name", "pk")
    return render(request, "merchant/pickup_places.html", {"member": member, "here": "page", "places": places})


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(*MANAGING)
@transaction.atomic
def pickup_place_page(request: HttpRequest, member: MerchantMember, pk: int | None = None) -> HttpResponseBase:
    """Show the form of a new place, or of the one with this key. On POST, save it."""
    place = get_object_or_404(member.merchant.pickup_places, pk=pk) if pk else None
    form = PickupPlaceForm(request.POST if request.method == "POST" else None, instance=place)
    form.instance.merchant = member.merchant
    if form.is_bound and form.is_valid():
        save_place(form)
        messages.success(request, _("Saved."))
        return redirect("merchant-pickup-places")
    context = {"member": member, "here": "page", "form": form, "place": place}
    return render(request, "merchant/pickup_place.html", context, status=422 if form.errors else 200)
