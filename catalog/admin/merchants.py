"""Admin of merchants and their members. Decisions are made on pages of their own: see catalog.admin.merchant_pages."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import signed_in_user
from accounts.editable_admin import EditableAdmin
from accounts.readonly_admin import ReadOnlyAdmin
from catalog.admin.merchant_pages import changes_page, fee_page, merchant_step_page
from catalog.admin.own_goods import KeepsSellersOut
from catalog.amounts import write_percent
from catalog.merchants.decisions import MERCHANT_STEPS, find_refusal
from catalog.merchants.fees import find_next_fee
from catalog.models import Merchant, MerchantMember


class MemberInline(ReadOnlyAdmin, admin.TabularInline[MerchantMember, Merchant]):
    model = MerchantMember
    fields = ["user", "role", "joined_at"]
    readonly_fields = ["user", "role", "joined_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[MerchantMember]:
        return super().get_queryset(request).select_related("user").order_by("pk")


@admin.register(Merchant)
class MerchantAdmin(KeepsSellersOut[Merchant], EditableAdmin[Merchant]):
    """Merchants apply on a page of the shop, so none are added here. The house has its name in the site settings."""

    change_form_template = "admin/catalog/merchant/change_form.html"
    list_display = ["name", "state", "fee", "country", "applied_at", "approved_at"]
    list_filter = ["state"]
    search_fields = ["name", "legal_name", "email", "vat_number", "slug"]
    search_help_text = gettext_lazy("Name, company, email address or VAT number")
    ordering = ["-applied_at"]
    readonly_fields = ["state", "decision_reason", "fee", "sells", "applicant"]
    readonly_fields += ["applied_at", "terms_accepted_at", "approved_at"]
    fields = [*("name", "legal_name", "address", "country", "email", "phone", "vat_number", "about"), "offers_samples"]
    fields += readonly_fields
    inlines = [MemberInline]
    view_on_site = False

    @admin.display(description=gettext_lazy("fee"), ordering="fee_bps")
    def fee(self, merchant: Merchant) -> str:
        """Show the fee that holds now, and the next one with its day."""
        now = timezone.now()
        words = f"{write_percent(merchant.fee_at(now))} %"
        if (following := find_next_fee(merchant, now=now)) is None:
            return words
        values = {"fee": words, "next": following[0]}
        values["date"] = date_format(localtime(following[1]), "SHORT_DATE_FORMAT")
        return _("%(fee)s, from %(date)s %(next)s %%") % values

    def get_queryset(self, request: HttpRequest) -> QuerySet[Merchant]:
        return super().get_queryset(request).select_related("applicant")

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            *(
                path(f"<int:pk>/{step}/", wrap(merchant_step_page), {"step": step}, name=f"catalog_merchant_{step}")
                for step in MERCHANT_STEPS
            ),
            path("<int:pk>/fee/", wrap(fee_page), name="catalog_merchant_fee"),
            path("<int:pk>/changes/", wrap(changes_page), name="catalog_merchant_changes"),
            *super().get_urls(),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Merchant | None = None) -> bool:
        return False  # orders, parcels and invoices name it

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        merchant = context.get("original")
        if isinstance(merchant, Merchant) and not find_refusal(merchant, signed_in_user(request)):
            pages: list[tuple[str, object]] = [
                (step, chosen.title) for step, chosen in MERCHANT_STEPS.items() if chosen.old == merchant.state
            ]
            pages += [("fee", _("Change the fee"))] if merchant.approved_at else []
            pages += [("changes", _("Decide on changes"))] if merchant.asked_changes else []
            context["pages"] = [
                (reverse(f"admin:catalog_merchant_{name}", args=[merchant.pk]), title) for name, title in pages
            ]
        return super().render_change_form(request, context, *args, **kwargs)


@admin.register(MerchantMember)
class MerchantMemberAdmin(ReadOnlyAdmin, admin.ModelAdmin[MerchantMember]):
    """Who acts for merchants. Their owners invite and remove them."""

    list_display = ["user", "merchant", "role", "joined_at"]
    list_filter = ["role"]
    list_select_related = ["user", "merchant"]
    search_fields = ["user__email", "merchant__name"]
    ordering = ["-joined_at"]
