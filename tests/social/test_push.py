"""Web push: encrypted, without private content, to public addresses only, until the session or the endpoint ends."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.sessions import end_sessions
from creators.models import Creator
from social.models import Notification, PushSubscription
from social.notifications.pushes import send_pushes
from social.notifications.subscriptions import make_key, public_key
from tests.conftest import client_of
from tests.factories import make_creator, make_published_clip
from tests.social.push_service import PushService, run_push_service
from tests.social.test_notifications import comment
from videos.models import Clip
from videos.states import ClipState

pytestmark = pytest.mark.django_db
URL = "/api/v1/notifications/browser/"


@pytest.fixture
def service(settings: Any) -> Iterator[PushService]:
    settings.WEB_PUSH_KEY, settings.COMMENTS_TRUSTED_AFTER = make_key(), 0
    with run_push_service() as running:
        yield running


@pytest.fixture
def maya() -> Creator:
    return make_creator("maya", display_name="Maya")


@pytest.fixture
def browser(maya: Creator) -> Client:
    return client_of(maya.user)


def subscribe(browser: Client, service: PushService, **changes: str) -> int:
    body = service.browser | changes
    return int(browser.put(URL, body, content_type="application/json").status_code)


def be_told(maya: Creator) -> None:
    comment(make_creator(display_name="Zoe"), make_published_clip(maya), "A private word")


def push(service: PushService) -> int:
    return send_pushes(now=timezone.now(), web=service.web)


def test_push_is_encrypted_and_names_nobody(maya: Creator, browser: Client, service: PushService) -> None:
    assert [subscribe(browser, service), subscribe(browser, service)] == [204, 204]
    be_told(maya)
    assert [push(service), push(service)] == [1, 0]
    ((path, headers, body),) = service.requests
    assert (path, headers["content-encoding"], headers["ttl"]) == ("/send/1", "aes128gcm", "86400")
    assert headers["authorization"].startswith("vapid t=") and public_key() in headers["authorization"]
    assert b"commented" not in body
    (payload,) = service.read()
    assert (payload["body"], payload["url"]) == ("Somebody commented on your post.", "/notifications/")
    assert "Zoe" not in str(payload) and "private" not in str(payload)


def test_gone_endpoints_are_forgotten_and_others_stay(maya: Creator, browser: Client, service: PushService) -> None:
    subscribe(browser, service)
    for status, left in ((503, 1), (410, 0)):
        service.status = status
        be_told(maya)
        assert push(service) == 0
        assert PushSubscription.objects.count() == left
    be_told(maya)
    assert not Notification.objects.filter(is_push_due=True).exists()


def test_pushes_end_with_the_session(maya: Creator, browser: Client, service: PushService) -> None:
    subscribe(browser, service)
    browser.post("/accounts/logout/")
    assert not PushSubscription.objects.exists()
    again = client_of(maya.user)
    subscribe(again, service)
    end_sessions(user=maya.user)
    be_told(maya)
    assert push(service) == 0 and service.requests == []


def test_pushes_end_when_the_session_expires(maya: Creator, browser: Client, service: PushService) -> None:
    subscribe(browser, service)
    Session.objects.update(expire_date=timezone.now() - timedelta(days=1))
    be_told(maya)
    assert push(service) == 0 and service.requests == []
    call_command("clearsessions")
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"endpoint": "https://127.0.0.1/push"},
        {"endpoint": "https://localhost/push"},
        {"endpoint": "https://10.0.0.7/push"},
        {"endpoint": "https://[::1]/push"},
        {"endpoint": "https://push.internal/push"},
        {"endpoint": "http://push.example.net/push"},
        {"public_key": "AAAA"},
        {"auth_secret": "short"},
    ],
)
def test_unusable_subscriptions_are_refused(browser: Client, service: PushService, changes: dict[str, str]) -> None:
    assert subscribe(browser, service, **changes) in (400, 422)
    assert not PushSubscription.objects.exists()


def test_name_that_leads_to_a_private_network_is_not_dialled(
    maya: Creator, browser: Client, service: PushService
) -> None:
    subscribe(browser, service)
    service.address = "127.0.0.1"
    be_told(maya)
    assert push(service) == 0
    assert service.requests == [] and not PushSubscription.objects.exists()


def test_what_was_taken_down_or_read_is_not_pushed(maya: Creator, browser: Client, service: PushService) -> None:
    subscribe(browser, service)
    be_told(maya)
    Clip.objects.update(state=ClipState.REMOVED)
    be_told(maya)
    Notification.objects.update(read_at=timezone.now())
    assert push(service) == 0 and service.requests == []


def test_browser_can_end_it(maya: Creator, browser: Client, service: PushService) -> None:
    subscribe(browser, service)
    stranger = client_of(make_creator().user)
    address = f"{URL}?endpoint={service.browser['endpoint']}"
    assert stranger.delete(address).status_code == 204 and PushSubscription.objects.count() == 1
    assert browser.delete(address).status_code == 204 and not PushSubscription.objects.exists()


def test_shop_without_a_key_offers_none(browser: Client, service: PushService, settings: Any) -> None:
    assert "data-push-key" in browser.get("/notifications/settings/").content.decode()
    settings.WEB_PUSH_KEY = ""
    assert "data-push-key" not in browser.get("/notifications/settings/").content.decode()
    assert subscribe(browser, service) == 422
    assert not PushSubscription.objects.exists()


def test_page_says_whether_this_session_is_subscribed(maya: Creator, browser: Client, service: PushService) -> None:
    subscribe(browser, service)
    assert 'data-subscribed="yes"' in browser.get("/notifications/settings/").content.decode()
    again = client_of(maya.user)
    assert 'data-subscribed="no"' in again.get("/notifications/settings/").content.decode()


def test_command_prints_a_key(capsys: pytest.CaptureFixture[str], settings: Any) -> None:
    call_command("make_push_key")
    settings.WEB_PUSH_KEY = capsys.readouterr().out.strip()
    assert len(settings.WEB_PUSH_KEY) == 43 and len(public_key()) == 87
