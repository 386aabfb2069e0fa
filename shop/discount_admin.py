"""Admin pages of discount codes, and of the orders that used them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.readonly_admin import ReadOnlyAdmin
from catalog.amounts import write_percent
from catalog.money_fields import MoneyAdmin, MoneyForm
from catalog.prices import format_money
from shop.models import DiscountCode, DiscountUse
from shop.models.discount import normalize_code


class DiscountCodeForm(MoneyForm[DiscountCode]):
    def clean_code(self) -> str:
        """Return the code as it is stored and compared."""
        code = normalize_code(str(self.cleaned_data["code"]))
        if not code:
            raise forms.ValidationError(_("Enter a code of letters and digits."))
        return code

    def clean(self) -> dict[str, Any]:
        """Refuse what no longer fits, because orders have used the code. The row is locked by now, so no order does."""
        name = self.instance.code
        values = super().clean()
        limit = values.get("uses_limit")
        if self.instance.uses_count and "code" in self.changed_data and values.get("code") != name:
            sentence = _("Orders have used this code, so it keeps its name. Switch it off, and add another.")
            self.add_error("code", sentence)
        if limit is not None and limit < self.instance.uses_count:
            self.add_error("uses_limit", _("More orders than that have used the code already."))
        return values


@admin.register(DiscountCode)
class DiscountCodeAdmin(MoneyAdmin[DiscountCode]):
    """Codes. One that an order has used is switched off, never deleted."""

    form = DiscountCodeForm
    list_display = [
        "code",
        "reduction",
        "creator",
        "valid_from",
        "valid_until",
        "uses_count",
        "uses_limit",
        "is_active",
    ]
    list_filter = ["is_active", "valid_from"]
    list_select_related = ["creator"]
    search_fields = ["code"]
    ordering = ["-valid_from", "-pk"]
    autocomplete_fields = ["categories", "products", "creator"]
    fields = ["code", "is_active", "percent_bps", "amount_minor", "currency", "min_order_minor", "valid_from"]
    fields += ["valid_until", "uses_limit", "uses_per_person", "uses_count", "categories", "products", "creator"]
    readonly_fields = ["uses_count"]

    @admin.display(description=gettext_lazy("discount"))
    def reduction(self, code: DiscountCode) -> str:
        if code.percent_bps is not None:
            return f"{write_percent(code.percent_bps)}%"
        return format_money(code.amount_minor or 0, code.currency)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"valid_from": timezone.now()} | super().get_changeform_initial_data(request)

    def get_fields(self, request: HttpRequest, obj: DiscountCode | None = None) -> Any:
        """Leave the creator out for staff who may not see creators."""
        fields = super().get_fields(request, obj)
        return (
            fields if request.user.has_perm("creators.view_creator") else [name for name in fields if name != "creator"]
        )

    def has_delete_permission(self, request: HttpRequest, obj: DiscountCode | None = None) -> bool:
        is_used = obj is not None and obj.uses.exists()
        return not is_used and super().has_delete_permission(request, obj)


@admin.register(DiscountUse)
class DiscountUseAdmin(ReadOnlyAdmin, admin.ModelAdmin[DiscountUse]):
    list_display = ["code", "order", "used_at", "given_back_at"]
    list_select_related = ["code", "order"]
    list_filter = ["used_at"]
    search_fields = ["code__code", "order__code"]
    ordering = ["-used_at", "-pk"]
