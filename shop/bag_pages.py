"""The page of the bag, which works without JavaScript."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.page_limits import explain_limit, is_limited
from catalog.closed_shop import takes_orders
from catalog.models import Product
from catalog.stock import MAX_QUANTITY
from shop.addresses import find_default_address, guess_destination
from shop.bags import (
    BagRefused,
    add_to_bag,
    change_quantity,
    get_bag_lines,
    get_discount_code,
    quote_bag,
    set_discount_code,
)
from shop.discounts import DiscountRefused
from shop.forms import BagAddForm
from shop.models import Order, TaxRate
from shop.quotes import Quote
from shop.shopper import Shopper, shopper_of
from shop.states import OrderState
from shop.variant_choice import VariantRefused, choose_variant


@require_http_methods(["GET", "HEAD", "POST"])
def show_bag(request: HttpRequest) -> HttpResponse:
    """Show the bag. On POST, add a product to it.

    With `then=change`, a POST sets the quantity of a product in the bag instead. 0 removes the product. With
    `then=discount`, it changes the discount code.
    """
    shopper = shopper_of(request)
    refusal = ""
    if request.method == "POST":
        if request.POST.get("then") != "discount":
            return _change_bag(request, shopper)
        refusal = change_discount_code(request, shopper)
        if not refusal:
            return redirect("bag")
    lines, code = get_bag_lines(shopper), get_discount_code(shopper)
    destination, is_adult = guess_destination(shopper), shopper.is_known_adult
    quote = quote_bag(lines, destination, is_adult=is_adult, now=timezone.now(), discount_code=code)
    context = {
        "lines": list(zip(lines, quote.lines, strict=True)),
        "max_quantity": MAX_QUANTITY,
        "quote": quote,
        "discount_refusal": refusal or quote.discount_problem,
        "typed_code": request.POST.get("typed_code", code),
        "takes_orders": takes_orders(),
        "leaves_tax_out": _leaves_tax_out(quote, shopper),
        "unpaid_orders": Order.objects.visible_to(shopper).filter(state=OrderState.PENDING).newest_first()[:5],
    }
    return render(request, "shop/bag.html", context, status=422 if refusal else 200)


def change_discount_code(request: HttpRequest, shopper: Shopper) -> str:
    """Keep the code that was typed with the bag, or remove the one that it has. Return why it was refused, or ""."""
    typed, is_removed = request.POST.get("typed_code", "").strip(), "remove_code" in request.POST
    if not typed and not is_removed:
        return ""
    if typed and is_limited(request, scope="lookup"):
        return explain_limit()
    try:
        set_discount_code(shopper=shopper, typed="" if is_removed else typed, now=timezone.now())
    except DiscountRefused as refusal:
        return str(refusal)
    return ""


def _leaves_tax_out(quote: Quote, shopper: Shopper) -> bool:
    """Return whether tax may be added to the total at checkout, because nobody knows yet where the order goes."""
    charges = quote.charges
    if charges.prices_include_tax or charges.taxes or find_default_address(shopper.user):
        return False
    return TaxRate.objects.exists()


def _change_bag(request: HttpRequest, shopper: Shopper) -> HttpResponse:
    form = BagAddForm(request.POST)
    if not form.is_valid():
        sentence = _("Choose a product, and a quantity from 1 to %(most)d.")
        messages.error(request, sentence % {"most": MAX_QUANTITY})
        return redirect("bag")
    item = form.cleaned_data
    is_change = request.POST.get("then") == "change"  # the product is already in the bag
    suitable = Product.objects.reviewed().suitable_for(is_adult=is_change or shopper.is_known_adult)
    product = get_object_or_404(suitable.select_related("category"), slug=item["product"])
    try:
        variant = choose_variant(product, item["variant"])
        if is_change:
            change_quantity(shopper=shopper, variant=variant, quantity=item["quantity"])
        else:
            add_to_bag(
                shopper=shopper,
                variant=variant,
                quantity=item["quantity"],
                impression_token=item["seen"],
                now=timezone.now(),
            )
    except VariantRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(product)
    except BagRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("bag")
    return redirect("checkout" if request.POST.get("then") == "checkout" else "bag")
