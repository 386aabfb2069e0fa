"""Pages of orders: the list, and one order with its payment and returns."""

from datetime import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.keys import parse_key
from accounts.refused_addresses import find_refused_address, forget_refused
from shop.delivery.order_pages import list_changes
from shop.delivery.seller_groups import list_sellers
from shop.digital.downloads import list_downloads
from shop.forms import EmailCorrectionForm
from shop.kept_cards import explain_missing_card, find_usable_card, find_usable_cards
from shop.models import Order
from shop.order_links import (
    claim_order,
    correct_email,
    explain_unclaimable,
    knows_order_email,
    mask_email,
    may_claim,
    open_order,
    was_placed_here,
)
from shop.order_payment import CardRefused, Means, Return, ask_on_return, pay_order
from shop.payment_page import describe_payment_failure, offer_payment_page, redirect_to_payment
from shop.payments import PaymentRefused
from shop.providers import ProviderUnavailable
from shop.providers.port import RETURNED
from shop.refunds import RefundRefused
from shop.return_form import ReturnForm
from shop.returns import request_return
from shop.shopper import shopper_of
from shop.states import OrderState, PaymentState, RefundState

ORDERS_PER_PAGE = 20
MOST_QUESTIONS = 12
"""How often the page of an order asks the provider by itself about a payment that was just made."""


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
    if order is None and was_placed_here(request, code):
        messages.info(request, _("This order was placed without an account. Open it with its email address."))
        return redirect(f"{reverse('order-find')}?code={code}")
    order = order or _get_order(request, code)
    questions = request.GET.get(RETURNED, "")
    if not (order.is_pending and questions):
        return _render_order(request, order)
    is_unknown = _ask_on_return(request, order)
    count = int(questions) + 1 if questions.isdecimal() and len(questions) < 3 else MOST_QUESTIONS
    next_question = f"?{RETURNED}={count}" if is_unknown and count <= MOST_QUESTIONS else ""
    return _render_order(request, _get_order(request, code), is_unknown=is_unknown, next_question=next_question)


@require_POST
def change_order(request: HttpRequest, code: str, action: str) -> HttpResponse:
    """Pay for an order, request a return, correct its email address or claim it, depending on `action`."""
    order = _get_order(request, code)
    if action == "pay":
        return _pay(request, order, timezone.now())
    if action == "email":
        return _correct_email(request, order)
    if action == "return":
        return _request_return(request, order)
    _claim(request, order)
    return redirect(order)


def _pay(request: HttpRequest, order: Order, now: datetime) -> HttpResponse:
    """Charge the kept card of the button that was used, or lead to the payment page."""
    card, card_id, payer = None, request.POST.get("card", ""), shopper_of(request).user
    if card_id:
        card = find_usable_card(payer, parse_key(card_id), now=now)
        if card is None:
            messages.error(request, explain_missing_card())
            return redirect(order)
    try:
        outcome = pay_order(order=order, now=now, means=Means(card, payer=payer))
    except CardRefused as failure:
        return offer_payment_page(request, failure)
    except (PaymentRefused, ProviderUnavailable) as failure:
        messages.error(request, describe_payment_failure(failure))
        return redirect(order)
    return redirect_to_payment(request, outcome) if outcome.next_url else redirect(order)


def _ask_on_return(request: HttpRequest, order: Order) -> bool:
    """Return whether the provider has not told yet what became of the payment. Say it if the payment failed."""
    try:
        return ask_on_return(order=order, now=timezone.now()) == Return.UNKNOWN
    except PaymentRefused as failure:
        messages.error(request, describe_payment_failure(failure))
        return False


def _request_return(request: HttpRequest, order: Order) -> HttpResponse:
    """Record the request. If it is refused, show the form with what was typed and why it was refused."""
    now = timezone.now()
    form = ReturnForm(request.POST, order=order, now=now)
    if form.is_valid():
        try:
            request_return(order=order, quantities=form.quantities, reason=form.cleaned_data["reason"], now=now)
        except RefundRefused as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(request, _("We received your return request. We will reply by email."))
            return redirect(
                f"{order.get_absolute_url()}#top"
            )  # where the message is; browsers keep the form's fragment
    return _render_order(request, order, form)


def _correct_email(request: HttpRequest, order: Order) -> HttpResponse:
    """Send the order's emails to another address, or to the same again, if the one that it has was refused."""
    form = EmailCorrectionForm(request.POST)
    if not knows_order_email(shopper_of(request), order):
        messages.error(request, explain_unclaimable())
        return redirect(order)
    if find_refused_address(order.email) is None:
        messages.info(
            request, _("The address of this order was not refused, so it stays as it is. Ask us to change it.")
        )
        return redirect(order)
    if not form.is_valid():
        return _render_order(request, order, email_form=form)
    email = form.cleaned_data["email"]
    forget_refused(email=email)
    correct_email(order_id=order.pk, email=email)
    order.refresh_from_db()
    open_order(request, order, by_email=True)
    messages.success(request, _("Emails about this order go to %(email)s from now on.") % {"email": email})
    return redirect(order)


def _claim(request: HttpRequest, order: Order) -> None:
    user = shopper_of(request).user
    if user is not None and may_claim(request, order) and claim_order(order_id=order.pk, user=user):
        messages.success(request, _("This order is in your account now."))
    elif order.user_id is None:
        messages.error(request, explain_unclaimable())


def _render_order(
    request: HttpRequest,
    order: Order,
    form: ReturnForm | None = None,
    *,
    is_own: bool = True,
    is_unknown: bool = False,
    next_question: str = "",
    email_form: EmailCorrectionForm | None = None,
) -> HttpResponse:
    now = timezone.now()
    shopper = shopper_of(request)
    user, is_known = shopper.user, not is_own or knows_order_email(shopper, order)
    pays_with_card = is_own and order.is_pending and order.total_minor and user is not None and order.user_id == user.pk
    is_returnable = order.state in (OrderState.PAID, OrderState.PARTLY_REFUNDED)
    may_see_invoices = not is_own and request.user.has_perm("shop.view_invoice")
    answered_by_cancelling = Q(state=RefundState.REFUSED, settled_at=order.cancelled_at)
    context = {
        "order": order,
        "sellers": list_sellers(order),
        "downloads": list_downloads(order) if is_own and order.is_packable else [],
        "changes": list_changes(request, order) if is_own else {},
        "is_own": is_own,
        "is_known": is_known,
        "email": order.email if is_known else mask_email(order.email),
        "is_claimable": is_own and may_claim(request, order),
        "is_unknown": is_unknown and order.is_pending,
        "next_question": next_question,
        "cards": find_usable_cards(user, now=now) if pays_with_card else [],
        "refused": find_refused_address(order.email),
        "email_form": email_form or EmailCorrectionForm(initial={"email": order.email}),
        "is_processing": order.is_pending and order.payments.filter(state=PaymentState.PROCESSING).exists(),
        "refunds": order.refunds.exclude(answered_by_cancelling).order_by("created_at"),
        "is_cancellable": is_own and order.is_cancellable_at(now) and not order.is_pending and not order.list_parcels(),
        "invoices": order.invoices.all() if (is_own and is_known) or may_see_invoices else [],
        "return_form": form or (ReturnForm(order=order, now=now) if is_own and is_returnable else None),
    }
    response = render(request, "shop/order.html", context, status=422 if form or email_form else 200)
    response.headers["X-Robots-Tag"], response.headers["Referrer-Policy"] = "noindex", "same-origin"
    return response


def _get_order(request: HttpRequest, code: str) -> Order:
    return get_object_or_404(Order.objects.visible_to(shopper_of(request)).with_lines(), code=code)
