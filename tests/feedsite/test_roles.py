"""Groups of staff hold exactly the permissions of feedsite/roles.py."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from feedsite.roles import ROLES, sync_roles
from tests.conftest import client_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_syncing_creates_the_groups_and_repeating_it_changes_nothing() -> None:
    call_command("sync_roles", verbosity=0)
    first = {group.name: set(group.permissions.values_list("pk", flat=True)) for group in Group.objects.all()}
    sync_roles()
    assert {group.name: set(group.permissions.values_list("pk", flat=True)) for group in Group.objects.all()} == first
    assert set(first) == set(ROLES)


def test_syncing_removes_extra_permissions_and_keeps_members() -> None:
    sync_roles()
    member, group = make_user(is_staff=True), Group.objects.get(name="Moderator")
    member.groups.add(group)
    group.permissions.add(Permission.objects.get(codename="add_user"))
    sync_roles()
    assert not group.permissions.filter(codename="add_user").exists()
    assert list(member.groups.all()) == [group]


@pytest.mark.parametrize(
    ("role", "desk", "products"),
    [("Moderator", 200, 200), ("Campaign manager", 403, 200), ("Finance", 403, 403), ("Catalogue manager", 403, 200)],
)
def test_each_role_may_open_its_own_pages(role: str, desk: int, products: int) -> None:
    sync_roles()
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client = client_of(user)
    addresses = ("/admin/videos/clip/desk/", "/admin/catalog/product/")
    assert [client.get(address).status_code for address in addresses] == [desk, products]
