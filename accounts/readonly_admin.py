"""Admin pages that staff can read but not edit."""

from typing import Any

from django.http import HttpRequest

from accounts.large_tables import LargeTableAdmin


class ReadOnlyAdmin(LargeTableAdmin):
    """Mixin for a ModelAdmin or an inline whose rows are changed only by domain functions, never through a form."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
