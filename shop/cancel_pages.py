"""Pages around orders that end early: the question before one is cancelled, and its items put back into the bag."""

from functools import partial

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from shop.bag_refill import refill_bag
from shop.bags import explain_full_bag
from shop.models import Order
from shop.providers import ProviderUnavailable
from shop.refunds import RefundRefused, cancel_paid_order
from shop.release import Release, explain_no_answer, explain_release, release_order
from shop.shopper import shopper_of
from shop.states import OrderState
from shop.tasks import send_refund_by_id


@require_http_methods(["GET", "HEAD", "POST"])
def cancel_order(request: HttpRequest, code: str) -> HttpResponse:
    """Ask first. On POST, cancel the order and, if it was already paid, also plan a refund."""
    order = _get_order(request, code)
    if request.method == "POST":
        _cancel(request, order)
    elif order.is_cancellable_at(timezone.now()):
        return render(request, "shop/cancel_order.html", {"order": order})
    return redirect(order)


@require_POST
def order_again(request: HttpRequest, code: str) -> HttpResponse:
    """Put the items of a cancelled order into the bag of whoever looks at it."""
    order = _get_order(request, code)
    if order.state != OrderState.CANCELLED:
        messages.error(request, _("Only the items of a cancelled order can be put in the bag again."))
        return redirect(order)
    if refill_bag(order=order, shopper=shopper_of(request)):
        messages.success(request, _("The items of your order are in your bag."))
    else:
        messages.error(request, explain_full_bag())
    return redirect("bag")


def _cancel(request: HttpRequest, order: Order) -> None:
    """Cancel an order. A message on the next page says what was done."""
    now = timezone.now()
    try:
        release = release_order(order_id=order.pk, now=now)
    except ProviderUnavailable:
        messages.error(request, explain_no_answer())
        return
    if release == Release.CANCELLED:
        messages.success(request, _("Your order was cancelled. You have not been charged."))
        return
    try:
        refund = cancel_paid_order(order_id=order.pk, created_by=shopper_of(request).user, now=now)
    except RefundRefused as refusal:
        messages.error(request, explain_release(release) or str(refusal))
        return
    transaction.on_commit(partial(send_refund_by_id.delay, refund.pk), robust=True)
    messages.success(request, _("Your order was cancelled. We are refunding your payment."))


def _get_order(request: HttpRequest, code: str) -> Order:
    return get_object_or_404(Order.objects.visible_to(shopper_of(request)), code=code)
