"""Sending of deliveries, at least once each.

A worker claims an endpoint, sends the next delivery that is due there and records the attempt. So an endpoint gets one
request at a time, and one that never answers keeps one worker busy at most. Half of the workers leave endpoints alone
that failed last time, so that however many of these there are, they hold up none of the others.
"""

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPException

from django.db import close_old_connections, connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.installation import get_installation_id
from catalog.public_web.client import NotPublic, PublicWeb
from programme.webhooks.answers import EndpointAnswer, next_pause, requested_pause
from programme.webhooks.endpoints import list_secrets, switch_off
from programme.webhooks.models import DeliveryState, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from programme.webhooks.signatures import sign

TIMEOUT_S = 20.0
"""For everything from the look-up of the name to the end of the answer."""
LEASE = timedelta(seconds=60)
MOST_ANSWER_BYTES = 64 * 1024
WORKERS = 6
LONGEST_RUN = timedelta(seconds=20)
_LOCK = "programme.webhooks"
"""Only one run at a time sends, so that slow endpoints never take all Celery workers."""
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    endpoint: WebhookEndpoint
    delivery: WebhookDelivery


def dispatch_deliveries(*, web: Callable[[], PublicWeb] = PublicWeb) -> None:
    """Send what is due, with several workers, until nothing is or the time is over. Do nothing while another run does."""
    ends_at = timezone.now() + LONGEST_RUN

    def work(number: int) -> None:
        try:
            while timezone.now() < ends_at and deliver_next(
                now=timezone.now(), web=web(), skips_failing=number % 2 == 0
            ):
                close_old_connections()
        finally:
            connection.close()

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [_LOCK])
        if cursor.fetchone() == (True,):
            with ThreadPoolExecutor(WORKERS) as workers:
                list(workers.map(work, range(WORKERS)))


def deliver_next(*, now: datetime, web: PublicWeb, skips_failing: bool = False) -> bool:
    """Send one delivery that is due. Return False if there is none."""
    claim = claim_delivery(now=now, skips_failing=skips_failing)
    if claim is None:
        return False
    started = time.monotonic()
    answer = send(claim, now=now, web=web)
    duration = timedelta(seconds=time.monotonic() - started)
    record_attempt(claim, answer, sent_at=now, duration=duration)
    return True


def claim_delivery(*, now: datetime, skips_failing: bool) -> ClaimedDelivery | None:
    """Claim an endpoint, and return it with its next delivery. Those that have waited longest come first."""
    endpoints = WebhookEndpoint.objects.idle(now).with_next_delivery(now)
    if skips_failing:
        endpoints = endpoints.filter(failed_in_row=0)
    for endpoint in endpoints.order_by(F("busy_until").asc(nulls_first=True), "pk").iterator(chunk_size=50):
        is_claimed = WebhookEndpoint.objects.idle(now).filter(pk=endpoint.pk).update(busy_until=now + LEASE)
        if not is_claimed:
            continue
        # Read again: whoever had the endpoint before may have sent this delivery in the meantime.
        due = WebhookDelivery.objects.deliverable(now).filter(endpoint=endpoint).select_related("event")
        delivery = due.order_by("due_at", "pk").first()
        if delivery is not None:
            return ClaimedDelivery(endpoint, delivery)
        WebhookEndpoint.objects.filter(pk=endpoint.pk, busy_until=now + LEASE).update(busy_until=None)
    return None


def send(claim: ClaimedDelivery, *, now: datetime, web: PublicWeb) -> EndpointAnswer:
    """Post the event, and return what was answered. Redirects are failures and never followed."""
    body = claim.delivery.event.body.encode()
    message_id = f"msg_{get_installation_id()}_{claim.delivery.event_id}"
    timestamp = int(now.timestamp())
    secrets = list_secrets(claim.endpoint, now=now)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "feedsite webhooks",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(message_id=message_id, timestamp=timestamp, body=body, secrets=secrets),
    }
    try:
        answer = web.post_and_read(
            claim.endpoint.address,
            headers=headers,
            body=body,
            ends_at=time.monotonic() + TIMEOUT_S,
            most_bytes=MOST_ANSWER_BYTES,
        )
    except NotPublic:
        return EndpointAnswer(None, gettext_noop("The address leads to no server on the public internet."))
    except TimeoutError:
        return EndpointAnswer(None, gettext_noop("There was no answer in time."))
    except (OSError, HTTPException, ValueError) as error:
        logger.info("A webhook failed: %s", type(error).__name__, extra={"delivery": claim.delivery.pk})
        return EndpointAnswer(None, gettext_noop("The connection failed."))
    return EndpointAnswer(answer.status, retry_after=answer.headers.get("Retry-After") or "")


def record_attempt(claim: ClaimedDelivery, answer: EndpointAnswer, *, sent_at: datetime, duration: timedelta) -> None:
    """Write what came of a delivery, plan its next attempt, and let the endpoint go."""
    now = sent_at + duration
    delivery, endpoint = claim.delivery, claim.endpoint
    count = delivery.attempt_count + 1
    pause = next_pause(count)
    with transaction.atomic():
        WebhookAttempt.objects.create(
            delivery=delivery,
            sent_at=sent_at,
            status=answer.status,
            failure=answer.failure,
            duration_ms=int(duration.total_seconds() * 1000),
        )
        own = WebhookDelivery.objects.filter(pk=delivery.pk, state=DeliveryState.WAITING)
        if answer.is_success:
            own.update(attempt_count=count)
            WebhookDelivery.objects.move(delivery.pk, DeliveryState.WAITING, DeliveryState.DELIVERED)
            _release(endpoint, sent_at, failed_in_row=0, last_success_at=now)
            return
        requested = requested_pause(answer, now)
        own.update(attempt_count=count, due_at=now + max(pause or timedelta(), requested))
        if pause is None:
            WebhookDelivery.objects.move(delivery.pk, DeliveryState.WAITING, DeliveryState.GIVEN_UP)
        _release(
            endpoint, sent_at, failed_in_row=F("failed_in_row") + 1, busy_until=now + requested if requested else None
        )
        is_silent = endpoint.last_success_at is None or endpoint.last_success_at < delivery.created_at
        if answer.is_gone or (pause is None and is_silent):
            switch_off(endpoint=endpoint, is_gone=answer.is_gone)
    fields = {"endpoint": endpoint.pk, "delivery": delivery.pk, "status": answer.status, "failure": answer.failure}
    logger.warning("A webhook was not delivered", extra=fields)


def _release(endpoint: WebhookEndpoint, sent_at: datetime, **values: object) -> None:
    """Let the endpoint go, unless the claim ran out and another worker has it by now."""
    claimed = WebhookEndpoint.objects.filter(pk=endpoint.pk, busy_until=sent_at + LEASE)
    claimed.update(**{"busy_until": None, **values})
