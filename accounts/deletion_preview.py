"""What admin says before it deletes rows: what goes with them, or what they cannot be deleted for.

Django's own preview reads every row that belongs to them, which takes minutes for a category with ten thousand products.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.utils import NestedObjects, quote
from django.db import models
from django.db.models import CASCADE, PROTECT, RESTRICT, QuerySet, Value
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _

SHOWN = 10
"""How many rows of each kind that stands in the way are named."""
KINDS_SHOWN = 3
"""How many kinds that stand in the way have their rows named. Others are only mentioned."""
GOING_SHOWN = 100
"""How many of the rows that are deleted as well are named."""

type Preview = tuple[list[Any], dict[Any, int], set[str], list[Any]]
"""What Django's `get_deleted_objects` returns: names, numbers by kind, missing permissions, and what is in the way."""


class _Collector(NestedObjects):
    """Django's collector, which asks nothing about relations that are known to have no rows."""

    def __init__(self, empty: Iterable[tuple[Any, str]], **options: Any) -> None:
        super().__init__(**options)
        self.empty = set(empty)

    def related_objects(self, related_model: Any, related_fields: Iterable[Any], objs: Any) -> QuerySet[Any]:
        if all((related_model, field.name) in self.empty for field in related_fields):
            return related_model._base_manager.none()  # type: ignore[no-any-return]  # every model has one
        return super().related_objects(related_model, related_fields, objs)


def preview_deletion(rows: Any, request: HttpRequest, site: AdminSite) -> Preview:
    """Return what deleting the rows would do. `rows` is a list of rows, or a queryset, of one model."""
    first = next(iter(rows), None)
    if first is None:
        return [], {}, set(), []
    relations = _relations(type(first))
    keys_by_relation = _first_keys(relations, rows)
    blocking = [relation for relation in relations if relation.on_delete in (PROTECT, RESTRICT)]
    if in_the_way := _name_rows(blocking, keys_by_relation, request, site):
        return [], {}, set(), in_the_way
    empty = [
        (relation.related_model, relation.field.name)
        for relation in relations
        if relation not in keys_by_relation and relation.related_model is not type(first)
    ]
    collector = _Collector(empty, using=first._state.db or "default", origin=rows)
    collector.collect(rows)
    counts: Counter[Any] = Counter()
    missing = set()
    going_by_model: dict[Any, Any] = dict(collector.model_objs)  # its types are wrong in the stubs
    for model, going in going_by_model.items():
        counts[model._meta.verbose_name_plural] = len(going)
        if site.is_registered(model) and not all(
            site.get_model_admin(model).has_delete_permission(request, row) for row in islice(going, GOING_SHOWN)
        ):
            missing.add(str(model._meta.verbose_name))
    names = collector.nested(lambda row: _name(row, request, site))
    total = sum(counts.values())
    return _shorten(names, total), dict(counts), missing, [_name(row, request, site) for row in collector.protected]


def _relations(model: Any) -> list[ForeignObjectRel]:
    """Return the relations whose rows would be deleted with the model's, or keep them from being deleted."""
    relations = model._meta.get_fields(include_hidden=True)
    kinds = (CASCADE, PROTECT, RESTRICT)
    return [field for field in relations if isinstance(field, ForeignObjectRel) and _on_delete(field) in kinds]


def _on_delete(relation: ForeignObjectRel) -> Any:
    return getattr(relation, "on_delete", None) if relation.auto_created and not relation.concrete else None


def _first_keys(relations: Sequence[ForeignObjectRel], rows: Any) -> dict[ForeignObjectRel, list[Any]]:
    """Return the keys of the first rows of each relation that has any, with one query."""
    parts = [
        relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": rows})
        .order_by()
        .annotate(relation=Value(number))
        .values_list("relation", "pk")[: SHOWN + 1]
        for number, relation in enumerate(relations)
    ]
    keys: dict[ForeignObjectRel, list[Any]] = {}
    if parts:
        query = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
        for number, key in query:
            keys.setdefault(relations[number], []).append(key)
    return keys


def _name_rows(
    relations: Sequence[ForeignObjectRel],
    keys_by_relation: dict[ForeignObjectRel, list[Any]],
    request: HttpRequest,
    site: AdminSite,
) -> list[Any]:
    names: list[Any] = []
    for number, relation in enumerate(relation for relation in relations if relation in keys_by_relation):
        keys, model = keys_by_relation[relation], relation.related_model
        if number >= KINDS_SHOWN:
            names.append(capfirst(str(model._meta.verbose_name_plural)))
            continue
        related = [
            field.name for field in model._meta.concrete_fields if field.is_relation
        ]  # of which the names consist
        rows = model._base_manager.filter(pk__in=keys[:SHOWN])
        names += [_name(row, request, site) for row in (rows.select_related(*related) if related else rows)]
        if len(keys) > SHOWN:
            names.append(_("More of these: %(kind)s") % {"kind": model._meta.verbose_name_plural})
    return names


def _name(row: models.Model, request: HttpRequest, site: AdminSite) -> Any:
    """Return the row's kind and name, linked to its page if the user may open it."""
    kind = capfirst(str(row._meta.verbose_name))
    if not site.is_registered(type(row)) or not site.get_model_admin(type(row)).has_view_permission(request, row):
        return f"{kind}: {row}"
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[quote(row.pk)])
    return format_html('{}: <a href="{}">{}</a>', kind, address, row)


def _shorten(names: list[Any], total: int) -> list[Any]:
    """Return the names, or only the first ones with a sentence about the others."""
    shown, count = _take(names, GOING_SHOWN)
    return [*shown, _("And %(count)d more.") % {"count": total - count}] if count < total else shown


def _take(names: list[Any], limit: int) -> tuple[list[Any], int]:
    shown: list[Any] = []
    count = 0
    for name in names:
        if count >= limit:
            break
        if isinstance(name, list):
            inner, inner_count = _take(name, limit - count)
            shown, count = [*shown, inner], count + inner_count
        else:
            shown, count = [*shown, name], count + 1
    return shown, count
