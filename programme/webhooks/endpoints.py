"""What merchants and staff do with endpoints: make, change, pause, switch on and off, and give them new secrets."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.models import Merchant
from catalog.public_web.addresses import check_address
from catalog.public_web.client import NotPublic, PublicWeb
from programme.webhooks.mail import mail_switched_off
from programme.webhooks.models import EndpointState, WebhookEndpoint, make_secret

ROTATION = timedelta(hours=24)
"""How long the former secret signs as well."""
MOST_ENDPOINTS = 10
"""Of one merchant."""
logger = logging.getLogger(__name__)
public_web = PublicWeb


class TooManyEndpoints(Exception):
    """A merchant has as many endpoints as it may have."""


def clean_address(text: str) -> str:
    """Return the address as it is called. Raises ValidationError unless all of its servers are on the public internet."""
    address, fault = check_address(text)
    if fault is not None or not address.startswith("https://"):
        raise ValidationError(_("Enter an address that begins with https:// and leads to a public server."))
    try:
        public_web().require_public(address)
    except (NotPublic, OSError) as error:
        raise ValidationError(_("This name leads to no server on the public internet.")) from error
    return address


def create_endpoint(
    *, merchant: Merchant, address: str, description: str, subjects: Sequence[str], by: User
) -> WebhookEndpoint:
    """Create an endpoint with a checked address. Raises TooManyEndpoints."""
    with transaction.atomic():
        Merchant.objects.select_for_update().get(pk=merchant.pk)
        if WebhookEndpoint.objects.filter(merchant=merchant).count() >= MOST_ENDPOINTS:
            raise TooManyEndpoints
        endpoint = WebhookEndpoint.objects.create(
            merchant=merchant, address=address, description=description, subjects=list(subjects), created_by=by
        )
    logger.info("A webhook endpoint was made", extra={"endpoint": endpoint.pk, "by": by.pk})
    return endpoint


def list_secrets(endpoint: WebhookEndpoint, *, now: datetime) -> list[str]:
    """Return the secrets that sign, the newest first."""
    until = endpoint.former_secret_until
    return [endpoint.secret, *([endpoint.former_secret] if until and now < until else [])]


def rotate_secret(*, endpoint: WebhookEndpoint, by: User, now: datetime) -> str:
    """Return a new secret, which is shown this once. The former one signs for another day."""
    secret = make_secret()
    with transaction.atomic():
        row = WebhookEndpoint.objects.select_for_update().get(pk=endpoint.pk)
        row.former_secret, row.secret, row.former_secret_until = row.secret, secret, now + ROTATION
        row.save(update_fields=["secret", "former_secret", "former_secret_until"])
    logger.info("A webhook endpoint got a new secret", extra={"endpoint": endpoint.pk, "by": by.pk})
    return secret


def set_state(*, endpoint: WebhookEndpoint, state: EndpointState, by: User) -> bool:
    """Pause an endpoint, or switch it on or off. Return False if its state changed in the meantime, or is this one."""
    old = endpoint.state
    values = {"off_reason": "", "failed_in_row": 0, "busy_until": None} if state == EndpointState.ACTIVE else {}
    is_changed = old != state and WebhookEndpoint.objects.move(endpoint.pk, old, state, **values)
    logger.info("A webhook endpoint changed", extra={"endpoint": endpoint.pk, "by": by.pk, "state": state})
    return is_changed


def delete_endpoint(*, endpoint: WebhookEndpoint, by: User) -> None:
    """Delete an endpoint with the log of its deliveries."""
    logger.info("A webhook endpoint was deleted", extra={"endpoint": endpoint.pk, "by": by.pk})
    endpoint.delete()


def switch_off(*, endpoint: WebhookEndpoint, is_gone: bool) -> None:
    """Send nothing more to an endpoint that is gone or has failed for days, and tell its owner, once."""
    reason = "It answered 410: it is gone." if is_gone else "It has failed for days."
    if WebhookEndpoint.objects.move(endpoint.pk, EndpointState.ACTIVE, EndpointState.OFF, off_reason=reason):
        mail_switched_off(endpoint=endpoint, is_gone=is_gone)
