"""Pages for shoppers: bag, checkout and orders."""

import secrets
from datetime import datetime
from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.idempotency import KeyReused
from accounts.keys import parse_key
from catalog.closed_shop import explain_closed_shop, takes_orders
from catalog.models import Product
from catalog.stock import MAX_QUANTITY
from shop.attribution import Buyer
from shop.bags import BagRefused, add_to_bag, change_quantity, get_bag_lines
from shop.charges import calculate_charges
from shop.checkout import check_out, get_bag_items
from shop.forms import AddressForm, BagAddForm, ReturnForm
from shop.models import Address, BagLine, Order
from shop.orders import OrderRefused, cancel_order, get_charge_rules
from shop.payment_page import redirect_to_payment
from shop.payments import PaymentRefused, pay_order
from shop.providers import ProviderUnavailable
from shop.refunds import RefundRefused, cancel_paid_order, request_return
from shop.shopper import Shopper, shopper_of
from shop.tasks import send_refund_by_id

ORDERS_PER_PAGE = 20


@require_http_methods(["GET", "HEAD", "POST"])
def show_bag(request: HttpRequest) -> HttpResponse:
    """Show the bag. On POST, add a product to it.

    With `then=change`, a POST sets the quantity of a product in the bag instead. 0 removes the product.
    """
    shopper = shopper_of(request)
    if request.method == "POST":
        return _change_bag(request, shopper)
    lines = get_bag_lines(shopper)
    address = Address.objects.filter(user=shopper.user).first() if shopper.user else None
    country = address.country_code if address else "US"
    charges = calculate_charges(sum(line.amount_minor for line in lines), country, get_charge_rules())
    free_from = get_charge_rules().shipping_free_from_minor
    context = {
        "lines": lines,
        "max_quantity": MAX_QUANTITY,
        "charges": charges,
        "currency": lines[0].product.currency if lines else "",
        "to_free_shipping_minor": max(0, free_from - charges.goods_minor) if charges.shipping_minor else 0,
        "is_buyable": bool(lines) and all(line.is_available for line in lines),
        "takes_orders": takes_orders(),
    }
    return render(request, "shop/bag.html", context)


def _change_bag(request: HttpRequest, shopper: Shopper) -> HttpResponse:
    form = BagAddForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a product and a quantity."))
        return redirect("bag")
    item = form.cleaned_data
    is_change = request.POST.get("then") == "change"  # the product is already in the bag
    suitable = Product.objects.suitable_for(is_adult=is_change or shopper.is_known_adult)
    product = get_object_or_404(suitable, slug=item["product"])
    try:
        if is_change:
            change_quantity(shopper=shopper, product=product, quantity=item["quantity"])
        else:
            add_to_bag(
                shopper=shopper,
                product=product,
                quantity=item["quantity"],
                impression_token=item["seen"],
                now=timezone.now(),
            )
    except BagRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("bag")
    return redirect("checkout" if request.POST.get("then") == "checkout" else "bag")


@require_http_methods(["GET", "HEAD", "POST"])
def show_checkout(request: HttpRequest) -> HttpResponse:
    """Show a form for the address. On POST, buy the contents of the bag.

    The form contains an idempotency key, so that a double click buys only once.
    """
    shopper = shopper_of(request)
    lines = get_bag_lines(shopper)
    saved_address = Address.objects.filter(user=shopper.user).first() if shopper.user else None
    form = AddressForm(
        request.POST if request.method == "POST" else None, instance=saved_address, needs_email=shopper.user is None
    )
    if request.method == "POST" and form.is_valid():
        response = _buy_bag(request, shopper, lines, form)
        if response is not None:
            return response
    if not lines:
        return redirect("bag")
    if not takes_orders():
        messages.error(request, explain_closed_shop())
        return redirect("bag")
    country = str(form["country_code"].value() or "US").upper()
    context = {
        "form": form,
        "lines": lines,
        "key": request.POST.get("key") or secrets.token_hex(16),
        "charges": calculate_charges(sum(line.amount_minor for line in lines), country, get_charge_rules()),
        "currency": lines[0].product.currency,
    }
    return render(request, "shop/checkout.html", context)


