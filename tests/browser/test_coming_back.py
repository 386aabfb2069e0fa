"""Coming back to a long feed: clips that were moved to the tab's storage are still there."""

from playwright.sync_api import Page, expect

from tests.browser.swiping import publish_many
from tests.browser.test_feed import PLAYING, open_feed, wait_for_scroll


def test_first_clips_are_there_after_coming_back_from_far_below(phone: Page) -> None:
    publish_many(40, is_heavy=False)
    open_feed(phone, [None] * 6)
    errors: list[str] = []
    phone.on("pageerror", lambda error: errors.append(str(error)))
    first = str(phone.locator('[data-index="0"] article').get_attribute("data-code"))
    for index in range(1, 26):
        phone.wait_for_selector(f'[data-index="{index}"]', state="attached")
        phone.keyboard.press("ArrowDown")
        wait_for_scroll(phone, index)
    phone.wait_for_function("() => 'feed-clip-0' in sessionStorage")
    phone.goto("/offline/")
    phone.go_back()
    wait_for_scroll(phone, 25)
    phone.locator('[data-index="25"] [data-act=why]').click()
    with phone.expect_response(lambda response: "shown=" in response.url) as answer:
        phone.locator("[data-why] [data-less]:visible").first.click()
    assert first in answer.value.url
    expect(phone.locator("[data-why] [data-dialog-status]")).to_contain_text("You'll see less of this")
    phone.keyboard.press("Escape")
    phone.keyboard.press("Home")
    phone.wait_for_function(PLAYING % 0)
    assert phone.locator('[data-index="0"] article').get_attribute("data-code") == first
    assert errors == []
