"""Emails about notifications: at once, once on each reader's own day, in their language, and stopped with one click."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import User
from creators.models import Creator
from social.models import DigestDay, MailChoice, Notification, NotificationChoice, NotificationKind
from social.notifications.inbox import notify
from social.notifications.mail import send_digests, send_instant_emails
from tests.conftest import client_of
from tests.factories import make_creator, make_published_clip
from tests.social.test_notifications import comment
from videos.models import Clip
from videos.states import ClipState

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NINE = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0) + DAY


@pytest.fixture(autouse=True)
def comments_of_everybody(settings: Any) -> None:
    settings.COMMENTS_TRUSTED_AFTER, settings.TIME_ZONE = 0, "UTC"


@pytest.fixture
def maya() -> Creator:
    profile = make_creator("maya", display_name="Maya")
    EmailAddress.objects.create(user=profile.user, email=profile.user.email, verified=True, primary=True)
    return profile


@pytest.fixture
def zoe() -> Creator:
    return make_creator("zoe", display_name="Zoe")


@pytest.fixture
def clip(maya: Creator) -> Clip:
    return make_published_clip(maya)


def choose(person: Creator, **mails: MailChoice) -> None:
    for kind, choice in mails.items():
        values = {"on_site": True, "mail": choice, "push": False}
        NotificationChoice.objects.update_or_create(user=person.user, kind=kind, defaults=values)


def send(step: Callable[..., int], now: datetime = NINE) -> list[Any]:
    """Return the emails that a step writes."""
    mail.outbox.clear()
    step(now=now)
    return list(mail.outbox)


def stop_path(email: Any) -> str:
    assert email.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    return re.findall(r"<https?://[^/]+(/notifications/stop/[^>]+/)>", email.extra_headers["List-Unsubscribe"])[0]


def test_digest_comes_once_on_the_readers_own_day(maya: Creator, zoe: Creator, clip: Clip) -> None:
    User.objects.filter(pk=maya.user.pk).update(time_zone="America/New_York")
    comment(zoe, clip, "A private word")
    assert send(send_digests) == []
    evening = NINE + timedelta(hours=5)
    (email,) = send(send_digests, evening)
    assert email.to == [maya.user.email] and "Zoe" in email.subject and "commented on your post" in email.body
    assert "A private word" not in email.body
    comment(zoe, clip, "More")
    assert send(send_digests, evening + timedelta(hours=3)) == []
    assert len(send(send_digests, evening + DAY)) == 1
    assert send(send_digests, evening + 2 * DAY) == []
    assert DigestDay.objects.get().sent_on == (NINE + DAY).date()


def test_digest_is_in_the_readers_language_and_counts(maya: Creator, zoe: Creator, clip: Clip) -> None:
    User.objects.filter(pk=maya.user.pk).update(language="ar")
    first = comment(zoe, clip, "One")
    comment(zoe, clip, "Two")
    (email,) = send(send_digests)
    assert email.extra_headers["Content-Language"] == "ar" and "Zoe" in email.body
    assert f"/c/{clip.code}/comments/{first}/" in email.body


def test_instant_emails_are_one_for_each_kind(maya: Creator, zoe: Creator, clip: Clip) -> None:
    choose(maya, comment=MailChoice.INSTANT, likes=MailChoice.INSTANT)
    comment(zoe, clip, "One")
    comment(zoe, clip, "Two")
    client_of(zoe.user).post(f"/api/v1/clips/{clip.code}/like/")
    emails = send(send_instant_emails)
    assert len(emails) == 2
    assert send(send_instant_emails) == [] and send(send_digests) == []


def test_what_was_read_taken_down_or_hidden_meanwhile_is_not_mailed(maya: Creator, zoe: Creator, clip: Clip) -> None:
    comment(zoe, clip, "Hello")
    Notification.objects.update(read_at=NINE)
    assert send(send_digests) == []
    comment(zoe, clip, "Hello again")
    client_of(maya.user).post("/api/v1/creators/zoe/block/")
    assert send(send_digests, NINE + DAY) == []
    comment(make_creator(), clip, "Hello")
    Clip.objects.update(state=ClipState.REMOVED)
    assert send(send_digests, NINE + 2 * DAY) == []


def test_unconfirmed_addresses_and_ended_accounts_get_none(maya: Creator, zoe: Creator, clip: Clip) -> None:
    comment(zoe, clip, "Hello")
    EmailAddress.objects.update(verified=False)
    assert send(send_digests) == []
    EmailAddress.objects.update(verified=True)
    comment(zoe, clip, "Hello again")
    User.objects.filter(pk=maya.user.pk).update(is_active=False)
    assert send(send_digests, NINE + DAY) == []


def test_one_click_stops_a_kind_and_nothing_else(maya: Creator, zoe: Creator, clip: Clip, client: Client) -> None:
    choose(maya, comment=MailChoice.INSTANT)
    comment(zoe, clip, "Hello")
    (email,) = send(send_instant_emails)
    path = stop_path(email)
    assert "Stop these emails" in client.get(path).content.decode()
    assert NotificationChoice.objects.get().mail == MailChoice.INSTANT
    comment(zoe, clip, "Hello again")
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert NotificationChoice.objects.get().mail == MailChoice.OFF
    assert send(send_instant_emails) == [] and send(send_digests) == []
    assert client.post("/notifications/stop/forged/").status_code == 404
    assert client.get("/notifications/stop/forged/").status_code == 404


def test_one_click_in_a_digest_stops_digests(maya: Creator, zoe: Creator, clip: Clip, client: Client) -> None:
    choose(maya, restock=MailChoice.INSTANT)
    comment(zoe, clip, "Hello")
    (email,) = send(send_digests)
    (single,) = [path for path in re.findall(r"/notifications/stop/\S+/", email.body) if path != stop_path(email)]
    assert client.post(single).status_code == 200
    assert NotificationChoice.objects.get(kind="comment").mail == MailChoice.OFF
    assert client.post(stop_path(email)).status_code == 200
    mails = dict(NotificationChoice.objects.values_list("kind", "mail"))
    assert mails["reply"] == mails["mention"] == MailChoice.OFF and mails["restock"] == MailChoice.INSTANT


def test_choices_hold_for_what_waits(maya: Creator, zoe: Creator, clip: Clip) -> None:
    comment(zoe, clip, "Hello")
    row = {"kind": "comment", "on_site": True, "mail": "instant", "push": False}
    client = client_of(maya.user)
    client.patch("/api/v1/notifications/settings/", {"kinds": [row]}, content_type="application/json")
    assert send(send_digests) == []
    assert len(send(send_instant_emails)) == 1


def test_a_row_that_is_only_mailed_is_in_no_list(maya: Creator, zoe: Creator) -> None:
    values = {"on_site": False, "mail": MailChoice.INSTANT, "push": False}
    NotificationChoice.objects.create(user=maya.user, kind="follower", **values)
    kind = NotificationKind.FOLLOWER
    client_of(zoe.user).post("/api/v1/creators/maya/follow/")
    assert client_of(maya.user).get("/api/v1/notifications/").json()["results"] == []
    assert len(send(send_instant_emails)) == 1
    again = notify(kind, reader_ids=[maya.user.pk], subject_id=zoe.pk, actor_id=zoe.user.pk, now=timezone.now())
    assert again == 0