def _buy_bag(request: HttpRequest, shopper: Shopper, lines: list[BagLine], form: AddressForm) -> HttpResponse | None:
    """Buy the contents of the bag and return a redirect. Return None if the order was refused.

    After None, the caller shows the filled-in form again.
    """
    user = shopper.user
    email = user.email if user else form.cleaned_data["email"]
    shown_total = request.POST.get("total_minor", "")
    try:
        result = check_out(
            buyer=Buyer(shopper, email, form.address),
            items=get_bag_items(lines),
            key=request.POST.get("key", "") or secrets.token_hex(16),
            now=timezone.now(),
            expected_total_minor=parse_key(shown_total) if shown_total else None,
            is_bag=True,
        )
    except (OrderRefused, KeyReused) as refusal:
        messages.error(request, str(refusal))
        return None
    except (PaymentRefused, ProviderUnavailable) as failure:
        messages.error(request, _describe_payment_failure(failure))
        order = Order.objects.visible_to(shopper).newest_first().first()
        return redirect(order) if order else None
    if result.outcome.next_url:
        return redirect_to_payment(request, result.outcome.next_url)
    return redirect(result.order)


@require_safe
def list_orders(request: HttpRequest) -> HttpResponse:
    orders = Order.objects.visible_to(shopper_of(request)).with_lines().newest_first()
    page = Paginator(orders, ORDERS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "shop/orders.html", {"page": page})


@require_safe
def show_order(request: HttpRequest, code: str) -> HttpResponse:
    """Show an order to its shopper, and to staff who may see orders, without buttons."""
    order = Order.objects.visible_to(shopper_of(request)).with_lines().filter(code=code).first()
    if order is None and request.user.has_perm("shop.view_order"):
        return _render_order(request, get_object_or_404(Order.objects.with_lines(), code=code), is_own=False)
    return _render_order(request, order or _get_order(request, code))


@require_POST
def change_order(request: HttpRequest, code: str, action: str) -> HttpResponse:
    """Pay for an order, cancel it or request a return, depending on `action`."""
    order = _get_order(request, code)
    now = timezone.now()
    if action == "cancel":
        _cancel(request, order, now)
    elif action == "pay":
        try:
            outcome = pay_order(order=order, now=now)
        except (PaymentRefused, ProviderUnavailable) as failure:
            messages.error(request, _describe_payment_failure(failure))
        else:
            return redirect_to_payment(request, outcome.next_url) if outcome.next_url else redirect(order)
    else:
        return _request_return(request, order)
    return redirect(order)


def _cancel(request: HttpRequest, order: Order, now: datetime) -> None:
    """Cancel an order. If it was already paid, also plan a refund. A message on the next page says what was done."""
    if cancel_order(order_id=order.pk, now=now):
        messages.success(request, _("Your order was cancelled. You have not been charged."))
        return
    try:
        refund = cancel_paid_order(order_id=order.pk, created_by=shopper_of(request).user, now=now)
    except RefundRefused as refusal:
        messages.error(request, str(refusal))
        return
    transaction.on_commit(partial(send_refund_by_id.delay, refund.pk), robust=True)
    messages.success(request, _("Your order was cancelled. We are refunding your payment."))


def _request_return(request: HttpRequest, order: Order) -> HttpResponse:
    form = ReturnForm(request.POST, order=order)
    if not form.is_valid():
        return _render_order(request, order, form)
    try:
        request_return(order=order, quantities=form.quantities, reason=form.cleaned_data["reason"], now=timezone.now())
    except RefundRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("We received your return request. We will reply by email."))
    return redirect(order)


def _render_order(
    request: HttpRequest, order: Order, form: ReturnForm | None = None, *, is_own: bool = True
) -> HttpResponse:
    now = timezone.now()
    lines = list(order.lines.all())
    is_returnable = any(
        line.refundable_quantity and line.payable_at is not None and line.payable_at > now for line in lines
    )
    context = {
        "order": order,
        "lines": lines,
        "is_own": is_own,
        "refunds": order.refunds.order_by("created_at"),
        "is_cancellable": is_own and order.is_cancellable_at(now) and not order.is_pending,
        "return_form": (form or ReturnForm(order=order)) if is_own and is_returnable else None,
    }
    return render(request, "shop/order.html", context)


def _get_order(request: HttpRequest, code: str) -> Order:
    return get_object_or_404(Order.objects.visible_to(shopper_of(request)).with_lines(), code=code)


def _describe_payment_failure(failure: Exception) -> str:
    if isinstance(failure, ProviderUnavailable):
        return _(
            "The payment service is not responding. "
            "We are holding your order for a short time, so please try paying again."
        )
    return _("%(reason)s We are holding your order for a short time, so please try paying again.") % {"reason": failure}
