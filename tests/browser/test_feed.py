"""The feed in a real browser: swipes, sound, captions, products, buying, undo, keys, reduced motion, no JavaScript."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from feed.models import Event, EventKind, Viewer
from tests.browser.conftest import PHONE
from tests.browser.films import film_clip

PLAYING = "() => { const v = document.querySelector('[data-index=\"%d\"] video'); return v && !v.paused && v.currentTime > 0.1 }"
SCROLLED_TO = "(index) => Math.abs(document.querySelector('[data-scroller]').scrollTop - index * innerHeight) < 1"


@pytest.fixture
def clips(transactional_db: None) -> list[Any]:
    return [film_clip(number) for number in range(6)]


@pytest.fixture
def feed(phone: Page, clips: list[Any]) -> Page:
    open_feed(phone, clips)
    return phone


def open_feed(page: Page, clips: list[Any]) -> None:
    """Open the feed, reloading it until the site's process has loaded the clips."""
    for _time in range(20):
        page.goto("/")
        if page.locator(".slide[data-code]").count() >= len(clips):
            return
        page.wait_for_timeout(1000)
    raise AssertionError("The clips did not appear in the feed.")


def open_product(page: Page) -> None:
    """Click the card of a product in the first clip, once it rests.

    Playwright's own click first scrolls to the middle of the card, and the feed snaps to the next clip.
    """
    card = page.locator('[data-index="0"] [data-part=products] > [data-now] a')
    card.evaluate("card => Promise.allSettled(card.closest('li').getAnimations().map((moving) => moving.finished))")
    box = card.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def viewer_at(page: Page) -> Viewer:
    """Return the viewer of this page. There may be others: the page of the test before may still send its events."""
    return Viewer.objects.get(pk=viewer_key_at(page))


def viewer_key_at(page: Page) -> str:
    """Return the key of the viewer of this page, who is stored from their first event on."""
    cookie = next(cookie for cookie in page.context.cookies() if cookie["name"] == "viewer")
    return cookie["value"].split(".")[0]


def index_in_view(page: Page) -> int:
    return int(page.evaluate("Math.round(document.querySelector('[data-scroller]').scrollTop / innerHeight)"))


def wait_for_scroll(page: Page, index: int) -> None:
    """Wait until the scroll to the clip at an index has ended."""
    page.wait_for_function(SCROLLED_TO, arg=index)


def test_clip_in_view_plays_and_the_next_is_ready(feed: Page) -> None:
    feed.wait_for_function(PLAYING % 0)
    feed.wait_for_function("() => document.querySelector('[data-index=\"1\"] video')?.readyState >= 2")
    assert feed.evaluate("document.querySelectorAll('video').length") <= 3
    assert feed.evaluate("document.querySelector('[data-index=\"0\"] video').muted")
    expect(feed.locator('[data-index="0"] [data-part=captions]')).to_have_text("This is what I use every day.")
    for index in range(1, 5):
        feed.keyboard.press("ArrowDown")
        wait_for_scroll(feed, index)
    feed.wait_for_function(PLAYING % 4)
    assert feed.evaluate("document.querySelectorAll('video').length") <= 3


