"""Delivery of the stand-in's events to the shop. Source: docs.stripe.com/webhooks, docs.stripe.com/webhooks/signature."""

import hashlib
import hmac
import json
import random
import time
from typing import TYPE_CHECKING

from django.test import Client

from tests.shop.stripe.errors import Fields

if TYPE_CHECKING:
    from tests.shop.stripe.server import StandInStripe

WEBHOOK = "/api/v1/webhooks/stripe/"


def sign(event: Fields, secret: str, *, at: float | None = None) -> tuple[bytes, str]:
    """Return a webhook's body and its signature header."""
    body = json.dumps(event).encode()
    moment = int(at if at is not None else time.time())
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return body, f"t={moment},v1={digest}"


def post_event(client: Client, event: Fields, secret: str = "whsec_test", at: float | None = None) -> int:  # noqa: S107
    """Send one event to the shop and return the HTTP status."""
    body, signature = sign(event, secret, at=at)
    headers = {"Stripe-Signature": signature}
    return client.post(WEBHOOK, body, content_type="application/json", headers=headers).status_code


def deliver(client: Client, stripe: "StandInStripe", *kinds: str) -> int:
    """Deliver the waiting events of these kinds, or all of them, in their order. Return how many."""
    chosen = [event for event in stripe.events if not kinds or event["type"] in kinds]
    stripe.events = [event for event in stripe.events if event not in chosen]
    for event in chosen:
        assert post_event(client, event, stripe.webhook_secret) == 200
    return len(chosen)


def deliver_all(client: Client, stripe: "StandInStripe", *, rng: random.Random, copies: int = 1) -> None:
    """Deliver all waiting events, each `copies` times, in a random order."""
    waiting = stripe.events * copies
    stripe.events = []
    rng.shuffle(waiting)
    for event in waiting:
        assert post_event(client, event, stripe.webhook_secret) == 200
