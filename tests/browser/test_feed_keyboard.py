"""With the keyboard alone, every control of the clip in view is reached, and no control of another clip."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.films import film_clip
from tests.browser.test_feed import PLAYING, index_in_view, open_feed, wait_for_scroll

FOCUSED_ITEM = "document.activeElement.closest('[data-index]')?.dataset.index"
FOCUSED_ACT = "document.activeElement.dataset.act"


@pytest.fixture
def feed(desktop: Page, transactional_db: None) -> Page:
    clips: list[Any] = [film_clip(number) for number in range(6)]
    open_feed(desktop, clips)
    desktop.wait_for_function(PLAYING % 0)
    return desktop


def go_to(feed: Page, index: int) -> None:
    feed.locator("[data-scroller]").focus()
    for step in range(1, index + 1):
        feed.keyboard.press("ArrowDown")
        wait_for_scroll(feed, step)


def tab_through(feed: Page) -> list[str]:
    """Return what the Tab key reaches in the clip in view, by what it does, until it leaves the clips."""
    reached: list[str] = []
    for _press in range(30):
        feed.keyboard.press("Tab")
        if feed.evaluate(FOCUSED_ITEM) is None:
            return reached
        assert feed.evaluate(FOCUSED_ITEM) == "2"
        reached.append(feed.evaluate(FOCUSED_ACT))
    raise AssertionError("Tab does not leave the clip.")


def test_tab_reaches_the_clip_in_view_and_leaves_it_in_view(feed: Page) -> None:
    go_to(feed, 2)
    assert {"follow", "why", "like", "save"} <= set(tab_through(feed))
    assert index_in_view(feed) == 2


def test_focus_does_not_stay_in_a_clip_that_was_left(feed: Page) -> None:
    go_to(feed, 1)
    feed.locator('[data-index="1"] [data-act=like]').focus()
    feed.keyboard.press("ArrowDown")
    wait_for_scroll(feed, 2)
    feed.keyboard.press("Tab")
    assert feed.evaluate(FOCUSED_ITEM) == "2"
    feed.keyboard.press("ArrowUp")
    wait_for_scroll(feed, 1)
    feed.keyboard.press("Tab")
    assert feed.evaluate(FOCUSED_ITEM) == "1"


def test_a_key_opens_the_products_of_the_clip_in_view(feed: Page) -> None:
    go_to(feed, 2)
    feed.keyboard.press("p")
    name = feed.locator('[data-index="2"] [data-part=product-name]').first.text_content()
    expect(feed.locator("[data-product-list]")).to_contain_text(str(name))
    expect(feed.locator("[data-panel]")).to_contain_text("P products")
