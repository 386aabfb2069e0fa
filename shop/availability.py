"""Why a variant cannot be bought in a quantity: one sentence for the bag, the quote and a refused order."""

from babel.numbers import get_currency_name
from django.utils.translation import gettext as _

from catalog.closed_shop import explain_closed_shop, takes_orders
from catalog.models import Product, Variant
from catalog.prices import active_locale
from catalog.stock import MAX_QUANTITY
from shop.models import ShippingZone
from shop.rates import find_shipping_fee


def find_problem(variant: Variant, quantity: int, *, currency: str = "", is_adult: bool = True) -> str:
    """Return the sentence that says why this quantity cannot be bought here now. Return "" if it can be bought.

    `currency` is that of the bag or order, if it already has one.
    """
    return explain_unsold(variant.product, currency=currency, is_adult=is_adult) or explain_stock(variant, quantity)


def explain_unsold(product: Product, *, currency: str = "", is_adult: bool = True) -> str:
    """Return why no quantity of the product can be sold to this person in this currency, or ""."""
    if product.is_outbound:
        return _("%(product)s is sold by another shop. You can't buy it here.") % {"product": product.local_name}
    if not takes_orders():
        return explain_closed_shop()
    if product.category.is_age_restricted and not is_adult:
        return _("This product is only for people aged 18 or over. Sign in and confirm your age.")
    if currency not in ("", product.currency):
        return _explain_other_currency(product, currency)
    if find_shipping_fee(product.currency) is None and not ShippingZone.objects.exists():
        names = {"product": product.local_name, "currency": _name_currency(product.currency)}
        return _("%(product)s can't be ordered yet: this shop has no shipping fee in %(currency)s.") % names
    return ""


def explain_stock(variant: Variant, quantity: int) -> str:
    """Return why this quantity cannot be taken from the stock, or ""."""
    names = {"product": variant.full_name, "left": variant.sellable, "most": MAX_QUANTITY}
    if not variant.is_in_stock:
        return _("%(product)s is sold out.") % names
    if not 1 <= quantity <= MAX_QUANTITY:
        return _("Choose a quantity from 1 to %(most)d.") % names
    return _("%(product)s: only %(left)d left in stock.") % names if quantity > variant.sellable else ""


def _explain_other_currency(product: Product, currency: str) -> str:
    """Return the sentence for a product whose price is not in the currency of the bag or order."""
    names = {
        "product": product.local_name,
        "own": _name_currency(product.currency),
        "bag": _name_currency(currency),
    }
    return (
        _("%(product)s is priced in %(own)s, but the rest of your bag is in %(bag)s. Order them one after the other.")
        % names
    )


def _name_currency(code: str) -> str:
    return f"{get_currency_name(code, locale=active_locale())} ({code})"
