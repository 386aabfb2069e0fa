"""Endpoints of merchants on pages and in the API, and those of the house in admin."""

import csv
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.utils import timezone

from catalog.models import Merchant, MerchantRole
from programme.models import WebhookEndpoint, WebhookEvent
from programme.webhooks import endpoints
from programme.webhooks.fan_out import fan_out_events, send_test_event
from programme.webhooks.retention import forget_old_events
from programme.webhooks.signatures import sign
from tests.conftest import client_of
from tests.factories import make_member, make_merchant, make_published_clip, make_user
from tests.programme.hooks import HookReceiver, make_endpoint
from tests.shop.conftest import saved_address
from tests.shop.delivery.merchants import chairs, lamps, shared_order

__all__ = ["chairs", "lamps", "saved_address", "shared_order"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unrecorded_parcels")]
CASES = Path(__file__).parent / "cases"
VECTORS = json.loads((CASES / "webhook_vectors.json").read_text())
ADDRESSES = list(csv.reader((CASES / "webhook_addresses.tsv").read_text().splitlines()[2:], delimiter="\t"))
FORM = {"address": "https://hooks.example.com/in", "description": "Warehouse", "subjects": ["order", "parcel"]}


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> HookReceiver:
    """Lead every name to a public address. Nothing is connected to."""
    receiver = HookReceiver(0, tmp_path / "none")
    monkeypatch.setattr(endpoints, "public_web", receiver.web)
    return receiver


@pytest.fixture
def shop() -> Merchant:
    return make_merchant("bowls")


@pytest.fixture
def as_owner(shop: Merchant) -> Client:
    return client_of(make_member(shop))


def send(client: Client, method: str, path: str, body: Any = None, key: str = "webhook-001") -> Any:
    url = f"/api/v1/merchants/bowls/webhooks/{path}"
    return getattr(client, method)(url, body, content_type="application/json", headers={"Idempotency-Key": key})


@pytest.mark.parametrize("case", VECTORS["sign"], ids=lambda case: case["name"])
def test_signature_is_that_of_the_standard(case: dict[str, Any]) -> None:
    signature = sign(
        message_id=case["webhook-id"],
        timestamp=int(case["webhook-timestamp"]),
        body=bytes.fromhex(case["body_hex"]),
        secrets=case["secrets"],
    )
    assert signature == case["webhook-signature"]


@pytest.mark.parametrize("row", [row for row in ADDRESSES if "://" in row[0].split(" ")[0]], ids=lambda row: row[0])
def test_address_is_taken_or_refused(as_owner: Client, row: list[str]) -> None:
    answer = as_owner.post("/merchant/webhooks/new/", FORM | {"address": row[0]})
    is_taken = row[1].startswith("taken")
    assert (answer.status_code, WebhookEndpoint.objects.count()) == ((200, 1) if is_taken else (422, 0))


@pytest.mark.parametrize(
    "resolved", [("8.8.8.8", "10.0.0.1"), ("127.0.0.1",), ("100.64.0.1",), ("::ffff:10.0.0.1",), ("2002:a00:1::",), ()]
)
def test_name_that_leads_inside_is_refused_when_saved(
    as_owner: Client, names: HookReceiver, resolved: tuple[str, ...]
) -> None:
    names.resolved = resolved
    assert as_owner.post("/merchant/webhooks/new/", FORM).status_code == 422
    assert send(as_owner, "post", "", FORM).status_code == 400
    assert not WebhookEndpoint.objects.exists()


def test_secret_is_shown_once_and_stored_encrypted(as_owner: Client) -> None:
    page = as_owner.post("/merchant/webhooks/new/", FORM)
    endpoint = WebhookEndpoint.objects.get()
    assert (endpoint.subjects, endpoint.state, str(endpoint)) == (["order", "parcel"], "active", "Warehouse")
    assert endpoint.secret in page.content.decode().replace("&#x27;", "'").replace("&#x3D;", "=")
    for path in ("", f"{endpoint.pk}/"):
        assert endpoint.secret not in as_owner.get(f"/merchant/webhooks/{path}").content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM programme_webhookendpoint")
        assert endpoint.secret not in cursor.fetchall()[0][0]


def test_owner_changes_pauses_tests_and_deletes_an_endpoint(as_owner: Client, shop: Merchant) -> None:
    endpoint = make_endpoint(merchant=shop)
    page = f"/merchant/webhooks/{endpoint.pk}/"
    assert as_owner.post(page, FORM | {"description": "Shelf"}).status_code == 302
    states = []
    for action in ("pause", "resume", "off"):
        assert as_owner.post(f"{page}{action}/").status_code == 302
        endpoint.refresh_from_db()
        states.append(endpoint.state)
    assert (states, endpoint.description) == (["paused", "active", "off"], "Shelf")
    assert as_owner.post(f"{page}test/").status_code == 302
    assert "endpoint.test" in as_owner.get(page).content.decode()
    former = endpoint.secret
    assert "whsec_" in as_owner.post(f"{page}rotate/").content.decode()
    endpoint.refresh_from_db()
    assert (endpoint.former_secret, endpoint.secret != former) == (former, True)
    assert as_owner.post(f"{page}boil/").status_code == 404
    assert as_owner.post(f"{page}delete/").status_code == 302
    assert not WebhookEndpoint.objects.exists()


def test_api_does_what_the_pages_do(as_owner: Client) -> None:
    made = send(as_owner, "post", "", FORM)
    assert (made.status_code, "secret" in made.json()) == (201, False)
    assert send(as_owner, "post", "", FORM).json() == made.json()
    assert WebhookEndpoint.objects.count() == 1
    path = f"{made.json()['id']}/"
    assert send(as_owner, "patch", path, {"description": "Shelf"}).json()["description"] == "Shelf"
    assert send(as_owner, "post", f"{path}state/", {"state": "paused"}).json()["state"] == "paused"
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", send(as_owner, "post", f"{path}secret/").json()["secret"])
    assert send(as_owner, "post", f"{path}test/").status_code == 202
    assert [row["type"] for row in send(as_owner, "get", f"{path}deliveries/").json()["results"]] == ["endpoint.test"]
    assert len(send(as_owner, "get", "").json()) == 1
    assert send(as_owner, "patch", path, {"address": "https://127.0.0.1/"}).status_code == 400
    assert send(as_owner, "patch", path, {"subjects": ["payout"]}).status_code == 400
    assert WebhookEndpoint.objects.get().address == FORM["address"]
    assert send(as_owner, "delete", path).status_code == 204


def test_merchant_has_a_limited_number_of_endpoints(
    as_owner: Client, shop: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoints, "MOST_ENDPOINTS", 1)
    make_endpoint(merchant=shop)
    assert as_owner.post("/merchant/webhooks/new/", FORM).status_code == 409
    assert send(as_owner, "post", "", FORM).status_code == 409
    assert WebhookEndpoint.objects.count() == 1


def test_others_neither_see_nor_change_an_endpoint(shop: Merchant) -> None:
    endpoint = make_endpoint(merchant=shop)
    before = WebhookEndpoint.objects.values().get()
    manager = client_of(make_member(shop, MerchantRole.MANAGER))
    for client in (client_of(make_member(make_merchant())), client_of(make_user()), manager, Client()):
        for path in ("", f"{endpoint.pk}/", f"{endpoint.pk}/deliveries/"):
            assert send(client, "get", path).status_code in (403, 404)
        for path in ("", *(f"{endpoint.pk}/{step}/" for step in ("state", "secret", "test"))):
            assert send(client, "post", path, FORM | {"state": "off"}).status_code in (403, 404)
        assert send(client, "patch", f"{endpoint.pk}/", FORM).status_code in (403, 404)
        assert send(client, "delete", f"{endpoint.pk}/").status_code in (403, 404)
        for action in ("pause", "rotate", "test", "delete"):
            assert client.post(f"/merchant/webhooks/{endpoint.pk}/{action}/").status_code in (302, 403, 404)
        assert client.post(f"/merchant/webhooks/{endpoint.pk}/", FORM).status_code in (302, 403, 404)
    assert WebhookEndpoint.objects.values().get() == before
    assert not WebhookEvent.objects.exists()


def test_staff_make_an_endpoint_of_the_house_and_send_again(client: Client) -> None:
    staff = make_user("admin@example.com", is_staff=True)
    staff.groups.add(Group.objects.get(name="Administrator"))
    client.force_login(staff)
    page = client.post("/admin/programme/webhookendpoint/add/", FORM | {"subjects": ["clip", "payout"]})
    endpoint = WebhookEndpoint.objects.get()
    assert (page.status_code, "whsec_" in page.content.decode()) == (200, True)
    assert (endpoint.merchant.is_house, endpoint.created_by) == (True, staff)
    delivery = send_test_event(endpoint=endpoint, now=timezone.now())
    address = "/admin/programme/webhookdelivery/"
    chosen = {"action": "replay", "_selected_action": delivery.pk}
    shown = client.post(address, chosen).content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', shown)
    assert seen is not None
    client.post(address, chosen | {"confirmed": "yes", "seen": seen[1]})
    assert list(endpoint.deliveries.order_by("pk").values_list("is_replay", flat=True)) == [False, True]
    assert LogEntry.objects.filter(user=staff).count() == 2


def test_sellers_and_the_house_are_told_of_an_order(request: pytest.FixtureRequest, lamps: Merchant) -> None:
    seller, house, stranger = make_endpoint(merchant=lamps), make_endpoint(), make_endpoint(merchant=make_merchant())
    order = request.getfixturevalue("shared_order")
    fan_out_events(now=timezone.now())
    types = [
        list(endpoint.deliveries.filter(event__subject="order").order_by("pk").values_list("event__type", flat=True))
        for endpoint in (seller, house, stranger)
    ]
    assert types == [["order.paid"], ["order.pending", "order.paid"], []]
    body = json.loads(WebhookEvent.objects.get(type="order.paid").body)
    assert (body["type"], body["data"]["order"]) == ("order.paid", order.code)
    assert body["data"]["change"] == {"field": "state", "value": "paid", "previous": "pending"}


def test_clips_and_decisions_are_told_to_the_house_alone(shop: Merchant) -> None:
    house = make_endpoint(subjects=["clip", "decision", "campaign"])
    own = make_endpoint(merchant=shop, subjects=["clip", "decision", "campaign"])
    make_published_clip()
    fan_out_events(now=timezone.now())
    types = set(house.deliveries.values_list("event__type", flat=True))
    assert {"clip.in_review", "clip.published", "decision.approved", "campaign.published"} <= types
    assert not own.deliveries.exists()


def test_nothing_is_noted_while_no_endpoint_is_on() -> None:
    make_published_clip()
    assert not WebhookEvent.objects.exists()
    make_endpoint(state="off")
    make_published_clip()
    assert not WebhookEvent.objects.exists()


def test_old_events_are_forgotten() -> None:
    endpoint, now = make_endpoint(), timezone.now()
    old, new = (send_test_event(endpoint=endpoint, now=now - timedelta(days=days)) for days in (31, 29))
    forget_old_events(now=now)
    assert list(endpoint.deliveries.all()) == [new]
    assert old.pk != new.pk
