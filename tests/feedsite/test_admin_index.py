"""Admin's first page: what waits for the reader, and the first steps of a new shop."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import User
from catalog import site
from catalog.models import Brand, LegalKind, LegalPage
from creators.models import Creator
from payouts.models import Hold
from shop.models import Order, Refund
from shop.states import RefundState
from social.models import Report, ReportReason
from tests.conftest import client_of
from tests.factories import (
    NOW,
    PASSWORD,
    approve,
    make_campaign,
    make_category,
    make_creator,
    make_enrolment,
    make_product,
    make_published_clip,
    make_user,
    make_waiting_clip,
)

pytestmark = pytest.mark.django_db


def client_with_role(name: str) -> Client:
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name=name))
    return client_of(user)


def waiting(client: Client) -> Mapping[str, tuple[int, str]]:
    """Return what the page lists as waiting: the number and the address by label."""
    page = client.get("/admin/").content.decode()
    found = re.findall(r'<a href="([^"]+)">\s*<strong>([\d,]+)</strong> <span>([^<]+)</span>', page)
    return {label: (int(count), address.replace("&amp;", "&")) for address, count, label in found}


@pytest.fixture
def busy_shop() -> None:
    """A shop with a clip to review, a reported product, a return to decide on and a hold."""
    creator = make_creator()
    enrolment = make_enrolment(creator)
    make_published_clip(enrolment=enrolment)
    make_waiting_clip(enrolment=enrolment)
    Report.objects.create(product=make_product(), reason=ReportReason.OTHER, created_at=NOW)
    order = Order.objects.create(
        email="a@example.com", currency="USD", goods_minor=100, total_minor=100, placed_at=NOW, reserved_until=NOW
    )
    Refund.objects.create(order=order, state=RefundState.REQUESTED, currency="USD", created_at=NOW, send_after=NOW)
    Hold.objects.create(creator=creator, kind="click_pattern", subject="1", placed_at=NOW)


@pytest.mark.parametrize(
    ("role", "labels"),
    [
        ("Moderator", {"Clips to review", "Reported products"}),
        ("Finance", {"Holds to look into", "Returns to decide on"}),
        ("Catalogue manager", set()),
        ("Campaign manager", set()),
    ],
)
def test_each_role_sees_what_waits_for_it_and_may_open_it(role: str, labels: set[str], busy_shop: None) -> None:
    client = client_with_role(role)
    works = waiting(client)
    assert set(works) == labels
    assert {count for count, _address in works.values()} <= {1}
    assert [client.get(address).status_code for _count, address in works.values()] == [200] * len(works)
    page = client.get("/admin/").content.decode()
    assert ("Nothing is waiting for you." in page) == (not labels)


def test_overdue_clips_are_named() -> None:
    make_waiting_clip()
    assert "1 is overdue" in client_with_role("Moderator").get("/admin/").content.decode()


def test_first_page_needs_few_queries(busy_shop: None, django_assert_max_num_queries: Any) -> None:
    client = client_of(User.objects.create_superuser("owner@example.com", PASSWORD))
    client.get("/admin/")
    with django_assert_max_num_queries(13):
        client.get("/admin/")


def steps(client: Client) -> list[tuple[str, str]]:
    """Return each first step's title and state: done, next or later."""
    page = client.get("/admin/").content.decode()
    items = re.findall(r'<li class="first-steps__step([^"]*)".*?<strong>(.*?)</strong>', page, re.DOTALL)
    states = {"first-steps__step--done": "done", "first-steps__step--next": "next", "": "later"}
    return [(re.sub("<[^>]+>", "", title).strip(), states[state.strip()]) for state, title in items]


def test_new_shop_leads_its_administrator_from_step_to_step_until_a_clip_is_live(settings: Any) -> None:
    settings.PAYMENT_PROVIDER = "none"
    site.keep_site(site.Site("feedsite"), seconds=3600)
    client = client_of(User.objects.create_superuser("owner@example.com", PASSWORD))
    titles = [title for title, _state in steps(client)]
    assert titles[:3] == ["Name the shop", "Choose a payment provider", "Write the legal pages"]
    assert {state for _title, state in steps(client)} == {"next", "later"}

    def next_step() -> str:
        return next(title for title, state in steps(client) if state == "next")

    site.keep_site(site.Site("Inspire"), seconds=3600)
    assert next_step() == "Choose a payment provider"
    settings.PAYMENT_PROVIDER = "demo"
    assert next_step() == "Write the legal pages"
    LegalPage.objects.create(kind=LegalKind.IMPRINT, language="en", text="North Ltd")
    assert next_step() == "Invite a colleague"
    make_user(is_staff=True)
    assert next_step() == "Add a category"
    make_category("books")
    assert next_step() == "Add a brand"
    Brand.objects.create(name="North", slug="north")
    assert next_step() == "Add a product"
    make_product()
    assert next_step() == "Publish a campaign with terms"
    campaign = make_campaign()
    assert next_step() == "Get creators to join"
    enrolment = make_enrolment(make_creator(), campaign)
    assert next_step() == "Approve the first clip"
    clip = make_waiting_clip(enrolment=enrolment)
    assert "A clip is waiting at the review desk." in client.get("/admin/").content.decode()
    approve(clip)
    assert steps(client) == []


def test_steps_that_the_reader_may_not_take_have_no_link() -> None:
    page = client_with_role("Administrator").get("/admin/").content.decode()
    assert "Add a product" in page
    assert '<a href="/admin/catalog/product/add/">Add a product</a>' not in page
    assert '<a href="/admin/accounts/user/add/">Invite a colleague</a>' in page


@pytest.mark.parametrize("role", ["Moderator", "Finance", "Campaign manager", "Catalogue manager"])
def test_first_steps_are_for_administrators(role: str) -> None:
    assert Creator.objects.count() == 0
    assert steps(client_with_role(role)) == []


@pytest.mark.parametrize(
    ("role", "addresses"),
    [
        (
            "Moderator",
            {
                *("/admin/videos/clip/desk/", "/admin/videos/clip/desk/drift/"),
                *("/admin/social/report/desk/", "/admin/social/rating/desk/", "/admin/social/comment/desk/"),
            },
        ),
        ("Finance", {"/admin/shop/refund/", "/admin/payouts/batch/"}),
        ("Catalogue manager", set()),
    ],
)
def test_desks_are_linked_when_nothing_waits(role: str, addresses: set[str]) -> None:
    client = client_with_role(role)
    [nav] = re.findall(r'<nav class="desks".*?</nav>', client.get("/admin/").content.decode(), re.DOTALL)
    assert set(re.findall('href="([^"]+)"', nav)) == addresses
    assert {client.get(address).status_code for address in addresses} <= {200}


def test_shop_in_operation_is_told_what_it_still_lacks(settings: Any) -> None:
    settings.PAYMENT_PROVIDER = "none"
    make_published_clip()
    client = client_with_role("Administrator")
    page = client.get("/admin/").content.decode()
    assert waiting(client)["Legal pages to write"] == (len(LegalKind), "/admin/catalog/legalpage/")
    assert "Payment provider to choose" in page and "First steps" not in page
    assert "Payment provider to choose" not in client_with_role("Finance").get("/admin/").content.decode()
    settings.PAYMENT_PROVIDER = "demo"
    for kind in LegalKind:
        LegalPage.objects.create(kind=kind, language="en", text="North Ltd")
    page = client.get("/admin/").content.decode()
    assert "Legal pages to write" not in page and "Payment provider to choose" not in page
