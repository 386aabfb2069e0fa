"""Administrators invite people, give and take roles, deactivate, reset second factors and end sessions."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.history import read_history_line
from accounts.models import User
from accounts.staff import AccessRefused, change_roles, deactivate_user, reset_second_factor
from tests.conftest import client_of
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
USERS = "/admin/accounts/user/"
Commit = Callable[..., Any]


def role(name: str) -> Group:
    return Group.objects.get(name=name)


def make_member(name: str, email: str = "") -> User:
    user = make_user(email, is_staff=True)
    user.groups.add(role(name))
    return user


@pytest.fixture
def administrator() -> User:
    return make_member("Administrator", "head@example.com")


@pytest.fixture
def superuser() -> User:
    return User.objects.create_superuser("owner@example.com", PASSWORD)


def access_of(user: User) -> tuple[object, ...]:
    user = User.objects.get(pk=user.pk)
    return user.is_active, user.is_staff, user.session_epoch, sorted(user.groups.values_list("name", flat=True))


def save_roles(client: Client, user: User, *names: str) -> Any:
    roles = [role(name).pk for name in names]
    return client.post(f"{USERS}{user.pk}/change/", {"language": user.language, "roles": roles})


def act(client: Client, user: User, action: str, **fields: str) -> Any:
    return client.post(f"{USERS}access/{user.pk}/{action}/", fields, follow=True)


def test_invited_person_chooses_a_password_and_has_the_role(
    administrator: User, django_capture_on_commit_callbacks: Commit
) -> None:
    form = {"email": "new@example.com", "language": "en", "roles": [role("Moderator").pk]}
    with django_capture_on_commit_callbacks(execute=True):
        page = client_of(administrator).post(f"{USERS}add/", form, follow=True).content.decode()
    assert "An email was sent to new@example.com with a link to choose a password." in page
    user = User.objects.get(email="new@example.com")
    assert not user.has_usable_password()
    assert access_of(user) == (True, True, 0, ["Moderator"])
    assert read_history_line(LogEntry.objects.get().change_message) == "Invited. Roles: Moderator."
    link = re.search(r"http://\S+(/accounts/password/reset/key/\S+)", str(mail.outbox[0].body))
    assert link is not None
    client = Client()
    answer = client.get(link[1], follow=True)
    password = {"password1": "a very long walk", "password2": "a very long walk"}
    assert client.post(answer.redirect_chain[-1][0], password)["Location"] == reverse("account_login")
    user.refresh_from_db()
    assert user.check_password("a very long walk")
    signed_in = client.post(reverse("account_login"), {"login": user.email, "password": "a very long walk"})
    assert signed_in["Location"] == "/", "The link has proved the address, so no code is asked for."
    assert "token" in Client().get(link[1], follow=True).content.decode().lower(), "The link works once."


def test_address_that_is_taken_is_refused_at_its_field(administrator: User) -> None:
    make_user("new@example.com")
    answer = client_of(administrator).post(f"{USERS}add/", {"email": "NEW@example.com", "language": "en"})
    page = answer.content.decode()
    assert "A user with this email address already exists." in page
    assert "accounts_user_email_unique" not in page
    assert 'value="NEW@example.com"' in page
    assert User.objects.filter(email__iexact="new@example.com").count() == 1


def test_roles_are_given_and_taken_one_by_one(administrator: User) -> None:
    user = make_member("Moderator")
    client = client_of(administrator)
    save_roles(client, user, "Moderator", "Finance")
    assert access_of(user) == (True, True, 0, ["Finance", "Moderator"])
    save_roles(client, user, "Finance")
    assert access_of(user) == (True, True, 0, ["Finance"])
    save_roles(client, user)
    assert access_of(user) == (True, False, 0, [])
    assert client_of(user).get("/admin/").status_code == 302
    messages = [read_history_line(entry.change_message) for entry in LogEntry.objects.order_by("pk")]
    assert messages == ["Roles: Finance and Moderator.", "Roles: Finance.", "Roles: none."]


def test_user_is_found_by_part_of_the_address(administrator: User) -> None:
    make_user("lou.reader@example.com")
    page = client_of(administrator).get(f"{USERS}?q=lou.rea").content.decode()
    assert "lou.reader@example.com" in page
    assert "1 user" in page


def test_deactivated_user_is_signed_out_and_back_after_reactivation(
    administrator: User, django_capture_on_commit_callbacks: Commit
) -> None:
    user = make_member("Moderator")
    client, theirs = client_of(administrator), client_of(user)
    assert "This field is required." in act(client, user, "deactivate").content.decode()
    assert access_of(user) == (True, True, 0, ["Moderator"])
    with django_capture_on_commit_callbacks(execute=True):
        act(client, user, "deactivate", reason="Left the shop")
    assert access_of(user) == (False, True, 1, ["Moderator"])
    assert "Left the shop" in str(mail.outbox[-1].body)
    assert theirs.get("/accounts/").status_code == 302
    act(client, user, "reactivate")
    assert access_of(user) == (True, True, 1, ["Moderator"])
    assert theirs.get("/accounts/").status_code == 302, "The old session stays ended."
    user.refresh_from_db()
    assert client_of(user).get("/admin/").status_code == 200


def test_sessions_end_on_all_devices_and_the_next_sign_in_works(administrator: User, shopper: User) -> None:
    phone, laptop = client_of(shopper), client_of(shopper)
    act(client_of(administrator), shopper, "sign-out")
    assert [client.get("/accounts/").status_code for client in (phone, laptop)] == [302, 302]
    shopper.refresh_from_db()
    assert client_of(shopper).get("/accounts/").status_code == 200


def test_second_factor_is_removed_and_the_user_told(
    administrator: User, django_capture_on_commit_callbacks: Commit
) -> None:
    user = make_member("Moderator")
    for kind in (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES):
        Authenticator.objects.create(user=user, type=kind, data={})
    with django_capture_on_commit_callbacks(execute=True):
        act(client_of(administrator), user, "reset-factor")
    assert not Authenticator.objects.exists()
    assert access_of(user) == (True, True, 1, ["Moderator"])
    assert "removed your authenticator app" in str(mail.outbox[-1].body)


@pytest.mark.parametrize("action", ["invite", "sign-out", "reset-factor", "deactivate"])
@pytest.mark.parametrize("name", ["Moderator", "Finance", "Campaign manager", "Catalogue manager"])
def test_other_roles_change_nobodys_access(name: str, action: str, shopper: User) -> None:
    Authenticator.objects.create(user=shopper, type=Authenticator.Type.TOTP, data={})
    before = access_of(shopper)
    client = client_of(make_member(name))
    assert act(client, shopper, action, reason="because").status_code == 403
    assert save_roles(client, shopper, "Administrator").status_code == 403
    assert access_of(shopper) == before
    assert Authenticator.objects.count() == 1


def test_nobody_changes_their_own_access(administrator: User) -> None:
    client, before = client_of(administrator), access_of(administrator)
    assert save_roles(client, administrator, "Administrator", "Finance").status_code == 403
    for action in ("deactivate", "sign-out", "reset-factor", "invite"):
        assert act(client, administrator, action, reason="because").status_code == 403
    assert access_of(administrator) == before
    page = client.get(f"{USERS}{administrator.pk}/change/").content.decode()
    assert "You can&#x27;t change your own access." in page


def test_administrator_cannot_touch_a_superuser(administrator: User, superuser: User) -> None:
    Authenticator.objects.create(user=superuser, type=Authenticator.Type.TOTP, data={})
    client, before = client_of(administrator), access_of(superuser)
    assert save_roles(client, superuser, "Finance").status_code == 403
    for action in ("deactivate", "sign-out", "reset-factor", "invite"):
        assert act(client, superuser, action, reason="because").status_code == 403
    assert access_of(superuser) == before
    assert Authenticator.objects.count() == 1


def test_forms_cannot_make_a_superuser_or_change_an_address(administrator: User, shopper: User) -> None:
    extra = {"is_superuser": "on", "is_staff": "on", "email": "other@example.com", "user_permissions": ["1"]}
    client_of(administrator).post(f"{USERS}{shopper.pk}/change/", {"language": "ar", "roles": [], **extra})
    user = User.objects.get(pk=shopper.pk)
    assert (user.language, user.email, user.is_superuser, user.is_staff) == ("ar", shopper.email, False, False)
    assert not user.user_permissions.exists()


def test_only_superusers_open_the_groups_behind_the_roles(administrator: User, superuser: User) -> None:
    pages = ["/admin/auth/group/", f"/admin/auth/group/{role('Finance').pk}/change/", "/admin/auth/group/add/"]
    assert [client_of(administrator).get(page).status_code for page in pages] == [403, 403, 403]
    assert [client_of(superuser).get(page).status_code for page in pages] == [200, 200, 200]
    before = set(role("Finance").permissions.all())
    client_of(superuser).post(pages[1], {"name": "Finance", "permissions": []})
    assert set(role("Finance").permissions.all()) == before, "Roles of the product are updated by migrate only."


def test_secrets_of_second_factors_have_no_page(superuser: User) -> None:
    factor = Authenticator.objects.create(user=superuser, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DP"})
    assert client_of(superuser).get(f"/admin/mfa/authenticator/{factor.pk}/change/").status_code == 404


def test_role_taken_while_the_page_was_open_refuses_the_change(administrator: User, shopper: User) -> None:
    stale = User.objects.get(pk=administrator.pk)
    assert stale.has_perm("accounts.assign_role")
    administrator.groups.clear()
    with pytest.raises(AccessRefused):
        change_roles(user=shopper, give=[role("Finance")], take=[], by=stale)
    with pytest.raises(AccessRefused):
        deactivate_user(user=shopper, reason="because", by=stale)
    with pytest.raises(AccessRefused):
        reset_second_factor(user=shopper, by=stale)
    assert access_of(shopper) == (True, False, 0, [])
