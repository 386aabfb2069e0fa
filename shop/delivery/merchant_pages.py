"""Pages on which merchants pack what they sold, and take their parcels from step to step."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from catalog.merchants.access import merchant_required
from catalog.models import MerchantMember
from shop.delivery.forms import PackingForm, make_step_form
from shop.delivery.merchant_orders import MerchantOrder, describe, with_merchants_lines
from shop.delivery.parcels import PackingRefused, UnitsTaken, pack_parcel
from shop.delivery.slips import packing_slip_response
from shop.delivery.steps import STEPS, list_steps, record_packing, take_step
from shop.models import Order, Parcel

ORDERS_PER_PAGE = 30
ALL = "all"


@require_safe
@merchant_required()
def orders_page(request: HttpRequest, member: MerchantMember) -> HttpResponseBase:
    """List the orders with units to pack, or all orders, newest first, perhaps with a code that somebody looks for."""
    query, now = request.GET.get("q", "").strip().lower(), timezone.now()
    shows_all = request.GET.get("show") == ALL or bool(query)
    orders = Order.objects.sold_by(member.merchant_id).newest_first()
    if query:
        orders = orders.filter(code__startswith=query)
    if not shows_all:
        orders = Order.objects.to_pack_by(member.merchant_id)
    page = Paginator(with_merchants_lines(orders, member.merchant_id), ORDERS_PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {"member": member, "here": "orders", "page": page, "query": query, "shows_all": shows_all}
    context["orders"] = [describe(order, now=now) for order in page]
    return render(request, "merchant/orders.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required()
def order_page(request: HttpRequest, member: MerchantMember, code: str) -> HttpResponseBase:
    """Show what the merchant sees of an order. On POST, pack the chosen units; 409 if somebody else was faster."""
    order = _get_order(member, code)
    form, status = _packing_form(request, member, order), 200
    if form.errors:
        status = 422
    elif form.is_bound:
        try:
            parcel = pack_parcel(
                order_id=order.pk,
                quantities=form.quantities,
                created_by=member.user,
                now=timezone.now(),
                merchant_id=member.merchant_id,
            )
        except PackingRefused as refusal:
            order, form = _get_order(member, code), _packing_form(request, member, order)
            status = 409 if isinstance(refusal, UnitsTaken) else 422
            form.add_error(None, str(refusal))
        else:
            record_packing(parcel, member.user)
            messages.success(request, _("The parcel is packed."))
            return redirect("merchant-order", code)
    context = {"member": member, "here": "orders", "order": order, "form": form}
    context["parcels"] = [(parcel, list_steps(parcel)) for parcel in reversed(order.parcels)]
    return render(request, "merchant/order.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required()
def step_page(request: HttpRequest, member: MerchantMember, pk: int, step: str) -> HttpResponseBase:
    """Ask before a parcel takes a step, and for its tracking number if it is sent. 409 if somebody else was faster."""
    if step not in STEPS:
        raise Http404
    parcel, chosen, status = _get_parcel(member, pk), STEPS[step], 200
    data = request.POST if request.method == "POST" else None
    form = make_step_form(chosen, parcel, data)
    if form.is_bound and form.is_valid():
        try:
            take_step(name=step, parcel=parcel, user=member.user, now=timezone.now(), **form.answers)
        except PackingRefused as refusal:
            status = 409 if isinstance(refusal, UnitsTaken) else 422
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The parcel was updated."))
            return redirect("merchant-order", parcel.order.code)
    status = 422 if form.errors else status
    context: dict[str, Any] = {"member": member, "here": "orders", "parcel": parcel, "step": chosen, "form": form}
    return render(request, "merchant/step.html", context, status=status)


@require_safe
@merchant_required()
def slip_page(request: HttpRequest, member: MerchantMember, pk: int) -> HttpResponseBase:
    """Return the packing slip of a parcel, for as long as the merchant may read its address."""
    parcel = _get_parcel(member, pk)
    if not _get_order(member, parcel.order.code).address:
        raise PermissionDenied(_("The shopper's address is hidden by now, so there is no packing slip any more."))
    return packing_slip_response(parcel)


def _packing_form(request: HttpRequest, member: MerchantMember, order: MerchantOrder) -> PackingForm:
    data = request.POST if request.method == "POST" else None
    return PackingForm(data, order=Order(pk=order.pk), merchant_id=member.merchant_id)


def _get_order(member: MerchantMember, code: str) -> MerchantOrder:
    orders = with_merchants_lines(Order.objects.sold_by(member.merchant_id), member.merchant_id)
    return describe(get_object_or_404(orders, code=code), now=timezone.now())


def _get_parcel(member: MerchantMember, pk: int) -> Parcel:
    return get_object_or_404(Parcel.objects.for_slips().filter(merchant=member.merchant_id), pk=pk)
