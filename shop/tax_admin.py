"""Admin page of tax rates, and the tables of taxes on the pages of orders and refunds."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from catalog.amounts import write_percent
from catalog.countries import country_choices, country_name
from catalog.money_fields import MoneyAdmin, MoneyForm
from catalog.prices import format_money
from shop.models import Order, TaxRate
from shop.templatetags.taxes import tax_name


class TaxRateForm(MoneyForm[TaxRate]):
    country_code = forms.ChoiceField(label=capfirst(_("country")), choices=country_choices)


class TaxRateAdmin(MoneyAdmin[TaxRate]):
    """Tax rates. Above the list stand those of TAX_RATES_BPS, with the ones that a row replaces marked."""

    form = TaxRateForm
    change_list_template = "admin/shop/taxrate/change_list.html"
    list_display = ["country", "region", "tax_class", "rate", "valid_from"]
    list_filter = ["tax_class"]
    list_select_related = ["tax_class"]
    search_fields = ["country_code", "region"]
    ordering = ["country_code", "region", "tax_class", "-valid_from"]
    fields = ["country_code", "region", "tax_class", "rate_bps", "valid_from"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Return what a new rate begins with: the shop's country, and today."""
        values = {"country_code": settings.SHOP_COUNTRY or "US", "valid_from": timezone.localdate()}
        return values | super().get_changeform_initial_data(request)

    @admin.display(description=_("country"), ordering="country_code")
    def country(self, rate: TaxRate) -> str:
        return country_name(rate.country_code)

    @admin.display(description=_("rate"), ordering="rate_bps")
    def rate(self, rate: TaxRate) -> str:
        return f"{write_percent(rate.rate_bps)}%"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        replaced = set(TaxRate.objects.filter(region="", tax_class=None).values_list("country_code", flat=True))
        rates = [
            (country_name(code), write_percent(rate_bps), code in replaced)
            for code, rate_bps in sorted(settings.TAX_RATES_BPS.items())
        ]
        context = {"setting_rates": rates, "prices_include_tax": settings.PRICES_INCLUDE_TAX}
        return super().changelist_view(request, {**context, **(extra_context or {})})


def list_taxes(taxes: Sequence[Mapping[str, Any]], order: Order) -> SafeString:
    """Return the tax by rate, one below the other, such as “VAT 19%: €3.19”."""
    lines = (
        (tax_name(tax["rate_bps"], order.country_code), format_money(tax["tax_minor"], order.currency)) for tax in taxes
    )
    return format_html_join(SafeString("<br>"), "{}: {}", lines)
