"""Whether the payment provider can charge what an order costs, and pay back each seller's part of it."""

from collections import Counter

from django.utils.translation import gettext as _

from catalog.models import HOUSE_ID, seller_of
from catalog.prices import format_money
from shop.providers import get_payment_provider
from shop.quotes import Quote


def explain_unpayable(quote: Quote) -> str:
    """Return why the provider cannot charge the total of a quote, or "" if it can."""
    total_minor, currency = quote.charges.total_minor, quote.currency
    if not total_minor:
        return ""
    provider = get_payment_provider()
    step_minor = provider.payable_step(currency)
    if not step_minor:
        return _("Payments in %(currency)s are not possible here.") % {"currency": currency}
    if any(amount_minor % step_minor for amount_minor in (total_minor, *_sum_by_merchant(quote).values())):
        values = {"amount": format_money(total_minor, currency), "step": format_money(step_minor, currency)}
        return _("%(amount)s can't be charged: the payment service takes amounts in steps of %(step)s.") % values
    least_minor, most_minor = provider.least_payable(currency), provider.most_payable(currency)
    if total_minor < least_minor:
        values = {"amount": format_money(total_minor, currency), "least": format_money(least_minor, currency)}
        return _("%(amount)s can't be charged: the payment service takes at least %(least)s.") % values
    if total_minor > most_minor:
        values = {"amount": format_money(total_minor, currency), "most": format_money(most_minor, currency)}
        return (
            _("%(amount)s can't be charged: the payment service takes at most %(most)s. Order fewer at a time.")
            % values
        )
    return ""


def _sum_by_merchant(quote: Quote) -> Counter[int]:
    """Return what the goods of each merchant other than the house cost with their tax: it is refunded on its own."""
    sums, charges = Counter[int](), quote.charges
    for line, charged in zip(quote.lines, charges.lines, strict=False):
        if seller_of(line.product) != HOUSE_ID:
            added_minor = 0 if charges.prices_include_tax else charged.tax_minor
            sums[seller_of(line.product)] += charged.amount_minor + added_minor
    return sums
