"""Admin pages of downloads. Staff give shoppers more of them, or more time."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.editable_admin import EditableAdmin
from shop.models import Download


@admin.register(Download)
class DownloadAdmin(EditableAdmin[Download]):
    list_display = ["order_line", "left", "expires_at", "first_at", "last_at"]
    search_fields = ["order_line__order__code", "order_line__order__email"]
    search_help_text = _("Number of the order or email address")
    ordering = ["-pk"]
    fields = ["order_line", "left", "expires_at", "first_at", "last_at"]
    readonly_fields = ["order_line", "first_at", "last_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Download]:
        return super().get_queryset(request).select_related("order_line")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Download | None = None) -> bool:
        return False
