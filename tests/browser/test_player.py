"""The player: choice of rendition, sound, sharing, screen readers, size of touch targets."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.films import film, film_clip
from tests.browser.test_feed import PLAYING, open_feed, open_product
from videos.models import Clip

SAVING = "Object.defineProperty(navigator.connection, 'saveData', { get: () => true })"
SHARING = "navigator.share = async (what) => { globalThis.shared = what }"
LAG = """() => {
  const bar = document.querySelector('[data-index="0"] [data-part=bar]');
  const video = document.querySelector('[data-index="0"] video');
  const shown = bar.firstElementChild.getBoundingClientRect().width / bar.getBoundingClientRect().width;
  return Math.abs(shown - video.currentTime / video.duration);
}"""
PLAYED = "document.querySelector('[data-index=\"%d\"] video').currentSrc.split('/').pop()"


@pytest.fixture
def clips(transactional_db: None) -> list[Any]:
    return [film_clip(number) for number in range(3)]


@pytest.fixture
def feed(phone: Page, clips: list[Any]) -> Page:
    open_feed(phone, clips)
    return phone


@pytest.fixture
def sized(transactional_db: None) -> list[Clip]:
    """Publish clips in three sizes: of 0.7, 1.4 and 2.4 Mbit/s."""
    clips = [film_clip(number) for number in range(2)]
    for clip in clips:
        assert clip.source is not None
        first = clip.source.outputs["renditions"][0]
        renditions = []
        for side, rate in ((360, 700_000), (540, 1_400_000), (720, 2_400_000)):
            name = f"h264-{side}.mp4"
            size = {"width_px": side, "height_px": side * 16 // 9, "bitrate_bps": rate}
            renditions.append(first | {"name": name} | size)
            if side != 360:
                content = film("0xb4513d", "360x640")
                default_storage.save(f"{clip.source.media_folder}/{name}", ContentFile(content))
        clip.source.outputs = {"renditions": renditions}
        clip.source.save()
    return clips


@pytest.fixture
def opened(chromium: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a page on a phone of a given pixel density, after a script has run."""
    contexts = []

    def open_page(density: float, script: str = "") -> Page:
        context = chromium.new_context(base_url=site, **PHONE | {"device_scale_factor": density})
        contexts.append(context)
        page = context.new_page()
        page.add_init_script(script or "0")
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize(
    ("density", "script", "expected"),
    [
        (1, "", "h264-360.mp4"),
        (2, "sessionStorage.setItem('feed-throughput', '9000000')", "h264-720.mp4"),
        (2, "sessionStorage.setItem('feed-throughput', '2500000')", "h264-540.mp4"),
        (2, "sessionStorage.setItem('feed-throughput', '900000')", "h264-360.mp4"),
        (2, SAVING, "h264-360.mp4"),
    ],
    ids=["small-screen", "fine-screen", "slower-line", "slow-line", "saves-data"],
)
def test_the_file_fits_the_screen_and_the_line(
    sized: list[Clip], opened: Callable[..., Page], density: float, script: str, expected: str
) -> None:
    page = opened(density, script)
    open_feed(page, sized)
    page.wait_for_function(PLAYING % 0)
    assert page.evaluate(PLAYED % 0) == expected
    page.wait_for_function("() => document.querySelector('[data-index=\"1\"] video')?.currentSrc")
    preload = page.evaluate("document.querySelector('[data-index=\"1\"] video').preload")
    assert preload == ("metadata" if script == SAVING else "auto")


def test_sound_once_chosen_is_on_again_and_captions_step_back(feed: Page, clips: list[Any]) -> None:
    feed.wait_for_function(PLAYING % 0)
    captions = feed.locator('[data-index="0"] [data-part=captions]')
    expect(captions).to_have_text("This is what I use every day.")
    feed.locator('[data-index="0"] [data-act=sound]').click()
    expect(captions).not_to_be_visible()
    feed.reload()
    feed.wait_for_function("() => document.querySelector('[data-index=\"0\"] video')?.currentTime > 0.1")
    feed.keyboard.press("ArrowDown")
    feed.wait_for_function(PLAYING % 1)
    assert not feed.evaluate("document.querySelector('[data-index=\"1\"] video').muted")
    expect(feed.locator('[data-index="1"] [data-act=sound]')).to_have_attribute("aria-label", "Mute")


