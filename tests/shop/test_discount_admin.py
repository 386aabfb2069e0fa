"""Discount codes in admin: who keeps them, what is refused at its field, and that a used code stays."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from shop.models import DiscountCode, Order
from tests.conftest import client_of
from tests.factories import make_creator, make_product, make_user
from tests.html_forms import read_form
from tests.shop.conftest import ADDRESS, buy
from tests.shop.test_discounts import make_code

pytestmark = pytest.mark.django_db
ADD = "/admin/shop/discountcode/add/"


def staff(role: str) -> Client:
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return client_of(user)


def send(client: Client, address: str, **changes: Any) -> Any:
    """Send the form at this address with changes."""
    page = client.get(address)
    assert page.status_code == 200, page.status_code
    return client.post(address, read_form(page.content.decode(), field="code") | changes)


@pytest.mark.parametrize("role", ["Campaign manager", "Catalogue manager"])
def test_managers_add_codes_which_are_stored_as_they_are_compared(role: str) -> None:
    assert send(staff(role), ADD, code=" summer 10", percent_bps="12.5").status_code == 302
    code = DiscountCode.objects.get()
    assert (code.code, code.percent_bps, code.amount_minor, code.currency) == ("SUMMER10", 1250, None, "USD")


def test_catalogue_managers_who_see_no_creators_choose_none() -> None:
    make_code()
    address = f"/admin/shop/discountcode/{DiscountCode.objects.get().pk}/change/"
    creator = make_creator("maya")
    for role, expected in (("Catalogue manager", None), ("Campaign manager", creator)):
        send(staff(role), address, creator=str(creator.pk))
        assert DiscountCode.objects.get().creator == expected


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"code": "Summer 10"}, "There is a discount code with these letters."),
        (
            {"code": "B", "percent_bps": "", "amount_minor": ""},
            "Enter a discount in percent or an amount, and not both.",
        ),
        ({"code": "B", "amount_minor": "5"}, "Enter a discount in percent or an amount, and not both."),
        ({"code": "B", "percent_bps": "101"}, "Enter 100 or less."),
        (
            {"code": "B", "valid_until_0": "2020-01-01", "valid_until_1": "00:00"},
            "The code would end before it begins.",
        ),
        ({"code": " \u200b "}, "Enter a code of letters and digits."),
    ],
)
def test_impossible_code_is_refused_with_a_sentence(changes: dict[str, str], sentence: str) -> None:
    make_code()
    page = send(staff("Campaign manager"), ADD, **{"percent_bps": "10", **changes})
    assert page.status_code == 200
    assert sentence in unescape(page.content.decode())
    assert DiscountCode.objects.count() == 1


def test_used_code_keeps_its_name_and_limit_and_is_never_deleted(admin_client: Client) -> None:
    make_product("mug", price_minor=2000)
    code = make_code(uses_limit=5)
    buy(Client(), {"product": "mug", "email": "ada@example.com", "address": ADDRESS, "discount_code": "SUMMER10"})
    address = f"/admin/shop/discountcode/{code.pk}/"
    page = send(admin_client, f"{address}change/", code="WINTER")
    assert "so it keeps its name" in page.content.decode()
    page = send(admin_client, f"{address}change/", uses_limit="0")
    assert "More orders than that have used the code already." in page.content.decode()
    assert admin_client.post(f"{address}delete/", {"post": "yes"}).status_code == 403
    code.refresh_from_db()
    assert (code.code, code.uses_limit, code.uses_count) == ("SUMMER10", 5, 1)
    uses = staff("Campaign manager").get("/admin/shop/discountuse/").content.decode()
    assert Order.objects.get().code in uses
    send(
        staff("Campaign manager"),
        f"{address}change/",
        valid_until_0=f"{timezone.localdate() + timedelta(days=9)}",
        valid_until_1="00:00",
    )
    code.refresh_from_db()
    assert code.valid_until is not None
    assert "valid until" in staff("Campaign manager").get(f"{address}history/").content.decode().lower()
