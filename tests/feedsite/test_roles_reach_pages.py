"""Whatever staff can add or change in admin, some role can: nothing is left to superusers without a reason."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client, RequestFactory

from accounts.models import User
from creators.models import Agency, Creator, Representation
from feed.models import Goal
from feedsite.roles import ROLES
from tests.conftest import client_of
from tests.factories import make_creator, make_user
from tests.html_forms import read_form

pytestmark = pytest.mark.django_db

LEFT_TO_SUPERUSERS = {
    "auth.add_group": "Roles of the product come from code; others are for whoever runs the server.",
    "auth.change_group": "Roles of the product come from code; others are for whoever runs the server.",
}
"""Permissions that no role has, and why."""


def make_member(role: str) -> User:
    user = make_user(f"{role.lower().replace(' ', '.')}@example.com", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


def client_in(role: str) -> Client:
    return client_of(make_member(role))


def writable_by(user: User) -> set[str]:
    """Return what the user can add or change on pages of admin, and the special permissions that they have."""
    request, writable = RequestFactory().get("/admin/"), set()
    request.user = user
    for model, page in admin.site._registry.items():
        app, name = model._meta.app_label, model._meta.model_name
        writable |= {f"{app}.add_{name}"} if page.has_add_permission(request) else set()
        writable |= {f"{app}.change_{name}"} if page.has_change_permission(request) else set()
        writable |= {f"{app}.{code}" for code, _words in model._meta.permissions if user.has_perm(f"{app}.{code}")}
    return writable


def test_whatever_can_be_added_or_changed_is_so_by_a_role() -> None:
    by_superuser = writable_by(make_user("root@example.com", is_staff=True, is_superuser=True))
    by_roles = {name for role in ROLES for name in writable_by(make_member(role))}
    assert len(by_superuser) > 40
    assert by_superuser - by_roles == set(LEFT_TO_SUPERUSERS)


def test_campaign_manager_adds_an_agency_and_its_offer(creator: Creator) -> None:
    client = client_in("Campaign manager")
    form = read_form(client.get("/admin/creators/agency/add/").content.decode())
    assert "user" not in form
    assert client.post("/admin/creators/agency/add/", form | {"name": "North", "slug": "north"}).status_code == 302
    agency = Agency.objects.get()
    offer = {"creator": creator.pk, "agency": agency.pk, "share_bps": "15"}
    assert client.post("/admin/creators/representation/add/", offer).status_code == 302
    assert Representation.objects.get().share_bps == 1500
    url = f"/admin/creators/agency/{agency.pk}/change/"
    form = read_form(client.get(url).content.decode()) | {"notice_days": "10", "user": str(make_user().pk)}
    assert client.post(url, form).status_code == 302
    agency.refresh_from_db()
    assert (agency.notice_days, agency.user) == (10, None)


def test_administrator_gives_an_agency_its_user() -> None:
    agency, user = Agency.objects.create(slug="north", name="North"), make_user("north@example.com")
    client, url = client_in("Administrator"), f"/admin/creators/agency/{agency.pk}/change/"
    form = read_form(client.get(url).content.decode()) | {"user": str(user.pk)}
    assert client.post(url, form).status_code == 302
    agency.refresh_from_db()
    assert agency.user == user


def test_share_of_nothing_is_asked_about(creator: Creator) -> None:
    agency, client = Agency.objects.create(slug="north", name="North"), client_in("Campaign manager")
    offer = {"creator": creator.pk, "agency": agency.pk, "share_bps": "0"}
    page = client.post("/admin/creators/representation/add/", offer).content.decode()
    assert "0 is intended" in page and Representation.objects.count() == 0
    assert client.post("/admin/creators/representation/add/", offer | {"confirms_zero": "on"}).status_code == 302
    assert Representation.objects.get().share_bps == 0


def test_moderator_changes_an_offensive_name() -> None:
    creator = make_creator("rude", display_name="Rude words")
    client, url = client_in("Moderator"), f"/admin/creators/creator/{creator.pk}/change/"
    form = read_form(client.get(url).content.decode()) | {"display_name": "Creator 5"}
    assert client.post(url, form).status_code == 302
    creator.refresh_from_db()
    assert creator.display_name == "Creator 5"


def test_administrator_adds_the_first_goal() -> None:
    Goal.objects.all().delete()
    client = client_in("Administrator")
    form = read_form(client.get("/admin/feed/goal/add/").content.decode()) | {"weight": "2"}
    form["kind"] = form["kind"] or "1"
    assert client.post("/admin/feed/goal/add/", form).status_code == 302
    assert Goal.objects.get().weight == 2


@pytest.mark.parametrize(
    ("page", "roles"),
    [
        ("creators/agency/add/", {"Campaign manager"}),
        ("creators/representation/add/", {"Campaign manager"}),
        ("feed/goal/add/", {"Administrator"}),
    ],
)
def test_these_pages_open_for_no_other_role(page: str, roles: set[str]) -> None:
    assert {role for role in ROLES if client_in(role).get(f"/admin/{page}").status_code == 200} == roles
    assert User.objects.count() == len(ROLES)
