"""Staff who act for a merchant change neither it nor its products in admin: nobody would review that."""

import pytest
from django.test import Client

from accounts.models import User
from catalog.models import Merchant, MerchantRole, Product
from tests.factories import make_member, make_product, variant_of
from tests.html_forms import read_form

pytestmark = pytest.mark.django_db


@pytest.fixture
def lamp(lamps: Merchant) -> Product:
    return make_product("lamp", merchant=lamps)


def pages(lamp: Product) -> list[str]:
    rows = (f"product/{lamp.pk}", f"variant/{variant_of(lamp).pk}", f"merchant/{lamp.merchant_id}")
    return [f"/admin/catalog/{row}/change/" for row in rows]


def test_staff_change_a_merchant_and_its_products(as_manager_of_catalogue: Client, lamp: Product) -> None:
    for page in pages(lamp):
        assert 'name="_save"' in as_manager_of_catalogue.get(page).content.decode(), page
    form = read_form(as_manager_of_catalogue.get(pages(lamp)[0]).content.decode(), field="slug")
    assert as_manager_of_catalogue.post(pages(lamp)[0], form | {"name": "Floor lamp"}).status_code == 302
    lamp.refresh_from_db()
    assert lamp.name == "Floor lamp"


def test_staff_who_act_for_it_only_look(as_manager_of_catalogue: Client, lamps: Merchant, lamp: Product) -> None:
    form = read_form(as_manager_of_catalogue.get(pages(lamp)[0]).content.decode(), field="slug")
    make_member(lamps, MerchantRole.PACKER, User.objects.get(email="catalogue@example.com"))
    for page in pages(lamp):
        answer = as_manager_of_catalogue.get(page)
        assert (answer.status_code, 'name="_save"' in answer.content.decode()) == (200, False), page
        assert as_manager_of_catalogue.post(page, form | {"name": "Floor lamp"}).status_code == 403
    lamp.refresh_from_db()
    lamps.refresh_from_db()
    assert (lamp.name, lamps.name) == ("Lamp", "Lamp House")
