"""An open session is not enough to take an account over: who manages it proves again who they are."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from payouts.models import PayoutAccount
from tests.accounts.test_passkeys import ask_for_code, code_in_last_mail
from tests.accounts.test_staff_second_factor import SECRET, current_code
from tests.conftest import client_of
from tests.factories import PASSWORD, make_creator, make_member, make_merchant, make_user

pytestmark = pytest.mark.django_db
OF_THE_ACCOUNT = ["/accounts/email/", "/accounts/data/", "/accounts/leave/", "/studio/earnings/account/"]
OF_THE_ACCOUNT += ["/merchant/earnings/account/"]


@pytest.fixture(autouse=True)
def no_limits_of_other_tests(settings: Any) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    cache.clear()


def confirm(user: User, email: str = "") -> EmailAddress:
    return EmailAddress.objects.create(user=user, email=email or user.email, verified=True, primary=not email)


def sign_in_by_code(client: Client, email: str) -> Any:
    ask_for_code(client, email)
    return client.post("/accounts/login/code/confirm/", {"code": code_in_last_mail()}, follow=True)


def sign_up(email: str, password: str) -> User:
    """Sign up and never confirm the address."""
    Client().post("/accounts/signup/", {"email": email, "password1": password, "password2": password})
    return User.objects.get(email=email)


def is_signed_in(client: Client) -> bool:
    return bool(client.get("/accounts/").status_code == 200)


def add_app(client: Client) -> None:
    """Set up an authenticator app, with the password."""
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.get("/accounts/2fa/totp/activate/")
    session = client.session
    session["mfa.totp.secret"] = SECRET
    session.save()
    answer = client.post("/accounts/2fa/totp/activate/", {"code": current_code()})
    assert answer.status_code == 302, answer.content.decode()


def make_code_user(email: str = "code@example.com") -> User:
    """Return a creator, who also owns a merchant, without a password and a second factor."""
    user = make_user(email)
    user.set_unusable_password()
    user.save()
    confirm(user)
    make_creator(user=user)
    make_member(make_merchant("lamps"), user=user)
    return user


def test_password_of_whoever_signed_up_first_ends_when_the_owner_signs_in_by_code() -> None:
    user = sign_up("victim@example.com", "the stranger's words")
    Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "Stranger's"})
    owner = Client()
    page = sign_in_by_code(owner, user.email).content.decode()
    assert "no longer works" in page
    user.refresh_from_db()
    assert (user.has_usable_password(), Authenticator.objects.count()) == (False, 0)
    assert is_signed_in(owner)
    stranger = Client()
    stranger.post("/accounts/login/", {"login": user.email, "password": "the stranger's words"})
    assert not is_signed_in(stranger)


def test_password_stays_when_a_confirmed_address_gets_a_code() -> None:
    user = make_user("known@example.com")
    confirm(user)
    sign_in_by_code(Client(), user.email)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_code_does_not_sign_in_to_an_account_that_only_claims_the_address() -> None:
    stranger = make_user("stranger@example.com")
    confirm(stranger)
    EmailAddress.objects.create(user=stranger, email="victim@example.com")
    client = Client()
    ask_for_code(client, "victim@example.com")
    assert "sign-in code" not in str(mail.outbox[-1].body).lower()
    assert not re.search(r"^[A-Z0-9]{3,4}-?[A-Z0-9]{3,4}$", str(mail.outbox[-1].body), re.MULTILINE)
    assert not EmailAddress.objects.get(email="victim@example.com").verified


def test_link_for_a_new_password_leads_to_no_account_that_only_claims_the_address() -> None:
    stranger = make_user("stranger@example.com")
    confirm(stranger)
    EmailAddress.objects.create(user=stranger, email="victim@example.com")
    Client().post("/accounts/password/reset/", {"email": "victim@example.com"})
    assert mail.outbox[-1].to == ["victim@example.com"]
    assert "/accounts/password/reset/key/" not in mail.outbox[-1].body


def test_roles_are_refused_for_an_address_that_nobody_confirmed() -> None:
    user = sign_up("finance@example.com", "the stranger's words")
    role = Group.objects.get(name="Finance")
    head = User.objects.create_superuser("head@example.com", PASSWORD)
    form = {"language": user.language, "roles": [role.pk]}
    page = client_of(head).post(f"/admin/accounts/user/{user.pk}/change/", form)
    assert "This email address is not confirmed" in page.content.decode()
    assert not user.groups.exists()
    confirm_by_link = EmailAddress.objects.filter(user=user)
    confirm_by_link.update(verified=True)
    client_of(head).post(f"/admin/accounts/user/{user.pk}/change/", form)
    assert user.groups.get() == role


@pytest.mark.parametrize("page", OF_THE_ACCOUNT)
def test_old_session_of_somebody_without_a_password_signs_in_again(page: str) -> None:
    user, client = make_code_user(), Client()
    sign_in_by_code(client, user.email)
    assert "sign-in-again" not in client.get(page).get("Location", "")
    session = client.session
    (record,) = session["account_authentication_methods"]
    session["account_authentication_methods"] = [{**record, "at": record["at"] - 901}]
    session.save()
    again = client.get(page)
    assert again["Location"] == f"/accounts/sign-in-again/?next={page.replace('/', '%2F')}"
    asked = client.post("/accounts/sign-in-again/", {"next": page})
    assert asked["Location"].startswith("/accounts/login/code/?next=")
    assert not is_signed_in(client)


def test_old_session_of_somebody_without_a_password_sets_none_and_changes_no_account() -> None:
    user = make_code_user()
    client = client_of(user)
    words = {"password1": "a very long walk", "password2": "a very long walk"}
    assert "sign-in-again" in client.post("/accounts/password/set/", words)["Location"]
    for page in ("/studio/earnings/account/", "/merchant/earnings/account/"):
        assert "sign-in-again" in client.post(page, {"holder": "Eve"})["Location"]
    for address in ("/api/v1/earnings/account/", "/api/v1/merchants/lamps/payout-account/"):
        refused = client.put(address, {"holder": "Eve"}, content_type="application/json")
        sentence = "Sign in again first, at /accounts/sign-in-again/."
        assert (refused.status_code, refused.json()["detail"]) == (403, sentence)
    assert "sign-in-again" in client.get("/accounts/2fa/webauthn/add/")["Location"]
    user.refresh_from_db()
    assert (user.has_usable_password(), PayoutAccount.objects.count()) == (False, 0)


@pytest.mark.parametrize("action", ["action_add", "action_primary", "action_remove"])
def test_addresses_are_changed_only_after_the_password(action: str) -> None:
    user = make_user("owner@example.com")
    confirm(user)
    confirm(user, "second@example.com")
    before = list(EmailAddress.objects.order_by("pk").values_list("email", "primary"))
    email = "third@example.com" if action == "action_add" else "second@example.com"
    answer = client_of(user).post("/accounts/email/", {action: "", "email": email})
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert list(EmailAddress.objects.order_by("pk").values_list("email", "primary")) == before


@pytest.mark.django_db(transaction=True)
def test_second_factor_is_removed_only_with_it_and_ends_older_sessions() -> None:
    user = make_user("staff@example.com", is_staff=True)
    confirm(user)
    old, new = client_of(user), client_of(user)
    add_app(new)
    assert Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
    assert is_signed_in(new)
    assert not is_signed_in(old)

    password_only = client_of(User.objects.get(pk=user.pk))
    password_only.post("/accounts/reauthenticate/", {"password": PASSWORD})
    for page in ("totp/deactivate/", "webauthn/add/", "recovery-codes/", "recovery-codes/generate/"):
        assert password_only.post(f"/accounts/2fa/{page}")["Location"].startswith("/accounts/2fa/reauthenticate/")
    assert Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


@pytest.mark.parametrize("is_second_factor", [False, True])
@pytest.mark.django_db(transaction=True)
def test_changes_of_what_signs_in_are_told_by_email(is_second_factor: bool) -> None:
    user = make_user("owner@example.com", language="ar")
    confirm(user)
    client = client_of(user)
    if is_second_factor:
        add_app(client)
    else:
        words = {"oldpassword": PASSWORD, "password1": "a very long walk", "password2": "a very long walk"}
        client.post("/accounts/password/change/", words)
    message = mail.outbox[0]
    assert message.to == ["owner@example.com"]
    assert "127.0.0.1" in str(message.body)
    assert not re.search(r"[A-Za-z]{4,}", re.sub(r"testserver|example|localhost\S*|http\S+", "", str(message.subject)))


def test_an_address_that_another_account_has_is_named_when_somebody_is_invited() -> None:
    owner = make_user("owner@example.com")
    confirm(owner)
    confirm(owner, "second@example.com")
    head = User.objects.create_superuser("head@example.com", PASSWORD)
    form = {"email": "Second@example.com", "language": "en", "roles": []}
    page = client_of(head).post("/admin/accounts/user/add/", form).content.decode()
    assert "owner@example.com has this address, too." in page
    assert not User.objects.filter(email__iexact="second@example.com").exists()


def test_an_address_with_which_another_signs_in_does_not_become_the_main_one() -> None:
    owner, other = make_user("owner@example.com"), make_user("other@example.com")
    confirm(owner)
    confirm(owner, other.email)  # the other never confirmed it
    client = client_of(owner)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.post("/accounts/email/", {"action_primary": "", "email": other.email}, follow=True)
    assert "Another account has confirmed this email address." in page.content.decode()
    owner.refresh_from_db()
    assert owner.email == "owner@example.com"


def test_invited_person_whose_address_another_has_confirmed_reads_so() -> None:
    head = User.objects.create_superuser("head@example.com", PASSWORD)
    client_of(head).post("/admin/accounts/user/add/", {"email": "new@example.com", "language": "en", "roles": []})
    other = make_user("other@example.com")
    confirm(other, "new@example.com")
    link = re.search(r"http://\S+(/accounts/password/reset/key/\S+)", str(mail.outbox[0].body))
    assert link is not None
    client = Client()
    answer = client.get(link[1], follow=True)
    words = {"password1": "a very long walk", "password2": "a very long walk"}
    page = client.post(answer.redirect_chain[-1][0], words, follow=True)
    assert "Another account has confirmed this email address." in page.content.decode()
    assert EmailAddress.objects.get(user=other).verified
