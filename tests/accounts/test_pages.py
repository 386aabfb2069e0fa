"""Sign-up, sign-in and the account page, in the site's own design."""

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["login/", "signup/", "password/reset/"])
def test_sign_in_pages_use_the_sites_design(address: str) -> None:
    page = Client().get(f"/accounts/{address}").content.decode()
    assert 'class="site-header"' in page
    assert 'class="button' in page
    assert "<script>" not in page


@pytest.mark.parametrize("address", ["", "email/", "password/change/", "2fa/", "logout/"])
def test_account_pages_use_the_sites_design(as_shopper: Client, address: str) -> None:
    answer = as_shopper.get(f"/accounts/{address}", follow=True)
    assert answer.status_code == 200
    assert 'class="site-header"' in answer.content.decode()


def test_signing_in_takes_an_address_and_a_password() -> None:
    make_user("maya@example.com")
    answer = Client().post("/accounts/login/", {"login": "maya@example.com", "password": PASSWORD})
    assert answer.status_code == 302


def test_the_account_page_asks_visitors_to_sign_in() -> None:
    assert Client().get("/accounts/")["Location"] == "/accounts/login/?next=/accounts/"


def test_confirming_to_be_an_adult_is_stored_with_its_time(as_shopper: Client, shopper: User) -> None:
    assert "hidden" in as_shopper.get("/accounts/").content.decode()
    as_shopper.post("/accounts/adult/")
    shopper.refresh_from_db()
    assert shopper.is_known_adult


def test_admins_sign_in_page_shows_the_shops_name() -> None:
    page = Client().get("/admin/login/", follow=True).content.decode()
    assert settings.SITE_NAME in page
    assert "Django administration" not in page
