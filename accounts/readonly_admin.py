"""Admin pages that staff can read but not edit."""

from typing import Any

from django.forms import BaseInlineFormSet
from django.http import HttpRequest

from accounts.large_tables import LargeTableAdmin


class ReadOnlyFormSet(BaseInlineFormSet[Any, Any, Any]):
    """Shows rows as text. Its headings come from an empty row, whose default values are not asked for: some take queries."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        kwargs = super().get_form_kwargs(index)
        if index is not None:
            return kwargs
        assert self.model is not None
        columns = self.model._meta.concrete_fields
        defaults = {column.attname: None for column in columns if callable(column.default)}
        return kwargs | {"instance": self.model(**defaults)}


class ReadOnlyAdmin(LargeTableAdmin):
    """Mixin for a ModelAdmin or an inline whose rows are changed only by domain functions, never through a form."""

    formset: Any = ReadOnlyFormSet  # for inlines

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
