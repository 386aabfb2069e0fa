"""Rows are called by words on the pages of staff, never by the ids of other rows."""

import re
from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client, RequestFactory

from accounts.models import User
from tests.feedsite.full_shop import make_full_shop
from videos.models import AuditEntry

pytestmark = pytest.mark.django_db
ID = 987_654_321


def shown_models(user: User) -> Iterator[type[Model]]:
    """Yield the models with pages in admin, those of their parts, and those that a page for deleting rows names."""
    request = RequestFactory().get("/admin/")
    request.user = user
    for model, model_admin in admin.site._registry.items():
        yield model
        yield from (inline.model for inline in model_admin.inlines)
        if model_admin.has_delete_permission(request):
            yield from (relation.related_model for relation in model._meta.related_objects)


def name_without_ids(row: Model) -> str:
    """Return the row's name, with a number in place of the id of each row that it belongs to."""
    for field in row._meta.concrete_fields:
        if field.is_relation:
            getattr(row, field.name)
            row.__dict__[field.attname] = ID if row.__dict__[field.attname] is not None else None
    return str(row)


def test_rows_have_names_in_words() -> None:
    user = make_full_shop()
    wrong = []
    for model in sorted(set(shown_models(user)), key=lambda model: model._meta.label):
        row = model._base_manager.order_by("pk").first()
        name = name_without_ids(row) if row else "no rows"
        if str(ID) in name or not re.search(r"[^\W\d_]{2}", name):
            wrong.append(f"{model._meta.label}: {name}")
    assert wrong == []


def test_audit_entries_and_banks_are_explained(admin_client: Client) -> None:
    make_full_shop()
    page = admin_client.get("/admin/videos/auditentry/").content.decode()
    entry = AuditEntry.objects.filter(details__outcome="request_changes").latest("pk")
    assert "Changes requested</td>" in page and "&#x27;outcome&#x27;" not in page
    page = admin_client.get(f"/admin/videos/auditentry/{entry.pk}/change/").content.decode()
    assert f"Decided: {entry.clip.code}" in page and "request_changes" not in page
    assert "File for the bank</td>" in admin_client.get("/admin/payouts/batch/").content.decode()
    page = admin_client.get("/admin/shop/payment/").content.decode()
    assert "Demo</td>" in page and "None, it cost nothing</a>" in page
