"""People and organisations for the tests of merchants."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import User
from catalog.models import Merchant
from tests.conftest import client_of
from tests.factories import make_member, make_merchant, make_user

APPLICATION = {
    "name": "Lamp House",
    "legal_name": "Lamp House Ltd.",
    "country": "IE",
    "address": "3 Mill Lane\nDublin",
    "email": "hello@lamps.example",
    "phone": "01 234 5678",
    "vat_number": "IE 6388047V",
    "sells": "Lamps and shades, 40 products",
    "accepts_terms": "on",
}


def verify(user: User) -> User:
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def make_role(role: str, email: str) -> User:
    user = make_user(email, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


@pytest.fixture
def lamps() -> Merchant:
    return make_merchant("lamps", name="Lamp House", fee_bps=1000)


@pytest.fixture
def owner(lamps: Merchant) -> User:
    return make_member(lamps, user=make_user("owner@example.com"))


@pytest.fixture
def as_owner(owner: User) -> Client:
    return client_of(owner)


@pytest.fixture
def as_manager_of_catalogue(settings: Any) -> Client:
    settings.STAFF_REQUIRE_MFA = False
    return client_of(make_role("Catalogue manager", "catalogue@example.com"))