def test_frames_come_soon_after_a_swipe(feed: Page) -> None:
    feed.wait_for_function(PLAYING % 0)
    for index in range(1, 5):
        feed.wait_for_function(f"() => document.querySelector('[data-index=\"{index}\"] video')?.readyState >= 3")
        feed.keyboard.press("ArrowDown")
        feed.wait_for_function(PLAYING % index)
    taken = feed.evaluate(
        "performance.getEntriesByName('feed-first-frame').filter(m => m.detail.index > 0).map(m => m.duration)"
    )
    assert len(taken) >= 4
    assert sorted(taken)[len(taken) // 2] < 1000


def test_touch_targets_are_large_enough(feed: Page) -> None:
    small = feed.evaluate(
        """() => [...document.querySelectorAll('[data-index="0"] :is(a, button), .site-nav a')]
            .map(e => [e, e.getBoundingClientRect()]).filter(([e, b]) => b.width && (b.width < 43.5 || b.height < 43.5))
            .map(([e, b]) => `${e.className || e.dataset.act || e.textContent} ${b.width}x${b.height}`)"""
    )
    assert small == []


def test_sheet_keeps_the_focus_and_escape_closes_it(feed: Page) -> None:
    feed.wait_for_function(PLAYING % 0)
    open_product(feed)
    sheet = feed.locator("[data-sheet]")
    expect(sheet.locator("[data-buy]")).to_be_focused()
    for _press in range(12):
        feed.keyboard.press("Tab")
        inside = feed.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
        assert inside
    feed.keyboard.press("Escape")
    expect(sheet).not_to_be_visible()


def test_like_shows_at_once_and_comes_back_after_a_reload(feed: Page) -> None:
    like = feed.locator('[data-index="0"] [data-act=like]')
    code = feed.locator('[data-index="0"] .slide').get_attribute("data-code")
    with feed.expect_response(lambda response: response.url.endswith("/like/")):
        feed.keyboard.press("l")
        expect(like).to_have_attribute("aria-pressed", "true")
    feed.goto(f"/c/{code}/")
    expect(feed.locator('[data-index="0"] [data-act=like]')).to_have_attribute("aria-pressed", "true")


def test_like_is_taken_back_when_the_server_cannot_keep_it(feed: Page) -> None:
    feed.route("**/like/", lambda route: route.abort())
    like = feed.locator('[data-index="0"] [data-act=like]')
    like.click()
    expect(feed.locator("[data-toast]")).to_contain_text("Something went wrong")
    expect(like).to_have_attribute("aria-pressed", "false")


def test_not_for_me_moves_on_and_can_be_undone(feed: Page) -> None:
    feed.wait_for_function(PLAYING % 0)
    with feed.expect_response(lambda response: response.url.endswith("/not-interested/")):
        feed.locator('[data-index="0"] [data-act=hide]').click()
    feed.wait_for_function(PLAYING % 1)
    assert len(viewer_at(feed).hidden) == 1
    with feed.expect_response(lambda response: response.url.endswith("/not-interested/")):
        feed.locator("[data-toast-undo]").click()
    assert viewer_at(feed).hidden == []
    feed.wait_for_function(PLAYING % 0)


def test_events_survive_a_reload_without_a_connection(phone: Page, clips: list[Any]) -> None:
    phone.route("**/api/v1/events/", lambda route: route.abort())
    open_feed(phone, clips)
    phone.wait_for_function(PLAYING % 0)
    phone.wait_for_timeout(1300)
    phone.keyboard.press("ArrowDown")
    phone.wait_for_function(PLAYING % 1)
    phone.wait_for_function(
        "() => ['impression', 'watch'].every((kind) =>"
        " JSON.parse(localStorage.getItem('feed-outbox') ?? '[]').some((event) => event.kind === kind))"
    )
    phone.unroute("**/api/v1/events/")
    phone.reload()
    phone.wait_for_function(
        "() => !JSON.parse(localStorage.getItem('feed-outbox') ?? '[]').some((event) => event.kind === 'watch')"
    )
    assert set(Event.objects.values_list("kind", flat=True)) >= {EventKind.IMPRESSION, EventKind.WATCH}


def test_keys_work_everything(feed: Page) -> None:
    feed.wait_for_function(PLAYING % 0)
    feed.keyboard.press(" ")
    assert feed.evaluate("document.querySelector('[data-index=\"0\"] video').paused")
    feed.keyboard.press(" ")
    feed.wait_for_function(PLAYING % 0)
    feed.keyboard.press("m")
    assert not feed.evaluate("document.querySelector('[data-index=\"0\"] video').muted")
    feed.keyboard.press("c")
    expect(feed.locator('[data-index="0"] [data-act=captions]')).to_have_attribute("aria-pressed", "true")
    feed.keyboard.press("ArrowDown")
    feed.wait_for_function(PLAYING % 1)
    assert not feed.evaluate("document.querySelector('[data-index=\"1\"] video').muted")
    expect(feed.locator("[data-announcer]")).to_contain_text("Clip 2")


def test_why_tells_the_reasons_and_takes_less(feed: Page) -> None:
    feed.locator('[data-index="0"] [data-act=why]').click()
    why = feed.locator("[data-why]")
    expect(why.locator(".why__line")).not_to_have_count(0)
    with feed.expect_response(lambda response: response.url.endswith("/feed/less/")):
        why.locator("[data-less]").first.click()
    assert list(viewer_at(feed).reason_factors.values()) == [0.25]


def test_desktop_shows_stage_and_panel(desktop: Page, clips: list[Any]) -> None:
    open_feed(desktop, clips)
    desktop.wait_for_function(PLAYING % 0)
    expect(desktop.locator("[data-panel] .shop-card")).to_have_count(2)
    desktop.get_by_role("button", name="Next clip").click()
    desktop.wait_for_function(PLAYING % 1)
    box = desktop.locator('[data-index="1"] .slide__stage').bounding_box()
    assert box is not None and abs(box["width"] / box["height"] - 9 / 16) < 0.01


@pytest.fixture
def still(chromium: Browser, site: str, clips: list[Any]) -> Iterator[Page]:
    context = chromium.new_context(base_url=site, reduced_motion="reduce", **PHONE)
    page = context.new_page()
    open_feed(page, clips)
    yield page
    context.close()


def test_reduced_motion_shows_posters_until_asked(still: Page) -> None:
    still.wait_for_timeout(800)
    assert still.evaluate("[...document.querySelectorAll('video')].every(v => v.paused)")
    still.keyboard.press(" ")
    still.wait_for_function(PLAYING % 0)


@pytest.fixture
def plain(chromium: Browser, site: str, clips: list[Any]) -> Iterator[Page]:
    context = chromium.new_context(base_url=site, java_script_enabled=False, **PHONE)
    page = context.new_page()
    open_feed(page, clips)
    yield page
    context.close()


def test_list_without_javascript_leads_to_a_purchase(plain: Page) -> None:
    expect(plain.locator("video")).to_have_count(6)
    expect(plain.locator(".rail").first).not_to_be_visible()
    plain.locator(".shop-card__form").first.get_by_role("button", name="Buy now").click()
    assert "/checkout/" in plain.url