def test_share_hands_a_link_to_the_system_or_copies_it(opened: Callable[..., Page], clips: list[Any]) -> None:
    page = opened(1, SHARING)
    open_feed(page, clips)
    url = page.url + "c/" + str(page.locator('[data-index="0"] .slide').get_attribute("data-code")) + "/"
    page.locator('[data-index="0"] [data-act=share]').click()
    page.wait_for_function("() => globalThis.shared")
    assert page.evaluate("shared.url") == url
    page.evaluate("navigator.share = undefined")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator('[data-index="0"] [data-act=share]').click()
    page.locator("[data-share-sheet]").get_by_role("button", name="Copy link").click()
    expect(page.locator("[data-share-sheet] [data-part=copied]")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == url
    page.goto(url)
    expect(page.locator('meta[property="og:url"]')).to_have_attribute("content", url)


def test_screen_readers_hear_of_clips_and_products_once(feed: Page, clips: list[Any]) -> None:
    feed.wait_for_function(PLAYING % 0)
    region = feed.get_by_role("status").and_(feed.locator("[data-announcer]"))
    assert region.get_attribute("aria-live") == "polite"
    feed.keyboard.press("ArrowDown")
    expect(region).to_contain_text("Clip 2: Clip number")
    name = feed.locator('[data-index="1"] [data-part=product-name]').first.text_content()
    expect(region).to_contain_text(f"Now showing: {name}, $19.99")
    slide = feed.locator('[data-index="1"] article')
    assert "Clip by Creator" in str(slide.get_attribute("aria-label"))
    assert feed.locator('[data-index="1"] video').get_attribute("aria-hidden") == "true"
    feed.evaluate("document.querySelector('[data-index=\"1\"] video').currentTime = 5.8")
    feed.wait_for_function(PLAYING % 1)
    feed.wait_for_timeout(700)
    assert str(region.text_content()).count(f"Now showing: {name}") == 1


SMALL = """(selector) => [...document.querySelectorAll(selector + ' :is(a, button, summary, input, select)')]
    .filter(e => !e.closest('[data-part=terms]'))  // links within a sentence are exempt: WCAG 2.2, 2.5.5 and 2.5.8
    .map(e => [e, e.getBoundingClientRect()]).filter(([e, b]) => b.width && (b.width < 43.5 || b.height < 43.5))
    .map(([e, b]) => `${e.textContent.trim() || e.className} ${b.width}x${b.height}`)"""


def test_targets_in_the_sheets_are_large_enough(feed: Page, clips: list[Any]) -> None:
    feed.wait_for_function(PLAYING % 0)
    feed.locator('[data-index="0"] [data-act=why]').click()
    feed.locator("[data-why] summary").click()
    small = feed.evaluate(SMALL, "[data-why]")
    feed.keyboard.press("Escape")
    open_product(feed)
    expect(feed.locator("[data-sheet] [data-buy]")).to_be_focused()
    feed.locator("[data-buy]").click()
    expect(feed.locator("#buy-email")).to_be_focused()
    assert small + feed.evaluate(SMALL, "[data-sheet]") == []


def test_arrows_to_the_side_seek(feed: Page, clips: list[Any]) -> None:
    feed.wait_for_function(PLAYING % 0)
    feed.keyboard.press(" ")
    feed.evaluate("document.querySelector('[data-index=\"0\"] video').currentTime = 1")
    feed.keyboard.press("ArrowRight")
    feed.wait_for_function("() => Math.abs(document.querySelector('[data-index=\"0\"] video').currentTime - 3) < 0.1")
    expect(feed.locator('[data-index="0"] [data-part=bar]')).to_have_attribute("aria-valuenow", "50")
    assert feed.evaluate(LAG) < 0.02
    feed.keyboard.press("ArrowLeft")
    feed.wait_for_function("() => Math.abs(document.querySelector('[data-index=\"0\"] video').currentTime - 1) < 0.1")


@pytest.mark.parametrize("width", [390, 1280])
def test_without_javascript_nothing_is_cut_off_or_too_small(
    chromium: Browser, site: str, clips: list[Any], width: int
) -> None:
    viewport = {"width": width, "height": 844}
    context = chromium.new_context(base_url=site, **PHONE | {"viewport": viewport, "java_script_enabled": False})
    page = context.new_page()
    open_feed(page, clips)
    widths = [box["x"] + box["width"] for one in page.locator(".slide *:visible").all() if (box := one.bounding_box())]
    targets = page.locator("main a:visible, main button:visible").all()
    heights = [box["height"] for one in targets if (box := one.bounding_box())]
    context.close()
    assert max(widths) <= width
    assert min(heights) >= 43.5
