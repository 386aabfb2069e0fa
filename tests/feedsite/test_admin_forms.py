"""Every form in admin writes what was changed, refuses what somebody else changed meanwhile, and takes no minor units."""

from typing import Any

import pytest
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import models
from django.forms.models import model_to_dict
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.edit_forms import EditForm
from accounts.models import User
from catalog.models import (
    Brand,
    Product,
    ProductImage,
)
from catalog.money_fields import CurrencyField, MoneyField, RateField
from payouts.models import Hold, PayoutAccount
from tests.factories import (
    make_campaign,
    make_creator,
    make_product,
    make_reason,
    make_user,
)
from tests.feedsite.form_rows import ROWS, make_rule
from tests.html_forms import read_form
from videos.models import Reason

pytestmark = pytest.mark.django_db
CHECKED = (
    "must_match",
    "phrases",
    "light_accent",
    "dark_accent",
    "region",
    "amount_minor",
    "barcode",
    "min_days",
    "country",
    "address",
    "interval",
)
"""Fields that cannot take any value."""
ACTIONS = (Hold, PayoutAccount)
"""Models whose forms act instead of saving: they release a hold, and propose another account. Tested in payouts."""


def editable_admins() -> list[admin.ModelAdmin[Any]]:
    """Return every registered admin whose rows a superuser can change in a form."""
    request = RequestFactory().get("/")
    request.user = User(is_superuser=True, is_active=True, is_staff=True)
    admins = [one for one in admin.site._registry.values() if one.has_change_permission(request)]
    admins = [one for one in admins if one.model not in ACTIONS]
    return sorted(admins, key=lambda one: one.opts.label)


EDITABLE = [pytest.param(one, id=one.opts.label) for one in editable_admins()]


def change_url(row: models.Model) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def another_value(field: forms.Field, value: Any) -> Any:
    """Return a valid value other than `value` for a field, or None if there is no simple one."""
    if isinstance(field, forms.BooleanField):
        return not value
    if isinstance(field, MoneyField | RateField | forms.IntegerField):
        return (value or 0) + 7
    if isinstance(field, forms.ModelChoiceField):
        return None
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.MultipleChoiceField):
        choices = [key for key, _label in field.choices if key not in ("", value)]  # type: ignore[misc, union-attr]
        return choices[0] if choices else None
    if type(field) in (forms.CharField, forms.SlugField) and isinstance(value, str):
        return f"{value}2" if value else "more2"
    return None


def typed(field: forms.Field, value: Any) -> str:
    if isinstance(field, forms.BooleanField):
        return "on" if value else ""
    return str(field.prepare_value(value))


def changes_for(form: Any, row: models.Model) -> dict[str, Any]:
    """Return another value for each simple field of a form."""
    columns = {column.name for column in row._meta.concrete_fields}
    current = model_to_dict(row)
    names = [
        name for name, field in form.fields.items() if name in columns and not field.disabled and name not in CHECKED
    ]
    values = {name: another_value(form.fields[name], current[name]) for name in names}
    return {name: value for name, value in values.items() if value is not None}


@pytest.mark.parametrize("model_admin", EDITABLE)
def test_every_form_in_admin_writes_changes_only(model_admin: Any, admin_client: Client) -> None:
    assert model_admin.model in ROWS, f"add a row of {model_admin.opts.label} to ROWS"
    row = ROWS[model_admin.model]()
    page = admin_client.get(change_url(row))
    form = page.context["adminform"].form
    assert isinstance(form, EditForm) or row._meta.app_label == "auth"
    data = read_form(page.content.decode())
    for name, value in changes_for(form, row).items():
        if isinstance(form, EditForm):
            type(row)._base_manager.filter(pk=row.pk).update(**{name: value})
    before = model_to_dict(type(row)._base_manager.get(pk=row.pk))
    response = admin_client.post(change_url(row), data)
    if response.status_code == 200:
        assert not response.context["adminform"].form.errors
    assert model_to_dict(type(row)._base_manager.get(pk=row.pk)) == before


@pytest.mark.parametrize("model_admin", EDITABLE)
def test_same_field_changed_by_two_people_is_refused(model_admin: Any, admin_client: Client) -> None:
    row = ROWS[model_admin.model]()
    page = admin_client.get(change_url(row))
    form = page.context["adminform"].form
    if not isinstance(form, EditForm):
        return
    data = read_form(page.content.decode())
    for name, theirs in changes_for(form, row).items():
        ours = another_value(form.fields[name], theirs)
        original = model_to_dict(row)[name]
        if ours is None or ours == original:
            continue
        type(row)._base_manager.filter(pk=row.pk).update(**{name: theirs})
        posted = {**data, name: typed(form.fields[name], ours)}
        response = admin_client.post(change_url(row), posted)
        assert response.status_code == 200, name
        errors = response.context["adminform"].form.errors
        assert "Somebody else changed this" in str(errors.get(name)), (name, errors)
        assert model_to_dict(type(row)._base_manager.get(pk=row.pk))[name] == theirs
        shown = response.context["adminform"].form[name].value()
        assert str(shown) in (posted[name], str(ours))
        type(row)._base_manager.filter(pk=row.pk).update(**{name: original})


