"""Admin page on which staff cancel an order that waits for its payment, after a question."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.access import user_with_permission
from accounts.history import history_line
from shop.models import Order
from shop.providers import ProviderUnavailable
from shop.release import Release, explain_no_answer, explain_release, is_answer_missing, release_by_staff


class CancelOrderForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=200, help_text=gettext_lazy("For the history of the order.")
    )


def order_cancel_page(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Ask for the reason, then close the payment page at the provider and cancel the order."""
    user = user_with_permission(request, "shop.change_order")
    order, now = get_object_or_404(Order, pk=pk), timezone.now()
    if not order.is_pending:
        messages.error(request, _("This order is no longer waiting for payment."))
        return redirect("admin:shop_order_change", pk)
    is_unanswered = is_answer_missing(pk, now)
    form = CancelOrderForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        if refusal := _cancel(pk):
            form.add_error(None, refusal)
        else:
            sentence = history_line(gettext_noop("Cancelled: %(reason)s"), reason=form.cleaned_data["reason"])
            LogEntry.objects.log_actions(user.pk, [order], CHANGE, sentence, single_object=True)
            messages.success(request, _("The order was cancelled, and its items can be sold again."))
            return redirect("admin:shop_order_change", pk)
    context = admin.site.each_context(request) | {"form": form, "original": order, "opts": Order._meta}
    context |= {"title": _("Cancel order %(code)s") % {"code": order.code}, "is_unanswered": is_unanswered}
    return TemplateResponse(request, "admin/shop/order/cancel.html", context, status=422 if form.errors else 200)


def _cancel(order_id: int) -> str:
    """Cancel the order, or return why it was not cancelled."""
    try:
        release = release_by_staff(order_id=order_id, now=timezone.now())
    except ProviderUnavailable:
        return explain_no_answer()
    if release == Release.CANCELLED:
        return ""
    return explain_release(release) or _("This order is no longer waiting for payment.")
