"""List filters of admin for tables that may grow large, which are not read to find what can be chosen."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.key_selects import KeySelect


class AutocompleteFilter(admin.RelatedFieldListFilter):
    """Filter a list by one row of a related table, found with the search of that table's own admin.

    Name it in `list_filter` as `("campaign", AutocompleteFilter)`, in an admin that inherits `AutocompleteFilterMixin`.
    Readers who may not view the related table do not get the filter.
    """

    template = "admin/autocomplete_filter.html"

    def __init__(
        self,
        field: Any,
        request: HttpRequest,
        params: dict[str, Any],
        model: Any,
        model_admin: admin.ModelAdmin[Any],
        field_path: str,
    ) -> None:
        super().__init__(field, request, params, model, model_admin, field_path)
        site, related_model = model_admin.admin_site, field.remote_field.model
        self.is_readable = site.get_model_admin(related_model).has_view_permission(request)
        widget = KeySelect(field, site, attrs={"aria-label": str(self.title)})
        self.search = forms.ModelChoiceField[Any](related_model._default_manager.all(), widget=widget, required=False)

    def field_choices(self, field: Any, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[Any]:
        """Return no choices, so that the related table is not read."""
        return []

    def has_output(self) -> bool:
        return self.is_readable

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Yield one dict for the template: the search field, the other filters' parameters, and the links."""
        own = [self.lookup_kwarg, self.lookup_kwarg_isnull]
        chosen = (self.lookup_val or [None])[-1]
        others = {name: values for name, values in changelist.filter_params.items() if name not in own}
        yield {
            "search": self.search.widget.render(self.lookup_kwarg, chosen, {"id": f"filter-{self.field_path}"}),
            "others": [(name, value) for name, values in others.items() for value in values],
            "is_chosen": bool(chosen or self.lookup_val_isnull),
            "all_query": changelist.get_query_string(remove=own),
            "has_none": self.include_empty_choice,
            "is_none": bool(self.lookup_val_isnull),
            "none_query": changelist.get_query_string({self.lookup_kwarg_isnull: "True"}, [self.lookup_kwarg]),
        }


def yes_or_no_filter(title: Any) -> type[admin.BooleanFieldListFilter]:
    """Return a filter by a yes-or-no column whose own name does not fit after “By”."""

    class YesOrNoFilter(admin.BooleanFieldListFilter):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.title = title

    return YesOrNoFilter


class AutocompleteFilterMixin:
    """Mixin for a ModelAdmin with filters of the class `AutocompleteFilter`. It loads their browser code."""

    @property
    def media(self) -> forms.Media:
        media: forms.Media = super().media  # type: ignore[misc]  # every ModelAdmin has it
        return media + AutocompleteSelect(None, admin.site).media


def known_values_filter(
    column: str, title: Any, read_values: Callable[[], Iterable[str | tuple[str, Any]]]
) -> type[admin.SimpleListFilter]:
    """Return a filter by the values that `read_values` returns, alone or in pairs with their labels.

    Django's own reads the whole table to find them.
    """

    class KnownValuesFilter(admin.SimpleListFilter):
        parameter_name = column

        def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, Any]]:
            return [value if isinstance(value, tuple) else (value, value) for value in read_values()]

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            return queryset.filter(**{column: self.value()}) if self.value() else queryset

    KnownValuesFilter.title = title
    return KnownValuesFilter
