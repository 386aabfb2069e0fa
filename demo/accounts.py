"""Demo accounts. Their password is printed on the terminal, so they must never exist outside a demo."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import transaction

from accounts.models import User
from demo.datasets import ACCOUNTS

PASSWORD = "inspire-me-2026"  # noqa: S105  # the demo prints it
"""The password of every demo account."""


def get_or_create_user(email: str, *, now: datetime, group: str = "", is_superuser: bool = False) -> User:
    """Return the user with this email address. A new user gets the demo password and a verified address.

    An existing user is left unchanged, because a visitor may have changed the password or groups.
    """
    user = User.objects.filter(email=email).first()
    if user is not None:
        return user
    is_staff = bool(group) or is_superuser
    with transaction.atomic():
        user = User.objects.create_user(
            email, PASSWORD, adult_confirmed_at=now, is_staff=is_staff, is_superuser=is_superuser
        )
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        if group:
            user.groups.add(Group.objects.get(name=group))
    return user


def create_accounts(*, now: datetime) -> dict[str, User]:
    """Create any missing accounts, and return all accounts by role."""
    return {
        account.role: get_or_create_user(
            account.email, now=now, group=account.group, is_superuser=account.role == "admin"
        )
        for account in ACCOUNTS
    }
