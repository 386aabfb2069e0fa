"""Admin page on which staff correct the email address of an order, and make the links to it invalid."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.access import user_with_permission
from accounts.history import history_line
from accounts.pasted_text import PastedEmailField
from shop.models import Order
from shop.order_links import correct_email, replace_link


class OrderEmailForm(forms.Form):
    email = PastedEmailField(
        label=gettext_lazy("Email address"),
        help_text=gettext_lazy(
            "Emails go there from now on, the confirmation too. Links in earlier emails stop working."
        ),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


def order_email_page(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show the form. On POST, correct the address or, if it stays the same, only replace the link."""
    user = user_with_permission(request, "shop.change_order")
    order = get_object_or_404(Order, pk=pk)
    form = OrderEmailForm(request.POST if request.method == "POST" else None, initial={"email": order.email})
    if form.is_bound and form.is_valid():
        email, reason = form.cleaned_data["email"], form.cleaned_data["reason"]
        if email == order.email:
            replace_link(order_id=order.pk)
            sentence = _("Links in earlier emails no longer open this order.")
            words = gettext_noop("Replaced the link: %(reason)s")
        else:
            correct_email(order_id=order.pk, email=email)
            sentence = _("Emails about this order go to %(email)s from now on.") % {"email": email}
            words = gettext_noop("Corrected the email address to %(email)s: %(reason)s")
        record = history_line(words, email=email, reason=reason)
        LogEntry.objects.log_actions(user.pk, [order], CHANGE, record, single_object=True)
        messages.success(request, sentence)
        return redirect("admin:shop_order_change", order.pk)
    context = admin.site.each_context(request) | {"form": form, "original": order, "opts": Order._meta}
    context["title"] = _("Email address of order %(code)s") % {"code": order.code}
    return TemplateResponse(request, "admin/shop/order/email.html", context, status=422 if form.errors else 200)
