"""Dates that staff type are read in one way only, on every form of admin and in every language."""

import pytest
from django import forms
from django.conf import settings
from django.contrib import admin
from django.test import Client, RequestFactory
from django.utils.formats import get_format
from django.utils.translation import override

from accounts.date_fields import ISO, ClearDateField
from accounts.models import User
from shop.models import TaxRate

pytestmark = pytest.mark.django_db


def test_every_date_of_a_form_is_unambiguous(admin_user: User) -> None:
    request = RequestFactory().get("/admin/")
    request.user = admin_user
    dates: dict[str, forms.DateField] = {}
    for model, model_admin in admin.site._registry.items():
        if not model_admin.has_add_permission(request):
            continue
        for name, field in model_admin.get_form(request).base_fields.items():
            parts = [field, *getattr(field, "fields", ())]
            dates |= {f"{model.__name__}.{name}": part for part in parts if isinstance(part, forms.DateField)}
    periods = {"DiscountCode.valid_from", "DiscountCode.valid_until"}
    periods |= {"CommissionRule.starts_at", "CommissionRule.ends_at", "Terms.opens_at", "Terms.closes_at"}
    assert set(dates) == {"TaxRate.valid_from"} | periods
    assert {type(field) for field in dates.values()} == {ClearDateField}


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_the_date_picker_writes_what_the_forms_read(language: str) -> None:
    with override(language):
        assert get_format("DATE_INPUT_FORMATS")[0] == ISO


def test_unclear_day_of_a_tax_rate_is_refused(admin_client: Client) -> None:
    data = {"country_code": "DE", "rate_bps": "19", "valid_from": "01/02/2027"}
    page = admin_client.post("/admin/shop/taxrate/add/", data).content.decode()
    assert "“01/02/2027” can be read in two ways. Write 2027-02-01 or 2027-01-02." in page
    assert 'value="01/02/2027"' in page and not TaxRate.objects.exists()
    admin_client.post("/admin/shop/taxrate/add/", data | {"valid_from": "2027-02-01"})
    assert str(TaxRate.objects.get().valid_from) == "2027-02-01"
