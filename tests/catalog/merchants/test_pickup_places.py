"""Owners and managers say where shoppers pick up, by coordinates or by a postcode, on pages and in the API."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import User
from catalog.models import Merchant, MerchantRole, PickupPlace, Postcode, Product
from tests.catalog.test_distance import make_place
from tests.conftest import client_of
from tests.factories import make_member, make_merchant, make_product, make_user
from tests.html_forms import read_form

pytestmark = pytest.mark.django_db
PLACE = {"name": "Mill Lane", "address": "3 Mill Lane\nDublin", "opening_hours": "", "is_offered": "on"}
POINT = {"latitude": "53.3498", "longitude": "-6.2603"}
API = "/api/v1/merchants/lamps/pickup-places/"


@pytest.fixture
def lamps() -> Merchant:
    return make_merchant("lamps", country="IE")


@pytest.fixture
def as_owner(lamps: Merchant) -> Client:
    return client_of(make_member(lamps))


def send(client: Client, method: str, url: str, body: Any, key: str = "place-001") -> Any:
    headers = {"Idempotency-Key": key}
    return getattr(client, method)(url, body, content_type="application/json", headers=headers)


def test_place_is_added_and_changed(as_owner: Client, lamps: Merchant) -> None:
    assert as_owner.post("/merchant/pickup-places/new/", PLACE | POINT).status_code == 302
    place = PickupPlace.objects.get()
    assert (place.merchant, place.latitude, place.longitude) == (lamps, 53.3498, -6.2603)
    url = f"/merchant/pickup-places/{place.pk}/"
    form = read_form(as_owner.get(url).content.decode(), field="opening_hours") | {"opening_hours": "Mon 9–12"}
    PickupPlace.objects.update(name="Changed meanwhile")
    assert as_owner.post(url, form).status_code == 302
    place.refresh_from_db()
    assert (place.name, place.opening_hours) == ("Changed meanwhile", "Mon 9–12")
    assert "Changed meanwhile" in as_owner.get("/merchant/pickup-places/").content.decode()


def test_postcode_of_the_merchants_country_says_where_the_place_lies(as_owner: Client) -> None:
    Postcode.objects.create(country_code="IE", code="D01A1B2", town="Dublin", latitude=53.3, longitude=-6.2)
    answer = as_owner.post("/merchant/pickup-places/new/", PLACE | {"postcode": "d01 a1b2"})
    assert answer.status_code == 302
    assert PickupPlace.objects.values_list("latitude", "longitude").get() == (53.3, -6.2)
    answer = as_owner.post("/merchant/pickup-places/new/", PLACE | {"postcode": "Atlantis"})
    assert answer.status_code == 422 and "We don&#x27;t know this postcode or town." in answer.content.decode()
    assert PickupPlace.objects.count() == 1


@pytest.mark.parametrize(
    "point",
    [
        {},
        {"latitude": "53"},
        {"latitude": "91", "longitude": "0"},
        {"latitude": "nan", "longitude": "0"},
        {"latitude": "0", "longitude": "-180.1"},
        POINT | {"postcode": "D01"},
    ],
)
def test_place_that_lies_nowhere_is_refused(as_owner: Client, point: dict[str, str]) -> None:
    assert as_owner.post("/merchant/pickup-places/new/", PLACE | point).status_code == 422
    assert send(as_owner, "post", API, PLACE | {"is_offered": True} | point).status_code == 400
    assert PickupPlace.objects.count() == 0


def test_api_adds_lists_and_changes_places(as_owner: Client) -> None:
    answer = send(as_owner, "post", API, PLACE | POINT | {"is_offered": True})
    assert (answer.status_code, answer.json()["latitude"]) == (201, 53.3498)
    assert send(as_owner, "post", API, PLACE | POINT | {"is_offered": True}).status_code == 201
    url = f"{API}{PickupPlace.objects.get().pk}/"
    assert send(as_owner, "patch", url, {"is_offered": False}).json()["is_offered"] is False
    assert [row["name"] for row in as_owner.get(API).json()] == ["Mill Lane"]
    assert send(as_owner, "patch", url, {"latitude": 95}).status_code == 400
    assert PickupPlace.objects.get().latitude == 53.3498


def test_packers_and_others_change_no_place(lamps: Merchant) -> None:
    place = make_place(53, -6, merchant=lamps)
    for user, status in {make_member(lamps, MerchantRole.PACKER): 403, make_member(make_merchant()): 404}.items():
        client = client_of(user)
        assert client.post(f"/merchant/pickup-places/{place.pk}/", PLACE | POINT).status_code == status
        assert send(client, "patch", f"{API}{place.pk}/", {"name": "Mine"}).status_code == status
        assert send(client, "post", API, PLACE | POINT).status_code == status
    assert list(PickupPlace.objects.values_list("name", flat=True)) == ["Shop"]


def test_merchant_says_which_products_can_be_picked_up(as_owner: Client, lamps: Merchant) -> None:
    product = make_product("lamp", merchant=lamps)
    assert as_owner.post("/merchant/products/lamp/pickup/", {"pickup": "off"}).status_code == 302
    assert Product.objects.get().can_be_picked_up is False
    url = "/api/v1/merchants/lamps/products/lamp/"
    assert send(as_owner, "patch", url, {"can_be_picked_up": True}).json()["can_be_picked_up"] is True
    product.refresh_from_db()
    assert (product.can_be_picked_up, product.is_reviewed) == (True, True)


def test_catalogue_managers_add_places_of_the_house(client: Client, settings: Any) -> None:
    settings.STAFF_REQUIRE_MFA = False
    staff: User = make_user("catalogue@example.com", is_staff=True)
    staff.groups.add(Group.objects.get(name="Catalogue manager"))
    client.force_login(staff)
    answer = client.post("/admin/catalog/pickupplace/add/", PLACE | POINT | {"merchant": "1"})
    assert answer.status_code == 302
    place = PickupPlace.objects.get()
    assert place.merchant.is_house
    assert client.post(f"/admin/catalog/pickupplace/{place.pk}/delete/", {"post": "yes"}).status_code == 403
