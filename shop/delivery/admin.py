"""Admin pages of parcels. They are changed step by step, each after a question."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.admin_filters import AutocompleteFilter, AutocompleteFilterMixin
from accounts.keys import parse_key
from accounts.readonly_admin import ReadOnlyAdmin
from shop.delivery.pages import packing_list, packing_slip, step_page
from shop.delivery.steps import STEPS, list_steps
from shop.delivery.summary import is_undecided
from shop.models import Parcel, ParcelLine


class ParcelLineInline(ReadOnlyAdmin, admin.TabularInline[ParcelLine, Parcel]):
    model = ParcelLine
    fields = ["product", "quantity", "refunded_quantity"]
    readonly_fields = ["product"]

    @admin.display(description=_("product"))
    def product(self, line: ParcelLine) -> str:
        return line.order_line.local_name

    def get_queryset(self, request: HttpRequest) -> QuerySet[ParcelLine]:
        return super().get_queryset(request).select_related("order_line__product").order_by("pk")


@admin.register(Parcel)
class ParcelAdmin(AutocompleteFilterMixin, ReadOnlyAdmin, admin.ModelAdmin[Parcel]):
    change_form_template = "admin/shop/parcel/change_form.html"
    change_list_template = "admin/shop/parcel/change_list.html"
    list_display = [
        "__str__",
        "merchant",
        "state",
        "carrier",
        "tracking_number",
        "packed_at",
        "sent_at",
        "delivered_at",
    ]
    list_filter = ["state", ("merchant", AutocompleteFilter)]
    list_select_related = ["order", "merchant"]
    search_fields = ["order__code", "order__email", "order__name"]
    search_help_text = _("Number of the order, email address or name")
    ordering = ["-packed_at"]
    fields = ["order_link", "merchant", "state", "carrier", "tracking_number", "link", "created_by"]
    fields += [
        "pickup_place",
        "packed_at",
        "ready_at",
        "sent_at",
        "delivered_at",
        "lost_at",
        "cancelled_at",
        "resent_at",
    ]
    readonly_fields = ["order_link", "link"]
    inlines = [ParcelLineInline]

    @admin.display(description=_("order"))
    def order_link(self, parcel: Parcel) -> SafeString:
        url = reverse("admin:shop_order_change", args=[parcel.order_id])
        return format_html('<a href="{}">{}</a>', url, parcel.order.code)

    @admin.display(description=_("tracking link"), empty_value="–")
    def link(self, parcel: Parcel) -> SafeString | str:
        page = format_html('<a href="{0}" rel="noreferrer" dir="ltr">{0}</a>', parcel.tracking_url)
        return page if parcel.tracking_url else ""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Parcel]:
        return super().get_queryset(request).select_related("order", "created_by", "merchant")

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("pack/", wrap(packing_list), name="shop_parcel_packing_list"),
            path("<int:pk>/slip/", wrap(packing_slip), name="shop_parcel_slip"),
            *(
                path(f"<int:pk>/{step}/", wrap(step_page), {"step": step}, name=f"shop_parcel_{step.replace('-', '_')}")
                for step in STEPS
            ),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {"can_pack": request.user.has_perm("shop.add_parcel"), **(extra_context or {})}
        return super().changelist_view(request, context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        parcel = self.get_queryset(request).filter(pk=parse_key(object_id)).first()
        context: dict[str, Any] = {}
        if parcel and request.user.has_perm("shop.change_parcel"):
            context["steps"] = [
                (reverse(f"admin:shop_parcel_{name.replace('-', '_')}", args=[parcel.pk]), step.title)
                for name, step in list_steps(parcel).items()
            ]
        if parcel and is_undecided(parcel) and request.user.has_perm("shop.add_refund"):
            context["refund_url"] = reverse("admin:shop_order_refund", args=[parcel.order_id])
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})
