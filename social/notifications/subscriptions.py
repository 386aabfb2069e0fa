"""Browsers that take pushes: subscribing and unsubscribing. Without WEB_PUSH_KEY there are none.

Source: RFC 8292 for the key with which push services recognise the shop.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from datetime import datetime
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from py_vapid import Vapid

from accounts.models import User
from catalog.public_web.addresses import check_address
from social.models import PushSubscription

MOST_BROWSERS = 10
"""Subscriptions of a user. Another one ends the oldest."""


class SubscriptionRefused(Exception):
    """The browser was not subscribed. The message says why."""


@lru_cache(maxsize=1)
def read_key(private_key: str) -> Vapid:
    """Return the shop's key. Raises ValueError if it is none."""
    return Vapid.from_string(private_key=private_key)


def make_key() -> str:
    """Return a new private key as WEB_PUSH_KEY holds it."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return urlsafe_b64encode(number.to_bytes(32)).decode().rstrip("=")


def public_key() -> str:
    """Return what browsers subscribe with, or "" if the shop sends no pushes."""
    if not settings.WEB_PUSH_KEY:
        return ""
    point = read_key(settings.WEB_PUSH_KEY).public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(point).decode().rstrip("=")


@transaction.atomic
def subscribe(*, user: User, session_key: str, endpoint: str, public_key: str, auth_secret: str, now: datetime) -> None:
    """Push notifications of a user to a browser, until its session ends. A repeated call replaces the earlier one.

    Raises SubscriptionRefused.
    """
    if not settings.WEB_PUSH_KEY:
        raise SubscriptionRefused(_("This shop sends no notifications to browsers."))
    address, fault = check_address(endpoint)
    if fault or not address.startswith("https://"):
        raise SubscriptionRefused(_("The address of the push service is not on the public internet."))
    if not _is_point(public_key) or len(_decode(auth_secret)) != 16:
        raise SubscriptionRefused(_("The browser's keys are malformed."))
    values = {"user": user, "session_id": session_key, "session_epoch": user.session_epoch, "created_at": now}
    values |= {"public_key": public_key, "auth_secret": auth_secret}
    PushSubscription.objects.update_or_create(endpoint=address, defaults=values)
    newest = PushSubscription.objects.filter(user=user).order_by("-created_at", "-pk")
    PushSubscription.objects.filter(pk__in=list(newest.values_list("pk", flat=True)[MOST_BROWSERS:])).delete()


def is_subscribed(session_key: str | None) -> bool:
    """Return whether notifications are pushed to the browser of a session."""
    return PushSubscription.objects.filter(session=session_key).exists()


def unsubscribe(*, user: User, endpoint: str) -> None:
    """Push nothing more to a browser. Repeating a call changes nothing."""
    PushSubscription.objects.filter(user=user, endpoint=check_address(endpoint)[0]).delete()


def _decode(text: str) -> bytes:
    """Return the bytes of base64url, or none at all if it is not."""
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (NotBase64, ValueError):
        return b""


def _is_point(text: str) -> bool:
    """Return whether this is an uncompressed point on the curve that push services use."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decode(text))
    except ValueError:
        return False
    return len(_decode(text)) == 65
