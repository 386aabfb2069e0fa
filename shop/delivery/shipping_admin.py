"""Admin pages of shipping zones and options."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.admin_filters import AutocompleteFilter, AutocompleteFilterMixin
from accounts.edit_forms import EditForm
from accounts.editable_admin import EditableAdmin
from catalog.countries import country_choices, country_name
from catalog.money_fields import MoneyAdmin, money_column
from shop.models import ShippingOption, ShippingZone


class ShippingZoneForm(EditForm[ShippingZone]):
    countries = forms.MultipleChoiceField(
        label=capfirst(_("countries")), choices=country_choices, widget=forms.SelectMultiple(attrs={"size": 12})
    )


@admin.register(ShippingZone)
class ShippingZoneAdmin(EditableAdmin[ShippingZone]):
    """Zones. Until one has an option, the shipping fee of the settings counts in all countries."""

    form = ShippingZoneForm
    list_display = ["name", "country_names", "region_names"]
    search_fields = ["name"]
    ordering = ["name"]
    fields = ["name", "countries", "regions"]

    def save_model(self, request: HttpRequest, obj: ShippingZone, form: Any, change: bool) -> None:
        """Save, and say what a zone without an option means."""
        super().save_model(request, obj, form, change)
        if not ShippingOption.objects.exists():
            text = gettext("Add shipping options. Until then, the shipping fee of the settings counts everywhere.")
            messages.info(request, text)
        elif not obj.options.filter(is_active=True).exists():
            messages.warning(request, gettext("Nothing is delivered to this zone until it offers a shipping option."))

    @admin.display(description=_("countries"))
    def country_names(self, zone: ShippingZone) -> str:
        return ", ".join(map(country_name, zone.countries))

    @admin.display(description=_("states or regions"), empty_value="–")
    def region_names(self, zone: ShippingZone) -> str:
        return ", ".join(zone.regions)


@admin.register(ShippingOption)
class ShippingOptionAdmin(AutocompleteFilterMixin, MoneyAdmin[ShippingOption]):
    """Options. Those of a zone with the same name are the prices of one, by value and weight."""

    list_display = ["name", "zone", "kind", "price", "goods_from", "weight_upto_g", "is_active"]
    list_filter = [("zone", AutocompleteFilter), "kind", "is_active"]
    list_select_related = ["zone"]
    search_fields = ["name"]
    ordering = ["zone", "name", "price_minor"]
    fields = (
        *("zone", "name", "name_translations", "kind", "currency", "price_minor", "confirms_zero"),
        *("goods_from_minor", "weight_upto_g", "free_from_minor", "min_days", "max_days", "is_active"),
    )

    def save_model(self, request: HttpRequest, obj: ShippingOption, form: Any, change: bool) -> None:
        """Save, and say what the first option of the shop changes."""
        is_first = not ShippingOption.objects.exists()
        super().save_model(request, obj, form, change)
        if is_first:
            text = gettext("The shop now delivers only to countries of shipping zones. The fee of the settings ended.")
            messages.warning(request, text)

    price = money_column("price_minor", _("price"))
    goods_from = money_column("goods_from_minor", _("for goods from"))
