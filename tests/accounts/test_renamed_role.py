"""Shops that had the role Merchant keep its members when it becomes Catalogue manager."""

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group

from accounts.models import User
from feedsite.roles import sync_roles
from tests.conftest import client_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db
migration = import_module("accounts.migrations.0003_rename_merchant_role")


def members_of(name: str) -> list[User]:
    return list(User.objects.filter(groups__name=name))


@pytest.mark.parametrize("has_new_role", [True, False])
def test_members_of_the_old_role_have_the_new_one(has_new_role: bool) -> None:
    if not has_new_role:
        Group.objects.filter(name="Catalogue manager").delete()
    member = make_user(is_staff=True)
    member.groups.add(Group.objects.create(name="Merchant"))
    migration.forward(apps, None)
    sync_roles()
    assert members_of("Catalogue manager") == [member]
    assert not Group.objects.filter(name="Merchant").exists()
    assert client_of(member).get("/admin/catalog/product/").status_code == 200
    migration.back(apps, None)
    assert members_of("Merchant") == [member]


def test_shop_without_the_old_role_is_left_alone() -> None:
    before = set(Group.objects.values_list("name", flat=True))
    migration.forward(apps, None)
    assert set(Group.objects.values_list("name", flat=True)) == before
