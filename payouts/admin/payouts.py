"""Admin pages for payouts and payout accounts."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from accounts.editable_admin import EditableAdmin
from accounts.readonly_admin import ReadOnlyAdmin
from catalog.prices import format_money
from payouts.models import Payout, PayoutAccount
from payouts.trace import trace_payout


@admin.register(PayoutAccount)
class PayoutAccountAdmin(EditableAdmin[PayoutAccount]):
    list_display = ["__str__", "creator", "agency", "changed_at"]
    list_select_related = ["creator", "agency"]
    search_fields = ["holder_name", "creator__handle", "agency__name"]
    autocomplete_fields = ["creator", "agency"]
    ordering = ["holder_name"]


@admin.register(Payout)
class PayoutAdmin(ReadOnlyAdmin, admin.ModelAdmin[Payout]):
    list_display = ["__str__", "batch", "creator", "agency", "amount", "state", "claimed_at", "settled_at"]
    list_filter = ["state"]
    list_select_related = ["batch", "creator", "agency"]
    search_fields = ["creator__handle", "agency__name", "reference"]
    ordering = ["-pk"]
    change_form_template = "admin/payouts/payout/change_form.html"

    @admin.display(description=_("amount"), ordering="amount_minor")
    def amount(self, payout: Payout) -> str:
        return format_money(payout.amount_minor, payout.currency)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        payout = get_object_or_404(Payout, pk=object_id)
        context = {"origins": trace_payout(payout), "currency": payout.currency, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)
