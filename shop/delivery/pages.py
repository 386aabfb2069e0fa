"""Admin pages on which staff pack orders and take parcels from step to step."""

from typing import Any

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import user_with_permission
from accounts.keys import parse_key
from catalog.models import HOUSE_ID, Merchant
from shop.delivery.forms import PackingForm, make_step_form
from shop.delivery.parcels import PackingRefused, UnitsTaken, pack_parcel
from shop.delivery.slips import packing_slip_response
from shop.delivery.steps import STEPS, record_packing, take_step
from shop.models import Order, Parcel

ORDERS_PER_PAGE = 50


@require_safe
def packing_list(request: HttpRequest) -> HttpResponse:
    """List the orders with units to pack, the one that has waited longest first."""
    user_with_permission(request, "shop.add_parcel")
    page = Paginator(Order.objects.to_pack().with_lines(), ORDERS_PER_PAGE).get_page(request.GET.get("page"))
    context = admin.site.each_context(request) | {"title": _("Orders to pack"), "page": page, "opts": Parcel._meta}
    return TemplateResponse(request, "admin/shop/parcel/packing_list.html", context)


def pack_page(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show what is left of an order to pack. On POST, pack the chosen units; 409 if somebody else was faster.

    It is about what the house sells, unless the address names another merchant, for which staff then act.
    """
    user = user_with_permission(request, "shop.add_parcel")
    order = get_object_or_404(Order, pk=pk)
    merchant_id = parse_key(request.GET.get("merchant", "")) or HOUSE_ID
    data = request.POST if request.method == "POST" else None
    form, status = PackingForm(data, order=order, merchant_id=merchant_id), 200
    if form.errors:
        status = 422
    elif form.is_bound:
        try:
            parcel = pack_parcel(
                order_id=pk,
                quantities=form.quantities,
                created_by=user,
                now=timezone.now(),
                merchant_id=merchant_id,
            )
        except PackingRefused as refusal:
            form = PackingForm(request.POST, order=order, merchant_id=merchant_id)
            status = 409 if isinstance(refusal, UnitsTaken) else 422
            form.add_error(None, str(refusal))
        else:
            record_packing(parcel, user)
            messages.success(request, _("The parcel is packed."))
            return redirect("admin:shop_parcel_change", parcel.pk)
    context = admin.site.each_context(request) | {"form": form, "order": order, "opts": Parcel._meta}
    context |= {"title": _("Pack order %(code)s") % {"code": order.code}, "merchant_id": merchant_id}
    context["sellers"] = Merchant.objects.filter(order_lines__order=order).distinct().order_by("pk")
    return TemplateResponse(request, "admin/shop/parcel/pack.html", context, status=status)


def step_page(request: HttpRequest, pk: int, step: str) -> HttpResponseBase:
    """Ask before a parcel takes a step, and for its tracking number if it is sent. 409 if somebody else was faster."""
    user = user_with_permission(request, "shop.change_parcel")
    parcel, chosen, status = get_object_or_404(Parcel.objects.select_related("order"), pk=pk), STEPS[step], 200
    data = request.POST if request.method == "POST" else None
    form = make_step_form(chosen, parcel, data)
    if form.is_bound and form.is_valid():
        try:
            take_step(name=step, parcel=parcel, user=user, now=timezone.now(), **form.answers)
        except PackingRefused as refusal:
            status = 409 if isinstance(refusal, UnitsTaken) else 422
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The parcel was updated."))
            return redirect("admin:shop_parcel_change", pk)
    context: dict[str, Any] = admin.site.each_context(request) | {"form": form, "original": parcel}
    context |= {"opts": Parcel._meta, "title": chosen.title, "question": chosen.question}
    context["lines"] = parcel.lines.select_related("order_line__product")
    status = 422 if form.errors else status
    return TemplateResponse(request, "admin/shop/parcel/step.html", context, status=status)


@require_safe
def packing_slip(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the packing slip of a parcel as a PDF file, in the language of the order."""
    user_with_permission(request, "shop.view_parcel")
    return packing_slip_response(get_object_or_404(Parcel.objects.for_slips(), pk=pk))
