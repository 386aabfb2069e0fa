"""The checkout page: addresses, the total, and one button that says what will be charged."""

import secrets

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.idempotency import KeyReused
from catalog.closed_shop import explain_closed_shop, takes_orders
from shop.address_forms import AddressForm
from shop.bag_pages import change_discount_code
from shop.bags import get_bag_lines, get_discount_code, quote_bag, set_discount_code
from shop.checkout import check_out
from shop.checkout_form import CheckoutForm
from shop.kept_cards import find_usable_cards, keeps_cards
from shop.models import Order
from shop.order_payment import CardRefused
from shop.orders import OrderRefused
from shop.payment_page import describe_payment_failure, offer_payment_page, redirect_to_payment
from shop.payments import PaymentRefused
from shop.providers import ProviderUnavailable, get_payment_provider
from shop.shopper import Shopper, shopper_of

NOT_SENT = ("csrfmiddlewaretoken", "then", "key", "card", "keep_card", "signed-in-as", "typed_code", "remove_code")
"""Fields that are not part of the order: with the same key, the same order may be paid in another way."""
REFRESH = "country"
"""The button that shows the form for another country or address, and the new total, without buying."""


@require_http_methods(["GET", "HEAD", "POST"])
def show_checkout(request: HttpRequest) -> HttpResponse:
    """Show the addresses and the total. On POST, buy the contents of the bag, if the total is the one that was shown.

    The form contains an idempotency key, so that a double click buys only once. A form that is not accepted comes back
    with everything that was typed, with the total of today, and with status 409 if the total is another one.
    """
    shopper = shopper_of(request)
    is_refresh = request.POST.get("then") == REFRESH or "remove_code" in request.POST
    code_refusal = change_discount_code(request, shopper) if is_refresh else ""
    form = CheckoutForm(request.POST if request.method == "POST" else None, shopper=shopper, is_refresh=is_refresh)
    refusal, key = "", request.POST.get("key", "")
    if request.method == "POST" and not is_refresh and form.is_valid():
        try:
            response = _buy_bag(request, shopper, form)
        except OrderRefused as refused:
            refusal = str(refused)
            if refused.quote is not None and refused.quote.discount_problem:
                set_discount_code(shopper=shopper, typed="", now=timezone.now())
        except KeyReused as refused:
            refusal, key = str(refused), ""
        else:
            return response
    lines = get_bag_lines(shopper)
    if not lines or not takes_orders():
        if not takes_orders():
            messages.error(request, explain_closed_shop())
        return redirect("bag")
    now = timezone.now()
    code = get_discount_code(shopper)
    quote = quote_bag(lines, form.destination, is_adult=shopper.is_known_adult, now=now, discount_code=code)
    has_total = quote.charges.total_minor > 0
    context = {
        "form": form,
        "lines": list(zip(lines, quote.lines, strict=True)),
        "quote": quote,
        "key": key or secrets.token_hex(16),
        "refusal": refusal,
        "discount_refusal": code_refusal or quote.discount_problem,
        "typed_code": request.POST.get("typed_code", code),
        "payment_page_follows": has_total and get_payment_provider().has_payment_page,
        "cards": find_usable_cards(shopper.user, now=now) if has_total else [],
        "can_keep_card": has_total and keeps_cards(shopper.user),
    }
    return render(request, "shop/checkout.html", context, status=409 if refusal else 200)


@require_safe
def show_address_fields(request: HttpRequest) -> HttpResponse:
    """Return the fields of a country's addresses as a piece of HTML, for the product sheet."""
    form = AddressForm(initial={"country_code": request.GET.get("country_code", "").upper()})
    return render(request, "shop/address_fields.html", {"form": form})


def _buy_bag(request: HttpRequest, shopper: Shopper, form: CheckoutForm) -> HttpResponse:
    """Buy the contents of the bag and return a redirect: to the payment, or to the order. Raises OrderRefused, KeyReused."""
    now = timezone.now()
    means = form.read_means(now)
    try:
        result = check_out(
            buyer=form.buyer,
            items=None,
            key=request.POST.get("key", "")[:120] or secrets.token_hex(16),
            now=now,
            confirmation=form.confirmation,
            sent={name: value for name, value in request.POST.items() if name not in NOT_SENT},
            saves_address=form.chosen is None and form.saves_address,
            means=means,
            discount_code=request.POST.get("discount_code", ""),
        )
    except CardRefused as failure:
        return offer_payment_page(request, failure)
    except (PaymentRefused, ProviderUnavailable) as failure:
        messages.error(request, describe_payment_failure(failure))
        order = Order.objects.visible_to(shopper).newest_first().first()
        return redirect(order) if order else redirect("orders")
    if result.outcome.next_url:
        return redirect_to_payment(request, result.outcome)
    return redirect(result.order)
