"""Groups of staff hold exactly the permissions of feedsite/roles.py."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from accounts.models import Proposal
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


def permissions_of(role: str) -> set[str]:
    rows = Permission.objects.filter(group__name=role).values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in rows}


@pytest.mark.parametrize("role", ROLES)
def test_nothing_that_moves_money_is_given_by_a_star(role: str) -> None:
    given = {name for name in permissions_of(role) if name.startswith(("payouts.", "shop."))}
    assert {name for name in given if ".view_" not in name} <= set(ROLES[role])
    written = {name for name in given if ".view_" not in name and not name.endswith("_parcel")}
    discounts = {"shop.add_discountcode", "shop.change_discountcode"}  # they pay nobody
    messages = {"shop.change_messagethread"}
    downloads = {"shop.change_download"}
    assert role == "Finance" or written <= discounts | messages | downloads


def test_finance_refunds_and_the_catalogue_manager_does_not() -> None:
    assert {"shop.add_refund", "shop.approve_refund", "shop.view_payment"} <= permissions_of("Finance")
    catalogue = permissions_of("Catalogue manager")
    assert {"catalog.change_product", "catalog.add_stockmovement", "shop.view_order"} <= catalogue
    assert not {"catalog.change_legalpage", "catalog.change_sitesettings"} & catalogue


def test_each_page_of_the_admin_opens_for_at_least_one_role() -> None:
    clients = {}
    for role in ROLES:
        user = make_user(is_staff=True)
        user.groups.add(Group.objects.get(name=role))
        clients[role] = client_of(user)
    for model in set(admin.site._registry) - {Group}:  # roles are for superusers to see
        address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        answers = {role: client.get(address, follow=True).status_code for role, client in clients.items()}
        assert 200 in answers.values(), address
        assert answers["Administrator"] == 200 or model is Proposal, address  # who may decide on it reads it
        assert set(answers.values()) <= {200, 403}, (address, answers)


@pytest.mark.parametrize(
    ("address", "role"),
    [
        ("/admin/catalog/legalpage/add/", "Administrator"),
        ("/admin/feed/goal/weigh/", "Administrator"),
        ("/admin/accounts/user/add/", "Administrator"),
        ("/admin/catalog/product/add/", "Catalogue manager"),
        ("/admin/catalog/category/add/", "Catalogue manager"),
        ("/admin/creators/campaign/add/", "Campaign manager"),
        ("/admin/videos/clip/desk/", "Moderator"),
        ("/admin/social/report/desk/", "Moderator"),
    ],
)
def test_pages_that_change_things_open_for_their_role_only(address: str, role: str) -> None:
    for name in ROLES:
        user = make_user(is_staff=True)
        user.groups.add(Group.objects.get(name=name))
        assert (client_of(user).get(address).status_code == 200) == (name == role), name
