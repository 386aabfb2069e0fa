"""Deliveries to the receiver of the case files, with every fault that it has."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from catalog.models import Product
from programme.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookEvent
from programme.webhooks import dispatch
from programme.webhooks.answers import PAUSES, next_pause
from programme.webhooks.dispatch import deliver_next, dispatch_deliveries
from programme.webhooks.endpoints import rotate_secret
from programme.webhooks.fan_out import fan_out_events, replay, send_test_event
from programme.webhooks.signatures import sign
from tests.factories import make_merchant, make_product, make_user
from tests.programme.hooks import PUBLIC, HookReceiver, make_endpoint, run_receiver

pytestmark = pytest.mark.django_db


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[HookReceiver]:
    with run_receiver(tmp_path) as running:
        yield running


def set_price(product: Product, price_minor: int) -> None:
    Product.objects.filter(pk=product.pk).update(price_minor=price_minor)


def deliver_all(receiver: HookReceiver, now: datetime) -> int:
    fan_out_events(now=now)
    count = 0
    while deliver_next(now=now, web=receiver.web()):
        count += 1
    return count


def due_in_s(delivery: WebhookDelivery, now: datetime) -> float:
    delivery.refresh_from_db()
    return (delivery.due_at - now).total_seconds()


def test_ten_changes_of_a_product_arrive_in_order_with_growing_versions(receiver: HookReceiver) -> None:
    product = make_product()
    make_endpoint()
    for price in range(1, 11):
        set_price(product, price)
    assert deliver_all(receiver, timezone.now()) == 10
    events = WebhookEvent.objects.order_by("pk")
    assert [event.value for event in events] == [str(price) for price in range(1, 11)]
    assert [line["id"].rpartition("_")[2] for line in receiver.read()] == [str(event.pk) for event in events]


def test_failures_are_retried_under_one_id_and_hold_up_only_events_of_the_same_row(receiver: HookReceiver) -> None:
    product, other = make_product(), make_product()
    make_endpoint("fail")
    for price in (1, 2):
        set_price(product, price)
    set_price(other, 3)
    now = timezone.now()
    assert deliver_all(receiver, now) == 2  # the first event of each product
    for _attempt in range(5):
        now += timedelta(hours=1)
        deliver_all(receiver, now)
    ids = [line["id"] for line in receiver.read()]
    first, second, third = (ids.count(event_id) for event_id in dict.fromkeys(ids))
    assert (first, second, third) == (3, 3, 3)
    of_product = [event_id for event_id in ids if event_id != ids[1]]
    assert of_product == [of_product[0]] * 3 + [of_product[3]] * 3
    assert len({line["timestamp"] for line in receiver.read() if line["id"] == ids[0]}) == 3
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"delivered"}


def test_pauses_grow_with_jitter() -> None:
    random.seed(7)
    pauses = [next_pause(count) for count in range(1, len(PAUSES) + 1)]
    assert all(pause and base <= pause <= base * 1.2 for base, pause in zip(PAUSES, pauses, strict=True))
    assert pauses != list(PAUSES)
    assert next_pause(len(PAUSES) + 1) is None


def test_gone_switches_the_endpoint_off_and_tells_its_owner(receiver: HookReceiver) -> None:
    owner = make_user("maker@example.com")
    endpoint = make_endpoint("gone", created_by=owner)
    send_test_event(endpoint=endpoint, now=timezone.now())
    send_test_event(endpoint=endpoint, now=timezone.now())
    assert deliver_all(receiver, timezone.now()) == 1
    endpoint.refresh_from_db()
    assert (endpoint.state, len(receiver.read())) == ("off", 1)
    assert [message.to for message in mail.outbox] == [["maker@example.com"]]
    set_price(make_product(), 5)
    assert fan_out_events(now=timezone.now()) == 0


def test_busy_endpoint_is_left_alone_as_long_as_it_asked(receiver: HookReceiver) -> None:
    endpoint = make_endpoint("busy")
    now = timezone.now()
    deliveries = [send_test_event(endpoint=endpoint, now=now) for _number in range(2)]
    assert deliver_all(receiver, now) == 1
    assert due_in_s(deliveries[0], now) >= 7
    assert deliver_all(receiver, now + timedelta(seconds=6)) == 0


@pytest.mark.parametrize("role", ["moved", "inward", "hangup"])
def test_redirects_and_broken_connections_are_failures(receiver: HookReceiver, role: str) -> None:
    delivery = send_test_event(endpoint=make_endpoint(role), now=timezone.now())
    now = timezone.now()
    assert deliver_all(receiver, now) == 1
    assert (due_in_s(delivery, now) >= 5, delivery.state, len(receiver.read())) == (True, "waiting", 1)


def test_late_endpoint_is_given_up_in_time(receiver: HookReceiver, monkeypatch: pytest.MonkeyPatch) -> None:
    assert 15 <= dispatch.TIMEOUT_S <= 30
    monkeypatch.setattr(dispatch, "TIMEOUT_S", 0.3)
    send_test_event(endpoint=make_endpoint("late"), now=timezone.now())
    deliver_all(receiver, timezone.now())
    attempt = WebhookAttempt.objects.get()
    assert (attempt.status, attempt.failure) == (None, "There was no answer in time.")


def test_large_answer_is_delivered_and_not_read(receiver: HookReceiver, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    web = receiver.web()
    ask = web.post_and_read

    def measure(*args: Any, **kwargs: Any) -> Any:
        answer = ask(*args, **kwargs)
        sizes.append(len(answer.body))
        return answer

    monkeypatch.setattr(web, "post_and_read", measure)
    delivery = send_test_event(endpoint=make_endpoint("big"), now=timezone.now())
    assert deliver_next(now=timezone.now(), web=web)
    delivery.refresh_from_db()
    assert (delivery.state, sizes) == ("delivered", [64 * 1024])


def test_name_that_leads_inside_later_is_not_connected_to(receiver: HookReceiver) -> None:
    for resolved in (("127.0.0.1",), (PUBLIC, "10.0.0.1"), ("::ffff:10.0.0.1",), ("64:ff9b::a00:1",)):
        receiver.resolved = resolved
        send_test_event(endpoint=make_endpoint(), now=timezone.now())
        assert deliver_all(receiver, timezone.now()) == 1
    assert (receiver.dialled, receiver.read()) == ([], [])


def test_rotated_secret_signs_with_the_former_one_for_a_day(receiver: HookReceiver) -> None:
    endpoint = make_endpoint()
    former = endpoint.secret
    now = timezone.now()
    secret = rotate_secret(endpoint=endpoint, by=make_user(), now=now)
    for hours in (23, 25):
        send_test_event(endpoint=endpoint, now=now + timedelta(hours=hours))
        deliver_all(receiver, now + timedelta(hours=hours))
    both, single = receiver.read()
    event = WebhookEvent.objects.order_by("pk")[0]
    signed = {"message_id": both["id"], "timestamp": int(both["timestamp"]), "body": event.body.encode()}
    assert both["signature"] == sign(**signed, secrets=[secret, former])
    assert len(single["signature"].split()) == 1


def test_replay_has_the_same_id_and_body_and_is_marked(receiver: HookReceiver) -> None:
    now = timezone.now()
    delivery = send_test_event(endpoint=make_endpoint(), now=now)
    deliver_all(receiver, now)
    again = replay(delivery=delivery, now=now + timedelta(minutes=1))
    deliver_all(receiver, now + timedelta(minutes=1))
    first, second = receiver.read()
    assert (first["id"], first["sha256"]) == (second["id"], second["sha256"])
    assert (first["timestamp"] != second["timestamp"], again.is_replay, delivery.is_replay) == (True, True, False)


def test_endpoint_that_fails_for_days_is_switched_off(receiver: HookReceiver) -> None:
    endpoint = make_endpoint("hangup")
    now = timezone.now()
    delivery = send_test_event(endpoint=endpoint, now=now)
    for _attempt in range(len(PAUSES) + 1):
        deliver_all(receiver, now)
        now += timedelta(hours=30)
    delivery.refresh_from_db()
    endpoint.refresh_from_db()
    assert (delivery.state, delivery.attempt_count, endpoint.state) == ("given_up", len(PAUSES) + 1, "off")


def test_claimed_endpoint_is_not_claimed_again() -> None:
    now = timezone.now()
    send_test_event(endpoint=make_endpoint(), now=now)
    assert dispatch.claim_delivery(now=now, skips_failing=False) is not None
    assert dispatch.claim_delivery(now=now, skips_failing=False) is None
    assert dispatch.claim_delivery(now=now + 2 * dispatch.LEASE, skips_failing=False) is not None


def test_failing_endpoints_are_left_to_half_of_the_workers() -> None:
    now = timezone.now()
    send_test_event(endpoint=make_endpoint(failed_in_row=1), now=now)
    assert dispatch.claim_delivery(now=now, skips_failing=True) is None
    assert dispatch.claim_delivery(now=now, skips_failing=False) is not None


@pytest.mark.django_db(transaction=True)
def test_workers_deliver_to_many_endpoints_while_some_hang(
    receiver: HookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "TIMEOUT_S", 2)
    for role in ("late", "ok", "late", "ok", "ok"):
        send_test_event(endpoint=make_endpoint(role), now=timezone.now())
    dispatch_deliveries(web=receiver.web)
    assert WebhookDelivery.objects.filter(state="delivered").count() == 3
    assert WebhookEndpoint.objects.filter(failed_in_row=1, busy_until=None).count() == 2


def test_paused_endpoint_gets_later_what_happened_in_the_meantime(receiver: HookReceiver) -> None:
    endpoint = make_endpoint(state="paused")
    product = make_product()
    set_price(product, 7)
    assert deliver_all(receiver, timezone.now()) == 0
    WebhookEndpoint.objects.update(state="active")
    assert deliver_all(receiver, timezone.now()) >= 1
    assert endpoint.deliveries.filter(event__type="product.price_changed", state="delivered").count() == 1


def test_change_that_is_rolled_back_is_no_event() -> None:
    make_endpoint()
    product = make_product()
    count = WebhookEvent.objects.count()
    with transaction.atomic():
        set_price(product, 9)
        assert WebhookEvent.objects.count() == count + 1
        transaction.set_rollback(True)
    assert WebhookEvent.objects.count() == count


def test_merchant_is_told_of_its_own_products_only() -> None:
    merchant, rival = make_merchant(), make_merchant()
    own, others = make_endpoint(merchant=merchant), make_endpoint(merchant=rival)
    set_price(make_product(merchant=merchant), 9)
    fan_out_events(now=timezone.now())
    assert own.deliveries.filter(event__type="product.price_changed").count() == 1
    assert not others.deliveries.exists()
