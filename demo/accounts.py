"""The demo's accounts. Their password is printed on the terminal, so they must exist in a demo only."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import transaction

from accounts.models import User
from demo.datasets import ACCOUNTS

PASSWORD = "inspire-me-2026"  # noqa: S105  # the demo prints it
"""The password of every demo account."""


def get_or_create_user(email: str, *, now: datetime, group: str = "", is_superuser: bool = False) -> User:
    """Return the user with this address. A new one gets the demo's password and a verified address.

    An existing user is left unchanged: a visitor may have changed its password or its groups.
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
    """Create the missing accounts and return all of them by role."""
    return {
        account.role: get_or_create_user(
            account.email, now=now, group=account.group, is_superuser=account.role == "admin"
        )
        for account in ACCOUNTS
    }
