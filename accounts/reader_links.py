"""Relations that Django shows with a link on read-only fields: without the link for readers who may not open it."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.contrib.admin import AdminSite
from django.db import models
from django.http import HttpRequest


def drop_closed_links(part: Any, model: type[models.Model], request: HttpRequest, site: AdminSite) -> None:
    """Replace relations among the read-only fields of a form, or of a part of it, whose pages are closed to the reader."""
    relations = [field for field in model._meta.concrete_fields if isinstance(field, models.ForeignKey)]
    columns: dict[Any, Any] = {
        field.name: _name_column(field) for field in relations if _is_closed(field.related_model, request, site)
    }
    if getattr(part, "has_change_permission", True):  # a part that cannot be changed is read-only as a whole
        columns = {name: column for name, column in columns.items() if name in part.readonly_fields}
    if not columns:
        return
    part.readonly_fields = [columns.get(name, name) for name in part.readonly_fields]
    part.fieldsets = [
        (title, {**options, "fields": [_replace(entry, columns) for entry in options["fields"]]})
        for title, options in part.fieldsets
    ]


def _is_closed(target: Any, request: HttpRequest, site: AdminSite) -> bool:
    return site.is_registered(target) and not site.get_model_admin(target).has_view_permission(request)


def _replace(entry: Any, columns: dict[Any, Any]) -> Any:
    """Return the column of a field. An entry of several fields stands in one line."""
    return columns.get(entry, entry) if isinstance(entry, str) else entry


@cache
def _name_column(field: models.ForeignKey[Any, Any]) -> Callable[[models.Model], str]:
    """Return a column for a field's place, with its label and help text, that shows the other row's name."""

    def column(row: models.Model) -> str:
        related = getattr(row, field.name)
        return "-" if related is None else str(related)

    column.__name__ = field.name
    column.short_description = field.verbose_name  # type: ignore[attr-defined]  # read by Django
    return column
