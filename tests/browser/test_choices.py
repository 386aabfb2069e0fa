"""Viewers' choices apply to the next clips: the dial, less of a reason, starting over."""

from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE, TIMEOUT_MS
from tests.browser.swiping import publish_many
from tests.browser.test_feed import PLAYING, open_feed, viewer_at

NEXT = "fetch('/api/v1/feed/').then((answer) => answer.json()).then((page) => page.clips)"


def set_dial(page: Page, words: str) -> None:
    page.goto("/welcome/")
    page.get_by_role("radio", name=words).check()
    page.get_by_role("button", name="Show my feed").click()
    page.wait_for_url(lambda url: "/welcome" not in url)


def ads_of(page: Page) -> list[bool]:
    clips: list[dict[str, Any]] = page.evaluate(NEXT)
    return [bool(clip["ad_label"]) for clip in clips]


def test_dial_turns_selling_down_and_up_again(phone: Page) -> None:
    publish_many(16, is_heavy=False)
    open_feed(phone, [None] * 6)
    assert sum(ads_of(phone)) == 8
    set_dial(phone, "At most 1 in 4")
    expect(phone.locator(".messages")).to_contain_text("too few clips without ads")
    set_dial(phone, "Only from creators I follow")
    expect(phone.locator(".messages")).to_contain_text("You don't follow anyone yet")
    set_dial(phone, "No limit")
    assert sum(ads_of(phone)) == 8


def test_less_of_an_interest_applies_to_the_next_page_until_the_feed_starts_over(phone: Page) -> None:
    publish_many(36, is_heavy=False)
    open_feed(phone, [None] * 6)
    phone.goto("/welcome/")
    for choice in phone.locator("[data-interests] .interest").all()[:5]:
        choice.click()
    phone.get_by_role("button", name="Show my feed").click()
    phone.wait_for_url(lambda url: "/welcome" not in url)
    assert len(viewer_at(phone).interests) == 5
    phone.wait_for_function("() => document.querySelectorAll('.slide[data-code]').length >= 6")
    phone.locator('[data-index="0"] [data-act=why]').click()
    line = phone.locator("[data-why] .why__line").filter(has_text="You picked").first
    words = str(line.locator("[data-part=text]").text_content())
    code = str(line.locator("[data-less]").get_attribute("data-less"))
    before = count_reason(phone, words)
    assert before
    with phone.expect_response(lambda response: response.url.endswith("/feed/less/")):
        line.locator("[data-less]").click()
    assert viewer_at(phone).reason_factors == {code: 0.25}
    assert count_reason(phone, words) < before
    phone.goto("/welcome/")
    phone.get_by_role("button", name="Start over").click()
    expect(phone.get_by_text("Your feed has been reset.")).to_be_visible()
    viewer = viewer_at(phone)
    assert viewer.reason_factors == {} and viewer.interests == []


def count_reason(page: Page, words: str) -> int:
    """Return how many of the next clips have this as their first reason."""
    clips: list[dict[str, Any]] = page.evaluate(NEXT)
    return sum(clip["reasons"][0]["text"] == words for clip in clips)


def test_choices_change_the_clips_that_come_next_and_are_listed(phone: Page) -> None:
    publish_many(40, is_heavy=False)
    open_feed(phone, [None] * 6)
    phone.wait_for_function(PLAYING % 0)
    shown = phone.locator('[data-index="0"] [data-part=name]')
    hidden = str(shown.text_content())
    phone.locator('[data-index="0"] [data-act=why]').click()
    with phone.expect_response(lambda response: "shown=" in response.url):
        phone.get_by_role("button", name="Hide this person").click()
    expect(phone.locator("[data-toast]")).to_contain_text(f"You see no more clips by {hidden}")
    phone.wait_for_function(PLAYING % 1)
    for index in range(2, 7):
        phone.keyboard.press("ArrowDown")
        phone.wait_for_function(PLAYING % index)
        expect(phone.locator(f'[data-index="{index}"] [data-part=name]')).not_to_have_text(hidden)
    phone.locator('[data-index="6"] [data-act=why]').click()
    with phone.expect_response(lambda response: "shown=" in response.url):
        phone.locator("[data-why] [data-less]").first.click()
    phone.keyboard.press("Escape")
    with phone.expect_response(lambda response: "shown=" in response.url):
        phone.locator('[data-index="6"] [data-act=hide]').click()
    phone.wait_for_function(PLAYING % 7)
    phone.goto("/saved/less/")
    expect(phone.get_by_role("button", name=f"Show again {hidden}")).to_be_visible()
    expect(phone.locator(".list-clips .clip-card")).to_have_count(1)
    for _undo in range(3):
        phone.locator("form[action='/saved/change/'] button").first.click()
        expect(phone.locator(".messages")).to_contain_text("Undone.")
    expect(phone.get_by_role("heading", name="Nothing here")).to_be_visible()


def reasons_of_next(page: Page, count: int) -> Iterator[str]:
    """Go on clip by clip, and yield why each is shown. Some are shown to everybody, such as new ones."""
    for index in range(1, count + 1):
        page.keyboard.press("ArrowDown")
        reason = page.locator(f'[data-index="{index}"] [data-part=reason]')
        expect(reason).not_to_be_empty()
        yield str(reason.text_content())


def test_first_visit_asks_for_interests_over_the_feed(chromium: Browser, site: str, transactional_db: None) -> None:
    publish_many(40, is_heavy=False)
    with chromium.new_context(base_url=site, **PHONE | {"storage_state": None}) as context:
        page = context.new_page()
        page.set_default_timeout(TIMEOUT_MS)
        open_feed(page, [None] * 6)
        sheet = page.locator("[data-welcome]")
        expect(sheet).to_be_visible()
        names = [str(name) for name in sheet.locator(".interest").all_text_contents()[:5]]
        for count, name in enumerate(names, start=1):
            sheet.get_by_role("checkbox", name=name).check()
            expect(sheet.locator("[data-part=chosen]")).to_have_text(f"Chosen: {count} of 5")
            if count == 2:
                sheet.get_by_role("button", name="Show my feed").click()
                expect(sheet.get_by_role("alert")).to_contain_text("Choose at least 5 interests")
        with page.expect_response(lambda response: "shown=" in response.url):
            sheet.get_by_role("button", name="Show my feed").click()
        expect(sheet).to_be_hidden()
        assert any("You picked" in reason for reason in reasons_of_next(page, 5))
        page.goto("/")
        expect(page.locator("[data-welcome]")).to_have_count(0)
