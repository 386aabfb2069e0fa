"""No administrator alone gives access to money: a second one approves it, and everybody concerned hears of it at once."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core.mail import EmailMessage
from django.test import Client

from accounts.history import read_history_line
from accounts.models import Proposal, User
from accounts.money_access import find_money_roles
from accounts.proposals import proposal_kinds
from feedsite.roles import ROLES
from tests.conftest import client_of
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
USERS = "/admin/accounts/user/"


def make_member(email: str, *roles: str) -> User:
    user = make_user(email, is_staff=True)
    user.groups.set(Group.objects.filter(name__in=roles))
    return user


@pytest.fixture
def head(db: None) -> User:
    return make_member("head@example.com", "Administrator")


@pytest.fixture
def deputy(db: None) -> User:
    return make_member("deputy@example.com", "Administrator")


@pytest.fixture
def bookkeeper(db: None) -> User:
    return make_member("books@example.com", "Finance")


def invite(by: User, email: str, *roles: str) -> Any:
    keys = list(Group.objects.filter(name__in=roles).values_list("pk", flat=True))
    return client_of(by).post(f"{USERS}add/", {"email": email, "language": "en", "roles": keys}, follow=True)


def save_roles(by: User, user: User, *roles: str) -> Any:
    keys = list(Group.objects.filter(name__in=roles).values_list("pk", flat=True))
    return client_of(by).post(f"{USERS}{user.pk}/change/", {"language": "en", "roles": keys}, follow=True)


def act(by: User, user: User, action: str) -> str:
    return client_of(by).post(f"{USERS}access/{user.pk}/{action}/", follow=True).content.decode()


def approve(by: User) -> str:
    url = f"/admin/accounts/proposal/{Proposal.objects.get(state='proposed').pk}/decide/"
    return client_of(by).post(url, {"approve": ""}, follow=True).content.decode()


def roles_of(email: str) -> list[str]:
    return sorted(User.objects.get(email=email).groups.values_list("name", flat=True))


def told(mailbox: list[EmailMessage]) -> list[str]:
    return sorted(mail.to[0] for mail in mailbox if mail.subject.startswith("Who may move money"))


@pytest.mark.parametrize("role", ["Finance", "Administrator"])
def test_invitation_goes_out_and_its_access_to_money_waits(
    head: User, deputy: User, bookkeeper: User, role: str, mailoutbox: list[EmailMessage]
) -> None:
    page = invite(head, "puppet@example.com", role, "Moderator").content.decode()
    assert "It waits for another administrator" in page and roles_of("puppet@example.com") == ["Moderator"]
    assert [mail.to for mail in mailoutbox if "Your account at" in mail.subject] == [["puppet@example.com"]]
    assert told(mailoutbox) == ["books@example.com", "deputy@example.com"]
    [mail] = [mail for mail in mailoutbox if mail.to == ["deputy@example.com"]]
    proposal = Proposal.objects.get()
    assert f"Roles to give: {role}" in mail.body and f"/admin/accounts/proposal/{proposal.pk}/" in mail.body
    mailoutbox.clear()
    assert "The change is made." in approve(deputy)
    assert told(mailoutbox) == ["books@example.com"], "The proposer is told of the decision instead."
    assert roles_of("puppet@example.com") == sorted(["Moderator", role])


def test_person_with_one_money_role_only_is_no_staff_until_it_is_approved(head: User, deputy: User) -> None:
    invite(head, "puppet@example.com", "Finance")
    assert not User.objects.get(email="puppet@example.com").is_staff
    approve(deputy)
    assert User.objects.get(email="puppet@example.com").is_staff


def test_two_puppets_of_one_administrator_get_nothing(head: User, deputy: User) -> None:
    """Neither a puppet nor whoever proposed it approves it."""
    puppet = make_user("puppet@example.com")
    save_roles(head, puppet, "Administrator")
    for user in (head, puppet):
        url = f"/admin/accounts/proposal/{Proposal.objects.get().pk}/decide/"
        client_of(User.objects.get(pk=user.pk)).post(url, {"approve": ""})
    assert roles_of("puppet@example.com") == [] and Proposal.objects.get().state == "proposed"
    invite(head, "other@example.com", "Finance")
    assert roles_of("other@example.com") == []


def test_user_cannot_approve_their_own_access(head: User, deputy: User) -> None:
    make_member("third@example.com", "Administrator")
    save_roles(head, deputy, "Administrator", "Finance")
    assert "approve a change of your own access" in approve(deputy)
    assert roles_of("deputy@example.com") == ["Administrator"]


def test_other_roles_need_nobody_and_tell_nobody(head: User, deputy: User, mailoutbox: list[EmailMessage]) -> None:
    invite(head, "new@example.com", "Moderator")
    save_roles(head, User.objects.get(email="new@example.com"), "Campaign manager", "Catalogue manager")
    assert roles_of("new@example.com") == ["Campaign manager", "Catalogue manager"]
    assert Proposal.objects.count() == 0 and told(mailoutbox) == []


def test_roles_are_taken_at_once_while_the_one_given_waits(head: User, deputy: User) -> None:
    user = make_member("user@example.com", "Moderator")
    save_roles(head, user, "Finance")
    assert roles_of("user@example.com") == [] and Proposal.objects.count() == 1
    approve(deputy)
    assert roles_of("user@example.com") == ["Finance"]
    save_roles(head, user)
    assert roles_of("user@example.com") == []


def test_single_administrator_gives_roles_at_once_and_the_others_are_told(
    head: User, bookkeeper: User, mailoutbox: list[EmailMessage]
) -> None:
    invite(head, "new@example.com", "Finance", "Moderator")
    assert roles_of("new@example.com") == ["Finance", "Moderator"] and Proposal.objects.count() == 0
    assert told(mailoutbox) == ["books@example.com"]


def test_administrator_who_has_never_signed_in_holds_nothing_up(head: User) -> None:
    invite(head, "second@example.com", "Administrator")
    invite(head, "new@example.com", "Finance")
    assert roles_of("new@example.com") == ["Finance"] and Proposal.objects.count() == 0


def test_superuser_alone_needs_nobody(bookkeeper: User) -> None:
    owner = User.objects.create_superuser("owner@example.com", PASSWORD)
    invite(owner, "colleague@example.com", "Finance", "Moderator")
    assert roles_of("colleague@example.com") == ["Finance", "Moderator"]


def test_second_factor_of_finance_is_reset_by_two(
    head: User, deputy: User, bookkeeper: User, mailoutbox: list[EmailMessage]
) -> None:
    Authenticator.objects.create(user=bookkeeper, type=Authenticator.Type.TOTP, data={})
    assert "It waits for another administrator" in act(head, bookkeeper, "reset-factor")
    assert Authenticator.objects.count() == 1 and told(mailoutbox) == ["deputy@example.com"]
    assert read_history_line(LogEntry.objects.latest("pk").change_message) == "Proposed: Reset second factor"
    assert "already waiting" in act(deputy, bookkeeper, "reset-factor")
    approve(deputy)
    assert Authenticator.objects.count() == 0


def test_second_factor_of_a_moderator_is_reset_by_one(head: User, deputy: User, mailoutbox: list[EmailMessage]) -> None:
    user = make_member("user@example.com", "Moderator")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    assert "was reset" in act(head, user, "reset-factor")
    assert Authenticator.objects.count() == 0 and told(mailoutbox) == []


def test_deactivated_finance_is_reactivated_by_two(head: User, deputy: User, bookkeeper: User) -> None:
    User.objects.filter(pk=bookkeeper.pk).update(is_active=False)
    act(head, bookkeeper, "reactivate")
    assert not User.objects.get(pk=bookkeeper.pk).is_active
    approve(deputy)
    assert User.objects.get(pk=bookkeeper.pk).is_active


def test_proposal_is_void_once_the_user_changed(head: User, deputy: User) -> None:
    user = make_user("user@example.com")
    save_roles(head, user, "Finance")
    User.objects.filter(pk=user.pk).update(email="somebody@example.com")
    assert "The figures shown here changed" in approve(deputy)
    assert roles_of("somebody@example.com") == []


def test_same_role_is_proposed_once(head: User, deputy: User) -> None:
    user = make_user("user@example.com")
    save_roles(head, user, "Finance")
    assert "already waiting for a second person" in save_roles(head, user, "Finance").content.decode()
    assert Proposal.objects.count() == 1


def test_roles_with_access_to_money_are_these() -> None:
    assert [role.name for role in find_money_roles(Group.objects.all())] == ["Administrator", "Finance"]


def test_whatever_approves_a_proposal_or_writes_in_the_books_counts_as_access_to_money() -> None:
    money = set(settings.MONEY_PERMISSIONS)
    assert {kind.approve_permission for kind in proposal_kinds().values()} <= money
    harmless = {"shop.change_order", "shop.change_providerevent", "payouts.download_yearlytotals"}
    fees = ("taxrate", "shippingzone", "shippingoption")
    harmless |= {f"shop.{verb}_{name}" for verb in ("add", "change", "delete") for name in fees} | {"shop.add_invoice"}
    writes = {name for name in ROLES["Finance"] if name.startswith(("payouts.", "shop.")) and ".view_" not in name}
    assert writes - harmless <= money


def test_visitors_and_other_roles_propose_no_access(bookkeeper: User, head: User, deputy: User) -> None:
    user = make_user("user@example.com")
    assert save_roles(bookkeeper, user, "Finance").status_code == 403
    assert Client().post(f"{USERS}{user.pk}/change/", {"roles": []}).status_code == 302
    assert Proposal.objects.count() == 0 and roles_of("user@example.com") == []
