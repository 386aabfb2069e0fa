"""Staff act as staff only in a session that has passed a second factor, at every door."""

import itertools
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import User
from tests.conftest import client_of
from tests.factories import PASSWORD, make_user, make_waiting_clip

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def factor_required(settings: Any) -> None:
    settings.STAFF_REQUIRE_MFA = True
    cache.clear()  # the rate limits of the other tests


@pytest.fixture
def owner() -> User:
    return User.objects.create_superuser("owner@example.com", PASSWORD)


def add_app(user: User) -> None:
    TOTP.activate(user, SECRET)


def current_code() -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return str(format_hotp_value(hotp_value(SECRET, counter)))


def sign_in(client: Client, user: User, password: str = PASSWORD) -> Any:
    return client.post("/accounts/login/", {"login": user.email, "password": password})


def admin_addresses() -> list[str]:
    """Return an address for every admin route, with a number or a word for each of its parameters."""
    found = []

    def walk(resolver: URLResolver, prefix: str) -> None:
        for entry in resolver.url_patterns:
            route = prefix + str(entry.pattern)
            if isinstance(entry, URLResolver):
                walk(entry, route)
            elif isinstance(entry, URLPattern) and "^" not in route and "?P" not in route:
                for kind, value in (("path", "1"), ("int", "1"), ("slug", "abc"), ("str", "abc")):
                    route = "/".join(value if part.startswith(f"<{kind}:") else part for part in route.split("/"))
                found.append(f"/{route}")

    walk(get_resolver(), "")
    return [address for address in found if address.startswith("/admin/")]


def test_every_admin_page_leads_a_superuser_without_a_factor_to_set_one_up(owner: User) -> None:
    client = Client()
    sign_in(client, owner)
    addresses = [address for address in admin_addresses() if address not in ("/admin/login/", "/admin/logout/")]
    assert len(addresses) > 100
    wrong = []
    for address, method in itertools.product(addresses, ("get", "post")):
        answer = getattr(client, method)(address)
        if answer.status_code != 302 or not answer["Location"].startswith("/admin/login/?next=/admin/"):
            wrong.append(f"{method} {address}: {answer.status_code}")
    assert wrong == []
    answer = client.get("/admin/login/?next=/admin/catalog/product/", follow=True)
    assert answer.redirect_chain == [("/accounts/staff-factor/?next=%2Fadmin%2Fcatalog%2Fproduct%2F", 302)]
    assert "Set up a second factor" in answer.content.decode()


def test_a_moderator_without_a_factor_sees_no_unpublished_media(moderator: User) -> None:
    clip = make_waiting_clip()
    assert clip.source is not None
    name = default_storage.save(f"{clip.source.media_folder}/720.mp4", ContentFile(b"0123456789"))
    client = client_of(moderator)
    pages = [f"/media/{name}", f"/c/{clip.code}/captions.vtt", f"/api/v1/clips/{clip.code}/"]
    assert [client.get(page).status_code for page in pages] == [404, 404, 404]
    assert client.get("/accounts/").status_code == 200, "The shop stays open."
    assert client.get("/").status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.django_db(transaction=True)
def test_setting_up_an_app_opens_the_admin_in_this_session_and_ends_the_others(owner: User) -> None:
    client, other = Client(), client_of(owner)
    sign_in(client, owner)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.get("/accounts/2fa/totp/activate/")
    secret = client.session["mfa.totp.secret"]
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code})
    assert answer["Location"] == "/accounts/2fa/recovery-codes/"
    assert client.get("/admin/").status_code == 200
    assert other.get("/admin/", follow=True).redirect_chain[-1][0] == "/accounts/login/?next=/admin/"


def test_password_and_code_open_the_admin_and_a_password_alone_does_not(owner: User) -> None:
    add_app(owner)
    client = Client()
    assert sign_in(client, owner)["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/admin/").status_code == 302
    assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert client.get("/admin/").status_code == 302
    assert client.post("/accounts/2fa/authenticate/", {"code": current_code()}).status_code == 302
    assert client.get("/admin/").status_code == 200


def test_recovery_code_opens_the_admin_once(owner: User) -> None:
    add_app(owner)
    codes = RecoveryCodes.activate(owner).get_unused_codes()
    for expected in (200, 302):
        client = Client()
        sign_in(client, owner)
        client.post("/accounts/2fa/authenticate/", {"code": codes[0]})
        assert client.get("/admin/").status_code == expected


def test_removing_the_factor_closes_the_admin_at_once(owner: User) -> None:
    add_app(owner)
    client = Client()
    sign_in(client, owner)
    client.post("/accounts/2fa/authenticate/", {"code": current_code()})
    assert client.get("/admin/").status_code == 200
    Authenticator.objects.filter(user=owner).delete()
    assert client.get("/admin/").status_code == 302


def test_admins_own_form_takes_no_password(owner: User, client: Client) -> None:
    answer = client.post("/admin/login/?next=/admin/", {"username": owner.email, "password": PASSWORD})
    assert answer["Location"] == "/accounts/login/?next=/admin/"
    assert "_auth_user_id" not in client.session


def test_wrong_passwords_are_limited_for_staff_as_for_everybody(owner: User, client: Client) -> None:
    wrong = [sign_in(client, owner, "wrong password").content.decode() for _attempt in range(6)]
    assert "Too many failed login attempts" in wrong[-1]
    assert "Too many failed login attempts" in sign_in(client, owner).content.decode()


def test_somebody_else_is_refused_and_strangers_sites_are_not_opened(owner: User, shopper: User) -> None:
    assert client_of(shopper).get("/admin/login/?next=/admin/").status_code == 403
    add_app(owner)
    client = Client()
    sign_in(client, owner)
    client.post("/accounts/2fa/authenticate/", {"code": current_code()})
    assert client.get("/admin/login/?next=https://evil.example/")["Location"] == "/admin/"


def test_admins_password_page_is_the_shops(owner: User) -> None:
    add_app(owner)
    client = Client()
    sign_in(client, owner)
    client.post("/accounts/2fa/authenticate/", {"code": current_code()})
    assert client.get("/admin/password_change/")["Location"] == "/accounts/password/change/"


def test_without_the_setting_a_password_is_enough(settings: Any) -> None:
    settings.STAFF_REQUIRE_MFA = False
    user = make_user("helper@example.com", is_staff=True)
    assert client_of(user).get("/admin/").status_code == 200
