"""Events: stored once, never more than can be true, only from people, only with consent."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from feed.events.recording import EventReport, record_events
from feed.models import Event, EventKind, Viewer
from shop.models import OrderLine
from tests.factories import NOW, make_product
from tests.feed.watching import BROWSER, make_watchable_clip, read_feed, send_events
from tests.shop.conftest import ADDRESS, buy
from videos.playback.impressions import Serving, issue_token

pytestmark = pytest.mark.django_db


def served_token(client: Client) -> str:
    token: str = read_feed(client)["clips"][0]["token"]
    return token


def test_impression_is_stored_with_position_and_reasons(client: Client) -> None:
    clip = make_watchable_clip()
    token = served_token(client)
    assert send_events(client, {"token": token, "kind": "impression"}) == 1
    event = Event.objects.get()
    assert (event.clip_id, event.kind, event.value, event.position) == (clip.pk, EventKind.IMPRESSION, 1, 0)
    assert event.reasons


def test_same_token_counts_once_however_often_it_is_sent(client: Client) -> None:
    make_watchable_clip()
    token = served_token(client)
    for _time in range(3):
        send_events(client, {"token": token, "kind": "impression"}, {"token": token, "kind": "impression"})
    assert Event.objects.count() == 1


def test_longer_watch_replaces_the_shorter_one() -> None:
    token, later = issue(), NOW + timedelta(seconds=30)
    record_events([EventReport(token, EventKind.WATCH, 4000, 0)], now=later)
    record_events([EventReport(token, EventKind.WATCH, 9000, 1)], now=later)
    record_events([EventReport(token, EventKind.WATCH, 2000, 0)], now=later)
    event = Event.objects.get()
    assert (event.value, event.loops) == (9000, 1)


def test_watched_time_cannot_exceed_the_time_that_passed() -> None:
    record_events([EventReport(issue(), EventKind.WATCH, 3_600_000)], now=NOW + timedelta(seconds=12))
    assert Event.objects.get().value == 12_000


@pytest.mark.parametrize("seconds", [-1, 2 * 24 * 3600 + 1])
def test_event_with_a_future_or_old_token_is_not_accepted(seconds: int) -> None:
    assert record_events([EventReport(issue(), EventKind.IMPRESSION)], now=NOW + timedelta(seconds=seconds)) == 0
    assert not Event.objects.exists()


def test_event_with_a_forged_token_is_not_accepted(client: Client) -> None:
    make_watchable_clip()
    token = served_token(client)
    forged = ("A" if token[5] != "A" else "B").join([token[:5], token[6:]])
    assert send_events(client, {"token": forged, "kind": "like"}, {"token": "x", "kind": "like"}) == 0
    assert not Event.objects.exists()


def test_product_events_store_their_product(client: Client) -> None:
    cup = make_product("cup")
    make_watchable_clip(None, None, [cup, make_product("book")])
    token = served_token(client)
    events = [{"token": token, "kind": "product_open", "product": slug} for slug in ("cup", "book", "nothing")]
    assert send_events(client, *events) == 3
    assert set(Event.objects.values_list("subject_id", flat=True)) >= {cup.pk, 0}
    assert Event.objects.count() == 3


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "Googlebot/2.1 (+http://www.google.com/bot.html)"},
        {"User-Agent": "Mozilla/5.0 (compatible; ANewOne/1.0; +https://anewone.example/about)"},
        {"User-Agent": "TelegramBot (like TwitterBot)"},
        {"User-Agent": "WhatsApp/2.23.20.0 A"},
        {"User-Agent": "Viber/13.3.0.1"},
        {"User-Agent": "python-requests/2.32"},
        {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/120.0 Safari/537.36"},
        {"User-Agent": ""},
        {"User-Agent": BROWSER, "Sec-Purpose": "prefetch;prerender"},
    ],
)
def test_events_of_bots_and_prefetches_are_not_stored(client: Client, headers: dict[str, str]) -> None:
    make_watchable_clip()
    body = {"events": [{"token": served_token(client), "kind": "impression"}]}
    assert client.post("/api/v1/events/", body, "application/json", headers=headers).json() == {"taken": 0}
    assert not Event.objects.exists()


ANDROID = "Mozilla/5.0 (Linux; Android 13; %s) AppleWebKit/537.36 Version/4.0 Chrome/120.0 Mobile Safari/537.36"


@pytest.mark.parametrize(
    "agent",
    [
        ANDROID % "CUBOT NOTE 20",
        ANDROID % "CUBOT_P40 Build/QP1A",
        ANDROID % "ROBOT 5",
        ANDROID % "Pixel 8" + " Telegram-Android/10.2.6 (Google Pixel 8; Android 13; SDK 33; AVERAGE)",
        ANDROID % "Pixel 8" + " WhatsApp/2.23.20.0",
        ANDROID % "Pixel 8" + " Viber/21.0",
        ANDROID % "Pixel 8" + " Instagram 310.0.0.37.328 Android",
        ANDROID % "Pixel 8" + " [FB_IAB/FB4A;FBAV/440.0.0.0;]",
        ANDROID % "Pixel 8" + " [Pinterest/Android]",
        "Mozilla/5.0 (X11; Linux x86_64; Monitor) AppleWebKit/537.36 Chrome/120.0 Safari/537.36",
    ],
)
def test_events_from_phones_and_browsers_inside_apps_are_stored(client: Client, agent: str) -> None:
    make_watchable_clip()
    body = {"events": [{"token": served_token(client), "kind": "impression"}]}
    headers = {"User-Agent": agent}
    assert client.post("/api/v1/events/", body, "application/json", headers=headers).json() == {"taken": 1}


def test_beacon_may_be_sent_as_plain_text(client: Client) -> None:
    make_watchable_clip()
    body = f'{{"events": [{{"token": "{served_token(client)}", "kind": "impression"}}]}}'
    headers = {"User-Agent": BROWSER}
    response = client.post("/api/v1/events/", body, "text/plain;charset=UTF-8", headers=headers)
    assert response.json() == {"taken": 1}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"events": "many"},
        {"events": [{"token": "x", "kind": "applause"}]},
        {"events": [{"token": "x", "kind": "watch", "value": -1}]},
        {"events": [{"token": "x", "kind": "like"}] * 51},
    ],
)
def test_invalid_batch_is_refused(client: Client, body: Any) -> None:
    assert client.post("/api/v1/events/", body, "application/json").status_code == 400
    assert not Event.objects.exists()


def test_batch_takes_one_statement(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for _index in range(3):
        make_watchable_clip()
    tokens = [clip["token"] for clip in read_feed(client)["clips"]]
    events = [
        {"token": token, "kind": kind, "value": 1}
        for token in tokens
        for kind in ("impression", "watch", "product_open")
    ]
    with django_assert_num_queries(1):
        assert send_events(client, *events) == 9
    assert Event.objects.count() == 9


def test_nothing_is_stored_before_consent(client: Client, settings: Settings) -> None:
    settings.FEED_ASKS_CONSENT = True
    clip = make_watchable_clip()
    assert "viewer" not in client.get("/").cookies
    shown = read_feed(client)["clips"][0]
    assert shown["token"] == ""
    assert client.post(f"/api/v1/clips/{clip.code}/like/").status_code == 409
    assert not Event.objects.exists() and not Viewer.objects.exists()
    client.post("/welcome/consent/", {"answer": "yes"})
    assert send_events(client, {"token": served_token(client), "kind": "impression"}) == 1


def test_purchase_without_consent_earns_and_nothing_else_is_stored(client: Client, settings: Settings) -> None:
    settings.FEED_ASKS_CONSENT = True
    clip = make_watchable_clip()
    shown = read_feed(client)["clips"][0]
    slug = shown["tags"][0]["product"]["slug"]
    order = {"product": slug, "seen": shown["seen"], "email": "guest@example.com", "address": ADDRESS}
    answer = buy(client, order)
    assert answer.status_code == 201, answer.content
    assert OrderLine.objects.get().clip == clip
    assert send_events(client, {"token": shown["seen"], "kind": "impression"}) == 0
    assert not Event.objects.exists() and not Viewer.objects.exists()


def issue() -> str:
    """Return a token for a clip served at NOW."""
    return issue_token(Serving(uuid.uuid4(), 7, NOW, 0, "new"))
