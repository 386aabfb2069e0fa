"""No filter and no select of admin lists every row of a table that may grow large."""

from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib import admin
from django.db import models
from django.test import Client
from django.urls import reverse

from accounts.admin_filters import AutocompleteFilter
from accounts.models import User
from catalog.models import Brand
from tests.conftest import client_of, make_staff
from tests.factories import (
    make_campaign,
    make_category,
    make_creator,
    make_enrolment,
    make_product,
    make_published_clip,
    make_user,
    make_waiting_clip,
)

pytestmark = pytest.mark.django_db
MANY = 12
MARK = "crowded"


class ChoiceReader(HTMLParser):
    """Collects the texts of options and of links in the sidebar with the filters."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.depth = 0
        self.in_option = False
        self.in_link = False

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.depth += tag == "search"
        self.in_option = tag == "option" and ("selected", "") not in attrs
        self.in_link = tag == "a" and self.depth > 0

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag == "search"
        if tag in ("option", "a"):
            self.in_option = self.in_link = False

    def handle_data(self, data: str) -> None:
        if (self.in_option or self.in_link) and data.strip():
            self.texts.append(data.strip())


def read_crowd(page: str) -> list[str]:
    reader = ChoiceReader()
    reader.feed(page)
    return [text for text in reader.texts if MARK in text.lower()]


@pytest.fixture
def crowd() -> None:
    """Many rows in each table that may grow large, all with a name that can be recognized."""
    for number in range(MANY):
        name = f"{MARK}-{number}"
        user = make_user(f"{name}@example.com", is_staff=number % 2 == 0)
        creator = make_creator(f"{MARK}{number}", display_name=name, user=user)
        Brand.objects.create(slug=name, name=name)
        products = [make_product(f"{name}-{letter}", category=make_category(name)) for letter in "ab"]
        enrolment = make_enrolment(creator, make_campaign(name))
        make_published_clip(enrolment=enrolment, products=products)
        make_waiting_clip(enrolment=enrolment, products=products, caption=name)


def admin_pages() -> list[str]:
    pages = []
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        row = model._default_manager.order_by("pk").first()
        pages += [reverse(f"{name}_changelist"), reverse(f"{name}_add")]
        pages += [reverse(f"{name}_change", args=[row.pk])] if row is not None else []
    return pages


def test_no_page_of_admin_lists_a_crowd(crowd: None) -> None:
    client = client_of(make_user("root@example.com", is_staff=True, is_superuser=True))
    listed, read = {}, 0
    for page in admin_pages():
        response = client.get(page)
        if response.status_code == 200:
            read += 1
            listed[page] = read_crowd(response.content.decode())
    assert {page: texts for page, texts in listed.items() if len(texts) > 2} == {}
    assert read > 40


def relation_filters() -> list[tuple[admin.ModelAdmin[Any], str, Any]]:
    """Return the filters of all lists that follow a relation: the admin, the path, and the filter's class."""
    filters: list[tuple[admin.ModelAdmin[Any], str, Any]] = []
    for model_admin in admin.site._registry.values():
        for entry in model_admin.list_filter:
            path, kind = entry if isinstance(entry, tuple | list) else (entry, None)
            if isinstance(path, str) and kind is not admin.EmptyFieldListFilter:
                field = admin.utils.get_fields_from_path(model_admin.model, path)[-1]  # type: ignore[attr-defined]
                if isinstance(field, models.ForeignKey | models.ManyToManyField):
                    filters.append((model_admin, path, kind))
    return filters


SMALL = {"auth.Group", "videos.Reason", "catalog.TaxClass"}
"""Tables of which a shop has a handful of rows."""


def test_every_filter_by_a_large_table_is_a_search() -> None:
    plain = [
        (str(model_admin), path)
        for model_admin, path, kind in relation_filters()
        if kind is not AutocompleteFilter
        and admin.utils.get_fields_from_path(model_admin.model, path)[-1].remote_field.model._meta.label not in SMALL  # type: ignore[attr-defined]
    ]
    assert plain == []
    assert len(relation_filters()) >= 8


def test_every_page_with_a_search_filter_loads_its_browser_code(crowd: None) -> None:
    client = client_of(make_user("root@example.com", is_staff=True, is_superuser=True))
    for model_admin, _path, kind in relation_filters():
        if kind is AutocompleteFilter:
            meta = model_admin.model._meta
            page = client.get(reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")).content.decode()
            assert "admin/js/autocomplete.js" in page, meta
            assert 'class="admin-autocomplete"' in page, meta


def test_a_search_filter_finds_and_filters_and_keeps_the_other_filters(crowd: None) -> None:
    client = client_of(make_user("root@example.com", is_staff=True, is_superuser=True))
    found = client.get(
        "/admin/autocomplete/",
        {"app_label": "catalog", "model_name": "product", "field_name": "brand", "term": "crowded-7"},
    ).json()
    (brand,) = found["results"]
    assert brand["text"] == "crowded-7"
    product = make_product("kettle", brand=Brand.objects.get(slug="crowded-7"))
    page = client.get(f"/admin/catalog/product/?is_active__exact=1&brand__id__exact={brand['id']}").content.decode()
    assert f'<option value="{brand["id"]}" selected>crowded-7</option>' in page
    assert '<input type="hidden" name="is_active__exact" value="1">' in page
    assert "1 product" in page
    assert product.name in page


def test_a_filter_is_not_offered_to_those_who_may_not_read_its_table(crowd: None) -> None:
    moderator = client_of(make_staff("moderator@example.com", "videos"))
    page = moderator.get("/admin/videos/decision/").content.decode()
    assert 'name="moderator__id__exact"' not in page
    assert moderator.get("/admin/videos/clip/").status_code == 200


def test_an_unknown_value_of_a_filter_is_no_fault(crowd: None) -> None:
    client: Client = client_of(make_user("root@example.com", is_staff=True, is_superuser=True))
    for value in ("abc", "", "99999999", "1,2", "9" * 40):
        response = client.get("/admin/catalog/product/", {"brand__id__exact": value}, follow=True)
        assert response.status_code == 200, value
    assert User.objects.filter(email="root@example.com").exists()


def test_every_table_that_is_searched_in_admin_has_an_order() -> None:
    unordered = [
        str(model_admin)
        for model_admin in admin.site._registry.values()
        if model_admin.search_fields and not (model_admin.ordering or model_admin.model._meta.ordering)
    ]
    assert unordered == []
