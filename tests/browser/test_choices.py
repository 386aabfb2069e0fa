"""What viewers choose on the page counts for the very next clips."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.swiping import publish_many
from tests.browser.test_feed import open_feed

NEXT = "fetch('/api/v1/feed/').then((answer) => answer.json()).then((page) => page.clips)"


def set_dial(page: Page, words: str) -> None:
    page.goto("/welcome/")
    page.get_by_role("radio", name=words).check()
    page.get_by_role("button", name="Show my feed").click()
    page.wait_for_url(lambda url: "/welcome" not in url)


def ads_of(page: Page) -> list[bool]:
    clips: list[dict[str, Any]] = page.evaluate(NEXT)
    return [bool(clip["ad_label"]) for clip in clips]


def test_the_dial_turns_selling_down_and_up_again(phone: Page) -> None:
    publish_many(16, is_heavy=False)
    open_feed(phone, [None] * 6)
    assert sum(ads_of(phone)) == 8
    set_dial(phone, "At most 1 in 4")
    assert sum(ads_of(phone)) <= 2
    set_dial(phone, "Only from creators that I follow")
    assert sum(ads_of(phone)) == 0
    expect(phone.get_by_role("heading", name="You have seen it all")).to_be_visible()
    set_dial(phone, "Everything")
    assert sum(ads_of(phone)) == 8
