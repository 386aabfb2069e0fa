"""Every list of the pages, the API and the admin takes the same number of queries at any length.

The lists of the admin come from its registry, so that new ones are tested too.
"""

import itertools

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from creators.models import Creator
from payouts.tally import tally
from shop.models import Address
from tests.conftest import client_of
from tests.factories import (
    NOW,
    make_campaign,
    make_category,
    make_creator,
    make_draft,
    make_enrolment,
    make_product,
    make_user,
    make_waiting_clip,
)
from tests.feed.watching import make_watchable_clip, read_feed
from tests.shop.conftest import ADDRESS, buy

pytestmark = pytest.mark.django_db
_numbers = itertools.count(1)

LISTS = {
    "anyone": (
        "/",
        "/api/v1/feed/",
        "/p/kettle/",
        "/@maya/",
        "/search/?q=kettle",
        "/api/v1/products/",
        "/api/v1/categories/",
        "/api/v1/products/kettle/",
    ),
    "shopper": ("/bag/", "/api/v1/bag/", "/orders/", "/api/v1/orders/"),
    "creator": (
        "/studio/",
        "/studio/campaigns/",
        "/studio/earnings/",
        "/api/v1/campaigns/",
        "/api/v1/clips/",
        "/api/v1/earnings/",
    ),
}
GROWTH = 4
MAX_QUERIES = 12
"""How many queries each page of admin may take."""


class World:
    """A shop that can grow by one of everything."""

    def __init__(self) -> None:
        self.creator: Creator = make_creator("maya")
        self.shopper: User = make_user("shopper@example.com")
        Address.objects.create(user=self.shopper, **ADDRESS)
        self.kettle = make_product("kettle", stock=1000)
        self.enrolment = make_enrolment(self.creator)
        self.clients = {
            "anyone": Client(),
            "shopper": client_of(self.shopper),
            "creator": client_of(self.creator.user),
            "admin": client_of(make_user("admin@example.com", is_staff=True, is_superuser=True)),
        }

    def grow(self) -> None:
        number = next(_numbers)
        product = make_product(f"kettle-{number}", category=make_category(f"kitchen-{number}"), stock=10)
        make_watchable_clip(enrolment=self.enrolment, products=[self.kettle, product])
        make_watchable_clip(products=[self.kettle, product])
        make_waiting_clip(enrolment=self.enrolment, products=[self.kettle, product])
        make_draft(enrolment=self.enrolment, products=[self.kettle, product])
        make_enrolment(self.creator, make_campaign())
        assert buy(self.clients["shopper"], {"product": product.slug}, key=f"key-{number:05}").status_code < 300
        self.clients["shopper"].post("/api/v1/bag/", {"product": product.slug}, content_type="application/json")
        tally(now=NOW)

    def count_queries(self, who: str, address: str) -> int:
        """Count the queries of a second request, when caches are warm."""
        assert self.clients[who].get(address).status_code == 200
        with CaptureQueriesContext(connection) as queries:
            assert self.clients[who].get(address).status_code == 200
        # Every few seconds a page also reads the shop's settings.
        return sum("catalog_sitesettings" not in query["sql"] for query in queries.captured_queries)


@pytest.fixture
def world() -> World:
    world = World()
    world.grow()
    world.grow()
    return world


def test_lists_take_the_same_number_of_queries_at_any_length(world: World) -> None:
    requests = [(who, address) for who, addresses in LISTS.items() for address in addresses]
    before = {request: world.count_queries(*request) for request in requests}
    for _time in range(GROWTH):
        world.grow()
    after = {request: world.count_queries(*request) for request in requests}
    assert after == before
    assert after["anyone", "/api/v1/feed/"] <= 3
    assert read_feed(world.clients["anyone"])["clips"]


def change_forms() -> list[str]:
    """Return the address of one change form of each registered model that has rows: of the newest one."""
    forms = []
    for model in admin.site._registry:
        row = model._default_manager.order_by("pk").last()
        if row is not None:
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
            forms.append(reverse(name, args=[row.pk]))
    return forms


def test_admin_forms_take_few_queries_at_any_length(world: World) -> None:
    forms = change_forms()
    before = {address: world.count_queries("admin", address) for address in forms}
    for _time in range(GROWTH):
        world.grow()
    after = {address: world.count_queries("admin", address) for address in forms}
    assert len(forms) > 15
    assert after == before
    assert {address: count for address, count in after.items() if count > MAX_QUERIES} == {}


def test_admin_lists_take_the_same_number_of_queries_at_any_length(world: World) -> None:
    lists = [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist") for model in admin.site._registry
    ]
    before = {address: world.count_queries("admin", address) for address in lists}
    for _time in range(GROWTH):
        world.grow()
    after = {address: world.count_queries("admin", address) for address in lists}
    assert after == before
    assert {address: count for address, count in after.items() if count > MAX_QUERIES} == {}
