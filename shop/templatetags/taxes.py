"""Filter that names a tax: `{% load taxes %}`, then `{{ tax.rate_bps|tax_name:order.country_code }}`."""

from django import template
from django.utils.translation import gettext as _

from catalog.amounts import write_percent
from catalog.vat_numbers import VAT_COUNTRIES

register = template.Library()


@register.filter
def tax_name(rate_bps: int | None, country_code: str) -> str:
    """Return what a tax is called where the goods go, with its rate: “VAT 19%”. Old orders have no rate."""
    name = _("VAT") if country_code in VAT_COUNTRIES else _("Tax")
    return name if rate_bps is None else f"{name} {write_percent(rate_bps)}%"
