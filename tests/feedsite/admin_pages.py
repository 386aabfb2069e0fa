"""Every page of admin, found from its registry, from the URL configuration, and from the links of its lists."""

import html
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import FieldError
from django.db import models
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.admin import ACTIONS
from accounts.models import User
from accounts.second_factor import ADDED_KEY
from tests.feedsite.access_rules import all_routes, is_django_admin_route

ROW_PAGES = ("change", "history", "delete")
NO_MATCH = "qzxv"
_LIST_LINK = re.compile(r'href="(\?[^"#]*)"')
_PLACEHOLDER = re.compile(r"<\w+:(\w+)>")


@dataclass(frozen=True)
class AdminPage:
    """A page's address, what kind of page it is, and the model whose admin shows it, or "" for all of admin."""

    kind: str
    address: str
    model: str = ""


def sign_in_staff(user: User) -> Client:
    """Return a client of the user whose session has passed a second factor, just now."""
    from allauth.mfa.models import Authenticator

    client = Client(raise_request_exception=False)
    client.force_login(user)
    Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": {}})
    session = client.session
    session[ADDED_KEY] = user.pk
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session.save()
    return client


def registered_models() -> list[type[models.Model]]:
    return sorted(admin.site._registry, key=lambda model: model._meta.label)


def index_pages() -> list[AdminPage]:
    """Return admin's first page, and the page of each app."""
    apps = sorted({model._meta.app_label for model in registered_models()})
    app_pages = [AdminPage("app", reverse("admin:app_list", args=[app_label])) for app_label in apps]
    return [AdminPage("index", reverse("admin:index")), *app_pages]


def list_page(model: type[models.Model]) -> AdminPage:
    return AdminPage("list", _address(model, "changelist"), model._meta.label)


def linked_lists(page: AdminPage, response: HttpResponse) -> list[AdminPage]:
    """Return what a list links to on itself: other pages, sort columns and filter choices."""
    kinds = {"p": "page", "o": "sort", "all": "show all"}
    queries = {html.unescape(query) for query in _LIST_LINK.findall(response.content.decode())} - {"?"}
    pages = sorted((query for query in queries if query.startswith("?p=")), key=lambda query: int(query[3:]))
    queries -= set(pages[1:-1])  # the second page and the last
    return [
        AdminPage(kinds.get(query[1:].partition("=")[0], "filter"), page.address + query, page.model)
        for query in sorted(queries)
    ]


def filtered_lists(model: type[models.Model]) -> Iterator[AdminPage]:
    """Yield the list as filtered by a relation, for each filter that searches its rows instead of listing them."""
    from accounts.admin_filters import AutocompleteFilter

    for entry in admin.site.get_model_admin(model).list_filter:
        if isinstance(entry, tuple) and entry[1] is AutocompleteFilter:
            path = str(entry[0])
            value = model._default_manager.exclude(**{path: None}).values_list(f"{path}__pk", flat=True).first()
            if value is not None:
                query = urlencode({f"{path}__{_target_key(model, path)}__exact": value})
                yield AdminPage("filter", f"{_address(model, 'changelist')}?{query}", model._meta.label)


def searches(model: type[models.Model], row: models.Model) -> Iterator[AdminPage]:
    """Yield a search for a row by each of the searched columns, for its first two letters, and for nothing."""
    address, label = _address(model, "changelist"), model._meta.label
    terms = {NO_MATCH}
    for lookup in admin.site.get_model_admin(model).search_fields:
        path = lookup.lstrip("^=@")
        with suppress(FieldError):  # a column that the list's own query adds
            value = model._default_manager.filter(pk=row.pk).values_list(path, flat=True).first()
            terms |= {str(value), str(value)[:2]} if value else set()
    for term in sorted(terms) if len(terms) > 1 else ():
        yield AdminPage("search", f"{address}?{urlencode({'q': term})}", label)


def row_pages(model: type[models.Model], row: models.Model) -> list[AdminPage]:
    return [AdminPage(kind, _address(model, kind, row.pk), model._meta.label) for kind in ROW_PAGES]


def add_page(model: type[models.Model]) -> AdminPage:
    return AdminPage("add", _address(model, "add"), model._meta.label)


def extra_routes() -> list[str]:
    """Return the routes of admin that Django did not make."""
    return sorted(route for route in all_routes() if route.startswith("admin/") and not is_django_admin_route(route))


def extra_pages(rows: Sequence[models.Model]) -> Iterator[AdminPage]:
    """Yield the extra pages of these rows or, without rows, those that belong to no row."""
    for route in extra_routes():
        names = _PLACEHOLDER.findall(route)
        if not names and not rows:
            yield AdminPage("extra", f"/{route}")
        for row in rows if names else ():
            yield from _extra_pages_of(route, names, row)


def _extra_pages_of(route: str, names: Sequence[str], row: models.Model) -> Iterator[AdminPage]:
    values: dict[str, Sequence[Any]] = {f"{row._meta.model_name}_id": [row.pk]}
    if route.startswith(f"admin/{row._meta.app_label}/{row._meta.model_name}/"):
        values |= {
            "pk": [row.pk],
            "code": [getattr(row, "code", "")],
            "action": list(ACTIONS),
            "kind": ["product"],
            "number": [1],
        }
        for relation in row._meta.related_objects:
            key = relation.related_model._base_manager.filter(**{relation.field.name: row}).values_list("pk", flat=True)
            values.setdefault(f"{relation.related_model._meta.model_name}_id", [key.first() or 0])
    if not set(names) <= set(values):
        return
    for value in values[names[-1]]:
        address = route
        for name in names:
            part = value if name == names[-1] else values[name][0]
            address = re.sub(rf"<\w+:{name}>", str(part), address)
        yield AdminPage("extra", f"/{address}", row._meta.label)


def _address(model: type[models.Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def _target_key(model: type[models.Model], path: str) -> str:
    field: Any = None
    for name in path.split("__"):
        field = (field.remote_field.model if field else model)._meta.get_field(name)
    return str(field.target_field.name)
