"""Currencies are codes of ISO 4217 that are in use, in every form, setting and row."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from catalog.amounts import validate_currency
from catalog.models import Product
from creators.models import Terms
from payouts.models import Batch
from shop.models import Order
from tests.conftest import client_of, make_staff
from tests.factories import make_product

WRONG = ["XXX", "usd", "US$", "DEM", "ZZZ", "", "EURO"]


@pytest.mark.parametrize("code", WRONG)
def test_wrong_code_is_refused_by_every_model(code: str) -> None:
    with pytest.raises(ValidationError):
        validate_currency(code)
    for model in (Product, Terms, Order):
        field = model._meta.get_field("currency")
        with pytest.raises(ValidationError):
            field.run_validators(code or " ")


@pytest.mark.django_db
def test_database_refuses_what_is_no_code() -> None:
    product = make_product("mug")
    for code in ("usd", "US$", ""):
        with pytest.raises(IntegrityError), transaction.atomic():
            Product.objects.filter(pk=product.pk).update(currency=code)


@pytest.mark.django_db
@pytest.mark.parametrize("code", WRONG[:5])
def test_payouts_are_planned_only_in_a_currency(code: str) -> None:
    finance = client_of(make_staff("finance@example.com", "payouts"))
    page = finance.post("/admin/payouts/batch/plan/", {"currency": code}, follow=True)
    assert page.status_code == 200 and not Batch.objects.exists()
    assert "Choose a currency in which payees have earned something." in page.content.decode()


@pytest.mark.django_db
def test_search_by_price_compares_one_currency(client: Client) -> None:
    make_product("dollar-mug", price_minor=5000, currency="USD")
    make_product("yen-mug", price_minor=5000, currency="JPY")
    page = client.get("/search/", {"q": "mug", "from": "40", "to": "60"}).content.decode()
    assert "Dollar Mug" in page and "Yen Mug" not in page
    assert "Yen Mug" in client.get("/search/", {"q": "mug"}).content.decode()
