"""A shopper's form that is sent after the session has expired leads to sign-in and back, and changes nothing."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from shop.models import Address, Order, Refund
from shop.states import OrderState
from social.models import Report
from tests.factories import make_product, make_published_clip
from tests.shop.conftest import ADDRESS, buy

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unrecorded_parcels")]

FORMS = [
    ("/checkout/", "/checkout/"),
    ("/addresses/new/", "/addresses/new/"),
    ("/orders/ORDER/return/", "/orders/ORDER/"),
    ("/orders/ORDER/cancel/", "/orders/ORDER/cancel/"),
    ("/report/clip/CLIP/", "/report/clip/CLIP/"),
]


@pytest.fixture
def order(as_shopper: Client) -> Order:
    """Return a paid order. Another mug is in the bag."""
    make_product("mug", stock=5)
    as_shopper.post("/bag/", {"product": "mug", "quantity": 1})
    assert buy(as_shopper, {"product": "mug", "address": ADDRESS}).status_code == 201
    Address.objects.all().delete()
    return Order.objects.get()


@pytest.mark.parametrize(("action", "page"), FORMS)
@pytest.mark.parametrize("has_draft", [True, False])
def test_form_is_not_taken_for_that_of_a_guest(
    as_shopper: Client, shopper: User, order: Order, action: str, page: str, has_draft: bool
) -> None:
    clip = make_published_clip()
    action, page = (address.replace("ORDER", order.code).replace("CLIP", clip.code) for address in (action, page))
    assert f'name="signed-in-as" value="{shopper.pk}"' in as_shopper.get(page).content.decode()
    as_shopper.logout()
    if has_draft:
        as_shopper.cookies["draft-sent"] = f"{shopper.pk}:{action}"
    values: dict[str, Any] = {**ADDRESS, "signed-in-as": shopper.pk, "reason": "dangerous"}
    answer = as_shopper.post(action, values, headers={"Referer": f"http://testserver{page}"})
    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={page}")
    assert "draft-saved" not in answer.cookies
    login = as_shopper.get(answer["Location"]).content.decode()
    assert "You are signed out." in login and ("What you typed is kept" in login) is has_draft
    assert Order.objects.get().state == OrderState.PAID
    assert not (Report.objects.exists() or Refund.objects.exists() or Address.objects.exists())


def test_guests_send_their_forms_as_before(client: Client) -> None:
    clip = make_published_clip()
    page = f"/report/clip/{clip.code}/"
    assert "signed-in-as" not in client.get(page).content.decode()
    assert client.post(page, {"reason": "dangerous"})["Location"] == clip.get_absolute_url()
    assert Report.objects.count() == 1
