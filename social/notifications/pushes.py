"""Pushes to browsers: encrypted, without names or words of anybody, and each at most once.

A push that a service does not take now is not repeated: the notification is in the list anyway.
"""

import json
import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import parseaddr
from http.client import HTTPException
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from pywebpush import WebPushException, webpush

from accounts.sweeps import do_each
from catalog.public_web.client import NotPublic, PublicWeb
from catalog.site import site_name
from social.models import Notification, NotificationKind, PushSubscription
from social.notifications.subjects import shown_to
from social.notifications.subscriptions import read_key

TIMEOUT_S = 10.0
KEPT_BY_SERVICE_S = 24 * 3600
GONE = (404, 410)
WORDS: Mapping[NotificationKind, Any] = {
    NotificationKind.POST: _("Somebody you follow posted something new."),
    NotificationKind.FOLLOWER: _("You have a new follower."),
    NotificationKind.LIKES: _("Somebody likes your post."),
    NotificationKind.COMMENT: _("Somebody commented on your post."),
    NotificationKind.REPLY: _("Somebody replied to your comment."),
    NotificationKind.MENTION: _("Somebody mentioned you."),
    NotificationKind.COMMENT_LIKES: _("Somebody likes your comment."),
    NotificationKind.RATING_REPLY: _("Somebody answered your rating."),
    NotificationKind.DECISION: _("There is a decision on your post."),
    NotificationKind.PARCEL: _("There is news of your order."),
    NotificationKind.RESTOCK: _("Something that you wanted is back in stock."),
    NotificationKind.PRICE_DROP: _("Something that you wanted costs less."),
}

logger = logging.getLogger(__name__)


class PublicPoster:
    """What pywebpush uses of a `requests` session, on the public web only."""

    def __init__(self, web: PublicWeb) -> None:
        self._web = web

    def post(self, endpoint: str, *, timeout: float, data: bytes, headers: Mapping[str, str]) -> SimpleNamespace:
        plain = {str(name): str(value) for name, value in headers.items()}
        status = self._web.post(endpoint, headers=plain, body=data, ends_at=time.monotonic() + timeout)
        return SimpleNamespace(status_code=status, reason="", text="", headers={})


def send_pushes(*, now: datetime, web: Callable[[], PublicWeb] = PublicWeb, at_most: int = 200) -> int:
    """Push what waits for it to the browsers of its readers. Return how many pushes were taken by their services."""
    waiting = Notification.objects.filter(is_push_due=True).select_related("user").order_by("pk")[:at_most]
    poster = PublicPoster(web())
    return do_each(waiting, lambda row: _push(row, poster, now))


def _push(row: Notification, poster: PublicPoster, now: datetime) -> int:
    if not Notification.objects.filter(pk=row.pk, is_push_due=True).update(is_push_due=False):
        return 0  # another worker was first
    reader = row.user
    unread = Notification.objects.filter(pk=row.pk).unread()
    if not settings.WEB_PUSH_KEY or not reader.is_active or not shown_to(reader, unread).exists():
        return 0
    browsers = PushSubscription.objects.filter(
        user=reader, session_epoch=reader.session_epoch, session__expire_date__gt=now
    )
    with override(reader.language or settings.LANGUAGE_CODE):
        words = {"title": site_name(), "body": str(WORDS[NotificationKind(row.kind)])}
    payload = json.dumps(words | {"url": reverse("notifications"), "tag": f"notification-{row.pk}"})
    return sum(_send(browser, payload, poster) for browser in browsers.order_by("pk"))


def _send(browser: PushSubscription, payload: str, poster: PublicPoster) -> bool:
    """Return whether the push service took the push. A subscription that is gone is deleted."""
    keys = {"p256dh": browser.public_key, "auth": browser.auth_secret}
    session: Any = poster
    try:
        webpush(
            {"endpoint": browser.endpoint, "keys": keys},
            payload,
            vapid_private_key=read_key(settings.WEB_PUSH_KEY),
            vapid_claims={"sub": f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"},
            ttl=KEPT_BY_SERVICE_S,
            timeout=TIMEOUT_S,
            requests_session=session,
        )
    except WebPushException as refusal:
        status = getattr(refusal.response, "status_code", None)
        logger.info("A push was refused.", extra={"subscription": browser.pk, "status": status})
        if status in GONE:
            browser.delete()
        return False
    except NotPublic:
        logger.warning("A push service is not on the public internet.", extra={"subscription": browser.pk})
        browser.delete()
        return False
    except (OSError, HTTPException, ValueError) as failure:
        logger.info("A push service did not answer.", extra={"subscription": browser.pk, "failure": repr(failure)})
        return False
    return True
