"""Passkeys and sign-in codes: pages, limits, and whose passkeys they are. tests/browser/test_passkeys.py creates real ones."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from accounts.second_factor import ADDED_KEY
from tests.conftest import client_of
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_limits_of_other_tests() -> None:
    cache.clear()


def add_passkey(user: User) -> Authenticator:
    return Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "Phone"})


def ask_for_code(client: Client, email: str) -> Any:
    return client.post("/accounts/login/code/", {"email": email})


def code_in_last_mail() -> str:
    found = re.search(r"^([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found is not None, mail.outbox[-1].body
    return found[1]


def test_sign_in_page_offers_a_passkey_and_a_code(client: Client) -> None:
    page = client.get("/accounts/login/").content.decode()
    assert "Sign in with a passkey" in page
    assert "Send me a sign-in code" in page
    assert re.search(r"<script(?![^>]*(src=|application/json))", page) is None, "The page has an inline script."


def test_emailed_code_signs_in_once_and_verifies_the_address(shopper: User) -> None:
    address = EmailAddress.objects.create(user=shopper, email=shopper.email, primary=True)
    client = Client()
    assert ask_for_code(client, shopper.email)["Location"] == "/accounts/login/code/confirm/"
    code = code_in_last_mail()
    assert client.post("/accounts/login/code/confirm/", {"code": code}).status_code == 302
    assert client.get("/accounts/").status_code == 200
    address.refresh_from_db()
    assert address.verified
    other = Client()
    ask_for_code(other, shopper.email)
    other.post("/accounts/login/code/confirm/", {"code": code})
    assert other.get("/accounts/").status_code == 302


def test_three_wrong_codes_end_the_attempt(shopper: User) -> None:
    client = Client()
    ask_for_code(client, shopper.email)
    code = code_in_last_mail()
    for _attempt in range(3):
        client.post("/accounts/login/code/confirm/", {"code": "WRONG1"})
    client.post("/accounts/login/code/confirm/", {"code": code})
    assert client.get("/accounts/").status_code == 302


def test_codes_for_one_address_are_limited(shopper: User) -> None:
    answers = [ask_for_code(Client(), shopper.email).status_code for _attempt in range(7)]
    assert answers[:6] == [302] * 6
    assert answers[6] != 302
    assert len(mail.outbox) == 6


def test_passkey_sign_in_is_limited_by_address(client: Client) -> None:
    answers = [client.post("/accounts/2fa/webauthn/login/", {"credential": "{}"}).status_code for _attempt in range(11)]
    assert answers[:10] == [302] * 10
    assert answers[10] == 429


def test_people_see_and_change_only_their_own_passkeys(shopper: User) -> None:
    own, other = add_passkey(shopper), add_passkey(make_user("other@example.com"))
    client = client_of(shopper)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    session = client.session
    session[ADDED_KEY] = shopper.pk  # has just added it
    session.save()
    assert "Phone" in client.get("/accounts/2fa/webauthn/").content.decode()
    for action, key, status in (("edit", own, 200), ("remove", own, 200), ("edit", other, 404), ("remove", other, 404)):
        assert client.get(f"/accounts/2fa/webauthn/keys/{key.pk}/{action}/").status_code == status
    client.post(f"/accounts/2fa/webauthn/keys/{other.pk}/remove/")
    assert Authenticator.objects.count() == 2


def test_new_account_is_verified_by_a_code_in_the_same_browser(client: Client) -> None:
    form = {"email": "new@example.com", "password1": "a very long walk", "password2": "a very long walk"}
    assert client.post("/accounts/signup/", form)["Location"] == "/accounts/confirm-email/"
    assert client.get("/accounts/").status_code == 302
    client.post("/accounts/confirm-email/", {"code": code_in_last_mail()})
    assert client.get("/accounts/").status_code == 200


def test_signing_up_with_a_passkey_asks_for_the_code_first(client: Client) -> None:
    assert (
        client.post("/accounts/signup/passkey/", {"email": "key@example.com"})["Location"] == "/accounts/confirm-email/"
    )
    assert client.get("/accounts/2fa/webauthn/signup/").status_code == 302
    answer = client.post("/accounts/confirm-email/", {"code": code_in_last_mail()})
    assert answer["Location"] == "/accounts/2fa/webauthn/signup/"
    assert "creation_options" in client.get(answer["Location"]).content.decode()
    assert client.get("/accounts/").status_code == 302, "Signed in only once the passkey exists."
