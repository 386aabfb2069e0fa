"""Every page and endpoint of a merchant, by role: its owner, manager and packer, another merchant, a shopper, staff, nobody."""

import itertools
from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.models import Merchant, MerchantRole
from shop.delivery.parcels import pack_parcel
from shop.models import Order, Parcel, Refund
from tests.conftest import client_of, make_staff
from tests.factories import make_member
from tests.feedsite.tested_elsewhere import TESTED_ELSEWHERE
from tests.shop.conftest import saved_address
from tests.shop.delivery.conftest import deliver_all, line_of
from tests.shop.delivery.merchants import chairs, lamps, shared_order

__all__ = ["chairs", "lamps", "saved_address", "shared_order"]
pytestmark = pytest.mark.django_db
ROLES = ("owner", "manager", "packer", "rival", "shopper", "staff", "anonymous")
MEMBERS = frozenset({"owner", "manager", "packer"})
SELLERS, OWNER = frozenset({"owner", "manager"}), frozenset({"owner"})
API = "api/v1/merchants/<slug:merchant>/"
GET: dict[str, frozenset[str]] = {
    "merchant/orders/<str:code>/": MEMBERS | {"rival"},  # who sells something in the same order
    "merchant/parcels/<int:pk>/slip/": MEMBERS,
    "merchant/parcels/<int:pk>/<slug:step>/": MEMBERS,
    "merchant/returns/<int:pk>/": SELLERS,
    API: MEMBERS,
    f"{API}members/": OWNER,
    f"{API}orders/": MEMBERS,
    f"{API}orders/<str:code>/": MEMBERS,
    f"{API}returns/": SELLERS,
}
POST: dict[str, frozenset[str]] = {
    "merchant/orders/<str:code>/": MEMBERS | {"rival"},  # who sells something in the same order
    "merchant/parcels/<int:pk>/<slug:step>/": MEMBERS,
    "merchant/returns/<int:pk>/": SELLERS,
    "merchant/returns/<int:pk>/accept/": SELLERS,
    "merchant/returns/<int:pk>/decline/": SELLERS,
    f"{API}members/": OWNER,
    f"{API}orders/<str:code>/parcels/": MEMBERS,
    f"{API}parcels/<int:pk>/<slug:step>/": MEMBERS,
    f"{API}returns/<int:pk>/accept/": SELLERS,
    f"{API}returns/<int:pk>/decline/": SELLERS,
    f"{API}returns/<int:pk>/receive/": SELLERS,
}
CHANGES_OF_MEMBERS = {
    "merchant/members/<int:pk>/role/",
    "merchant/members/<int:pk>/remove/",
    "merchant/members/invitations/<int:pk>/withdraw/",
    f"{API}members/<int:pk>/",
}
"""They name a member. Those of another merchant are not found there: see catalog/merchants/test_members.py."""
CLOSED = frozenset({401, 403, 404, 405})
WATCHED = (
    "shop_orderline",
    "shop_parcel",
    "shop_parcelline",
    "shop_refund",
    "catalog_merchant",
    "catalog_merchantmember",
)


@pytest.fixture
def clients(lamps: Merchant, chairs: Merchant, shopper: User, no_request_limits: None) -> dict[str, Client]:
    roles = {"owner": MerchantRole.OWNER, "manager": MerchantRole.MANAGER, "packer": MerchantRole.PACKER}
    people = {name: make_member(lamps, role) for name, role in roles.items()}
    people |= {"rival": make_member(chairs), "shopper": shopper, "staff": make_staff("desk@example.com", "shop")}
    return {"anonymous": Client()} | {name: client_of(person) for name, person in people.items()}


@pytest.fixture
def parcel(shared_order: Order, lamps: Merchant) -> Parcel:
    quantities = {line_of(shared_order, "shade").pk: 1}
    return pack_parcel(order_id=shared_order.pk, quantities=quantities, created_by=None, now=timezone.now())


@pytest.fixture
def refund(shared_order: Order, as_shopper: Client, parcel: Parcel) -> Refund:
    """Return a return that the shopper asked for, of a lamp that was delivered."""
    deliver_all(shared_order, merchant="lamps")
    as_shopper.post(f"/orders/{shared_order.code}/return/", {f"line-{line_of(shared_order, 'lamp').pk}": "1"})
    return Refund.objects.get()


def read_tables() -> tuple[str, ...]:
    digest = "(SELECT md5(string_agg(line::text, '' ORDER BY line.id)) FROM {} line)"
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(digest.format(name) for name in WATCHED))
        return tuple(cursor.fetchone())


def requests(refund: Refund, parcel: Parcel) -> Iterator[tuple[str, str, str, frozenset[str]]]:
    """Yield method, route, address and the roles that get through."""
    for method, rules in (("get", GET), ("post", POST)):
        for route, allowed in rules.items():
            row = refund if "returns/" in route else parcel
            address = route.replace("<slug:merchant>", "lamps").replace("<str:code>", refund.order.code)
            yield method, route, "/" + address.replace("<int:pk>", str(row.pk)).replace("<slug:step>", "send"), allowed


def test_every_route_of_merchants_is_open_to_its_roles_alone(
    clients: dict[str, Client], parcel: Parcel, refund: Refund
) -> None:
    before, wrong = read_tables(), []
    for (method, _route, address, allowed), role in itertools.product(list(requests(refund, parcel)), ROLES):
        with transaction.atomic():
            answer = getattr(clients[role], method)(address)
            is_untouched = read_tables() == before
            transaction.set_rollback(True)
        is_led_away = answer.status_code == 302 and answer["Location"].startswith(
            ("/accounts/login/", "/merchant/apply/")
        )
        is_open = answer.status_code not in CLOSED and not is_led_away
        if is_open != (role in allowed) or not (is_open or is_untouched):
            wrong.append(f"{method} {address} by {role}: {answer.status_code}, untouched: {is_untouched}")
    assert wrong == []


def test_every_route_that_is_tested_here_has_a_rule() -> None:
    named = {route for route, module in TESTED_ELSEWHERE.items() if module == "feedsite/test_merchant_access.py"}
    assert named - CHANGES_OF_MEMBERS == {*GET, *POST}


def test_answers_to_a_merchant_tell_nothing_of_others(
    clients: dict[str, Client], shared_order: Order, parcel: Parcel, refund: Refund
) -> None:
    pages = [
        "/merchant/",
        "/merchant/orders/",
        "/merchant/orders/?show=all",
        "/merchant/returns/",
        "/api/v1/merchants/",
    ]
    pages += [address for method, _route, address, _allowed in requests(refund, parcel) if method == "get"]
    for page in pages:
        answer = clients["owner"].get(page)
        body = answer.content.decode(errors="replace")
        assert answer.status_code == 200, page
        words = (shared_order.email, "Mug", "Chair", "chairs", "99.00", str(shared_order.total_minor))
        assert not [word for word in words if word in body], page
