"""Sharing in a browser: the sheet of the feed, and the buttons of profiles and products."""

import re

from playwright.sync_api import Page, expect

from social.models import ShareLink
from tests.browser.conftest import sign_in
from tests.browser.films import film_clip
from tests.factories import PASSWORD, make_product, make_user

NO_SYSTEM_SHEET = "Object.defineProperty(Navigator.prototype, 'share', {value: undefined})"
SYSTEM_SHEET = "Navigator.prototype.share = (shared) => { window.shared = shared; return Promise.resolve() }"


def test_sheet_of_the_feed_offers_the_own_link_an_email_and_embed_code(phone: Page, site: str) -> None:
    clip = film_clip(0, caption='Tea "for" <two>')
    user = make_user()
    phone.context.grant_permissions(["clipboard-read", "clipboard-write"])
    phone.add_init_script(NO_SYSTEM_SHEET)
    sign_in(phone, user.email, PASSWORD)
    phone.goto(f"/c/{clip.code}/")
    opener = phone.locator("[data-act=share]").first
    opener.focus()
    opener.press("Enter")
    sheet = phone.locator("[data-share-sheet]")
    expect(sheet).to_be_visible()
    expect(sheet.get_by_label("Link")).to_have_value(re.compile(rf"^{site}/c/{clip.code}/\?via=\w+$"))
    sheet.get_by_role("button", name="Copy link").click()
    expect(sheet.locator("[data-part=copied]")).to_have_text("Copied")
    assert phone.evaluate("navigator.clipboard.readText()").endswith(f"?via={ShareLink.objects.get(user=user).code}")
    assert 'title="Tea &#34;for&#34; &#60;two&#62;"' in sheet.get_by_label("Embed code").input_value()
    assert sheet.evaluate("e => e.scrollWidth <= e.clientWidth")
    phone.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(opener).to_be_focused()


def test_system_sheet_is_used_where_there_is_one(phone: Page) -> None:
    clip = film_clip(0)
    make_product("mug", name="Mug")
    phone.add_init_script(SYSTEM_SHEET)
    phone.goto(f"/c/{clip.code}/")
    phone.locator("[data-act=share]").first.click()
    phone.wait_for_function("() => window.shared")
    assert phone.evaluate("shared.url").endswith(f"/c/{clip.code}/")
    expect(phone.locator("[data-share-sheet]")).to_be_hidden()
    phone.goto("/p/mug/")
    phone.locator("[data-share] summary").click()
    phone.wait_for_function("() => window.shared")
    assert phone.evaluate("shared.title") == "Mug"
    expect(phone.locator("[data-share]")).not_to_have_attribute("open", "")
