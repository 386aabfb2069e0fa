"""Every list of the pages, the API and the admin takes the same number of queries at any length.

The pages of admin come from its registry and the URL configuration, so that new ones are tested too.
"""

import itertools
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection, reset_queries
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from accounts.models import User
from benchmarks.admin_at_size import is_query, max_queries
from creators.models import Creator
from payouts.tally import tally
from shop.models import Address, MessageThread, Order, ThreadSide
from tests.conftest import client_of
from tests.factories import (
    NOW,
    make_campaign,
    make_category,
    make_creator,
    make_draft,
    make_enrolment,
    make_merchant,
    make_product,
    make_user,
    make_waiting_clip,
)
from tests.feed.watching import make_watchable_clip, read_feed
from tests.feedsite.admin_pages import (
    AdminPage,
    add_page,
    extra_pages,
    extra_routes,
    index_pages,
    list_page,
    registered_models,
    row_pages,
    searches,
    sign_in_staff,
)
from tests.feedsite.admin_rows import grow_records
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
        "/sellers/house/",
    ),
    "shopper": ("/bag/", "/api/v1/bag/", "/orders/", "/api/v1/orders/", "/messages/", "/api/v1/messages/"),
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
        }

    def grow(self) -> None:
        number = next(_numbers)
        merchant, category = make_merchant(), make_category(f"kitchen-{number}")
        product = make_product(f"kettle-{number}", category=category, merchant=merchant, stock=10)
        make_watchable_clip(enrolment=self.enrolment, products=[self.kettle, product])
        make_watchable_clip(products=[self.kettle, product])
        make_waiting_clip(enrolment=self.enrolment, products=[self.kettle, product])
        make_draft(enrolment=self.enrolment, products=[self.kettle, product])
        make_enrolment(self.creator, make_campaign())
        assert buy(self.clients["shopper"], {"product": product.slug}, key=f"key-{number:05}").status_code < 300
        self.clients["shopper"].post("/api/v1/bag/", {"product": product.slug}, content_type="application/json")
        about = {"merchant": merchant, "product": product, "order": Order.objects.latest("pk")}
        thread = MessageThread.objects.create(user=self.shopper, **about, created_at=NOW, last_message_at=NOW)
        thread.messages.create(side=ThreadSide.MERCHANT, words="Thank you.", sent_at=NOW)
        tally(now=NOW + timedelta(days=90))

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


def pages_of_admin() -> list[AdminPage]:
    """Return every page of admin but the variants of its lists, for the oldest row of each model, which has most children."""
    pages = [*index_pages(), *extra_pages([])]
    for model in registered_models():
        row = model._default_manager.order_by("pk").first()
        assert row is not None, f"Add a {model._meta.label} to tests/feedsite/admin_rows.py."
        pages += [list_page(model), add_page(model), *row_pages(model, row), *extra_pages([row])]
        pages += itertools.islice(searches(model, row), 1)
    return pages


def count_admin_queries(client: Client, pages: list[AdminPage]) -> dict[str, int]:
    """Return the number of queries of each page that can be opened."""
    counts = {}
    for page in pages:
        reset_queries()  # the log is limited
        with CaptureQueriesContext(connection) as captured:
            response = client.get(page.address)
        assert response.status_code < 500, page.address
        if response.status_code == 200:
            counts[page.address] = sum(is_query(query["sql"]) for query in captured.captured_queries)
    return counts


def test_pages_of_admin_take_the_same_few_queries_at_any_length(world: World, settings: Any) -> None:
    settings.STAFF_REQUIRE_MFA = True
    staff = make_user("staff@example.com", is_staff=True, is_superuser=True)
    client = sign_in_staff(staff)
    for _time in range(2):
        world.grow()
        grow_records(world.creator, world.kettle, staff)
    pages = pages_of_admin()
    before = count_admin_queries(client, pages)
    for _time in range(GROWTH):
        world.grow()
        grow_records(world.creator, world.kettle, staff)
    after = count_admin_queries(client, pages)
    # Caches that were cold may save a page a query.
    growing = {address: (before[address], count) for address, count in after.items() if count > before[address]}
    assert growing == {}
    assert {address: count for address, count in after.items() if count > max_queries(address)} == {}
    assert len(after) > 180


def test_every_extra_page_of_admin_is_found(world: World) -> None:
    grow_records(world.creator, world.kettle, make_user("staff@example.com", is_staff=True))
    found = {resolve(page.address).route for page in pages_of_admin()}
    assert {route for route in extra_routes() if route not in found} == set()


def test_a_list_that_reads_a_row_for_each_of_its_rows_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    order_admin = admin.site.get_model_admin(Order)
    monkeypatch.setattr(order_admin, "list_display", ["code", lambda order: order.lines.count()])
    client = sign_in_staff(make_user("staff@example.com", is_staff=True, is_superuser=True))
    address = list_page(Order).address
    before = count_admin_queries(client, [list_page(Order)])
    world.grow()
    assert count_admin_queries(client, [list_page(Order)])[address] > before[address]
