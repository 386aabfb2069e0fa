"""What the columns of admin are called, and how their values are shown."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.auth.models import Group
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.models import User
from creators.models import Creator
from payouts.models import Posting
from payouts.tally import tally
from tests.conftest import client_of
from tests.factories import make_product, make_published_clip, make_user

pytestmark = pytest.mark.django_db


def shown_columns() -> Iterator[tuple[str, list[Any]]]:
    """Yield each page of admin, with the names of the columns that it shows and that nobody edits there."""
    request = RequestFactory().get("/admin/")
    request.user = User(is_staff=True, is_superuser=True)
    for model, page in admin.site._registry.items():
        yield f"list of {model.__name__}", list(page.get_list_display(request))
        parts: list[Any] = [page, *page.get_inline_instances(request)]
        for part in parts:
            row = model()
            names = part.get_readonly_fields(request, row)
            if not part.has_change_permission(request, row):
                names = flatten_fieldsets(part.get_fieldsets(request, row))
            yield f"{type(part).__name__} of {model.__name__}", list(names)


def make_member(role: str) -> Client:
    user = make_user("staff@example.com", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return client_of(user)


def test_amounts_are_shown_as_money() -> None:
    for page, columns in shown_columns():
        assert [name for name in columns if str(name).endswith(("_minor", "_bps"))] == [], page


def test_every_column_has_a_name_that_is_translated() -> None:
    """Django's own names are made of the field's, in English only."""
    for model, page in admin.site._registry.items():
        if not model.__module__.startswith("django."):
            for columns_of, names in named_columns(page):
                fields = {field.name: field for field in columns_of._meta.get_fields()}
                names_shown = {name: getattr(fields.get(str(name)), "verbose_name", None) for name in names}
                assert [name for name, words in names_shown.items() if isinstance(words, str)] == [], columns_of


def test_every_table_has_a_name_that_is_translated() -> None:
    for model in admin.site._registry:
        options = model._meta
        assert not isinstance(options.verbose_name, str), model
        assert not isinstance(options.verbose_name_plural, str), model


def named_columns(page: Any) -> Iterator[tuple[Any, list[Any]]]:
    """Yield each model of a page, with what the page shows of it."""
    request = RequestFactory().get("/admin/")
    request.user = User(is_staff=True, is_superuser=True)
    filters = [name if isinstance(name, str) else name[0] for name in page.list_filter if not isinstance(name, type)]
    yield page.model, [*page.get_list_display(request), *filters]
    for part in [page, *page.get_inline_instances(request)]:
        yield part.model, flatten_fieldsets(part.get_fieldsets(request, part.model()))


def test_readers_see_prices_and_rates_as_money_and_percent() -> None:
    product = make_product("mug", price_minor=1999)
    page = make_member("Campaign manager").get(f"/admin/catalog/product/{product.pk}/change/").content.decode()
    assert '<div class="readonly">$19.99</div>' in page and "1999" not in page


def test_posting_shows_its_amounts_as_money(creator: Creator) -> None:
    make_published_clip(creator)
    tally(now=timezone.now())
    page = make_member("Finance").get(f"/admin/payouts/posting/{Posting.objects.get().pk}/change/").content.decode()
    assert page.count('<div class="readonly">$25.00</div>') == 2 and "2500" not in page
