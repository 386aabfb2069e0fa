"""Admin pages that staff can read but not edit."""

from typing import Any

from django.forms import BaseInlineFormSet, Media
from django.http import HttpRequest

from accounts.large_tables import LargeTableAdmin


class ReadOnlyFormSet(BaseInlineFormSet[Any, Any, Any]):
    """Shows rows as text. Unlike Django's, it never makes an empty row, whose default values may take queries."""

    @property
    def media(self) -> Media:
        return Media()

    def is_multipart(self) -> bool:
        return False


class ReadOnlyAdmin(LargeTableAdmin):
    """Mixin for a ModelAdmin or an inline whose rows are changed only by domain functions, never through a form."""

    formset: Any = ReadOnlyFormSet  # for inlines

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
