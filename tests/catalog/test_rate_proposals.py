"""Nobody sets a high commission rate alone, by whatever form: a second person approves it."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import Proposal
from catalog.models import Category
from tests.conftest import client_of
from tests.factories import make_category, make_user
from tests.html_forms import read_form

pytestmark = pytest.mark.django_db
ADD = "/admin/catalog/category/add/"


def make_staff(email: str, *roles: str) -> Client:
    user = make_user(email, is_staff=True)
    user.groups.set(Group.objects.filter(name__in=roles))
    return client_of(user)


@pytest.fixture
def manager() -> Client:
    return make_staff("manager@example.com", "Catalogue manager")


@pytest.fixture
def finance() -> Client:
    return make_staff("finance@example.com", "Finance")


def change(client: Client, category: Category, **values: str) -> str:
    url = f"/admin/catalog/category/{category.pk}/change/"
    page = client.post(url, read_form(client.get(url).content.decode()) | values, follow=True).content.decode()
    category.refresh_from_db()
    return page


def approve(client: Client) -> str:
    url = f"/admin/accounts/proposal/{Proposal.objects.latest('pk').pk}/decide/"
    return client.post(url, {"approve": ""}, follow=True).content.decode()


@pytest.mark.parametrize(("typed", "saved"), [("20", 2000), ("4.5", 450), ("0", 0)])
def test_usual_rate_is_saved_by_one_person(manager: Client, typed: str, saved: int) -> None:
    category = make_category("shoes", commission_rate_bps=300)
    change(manager, category, commission_rate_bps=typed, confirms_zero="on")
    assert (category.commission_rate_bps, Proposal.objects.count()) == (saved, 0)


def test_high_rate_waits_and_the_rest_is_saved(manager: Client, finance: Client) -> None:
    category = make_category("shoes", commission_rate_bps=450)
    page = change(manager, category, commission_rate_bps="100", name="Boots")
    assert "A commission of 100% is proposed. It stays at 4.5% until a second person approves it." in page
    assert (category.name, category.commission_rate_bps) == ("Boots", 450)
    assert "already waiting" in change(manager, category, commission_rate_bps="90")
    approve(manager)
    assert Proposal.objects.get().is_open
    approve(finance)
    category.refresh_from_db()
    assert (category.commission_rate_bps, Proposal.objects.get().state) == (10_000, "approved")


def test_new_category_has_the_limit_until_the_rate_is_approved(manager: Client, finance: Client) -> None:
    data = read_form(manager.get(ADD).content.decode())
    manager.post(ADD, data | {"name": "Hats", "slug": "hats", "commission_rate_bps": "35", "position": "0"})
    category = Category.objects.get(slug="hats")
    assert category.commission_rate_bps == 2000
    approve(finance)
    category.refresh_from_db()
    assert category.commission_rate_bps == 3500


def test_approved_high_rate_can_be_lowered_alone_but_not_raised_again(manager: Client) -> None:
    category = make_category("shoes", commission_rate_bps=5000)
    change(manager, category, commission_rate_bps="40")
    assert (category.commission_rate_bps, Proposal.objects.count()) == (4000, 0)
    change(manager, category, commission_rate_bps="50")
    assert (category.commission_rate_bps, Proposal.objects.count()) == (4000, 1)


def test_rate_changed_meanwhile_cannot_be_approved(manager: Client, finance: Client) -> None:
    category = make_category("shoes", commission_rate_bps=450)
    change(manager, category, commission_rate_bps="60")
    Category.objects.update(commission_rate_bps=300)
    assert "The figures shown here changed after this was proposed." in approve(finance)
    category.refresh_from_db()
    assert category.commission_rate_bps == 300
