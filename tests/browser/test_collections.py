"""Collections from the feed, and the back button: it closes an open sheet, and the focus returns to its origin."""

from itertools import product
from typing import Any

from playwright.sync_api import Page, expect

from social.models import CollectedClip, Collection, Save
from tests.browser.conftest import sign_in
from tests.browser.swiping import publish_many
from tests.browser.test_feed import PLAYING, open_feed
from tests.factories import PASSWORD, make_user

FOCUSED = "() => document.activeElement.dataset.act ?? ''"


def test_a_clip_is_saved_to_a_collection_removed_from_it_and_from_saved(phone: Page) -> None:
    publish_many(6, is_heavy=False)
    make_user("shopper@example.com")
    sign_in(phone, "shopper@example.com", PASSWORD)
    open_feed(phone, [None] * 6)
    phone.wait_for_function(PLAYING % 0)
    phone.locator('[data-index="0"] [data-act=save]').click()
    phone.locator("[data-toast-offer]").click()
    sheet = phone.locator("[data-collections]")
    for name in ("Kitchen", "kitchen"):
        sheet.get_by_label("New collection").fill(name)
        sheet.get_by_role("button", name="Create").click()
        if name == "Kitchen":
            expect(sheet.get_by_role("checkbox", name="Kitchen")).to_be_checked()
    expect(sheet.get_by_role("alert")).to_have_text("You have a collection with this name already.")
    assert Collection.objects.get().clips.count() == 1
    with phone.expect_response(lambda response: "/clips/" in response.url):
        sheet.get_by_role("checkbox", name="Kitchen").click()
    assert Collection.objects.get().clips.count() == 0
    phone.go_back()
    expect(sheet).to_be_hidden()
    save = phone.locator('[data-index="0"] [data-act=save]')
    expect(save).to_have_attribute("aria-pressed", "true")
    save.click()
    with phone.expect_response(lambda response: "/clips/" in response.url and response.request.method == "PUT"):
        sheet.get_by_role("checkbox", name="Kitchen").click()
    assert (Collection.objects.get().clips.count(), Save.objects.count()) == (1, 1), "Saving again removes nothing."
    phone.route("**/viewer/collections/**/clips/**", lambda route: route.abort())
    sheet.get_by_role("checkbox", name="Kitchen").click()
    expect(sheet.get_by_role("status")).to_have_text("Something went wrong. Please try again.")
    expect(sheet.get_by_role("checkbox", name="Kitchen")).to_be_checked()
    with phone.expect_response(lambda response: response.url.endswith("/save/")):
        sheet.get_by_role("button", name="Remove from saved").click()
    expect(save).to_have_attribute("aria-pressed", "false")
    assert not CollectedClip.objects.exists() and not Save.objects.exists()


def test_back_closes_a_sheet_and_closing_one_leaves_no_entry_behind(phone: Page) -> None:
    publish_many(6, is_heavy=False)
    phone.goto("/offline/")
    open_feed(phone, [None] * 6)
    phone.wait_for_function(PLAYING % 0)
    phone.keyboard.press("ArrowDown")
    phone.wait_for_function(PLAYING % 1)
    phone.wait_for_function("() => location.pathname.startsWith('/c/')")
    address = phone.url
    closing: dict[str, Any] = {
        "back": phone.go_back,
        "escape": lambda: phone.keyboard.press("Escape"),
        "button": lambda: phone.locator("dialog[open] [data-close]").first.click(),
    }
    sheets = (("why", "[data-why]"), ("products", "[data-product-list]"), ("products", "[data-sheet]"))
    for way, (act, opened) in product(closing, sheets):
        origin = phone.locator(f'[data-index="1"] [data-act={act}]')
        origin.focus()
        origin.press("Enter")
        if opened == "[data-sheet]":
            phone.locator("[data-product-list] .shop-card__open").first.click()
        expect(phone.locator(opened)).to_be_visible()
        closing[way]()
        expect(phone.locator("dialog[open]")).to_have_count(0)
        phone.wait_for_function("() => !history.state.sheet")
        assert phone.url == address
        assert phone.evaluate(FOCUSED) == act
        phone.wait_for_function(PLAYING % 1)
    # Coming back from a product's page leads to the feed without the sheet that led there.
    phone.locator('[data-index="1"] [data-act=products]').click()
    phone.locator("[data-product-list] .shop-card__open").first.click()
    phone.locator("[data-sheet] [data-part=more]").click()
    phone.wait_for_url("**/p/**")
    phone.go_back()
    phone.wait_for_function(PLAYING % 1)
    phone.wait_for_function("() => !history.state.sheet && !document.querySelector('dialog[open]')")
    phone.go_back()
    assert phone.url.endswith("/offline/")
