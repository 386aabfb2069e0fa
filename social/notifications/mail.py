"""Emails about notifications: at once, one for each kind, or once a day, in the reader's time zone.

Rows that still have to be mailed are the queue. They are locked, and marked as mailed, in the transaction that puts
the email into the outbox. What its reader has read, or may not see any more, is left out.
"""

from collections.abc import Sequence
from datetime import datetime, time

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from accounts.letters import write_email
from accounts.mail_stops import read_token, stop_headers, write_token
from accounts.models import User
from accounts.sweeps import do_each
from catalog.site import site_name
from social.models import DigestDay, MailChoice, Notification, NotificationKind
from social.notifications.lines import describe
from social.notifications.preferences import zone_of
from social.notifications.subjects import shown_to

DIGEST_FROM = time(8)
"""Digests are sent from this time of the reader's day on."""
MOST_LINES = 50
_SALT = "social.notifications"


def send_instant_emails(*, now: datetime, at_most: int = 500) -> int:
    """Email what readers want to know at once. Return how many emails were written."""
    waiting = Notification.objects.filter(mail=MailChoice.INSTANT).order_by("user", "kind")
    pairs = list(waiting.values_list("user", "kind").distinct()[:at_most])
    return do_each(pairs, lambda pair: _send_at_once(*pair))


@transaction.atomic
def _send_at_once(user_id: int, kind: str) -> int:
    claimed = _claim(Notification.objects.filter(user=user_id, kind=kind, mail=MailChoice.INSTANT))
    return _write(User.objects.get(pk=user_id), claimed, NotificationKind(kind))


def send_digests(*, now: datetime, at_most: int = 500) -> int:
    """Email the digests that are due, at most one on each reader's own day. Return how many were written."""
    waiting = Exists(Notification.objects.filter(user=OuterRef("pk"), mail=MailChoice.DAILY))
    readers = User.objects.filter(waiting).only("time_zone").order_by("pk")
    days = dict(DigestDay.objects.filter(user__in=readers).values_list("user", "sent_on"))
    due = [reader.pk for reader in readers.iterator() if _is_due(reader, days.get(reader.pk), now)]
    return do_each(due[:at_most], lambda user_id: _send_digest(user_id, now))


def _is_due(reader: User, sent_on: object, now: datetime) -> bool:
    local = timezone.localtime(now, zone_of(reader))
    return local.time() >= DIGEST_FROM and sent_on != local.date()


@transaction.atomic
def _send_digest(user_id: int, now: datetime) -> int:
    reader = User.objects.get(pk=user_id)
    today = timezone.localdate(now, zone_of(reader))
    DigestDay.objects.bulk_create([DigestDay(user=reader)], ignore_conflicts=True)
    earlier = DigestDay.objects.filter(Q(sent_on=None) | Q(sent_on__lt=today), user=reader)
    if not earlier.update(sent_on=today):  # another worker was first
        return 0
    return _write(reader, _claim(Notification.objects.filter(user=reader, mail=MailChoice.DAILY)), None)


def _claim(waiting: QuerySet[Notification]) -> list[int]:
    """Mark those notifications as mailed that no other worker is mailing, and return their ids."""
    ids = list(waiting.select_for_update(skip_locked=True).values_list("pk", flat=True))
    Notification.objects.filter(pk__in=ids).update(mail=MailChoice.OFF)
    return ids


def _write(reader: User, ids: Sequence[int], kind: NotificationKind | None) -> int:
    """Put an email about notifications into the outbox. Return 0 if there is nothing to tell, or no confirmed address."""
    is_confirmed = EmailAddress.objects.filter(user=reader, email__iexact=reader.email, verified=True).exists()
    if not reader.is_active or not is_confirmed:
        return 0
    with override(reader.language or settings.LANGUAGE_CODE):
        rows = shown_to(reader, Notification.objects.filter(user=reader, pk__in=ids).unread()).order_by(
            "-happened_at", "-pk"
        )
        lines = describe(reader, list(rows[:MOST_LINES]))
        if not lines:
            return 0
        stop_url = settings.SITE_URL + stop_path(reader, kind)
        kinds = [NotificationKind(name) for name in dict.fromkeys(line.notification.kind for line in lines)]
        context = {
            "lines": lines,
            "stop_url": stop_url,
            "stops": [] if kind else [(each.label, settings.SITE_URL + stop_path(reader, each)) for each in kinds],
            "settings_url": settings.SITE_URL + reverse("notification-settings"),
            "site_url": settings.SITE_URL,
            "site_name": site_name(),
        }
        sentence = ngettext("%(count)d notification", "%(count)d notifications", len(lines)) % {"count": len(lines)}
        subject = (
            lines[0].text if len(lines) == 1 else _("%(count)s at %(shop)s") % {"count": sentence, "shop": site_name()}
        )
        text = render_to_string("social/mail/notifications.txt", context)
        write_email(subject, text, to=reader.email, headers=stop_headers(stop_url)).send()
    return 1


def stop_path(reader: User, kind: NotificationKind | None) -> str:
    """Return the path of the page on which a reader stops emails about a kind, or digests, without signing in."""
    return reverse("stop-notifications", args=[write_token(reader, salt=_SALT, kind=kind or "digest")])


def find_stop(token: str) -> tuple[User, NotificationKind | None] | None:
    """Return the reader and the kind that a link in such an email names, None for digests; or None if it is not ours."""
    stop = read_token(token, salt=_SALT)
    if stop is None:
        return None
    reader, kind = stop
    return reader, NotificationKind(kind) if kind in NotificationKind.values else None
