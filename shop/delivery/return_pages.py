"""Admin page on which staff record how many units of a return arrived, and refund them if they may."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.access import signed_in_user
from accounts.history import history_line
from accounts.proposals import ProposalRefused
from shop.delivery.return_steps import receive_return
from shop.models import Refund
from shop.refund_pages import announce_refund
from shop.refund_proposals import RefundRequest, refund_by_staff
from shop.refunds import RefundRefused


class ReceivedForm(forms.Form):
    """How many units of each line arrived. It begins with as many as the shopper announced."""

    is_restocked = forms.BooleanField(label=gettext_lazy("They can be sold again"), required=False)

    def __init__(self, data: Any, *, refund: Refund) -> None:
        super().__init__(data)
        self.lines = list(refund.lines.select_related("order_line__product").order_by("pk"))
        for line in self.lines:
            self.fields[f"line-{line.pk}"] = forms.IntegerField(
                label=line.order_line.local_name,
                min_value=0,
                max_value=line.quantity,
                initial=line.quantity,
                required=False,
                help_text=_("of %(count)d") % {"count": line.quantity},
            )
        self.order_fields([f"line-{line.pk}" for line in self.lines])

    @property
    def quantities(self) -> dict[int, int]:
        return {line.pk: self.cleaned_data[f"line-{line.pk}"] or 0 for line in self.lines}


def receive_page(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Ask what arrived. On POST, record it, and refund it if the user may: otherwise Finance finds it on the list."""
    if not (request.user.has_perm("shop.change_parcel") or request.user.has_perm("shop.add_refund")):
        raise PermissionDenied
    refund = get_object_or_404(Refund.objects.select_related("order"), pk=pk)
    form, status = ReceivedForm(request.POST if request.method == "POST" else None, refund=refund), 200
    if form.is_bound and form.is_valid():
        is_restocked = form.cleaned_data["is_restocked"]
        try:
            if refund.order.user_id == signed_in_user(request).pk:
                raise RefundRefused(_("This is an order of your own. A colleague has to record this."))
            receive_return(refund_id=pk, quantities=form.quantities, is_restocked=is_restocked, now=timezone.now())
        except RefundRefused as refusal:
            form.add_error(None, str(refusal))
            status = 409
        else:
            _record(request, refund, sum(form.quantities.values()))
            return redirect("admin:shop_refund_change", pk)
    context = admin.site.each_context(request) | {"form": form, "original": refund, "opts": Refund._meta}
    context["title"] = _("Return of order %(code)s") % {"code": refund.order.code}
    status = status if status != 200 or not form.errors else 422
    return TemplateResponse(request, "admin/shop/refund/receive.html", context, status=status)


def _record(request: HttpRequest, refund: Refund, arrived: int) -> None:
    """Note in the history what arrived, and refund it if the user may. A message says what happens next."""
    user = signed_in_user(request)
    line = history_line(gettext_noop("Received %(count)d."), count=arrived)
    LogEntry.objects.log_actions(user.pk, [refund], CHANGE, line, single_object=True)
    if not user.has_perm("shop.add_refund"):
        messages.success(request, _("The return is recorded. It waits to be refunded."))
        return
    wish = RefundRequest.of_return(refund)
    try:
        announce_refund(request, refund_by_staff(request=wish, user=user, now=timezone.now()))
    except (RefundRefused, ProposalRefused) as refusal:
        messages.error(request, str(refusal))
