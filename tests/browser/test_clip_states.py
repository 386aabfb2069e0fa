"""What keeps a clip from playing has a sign, words and a way forward, and its products can be bought meanwhile."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.films import film_clip
from tests.browser.test_feed import PLAYING, open_feed

REFUSING = """
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    if (globalThis.mayPlay) return play.call(this);
    return Promise.reject(new DOMException("A touch is needed.", "NotAllowedError"));
  };
  addEventListener("pointerdown", () => (globalThis.mayPlay = true), { capture: true });
"""
FIRST = '[data-index="0"]'


@pytest.fixture
def clips(transactional_db: None) -> list[Any]:
    return [film_clip(number) for number in range(3)]


def assert_products_can_be_bought(page: Page) -> None:
    """Open the list of products with the chip, one of them, and close it. The focus is back on the chip."""
    chip = page.locator(f"{FIRST} [data-act=products]")
    expect(chip).to_have_text("Products: 2")
    chip.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-product-list] .shop-card")).to_have_count(2)
    page.locator("[data-product-list] [data-part=link]").first.click()
    expect(page.locator("[data-sheet] [data-buy]")).to_be_enabled()
    page.keyboard.press("Escape")
    expect(chip).to_be_focused()
    expect(page.locator(f"{FIRST} [data-part=products] > [data-now]")).to_have_count(1)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda route: route.fulfill(status=404), "This clip can't be played right now."),
        (lambda route: route.fulfill(content_type="video/mp4", body="junk"), "This clip can't be played right now."),
        (lambda route: None, "This clip takes long to load."),
    ],
    ids=["missing", "damaged", "no-answer"],
)
def test_clip_without_a_usable_file_can_be_tried_again_or_skipped(
    phone: Page, clips: list[Any], answer: Callable[[Route], None], words: str
) -> None:
    phone.route("**/*.mp4", answer)
    open_feed(phone, clips)
    state = phone.locator(f"{FIRST} [data-part=state]")
    expect(state).to_contain_text(words)
    expect(phone.locator("[data-announcer]")).to_contain_text(words)
    assert_products_can_be_bought(phone)
    expect(state.get_by_role("button", name="Try again")).to_be_visible()
    phone.unroute("**/*.mp4")  # which also lets the request go on that had no answer
    state.locator("[data-act=retry]").dispatch_event("click")
    phone.wait_for_function(PLAYING % 0)
    expect(state).not_to_be_visible()
    phone.route("**/*.mp4", answer)
    phone.reload()
    state.get_by_role("button", name="Next clip").click()
    expect(phone.locator('[data-index="1"] [data-part=state]')).to_be_visible()


def test_refused_autoplay_asks_for_a_touch_and_sound_stays_on(phone: Page, clips: list[Any]) -> None:
    phone.add_init_script(REFUSING)
    open_feed(phone, clips)
    state = phone.locator(f"{FIRST} [data-part=state]")
    expect(state).to_contain_text("Your browser doesn't start videos by itself.")
    assert_products_can_be_bought(phone)
    phone.evaluate("globalThis.mayPlay = false")
    phone.reload()
    state.get_by_role("button", name="Play").click()
    phone.wait_for_function(PLAYING % 0)
    expect(state).not_to_be_visible()
    phone.keyboard.press("m")
    for index in (1, 2):
        phone.keyboard.press("ArrowDown")
        phone.wait_for_function(PLAYING % index)
        assert not phone.evaluate(f"document.querySelector('[data-index=\"{index}\"] video').muted")


def test_clip_waits_without_a_connection_and_goes_on_by_itself(phone: Page, clips: list[Any]) -> None:
    phone.route("**/*.mp4", lambda route: None)
    open_feed(phone, clips)
    phone.context.set_offline(True)
    state = phone.locator(f"{FIRST} [data-part=state]")
    expect(state).to_contain_text("You're offline. The clip continues when you're back online.")
    assert_products_can_be_bought(phone)
    phone.unroute("**/*.mp4")
    phone.context.set_offline(False)
    phone.wait_for_function(PLAYING % 0)
    expect(state).not_to_be_visible()


def test_another_file_is_played_if_one_is_damaged(phone: Page, clips: list[Any]) -> None:
    for clip in clips:
        first = clip.source.outputs["renditions"][0]
        missing = first | {"name": "h264-180.mp4", "width_px": 358, "height_px": 638}
        clip.source.outputs = {"renditions": [missing, first]}
        clip.source.save()
    open_feed(phone, clips)
    phone.wait_for_function(PLAYING % 0)
    assert phone.evaluate("document.querySelector('[data-index=\"0\"] video').currentSrc").endswith("h264-360.mp4")


def test_ended_clip_asks_whoever_wants_little_motion(phone: Page, clips: list[Any]) -> None:
    phone.emulate_media(reduced_motion="reduce")
    open_feed(phone, clips)
    phone.keyboard.press(" ")
    phone.wait_for_function(PLAYING % 0)
    phone.evaluate("document.querySelector('[data-index=\"0\"] video').currentTime = 5.9")
    state = phone.locator(f"{FIRST} [data-part=state]")
    expect(state).to_contain_text("The clip has ended.")
    assert_products_can_be_bought(phone)
    state.get_by_role("button", name="Watch again").click()
    phone.wait_for_function(PLAYING % 0)