def test_saving_again_after_a_refusal_replaces_the_other_change(admin_client: Client) -> None:
    product = make_product("lamp", description="Old")
    data = read_form(admin_client.get(change_url(product)).content.decode())
    Product.objects.update(description="Theirs", name="Their name", stock=3)
    refused = admin_client.post(change_url(product), {**data, "description": "Ours"})
    html = refused.content.decode()
    assert "It is now: Theirs." in html and "Ours" in html
    assert admin_client.post(change_url(product), read_form(html)).status_code == 302
    product.refresh_from_db()
    assert (product.description, product.name, product.stock) == ("Ours", "Their name", 3)


def test_both_making_the_same_change_is_no_conflict(admin_client: Client) -> None:
    product = make_product("lamp", description="Old")
    data = read_form(admin_client.get(change_url(product)).content.decode())
    Product.objects.update(description="Same")
    assert admin_client.post(change_url(product), {**data, "description": "Same"}).status_code == 302


def test_unsaved_change_survives_an_error_in_another_field(admin_client: Client) -> None:
    campaign, maya, ben = make_campaign("autumn"), make_creator("maya"), make_creator("ben")
    data = read_form(admin_client.get(change_url(campaign)).content.decode())
    refused = admin_client.post(change_url(campaign), {**data, "title": "", "invited": [maya.pk, ben.pk]})
    again = {**read_form(refused.content.decode()), "title": "Winter"}
    assert admin_client.post(change_url(campaign), again).status_code == 302
    assert set(campaign.invited.all()) == {maya, ben}


def test_list_of_people_changed_by_two_is_refused(admin_client: Client) -> None:
    campaign, maya, ben = make_campaign("autumn"), make_creator("maya"), make_creator("ben")
    data = read_form(admin_client.get(change_url(campaign)).content.decode())
    campaign.invited.add(maya)
    assert admin_client.post(change_url(campaign), {**data, "title": "Winter"}).status_code == 302
    assert set(campaign.invited.all()) == {maya}
    refused = admin_client.post(change_url(campaign), {**data, "invited": [ben.pk]})
    assert "It is now: @maya." in refused.content.decode()
    assert set(campaign.invited.all()) == {maya}


def test_role_given_meanwhile_is_kept(admin_client: Client) -> None:
    user, role = make_user("reader@example.com"), Group.objects.create(name="Interns")
    data = read_form(admin_client.get(change_url(user)).content.decode())
    user.groups.add(role)
    assert admin_client.post(change_url(user), {**data, "language": "he"}).status_code == 302
    user.refresh_from_db()
    assert (user.language, list(user.groups.all())) == ("he", [role])


def test_row_deleted_meanwhile_is_said(admin_client: Client) -> None:
    brand = Brand.objects.create(slug="south", name="South")
    form = EditFormOfBrand({"name": "East", "slug": "east"}, instance=brand)
    Brand.objects.all().delete()
    assert "was deleted while you had the form open" in str(form.non_field_errors())


class EditFormOfBrand(EditForm[Brand]):
    class Meta:
        model = Brand
        fields = ("name", "slug")


def test_list_page_writes_changes_only(admin_client: Client) -> None:
    rule, other = make_rule(), make_reason("blurred")
    url = reverse("admin:videos_reason_changelist")
    data = read_form(admin_client.get(url).content.decode(), field="form-TOTAL_FORMS")
    Reason.objects.filter(pk=other.pk).update(is_active=False)
    assert rule.is_active
    assert admin_client.post(url, {**data, "form-0-position": "4", "_save": "Save"}).status_code == 302
    other.refresh_from_db()
    assert (other.position, other.is_active) == (4, False)


def test_pictures_of_a_product_write_changes_only(admin_client: Client) -> None:
    product = make_product("lamp")
    image = ProductImage.objects.create(
        product=product, stem="a", alternative_text="Lamp", width_px=1, height_px=1, position=1
    )
    data = read_form(admin_client.get(change_url(product)).content.decode())
    ProductImage.objects.update(position=5)
    admin_client.post(change_url(product), {**data, "images-0-alternative_text": "A lamp"})
    image.refresh_from_db()
    assert (image.position, image.alternative_text) == (5, "A lamp")


def test_every_amount_in_admin_is_typed_in_its_currency(rf: RequestFactory, admin_user: User) -> None:
    request = rf.get("/")
    request.user = admin_user
    checked = 0
    for one in admin.site._registry.values():
        if not (one.has_add_permission(request) or one.has_change_permission(request)):
            continue
        for name, field in one.get_form(request).base_fields.items():
            expected = {"minor": MoneyField, "bps": RateField, "currency": CurrencyField}.get(name.split("_")[-1])
            if expected is not None:
                assert isinstance(field, expected), (one, name)
                assert "minor" not in str(field.help_text) and "basis" not in str(field.help_text)
                checked += 1
    assert checked >= 7
