"""Without a connection: a page that says so, nothing lost, and everything sent when back online."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from feed.models import Event, EventKind, Viewer
from tests.browser.conftest import sign_in
from tests.browser.films import film_clip
from tests.browser.test_feed import PLAYING, open_feed, open_product, viewer_at, viewer_key_at
from tests.factories import PASSWORD, make_user

UNSENT = "(kind) => JSON.parse(localStorage.getItem('feed-outbox') ?? '[]').some((event) => event.kind === kind)"


@pytest.fixture
def feed(phone: Page, transactional_db: None) -> Page:
    open_feed(phone, [film_clip(number) for number in range(3)])
    phone.wait_for_function(PLAYING % 0)
    phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return phone


def test_events_without_connection_are_stored_and_sent_later(feed: Page) -> None:
    feed.wait_for_function("() => document.querySelector('[data-index=\"1\"] video')?.readyState >= 3")
    feed.context.set_offline(True)
    feed.keyboard.press("ArrowDown")
    feed.wait_for_function(PLAYING % 1)
    feed.wait_for_function(UNSENT, arg="impression")
    feed.goto("/bag/")
    expect(feed.get_by_role("heading", name="You're offline")).to_be_visible()
    expect(feed.locator("[data-offline-kept]")).to_contain_text("Saved here, to be sent when you're online: ")
    assert feed.evaluate(UNSENT, "impression")
    before = Event.objects.filter(kind=EventKind.IMPRESSION).count()
    feed.context.set_offline(False)
    expect(feed.get_by_role("heading", name="Your bag", exact=True)).to_be_visible(timeout=20_000)
    with feed.expect_response("**/api/v1/events/"):
        feed.goto("/")
    feed.wait_for_function(f"() => !({UNSENT})('impression')")
    assert Event.objects.filter(kind=EventKind.IMPRESSION).count() > before


def test_like_without_connection_stays_and_is_sent_later(feed: Page) -> None:
    like = feed.locator('[data-index="0"] [data-act=like]')
    feed.context.set_offline(True)
    like.click()
    expect(feed.locator("[data-toast]")).to_contain_text("This will be sent when you're back online.")
    expect(like).to_have_attribute("aria-pressed", "true")
    with feed.expect_response("**/like/"):
        feed.context.set_offline(False)
    feed.wait_for_function("() => localStorage.getItem('feed-marks') === '{}'")
    assert len(viewer_at(feed).liked) == 1


def test_like_without_connection_does_not_land_on_the_next_person(feed: Page) -> None:
    first = viewer_key_at(feed)
    feed.context.set_offline(True)
    feed.locator('[data-index="0"] [data-act=like]').click()
    expect(feed.locator("[data-toast]")).to_contain_text("This will be sent when you're back online.")
    context = feed.context
    feed.close()
    context.clear_cookies()
    context.set_offline(False)
    later = context.new_page()
    later.goto("/")
    later.wait_for_function(PLAYING % 0)
    later.wait_for_function("() => !JSON.parse(localStorage.getItem('feed-outbox') ?? '[]').length")
    assert "like" in later.evaluate("localStorage.getItem('feed-marks')")
    # Only these two count: the page of the test before may still send its like.
    second = viewer_key_at(later)
    assert second != first and not Viewer.objects.filter(pk__in=[first, second]).exclude(liked=[]).exists()


def test_what_needs_an_answer_fails_without_connection_and_says_so(feed: Page) -> None:
    open_product(feed)
    expect(feed.locator("[data-sheet] [data-buy]")).to_be_focused()
    feed.context.set_offline(True)
    feed.locator("[data-sheet] [data-bag]").click()
    expect(feed.locator("[data-sheet] [data-dialog-status]")).to_contain_text("Something went wrong.")
    expect(feed.locator("[data-sheet]")).to_be_visible()


def test_the_site_can_be_installed(feed: Page) -> None:
    cdp = feed.context.new_cdp_session(feed)
    manifest: dict[str, Any] = cdp.send("Page.getAppManifest")
    assert manifest["url"].endswith("/manifest.webmanifest") and manifest["errors"] == []
    errors = cdp.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [error["errorId"] for error in errors if error["errorId"] != "in-incognito"] == []


COPIES = "caches.keys().then((names) => names.filter((name) => name.startsWith('copies-')))"
COPIED = """async () => {
    for (const name of await caches.keys()) {
        if (name.startsWith("copies-")) return (await (await caches.open(name)).keys()).length >= 3;
    }
    return false;
}"""

AGE = """async (days) => {
    for (const name of (await caches.keys()).filter((name) => name.startsWith("copies-"))) {
        const cache = await caches.open(name);
        for (const key of await cache.keys()) {
            const copy = await cache.match(key);
            const headers = new Headers(copy.headers);
            headers.set("X-Copied-At", String(Date.now() - days * 86400_000));
            await cache.put(key, new Response(await copy.blob(), { headers }));
        }
    }
}"""
"""Makes the copies as many days old."""


def go_online(page: Page) -> None:
    """Bring the connection back, and wait until the offline page has loaded the page that it stands for."""
    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="You're offline")).to_be_hidden()
    page.wait_for_load_state()


def test_own_pages_are_readable_offline_until_somebody_else_or_nobody_is_signed_in(feed: Page) -> None:
    for email in ("first@example.com", "second@example.com"):
        make_user(email)
    sign_in(feed, "first@example.com", PASSWORD)
    feed.goto("/")
    feed.wait_for_function(COPIED)
    feed.context.set_offline(True)
    for path, heading in (("/bag/", "Your bag"), ("/orders/", "Your orders"), ("/saved/", "Saved clips")):
        feed.goto(path)
        expect(feed.get_by_role("heading", level=1)).to_contain_text(heading, ignore_case=True)
        expect(feed.locator("[data-offline-copy]")).to_be_visible()
    feed.goto("/accounts/")
    expect(feed.get_by_role("heading", name="You're offline")).to_be_visible()
    go_online(feed)
    feed.goto("/saved/")
    expect(feed.locator("[data-offline-copy]")).to_be_hidden()
    (first,) = feed.evaluate(COPIES)
    feed.context.clear_cookies(name="sessionid")
    sign_in(feed, "second@example.com", PASSWORD)
    feed.wait_for_function(COPIED)
    (second,) = feed.evaluate(COPIES)
    assert second != first
    feed.evaluate(AGE, 6)
    feed.context.set_offline(True)
    feed.goto("/orders/")
    expect(feed.locator("[data-offline-copy]")).to_be_visible()
    feed.evaluate(AGE, 8)
    feed.goto("/orders/")
    expect(feed.get_by_role("heading", name="You're offline")).to_be_visible()
    go_online(feed)
    feed.goto("/accounts/logout/")
    feed.locator("main form button").first.click()
    feed.wait_for_url(lambda url: "/logout" not in url)
    feed.wait_for_function(f"() => {COPIES}.then((names) => names.length === 0)")
    feed.context.set_offline(True)
    feed.goto("/orders/")
    expect(feed.get_by_role("heading", name="You're offline")).to_be_visible()
