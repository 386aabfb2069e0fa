"""The link to sign in, in the header of every page: it leads back to where the shopper was."""

import re
from html import unescape

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts.models import User
from shop.models import Order
from tests.factories import PASSWORD, make_product
from tests.shop.conftest import ADDRESS, buy

pytestmark = pytest.mark.django_db


def sign_in_link(client: Client, page: str) -> str:
    found = re.search(r'href="(/accounts/login/[^"]*)"', client.get(page).content.decode())
    assert found is not None, page
    return unescape(found[1])


def test_signing_in_leads_back_to_the_page(client: Client, shopper: User) -> None:
    link = sign_in_link(client, "/search/?q=mugs & cups")
    assert link == "/accounts/login/?next=/search/%3Fq%3Dmugs%2520%26%2520cups"
    EmailAddress.objects.create(user=shopper, email=shopper.email, verified=True, primary=True)
    answer = client.post(link, {"login": shopper.email, "password": PASSWORD})
    assert answer.headers["Location"] == "/search/?q=mugs%20&%20cups"


def test_pages_of_accounts_are_no_place_to_come_back_to(client: Client) -> None:
    assert sign_in_link(client, "/accounts/signup/").startswith("/accounts/login/")
    assert "next" not in sign_in_link(client, "/accounts/password/reset/")


def test_order_of_a_guest_is_closed_by_signing_in_so_the_link_leads_to_the_feed(client: Client) -> None:
    make_product("mug", stock=5)
    buy(client, {"product": "mug", "email": "guest@example.com", "address": ADDRESS})
    assert sign_in_link(client, Order.objects.get().get_absolute_url()) == "/accounts/login/"
    assert sign_in_link(client, "/orders/") == "/accounts/login/?next=/orders/"
