"""Admin pages on which staff pack orders and take parcels from step to step."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_safe

from accounts.access import user_with_permission
from accounts.history import history_line
from shop.delivery.forms import PackingForm, TrackingForm, suggest_tracking
from shop.delivery.parcels import (
    PackingRefused,
    UnitsTaken,
    cancel_parcel,
    correct_tracking,
    deliver_parcel,
    hand_over_parcel,
    lose_parcel,
    pack_parcel,
    resend_lost,
    send_parcel,
)
from shop.delivery.slips import render_packing_slip
from shop.models import Order, Parcel
from shop.states import ParcelState

ORDERS_PER_PAGE = 50


@dataclass(frozen=True)
class Step:
    """A step that staff confirm on a page: from which states, what the page asks, and what the history says.

    The shopper may gain from some steps: a colleague takes these for parcels of one's own.
    """

    title: Promise
    question: Promise
    record: str
    states: tuple[ParcelState, ...]
    take: Callable[..., None]
    asks_tracking: bool = False
    is_gain: bool = False


STEPS = {
    "send": Step(
        gettext_lazy("Send"),
        gettext_lazy("The shopper gets an email with the tracking link."),
        gettext_noop("Sent."),
        (ParcelState.PACKED,),
        send_parcel,
        asks_tracking=True,
    ),
    "tracking": Step(
        gettext_lazy("Correct the tracking"),
        gettext_lazy("The shopper gets another email with the tracking link."),
        gettext_noop("Corrected the tracking."),
        (ParcelState.SENT,),
        correct_tracking,
        asks_tracking=True,
    ),
    "hand-over": Step(
        gettext_lazy("Hand over"),
        gettext_lazy("Did the shopper pick this parcel up? They get an email, and the return period begins."),
        gettext_noop("Handed over."),
        (ParcelState.PACKED,),
        hand_over_parcel,
    ),
    "cancel": Step(
        gettext_lazy("Unpack"),
        gettext_lazy("Unpack this parcel? What is in it can be packed again."),
        gettext_noop("Unpacked."),
        (ParcelState.PACKED,),
        cancel_parcel,
    ),
    "deliver": Step(
        gettext_lazy("Delivered"),
        gettext_lazy("Did this parcel arrive? The shopper gets an email, and the return period begins."),
        gettext_noop("Delivered."),
        (ParcelState.SENT, ParcelState.LOST),
        deliver_parcel,
    ),
    "lose": Step(
        gettext_lazy("Lost"),
        gettext_lazy("Is this parcel lost? Then send its contents again, or refund them."),
        gettext_noop("Lost."),
        (ParcelState.SENT, ParcelState.DELIVERED),
        lose_parcel,
        is_gain=True,
    ),
    "resend": Step(
        gettext_lazy("Send again"),
        gettext_lazy("Pack the contents of this parcel again? They are taken from stock once more."),
        gettext_noop("Sent again."),
        (ParcelState.LOST,),
        resend_lost,
        is_gain=True,
    ),
}


@require_safe
def packing_list(request: HttpRequest) -> HttpResponse:
    """List the orders with units to pack, the one that has waited longest first."""
    user_with_permission(request, "shop.add_parcel")
    page = Paginator(Order.objects.to_pack().with_lines(), ORDERS_PER_PAGE).get_page(request.GET.get("page"))
    context = admin.site.each_context(request) | {"title": _("Orders to pack"), "page": page, "opts": Parcel._meta}
    return TemplateResponse(request, "admin/shop/parcel/packing_list.html", context)


def pack_page(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show what is left of an order to pack. On POST, pack the chosen units; 409 if somebody else was faster."""
    user = user_with_permission(request, "shop.add_parcel")
    order = get_object_or_404(Order, pk=pk)
    form, status = PackingForm(request.POST if request.method == "POST" else None, order=order), 200
    if form.errors:
        status = 422
    elif form.is_bound:
        try:
            parcel = pack_parcel(order_id=pk, quantities=form.quantities, created_by=user, now=timezone.now())
        except PackingRefused as refusal:
            form, status = PackingForm(request.POST, order=order), 409 if isinstance(refusal, UnitsTaken) else 422
            form.add_error(None, str(refusal))
        else:
            LogEntry.objects.log_actions(
                user.pk, [parcel], ADDITION, history_line(gettext_noop("Packed.")), single_object=True
            )
            messages.success(request, _("The parcel is packed."))
            return redirect("admin:shop_parcel_change", parcel.pk)
    context = admin.site.each_context(request) | {"form": form, "order": order, "opts": Parcel._meta}
    context["title"] = _("Pack order %(code)s") % {"code": order.code}
    return TemplateResponse(request, "admin/shop/parcel/pack.html", context, status=status)


def step_page(request: HttpRequest, pk: int, step: str) -> HttpResponseBase:
    """Ask before a parcel takes a step, and for its tracking number if it is sent. 409 if somebody else was faster."""
    user = user_with_permission(request, "shop.change_parcel")
    parcel, chosen, status = get_object_or_404(Parcel.objects.select_related("order"), pk=pk), STEPS[step], 200
    data = request.POST if request.method == "POST" else None
    form = TrackingForm(data, initial=suggest_tracking(parcel)) if chosen.asks_tracking else None
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            if chosen.is_gain and parcel.order.user_id == user.pk:
                raise PackingRefused(_("This is an order of your own. A colleague has to record this."))
            _take(chosen, pk, form, timezone.now())
        except PackingRefused as refusal:
            status = 409 if isinstance(refusal, UnitsTaken) else 422
            messages.error(request, str(refusal))
        else:
            LogEntry.objects.log_actions(user.pk, [parcel], CHANGE, history_line(chosen.record), single_object=True)
            messages.success(request, _("The parcel was updated."))
            return redirect("admin:shop_parcel_change", pk)
    context: dict[str, Any] = admin.site.each_context(request) | {"form": form, "original": parcel}
    context |= {"opts": Parcel._meta, "title": chosen.title, "question": chosen.question}
    context["lines"] = parcel.lines.select_related("order_line__product")
    status = 422 if form is not None and form.errors else status
    return TemplateResponse(request, "admin/shop/parcel/step.html", context, status=status)


@require_safe
def packing_slip(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the packing slip of a parcel as a PDF file, in the language of the order."""
    user_with_permission(request, "shop.view_parcel")
    parcel = get_object_or_404(Parcel.objects.select_related("order").with_lines(), pk=pk)
    name = f"packing-slip-{parcel.order.code}-{parcel.pk}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(render_packing_slip(parcel), content_type="application/pdf", headers=headers)


def _take(step: Step, parcel_id: int, form: TrackingForm | None, now: datetime) -> None:
    """Take the step. Raises PackingRefused."""
    if form is None:
        step.take(parcel_id=parcel_id, now=now)
    else:
        step.take(parcel_id=parcel_id, tracking=form.tracking, now=now)
