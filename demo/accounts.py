"""The demo's accounts. Their passwords are printed on the terminal, so they exist in the demo alone."""

from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group

from accounts.models import User

PASSWORD = "inspire-me-2026"  # noqa: S105  # the demo prints it
"""Of every account of the demo."""


@dataclass(frozen=True)
class Account:
    role: str
    email: str
    what: str
    group: str = ""


SHOPPER = Account("shopper", "shopper@demo.example", "shops, with a saved address")
MODERATOR = Account("moderator", "moderator@demo.example", "approves clips at /admin/", "Moderator")
FINANCE = Account("finance", "finance@demo.example", "sees the ledger at /admin/", "Finance")
MANAGER = Account("manager", "manager@demo.example", "runs campaigns at /admin/", "Campaign manager")
MERCHANT = Account("merchant", "merchant@demo.example", "keeps the catalogue at /admin/", "Merchant")
ADMIN = Account("admin", "admin@demo.example", "may do everything at /admin/")
ACCOUNTS = (SHOPPER, MODERATOR, FINANCE, MANAGER, MERCHANT, ADMIN)


def make_account(email: str, *, now: datetime, **fields: bool) -> User:
    """Return the user with this address, made with the demo's password and a verified address unless there."""
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, PASSWORD, adult_confirmed_at=now, **fields)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def make_accounts(*, now: datetime) -> dict[str, User]:
    """Return the demo's users by role, with their groups."""
    users = {}
    for account in ACCOUNTS:
        is_admin = account is ADMIN
        user = make_account(account.email, now=now, is_staff=bool(account.group) or is_admin, is_superuser=is_admin)
        if account.group:
            user.groups.add(Group.objects.get(name=account.group))
        users[account.role] = user
    return users
