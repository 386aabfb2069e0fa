"""Two pickup places, and orders that are picked up, for the tests of pickup."""

from typing import Any

from django.test import Client

from catalog.models import Merchant, PickupPlace
from shop.delivery.parcels import pack_parcel, prepare_pickup
from shop.delivery.pickup_codes import pickup_code
from shop.models import Order, Parcel
from tests.catalog.test_distance import make_place
from tests.factories import NOW
from tests.shop.conftest import buy


def buy_for_pickup(client: Client, places: list[PickupPlace], *slugs: str, key: str = "key-0001", **body: Any) -> Any:
    lines = [{"product": slug, "quantity": 2} for slug in slugs]
    return buy(client, {"lines": lines, "pickup_places": [place.pk for place in places]} | body, key)


def place_of(merchant: Merchant | None = None, name: str = "Mill Lane") -> PickupPlace:
    return make_place(
        53.35, -6.26, name=name, opening_hours="Mon–Fri 9–18", **{"merchant": merchant} if merchant else {}
    )


def make_ready(order: Order, merchant: str = "house", at: Any = NOW) -> Parcel:
    """Pack all that a merchant sells of the order, and put it at its pickup place."""
    quantities = {line.pk: line.unpacked_quantity for line in order.lines.filter(merchant__slug=merchant)}
    parcel = pack_parcel(order_id=order.pk, quantities=quantities, created_by=None, now=at)
    prepare_pickup(parcel_id=parcel.pk, now=at)
    parcel.refresh_from_db()
    return parcel


def wrong_code(parcel: Parcel) -> str:
    return f"{(int(pickup_code(parcel.pk)) + 1) % 10**6:06}"
