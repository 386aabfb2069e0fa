"""Events that a browser makes up: only what the server has seen counts as a like, a bag or a purchase."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from feed.models import Event, EventKind, Viewer
from feedsite.click_outcomes import count_outcomes
from feedsite.limits import ClientThrottle
from shop.models import ClickOutcome, Order, OrderLine
from shop.refunds import plan_refund
from tests.factories import make_product
from tests.feed.watching import BROWSER, make_watchable_clip, read_feed, send_events
from tests.shop.conftest import ADDRESS, buy
from videos.models import Clip

pytestmark = pytest.mark.django_db

SERVER_KINDS = [
    kind for kind in EventKind if kind.label not in ("impression", "watch", "product_open", "product_click")
]


@pytest.fixture
def clip() -> Clip:
    return make_watchable_clip(None, None, [make_product("mug", stock=100), make_product("cup", stock=100)])


def watch(client: Client) -> str:
    """Open the feed as a new viewer, see its first clip, and return the clip's token."""
    token: str = read_feed(client)["clips"][0]["token"]
    assert send_events(client, {"token": token, "kind": "impression"}) == 1
    return token


def kinds() -> list[str]:
    return sorted(EventKind(kind).label for kind in Event.objects.values_list("kind", flat=True))


@pytest.mark.usefixtures("clip")
@pytest.mark.parametrize("kind", SERVER_KINDS)
def test_browser_cannot_report_what_the_server_does(client: Client, kind: EventKind) -> None:
    token = watch(client)
    made_up = {"token": token, "kind": kind.label, "product": "mug"}
    assert send_events(client, made_up, {"token": token, "kind": "watch", "value": 10}) == 1
    assert kinds() == ["impression", "watch"]


def test_each_action_is_stored_by_the_endpoint_that_does_it(client: Client, clip: Clip) -> None:
    token = watch(client)
    for verb in ("like", "save", "share", "not-interested"):
        client.post(f"/api/v1/clips/{clip.code}/{verb}/")
    client.post(f"/api/v1/creators/{clip.creator.handle}/follow/")
    client.post("/api/v1/bag/", {"product": "mug", "seen": token}, content_type="application/json")
    assert (
        buy(client, {"product": "cup", "seen": token, "email": "a@example.com", "address": ADDRESS}).status_code == 201
    )
    assert count_outcomes(now=timezone.now()) == 1
    assert count_outcomes(now=timezone.now() + timedelta(minutes=59)) == 0
    assert count_outcomes(now=timezone.now() + timedelta(minutes=61)) == 1
    own = ["add_to_bag", "follow", "impression", "like", "not_interested", "purchase", "save", "share"]
    assert kinds() == own
    assert len(set(Event.objects.values_list("viewer", flat=True))) == 1
    assert not ClickOutcome.objects.exists()


@pytest.mark.usefixtures("clip")
def test_purchases_that_do_not_last_are_not_counted(client: Client) -> None:
    token = watch(client)
    orders = []
    for number in range(3):
        body = {"product": "mug", "seen": token, "email": "a@example.com", "address": ADDRESS}
        orders.append(buy(client, body, f"key-{number:05}").json()["code"])
    cancelled, disputed, own = Order.objects.filter(code__in=orders).order_by("pk")
    client.post(f"/orders/{cancelled.code}/cancel/")
    Order.objects.filter(pk=disputed.pk).update(state="disputed")
    OrderLine.objects.filter(order=own).update(unpaid_reason="self_purchase", commission_minor=0)
    assert count_outcomes(now=timezone.now() + timedelta(hours=2)) == 0
    assert kinds() == ["impression"] and not ClickOutcome.objects.exists()


@pytest.mark.usefixtures("clip")
def test_purchase_of_which_a_part_was_returned_counts(client: Client) -> None:
    token = watch(client)
    body = {"product": "mug", "quantity": 2, "seen": token, "email": "a@example.com", "address": ADDRESS}
    buy(client, body)
    order = Order.objects.get()
    plan_refund(order_id=order.pk, quantities={order.lines.get().pk: 1}, created_by=None, now=timezone.now())
    assert count_outcomes(now=timezone.now() + timedelta(hours=2)) == 1


@pytest.mark.usefixtures("clip")
def test_outcomes_of_viewers_who_are_not_known_are_dropped(client: Client, settings: Any) -> None:
    token = watch(client)
    client.post("/api/v1/bag/", {"product": "mug", "seen": token}, content_type="application/json")
    Event.objects.all().delete()
    Viewer.objects.all().delete()
    assert count_outcomes(now=timezone.now()) == 0
    assert not Event.objects.exists() and not Viewer.objects.exists() and not ClickOutcome.objects.exists()


@pytest.mark.usefixtures("clip")
def test_repeated_bags_and_purchases_from_one_clip_count_once(client: Client) -> None:
    token = watch(client)
    for _time in range(5):
        client.post("/api/v1/bag/", {"product": "mug", "seen": token}, content_type="application/json")
    assert count_outcomes(now=timezone.now()) == 1


@pytest.mark.usefixtures("clip")
def test_school_behind_one_address_keeps_its_events(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(ClientThrottle, "THROTTLE_RATES", {"events": "10/min"})
    settings.NETWORK_RATES = {"events": 150}
    viewers = [Client() for _number in range(20)]
    for viewer in viewers:
        viewer.get("/")
    assert [post_batch(viewer) for viewer in viewers for _time in range(7)] == [202] * 140
    one = viewers[0]
    assert [post_batch(one) for _time in range(4)] == [202, 202, 202, 429], "A single viewer has a limit of their own."
    assert [post_batch(viewer) for viewer in viewers[1:9]] == [202] * 6 + [429] * 2, "And so has the whole network."
    assert post_batch(viewers[9], "203.0.113.9") == 202


def test_cookies_that_nobody_signed_share_the_limit_of_their_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ClientThrottle, "THROTTLE_RATES", {"events": "10/min"})
    forgers = [Client() for _number in range(12)]
    for number, forger in enumerate(forgers):
        forger.cookies["viewer"] = f"{number:032x}..0:signature"
    assert [post_batch(forger, "203.0.113.20") for forger in forgers] == [202] * 10 + [429] * 2


def post_batch(client: Client, network: str = "203.0.113.7") -> int:
    headers = {"User-Agent": BROWSER}
    options: Any = {"REMOTE_ADDR": network, "headers": headers}
    return int(client.post("/api/v1/events/", {"events": []}, "application/json", **options).status_code)
