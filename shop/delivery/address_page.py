"""Admin page on which staff change where a paid order goes, for a shopper who asked for it."""

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.access import signed_in_user
from accounts.history import history_line
from shop.address_forms import AddressForm
from shop.delivery.order_changes import OrderChangeRefused, change_address, is_changeable
from shop.models import Order


def may_change_address(request: HttpRequest) -> bool:
    """Return whether the user is of Finance, or packs and gets the shoppers' questions."""
    return request.user.has_perm("shop.change_order") or request.user.has_perm("shop.add_parcel")


def order_address_page(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show the form with the order's address. On POST, change it and email the shopper; 409 if it was packed meanwhile."""
    if not may_change_address(request):
        raise PermissionDenied
    order = get_object_or_404(Order, pk=pk)
    if not is_changeable(order):
        messages.error(request, _("The address of this order can't be changed any more."))
        return redirect("admin:shop_order_change", pk)
    form, status = AddressForm(request.POST if request.method == "POST" else None, initial=order.address_values), 200
    if form.is_bound and form.is_valid():
        try:
            change_address(order_id=pk, address=form.address, now=timezone.now())
        except OrderChangeRefused as refusal:
            form.add_error(None, str(refusal))
            status = 409
        else:
            record = history_line(gettext_noop("Changed the delivery address."))
            LogEntry.objects.log_actions(signed_in_user(request).pk, [order], CHANGE, record, single_object=True)
            messages.success(request, _("The address was changed. The shopper gets an email about it."))
            return redirect("admin:shop_order_change", pk)
    context = admin.site.each_context(request) | {"form": form, "original": order, "opts": Order._meta}
    context |= {"title": _("Address of order %(code)s") % {"code": order.code}, "crumb": _("Delivery address")}
    status = 422 if form.errors and status == 200 else status
    return TemplateResponse(request, "admin/shop/order/email.html", context, status=status)
