"""Our own pages of the admin look like Django's: breadcrumbs are a list, fields are rows, menu groups have one name."""

from collections import Counter
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.admin import ShowFacets
from django.test import Client

from tests.factories import make_product, variant_of

TEMPLATES = sorted(Path(settings.BASE_DIR, "templates/admin").rglob("*.html"))


def test_breadcrumbs_are_lists_and_fields_are_rows() -> None:
    texts = {path.name: path.read_text() for path in TEMPLATES}
    assert len(texts) > 20
    assert not [name for name, text in texts.items() if '<div class="breadcrumbs"' in text]
    assert not [name for name, text in texts.items() if ".as_div" in text or ".as_p }}" in text]


def test_refused_form_keeps_its_rows_and_says_why_at_the_field(admin_client: Client) -> None:
    product = make_product("mug", stock=5)
    address = f"/admin/catalog/product/{product.pk}/stock/{variant_of(product).pk}/"
    page = admin_client.get(address).content.decode()
    assert '<ol class="breadcrumbs">' in page and '<div class="form-row field-number">' in page
    refused = admin_client.post(address, {"kind": "received", "number": "0", "reason": "x", "seen_stock": "5"})
    assert refused.status_code == 422
    assert '<div class="form-row errors field-number">' in refused.content.decode()
    product.refresh_from_db()
    assert product.stock == 5


def test_groups_of_the_menu_have_different_names(admin_client: Client) -> None:
    labels = {model._meta.app_label for model in admin.site._registry}
    names = Counter(str(apps.get_app_config(label).verbose_name) for label in labels)
    assert set(names.values()) == {1}
    page = admin_client.get("/admin/").content.decode()
    assert all(name in page for name in ("People", "Sign-in", "Ledger accounts"))


def test_lists_count_and_search_as_large_tables_need() -> None:
    """A mixin that comes before LargeTableAdmin can hide it. There are only as many groups as roles."""
    hidden = [model.__name__ for model, page in admin.site._registry.items() if page.show_facets != ShowFacets.NEVER]
    assert hidden == ["Group"]
